//! The courier: carries due events to the callback or onto a long connection, and notes what became of them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

use super::core::Shared;
use super::delivery::{DeliveryPlan, Due};
use super::text::mix;
use crate::events::EncryptKey;
use crate::events::peer::{Peer, Received};

/// How long a receiver may take to acknowledge.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often the clock is looked at for a further try.
const GLANCE: Duration = Duration::from_millis(20);

/// Carries events until the server ends.
pub(crate) async fn carry(core: Shared) {
    let mut client = None;
    loop {
        let woken = std::pin::pin!(core.wake.notified());
        let glanced = std::pin::pin!(tokio::time::sleep(GLANCE));
        let _ = select(woken, glanced).await;
        let (plan, ready) = {
            let mut inner = core.lock();
            let now = inner.clock.millis();
            let all = std::mem::take(&mut inner.flush);
            (
                inner.deliveries.plan.clone(),
                inner.deliveries.take_due(now, all),
            )
        };
        for due in ready {
            let line = core.lock().deliveries.line(&due);
            if let Some(line) = line {
                // A line that has just closed gives the event back.
                if let Err(back) = line.send(due) {
                    core.ended(&back.0, None);
                }
                continue;
            }
            // Made late, since it reads the certificates of the machine.
            client = client.or_else(make_client);
            match &client {
                Some(client) if plan.callback.is_some() => {
                    let call = call_back(Arc::clone(&core), client.clone(), plan.clone(), due);
                    tokio::spawn(call);
                }
                _ => core.ended(&due, None),
            }
        }
    }
}

/// `None` where there is no TLS; then nothing can be carried to a callback.
fn make_client() -> Option<reqwest::Client> {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
    client.build().ok()
}

async fn call_back(core: Shared, client: reqwest::Client, plan: DeliveryPlan, due: Due) {
    let now = core.lock().clock.seconds();
    let request = callback_request(&client, &plan, &due.event.document, now, due.attempt);
    let status = match request {
        Some(request) => request
            .send()
            .await
            .ok()
            .map(|answer| answer.status().as_u16()),
        None => None,
    };
    core.ended(&due, status);
}

/// The request that brings a document to the callback, encrypted and signed if there is a key.
fn callback_request(
    client: &reqwest::Client,
    plan: &DeliveryPlan,
    document: &Value,
    now: i64,
    salt: usize,
) -> Option<reqwest::RequestBuilder> {
    let request = client
        .post(plan.callback.as_deref()?)
        .header("content-type", "application/json;charset=utf-8");
    let text = document.to_string();
    let Some(key) = &plan.encrypt_key else {
        return Some(request.body(text));
    };
    let key = EncryptKey::new(key);
    // A sandbox's secret keeps nothing secret; a vector that only looks random makes runs repeatable.
    let chance = text
        .bytes()
        .fold(salt as u64, |sum, byte| mix(sum ^ u64::from(byte)));
    let mut vector = [0; 16];
    vector[..8].copy_from_slice(&chance.to_be_bytes());
    vector[8..].copy_from_slice(&mix(chance).to_be_bytes());
    let body = json!({ "encrypt": key.encrypt(text.as_bytes(), vector) }).to_string();
    let (timestamp, nonce) = (now.to_string(), format!("{chance:016x}"));
    let signature = key.sign(&timestamp, &nonce, body.as_bytes());
    Some(
        request
            .header("x-lark-request-timestamp", timestamp)
            .header("x-lark-request-nonce", nonce)
            .header("x-lark-signature", signature)
            .body(body),
    )
}

/// Sends the challenge that the console sends when a callback is saved, and says whether it was answered.
pub(crate) async fn challenge(plan: &DeliveryPlan, token: &str) -> Result<(), String> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(1))
        .build()
        .map_err(|error| error.to_string())?;
    let challenge = "ajls384kdjx98XX";
    let document = json!({ "challenge": challenge, "token": token, "type": "url_verification" });
    let url = plan.callback.as_deref().ok_or("the plan has no callback")?;
    // The challenge comes without a signature, also when it is encrypted.
    let body = match &plan.encrypt_key {
        Some(key) => {
            json!({ "encrypt": EncryptKey::new(key).encrypt(document.to_string().as_bytes(), [7; 16]) })
        }
        None => document,
    };
    let answer = client
        .post(url)
        .header("content-type", "application/json;charset=utf-8")
        .body(body.to_string())
        .send()
        .await
        .map_err(|error| error.to_string())?;
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.map_err(|error| error.to_string())?;
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status == 200 && value["challenge"] == challenge {
        return Ok(());
    }
    Err(format!(
        "the callback answered {status} {}",
        String::from_utf8_lossy(&bytes)
    ))
}

/// What a line waits for next.
enum Turn {
    Send(Due),
    Came(Received),
    Late,
    Gone,
}

/// Serves one long connection until the client is gone.
pub(crate) async fn hold_line<S: AsyncRead + AsyncWrite + Unpin>(core: Shared, socket: S) {
    let (number, mut events) = core.lock().deliveries.open_line();
    let mut peer = Peer::new(socket).await;
    let mut open: Vec<(String, Due, tokio::time::Instant)> = Vec::new();
    let mut sent = 0_u64;
    loop {
        match turn(
            &mut peer,
            &mut events,
            open.first().map(|(_, _, until)| *until),
        )
        .await
        {
            Turn::Send(due) => {
                sent += 1;
                let id = format!("{number}-{sent}");
                let parts = core.lock().deliveries.plan.fragments.max(1);
                let document = due.event.document.to_string();
                open.push((id.clone(), due, tokio::time::Instant::now() + PATIENCE));
                if peer.send_event(&id, &document, parts).await.is_err() {
                    break;
                }
            }
            Turn::Came(Received::Ping) => {
                if peer.pong(None).await.is_err() {
                    break;
                }
            }
            Turn::Came(Received::Acknowledgement { message_id, code }) => {
                if let Some(place) = open.iter().position(|(id, _, _)| *id == message_id) {
                    let (_, due, _) = open.remove(place);
                    core.ended(&due, Some(code));
                }
            }
            Turn::Came(Received::Other) => {}
            Turn::Late => {
                let (_, due, _) = open.remove(0);
                core.ended(&due, None);
            }
            Turn::Gone => break,
        }
    }
    core.lock().deliveries.close_line(number);
    events.close();
    while let Some(due) = events.recv().await {
        core.ended(&due, None);
    }
    for (_, due, _) in &open {
        core.ended(due, None);
    }
}

async fn turn<S: AsyncRead + AsyncWrite + Unpin>(
    peer: &mut Peer<S>,
    events: &mut mpsc::UnboundedReceiver<Due>,
    until: Option<tokio::time::Instant>,
) -> Turn {
    let came = std::pin::pin!(peer.next());
    let sends = std::pin::pin!(events.recv());
    let late = std::pin::pin!(async {
        match until {
            Some(until) => tokio::time::sleep_until(until).await,
            None => std::future::pending().await,
        }
    });
    match select(select(came, sends), late).await {
        Either::Left((Either::Left((came, _)), _)) => came.map_or(Turn::Gone, Turn::Came),
        Either::Left((Either::Right((due, _)), _)) => due.map_or(Turn::Gone, Turn::Send),
        Either::Right(_) => Turn::Late,
    }
}

/// The answer to a handshake that is accepted.
pub(crate) fn accept(key: &str) -> Vec<(&'static str, String)> {
    vec![
        ("upgrade", "websocket".to_owned()),
        ("connection", "Upgrade".to_owned()),
        ("sec-websocket-accept", crate::events::peer::accept_key(key)),
    ]
}
