//! Approvals from outside: written once, never changed, queried, revoked.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::changes::with_changes;
use super::{Call, read_day, read_seconds, rows, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, fail, general, invalid};
use crate::sandbox::world::approvals::{
    APPROVED, Approval, PENDING, REJECTED, REVOKED, WITHDRAWN, What,
};
use crate::sandbox::world::calendar::{Day, Zone, local_seconds, local_text, to_yyyymmdd};

/// The four lists of an approval, with the name under which a refused row is told.
const LISTS: [(&str, What, &str); 4] = [
    ("outs", What::Out, "OutErrorRecords"),
    ("leaves", What::Leave, "LeaveErrorRecords"),
    ("overtime_works", What::Overtime, "OvertimeWorkErrorRecords"),
    ("trips", What::Trip, "TripErrorRecords"),
];
/// An errand's type id is shorter than this.
const OUT_ID_LENGTH: usize = 14;

/// A row that was read.
struct Read {
    list: &'static str,
    what: What,
    times: Option<(i64, i64)>,
    row: Map<String, Value>,
}

pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let approval = &call.body["user_approval"];
    if !approval.is_object() {
        return invalid("user_approval is required");
    }
    let user = call.user(kind, text(approval, "user_id"))?;
    let date = read_day(&approval["date"])?;
    call.check_unsealed(date)?;
    let zone = zone(call, user, date)?;
    let read = read_rows(approval, zone)?;
    check_keys(call, &read)?;
    let refused = refused(&read);
    if !refused.is_empty() && call.switches.guesses.refused_part_refuses_approval {
        return fail(1_225_001, refused_text(&refused));
    }
    let watch = call.watch();
    let days = date - 1..=date + 1;
    let now_text = local_text(zone.to_local(call.now), true);
    let mut answer = Map::new();
    let ids: Vec<String> = read.iter().map(|_| call.world.new_id()).collect();
    let now = call.now;
    with_changes(watch, call.world, user, days, |world| {
        for (read, id) in read.into_iter().zip(ids) {
            let Some((start, end)) = read.times else {
                continue;
            };
            let mut row = read.row;
            row.insert("approval_id".to_owned(), json!(id));
            if read.what != What::Overtime {
                for name in ["approve_pass_time", "approve_apply_time"] {
                    row.entry(name).or_insert_with(|| json!(now_text));
                }
            }
            if let Some(key) = row
                .get("idempotent_id")
                .and_then(Value::as_str)
                .filter(|key| !key.is_empty())
            {
                world.approvals.keys.insert(key.to_owned());
            }
            let row = Value::Object(row);
            if let Some(list) = answer
                .entry(read.list)
                .or_insert_with(|| json!([]))
                .as_array_mut()
            {
                list.push(row.clone());
            }
            let (status, created, updated) = (APPROVED, now, now);
            world.approvals.add(Approval {
                id,
                user,
                what: read.what,
                date,
                start,
                end,
                status,
                created,
                updated,
                row,
            });
        }
    });
    answer.insert("user_id".to_owned(), approval["user_id"].clone());
    answer.insert("date".to_owned(), approval["date"].clone());
    if let Some(zone) = approval.get("time_zone") {
        answer.insert("time_zone".to_owned(), zone.clone());
    }
    Ok(Reply::Data(json!({ "user_approval": answer })))
}

fn zone(call: &Call<'_>, user: usize, date: Day) -> Result<Zone, Failure> {
    match text(&call.body["user_approval"], "time_zone") {
        "" => Ok(call.world.zone_of(user, date)),
        name => match Zone::named(name) {
            Some(zone) => Ok(zone),
            None => invalid("time_zone invalid"),
        },
    }
}

fn read_rows(approval: &Value, zone: Zone) -> Result<Vec<Read>, Failure> {
    let mut read = Vec::new();
    for (list, what, _) in LISTS {
        for row in rows(&approval[list]) {
            if what == What::Out && text(row, "uniq_id").chars().count() >= OUT_ID_LENGTH {
                return invalid("uniq_id is too long");
            }
            let time = |name| local_seconds(text(row, name)).map(|local| zone.to_unix(local));
            let (Some(start), Some(end)) = (time("start_time"), time("end_time")) else {
                return general("time is invalid");
            };
            read.push(Read {
                list,
                what,
                times: (start < end).then_some((start, end)),
                row: row.as_object().cloned().unwrap_or_default(),
            });
        }
    }
    Ok(read)
}

fn check_keys(call: &Call<'_>, read: &[Read]) -> Result<(), Failure> {
    let mut met = std::collections::HashSet::new();
    for read in read {
        let key = read
            .row
            .get("idempotent_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !key.is_empty() && (call.world.approvals.keys.contains(key) || !met.insert(key)) {
            return general("the object already exists");
        }
    }
    Ok(())
}

/// Rows that end before they begin.
fn refused(read: &[Read]) -> Vec<&Read> {
    read.iter().filter(|read| read.times.is_none()).collect()
}

fn refused_text(refused: &[&Read]) -> String {
    let mut lists = Map::new();
    for (list, _, name) in LISTS {
        let rows: Vec<Value> = refused
            .iter()
            .filter(|read| read.list == list)
            .map(|read| Value::Object(read.row.clone()))
            .collect();
        lists.insert(name.to_owned(), Value::Array(rows));
    }
    Value::Object(lists).to_string()
}

const MOST_DAYS: i32 = 30;

pub(super) fn query(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let (from, to) = (call.day("check_date_from")?, call.day("check_date_to")?);
    if from > Zone::SHANGHAI.day_of(call.now) + 1 {
        return invalid("check_date_from is later than tomorrow");
    }
    super::schedules::check_span(from, to, MOST_DAYS)?;
    let status = call.body["status"].as_i64().unwrap_or(APPROVED);
    call.one_of(
        "status",
        &json!(status),
        &[PENDING, REJECTED, APPROVED, WITHDRAWN, REVOKED],
    )?;
    let chosen = chosen(call, from, to)?;
    let mut list = Vec::new();
    for user in call.users(kind, &call.body["user_ids"])? {
        let mut days: BTreeMap<Day, Map<String, Value>> = BTreeMap::new();
        for approval in call.world.approvals.of(user) {
            let two_states = matches!(approval.what, What::Leave | What::Overtime);
            if approval.status != status
                || !chosen(approval)
                || (two_states && ![APPROVED, REVOKED].contains(&status))
            {
                continue;
            }
            let name = LISTS
                .iter()
                .find(|(_, what, _)| *what == approval.what)
                .map_or("", |(list, _, _)| list);
            let day = days.entry(approval.date).or_default();
            if let Some(rows) = day.entry(name).or_insert_with(|| json!([])).as_array_mut() {
                rows.push(approval.row.clone());
            }
        }
        for (date, mut members) in days {
            for (name, _, _) in LISTS {
                members.entry(name).or_insert_with(|| json!([]));
            }
            members.insert(
                "user_id".to_owned(),
                json!(call.world.people.write(kind, user)),
            );
            members.insert("date".to_owned(), json!(to_yyyymmdd(date).to_string()));
            list.push(Value::Object(members));
        }
    }
    Ok(Reply::Data(json!({ "user_approvals": list })))
}

/// What decides whether an approval falls into the query: its day, or when it was made or changed.
fn chosen(
    call: &Call<'_>,
    from: Day,
    to: Day,
) -> Result<impl Fn(&Approval) -> bool + use<>, Failure> {
    let by = text(call.body, "check_date_type").to_owned();
    let mut seconds = (0, i64::MAX);
    if by == "CreateTime" || by == "UpdateTime" {
        for (name, end) in [
            ("check_time_from", &mut seconds.0),
            ("check_time_to", &mut seconds.1),
        ] {
            if !text(call.body, name).is_empty() {
                *end = read_seconds(&call.body[name])?;
            }
        }
    }
    Ok(move |approval: &Approval| match by.as_str() {
        "CreateTime" => (seconds.0..=seconds.1).contains(&approval.created),
        "UpdateTime" => (seconds.0..=seconds.1).contains(&approval.updated),
        _ => (from..=to).contains(&approval.date),
    })
}

pub(super) fn process(call: &mut Call<'_>) -> Outcome {
    let id = text(call.body, "approval_id").to_owned();
    let kind = text(call.body, "approval_type").to_owned();
    let status = call.body["status"].as_i64().unwrap_or(-1);
    let wanted = match kind.as_str() {
        "remedy" => return super::remedies::process(call, &id, status),
        "leave" => What::Leave,
        "out" => What::Out,
        "overtime" => What::Overtime,
        "trip" => What::Trip,
        _ => return invalid("approval_type invalid"),
    };
    if status != REVOKED {
        return invalid("only revocation is possible for this approval_type");
    }
    let Some(approval) = call
        .world
        .approvals
        .find(&id)
        .filter(|approval| approval.what == wanted)
    else {
        return unknown_approval(call, &id, &kind, status);
    };
    let (user, date, before) = (approval.user, approval.date, approval.status);
    if before != APPROVED && call.switches.guesses.odd_transition_refused {
        return general("param invalid");
    }
    call.check_unsealed(date)?;
    let now = call.now;
    with_changes(
        call.watch(),
        call.world,
        user,
        date - 1..=date + 1,
        |world| {
            if let Some(approval) = world.approvals.find(&id) {
                (approval.status, approval.updated) = (status, now);
            }
        },
    );
    Ok(Reply::Data(info(&id, &kind, status)))
}

pub(super) fn unknown_approval(call: &Call<'_>, id: &str, kind: &str, status: i64) -> Outcome {
    if call.switches.guesses.unknown_record_refused {
        return general("rule does not exist");
    }
    Ok(Reply::Data(info(id, kind, status)))
}

pub(super) fn info(id: &str, kind: &str, status: i64) -> Value {
    json!({ "approval_info": { "approval_id": id, "approval_type": kind, "status": status } })
}
