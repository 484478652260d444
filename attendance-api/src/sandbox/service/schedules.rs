//! Schedules: shifts and temporary shifts a person and day, written in batches of which parts may fail.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Call, read_day, rows, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, fail, general, invalid};
use crate::sandbox::world::calendar::{Day, clock_minutes, day, split, to_dashed};
use crate::sandbox::world::groups::Kind;
use crate::sandbox::world::schedules::Row;
use crate::sandbox::world::shifts::{REST_ID, Shift, Times};

/// Rows that were not taken: days by person.
type Lost = BTreeMap<String, Vec<String>>;

/// A row that passed the checks.
struct Planned {
    user: usize,
    day: Option<Day>,
    group: usize,
    shift: Option<usize>,
    clear: bool,
}

pub(super) fn batch_create(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    call.operator(kind)?;
    let mut planned = Vec::new();
    for row in rows(&call.body["user_daily_shifts"]) {
        let clear = row["is_clear_schedule"] == true;
        let user = call.user(kind, text(row, "user_id"))?;
        let group = scheduled_group(call, text(row, "group_id"))?;
        let shift = match text(row, "shift_id") {
            _ if clear => None,
            REST_ID => None,
            id => match call.world.shifts.find(id) {
                Some(shift) => Some(shift),
                None => return general("shift does not exist"),
            },
        };
        let day = day_of(call, row)?;
        if let Some(day) = day {
            call.check_unsealed(day)?;
        }
        planned.push(Planned {
            user,
            day,
            group,
            shift,
            clear,
        });
    }
    let mut lost = Lost::new();
    for (row, planned) in rows(&call.body["user_daily_shifts"]).zip(planned) {
        let Some(day) = planned.day else { continue };
        if call.world.groups.of_user(planned.user, day) != Some(planned.group) {
            lost.entry(text(row, "user_id").to_owned())
                .or_default()
                .push(to_dashed(day));
        } else if planned.clear {
            call.world.schedules.clear(planned.user, day);
        } else {
            let row = Row::new(day, planned.group, planned.shift);
            call.world.schedules.set(planned.user, row);
        }
    }
    let data = json!({ "user_daily_shifts": call.body["user_daily_shifts"] });
    Ok(partly(data, &lost))
}

fn scheduled_group(call: &Call<'_>, id: &str) -> Result<usize, Failure> {
    let Some(group) = call.world.groups.find(id) else {
        return general("rule not exist");
    };
    let newest = call.world.groups.plan(group, Day::MAX);
    if newest.is_none_or(|plan| plan.kind != Kind::Scheduled) {
        return general("the rule cannot arrange!");
    }
    Ok(group)
}

/// `None` for a day that its month does not have, where that is let pass.
fn day_of(call: &Call<'_>, row: &Value) -> Result<Option<Day>, Failure> {
    let month = row["month"]
        .as_i64()
        .and_then(|month| i32::try_from(month).ok())
        .unwrap_or(0);
    let number = row["day_no"]
        .as_i64()
        .and_then(|number| i32::try_from(number).ok())
        .unwrap_or(0);
    match day(month / 100, month % 100, number) {
        Some(day) => Ok(Some(day)),
        None if day(month / 100, month % 100, 1).is_none() => invalid("month invalid"),
        None if call.switches.guesses.day_outside_month_refused => invalid("day_no invalid"),
        None => Ok(None),
    }
}

/// Losers are told in the message, as `{person:[day, day]}`.
fn partly(data: Value, lost: &Lost) -> Reply {
    if lost.is_empty() {
        return Reply::Data(data);
    }
    let people: Vec<String> = lost
        .iter()
        .map(|(person, days)| format!("{person}:[{}]", days.join(", ")))
        .collect();
    Reply::Partly(data, format!("{{{}}}", people.join(", ")))
}

pub(super) fn batch_create_temp(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    if !call.switches.temporary_shifts {
        return fail(1_220_005, "No permission");
    }
    call.operator(kind)?;
    let mut planned = Vec::new();
    for row in rows(&call.body["user_tmp_daily_shifts"]) {
        let user = call.user(kind, text(row, "user_id"))?;
        let Some(group) = call.world.groups.find(text(row, "group_id")) else {
            return general("rule not exist");
        };
        let day = read_day(&row["date"])?;
        call.check_unsealed(day)?;
        let mut pairs = Vec::new();
        for rule in rows(&row["punch_time_simple_rules"]) {
            let pair =
                clock_minutes(text(rule, "on_time")).zip(clock_minutes(text(rule, "off_time")));
            let Some(pair) = pair else {
                return general("time is invalid");
            };
            pairs.push(pair);
        }
        planned.push((user, group, day, pairs));
    }
    let mut lost = Lost::new();
    for (row, (user, group, day, pairs)) in rows(&call.body["user_tmp_daily_shifts"]).zip(planned) {
        if call.world.groups.of_user(user, day) != Some(group) {
            lost.entry(text(row, "user_id").to_owned())
                .or_default()
                .push(to_dashed(day));
            continue;
        }
        let shift = temporary(call, text(row, "shift_name"), row, &pairs);
        call.world
            .schedules
            .set(user, Row::new(day, group, Some(shift)));
    }
    let data = json!({ "user_tmp_daily_shifts": call.body["user_tmp_daily_shifts"] });
    Ok(partly(data, &lost))
}

fn temporary(call: &mut Call<'_>, name: &str, row: &Value, pairs: &[(i64, i64)]) -> usize {
    let mut members = Map::new();
    members.insert("shift_name".to_owned(), json!(name));
    members.insert(
        "punch_time_rule".to_owned(),
        row["punch_time_simple_rules"].clone(),
    );
    let id = call.world.new_id();
    call.world.shifts.add(Shift {
        id,
        name: name.to_owned(),
        members,
        times: Times::simple(pairs),
        deleted: false,
        temporary: true,
    })
}

/// Days that one query may span.
const MOST_DAYS: i32 = 30;

pub(super) fn query(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let (from, to) = (call.day("check_date_from")?, call.day("check_date_to")?);
    check_span(from, to, MOST_DAYS)?;
    let world = &*call.world;
    let mut list = Vec::new();
    for user in call.users(kind, &call.body["user_ids"])? {
        for row in world.schedules.between(user, from, to) {
            let (year, month, number) = split(row.day);
            list.push(json!({
                "group_id": world.groups.get(row.group()).id,
                "shift_id": row.shift().map_or(REST_ID, |shift| &world.shifts.get(shift).id),
                "month": year * 100 + month,
                "user_id": world.people.write(kind, user),
                "day_no": number,
            }));
        }
    }
    Ok(Reply::Data(json!({ "user_daily_shifts": list })))
}

/// Refuses a span that runs backwards or holds more days than this, both ends counted.
pub(super) fn check_span(from: Day, to: Day, most: i32) -> Result<(), Failure> {
    if to < from {
        return invalid("the end of the interval lies before its begin");
    }
    if to - from + 1 > most {
        return invalid(format!("interval is larger than {most} days"));
    }
    Ok(())
}
