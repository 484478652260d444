//! Every example of the description, read into its type and written again: nothing is lost and nothing is added.

use std::collections::BTreeSet;

use attendance_api::rt;
use serde_json::{Value as Json, json};

use crate::documents::{self, Role, differences};
use crate::round_trips;

#[test]
fn examples_come_back_as_they_were() {
    let mut wrong = Vec::new();
    for document in documents::all() {
        match document.again(&document.example) {
            Ok(came) => {
                let differences = differences(&document.example, &came);
                wrong.extend(
                    differences
                        .iter()
                        .map(|found| format!("{document}: {found}")),
                );
            }
            Err(error) => wrong.push(format!("{document}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No operation is without its examples, and no type without its operation.
#[test]
fn every_operation_and_event_has_its_examples() {
    let examples = documents::all();
    let has = |id: &str, role| {
        examples
            .iter()
            .any(|document| document.id == id && document.role == role)
    };
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for operation in documents::operations() {
        let id = operation["operationId"]
            .as_str()
            .expect("an operation has an id");
        ids.insert(id);
        if round_trips::request(id, b"{}").is_some() != has(id, Role::Request) {
            wrong.push(format!(
                "{id}: a type without an example of the request, or the reverse"
            ));
        }
        if round_trips::answer(id, b"{}").is_some() != has(id, Role::Answer) {
            wrong.push(format!(
                "{id}: a type without an example of the answer, or the reverse"
            ));
        }
    }
    for event in <attendance_api::Event as rt::EventSet>::TYPES {
        if round_trips::event(event, b"{}").is_none() || !has(event, Role::Event) {
            wrong.push(format!("{event}: no type or no example"));
        }
    }
    let known: BTreeSet<&str> = attendance_api::SERVICE
        .operations
        .iter()
        .map(|info| info.id)
        .collect();
    assert_eq!(ids, known);
    // Nothing is compared with nothing.
    assert!(ids.len() >= 39 && examples.len() >= ids.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The comparison sees a loss, an addition, another type and another order, and no difference between two kinds of nothing.
#[test]
fn differences_are_seen() {
    let sent = json!({"a": 1, "b": [1, 2], "c": {"d": "1"}, "e": null, "f": []});
    let same = json!({"a": 1, "b": [1, 2], "c": {"d": "1"}});
    assert_eq!(differences(&sent, &same), Vec::<String>::new());
    let others = [
        (json!({"b": [1, 2], "c": {"d": "1"}}), "/a: 1 became null"),
        (
            json!({"a": 1, "b": [1, 2], "c": {"d": "1"}, "g": 0}),
            "/g: null became 0",
        ),
        (
            json!({"a": 1, "b": [1, 2], "c": {"d": 1}}),
            "/c/d: \"1\" became 1",
        ),
        (
            json!({"a": 1, "b": [1], "c": {"d": "1"}}),
            "/b: [1,2] became [1]",
        ),
    ];
    for (came, told) in others {
        assert_eq!(differences(&sent, &came), [told]);
    }
    let swapped: Json = json!({"a": 1, "b": [2, 1], "c": {"d": "1"}});
    assert_eq!(differences(&sent, &swapped).len(), 2);
}
