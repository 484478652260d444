//! Long connections, as far as HTTP carries them: the search for an address, and the handshake there.

use serde_json::{Value, json};

use super::answer::Answer;
use super::core::{Incoming, Inner};
use super::courier::accept;
use super::text::query_pairs;
use crate::events::peer::address_answer;

/// Where the handshake is expected.
pub(crate) const PATH: &str = "/ws/v2";

/// More connections than an app may have.
const FULL: i64 = 1_000_040_350;

pub(super) fn endpoint(inner: &mut Inner, incoming: &Incoming) -> Answer {
    let body: Value = serde_json::from_slice(&incoming.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let refused = |code: i64, msg: &str| {
        let body = json!({ "code": code, "msg": msg }).to_string();
        Answer::json(200, code, body.into_bytes())
    };
    if let Err((code, msg)) = inner.tokens.find(text("AppID"), text("AppSecret")) {
        return refused(code, msg);
    }
    if inner.deliveries.is_full() {
        return refused(FULL, "the number of connections exceeded the limit");
    }
    let host = incoming.header("host").unwrap_or_default();
    let device = format!("sandbox{}", inner.journal.next_number());
    Answer::json(
        200,
        0,
        address_answer(host, PATH, &device, None).into_bytes(),
    )
}

pub(super) fn handshake(inner: &mut Inner, incoming: &Incoming) -> Answer {
    let query = query_pairs(&incoming.query);
    let find = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    };
    let device = find("device_id");
    let known = !device.is_empty() && find("ticket") == format!("ticket-{device}");
    let refused = |code: i64, msg: &str| {
        let mut answer = Answer::text(403, "text/plain", "");
        answer.headers.push(("handshake-status", "514".to_owned()));
        answer.headers.push(("handshake-msg", msg.to_owned()));
        answer
            .headers
            .push(("handshake-autherrcode", code.to_string()));
        answer
    };
    if !known {
        return refused(1_000_040_340, "ticket is invalid");
    }
    if inner.deliveries.is_full() {
        return refused(FULL, "the number of connections exceeded the limit");
    }
    let Some(key) = incoming.header("sec-websocket-key") else {
        return Answer::text(400, "text/plain", "not a WebSocket handshake");
    };
    let mut answer = Answer::text(101, "text/plain", "");
    answer.headers = accept(key);
    answer
}
