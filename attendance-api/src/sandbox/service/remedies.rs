//! Corrections of punches: asked for, approved or rejected, revoked, queried.

use serde_json::{Map, Value, json};

use super::changes::with_changes;
use super::{Call, read_day, read_seconds, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, fail, general, invalid};
use crate::sandbox::world::approvals::{APPROVED, PENDING, REJECTED, REVOKED, Remedy, WITHDRAWN};
use crate::sandbox::world::calendar::{
    Day, Zone, day, local_seconds, local_text, split, to_yyyymmdd,
};
use crate::sandbox::world::flows::Detail;
use crate::sandbox::world::people::IdKind;
use crate::sandbox::world::results::{DayResult, ShiftOf, Verdict, judge};

/// A side of a day that can be corrected.
struct Open {
    punch_no: i64,
    work_type: i64,
    verdict: Verdict,
    due: i64,
    from: i64,
    to: i64,
    free: bool,
}

pub(super) fn allowed(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let user = call.user(kind, text(call.body, "user_id"))?;
    let day = read_day(&call.body["remedy_date"])?;
    let zone = call.world.zone_of(user, day);
    let list: Vec<Value> = open_sides(call, user, day)?
        .iter()
        .map(|open| {
            let text = |unix| local_text(zone.to_local(unix), false);
            json!({
                "user_id": call.world.people.write(kind, user),
                "remedy_date": to_yyyymmdd(day),
                "is_free_punch": open.free,
                "punch_no": open.punch_no,
                "work_type": open.work_type,
                "punch_status": open.verdict.as_str(),
                "normal_punch_time": text(open.due),
                "remedy_start_time": text(open.from),
                "remedy_end_time": text(open.to),
            })
        })
        .collect();
    Ok(Reply::Data(json!({ "user_allowed_remedys": list })))
}

/// What of a day can be corrected, or why nothing can.
fn open_sides(call: &Call<'_>, user: usize, day: Day) -> Result<Vec<Open>, Failure> {
    call.check_unsealed(day)?;
    let none = fail(1_226_501, "no need remedy");
    let Some(result) = judge(call.world, call.now, user, day) else {
        return none;
    };
    let empty = Map::new();
    let rules = result
        .group
        .map_or(&empty, |group| &call.world.groups.get(group).members);
    check_rules(call, user, day, result.zone, rules)?;
    let found = wrong_sides(&result);
    if found.is_empty() && rules.get("allow_remedy_type_normal") != Some(&Value::Bool(true)) {
        return none;
    }
    let forbidden = |name: &str| rules.get(name) == Some(&Value::Bool(false));
    let open: Vec<Open> = found
        .into_iter()
        .filter(|open| match open.verdict {
            Verdict::Lack => !forbidden("allow_remedy_type_lack"),
            Verdict::Early => !forbidden("allow_remedy_type_early"),
            _ => !forbidden("allow_remedy_type_late"),
        })
        .collect();
    if open.is_empty() && rules.get("allow_remedy_type_normal") != Some(&Value::Bool(true)) {
        return fail(1_226_502, "not allowed remedy");
    }
    Ok(open)
}

/// What the group says of corrections; silence forbids nothing.
fn check_rules(
    call: &Call<'_>,
    user: usize,
    day: Day,
    zone: Zone,
    rules: &Map<String, Value>,
) -> Result<(), Failure> {
    let number = |name: &str| rules.get(name).and_then(Value::as_i64);
    let on = |name: &str| rules.get(name) == Some(&Value::Bool(true));
    if rules.get("allow_remedy") == Some(&Value::Bool(false)) {
        return fail(1_226_502, "not allowed remedy");
    }
    let today = zone.day_of(call.now);
    if on("remedy_date_limit")
        && number("remedy_date_num").is_some_and(|days| i64::from(today - day) > days)
    {
        return fail(1_226_503, "approval time beyond the time range");
    }
    if on("remedy_limit") {
        let (from, to) = period(day, number("remedy_period_custom_date").unwrap_or(1));
        let used = call
            .world
            .remedies
            .of(user)
            .filter(|remedy| {
                (from..to).contains(&remedy.day) && [PENDING, APPROVED].contains(&remedy.status)
            })
            .count();
        if number("remedy_limit_count").is_some_and(|most| used as i64 >= most) {
            return fail(1_226_504, "no remedy time left");
        }
    }
    Ok(())
}

/// The month that counts for a day, which may begin on another day than the first.
fn period(date: Day, begins: i64) -> (Day, Day) {
    let begins = i32::try_from(begins.clamp(1, 28)).unwrap_or(1);
    let (mut year, mut month, number) = split(date);
    if number < begins {
        month -= 1;
    }
    if month == 0 {
        (year, month) = (year - 1, 12);
    }
    let (next_year, next_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    (
        day(year, month, begins).unwrap_or(date),
        day(next_year, next_month, begins).unwrap_or(date + 31),
    )
}

fn wrong_sides(result: &DayResult) -> Vec<Open> {
    let free = result.shift == ShiftOf::Default;
    let wrong = [
        Verdict::Late,
        Verdict::SeriousLate,
        Verdict::Early,
        Verdict::Lack,
    ];
    let mut open = Vec::new();
    for (index, pair) in result.pairs.iter().enumerate() {
        for (work_type, side) in [(1, &pair.on), (2, &pair.off)] {
            if wrong.contains(&side.verdict) {
                open.push(Open {
                    punch_no: if free { 0 } else { index as i64 },
                    work_type,
                    verdict: side.verdict,
                    due: side.due,
                    from: side.due - 3600,
                    to: side.due + 3600,
                    free,
                });
            }
        }
    }
    open
}

pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    call.one_of("work_type", &call.body["work_type"], &[0, 1, 2])?;
    call.one_of("punch_no", &call.body["punch_no"], &[0, 1, 2])?;
    let user = call.user(kind, text(call.body, "user_id"))?;
    let date = read_day(&call.body["remedy_date"])?;
    let Some(local) = local_seconds(text(call.body, "remedy_time")) else {
        return general("time is invalid");
    };
    let (punch_no, work_type) = (
        call.body["punch_no"].as_i64().unwrap_or(0),
        call.body["work_type"].as_i64().unwrap_or(0),
    );
    let open = open_sides(call, user, date)?;
    let fits = |open: &Open| open.free || (open.punch_no, open.work_type) == (punch_no, work_type);
    if !open.is_empty() && !open.iter().any(fits) {
        return fail(1_226_501, "no need remedy");
    }
    let zone = call.world.zone_of(user, date);
    let remedy = Remedy {
        id: call.world.new_id(),
        user,
        day: date,
        punch_no,
        work_type,
        time: zone.to_unix(local),
        time_text: text(call.body, "remedy_time").to_owned(),
        time_zone: zone_name(call, user, date),
        reason: text(call.body, "reason").to_owned(),
        status: PENDING,
        created: call.now,
        updated: call.now,
        flow: None,
    };
    let mut row = as_read(call, kind, &remedy);
    // The four below are documented as no longer filled in this answer.
    for name in ["time", "time_zone", "create_time", "update_time"] {
        row[name] = json!("-");
    }
    with_changes(call.watch(), call.world, user, [date], |world| {
        world.remedies.add(remedy)
    });
    Ok(Reply::Data(json!({ "user_remedy": row })))
}

fn zone_name(call: &Call<'_>, user: usize, date: Day) -> String {
    let group = call.world.groups.of_user(user, date);
    group
        .and_then(|group| {
            call.world
                .groups
                .get(group)
                .members
                .get("time_zone")?
                .as_str()
        })
        .unwrap_or("Asia/Shanghai")
        .to_owned()
}

fn as_read(call: &Call<'_>, kind: IdKind, remedy: &Remedy) -> Value {
    json!({
        "user_id": call.world.people.write(kind, remedy.user),
        "remedy_date": to_yyyymmdd(remedy.day),
        "punch_no": remedy.punch_no,
        "work_type": remedy.work_type,
        "approval_id": remedy.id,
        "remedy_time": remedy.time_text,
        "status": remedy.status,
        "reason": remedy.reason,
        "time": remedy.time.to_string(),
        "time_zone": remedy.time_zone,
        "create_time": remedy.created.to_string(),
        "update_time": remedy.updated.to_string(),
    })
}

pub(super) fn query(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let from = read_seconds(&call.body["check_time_from"])?;
    let to = read_seconds(&call.body["check_time_to"])?;
    let status = call.body["status"].as_i64().unwrap_or(APPROVED);
    call.one_of(
        "status",
        &json!(status),
        &[PENDING, REJECTED, APPROVED, WITHDRAWN, REVOKED],
    )?;
    let moment = |remedy: &Remedy| match text(call.body, "check_date_type") {
        "CreateTime" => remedy.created,
        "UpdateTime" => remedy.updated,
        _ => remedy.time,
    };
    let mut list = Vec::new();
    for user in call.users(kind, &call.body["user_ids"])? {
        let found = call
            .world
            .remedies
            .of(user)
            .filter(|remedy| remedy.status == status && (from..=to).contains(&moment(remedy)));
        list.extend(found.map(|remedy| as_read(call, kind, remedy)));
    }
    Ok(Reply::Data(json!({ "user_remedys": list })))
}

/// A state change of a correction: pending to approved or rejected, approved to revoked.
pub(super) fn process(call: &mut Call<'_>, id: &str, status: i64) -> Outcome {
    let Some(remedy) = call.world.remedies.find(id).cloned() else {
        return super::approvals::unknown_approval(call, id, "remedy", status);
    };
    if ![REJECTED, APPROVED, REVOKED].contains(&status) {
        return invalid("status invalid");
    }
    let listed = matches!(
        (remedy.status, status),
        (PENDING, REJECTED | APPROVED) | (APPROVED, REVOKED)
    );
    if !listed && call.switches.guesses.odd_transition_refused {
        return general("param invalid");
    }
    call.check_unsealed(remedy.day)?;
    let now = call.now;
    let days = remedy.day - 1..=remedy.day + 1;
    with_changes(call.watch(), call.world, remedy.user, days, |world| {
        let mut flow = remedy.flow;
        if status == APPROVED && flow.is_none() {
            let time = u32::try_from(remedy.time).unwrap_or(0);
            let detail = Detail {
                kind: 2,
                comment: remedy.reason.clone(),
                ..Detail::default()
            };
            flow = Some(world.flows.add(remedy.user, time, detail).id);
        } else if let Some(id) = flow.filter(|_| status == REVOKED) {
            world.flows.remove(remedy.user, id);
            flow = None;
        }
        if let Some(remedy) = world.remedies.find(id) {
            (remedy.status, remedy.updated, remedy.flow) = (status, now, flow);
        }
    });
    Ok(Reply::Data(super::approvals::info(id, "remedy", status)))
}
