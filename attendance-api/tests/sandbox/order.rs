//! The order of the checks behind the gate, and the codes that any operation shares.

use serde_json::json;

use crate::office::{at, import, office};

#[test]
fn a_wrong_employee_type_is_1220001_or_1220003_by_operation() {
    let caller = office();
    let body = json!({"user_ids": ["e1"], "check_date_from": 20260304, "check_date_to": 20260304});
    let path = "/user_tasks/query?employee_type=union_id";
    caller
        .post(path, body)
        .refused(400, 1_220_001, "employee_type invalid");
    let text = "user_id type is not employee_id or employee_no";
    caller
        .get("/groups/8001?employee_type=union_id&dept_type=open_id")
        .refused(400, 1_220_003, text);
    let path =
        "/groups/8001/list_user?employee_type=union_id&dept_type=open_id&member_clock_type=0";
    caller.get(path).refused(400, 1_220_003, text);
}

#[test]
fn the_employee_type_is_checked_before_parameters_and_these_before_people() {
    let caller = office();
    let body = json!({"flow_records": [import("ghost", 5)]});
    let path = |kind: &str| format!("/user_flows/batch_create?employee_type={kind}");
    caller
        .post(&path("union_id"), body.clone())
        .refused(400, 1_220_001, "employee_type invalid");
    caller
        .post(&path("employee_id"), body)
        .refused(400, 1_220_001, "2022-01-01");
    let body = json!({"flow_records": [import("ghost", at(4, 9, 0))]});
    caller
        .post(&path("employee_id"), body)
        .refused(400, 1_220_004, "");
}

#[test]
fn internal_failures_and_a_missing_tenant_can_be_injected() {
    let caller = office();
    for (status, code) in [
        (400, 1_220_002),
        (500, 1_225_000),
        (500, 1_226_000),
        (500, 1_227_000),
        (500, 1_227_500),
    ] {
        caller.sandbox.fail_next("shift.list", status, code);
        caller.get("/shifts").refused(status, code, "");
    }
}

#[test]
fn nothing_to_say_is_an_empty_object() {
    let caller = office();
    let answer = caller.delete("/shifts/7002");
    assert_eq!(
        answer.json,
        json!({"code": 0, "msg": "success", "data": {}})
    );
}
