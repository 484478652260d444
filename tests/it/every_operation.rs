//! One call of each operation against a server that answers with the examples of the description.
//!
//! `ATTENDANCE_E2E_URL` names another server that does the same, such as a mock that a tool makes of the description;
//! what came of each call is then printed, one line a call.

use std::collections::BTreeSet;

use attendance_api::{Client, EmployeeType};
use codegen::resolve::api::Answer;
use serde_json::json;

use crate::calls;
use crate::example_server::ExampleServer;

#[tokio::test]
async fn every_operation_is_called_and_answered() {
    let api = crate::own_api();
    let server = ExampleServer::start(&api);
    let url = std::env::var("ATTENDANCE_E2E_URL").unwrap_or_else(|_| server.url());
    let client = Client::builder()
        .base_url(url)
        .token("t-1")
        .employee_type(EmployeeType::EmployeeId)
        .collect_drift(true)
        .no_proxy()
        .build()
        .expect("the client can be built");
    let (mut called, mut failed) = (BTreeSet::new(), Vec::new());
    for call in calls::all(&client) {
        let outcome = call.sent.await.map_err(|error| error.to_string());
        println!(
            "{:45} {}",
            call.operation,
            outcome.as_ref().err().map_or("ok", String::as_str)
        );
        called.insert(call.operation);
        failed.extend(
            outcome
                .err()
                .map(|error| format!("{}: {error}", call.operation)),
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let described: BTreeSet<_> = api
        .operations
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(called, described, "tests/it/calls.rs has one call of each");
    // An example is how an answer should look: none of it deviates.
    let drift = client.drift().unwrap_or_default();
    let notes: Vec<_> = drift
        .notes()
        .map(|note| format!("{} {:?}", note.path, note.kind))
        .collect();
    assert!(notes.is_empty(), "{}", notes.join("\n"));
}

/// Nothing under `data`, in each of its forms, is an answer without anything in it.
#[tokio::test]
async fn no_operation_needs_data() {
    let nothings = [
        json!({"code": 0, "msg": "success"}),
        json!({"code": 0, "msg": "", "data": null}),
        json!({"code": 0, "msg": "", "data": {}}),
        json!({"code": 0, "msg": "", "data": []}),
        json!({"code": "0", "msg": null, "data": ""}),
    ];
    let mut failed = Vec::new();
    for nothing in nothings {
        let mut api = crate::own_api();
        for operation in &mut api.operations {
            if let Answer::Json { example, .. } = &mut operation.answer {
                *example = Some(nothing.clone());
            }
        }
        let server = ExampleServer::start(&api);
        let client = Client::builder()
            .base_url(server.url())
            .token("t-1")
            .employee_type(EmployeeType::EmployeeId)
            .no_proxy()
            .build()
            .expect("the client can be built");
        for call in calls::all(&client) {
            if let Err(error) = call.sent.await {
                failed.push(format!("{} with {nothing}: {error}", call.operation));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
