//! A small office on a Wednesday at noon: one fixed group, one that works by schedule.

use attendance_api::sandbox::Sandbox;
use serde_json::{Value, json};

use crate::caller::Caller;

/// Wednesday, 2026-03-04 12:00:00 in Shanghai.
pub(crate) const NOW: i64 = 1_772_596_800;
pub(crate) const FIXED: &str = "8001";
pub(crate) const SCHEDULED: &str = "8002";
pub(crate) const DAY_SHIFT: &str = "7001";
pub(crate) const SPLIT_SHIFT: &str = "7002";
pub(crate) const TYPE: &str = "employee_type=employee_id";

/// Members `e1` and `e2` of the fixed group, `s1` and `s2` of the scheduled one, `boss` leads both, `root` is an
/// administrator, `nobody` is in no group, `hidden` is outside the data range.
pub(crate) fn seed() -> Value {
    json!({
        "now": "2026-03-04 12:00:00",
        "users": [
            {"id": "e1", "employee_no": "1001", "name": "One", "departments": ["od-a", "od-root"]},
            {"id": "e2", "employee_no": "1002", "name": "Two", "departments": ["od-a", "od-root"]},
            {"id": "s1", "employee_no": "1003", "name": "Three", "departments": ["od-b", "od-root"]},
            {"id": "s2", "employee_no": "1004", "name": "Four", "departments": ["od-b", "od-root"]},
            {"id": "boss", "employee_no": "1005", "name": "Boss"},
            {"id": "root", "employee_no": "1006", "name": "Root", "admin": true},
            {"id": "nobody", "employee_no": "1007", "name": "Nobody"},
            {"id": "hidden", "employee_no": "1008", "name": "Hidden", "hidden": true},
        ],
        "shifts": [
            {
                "shift_id": DAY_SHIFT,
                "shift_name": "Day",
                "punch_time_rule": [{
                    "on_time": "9:00", "off_time": "18:00",
                    "late_minutes_as_late": 10, "late_minutes_as_serious_late": 40, "late_minutes_as_lack": 60,
                    "early_minutes_as_early": 10, "early_minutes_as_lack": 60,
                    "on_advance_minutes": 60, "off_delay_minutes": 120,
                }],
            },
            {
                "shift_id": SPLIT_SHIFT,
                "shift_name": "Split",
                "punch_time_rule": [
                    {"on_time": "8:00", "off_time": "12:00", "late_minutes_as_late": 0, "late_minutes_as_lack": 0,
                     "early_minutes_as_early": 0, "early_minutes_as_lack": 0, "on_advance_minutes": 60, "off_delay_minutes": 60},
                    {"on_time": "20:00", "off_time": "26:00", "late_minutes_as_late": 0, "late_minutes_as_lack": 0,
                     "early_minutes_as_early": 0, "early_minutes_as_lack": 0, "on_advance_minutes": 60, "off_delay_minutes": 60},
                ],
            },
        ],
        "groups": [
            {
                "group_id": FIXED, "group_name": "Office", "group_type": 1,
                "punch_day_shift_ids": [DAY_SHIFT, DAY_SHIFT, DAY_SHIFT, DAY_SHIFT, DAY_SHIFT, "0", "0"],
                "group_leader_ids": ["boss"], "bind_user_ids": ["e1", "e2"], "calendar_id": 0,
            },
            {
                "group_id": SCHEDULED, "group_name": "Guards", "group_type": 2, "punch_day_shift_ids": [],
                "group_leader_ids": ["boss"], "bind_dept_ids": ["od-b"], "calendar_id": 0,
            },
        ],
    })
}

pub(crate) fn office() -> Caller {
    with(seed())
}

pub(crate) fn with(seed: Value) -> Caller {
    let caller = Caller::with(Sandbox::builder().seed(seed).start_blocking().unwrap());
    caller.sandbox.rate_limit_off();
    caller
}

/// Seconds of a time of day in Shanghai in March 2026.
pub(crate) fn at(day: i64, hour: i64, minute: i64) -> i64 {
    1_772_294_400 + (day - 1) * 86_400 + hour * 3600 + minute * 60
}

/// The body of a group that works from Monday to Friday.
pub(crate) fn group(name: &str, users: &[&str]) -> Value {
    json!({
        "group_name": name,
        "time_zone": "Asia/Shanghai",
        "group_leader_ids": ["boss"],
        "bind_user_ids": users,
        "group_type": 1,
        "punch_day_shift_ids": [DAY_SHIFT, DAY_SHIFT, DAY_SHIFT, DAY_SHIFT, DAY_SHIFT, "0", "0"],
        "calendar_id": 0,
        "effect_now": true,
    })
}

/// The results of one person on one day (`yyyyMMdd`).
#[track_caller]
pub(crate) fn result(caller: &Caller, user: &str, day: i64) -> Value {
    let body = json!({"user_ids": [user], "check_date_from": day, "check_date_to": day});
    let data = caller.post(&format!("/user_tasks/query?{TYPE}"), body).ok();
    data["user_task_results"][0].clone()
}

/// On and off of the first pair of a day.
#[track_caller]
pub(crate) fn verdicts(caller: &Caller, user: &str, day: i64) -> (String, String) {
    let result = result(caller, user, day);
    let text = |name: &str| {
        result["records"][0][name]
            .as_str()
            .unwrap_or("none")
            .to_owned()
    };
    (text("check_in_result"), text("check_out_result"))
}

/// One punch to import.
pub(crate) fn import(user: &str, time: i64) -> Value {
    json!({
        "user_id": user, "creator_id": "boss", "location_name": "gate", "check_time": time.to_string(), "comment": "",
    })
}

#[track_caller]
pub(crate) fn import_all(caller: &Caller, rows: &[Value]) -> Value {
    let path = format!("/user_flows/batch_create?{TYPE}");
    caller.post(&path, json!({ "flow_records": rows })).ok()
}
