//! Schedules.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{DAY_SHIFT, FIXED, SCHEDULED, TYPE, office, result};

fn row(user: &str, day: i64) -> Value {
    json!({"group_id": SCHEDULED, "shift_id": DAY_SHIFT, "month": 202603, "user_id": user, "day_no": day})
}

fn write(caller: &Caller, rows: Value) -> Answer {
    let body = json!({"user_daily_shifts": rows, "operator_id": "boss"});
    caller.post(&format!("/user_daily_shifts/batch_create?{TYPE}"), body)
}

fn write_temp(caller: &Caller, rows: Value) -> Answer {
    let body = json!({"user_tmp_daily_shifts": rows, "operator_id": "boss"});
    caller.post(
        &format!("/user_daily_shifts/batch_create_temp?{TYPE}"),
        body,
    )
}

fn temp(user: &str, time: &str) -> Value {
    json!({
        "group_id": SCHEDULED, "user_id": user, "date": 20260304, "shift_name": "Extra",
        "punch_time_simple_rules": [{"on_time": time, "off_time": "18\u{ff1a}00"}],
    })
}

fn read(caller: &Caller, user: &str) -> Value {
    let body = json!({"user_ids": [user], "check_date_from": 20260301, "check_date_to": 20260330});
    caller
        .post(&format!("/user_daily_shifts/query?{TYPE}"), body)
        .ok()["user_daily_shifts"]
        .clone()
}

#[test]
fn more_than_50_rows_are_1220001() {
    write(&office(), json!(vec![row("s1", 5); 51])).refused(400, 1_220_001, "user_daily_shifts");
}

#[test]
fn a_group_that_is_not_scheduled_cannot_arrange() {
    let mut one = row("e1", 5);
    one["group_id"] = json!(FIXED);
    write(&office(), json!([one])).refused(400, 1_220_600, "the rule cannot arrange!");
}

#[test]
fn an_unknown_group_or_shift_is_refused() {
    let caller = office();
    let mut one = row("s1", 5);
    one["group_id"] = json!("1");
    write(&caller, json!([one])).refused(400, 1_220_600, "rule not exist");
    let mut one = row("s1", 5);
    one["shift_id"] = json!("1");
    write(&caller, json!([one])).refused(400, 1_220_600, "shift does not exist");
    let mut one = row("s1", 5);
    one["shift_id"] = json!("0");
    write(&caller, json!([one])).ok();
    assert_eq!(read(&caller, "s1")[0]["shift_id"], "0");
}

#[test]
fn somebody_of_another_group_is_told_in_the_message_of_a_success() {
    let caller = office();
    let answer = write(&caller, json!([row("s1", 5), row("e1", 5), row("e1", 6)]));
    assert_eq!((answer.status, answer.code()), (200, 0));
    assert_eq!(answer.msg(), "{e1:[2026-03-05, 2026-03-06]}");
    assert_eq!(read(&caller, "s1").as_array().unwrap().len(), 1);
    assert_eq!(read(&caller, "e1"), json!([]));
}

#[test]
fn an_unknown_user_is_1220004() {
    write(&office(), json!([row("ghost", 5)])).refused(400, 1_220_004, "");
}

#[test]
fn a_row_that_exists_is_replaced() {
    let caller = office();
    write(&caller, json!([row("s1", 5)])).ok();
    let mut other = row("s1", 5);
    other["shift_id"] = json!("9");
    write(&caller, json!([other])).ok();
    let rows = read(&caller, "s1");
    assert_eq!(
        rows,
        json!([{"group_id": SCHEDULED, "shift_id": "9", "month": 202603, "user_id": "s1", "day_no": 5}])
    );
}

#[test]
fn clearing_takes_the_row_away_whatever_the_shift() {
    let caller = office();
    write(&caller, json!([row("s1", 4), row("s1", 5)])).ok();
    let mut clear = row("s1", 5);
    clear["is_clear_schedule"] = json!(true);
    clear["shift_id"] = json!("nonsense");
    write(&caller, json!([clear])).ok();
    assert_eq!(read(&caller, "s1").as_array().unwrap().len(), 1);
}

#[test]
fn a_day_that_the_month_does_not_have_is_1220001() {
    let caller = office();
    write(&caller, json!([row("s1", 32)])).refused(400, 1_220_001, "day_no");
    caller
        .sandbox
        .switch(|switches| switches.guesses.day_outside_month_refused = false);
    write(&caller, json!([row("s1", 32)])).ok();
    assert_eq!(read(&caller, "s1"), json!([]));
}

#[test]
fn without_api_access_the_operator_must_be_named() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.operator_required = true);
    let body = json!({"user_daily_shifts": [row("s1", 5)]});
    let path = format!("/user_daily_shifts/batch_create?{TYPE}");
    caller
        .post(&path, body)
        .refused(400, 1_220_001, "operator_id");
}

#[test]
fn a_sealed_day_cannot_be_planned() {
    let caller = office();
    caller.sandbox.seal(20260301, 20260304);
    write(&caller, json!([row("s1", 4)])).refused(
        400,
        1_220_600,
        "has been sealed and can not modify",
    );
    write(&caller, json!([row("s1", 5)])).ok();
    write_temp(&caller, json!([temp("s1", "9:00")])).refused(400, 1_220_600, "has been sealed");
}

#[test]
fn temporary_shifts_have_limits() {
    let caller = office();
    write_temp(&caller, json!(vec![temp("s1", "9:00"); 51])).refused(400, 1_220_001, "");
    let mut one = temp("s1", "9:00");
    one["punch_time_simple_rules"] = json!(vec![one["punch_time_simple_rules"][0].clone(); 7]);
    write_temp(&caller, json!([one])).refused(400, 1_220_001, "");
}

#[test]
fn temporary_shifts_take_both_colons_and_answer_as_stored() {
    let caller = office();
    let data = write_temp(
        &caller,
        json!([temp("s1", "9\u{ff1a}00"), temp("s2", "9:00")]),
    )
    .ok();
    let rule = &data["user_tmp_daily_shifts"][0]["punch_time_simple_rules"][0];
    assert_eq!(rule["on_time"], "9\u{ff1a}00");
    let record = result(&caller, "s1", 20260304)["records"][0].clone();
    assert_eq!(
        record["check_in_shift_time"],
        crate::office::at(4, 9, 0).to_string()
    );
    write_temp(&caller, json!([temp("s1", "nine")])).refused(400, 1_220_600, "time is invalid");
}

#[test]
fn temporary_shifts_may_not_be_bought() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.temporary_shifts = false);
    write_temp(&caller, json!([temp("s1", "9:00")])).refused(400, 1_220_005, "");
}

#[test]
fn temporary_shifts_fail_in_part_as_schedules_do() {
    let caller = office();
    let answer = write_temp(&caller, json!([temp("s1", "9:00"), temp("e1", "9:00")]));
    assert_eq!((answer.code(), answer.msg()), (0, "{e1:[2026-03-04]}"));
    assert_eq!(read(&caller, "s1").as_array().unwrap().len(), 1);
}

#[test]
fn a_query_has_limits() {
    let caller = office();
    let path = format!("/user_daily_shifts/query?{TYPE}");
    let body =
        json!({"user_ids": vec!["s1"; 51], "check_date_from": 20260301, "check_date_to": 20260301});
    caller.post(&path, body).refused(400, 1_220_001, "user_ids");
    let body = json!({"user_ids": ["s1"], "check_date_from": 20260301, "check_date_to": 20260331});
    caller
        .post(&path, body)
        .refused(400, 1_220_001, "interval is larger than 30");
}

#[test]
fn a_query_tells_planned_days_only() {
    let caller = office();
    write(&caller, json!([row("s1", 7), row("s1", 5)])).ok();
    let rows = read(&caller, "s1");
    let days: Vec<i64> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["day_no"].as_i64().unwrap())
        .collect();
    assert_eq!(days, [5, 7]);
    assert_eq!(read(&caller, "s2"), json!([]));
}
