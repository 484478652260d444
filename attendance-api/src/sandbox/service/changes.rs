//! Changes: what a write does to the results of the days around it, told as events.

use serde_json::{Value, json};

use super::Call;
use crate::sandbox::switches::Switches;
use crate::sandbox::world::World;
use crate::sandbox::world::calendar::{Day, to_yyyymmdd};
use crate::sandbox::world::flows::Flow;
use crate::sandbox::world::results::{DayResult, ShiftOf, Side, judge};
use crate::sandbox::world::shifts::{DEFAULT_ID, REST_ID};

/// Who sees a write, and when it happens.
#[derive(Clone, Copy)]
pub(crate) struct Watch<'a> {
    pub(crate) switches: &'a Switches,
    pub(crate) now: i64,
}

impl<'a> Call<'a> {
    pub(crate) fn watch(&self) -> Watch<'a> {
        Watch {
            switches: self.switches,
            now: self.now,
        }
    }
}

/// Carries a change out and puts down an event for each of these days whose results it moved.
pub(crate) fn with_changes<T>(
    watch: Watch<'_>,
    world: &mut World,
    user: usize,
    days: impl IntoIterator<Item = Day>,
    change: impl FnOnce(&mut World) -> T,
) -> T {
    let before: Vec<(Day, Option<DayResult>)> = days
        .into_iter()
        .map(|day| (day, judge(world, watch.now, user, day)))
        .collect();
    let made = change(world);
    for (day, before) in before {
        let after = judge(world, watch.now, user, day);
        if let (Some(before), Some(after)) = (before, after) {
            put_down(watch, world, user, &before, &after);
        }
    }
    made
}

/// The days whose results a punch at this moment can move.
pub(crate) fn days_around(
    world: &World,
    user: usize,
    moment: i64,
) -> std::ops::RangeInclusive<Day> {
    let day = world.zone_at(user, moment).day_of(moment);
    day - 1..=day + 1
}

fn put_down(
    watch: Watch<'_>,
    world: &mut World,
    user: usize,
    before: &DayResult,
    after: &DayResult,
) {
    let mut changes = Vec::new();
    for (index, (old, new)) in before.pairs.iter().zip(&after.pairs).enumerate() {
        for (work_type, old, new) in [("on", &old.on, &new.on), ("off", &old.off, &new.off)] {
            if (old.verdict, old.supplement) != (new.verdict, new.supplement) {
                changes.push(change(watch.switches, index + 1, work_type, old, new));
            }
        }
    }
    if changes.is_empty() {
        return;
    }
    let person = world.people.get(user);
    let group = after.group.map(|group| world.groups.get(group));
    let zone = group
        .and_then(|group| group.members.get("time_zone"))
        .and_then(Value::as_str);
    let event = json!({
        "date": to_yyyymmdd(after.day),
        "employee_id": person.id,
        "employee_no": person.employee_no,
        "group_id": group.map_or("1", |group| &group.id),
        "shift_id": shift_id(world, after.shift),
        "status_changes": changes,
        "task_id": task_id(user, after.day),
        "time_zone": zone.unwrap_or("Asia/Shanghai"),
    });
    world
        .happened
        .push(("attendance.user_task.updated_v1", event));
}

fn change(switches: &Switches, index: usize, work_type: &str, old: &Side, new: &Side) -> Value {
    json!({
        "index": if switches.event_index_as_text { json!(index.to_string()) } else { json!(index) },
        "work_type": work_type,
        "before_status": old.verdict.as_str(),
        "before_supplement": old.supplement,
        "current_status": new.verdict.as_str(),
        "current_supplement": new.supplement,
    })
}

pub(crate) fn shift_id(world: &World, shift: ShiftOf) -> &str {
    match shift {
        ShiftOf::Rest => REST_ID,
        ShiftOf::Default => DEFAULT_ID,
        ShiftOf::Shift(shift) => &world.shifts.get(shift).id,
    }
}

/// The id of the result of a day, the same whenever it is asked for.
pub(crate) fn task_id(user: usize, day: Day) -> String {
    (7_100_000_000_000_000_000 + user as u64 * 100_000 + u64::from(day.unsigned_abs())).to_string()
}

/// Puts down that somebody punched.
pub(crate) fn punched(watch: Watch<'_>, world: &mut World, user: usize, flow: Flow) {
    let person = world.people.get(user);
    let detail = world.flows.detail(flow);
    let mut event = json!({
        "employee_id": person.id,
        "employee_no": person.employee_no,
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
        "risk_result": 0,
    });
    if watch.switches.event_positions {
        event["longitude"] = json!(0.0);
        event["latitude"] = json!(0.0);
    }
    world
        .happened
        .push(("attendance.user_flow.created_v1", event));
}
