//! Punch records: import, delete, get, query.

use serde_json::{Map, Value, json};

use super::changes::{days_around, punched, with_changes};
use super::{Call, read_seconds, rows, strings, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, general, invalid};
use crate::sandbox::world::World;
use crate::sandbox::world::flows::{Detail, Flow, State};
use crate::sandbox::world::people::IdKind;

/// Imports reach back to 2022-01-01, in Shanghai.
const EARLIEST: i64 = 1_640_966_400;
/// How an imported record is marked inside, whatever the request said.
pub(super) const IMPORTED: i64 = 7;

/// A row that can be stored.
struct Import {
    user: usize,
    time: i64,
    detail: Detail,
    lost: bool,
}

pub(super) fn batch_create(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let mut imports = Vec::new();
    for row in rows(&call.body["flow_records"]) {
        imports.push(read_import(call, kind, row)?);
    }
    check_keys(call, &mut imports)?;
    let (mut echoes, mut lost) = (Vec::new(), Vec::new());
    for (row, import) in rows(&call.body["flow_records"]).zip(imports) {
        if import.lost {
            lost.push(format!(
                "{}-{}",
                text(row, "user_id"),
                text(row, "creator_id")
            ));
            continue;
        }
        let id = store(call, import);
        echoes.push(echo(call, row, &id));
    }
    let data = json!({ "flow_records": echoes });
    if lost.is_empty() {
        return Ok(Reply::Data(data));
    }
    Ok(Reply::Partly(data, format!("[{}]", lost.join(", "))))
}

fn read_import(call: &Call<'_>, kind: IdKind, row: &Value) -> Result<Import, Failure> {
    let time = read_seconds(&row["check_time"])?;
    if time < EARLIEST {
        return invalid("check_time is before 2022-01-01");
    }
    let user = call.user(kind, text(row, "user_id"))?;
    let creator = call.user(kind, text(row, "creator_id"))?;
    let day = call.world.zone_at(user, time).day_of(time);
    call.check_unsealed(day)?;
    let person = call.world.people.get(user);
    let gone = person.left.is_some_and(|left| left < day)
        || person.joined.is_some_and(|joined| joined > day);
    Ok(Import {
        user,
        time,
        lost: gone,
        detail: Detail {
            creator: Some(creator),
            location_name: text(row, "location_name").to_owned(),
            comment: text(row, "comment").to_owned(),
            ssid: text(row, "ssid").to_owned(),
            bssid: text(row, "bssid").to_owned(),
            external_id: text(row, "external_id").to_owned(),
            idempotent_id: text(row, "idempotent_id").to_owned(),
            is_field: row["is_field"] == true,
            is_wifi: row["is_wifi"] == true,
            kind: IMPORTED,
            state: State::Valid,
        },
    })
}

/// A key that was used before, or twice in the batch, refuses the batch or loses its row.
fn check_keys(call: &Call<'_>, imports: &mut [Import]) -> Result<(), Failure> {
    let mut met = std::collections::HashSet::new();
    for import in imports {
        let key = &import.detail.idempotent_id;
        if key.is_empty() || (!call.world.flows.keys.contains(key) && met.insert(key.clone())) {
            continue;
        }
        if call.switches.guesses.repeated_key_refuses_batch {
            return general("the object already exists");
        }
        import.lost = true;
    }
    Ok(())
}

fn store(call: &mut Call<'_>, import: Import) -> String {
    let Import {
        user, time, detail, ..
    } = import;
    let watch = call.watch();
    let world = &mut *call.world;
    if !detail.idempotent_id.is_empty() {
        world.flows.keys.insert(detail.idempotent_id.clone());
    }
    let days = days_around(world, user, time);
    let time = u32::try_from(time).unwrap_or(u32::MAX);
    let flow = with_changes(watch, world, user, days, |world| {
        world.flows.add(user, time, detail)
    });
    if watch.switches.guesses.events_for_imports {
        punched(watch, world, user, flow);
    }
    flow.id.to_string()
}

/// The row as it was sent, without what the service does not take from a request.
fn echo(call: &Call<'_>, row: &Value, id: &str) -> Value {
    let mut row: Map<String, Value> = row.as_object().cloned().unwrap_or_default();
    for name in ["check_result", "photo_urls", "device_id"] {
        row.remove(name);
    }
    let id = if call.switches.flow_record_id_empty {
        ""
    } else {
        id
    };
    row.insert("record_id".to_owned(), json!(id));
    Value::Object(row)
}

pub(super) fn batch_del(call: &mut Call<'_>) -> Outcome {
    let (mut done, mut failed, mut reasons) = (Vec::new(), Vec::new(), Map::new());
    let watch = call.watch();
    for id in strings(&call.body["record_ids"]) {
        let world = &mut *call.world;
        let found = world.flows.find(id);
        let reason = match found {
            None => "record not found",
            Some((_, flow)) if world.flows.detail(flow).kind != IMPORTED => {
                "record was not imported"
            }
            Some((user, flow))
                if world.is_sealed(
                    world
                        .zone_at(user, flow.time.into())
                        .day_of(flow.time.into()),
                ) =>
            {
                "the attendance result has been sealed and can not modify"
            }
            Some((user, flow)) => {
                let days = days_around(world, user, flow.time.into());
                with_changes(watch, world, user, days, |world| {
                    world.flows.remove(user, flow.id)
                });
                done.push(id);
                continue;
            }
        };
        failed.push(id);
        reasons.insert(id.to_owned(), json!(reason));
    }
    let data = json!({ "success_record_ids": done, "fail_record_ids": failed });
    if reasons.is_empty() {
        return Ok(Reply::Data(data));
    }
    Ok(Reply::Partly(data, Value::Object(reasons).to_string()))
}

pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    match call.world.flows.find(call.parameter("user_flow_id")) {
        Some((user, flow)) => Ok(Reply::Data(as_read(call.world, kind, user, flow))),
        None if call.switches.guesses.unknown_record_refused => general("rule does not exist"),
        None => Ok(Reply::Data(json!({}))),
    }
}

pub(super) fn query(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let from = read_seconds(&call.body["check_time_from"])?;
    let to = read_seconds(&call.body["check_time_to"])?;
    if to < from {
        return invalid("check_time_to lies before check_time_from");
    }
    let all = call.parameters.get("include_terminated_user") == Some(&Value::Bool(true));
    let world = &*call.world;
    let mut list = Vec::new();
    for id in strings(&call.body["user_ids"]) {
        let current = call.user(kind, id)?;
        let holders = world
            .people
            .holders(kind, id)
            .iter()
            .map(|user| *user as usize);
        for user in holders.filter(|user| all || *user == current) {
            let valid = |flow: &&Flow| world.flows.detail(**flow).state == State::Valid;
            let flows = world.flows.between(user, from, to).iter().filter(valid);
            list.extend(flows.map(|flow| as_read(world, kind, user, *flow)));
        }
    }
    Ok(Reply::Data(json!({ "user_flow_results": list })))
}

fn as_read(world: &World, kind: IdKind, user: usize, flow: Flow) -> Value {
    let detail = world.flows.detail(flow);
    json!({
        "user_id": world.people.write(kind, user),
        "creator_id": world.people.write(kind, detail.creator.unwrap_or(user)),
        "location_name": detail.location_name,
        "check_time": flow.time.to_string(),
        "comment": detail.comment,
        "record_id": flow.id.to_string(),
        "ssid": detail.ssid,
        "bssid": detail.bssid,
        "is_field": detail.is_field,
        "is_wifi": detail.is_wifi,
        "type": detail.kind,
        "photo_urls": [],
        "device_id": "",
        "check_result": check_result(detail),
        "external_id": detail.external_id,
        "idempotent_id": detail.idempotent_id,
    })
}

pub(super) fn check_result(detail: &Detail) -> &'static str {
    match detail.state {
        State::Valid => "",
        State::Pending => "PendingApproval",
        State::Invalid => "Invalid",
    }
}
