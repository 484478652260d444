//! Groups: create and change, get, list, search, delete.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::{Call, rows, strings, text};
use crate::sandbox::answer::{Failure, Outcome, Reply, fail, general, invalid};
use crate::sandbox::page::page;
use crate::sandbox::world::calendar::{Day, Zone};
use crate::sandbox::world::groups::{Group, Plan};
use crate::sandbox::world::people::{IdKind, People};
use crate::sandbox::world::shifts::REST_ID;

const MOST_LOCATIONS: usize = 3000;
const MOST_HITS: usize = 10;

/// Members of a group that name employees.
const PEOPLE: [&str; 5] = [
    "bind_user_ids",
    "except_user_ids",
    "group_leader_ids",
    "sub_group_leader_ids",
    "bind_default_user_ids",
];

pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    check_dept_type(call)?;
    let existing = existing(call)?;
    let Value::Object(mut members) = call.body["group"].clone() else {
        return invalid("group must be an object");
    };
    check(call, &members)?;
    to_employee_ids(call, kind, &mut members)?;
    let operator = call.operator(kind)?;
    if let (Some(group), Some(operator)) = (existing, operator) {
        check_rights(call, group, operator)?;
    }
    join_locations(call, existing, &mut members)?;
    let Some(plan) = Plan::read(&members, &call.world.shifts) else {
        return general("time is invalid");
    };
    let number = store(call, existing, members, plan);
    Ok(Reply::Data(json!({ "group": as_read(call, kind, number) })))
}

fn existing(call: &Call<'_>) -> Result<Option<usize>, Failure> {
    match text(&call.body["group"], "group_id") {
        "" => Ok(None),
        id => match call.world.groups.find(id) {
            Some(group) => Ok(Some(group)),
            None => general("rule not exist"),
        },
    }
}

fn check_dept_type(call: &Call<'_>) -> Result<(), Failure> {
    let dept_type = call.parameter("dept_type");
    if dept_type.is_empty() || call.allows("dept_type", dept_type) {
        return Ok(());
    }
    invalid("dept_type invalid")
}

fn check(call: &Call<'_>, members: &Map<String, Value>) -> Result<(), Failure> {
    let group = &call.body["group"];
    if text(group, "group_name").trim().is_empty() {
        return invalid("group_name is empty");
    }
    if Zone::named(text(group, "time_zone")).is_none() {
        return invalid("time_zone invalid");
    }
    call.one_of("group_type", &group["group_type"], &[1, 2, 3])?;
    if rows(&group["group_leader_ids"]).next().is_none() {
        return invalid("group_leader_ids is empty");
    }
    let week = rows(&group["punch_day_shift_ids"]).count();
    let fixed = members.get("group_type") == Some(&json!(1));
    if fixed && week != 7 {
        return invalid("punch_day_shift_ids must have 7 entries, Monday to Sunday");
    }
    if !fixed && week != 0 && call.switches.guesses.plan_of_other_types_refused {
        return invalid("punch_day_shift_ids must be empty for this group_type");
    }
    let special = ["need_punch_special_days", "no_need_punch_special_days"]
        .iter()
        .flat_map(|name| rows(&group[*name]))
        .map(|row| text(row, "shift_id"));
    let week = strings(&group["punch_day_shift_ids"]).filter(|_| fixed);
    for id in special.chain(week) {
        if !id.is_empty() && id != REST_ID && call.world.shifts.find(id).is_none() {
            return general("shift does not exist");
        }
    }
    Ok(())
}

/// Employees are kept by their employee id, whichever identifier the call speaks.
fn to_employee_ids(
    call: &Call<'_>,
    kind: IdKind,
    members: &mut Map<String, Value>,
) -> Result<(), Failure> {
    for name in PEOPLE {
        if let Some(list) = members.get_mut(name).filter(|list| list.is_array()) {
            let users = call.users(kind, list)?;
            *list = users
                .iter()
                .map(|user| json!(call.world.people.get(*user).id))
                .collect();
        }
    }
    for row in members
        .get_mut("no_need_punch_members")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(list) = row
            .get_mut("scope_group_list")
            .filter(|list| list["member_ids"].is_array())
        {
            let users = call.users(kind, &list["member_ids"])?;
            list["member_ids"] = users
                .iter()
                .map(|user| json!(call.world.people.get(*user).id))
                .collect();
        }
    }
    Ok(())
}

fn check_rights(call: &Call<'_>, group: usize, operator: usize) -> Result<(), Failure> {
    let people = &call.world.people;
    let id = &people.get(operator).id;
    let members = &call.world.groups.get(group).members;
    let leads = ["group_leader_ids", "sub_group_leader_ids"]
        .iter()
        .filter_map(|name| members.get(*name))
        .any(|list| strings(list).any(|one| one == id));
    if leads || people.admins.contains(&operator) {
        return Ok(());
    }
    fail(1_220_005, "No permission")
}

/// A change replaces everything but the locations, which only grow.
fn join_locations(
    call: &mut Call<'_>,
    existing: Option<usize>,
    members: &mut Map<String, Value>,
) -> Result<(), Failure> {
    let mut all: Vec<Value> = existing
        .and_then(|group| call.world.groups.get(group).members.get("locations"))
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    for location in members
        .get("locations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let mut location = location.clone();
        location["location_id"] = json!(call.world.new_id());
        all.push(location);
    }
    if all.len() > MOST_LOCATIONS {
        return general("env count illegal");
    }
    members.insert("locations".to_owned(), Value::Array(all));
    Ok(())
}

fn store(
    call: &mut Call<'_>,
    existing: Option<usize>,
    mut members: Map<String, Value>,
    plan: Plan,
) -> usize {
    let now = call.now;
    let today = plan.zone.day_of(now);
    let effect_now = members.remove("effect_now") == Some(Value::Bool(true));
    let from = match (existing, effect_now) {
        (_, false) => today + 1,
        (None, true) if call.switches.guesses.new_group_rules_the_past => Day::MIN,
        (_, true) => today,
    };
    let world = &mut *call.world;
    let number = existing.unwrap_or_else(|| {
        let id = world.new_id();
        world.groups.add(id, now)
    });
    let group = world.groups.get_mut(number);
    members.insert("group_id".to_owned(), json!(group.id));
    group.name = members
        .get("group_name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    group.members = members;
    group.changed = now;
    world.groups.rule(number, from, plan);
    world.groups.claim(number);
    world.groups.assign(
        &world.people,
        from.max(if effect_now { today } else { today + 1 }),
    );
    number
}

pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    check_dept_type(call)?;
    match call.world.groups.find(call.parameter("group_id")) {
        Some(number) => Ok(Reply::Data(as_read(call, kind, number))),
        None => general("rule not exist"),
    }
}

fn as_read(call: &Call<'_>, kind: IdKind, number: usize) -> Value {
    let mut members = call.world.groups.get(number).members.clone();
    let people = &call.world.people;
    for name in PEOPLE {
        if let Some(list) = members.get_mut(name) {
            *list = strings(list)
                .map(|id| json!(in_kind(people, kind, id)))
                .collect();
        }
    }
    if members.get("group_type") == Some(&json!(1)) {
        members.insert(
            "group_type".to_owned(),
            json!(call.switches.group_type_fixed),
        );
    }
    for name in ["except_user_ids", "except_dept_ids"] {
        members.entry(name).or_insert_with(|| json!([]));
    }
    members
        .entry("need_punch_members")
        .or_insert_with(|| json!([{}]));
    Value::Object(members)
}

fn in_kind<'a>(people: &'a People, kind: IdKind, id: &'a str) -> &'a str {
    people
        .find(IdKind::EmployeeId, id)
        .map_or(id, |user| people.write(kind, user))
}

pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let groups = call
        .world
        .groups
        .listed()
        .map(|(number, group)| (number as u64, group));
    page(
        "group.list",
        "group_list",
        call.parameters,
        10,
        groups,
        name_of,
    )
    .map(Reply::Data)
}

fn name_of(group: &Group) -> Value {
    json!({ "group_id": group.id, "group_name": group.name })
}

pub(super) fn search(call: &mut Call<'_>) -> Outcome {
    let wanted = text(call.body, "group_name");
    let exact = call.body["exactly_matched"] == true;
    let seen_until = call.now - call.switches.search_lag_seconds;
    let mut hits: Vec<(usize, &Group)> = call
        .world
        .groups
        .listed()
        .filter(|(_, group)| {
            if exact {
                group.name == wanted
            } else {
                group.name.contains(wanted)
            }
        })
        .filter(|(_, group)| group.changed <= seen_until)
        .collect();
    hits.sort_by_key(|(number, group)| Reverse((group.changed, *number)));
    let list: Vec<Value> = hits
        .iter()
        .take(MOST_HITS)
        .map(|(_, group)| name_of(group))
        .collect();
    Ok(Reply::Data(json!({ "group_list": list })))
}

pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let Some(number) = call.world.groups.find(call.parameter("group_id")) else {
        return general("rule not exist");
    };
    let world = &mut *call.world;
    world.groups.get_mut(number).deleted = true;
    let today = world
        .groups
        .plan(number, Day::MAX)
        .map_or(0, |plan| plan.zone.day_of(call.now));
    world.groups.assign(&world.people, today);
    Ok(Reply::Data(json!({})))
}
