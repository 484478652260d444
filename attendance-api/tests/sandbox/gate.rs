//! Token, address, shape, scope, rate: what happens before the service sees a request, in this order.

use std::time::Duration;

use attendance_api::sandbox::{Sandbox, ScopeErrorForm};
use serde_json::json;

use crate::caller::Caller;

const NOW: i64 = 1_770_000_000;

fn standing() -> Caller {
    Caller::with(Sandbox::builder().now(NOW).start_blocking().unwrap())
}

#[test]
fn no_token_is_99991661() {
    let mut caller = Caller::new();
    let path = "/open-apis/attendance/v1/groups";
    caller
        .raw("GET", path, &[], b"")
        .unwrap()
        .refused(400, 99_991_661, "Missing");
    caller.token = String::new();
    caller.get("/groups").refused(400, 99_991_661, "");
}

#[test]
fn an_unknown_token_is_named_by_its_kind() {
    let mut caller = Caller::new();
    for (token, code) in [
        ("t-none", 99_991_663),
        ("u-none", 99_991_668),
        ("eyJhbGciOiJFUzI1NiJ9", 99_991_668),
        ("a-none", 99_991_664),
        ("none", 99_991_671),
    ] {
        caller.token = token.to_owned();
        caller.get("/groups").refused(400, code, "");
    }
}

#[test]
fn a_token_ends_after_two_hours() {
    let mut caller = standing();
    caller.sandbox.advance(Duration::from_secs(7199));
    caller.get("/groups").ok();
    caller.sandbox.advance(Duration::from_secs(1));
    caller.get("/groups").refused(400, 99_991_663, "");
    caller.renew();
    caller.get("/groups").ok();
}

#[test]
fn the_endpoint_repeats_a_token_with_half_an_hour_left_and_overlaps_below() {
    let mut caller = standing();
    let first = caller.token.clone();
    caller.sandbox.advance(Duration::from_secs(5400));
    caller.renew();
    assert_eq!(caller.token, first);
    caller.sandbox.advance(Duration::from_secs(1));
    caller.renew();
    assert_ne!(caller.token, first);
    caller.get("/groups").ok();
    caller.token = first;
    caller.get("/groups").ok();
}

#[test]
fn revoked_tokens_are_dead_and_the_next_one_lives() {
    let mut caller = Caller::new();
    caller.sandbox.revoke_tokens();
    caller.get("/groups").refused(400, 99_991_663, "");
    caller.renew();
    caller.get("/groups").ok();
}

#[test]
fn the_endpoint_may_repeat_a_revoked_token() {
    let mut caller = Caller::new();
    caller
        .sandbox
        .switch(|switches| switches.token_endpoint_repeats_revoked = true);
    caller.sandbox.revoke_tokens();
    caller.renew();
    caller.get("/groups").refused(400, 99_991_663, "");
}

#[test]
fn wrong_credentials_are_told_with_http_200() {
    let caller = Caller::new();
    let path = "/open-apis/auth/v3/tenant_access_token/internal";
    let id = caller.sandbox.app_id();
    for (id, secret, code) in [("", "", 10_003), ("cli_no", "x", 10_014), (id, "x", 10_015)] {
        let body = json!({"app_id": id, "app_secret": secret}).to_string();
        let answer = caller.raw("POST", path, &[], body.as_bytes()).unwrap();
        answer.refused(200, code, "");
    }
}

#[test]
fn a_store_app_needs_its_ticket() {
    let caller = Caller::with(Sandbox::builder().store_app().start_blocking().unwrap());
    let sandbox = &caller.sandbox;
    let post = |path: &str, body: serde_json::Value| {
        let path = format!("/open-apis/auth/v3/{path}");
        caller
            .raw("POST", &path, &[], body.to_string().as_bytes())
            .unwrap()
    };
    let id = sandbox.app_id();
    let secret = sandbox.app_secret();
    let old = sandbox.app_ticket();
    let body = json!({"app_id": id, "app_secret": secret});
    assert_eq!(post("app_ticket/resend", body).code(), 0);
    let body = json!({"app_id": id, "app_secret": secret, "app_ticket": old});
    assert_eq!(post("app_access_token", body).code(), 10_012);
    let body = json!({"app_id": id, "app_secret": secret, "app_ticket": sandbox.app_ticket()});
    let app = post("app_access_token", body).json;
    let body =
        json!({"app_access_token": app["app_access_token"], "tenant_key": sandbox.tenant_key()});
    let tenant = post("tenant_access_token", body).json;
    let mut caller = caller;
    caller.token = tenant["tenant_access_token"].as_str().unwrap().to_owned();
    caller.get("/groups").ok();
    caller.token = app["app_access_token"].as_str().unwrap().to_owned();
    caller.get("/groups").refused(400, 99_991_664, "");
}

#[test]
fn a_user_token_opens_what_takes_one() {
    let mut caller = Caller::new();
    let code = caller.sandbox.authorization_code("e1");
    let body = json!({
        "grant_type": "authorization_code",
        "client_id": caller.sandbox.app_id(),
        "client_secret": caller.sandbox.app_secret(),
        "code": code,
    })
    .to_string();
    let path = "/open-apis/authen/v2/oauth/token";
    let answer = caller.raw("POST", path, &[], body.as_bytes()).unwrap();
    assert_eq!(answer.code(), 0);
    let again = caller.raw("POST", path, &[], body.as_bytes()).unwrap();
    assert_eq!((again.status, again.code()), (400, 20_003));
    caller.token = answer.json["access_token"].as_str().unwrap().to_owned();
    caller.get("/archive_rule?page_size=10").ok();
    caller
        .get("/groups")
        .refused(400, 99_991_668, "not support");
}

#[test]
fn a_missing_parameter_is_99992402_with_its_name() {
    let caller = Caller::new();
    let answer = caller.get("/groups/1/list_user?employee_type=employee_id&dept_type=open_id");
    answer.refused(400, 99_992_402, "field validation failed");
    let violation = &answer.json["error"]["field_violations"][0];
    assert_eq!(violation["field"], "member_clock_type");
    assert!(answer.json["error"]["log_id"].is_string());
}

#[test]
fn a_page_size_out_of_range_is_99992402() {
    let caller = Caller::new();
    for size in ["0", "51", "100", "ten"] {
        let answer = caller.get(&format!("/groups?page_size={size}"));
        answer.refused(400, 99_992_402, "");
        assert_eq!(answer.json["error"]["field_violations"][0]["value"], size);
    }
}

#[test]
fn a_missing_or_wrongly_typed_body_member_is_99992402() {
    let caller = Caller::new();
    let path = "/user_tasks/query?employee_type=employee_id";
    let answer = caller.post(path, json!({"user_ids": "e1", "check_date_from": 20260101}));
    answer.refused(400, 99_992_402, "");
    let fields: Vec<&str> = answer.json["error"]["field_violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|violation| violation["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["check_date_to", "user_ids"]);
}

#[test]
fn a_body_that_is_not_json_is_9499() {
    let caller = Caller::new();
    caller
        .send("POST", "/groups/search", b"{")
        .refused(400, 9499, "");
}

#[test]
fn unknown_members_are_accepted() {
    let caller = Caller::new();
    let body = json!({"group_name": "x", "new_member": 1});
    caller.post("/groups/search?new_parameter=1", body).ok();
}

#[test]
fn null_is_the_same_as_absent() {
    let caller = Caller::new();
    caller
        .post("/groups/search", json!({"group_name": null}))
        .refused(400, 99_992_402, "");
    let body = json!({"group_name": "x", "exactly_matched": null});
    caller.post("/groups/search", body).ok();
}

#[test]
fn a_missing_scope_is_99991672_and_any_one_suffices() {
    let caller = Caller::new();
    caller.sandbox.revoke_scope("attendance:rule");
    caller.get("/groups").ok();
    caller.sandbox.revoke_scope("attendance:rule:readonly");
    let answer = caller.get("/groups");
    answer.refused(
        400,
        99_991_672,
        "[attendance:rule, attendance:rule:readonly]",
    );
    let rows = &answer.json["error"]["permission_violations"];
    assert_eq!(
        rows[1],
        json!({"type": "action_scope_required", "subject": "attendance:rule:readonly"})
    );
    caller.sandbox.grant_scope("attendance:rule");
    caller.get("/groups").ok();
}

#[test]
fn a_missing_scope_is_told_in_three_forms() {
    let caller = Caller::new();
    caller.sandbox.revoke_scope("attendance:task:readonly");
    for form in [ScopeErrorForm::TextOnly, ScopeErrorForm::ChineseText] {
        caller
            .sandbox
            .switch(|switches| switches.scope_error_form = form);
        let answer = caller.post("/shifts/query?shift_name=x", json!({}));
        answer.refused(400, 99_991_672, "[attendance:task:readonly]");
        assert!(answer.json["error"]["permission_violations"].is_null());
    }
}

#[test]
fn the_shape_is_checked_before_the_scope_and_the_token_before_both() {
    let mut caller = Caller::new();
    caller.sandbox.revoke_scope("attendance:rule");
    caller.sandbox.revoke_scope("attendance:rule:readonly");
    caller
        .get("/groups?page_size=0")
        .refused(400, 99_992_402, "");
    caller
        .get("/groups?page_size=1")
        .refused(400, 99_991_672, "");
    caller.token = "t-none".to_owned();
    caller
        .get("/groups?page_size=0")
        .refused(400, 99_991_663, "");
}

#[test]
fn an_address_outside_the_list_is_99991401_but_gets_a_token() {
    let mut caller = Caller::new();
    caller.sandbox.allow_addresses(["10.0.0.1"]);
    caller.renew();
    caller
        .get("/groups")
        .refused(400, 99_991_401, "ip 127.0.0.1 is denied");
    caller.sandbox.allow_addresses(["127.0.0.1"]);
    caller.get("/groups").ok();
}

#[test]
fn the_fifty_first_call_of_a_second_is_limited_with_its_headers() {
    let caller = standing();
    for _ in 0..50 {
        caller.get("/groups").ok();
    }
    let answer = caller.get("/groups");
    answer.refused(429, 99_991_400, "request trigger frequency limit");
    assert_eq!(answer.header("x-ogw-ratelimit-reset"), Some("1"));
    assert_eq!(answer.header("x-ogw-ratelimit-limit"), Some("50"));
    caller.get("/shifts").ok();
    caller.sandbox.advance(Duration::from_millis(999));
    caller.get("/groups").refused(429, 99_991_400, "");
    caller.sandbox.advance(Duration::from_millis(1));
    caller.get("/groups").ok();
}

#[test]
fn deleting_punches_is_limited_to_ten_a_second() {
    let caller = standing();
    let path = "/user_flows/batch_del";
    for _ in 0..10 {
        assert_eq!(caller.post(path, json!({"record_ids": ["1"]})).code(), 0);
    }
    caller
        .sandbox
        .switch(|switches| switches.rate_limit_status = 400);
    caller
        .post(path, json!({"record_ids": ["1"]}))
        .refused(400, 99_991_400, "");
    caller.sandbox.rate_limit(1, 60);
    let answer = caller.get("/groups");
    answer.ok();
    let answer = caller.get("/groups");
    assert_eq!(answer.header("x-ogw-ratelimit-reset"), Some("60"));
    caller.sandbox.rate_limit_off();
    caller.get("/groups").ok();
}
