//! The typed client against the sandbox over loopback: what was given arrives, and what comes back is told.

use std::collections::BTreeSet;

use attendance_api::rt::File;
use attendance_api::sandbox::{PIXEL, Sandbox, User};
use attendance_api::{Client, Date, ErrorClass, ErrorCode, ErrorKind, Lang};
use serde_json::Value as Json;

use crate::calls;
use crate::documents::{self, differences};

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.expect("loopback has a free port");
    sandbox.rate_limit_off();
    let client = sandbox.client().expect("the client can be built");
    (sandbox, client)
}

fn day(year: i32, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("there is such a day")
}

/// Every parameter of every operation, and every body to the last member. The sandbox knows few of the people in the
/// examples, so it may refuse the calls; but it must understand them.
#[tokio::test]
async fn what_a_call_is_given_arrives() {
    let (sandbox, client) = sandbox().await;
    let mut wrong = Vec::new();
    let mut arrived = BTreeSet::new();
    for call in calls::all(&client) {
        let operation = call.operation;
        let outcome = call.sent.await;
        let requests = sandbox.requests_of(operation);
        let Some(request) = requests.last() else {
            wrong.push(format!("{operation} did not arrive: {outcome:?}"));
            continue;
        };
        arrived.insert(operation);
        let mut query = request.query.clone();
        let mut wanted: Vec<_> = call
            .query
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        query.sort();
        wanted.sort();
        if query != wanted {
            wrong.push(format!(
                "{operation}: the query was {query:?}, not {wanted:?}"
            ));
        }
        if let Some(example) = documents::request(operation) {
            let found = differences(&example, &request.json());
            wrong.extend(found.iter().map(|found| format!("{operation}: {found}")));
        }
        if let Err(error) = outcome {
            // 99992402 is how the gateway says that a request is not as described.
            if error.class() != ErrorClass::Api || error.code() == Some(ErrorCode(99_992_402)) {
                wrong.push(format!("{operation}: {error:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(arrived, sandbox.operations().into_iter().collect());
}

/// The calls above have every parameter that the description knows.
#[tokio::test]
async fn no_parameter_is_forgotten() {
    let client = Client::builder()
        .base_url("http://127.0.0.1:9")
        .token("t")
        .build()
        .expect("a client");
    let calls = calls::all(&client);
    for operation in documents::operations() {
        let parameters = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(documents::resolved);
        let described: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let call = calls
            .iter()
            .find(|call| operation["operationId"] == call.operation);
        let call = call.unwrap_or_else(|| {
            panic!(
                "add a call of {} to tests/it/calls.rs",
                operation["operationId"]
            )
        });
        let given: BTreeSet<&str> = call.query.iter().map(|(name, _)| *name).collect();
        assert_eq!(given, described, "{}", call.operation);
    }
}

#[tokio::test]
async fn any_id_is_one_segment_or_refused() {
    let (sandbox, client) = sandbox().await;
    let odd = [
        "../x?y", "a/b", "%41", "a#b", "班次", "🦀", "a b+c", "\u{7f}", "..;", "a\\b", "a\r\nb",
    ];
    for id in odd {
        sandbox.clear_requests();
        let outcome = client.shift().get(id).send().await;
        assert!(outcome.is_err(), "{id:?}");
        let requests = sandbox.requests_of("shift.get");
        let [request] = requests.as_slice() else {
            panic!("{id:?} arrived {} times: {outcome:?}", requests.len())
        };
        assert_eq!(request.path.matches('/').count(), 5, "{}", request.path);
        let segment = request.path.rsplit('/').next().unwrap_or_default();
        assert_eq!(decoded(segment), id);
    }
    // The last two are what some servers make a dot of.
    for id in ["", ".", "..", "%2e", "%2e%2E"] {
        sandbox.clear_requests();
        let error = client
            .shift()
            .get(id)
            .send()
            .await
            .expect_err("no such segment");
        assert_eq!(error.class(), ErrorClass::Input, "{id:?}");
        assert!(sandbox.requests().is_empty(), "{id:?} was sent");
    }
}

fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, tail @ ..]) = (byte, tail) {
            let digits = [*high, *low];
            let digits = std::str::from_utf8(&digits).expect("digits are ASCII");
            bytes.push(u8::from_str_radix(digits, 16).expect("two digits follow"));
            rest = tail;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).expect("the id is text")
}

#[tokio::test]
async fn a_get_may_have_a_body() {
    let (sandbox, client) = sandbox().await;
    let outcome = client.user_setting().query(["abd754f7"]).send().await;
    let requests = sandbox.requests_of("user_setting.query");
    assert_eq!(requests[0].method, "GET");
    assert_eq!(
        requests[0].json(),
        serde_json::json!({"user_ids": ["abd754f7"]})
    );
    assert!(outcome.is_ok(), "{outcome:?}");
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down() {
    let (sandbox, client) = sandbox().await;
    let upload = client
        .file()
        .upload("face 1.png", File::bytes("face 1.png", PIXEL));
    let answer = upload.send().await.expect("a picture is taken");
    let request = &sandbox.requests_of("file.upload")[0];
    assert!(
        request
            .body
            .windows(PIXEL.len())
            .any(|bytes| bytes == PIXEL)
    );
    let text = String::from_utf8_lossy(&request.body);
    assert!(
        text.contains("name=\"file\"") && text.contains("face 1.png"),
        "{text}"
    );

    let id = answer.file.expect("the file has an id").file_id;
    let mut download = client
        .file()
        .download(id)
        .send()
        .await
        .expect("it is there");
    let name = download.file_name().map(str::to_owned);
    assert_eq!(name.as_deref(), Some("face 1.png"));
    let mut bytes = Vec::new();
    while let Some(chunk) = download.chunk().await.expect("the bytes come") {
        bytes.extend_from_slice(&chunk);
    }
    assert_eq!(bytes, PIXEL);

    let error = client
        .file()
        .download("no-such-file")
        .send()
        .await
        .expect_err("it is not there");
    assert!(
        error.code().is_some(),
        "an error of a download is JSON: {error:?}"
    );
}

#[tokio::test]
async fn an_error_says_what_it_is_and_what_to_do() {
    let (sandbox, client) = sandbox().await;
    sandbox.fail_next("shift.get", 400, 1_220_001);
    let error = client
        .shift()
        .get("1")
        .send()
        .await
        .expect_err("it is refused");
    let request = &sandbox.requests_of("shift.get")[0];
    assert_eq!(error.code(), Some(ErrorCode::PARAM_INVALID));
    assert_eq!(error.kind(), ErrorKind::ParamInvalid);
    assert_eq!(error.http_status(), Some(400));
    assert_eq!(error.log_id(), Some(request.log_id.as_str()));
    assert_eq!(error.operation(), "shift.get");
    let (english, chinese) = (error.remedy(Lang::En), error.remedy(Lang::Zh));
    assert!(!english.is_empty() && english.is_ascii(), "{english}");
    assert!(!chinese.is_empty() && !chinese.is_ascii(), "{chinese}");
}

#[tokio::test]
async fn a_revoked_token_is_renewed_once() {
    let (sandbox, client) = sandbox().await;
    client
        .group()
        .list()
        .send()
        .await
        .expect("the first token is good");
    sandbox.revoke_tokens();
    let calls = (0..20).map(|_| tokio::spawn(client.group().list().send()));
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("no panic").expect("the call is answered");
    }
    let tokens = sandbox
        .requests()
        .iter()
        .filter(|request| {
            request
                .operation
                .as_deref()
                .is_some_and(|id| id.starts_with("auth."))
        })
        .count();
    assert_eq!(tokens, 2, "one at the start, one after the revocation");
}

#[tokio::test]
async fn pages_give_every_row_once() {
    let (sandbox, client) = sandbox().await;
    let users = (0..23).map(|index| User::new(format!("p{index:02}")));
    sandbox.add_users(users);
    let all = client
        .shift()
        .list()
        .page_size(50)
        .items()
        .try_collect()
        .await
        .expect("one page");
    sandbox.clear_requests();
    let one_by_one = client
        .shift()
        .list()
        .page_size(1)
        .items()
        .try_collect()
        .await
        .expect("pages of one");
    assert!(
        all.len() > 1,
        "{} shifts are too few for this test",
        all.len()
    );
    assert_eq!(one_by_one, all);
    sandbox.assert_calls("shift.list", all.len());
}

/// 120 people and 70 days are 3 calls by 3 calls.
#[tokio::test]
async fn batches_are_cut_by_people_and_days_and_can_be_resumed() {
    let sandbox = Sandbox::builder()
        .empty()
        .now(1_780_000_000)
        .start()
        .await
        .expect("a port");
    sandbox.rate_limit_off();
    let client = sandbox.client().expect("a client");
    let people: Vec<String> = (0..120).map(|index| format!("u{index:03}")).collect();
    sandbox.add_users(people.iter().map(User::new));
    let (from, to) = (day(2026, 3, 1), day(2026, 5, 9));
    let query = || client.user_task().query(&people, from, to);

    let collected = query().batches().collect().await;
    let rows = collected.strict().expect("all batches succeed");
    let requests = sandbox.requests_of("user_task.query");
    assert_eq!(requests.len(), 9);
    let mut pairs = BTreeSet::new();
    for request in &requests {
        let body = request.json();
        let users = body["user_ids"].as_array().map_or(0, Vec::len);
        let days = span(&body["check_date_from"], &body["check_date_to"]);
        assert!(users <= 50 && days <= 30, "{users} people, {days} days");
        for user in body["user_ids"].as_array().into_iter().flatten() {
            let window = (
                body["check_date_from"].as_i64(),
                body["check_date_to"].as_i64(),
            );
            assert!(
                pairs.insert((user.to_string(), window)),
                "{user} twice in {window:?}"
            );
        }
    }
    assert_eq!(pairs.len(), 120 * 3);

    sandbox.clear_requests();
    let mut batches = query().batches().concurrency(1);
    let mut again = batches
        .next()
        .await
        .expect("a batch")
        .expect("it succeeds")
        .data
        .user_task_results;
    let cursor = batches.cursor();
    drop(batches);
    let rest = query()
        .batches()
        .resume(&cursor)
        .expect("the cursor is of this call");
    again.extend(rest.collect().await.strict().expect("the rest succeeds"));
    assert_eq!(again, rows, "the order is kept over the interruption");
}

/// Days from one to the other, both included.
fn span(from: &Json, to: &Json) -> i64 {
    let number = |value: &Json| {
        let value = value.as_i64().expect("a day is a number");
        let date = day(
            value as i32 / 10_000,
            (value / 100 % 100) as u8,
            (value % 100) as u8,
        );
        date.days_since_epoch().expect("a real day")
    };
    number(to) - number(from) + 1
}

#[tokio::test]
async fn a_success_with_losers_must_be_looked_at() {
    let (_sandbox, client) = sandbox().await;
    let query = client
        .user_task()
        .query(["abd754f7", "nobody"], day(2026, 3, 1), day(2026, 3, 2));
    let answer = query
        .ignore_invalid_users(true)
        .send()
        .await
        .expect("the others are answered");
    assert!(!answer.is_complete());
    assert_eq!(answer.problems()[0].subject, "nobody");
    let error = answer.strict().expect_err("strict takes no losses");
    assert_eq!(error.problems().len(), 1);
}
