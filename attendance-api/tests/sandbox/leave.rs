//! Leave grants, whose codes mean other things than elsewhere.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::office::{seed, with};

fn leave() -> Caller {
    let mut seed = seed();
    seed["leave_grants"] = json!([
        {"id": "g1", "employment_id": "m1", "leave_type_id": "l1", "quantity": "2.5", "effective": 20260101, "expires": 20260401},
        {"id": "g2", "employment_id": "m1", "leave_type_id": "l1", "quantity": "1", "effective": 20260101, "expires": 20261231},
        {"id": "g3", "employment_id": "m1", "leave_type_id": "l1", "quantity": "1", "effective": 20260101, "expires": 20260501, "source": 1},
    ]);
    with(seed)
}

fn patch(caller: &Caller, id: &str, more: Value) -> Answer {
    let mut body = json!({
        "leave_granting_record_id": id, "employment_id": "m1", "leave_type_id": "l1",
        "reason": [{"lang": "zh_CN", "value": "test"}],
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    caller.send(
        "PATCH",
        "/leave_accrual_record/l1",
        body.to_string().as_bytes(),
    )
}

fn expiring(caller: &Caller, from: &str, to: &str) -> Answer {
    let body = json!({"employment_id": "m1", "leave_type_id": "l1", "start_expiration_date": from, "end_expiration_date": to});
    caller.send(
        "GET",
        "/leave_employ_expire_records/l1",
        body.to_string().as_bytes(),
    )
}

#[test]
fn a_grant_is_changed() {
    let caller = leave();
    let data = patch(
        &caller,
        "g1",
        json!({"quantity": "3", "expiration_date": "2026-05-01"}),
    )
    .ok();
    assert_eq!(data["record"]["granting_quantity"], "3");
    assert_eq!(data["record"]["expiration_date"], "2026-05-01");
    assert_eq!(
        expiring(&caller, "2026-05-01", "2026-05-01").ok()["records"][0]["left_granting_quantity"],
        "3"
    );
}

#[test]
fn a_system_made_record_is_1220031() {
    patch(&leave(), "g3", json!({"quantity": "3"})).refused(400, 1_220_031, "");
}

#[test]
fn a_quantity_out_of_range_too_fine_or_no_number_is_refused() {
    let caller = leave();
    for (quantity, code) in [
        ("10000", 1_220_025),
        ("-10000", 1_220_025),
        ("9999.5", 1_220_025),
        ("1.1234567", 1_220_026),
        ("one", 1_220_004),
        ("1.", 1_220_004),
        ("", 1_220_004),
    ] {
        patch(&caller, "g1", json!({"quantity": quantity})).refused(400, code, "");
    }
    patch(&caller, "g1", json!({"quantity": "-9999"})).ok();
    patch(&caller, "g1", json!({"quantity": "0.123456"})).ok();
}

#[test]
fn an_expiry_before_the_start_is_1220032() {
    patch(&leave(), "g1", json!({"expiration_date": "2025-12-31"})).refused(400, 1_220_032, "");
    patch(&leave(), "g1", json!({"expiration_date": "20251231"})).refused(400, 1_220_003, "");
}

#[test]
fn a_reason_over_3000_characters_is_1220027() {
    let reason =
        |length: usize| json!({"reason": [{"lang": "zh_CN", "value": "字".repeat(length)}]});
    patch(&leave(), "g1", reason(3001)).refused(400, 1_220_027, "");
    patch(&leave(), "g1", reason(3000)).ok();
}

#[test]
fn unknown_employments_and_records_have_their_codes() {
    let caller = leave();
    patch(&caller, "g9", json!({})).refused(400, 1_220_005, "");
    patch(&caller, "g1", json!({"employment_id": "m9"})).refused(400, 1_220_006, "");
}

#[test]
fn only_grants_that_expire_inside_the_span_are_listed_by_a_get_with_a_body() {
    let caller = leave();
    let data = expiring(&caller, "2026-04-01", "2026-05-01").ok();
    let ids: Vec<&str> = data["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["g1", "g3"]);
    expiring(&caller, "2026/04/01", "2026-05-01").refused(400, 1_220_003, "");
}

#[test]
fn without_the_enterprise_edition_both_are_refused() {
    let caller = leave();
    caller
        .sandbox
        .switch(|switches| switches.people_enterprise = false);
    let text = "This API can only be accessed by Feishu People Enterprise Edition users.";
    patch(&caller, "g1", json!({})).refused(400, 1_220_600, text);
    expiring(&caller, "2026-04-01", "2026-05-01").refused(400, 1_220_600, text);
}
