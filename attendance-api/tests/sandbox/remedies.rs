//! Corrections of punches.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{TYPE, at, office, result, seed, verdicts, with};

fn ask(caller: &Caller, day: i64, work_type: i64, time: &str) -> Answer {
    let body = json!({
        "user_id": "e1", "remedy_date": day, "punch_no": 0, "work_type": work_type, "remedy_time": time, "reason": "forgot",
    });
    caller.post(&format!("/user_task_remedys?{TYPE}"), body)
}

fn allowed(caller: &Caller, day: i64) -> Answer {
    let body = json!({"user_id": "e1", "remedy_date": day});
    caller.post(
        &format!("/user_task_remedys/query_user_allowed_remedys?{TYPE}"),
        body,
    )
}

fn process(caller: &Caller, id: &Value, status: i64) -> Answer {
    let body = json!({"approval_id": id, "approval_type": "remedy", "status": status});
    caller.post("/approval_infos/process", body)
}

fn read(caller: &Caller, status: Option<i64>) -> Vec<Value> {
    let mut body = json!({
        "user_ids": ["e1"], "check_time_from": at(1, 0, 0).to_string(), "check_time_to": at(9, 0, 0).to_string(),
    });
    if let Some(status) = status {
        body["status"] = json!(status);
    }
    let data = caller
        .post(&format!("/user_task_remedys/query?{TYPE}"), body)
        .ok();
    data["user_remedys"].as_array().unwrap().clone()
}

fn with_rules(rules: Value) -> Caller {
    let mut seed = seed();
    for (name, value) in rules.as_object().unwrap() {
        seed["groups"][0][name] = value.clone();
    }
    with(seed)
}

#[test]
fn create_waits_and_marks_its_side() {
    let caller = office();
    let data = ask(&caller, 20260303, 1, "2026-03-03 09:00").ok();
    let remedy = &data["user_remedy"];
    assert_eq!(remedy["status"], 0);
    assert!(remedy["approval_id"].is_string());
    assert_eq!(remedy["time"], "-");
    let record = result(&caller, "e1", 20260303)["records"][0].clone();
    assert_eq!(
        record["check_in_result_supplement"],
        "CardReplacementApplication"
    );
    assert_eq!(record["check_out_result_supplement"], "None");
}

#[test]
fn approval_puts_a_punch_in_and_revocation_takes_it_out() {
    let caller = office();
    let id =
        ask(&caller, 20260303, 1, "2026-03-03 09:00").ok()["user_remedy"]["approval_id"].clone();
    process(&caller, &id, 2).ok();
    let record = result(&caller, "e1", 20260303)["records"][0].clone();
    assert_eq!(
        (
            record["check_in_result"].clone(),
            record["check_in_result_supplement"].clone()
        ),
        (json!("Normal"), json!("CardReplacement"))
    );
    assert_eq!(record["check_in_record"]["type"], 2);
    process(&caller, &id, 4).ok();
    assert_eq!(verdicts(&caller, "e1", 20260303).0, "Lack");
}

#[test]
fn only_the_listed_transitions_pass() {
    let caller = office();
    let id =
        ask(&caller, 20260303, 1, "2026-03-03 09:00").ok()["user_remedy"]["approval_id"].clone();
    process(&caller, &id, 4).refused(400, 1_220_600, "param invalid");
    process(&caller, &id, 1).ok();
    process(&caller, &id, 2).refused(400, 1_220_600, "param invalid");
    caller
        .sandbox
        .switch(|switches| switches.guesses.odd_transition_refused = false);
    process(&caller, &id, 2).ok();
}

#[test]
fn a_day_on_which_nothing_is_wrong_needs_no_correction() {
    let caller = office();
    caller.sandbox.punch("e1", at(3, 9, 0));
    caller.sandbox.punch("e1", at(3, 18, 0));
    ask(&caller, 20260303, 1, "2026-03-03 09:00").refused(400, 1_226_501, "no need remedy");
    allowed(&caller, 20260303).refused(400, 1_226_501, "no need remedy");
    // A Sunday asks for nothing.
    allowed(&caller, 20260301).refused(400, 1_226_501, "no need remedy");
}

#[test]
fn a_side_that_is_right_needs_no_correction() {
    let caller = office();
    caller.sandbox.punch("e1", at(3, 9, 0));
    ask(&caller, 20260303, 1, "2026-03-03 09:00").refused(400, 1_226_501, "no need remedy");
    ask(&caller, 20260303, 2, "2026-03-03 18:00").ok();
}

#[test]
fn a_group_may_forbid_corrections() {
    let caller = with_rules(json!({"allow_remedy": false}));
    ask(&caller, 20260303, 1, "2026-03-03 09:00").refused(400, 1_226_502, "not allowed remedy");
    allowed(&caller, 20260303).refused(400, 1_226_502, "not allowed remedy");
    let caller = with_rules(json!({"allow_remedy_type_lack": false}));
    allowed(&caller, 20260303).refused(400, 1_226_502, "not allowed remedy");
}

#[test]
fn a_day_that_is_too_old_is_beyond_the_range() {
    let caller = with_rules(json!({"remedy_date_limit": true, "remedy_date_num": 1}));
    ask(&caller, 20260302, 1, "2026-03-02 09:00").refused(
        400,
        1_226_503,
        "approval time beyond the time range",
    );
    allowed(&caller, 20260302).refused(400, 1_226_503, "approval time beyond the time range");
    ask(&caller, 20260303, 1, "2026-03-03 09:00").ok();
}

#[test]
fn corrections_of_a_period_are_used_up() {
    let caller = with_rules(json!({"remedy_limit": true, "remedy_limit_count": 1}));
    ask(&caller, 20260303, 1, "2026-03-03 09:00").ok();
    ask(&caller, 20260302, 1, "2026-03-02 09:00").refused(400, 1_226_504, "no remedy time left");
    allowed(&caller, 20260302).refused(400, 1_226_504, "no remedy time left");
    // February is another period.
    ask(&caller, 20260227, 1, "2026-02-27 09:00").ok();
}

#[test]
fn allowed_tells_the_sides_that_are_wrong() {
    let caller = office();
    caller.sandbox.punch("e1", at(3, 9, 30));
    let data = allowed(&caller, 20260303).ok();
    let rows = data["user_allowed_remedys"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (
            rows[0]["work_type"].clone(),
            rows[0]["punch_status"].clone()
        ),
        (json!(1), json!("Late"))
    );
    assert_eq!(rows[0]["normal_punch_time"], "2026-03-03 09:00");
    assert_eq!(
        (
            rows[1]["work_type"].clone(),
            rows[1]["punch_status"].clone()
        ),
        (json!(2), json!("Lack"))
    );
}

#[test]
fn a_sealed_day_is_not_corrected() {
    let caller = office();
    caller.sandbox.seal(20260303, 20260303);
    let text = "the attendance result has been sealed and can not modify";
    ask(&caller, 20260303, 1, "2026-03-03 09:00").refused(400, 1_220_600, text);
}

#[test]
fn query_has_a_limit_and_means_approved_without_a_status() {
    let caller = office();
    let body = json!({"user_ids": vec!["e1"; 51], "check_time_from": "0", "check_time_to": "1"});
    caller
        .post(&format!("/user_task_remedys/query?{TYPE}"), body)
        .refused(400, 1_220_001, "user_ids");
    let id =
        ask(&caller, 20260303, 1, "2026-03-03 09:00").ok()["user_remedy"]["approval_id"].clone();
    assert_eq!(read(&caller, None).len(), 0);
    assert_eq!(read(&caller, Some(0)).len(), 1);
    process(&caller, &id, 2).ok();
    let rows = read(&caller, None);
    assert_eq!(rows[0]["time"], at(3, 9, 0).to_string());
    assert_eq!(rows[0]["time_zone"], "Asia/Shanghai");
}
