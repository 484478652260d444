//! Punch records.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{TYPE, at, import, import_all, office, seed, verdicts, with};

fn write(caller: &Caller, rows: Value) -> Answer {
    caller.post(
        &format!("/user_flows/batch_create?{TYPE}"),
        json!({ "flow_records": rows }),
    )
}

fn read(caller: &Caller, user: &str) -> Vec<Value> {
    read_between(caller, user, at(1, 0, 0), at(31, 0, 0))
}

fn read_between(caller: &Caller, user: &str, from: i64, to: i64) -> Vec<Value> {
    let body = json!({"user_ids": [user], "check_time_from": from.to_string(), "check_time_to": to.to_string()});
    let data = caller.post(&format!("/user_flows/query?{TYPE}"), body).ok();
    data["user_flow_results"].as_array().unwrap().clone()
}

fn keyed(user: &str, key: &str) -> Value {
    let mut row = import(user, at(4, 9, 0));
    row["idempotent_id"] = json!(key);
    row
}

#[test]
fn more_than_50_are_operate_too_much_flow() {
    write(&office(), json!(vec![import("e1", at(4, 9, 0)); 51])).refused(
        400,
        1_220_600,
        "operate too much flow",
    );
}

#[test]
fn a_punch_before_2022_is_1220001() {
    let caller = office();
    write(&caller, json!([import("e1", 1_640_966_399)])).refused(400, 1_220_001, "2022-01-01");
    write(&caller, json!([import("e1", 1_640_966_400)])).ok();
}

#[test]
fn an_unknown_user_or_creator_is_1220004() {
    let caller = office();
    write(&caller, json!([import("ghost", at(4, 9, 0))])).refused(400, 1_220_004, "");
    let mut row = import("e1", at(4, 9, 0));
    row["creator_id"] = json!("ghost");
    write(&caller, json!([row])).refused(400, 1_220_004, "");
    // Open ids are no user ids.
    write(
        &caller,
        json!([import("ou_84aad35d084aa403a838cf73ee18467", at(4, 9, 0))]),
    )
    .refused(400, 1_220_004, "");
}

#[test]
fn a_sealed_day_takes_no_punch() {
    let caller = office();
    caller.sandbox.seal(20260303, 20260303);
    let text = "the attendance result has been sealed and can not modify";
    write(&caller, json!([import("e1", at(3, 9, 0))])).refused(400, 1_220_600, text);
    write(&caller, json!([import("e1", at(4, 9, 0))])).ok();
}

#[test]
fn a_key_that_was_used_refuses_the_batch() {
    let caller = office();
    write(&caller, json!([keyed("e1", "k1")])).ok();
    let batch = json!([keyed("e1", "k2"), keyed("e1", "k1")]);
    write(&caller, batch.clone()).refused(400, 1_220_600, "the object already exists");
    assert_eq!(read(&caller, "e1").len(), 1);
    caller
        .sandbox
        .switch(|switches| switches.guesses.repeated_key_refuses_batch = false);
    let answer = write(&caller, batch);
    assert_eq!((answer.code(), answer.msg()), (0, "[e1-boss]"));
    assert_eq!(read(&caller, "e1").len(), 2);
}

#[test]
fn without_a_key_a_punch_is_stored_again() {
    let caller = office();
    for _ in 0..2 {
        import_all(&caller, &[import("e1", at(4, 9, 0))]);
    }
    assert_eq!(read(&caller, "e1").len(), 2);
}

#[test]
fn rows_that_fail_are_told_in_the_message_of_a_success() {
    let mut seed = seed();
    seed["users"][1]["left"] = json!(20260302);
    let caller = with(seed);
    let answer = write(
        &caller,
        json!([
            import("e2", at(3, 9, 0)),
            import("e1", at(3, 9, 0)),
            import("e2", at(4, 9, 0))
        ]),
    );
    assert_eq!((answer.status, answer.code()), (200, 0));
    assert_eq!(answer.msg(), "[e2-boss, e2-boss]");
    assert_eq!(answer.data()["flow_records"].as_array().unwrap().len(), 1);
    assert_eq!(read(&caller, "e1").len(), 1);
}

#[test]
fn what_the_service_does_not_take_is_ignored() {
    let caller = office();
    let mut row = import("e1", at(4, 9, 0));
    row["record_id"] = json!("1");
    row["check_result"] = json!("Normal");
    row["device_id"] = json!("d");
    row["photo_urls"] = json!(["https://x.example/p"]);
    let data = import_all(&caller, &[row]);
    let echo = &data["flow_records"][0];
    assert_ne!(echo["record_id"], "1");
    assert_eq!(echo["record_id"].as_str().unwrap().len(), 19);
    let stored = &read(&caller, "e1")[0];
    assert_eq!(stored["device_id"], "");
    assert_eq!(stored["photo_urls"], json!([]));
    assert_eq!(stored["check_result"], "");
}

#[test]
fn the_record_id_may_come_back_empty() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.flow_record_id_empty = true);
    let data = import_all(&caller, &[import("e1", at(4, 9, 0))]);
    assert_eq!(data["flow_records"][0]["record_id"], "");
    assert_ne!(read(&caller, "e1")[0]["record_id"], "");
}

#[test]
fn an_import_is_type_7_inside_and_echoed_as_sent() {
    let caller = office();
    let mut row = import("e1", at(4, 9, 0));
    row["type"] = json!(1);
    let data = import_all(&caller, &[row]);
    assert_eq!(data["flow_records"][0]["type"], 1);
    assert_eq!(read(&caller, "e1")[0]["type"], 7);
}

#[test]
fn an_import_changes_the_result_of_its_day() {
    let caller = office();
    assert_eq!(
        verdicts(&caller, "e1", 20260303),
        ("Lack".into(), "Lack".into())
    );
    import_all(
        &caller,
        &[import("e1", at(3, 9, 5)), import("e1", at(3, 18, 0))],
    );
    assert_eq!(
        verdicts(&caller, "e1", 20260303),
        ("Normal".into(), "Normal".into())
    );
}

#[test]
fn get_tells_one_record_and_refuses_an_unknown_one() {
    let caller = office();
    let data = import_all(&caller, &[import("e1", at(4, 9, 0))]);
    let id = data["flow_records"][0]["record_id"].as_str().unwrap();
    let record = caller.get(&format!("/user_flows/{id}?{TYPE}")).ok();
    assert_eq!(
        (record["user_id"].clone(), record["creator_id"].clone()),
        (json!("e1"), json!("boss"))
    );
    let unknown = format!("/user_flows/1?{TYPE}");
    caller
        .get(&unknown)
        .refused(400, 1_220_600, "rule does not exist");
    caller
        .sandbox
        .switch(|switches| switches.guesses.unknown_record_refused = false);
    assert_eq!(caller.get(&unknown).ok(), json!({}));
}

#[test]
fn query_has_a_limit_of_50_people() {
    let body = json!({"user_ids": vec!["e1"; 51], "check_time_from": "1772294400", "check_time_to": "1772294401"});
    office()
        .post(&format!("/user_flows/query?{TYPE}"), body)
        .refused(400, 1_220_001, "user_ids");
}

#[test]
fn query_takes_the_begin_and_leaves_the_end() {
    let caller = office();
    import_all(
        &caller,
        &[import("e1", at(4, 9, 0)), import("e1", at(4, 10, 0))],
    );
    assert_eq!(
        read_between(&caller, "e1", at(4, 9, 0), at(4, 10, 0)).len(),
        1
    );
}

#[test]
fn query_hides_what_waits_for_approval() {
    let caller = office();
    let id = caller.sandbox.punch_outside("e1", at(4, 9, 0));
    assert_eq!(read(&caller, "e1").len(), 0);
    let record = caller.get(&format!("/user_flows/{id}?{TYPE}")).ok();
    assert_eq!(record["check_result"], "PendingApproval");
}

#[test]
fn times_that_are_no_seconds_are_refused() {
    let caller = office();
    let path = format!("/user_flows/query?{TYPE}");
    let body = json!({"user_ids": ["e1"], "check_time_from": "x", "check_time_to": "1"});
    caller
        .post(&path, body)
        .refused(400, 1_220_600, "time is invalid");
    write(&caller, json!([import("e1", at(4, 9, 0) * 1000)])).refused(
        400,
        1_220_600,
        "time is invalid",
    );
}

#[test]
fn deleting_none_or_more_than_ten_is_1220001() {
    let caller = office();
    for ids in [vec![], vec!["1"; 11]] {
        caller
            .post("/user_flows/batch_del", json!({ "record_ids": ids }))
            .refused(400, 1_220_001, "record_ids");
    }
}

#[test]
fn deleting_what_is_unknown_or_not_imported_fails_in_a_success() {
    let caller = office();
    let data = import_all(&caller, &[import("e1", at(3, 9, 0))]);
    let mine = data["flow_records"][0]["record_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let own = caller.sandbox.punch("e1", at(3, 18, 0));
    let answer = caller.post(
        "/user_flows/batch_del",
        json!({"record_ids": [mine, own, "5"]}),
    );
    assert_eq!((answer.status, answer.code()), (200, 0));
    assert_eq!(
        answer.data(),
        &json!({"success_record_ids": [mine], "fail_record_ids": [own, "5"]})
    );
    let reasons: Value = serde_json::from_str(answer.msg()).unwrap();
    assert!(reasons[&own].is_string() && reasons["5"].is_string());
    assert_eq!(
        verdicts(&caller, "e1", 20260303),
        ("Lack".into(), "Normal".into())
    );
}
