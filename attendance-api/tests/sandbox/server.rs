//! Start, stop, faults, clock, journal.

use std::time::Duration;

use attendance_api::sandbox::{Cut, Fault, Sandbox};
use serde_json::json;

use crate::caller::Caller;

#[test]
fn every_operation_of_the_description_is_served() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let described: Vec<&str> = attendance_api::SERVICE
        .operations
        .iter()
        .map(|info| info.id)
        .collect();
    let served = sandbox.operations();
    assert!(described.len() >= 39);
    assert_eq!(served.len(), described.len());
    assert!(
        described
            .iter()
            .all(|id| served.iter().any(|served| served == id))
    );
}

#[tokio::test(start_paused = true)]
async fn it_starts_inside_a_runtime_whose_clock_stands() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    sandbox.stop();
}

#[test]
fn a_stopped_sandbox_serves_no_longer() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let port = sandbox.port();
    sandbox.stop();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn an_unknown_path_is_plain_text_404() {
    let answer = Caller::new().get("/nothing");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.bytes, b"404 page not found");
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
}

#[test]
fn every_answer_carries_a_log_id() {
    let caller = Caller::new();
    let answer = caller.get("/shifts/9/nothing");
    let log_id = answer.header("x-tt-logid").unwrap();
    assert_eq!(caller.sandbox.requests().last().unwrap().log_id, log_id);
}

#[test]
fn a_fault_is_spent_once() {
    let caller = Caller::new();
    caller.sandbox.fail_next("group.list", 500, 1_225_000);
    caller
        .get("/groups?page_size=1")
        .refused(500, 1_225_000, "");
    caller.get("/groups?page_size=1").ok();
}

#[test]
fn a_fault_waits_for_a_call_that_passes_the_gate() {
    let caller = Caller::new();
    caller.sandbox.fail_next("group.list", 500, 1_225_000);
    caller
        .get("/groups?page_size=99")
        .refused(400, 99_992_402, "");
    caller.get("/groups").refused(500, 1_225_000, "");
}

#[test]
fn a_connection_is_cut_before_the_headers() {
    let caller = Caller::new();
    caller.sandbox.fault("*", Fault::cut(Cut::BeforeHeaders));
    let path = "/open-apis/attendance/v1/groups";
    let bearer = format!("Bearer {}", caller.token);
    let answer = caller.raw("GET", path, &[("Authorization", &bearer)], b"");
    assert!(answer.is_none());
    assert!(caller.sandbox.requests_of("group.list")[0].cut);
}

#[test]
fn a_body_is_cut_in_the_middle() {
    let caller = Caller::new();
    let whole = caller.get("/shifts").bytes.len();
    caller.sandbox.fault("shift.list", Fault::cut(Cut::MidBody));
    let answer = caller.get("/shifts");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.bytes.len(), whole / 2);
    assert_eq!(answer.header("content-length").unwrap(), whole.to_string());
}

#[test]
fn a_delay_delays() {
    let caller = Caller::new();
    let delay = Duration::from_millis(40);
    caller.sandbox.fault("group.list", Fault::delay(delay));
    let begun = std::time::Instant::now();
    caller.get("/groups").ok();
    assert!(begun.elapsed() >= delay);
}

#[test]
fn a_page_of_a_gateway_can_stand_in_for_an_answer() {
    let caller = Caller::new();
    let fault = Fault::raw(200, "text/html", "<html>busy</html>").and_header("x-edge", "7");
    caller.sandbox.fault("group.list", fault);
    let answer = caller.get("/groups");
    assert_eq!(answer.bytes, b"<html>busy</html>");
    assert_eq!(answer.header("x-edge"), Some("7"));
}

#[test]
fn the_journal_keeps_what_was_sent() {
    let caller = Caller::new();
    caller.sandbox.clear_requests();
    caller
        .post("/groups/search", json!({"group_name": "x"}))
        .ok();
    let requests = caller.sandbox.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].json(), json!({"group_name": "x"}));
    assert_eq!(requests[0].operation.as_deref(), Some("group.search"));
    assert_eq!(requests[0].code, Some(0));
    caller.sandbox.assert_calls("group.search", 1);
    let other = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        caller.sandbox.assert_calls("group.search", 2);
    }));
    assert!(other.is_err());
}
