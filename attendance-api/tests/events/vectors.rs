//! Deliveries that were made by other implementations.

use attendance_api::events::{CallbackRequest, EncryptKey, Event, EventHandler, EventSet};
use serde_json::Value;

use crate::support::Seen;

fn fixtures(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a fixture is JSON")
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().expect("a fixture has all members")
}

fn request(fixture: &Value) -> CallbackRequest {
    let headers = fixture["headers"]
        .as_object()
        .expect("a fixture has headers");
    let request = CallbackRequest::new("POST", text(fixture, "body").to_owned());
    headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value.as_str().expect("a header is text"))
    })
}

#[tokio::test]
async fn deliveries_that_the_official_sdks_accept_are_accepted() {
    for fixture in fixtures(include_str!("fixtures/public.json")) {
        let seen = Seen::default();
        let handler = EventHandler::builder(seen.builder().build())
            .encrypt_key(text(&fixture, "encrypt_key"))
            .verification_token(text(&fixture, "verification_token"))
            .clock(|| 1_760_003_700)
            .build()
            .expect("a key is set");
        let opened = handler
            .inspect(&request(&fixture))
            .expect("the delivery is good");
        assert_eq!(opened, text(&fixture, "plaintext").as_bytes());
        let answer = handler.handle(request(&fixture)).await;
        assert_eq!(answer.status, 200, "{}", fixture["name"]);
        match &fixture["answer"] {
            Value::Null => {
                let document: Value = serde_json::from_slice(&opened).expect("an event is JSON");
                assert_eq!(seen.ids(), [text(&document["header"], "event_id")]);
            }
            expected => {
                assert_eq!(
                    serde_json::from_slice::<Value>(&answer.body).ok().as_ref(),
                    Some(expected)
                );
                assert!(seen.ids().is_empty());
            }
        }
    }
}

/// The document of the first or second public delivery, decoded.
fn decoded(index: usize) -> Event {
    let fixtures = fixtures(include_str!("fixtures/public.json"));
    let plaintext = text(&fixtures[index], "plaintext");
    let document: Value = serde_json::from_str(plaintext).expect("an event is JSON");
    let event_type = text(&document["header"], "event_type");
    let known = Event::TYPES.iter().position(|known| *known == event_type);
    Event::decode(known.expect("its type is known"), plaintext.as_bytes())
        .expect("the sample is an event")
}

#[test]
fn the_documents_are_typed() {
    let Event::AttendanceUserFlowCreatedV1(flow) = decoded(0) else {
        panic!("a punch")
    };
    assert_eq!(flow.header.event_id, "f0a1b2c3d4e5f60718293a4b5c6d7e8f");
    assert_eq!(flow.event.location_name.as_deref(), Some("北区三号楼大堂"));
    assert_eq!(
        flow.event
            .check_time
            .map(|time| time.to_string())
            .as_deref(),
        Some("1760000521")
    );
    assert_eq!(flow.event.record_id, "7559331200458817538");
    let Event::AttendanceUserTaskUpdatedV1(task) = decoded(1) else {
        panic!("a change of a result")
    };
    assert_eq!(
        task.event.date.map(|date| date.to_string()).as_deref(),
        Some("2025-10-09")
    );
    assert_eq!(task.event.task_id.as_deref(), Some("7559340011227783170"));
    let change = &task.event.status_changes[0];
    assert_eq!(change.index, Some(1));
    assert!(
        change
            .current_status
            .as_ref()
            .is_some_and(|status| status.as_str() == "Normal")
    );
}

#[test]
fn ciphertexts_and_signatures_of_nodes_crypto_are_ours() {
    for fixture in fixtures(include_str!("fixtures/node_crypto.json")) {
        let key = EncryptKey::new(text(&fixture, "key"));
        let encrypted = text(&fixture, "encrypt");
        let plain = text(&fixture, "text").as_bytes();
        assert_eq!(key.decrypt(encrypted).as_deref(), Ok(plain));
        let iv = u128::from_str_radix(text(&fixture, "iv"), 16).expect("an IV is hexadecimal");
        assert_eq!(key.encrypt(plain, iv.to_be_bytes()), encrypted);
        let body = format!(r#"{{"encrypt":"{encrypted}"}}"#);
        let (timestamp, nonce) = (text(&fixture, "timestamp"), text(&fixture, "nonce"));
        assert_eq!(
            key.sign(timestamp, nonce, body.as_bytes()),
            text(&fixture, "signature")
        );
    }
}
