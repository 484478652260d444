//! Calls from the builder to the answer, on a paused clock: what is sent, what is repeated, and
//! what is said when it fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::sample::{EmployeeType, Row, ShiftApi};
use super::script::{Script, Sent, Step, code, ok};
use crate::error::{ErrorClass, Reached};
use crate::error_table::Lang;
use crate::operation::Method;
use crate::retry::RetryPolicy;
use crate::transport::TransportErrorKind;
use crate::wire::{DriftKind, File};

fn shifts(script: &Script) -> ShiftApi {
    ShiftApi::new(script.client().build().unwrap())
}

fn reply(status: u16, content_type: &str, body: &str) -> Step {
    Step::Reply(
        status,
        vec![("content-type", content_type.to_owned())],
        body.to_owned().into(),
    )
}

fn limited(status: u16, reset: Option<&str>) -> Step {
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(reset.map(|reset| ("x-ogw-ratelimit-reset", reset.to_owned())));
    let body = r#"{"code":99991400,"msg":"request trigger frequency limit"}"#;
    Step::Reply(status, headers, body.into())
}

fn transport(kind: TransportErrorKind) -> Step {
    Step::Fail(kind)
}

#[tokio::test(start_paused = true)]
async fn a_call_sends_what_it_was_given() {
    let script = Script::new([ok(r#"{"shift_id":"1"}"#)]);
    let call = shifts(&script)
        .get("a/b")
        .employee_type(EmployeeType::EmployeeNo);
    let shift = call
        .with_query("beta", "1 2")
        .with_header("X-Mine", "yes")
        .send()
        .await
        .unwrap();
    assert_eq!(shift.shift_id, "1");
    let sent = &script.sent()[0];
    assert_eq!(sent.method, "GET");
    let expected = "/open-apis/attendance/v1/shifts/a%2Fb?employee_type=employee_no&beta=1%202";
    assert_eq!(sent.target, expected);
    assert_eq!(sent.headers["authorization"], "Bearer t-static-token");
    assert_eq!(sent.headers["x-mine"], "yes");
}

#[tokio::test(start_paused = true)]
async fn a_body_is_json_with_what_the_caller_adds() {
    let script = Script::new([ok("{}")]);
    let call = shifts(&script).create("早班", 1).no_need_on(true);
    call.with_body_member("beta", 7).send().await.unwrap();
    let sent = &script.sent()[0];
    assert_eq!(
        sent.headers["content-type"],
        "application/json; charset=utf-8"
    );
    let body: crate::Json = serde_json::from_slice(&sent.body).unwrap();
    let expected =
        serde_json::json!({"shift_name": "早班", "punch_times": 1, "no_need_on": true, "beta": 7});
    assert_eq!(body, expected);
}

/// `None` is left out; who must say `null` says it beside the typed members.
#[tokio::test(start_paused = true)]
async fn a_member_can_be_sent_as_null() {
    let script = Script::new([ok("{}")]);
    let call = shifts(&script).create("早班", 1).no_need_on(true);
    let call = call.with_body_member("no_need_on", crate::Json::Null);
    call.send().await.unwrap();
    let body: crate::Json = serde_json::from_slice(&script.sent()[0].body).unwrap();
    let expected = serde_json::json!({"shift_name": "早班", "punch_times": 1, "no_need_on": null});
    assert_eq!(body, expected);
}

#[tokio::test(start_paused = true)]
async fn the_default_of_the_client_fills_what_the_call_lacks() {
    let script = Script::new([ok("{}"), ok("{}")]);
    let client = script
        .client()
        .default_query("employee_type", &EmployeeType::EmployeeId);
    let shifts = ShiftApi::new(client.build().unwrap());
    shifts.get("1").send().await.unwrap();
    shifts.get("1").employee_type("other").send().await.unwrap();
    let targets: Vec<_> = script.sent().into_iter().map(|sent| sent.target).collect();
    assert!(targets[0].ends_with("?employee_type=employee_id"));
    assert!(targets[1].ends_with("?employee_type=other"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_refused_before() {
    let script = Script::new([]);
    let shifts = shifts(&script);
    let errors = [
        shifts.get("..").send().await.unwrap_err(),
        shifts
            .get("1")
            .with_header("X-A", "a\r\nX-B: c")
            .send()
            .await
            .unwrap_err(),
        shifts
            .get("1")
            .with_header("bad name", "a")
            .send()
            .await
            .unwrap_err(),
        shifts
            .get("1")
            .with_token("a\r\nb")
            .send()
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(error.class(), ErrorClass::Input | ErrorClass::Auth),
            "{error}"
        );
        assert_eq!(
            (error.operation(), error.reached()),
            ("shift.get", Reached::Nothing)
        );
    }
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn code_and_message_make_the_error() {
    let body = r#"{"code":1220600,"msg":"shift can not be del.","error":{"log_id":"body-id","troubleshooter":"look here"}}"#;
    let script = Script::new([
        Step::Json(400, body.to_owned()),
        code(400, 1_220_600, "never seen"),
    ]);
    let error = shifts(&script).delete("1").send().await.unwrap_err();
    assert_eq!((error.name(), error.kind_index()), (Some("ShiftInUse"), 1));
    assert_eq!(error.remedy(Lang::En), "Take it out of every group first.");
    assert_eq!(error.troubleshooter().as_deref(), Some("look here"));
    let expected =
        "shift.delete: shift can not be del. (code 1220600 ShiftInUse, HTTP 400, log id body-id)";
    assert_eq!(error.to_string(), expected);
    let unknown = shifts(&script).delete("1").send().await.unwrap_err();
    assert_eq!(
        (unknown.name(), unknown.message()),
        (Some("General"), "never seen")
    );
}

#[tokio::test(start_paused = true)]
async fn an_operation_may_have_its_own_remedy() {
    let script = Script::new([code(400, 1_220_001, "x"), code(400, 1_220_001, "x")]);
    let own = shifts(&script).create("a", 1).send().await.unwrap_err();
    let general = shifts(&script).get("1").send().await.unwrap_err();
    assert_eq!(
        (own.remedy(Lang::En), own.remedy(Lang::Zh)),
        ("Check the name.", "修正请求。")
    );
    assert_eq!(general.remedy(Lang::En), "Fix the request.");
}

#[tokio::test(start_paused = true)]
async fn missing_scopes_are_read_from_each_form() {
    let forms = [
        r#"{"code":99991672,"msg":"Access denied.","error":{"permission_violations":[{"type":"t","subject":"a:b"},{"type":"t","subject":"c:d"},{"type":"t","subject":"a:b"}]}}"#,
        r#"{"code":99991672,"msg":"Access denied.","error":{"permission_violations":[{"scope":"a:b","url":"u"},{"scope":"c:d","url":"u"}]}}"#,
        r#"{"code":99991672,"msg":"Access denied. One of the following scopes is required: [a:b, c:d]. 点击链接"}"#,
    ];
    for form in forms {
        let script = Script::new([Step::Json(400, form.to_owned())]);
        let error = shifts(&script).get("1").send().await.unwrap_err();
        assert_eq!(error.missing_scopes(), ["a:b", "c:d"], "{form}");
        assert_eq!(script.sent().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn server_text_is_cleaned_and_cut() {
    let text = format!("a\u{1b}[31m\r\nb\u{202e}c\u{0}{}", "长".repeat(1_000_000));
    let script = Script::new([code(400, 1_220_001, &text)]);
    let error = shifts(&script).get("1").send().await.unwrap_err();
    assert!(error.message().len() <= 8 * 1024);
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.chars().any(|c| c.is_control() || c == '\u{202e}'));
    }
}

#[tokio::test(start_paused = true)]
async fn what_stands_beside_a_message_is_cleaned_and_cut_as_well() {
    let odd = |text: &str| format!("{text}\u{1b}[31m\r\n\u{202e}\u{0}{}", "长".repeat(10_000));
    let body = serde_json::json!({ "code": 99_991_672, "msg": odd("m"), "error": {
        "log_id": odd("id"),
        "troubleshooter": odd("t"),
        "field_violations": [{ "field": odd("f"), "description": odd("d") }],
        "permission_violations": [{ "subject": odd("s") }],
    }});
    let script = Script::new([Step::Json(400, body.to_string())]);
    let error = shifts(&script).get("1").send().await.unwrap_err();
    let violation = error.field_violations().remove(0);
    let mut shown = error.missing_scopes();
    shown.extend([violation.field, violation.description]);
    shown.extend(error.troubleshooter());
    shown.extend(error.log_id().map(str::to_owned));
    assert_eq!(shown.len(), 5);
    for text in &shown {
        assert!(text.len() <= 8 * 1024, "{}", text.len());
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'));
    }
    // An id is cut where one in a header is, so that the line as a whole stays readable.
    assert!(error.log_id().is_some_and(|id| id.chars().count() <= 128));
    assert!(error.to_string().len() <= 9 * 1024);
}

#[tokio::test(start_paused = true)]
async fn secrets_that_a_server_echoes_are_not_shown() {
    let body = r#"{"code":1220001,"msg":"token t-static-token is odd","error":{"troubleshooter":"see ?t=t-static-token","field_violations":[{"field":"t-static-token","description":"x"}]}}"#;
    let script = Script::new([Step::Json(400, body.to_owned())]);
    let client = script.client().build().unwrap();
    let call = ShiftApi::new(client.clone())
        .get("1")
        .with_token("t-static-token");
    let shown = format!("{call:?} {client:?} {:?}", script.client());
    let error = call.send().await.unwrap_err();
    let violations = error.field_violations();
    let shown = format!(
        "{shown} {error} {error:?} {:?} {violations:?}",
        error.troubleshooter()
    );
    assert!(!shown.contains("t-static-token"), "{shown}");
    assert!(shown.contains("[secret]"));
}

#[tokio::test(start_paused = true)]
async fn outcomes_follow_status_media_type_and_code_together() {
    let html = "<html>Bad Gateway</html>";
    let json = "application/json; charset=utf-8";
    let cases = [
        (reply(200, "text/html", html), ErrorClass::ContentType),
        (
            reply(200, "text/plain", "{\"code\":0}"),
            ErrorClass::ContentType,
        ),
        (
            reply(404, "text/plain", "404 page not found"),
            ErrorClass::Http,
        ),
        (
            reply(404, json, "{\"code\":0,\"msg\":\"\"}"),
            ErrorClass::Http,
        ),
        (reply(501, "text/html", html), ErrorClass::Http),
        (reply(200, json, ""), ErrorClass::Decode),
        (reply(200, json, "{}"), ErrorClass::Decode),
        (reply(200, json, "{\"code\":\"x\"}"), ErrorClass::Decode),
        (
            reply(200, json, "{\"code\":0,\"code\":1220001}"),
            ErrorClass::Decode,
        ),
        (
            reply(200, json, "{\"code\":0,\"data\":{\"shift_id\":"),
            ErrorClass::Decode,
        ),
        (
            reply(200, json, "{\"code\":0,\"data\":{\"quantity\":1e999}}"),
            ErrorClass::Decode,
        ),
        (reply(200, json, "\u{feff}{\"code\":0}"), ErrorClass::Decode),
        (
            reply(200, json, "{\"code\":0}{\"code\":0}"),
            ErrorClass::Decode,
        ),
        (reply(200, json, "\"secret text\""), ErrorClass::Decode),
        (
            reply(
                200,
                json,
                "{\"code\":1220001,\"msg\":\"no\",\"data\":[1,2]}",
            ),
            ErrorClass::Api,
        ),
        (
            reply(500, json, "{\"code\":1220001,\"msg\":\"no\"}"),
            ErrorClass::Api,
        ),
        (
            reply(200, json, "{\"code\":\"1220001\",\"msg\":null}"),
            ErrorClass::Api,
        ),
        (reply(302, "text/html", ""), ErrorClass::Redirect),
        (
            reply(307, json, "{\"code\":0,\"msg\":\"\"}"),
            ErrorClass::Redirect,
        ),
    ];
    for (step, class) in cases {
        let script = Script::new([step.clone()]);
        let error = shifts(&script).get("1").send().await.unwrap_err();
        assert_eq!(error.class(), class, "{step:?} gave {error}");
        assert_eq!(script.sent().len(), 1, "{step:?}");
        assert!(!error.to_string().contains("secret text"));
    }
    for body in [
        "{\"code\":0}",
        "{\"code\":0,\"data\":null}",
        "{\"code\":\"0\",\"msg\":null,\"data\":{}}",
        "{\"data\":{},\"code\":0}",
    ] {
        let script = Script::new([reply(200, json, body)]);
        shifts(&script).get("1").send().await.unwrap();
    }
    let bare = Script::new([Step::Reply(200, Vec::new(), "{\"code\":0}".into())]);
    shifts(&bare).get("1").send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn passing_failures_are_repeated_where_that_is_safe() {
    let server = || {
        [
            code(500, 1_225_000, "system error"),
            reply(502, "text/html", "x"),
            ok("{}"),
        ]
    };
    let steps = [
        reply(500, "text/html", "x"),
        reply(502, "text/html", "x"),
        reply(503, "text/plain", ""),
        reply(504, "text/plain", ""),
        code(400, 1_225_000, "system error"),
        transport(TransportErrorKind::Io),
        transport(TransportErrorKind::Timeout),
        Step::Hang,
    ];
    for step in steps {
        let script = Script::new([step.clone(), step.clone(), ok(r#"{"shift_id":"1"}"#)]);
        let response = shifts(&script).get("1").send_full().await.unwrap();
        assert_eq!(
            (response.attempts(), script.sent().len()),
            (3, 3),
            "{step:?}"
        );
        // A write that adds is sent once, and its outcome is told.
        let script = Script::new([step.clone(), ok("{}")]);
        let error = shifts(&script).create("a", 1).send().await.unwrap_err();
        assert_eq!((error.attempts(), script.sent().len()), (1, 1), "{step:?}");
        let unknown = matches!(step, Step::Fail(_) | Step::Hang);
        assert_eq!(error.reached() == Reached::Unknown, unknown, "{error}");
        assert_eq!(
            error.to_string().contains("outcome unknown"),
            unknown,
            "{error}"
        );
    }
    let script = Script::new(server());
    let rows = [
        Row::new("a").idempotent_id("1"),
        Row::new("b").idempotent_id("2"),
    ];
    let done = shifts(&script).import(rows).send().await.unwrap();
    assert!(done.is_complete());
    let script = Script::new(server());
    let rows = [Row::new("a").idempotent_id("1"), Row::new("b")];
    assert!(shifts(&script).import(rows).send().await.is_err());
    assert_eq!(script.sent().len(), 1);
    let script = Script::new(server());
    let call = shifts(&script).create("a", 1);
    call.with_retry(RetryPolicy::new().idempotent(true))
        .send()
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_the_server_cannot_have_seen_is_always_repeated() {
    let refused = || transport(TransportErrorKind::Connect);
    let script = Script::new([refused(), refused(), ok("{}")]);
    shifts(&script).create("a", 1).send().await.unwrap();
    let script = Script::new([refused(), refused(), refused(), ok("{}")]);
    let error = shifts(&script).create("a", 1).send().await.unwrap_err();
    assert_eq!(
        (error.class(), error.attempts(), error.reached()),
        (ErrorClass::Connect, 3, Reached::Nothing)
    );
}

#[tokio::test(start_paused = true)]
async fn other_failures_are_not_repeated() {
    let steps = [
        code(400, 1_220_001, "x"),
        code(400, 1_220_600, "shift can not be del"),
        code(400, 1_220_600, "new"),
        code(400, 99_991_672, "x"),
        code(400, 123_456, "x"),
        reply(404, "text/plain", "x"),
        reply(501, "text/plain", "x"),
        reply(400, "text/html", "x"),
        reply(403, "text/html", "x"),
    ];
    for step in steps {
        let script = Script::new([step.clone(), ok("{}")]);
        shifts(&script).get("1").send().await.unwrap_err();
        assert_eq!(script.sent().len(), 1, "{step:?}");
    }
    let script = Script::new([code(400, 1_220_600, "no row affected"), ok("{}")]);
    shifts(&script).delete("1").send().await.unwrap();
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_out_by_every_kind_of_call() {
    for status in [429, 400] {
        let begin = Instant::now();
        let script = Script::new([limited(status, Some("2")), ok("{}")]);
        shifts(&script).create("a", 1).send().await.unwrap();
        assert!(begin.elapsed() >= Duration::from_secs(2));
        assert!(begin.elapsed() < Duration::from_millis(2_100));
    }
    for reset in [
        None,
        Some("soon"),
        Some("-1"),
        Some("99999999999999999999999"),
    ] {
        let script = Script::new([limited(429, reset), ok("{}")]);
        shifts(&script).get("1").send().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn all_callers_of_the_operation_wait_with_the_limited_one() {
    let begin = Instant::now();
    let first = Arc::new(AtomicUsize::new(0));
    let script = Script::answering(move |_| match first.fetch_add(1, Ordering::Relaxed) {
        0 => limited(429, Some("3")),
        _ => {
            assert!(
                begin.elapsed() >= Duration::from_secs(3),
                "a call did not wait"
            );
            ok("{}")
        }
    });
    let client = script.client().build().unwrap();
    let first = tokio::spawn(ShiftApi::new(client.clone()).create("a", 1).send());
    sleep(Duration::from_millis(50)).await;
    let others: Vec<_> = (0..20)
        .map(|_| tokio::spawn(ShiftApi::new(client.clone()).create("a", 1).send()))
        .collect();
    first.await.unwrap().unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_past_the_deadline_is_told_at_once() {
    let begin = Instant::now();
    let script = Script::new([limited(429, Some("60"))]);
    let shifts = shifts(&script);
    let error = shifts.get("1").send().await.unwrap_err();
    assert_eq!(
        (error.class(), error.retry_after()),
        (ErrorClass::RateLimit, Some(Duration::from_secs(60)))
    );
    let next = shifts.get("1").send().await.unwrap_err();
    assert_eq!(next.class(), ErrorClass::RateLimit);
    assert!(
        next.retry_after()
            .is_some_and(|wait| wait > Duration::from_secs(59))
    );
    assert_eq!((begin.elapsed(), script.sent().len()), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn nothing_outlasts_the_deadline() {
    let script = Script::answering(|_| Step::Hang);
    // By default a server may be silent for 10 s, and a call with all its attempts takes 30 s at most.
    let begin = Instant::now();
    let error = shifts(&script).create("a", 1).send().await.unwrap_err();
    assert_eq!((error.class(), error.attempts()), (ErrorClass::Timeout, 1));
    assert_eq!(begin.elapsed(), Duration::from_secs(10));
    let begin = Instant::now();
    let error = shifts(&script).get("1").send().await.unwrap_err();
    assert_eq!((error.class(), error.attempts()), (ErrorClass::Timeout, 3));
    assert_eq!(begin.elapsed(), Duration::from_secs(30));
    let begin = Instant::now();
    let call = shifts(&script)
        .get("1")
        .with_timeout(Duration::from_secs(2));
    assert!(call.send().await.unwrap_err().is_timeout());
    assert_eq!(begin.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_amplified_and_ends_when_it_ends() {
    let up = Arc::new(AtomicUsize::new(0));
    let switch = Arc::clone(&up);
    let script = Script::answering(move |_| match switch.load(Ordering::Relaxed) {
        0 => reply(503, "text/plain", "down"),
        _ => ok("{}"),
    });
    let client = script.client().rate_limits(false).build().unwrap();
    let outage: Vec<_> = (0..1_000)
        .map(|_| tokio::spawn(ShiftApi::new(client.clone()).get("1").send()))
        .collect();
    for call in outage {
        assert!(call.await.unwrap().is_err());
    }
    let sends = script.sent().len();
    assert!((1_000..=1_120).contains(&sends), "{sends}");
    up.store(1, Ordering::Relaxed);
    for _ in 0..100 {
        ShiftApi::new(client.clone()).get("1").send().await.unwrap();
    }
    assert_eq!(script.sent().len(), sends + 100);
}

#[tokio::test(start_paused = true)]
async fn a_single_attempt_is_one_send() {
    for step in [
        reply(503, "text/plain", ""),
        limited(429, Some("0")),
        transport(TransportErrorKind::Connect),
    ] {
        let script = Script::new([step, ok("{}")]);
        let call = shifts(&script).get("1").with_retry(RetryPolicy::none());
        assert!(call.send().await.is_err());
        assert_eq!(script.sent().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn parts_that_failed_are_in_the_value() {
    let body = r#"{"code":0,"msg":"[u1-c1]","data":{"rows":[{"user_id":"u2"}],"invalid_user_ids":["u9"]}}"#;
    let script = Script::new([
        Step::Json(200, body.to_owned()),
        Step::Json(200, body.to_owned()),
    ]);
    let done = shifts(&script)
        .import([Row::new("u1")])
        .send()
        .await
        .unwrap();
    let subjects: Vec<_> = done
        .problems()
        .iter()
        .map(|problem| problem.subject.as_str())
        .collect();
    assert_eq!(subjects, ["u9", "u1-c1"]);
    assert_eq!(done.data().rows.len(), 1);
    let strict = shifts(&script)
        .import([Row::new("u1")])
        .send()
        .await
        .unwrap()
        .strict();
    let error = strict.unwrap_err();
    assert_eq!(
        error.to_string(),
        "shift.import: parts failed: u9 and 1 more"
    );
    assert_eq!(error.problems().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_carries_the_rows_it_refuses() {
    let text = r#"{"OutErrorRecords":[{"uniq_id":"7"}]}"#;
    let script = Script::new([code(400, 1_225_001, text)]);
    let error = shifts(&script)
        .import([Row::new("u1")])
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.problems()[0].subject, r#"{"uniq_id":"7"}"#);
    assert_eq!(error.problems()[0].detail, "OutErrorRecords");
}

#[tokio::test(start_paused = true)]
async fn a_file_comes_with_its_name_and_an_error_does_not() {
    let headers = vec![
        ("content-type", "image/png".to_owned()),
        (
            "content-disposition",
            "attachment; filename=\"face.png\"".to_owned(),
        ),
    ];
    let script = Script::new([
        Step::Reply(200, headers, "PNG".into()),
        code(200, 1_220_001, "no such file"),
        reply(200, "application/json", "{\"code\":0,\"msg\":\"\"}"),
        reply(404, "text/plain", "404 page not found"),
    ]);
    let photo = shifts(&script).photo("1").send().await.unwrap();
    assert_eq!(
        (photo.file_name(), photo.content_type()),
        (Some("face.png"), Some("image/png"))
    );
    assert_eq!(photo.bytes(1_000).await.unwrap(), "PNG");
    let classes = [ErrorClass::Api, ErrorClass::ContentType, ErrorClass::Http];
    for class in classes {
        assert_eq!(
            shifts(&script).photo("1").send().await.unwrap_err().class(),
            class
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_can_be_sent_again() {
    let script = Script::new([reply(503, "text/plain", ""), ok("{}")]);
    let file = File::bytes("a\"b\r\n.jpg", "JPEG");
    shifts(&script).upload(file).send().await.unwrap();
    let sent = script.sent();
    assert_eq!(sent[0].body, sent[1].body);
    let content_type = sent[0].headers["content-type"].to_str().unwrap();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let body = String::from_utf8(sent[0].body.to_vec()).unwrap();
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b%0D%0A.jpg\"\r\n\
         Content-Type: image/jpeg\r\n\r\nJPEG\r\n--{boundary}--\r\n"
    );
    assert_eq!(body, expected);
}

#[tokio::test(start_paused = true)]
async fn a_raw_call_is_a_call_like_any_other() {
    let script = Script::new([
        limited(429, Some("1")),
        ok(r#"{"a":1}"#),
        code(400, 1_220_001, "x"),
    ]);
    let client = script.client().build().unwrap();
    let path = "/open-apis/attendance/v1/new_thing";
    let call = client
        .raw(Method::Post, path)
        .query("q", "a b")
        .json(&[1])
        .unwrap();
    let data = call.send().await.unwrap();
    assert_eq!(data, serde_json::json!({"a": 1}));
    let sent = &script.sent()[1];
    assert_eq!(sent.target, "/open-apis/attendance/v1/new_thing?q=a%20b");
    assert_eq!(
        (&sent.headers["authorization"], &sent.body[..]),
        (&"Bearer t-static-token".parse().unwrap(), &b"[1]"[..])
    );
    let error = client.raw(Method::Get, path).send().await.unwrap_err();
    assert_eq!(
        (error.operation(), error.name()),
        ("raw", Some("ParamInvalid"))
    );
    for path in [
        "a",
        "//evil",
        "/a/../b",
        "/a/%2e%2E/b",
        "/a?b=c",
        "/a b",
        "/a#b",
        "/a\r\nb",
    ] {
        let error = client.raw(Method::Get, path).send().await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Input, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn drift_is_collected_on_request() {
    let answer = || ok(r#"{"shift_id":"1","brand_new":1}"#);
    let script = Script::new([answer(), answer(), answer()]);
    let quiet = shifts(&script).get("1").send_full().await.unwrap();
    assert!(quiet.drift().is_none());
    let client = script.client().collect_drift(true).build().unwrap();
    for _ in 0..2 {
        let response = ShiftApi::new(client.clone())
            .get("1")
            .send_full()
            .await
            .unwrap();
        assert_eq!(response.drift().unwrap().notes().count(), 1);
    }
    let drift = client.drift().unwrap();
    let note = drift.notes().next().unwrap();
    assert_eq!(
        (note.path, note.kind, note.count),
        ("shift.get: data.brand_new", DriftKind::UnknownMember, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn thousands_of_calls_keep_to_the_limit_of_the_server() {
    let taken = Arc::new(std::sync::Mutex::new(
        std::collections::VecDeque::<Instant>::new(),
    ));
    let script = Script::answering(move |_: &Sent| {
        let now = Instant::now();
        let mut taken = taken.lock().unwrap();
        while taken
            .front()
            .is_some_and(|first| *first + Duration::from_secs(1) <= now)
        {
            taken.pop_front();
        }
        if taken.len() >= 50 {
            return limited(429, Some("1"));
        }
        taken.push_back(now);
        Step::Late(Duration::from_millis(80), Box::new(ok("{}")))
    });
    let client = script
        .client()
        .timeout(Duration::from_secs(300))
        .build()
        .unwrap();
    let begin = Instant::now();
    let calls: Vec<_> = (0..1_000)
        .map(|_| tokio::spawn(ShiftApi::new(client.clone()).get("1").send()))
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(script.sent().len(), 1_000, "some calls were refused");
    let rate = 1_000.0 / begin.elapsed().as_secs_f64();
    assert!(rate >= 47.5, "{rate}");
}
