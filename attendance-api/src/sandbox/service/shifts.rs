//! Shifts: create (or change), get, query by name, list, delete.

use serde_json::{Map, Value, json};

use super::{Call, rows, text};
use crate::sandbox::answer::{Outcome, Reply, fail, general, invalid};
use crate::sandbox::page::page;
use crate::sandbox::world::calendar::Zone;
use crate::sandbox::world::shifts::{DEFAULT_ID, Shift, Times};

pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let Value::Object(mut members) = call.body.clone() else {
        return invalid("the body must be an object");
    };
    let name = text(call.body, "shift_name").to_owned();
    check(call, &name)?;
    call.users(kind, &call.body["sub_shift_leader_ids"])?;
    let Some(times) = Times::read(&members) else {
        return general("time is invalid");
    };
    let id = text(call.body, "id").to_owned();
    let existing = if id.is_empty() {
        None
    } else {
        Some(existing(call, &id)?)
    };
    if call
        .world
        .shifts
        .named(&name)
        .is_some_and(|other| Some(other) != existing)
    {
        return fail(1_226_002, "Shift name has been used");
    }
    members.remove("id");
    members.insert("punch_times".to_owned(), json!(times.segments.len()));
    let number = match existing {
        Some(number) => {
            let shift = call.world.shifts.get_mut(number);
            (shift.name, shift.members, shift.times) = (name, members, times);
            number
        }
        None => {
            let id = call.world.new_id();
            call.world.shifts.add(Shift {
                id,
                name,
                members,
                times,
                deleted: false,
                temporary: false,
            })
        }
    };
    let shift = call.world.shifts.get(number);
    let mut data = shift.members.clone();
    data.insert("shift_id".to_owned(), json!(shift.id));
    Ok(Reply::Data(json!({ "shift": data })))
}

fn existing(call: &Call<'_>, id: &str) -> Result<usize, crate::sandbox::answer::Failure> {
    if id == DEFAULT_ID {
        return fail(1_226_003, DEFAULT_REFUSED);
    }
    match call.world.shifts.find(id) {
        Some(number) => Ok(number),
        None => general("shift does not exist"),
    }
}

fn check(call: &Call<'_>, name: &str) -> Result<(), crate::sandbox::answer::Failure> {
    let body = call.body;
    if name.trim().is_empty() {
        return invalid("shift_name is empty");
    }
    let Some(first) = rows(&body["punch_time_rule"]).next() else {
        return invalid("punch_time_rule is empty");
    };
    if first["no_need_on"] == true {
        return invalid("no_need_on of the first punch_time_rule must be false");
    }
    if body["is_flexible"] == true && body["day_type"] == 2 {
        return invalid("a flexible shift can not have day_type 2");
    }
    call.one_of("day_type", &body["day_type"], &[1, 2])
}

pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    match call.world.shifts.find(call.parameter("shift_id")) {
        Some(number) => Ok(Reply::Data(as_read(call.world.shifts.get(number)))),
        None => general("shift does not exist"),
    }
}

pub(super) fn query(call: &mut Call<'_>) -> Outcome {
    match call.world.shifts.named(call.parameter("shift_name")) {
        Some(number) => Ok(Reply::Data(as_read(call.world.shifts.get(number)))),
        None => general("shift does not exist"),
    }
}

pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let shifts = call
        .world
        .shifts
        .listed()
        .map(|(number, shift)| (number as u64, shift));
    page(
        "shift.list",
        "shift_list",
        call.parameters,
        10,
        shifts,
        as_read,
    )
    .map(Reply::Data)
}

const DEFAULT_REFUSED: &str = "default shift are not allowed to change.";

pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = call.parameter("shift_id").to_owned();
    let number = existing(call, &id)?;
    let today = Zone::SHANGHAI.day_of(call.now);
    let world = &mut *call.world;
    let of_group = world.groups.listed().any(|(group, _)| {
        world
            .groups
            .plan(group, today + 1)
            .is_some_and(|plan| plan.uses_shift(number))
    });
    let of_schedule =
        call.switches.guesses.schedule_holds_shift && world.schedules.uses_shift(number, today);
    if of_group || of_schedule {
        return general("shift can not be del");
    }
    world.shifts.get_mut(number).deleted = true;
    Ok(Reply::Data(json!({})))
}

/// A shift as it is read back: the two flags of a punch pair mean the opposite of what they meant when written.
fn as_read(shift: &Shift) -> Value {
    let mut members: Map<String, Value> = shift.members.clone();
    for rule in members
        .get_mut("punch_time_rule")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        for flag in ["no_need_on", "no_need_off"] {
            rule[flag] = json!(rule[flag] != true);
        }
    }
    members.insert("shift_id".to_owned(), json!(shift.id));
    members.insert("shift_name".to_owned(), json!(shift.name));
    Value::Object(members)
}
