//! Switches that change the form of every answer.

use serde_json::json;

use crate::office::{TYPE, at, import, import_all, office, result, verdicts};

#[test]
fn the_message_of_a_success_varies() {
    let caller = office();
    for text in ["success", "ok", ""] {
        caller
            .sandbox
            .switch(|switches| switches.msg_on_success = text.to_owned());
        assert_eq!(caller.get("/groups").msg(), text);
    }
}

#[test]
fn empty_lists_are_left_out_or_null() {
    let caller = office();
    let body = json!({"user_ids": ["e1"], "check_date_from": 20260304, "check_date_to": 20260304});
    let path = format!("/user_tasks/query?{TYPE}");
    assert_eq!(
        caller.post(&path, body.clone()).ok()["invalid_user_ids"],
        json!([])
    );
    caller.sandbox.switch(|switches| switches.null_lists = true);
    let data = caller.post(&path, body.clone()).ok();
    assert!(data["invalid_user_ids"].is_null() && data.get("invalid_user_ids").is_some());
    caller
        .sandbox
        .switch(|switches| switches.omit_empty_lists = true);
    assert!(
        caller
            .post(&path, body)
            .ok()
            .get("invalid_user_ids")
            .is_none()
    );
}

#[test]
fn numbers_come_as_text() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.numbers_as_text = true);
    assert_eq!(result(&caller, "e1", 20260304)["day"], "20260304");
}

#[test]
fn a_fixed_group_is_answered_as_0_or_1() {
    let caller = office();
    let path = "/groups/8001?employee_type=employee_id&dept_type=open_id";
    assert_eq!(caller.get(path).ok()["group_type"], 0);
    caller
        .sandbox
        .switch(|switches| switches.group_type_fixed = 1);
    assert_eq!(caller.get(path).ok()["group_type"], 1);
}

#[test]
fn unknown_members_and_values_are_added() {
    let caller = office();
    import_all(&caller, &[import("e1", at(3, 9, 0))]);
    caller.sandbox.switch(|switches| {
        switches.extra_fields = true;
        switches.unknown_enum = true;
    });
    assert_eq!(verdicts(&caller, "e1", 20260303).0, "SandboxUnknown");
    assert!(
        result(&caller, "e1", 20260303)["records"][0]["check_in_record"]["sandbox_extra"]
            .is_object()
    );
}

#[test]
fn positions_come_as_integers() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.positions_as_int = true);
    let mut group = crate::office::group("New", &[]);
    group["locations"] =
        json!([{"location_name": "a", "location_type": 1, "latitude": 0.0, "longitude": 1.5}]);
    let body = json!({"group": group, "operator_id": "boss"});
    let data = caller
        .post("/groups?employee_type=employee_id&dept_type=open_id", body)
        .ok();
    let place = &data["group"]["locations"][0];
    assert_eq!(
        (
            place["latitude"].to_string(),
            place["longitude"].to_string()
        ),
        ("0".to_owned(), "1.5".to_owned())
    );
}

#[test]
fn refusals_may_come_with_http_200() {
    let caller = office();
    caller
        .sandbox
        .switch(|switches| switches.http_200_for_errors = true);
    caller
        .get("/shifts/1")
        .refused(200, 1_220_600, "shift does not exist");
}
