//! Approvals that come from outside.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{NOW, TYPE, at, office, result, verdicts};

fn write(caller: &Caller, lists: Value) -> Answer {
    let mut approval = json!({"user_id": "e1", "date": "20260303"});
    for (name, list) in lists.as_object().unwrap() {
        approval[name] = list.clone();
    }
    caller.post(
        &format!("/user_approvals?{TYPE}"),
        json!({ "user_approval": approval }),
    )
}

fn leave(key: &str, from: &str, to: &str) -> Value {
    json!({
        "uniq_id": "6852582717813440527", "unit": 1, "interval": 28800, "start_time": from, "end_time": to,
        "i18n_names": {"ch": "x"}, "default_locale": "ch", "reason": "r", "idempotent_id": key,
    })
}

fn trip(key: &str) -> Value {
    json!({
        "start_time": "2026-03-03 08:00:00", "end_time": "2026-03-03 20:00:00", "reason": "r",
        "approve_pass_time": "2026-03-01 12:00:00", "approve_apply_time": "2026-03-01 11:00:00", "idempotent_id": key,
    })
}

fn read(caller: &Caller, more: Value) -> Value {
    let mut body =
        json!({"user_ids": ["e1"], "check_date_from": 20260301, "check_date_to": 20260305});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    caller
        .post(&format!("/user_approvals/query?{TYPE}"), body)
        .ok()["user_approvals"]
        .clone()
}

fn process(caller: &Caller, id: &Value, kind: &str, status: i64) -> Answer {
    let body = json!({"approval_id": id, "approval_type": kind, "status": status});
    caller.post("/approval_infos/process", body)
}

#[test]
fn create_only_adds() {
    let caller = office();
    let whole = leave("", "2026-03-03 09:00:00", "2026-03-03 18:00:00");
    let data = write(&caller, json!({"leaves": [whole]})).ok();
    assert!(data["user_approval"]["leaves"][0]["approval_id"].is_string());
    write(&caller, json!({"leaves": [whole]})).ok();
    assert_eq!(
        read(&caller, json!({}))[0]["leaves"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_refused_part_is_1225001_with_the_rows_as_json() {
    let caller = office();
    let backwards = leave("a", "2026-03-03 18:00:00", "2026-03-03 09:00:00");
    let answer = write(
        &caller,
        json!({"leaves": [backwards], "trips": [trip("b")]}),
    );
    answer.refused(400, 1_225_001, "LeaveErrorRecords");
    let told: Value = serde_json::from_str(answer.msg()).unwrap();
    assert_eq!(told["LeaveErrorRecords"][0]["idempotent_id"], "a");
    assert_eq!(told["TripErrorRecords"], json!([]));
    assert_eq!(read(&caller, json!({})), json!([]));
    caller
        .sandbox
        .switch(|switches| switches.guesses.refused_part_refuses_approval = false);
    write(&caller, json!({"leaves": [leave("a", "2026-03-03 18:00:00", "2026-03-03 09:00:00")], "trips": [trip("b")]})).ok();
    assert_eq!(
        read(&caller, json!({}))[0]["trips"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_key_that_was_used_already_exists() {
    let caller = office();
    write(&caller, json!({"trips": [trip("k")]})).ok();
    write(&caller, json!({"trips": [trip("k")]})).refused(
        400,
        1_220_600,
        "the object already exists",
    );
}

#[test]
fn overtime_beside_feishus_own_is_taken_and_not_counted() {
    let caller = office();
    caller.sandbox.own_overtime("e1", 20260303);
    let overtime = json!({"duration": 1.0, "unit": 2, "category": 1, "type": 0,
        "start_time": "2026-03-03 19:00:00", "end_time": "2026-03-03 20:00:00"});
    write(&caller, json!({"overtime_works": [overtime]})).ok();
    assert_eq!(
        read(&caller, json!({}))[0]["overtime_works"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let body = json!({"user_ids": ["e1"], "check_date_from": 20260303, "check_date_to": 20260303, "need_overtime_result": true});
    let data = caller.post(&format!("/user_tasks/query?{TYPE}"), body).ok();
    assert_eq!(
        data["user_task_results"][0]["records"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn an_errand_type_of_14_characters_is_1220001() {
    let caller = office();
    let out = |id: &str| {
        let mut out = leave("", "2026-03-03 09:00:00", "2026-03-03 18:00:00");
        out["uniq_id"] = json!(id);
        json!({"outs": [out]})
    };
    write(&caller, out("12345678901234")).refused(400, 1_220_001, "uniq_id");
    write(&caller, out("1234567890123")).ok();
}

#[test]
fn bad_times_are_time_is_invalid() {
    let bad = leave("", "2026-03-03T09:00:00", "2026-03-03 18:00:00");
    write(&office(), json!({"leaves": [bad]})).refused(400, 1_220_600, "time is invalid");
}

#[test]
fn query_later_than_tomorrow_or_longer_than_30_days_fails() {
    let caller = office();
    let path = format!("/user_approvals/query?{TYPE}");
    let ask = |from: i64, to: i64| {
        caller.post(
            &path,
            json!({"user_ids": ["e1"], "check_date_from": from, "check_date_to": to}),
        )
    };
    ask(20260306, 20260306).refused(400, 1_220_001, "later than tomorrow");
    ask(20260201, 20260303).refused(400, 1_220_001, "interval is larger than 30");
    ask(20260305, 20260305).ok();
}

#[test]
fn query_without_a_status_means_approved() {
    let caller = office();
    let data = write(&caller, json!({"trips": [trip("k")]})).ok();
    assert_eq!(read(&caller, json!({})).as_array().unwrap().len(), 1);
    assert_eq!(read(&caller, json!({"status": 4})), json!([]));
    process(
        &caller,
        &data["user_approval"]["trips"][0]["approval_id"],
        "trip",
        4,
    )
    .ok();
    assert_eq!(read(&caller, json!({})), json!([]));
    assert_eq!(
        read(&caller, json!({"status": 4}))
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn leave_and_overtime_know_two_states() {
    let caller = office();
    let data = write(
        &caller,
        json!({"leaves": [leave("", "2026-03-03 09:00:00", "2026-03-03 18:00:00")]}),
    )
    .ok();
    for status in [0, 1] {
        assert_eq!(read(&caller, json!({"status": status})), json!([]));
    }
    process(
        &caller,
        &data["user_approval"]["leaves"][0]["approval_id"],
        "leave",
        4,
    )
    .ok();
    assert_eq!(
        read(&caller, json!({"status": 4}))[0]["leaves"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn query_by_the_time_of_creation() {
    let caller = office();
    write(&caller, json!({"trips": [trip("k")]})).ok();
    let by = |from: i64, to: i64| {
        read(&caller, json!({"check_date_type": "CreateTime", "check_time_from": from.to_string(), "check_time_to": to.to_string()}))
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((by(NOW - 1, NOW + 1), by(NOW + 1, NOW + 2)), (1, 0));
}

#[test]
fn approved_absence_makes_the_sides_it_covers_not_due() {
    let caller = office();
    write(
        &caller,
        json!({"leaves": [leave("", "2026-03-03 09:00:00", "2026-03-03 12:00:00")]}),
    )
    .ok();
    caller.sandbox.punch("e1", at(3, 18, 0));
    let record = result(&caller, "e1", 20260303)["records"][0].clone();
    assert_eq!(
        (
            record["check_in_result"].clone(),
            record["check_in_result_supplement"].clone()
        ),
        (json!("NoNeedCheck"), json!("Leave"))
    );
    assert_eq!(
        (
            record["check_out_result"].clone(),
            record["check_out_result_supplement"].clone()
        ),
        (json!("Normal"), json!("None"))
    );
    for (lists, supplement) in [
        (json!({"trips": [trip("")]}), "Travel"),
        (json!({"outs": [out()]}), "GoOut"),
    ] {
        let caller = office();
        write(&caller, lists).ok();
        let record = result(&caller, "e1", 20260303)["records"][0].clone();
        assert_eq!(record["check_out_result_supplement"], supplement);
    }
}

fn out() -> Value {
    let mut out = leave("", "2026-03-03 09:00:00", "2026-03-03 18:00:00");
    out["uniq_id"] = json!("o1");
    out
}

#[test]
fn only_revocation_is_possible_but_for_corrections() {
    let caller = office();
    let data = write(&caller, json!({"trips": [trip("k")]})).ok();
    let id = &data["user_approval"]["trips"][0]["approval_id"];
    for status in [1, 2] {
        process(&caller, id, "trip", status).refused(400, 1_220_001, "revocation");
    }
    assert_eq!(verdicts(&caller, "e1", 20260303).0, "NoNeedCheck");
    let data = process(&caller, id, "trip", 4).ok();
    assert_eq!(
        data["approval_info"],
        json!({"approval_id": id, "approval_type": "trip", "status": 4})
    );
    assert_eq!(verdicts(&caller, "e1", 20260303).0, "Lack");
    process(&caller, id, "trip", 4).refused(400, 1_220_600, "param invalid");
}

#[test]
fn an_unknown_approval_does_not_exist() {
    let caller = office();
    process(&caller, &json!("1"), "leave", 4).refused(400, 1_220_600, "rule does not exist");
    process(&caller, &json!("1"), "remedy", 2).refused(400, 1_220_600, "rule does not exist");
    process(&caller, &json!("1"), "party", 4).refused(400, 1_220_001, "approval_type");
}
