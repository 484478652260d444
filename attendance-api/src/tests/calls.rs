//! Calls from the builder to the answer.

use super::sample::{EmployeeType, ShiftApi};
use super::script::{Script, Step, code, ok};

fn shifts(script: &Script) -> ShiftApi {
    ShiftApi::new(script.client().build().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_call_sends_what_it_was_given() {
    let script = Script::new([ok(r#"{"shift_id":"1"}"#)]);
    let shift = shifts(&script)
        .get("a/b")
        .employee_type(EmployeeType::EmployeeNo)
        .with_query("beta", "1 2")
        .with_header("X-Mine", "yes")
        .send()
        .await
        .unwrap();
    assert_eq!(shift.shift_id, "1");
    let sent = &script.sent()[0];
    assert_eq!(sent.method, "GET");
    assert_eq!(
        sent.target,
        "/open-apis/attendance/v1/shifts/a%2Fb?employee_type=employee_no&beta=1%202"
    );
    assert_eq!(sent.headers["authorization"], "Bearer t-static-token");
    assert_eq!(sent.headers["x-mine"], "yes");
}

#[tokio::test(start_paused = true)]
async fn code_and_message_make_the_error() {
    let script = Script::new([code(400, 1_220_600, "shift can not be del.")]);
    let error = shifts(&script).delete("1").send().await.unwrap_err();
    assert_eq!(error.name(), Some("ShiftInUse"));
    assert_eq!(error.kind_index(), 1);
    assert_eq!(error.http_status(), Some(400));
    assert_eq!(
        error.to_string(),
        "shift.delete: shift can not be del. (code 1220600 ShiftInUse, HTTP 400)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_that_may_pass_is_repeated() {
    let script = Script::new([code(400, 1_220_600, "no row affected"), ok("{}")]);
    shifts(&script).delete("1").send().await.unwrap();
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_its_media_type_is_no_success() {
    let html = vec![("content-type", "text/html".to_owned())];
    let script = Script::new([Step::Reply(200, html, "<html>".into())]);
    let error = shifts(&script).get("1").send().await.unwrap_err();
    assert_eq!(error.class(), crate::rt::ErrorClass::ContentType);
}
