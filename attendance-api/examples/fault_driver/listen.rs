//! Events by long connection: counts what the handler is called with.

use std::sync::Arc;
use std::time::Duration;

use attendance_api::events::{ConnectErrorKind, Dispatcher, LongConnection, RawEvent};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::calls::Line;

/// How long nothing must come before the line counts as quiet.
const QUIET: Duration = Duration::from_millis(500);

pub(crate) async fn listen(plan: &Value, call: &Value) -> Line {
    let ids = Arc::new(watch::Sender::new(Vec::<String>::new()));
    let heard = Arc::clone(&ids);
    let dispatcher = Dispatcher::<RawEvent>::builder()
        .otherwise(move |delivery| {
            heard.send_modify(|ids| ids.push(delivery.meta.event_id.clone()));
            async { Ok::<(), std::convert::Infallible>(()) }
        })
        .build();
    let text = |name: &str| plan[name].as_str().unwrap_or_default().to_owned();
    let connection = LongConnection::builder(text("app_id"), text("app_secret"), dispatcher)
        .base_url(text("base_url"))
        .build();
    let ended = match connection {
        Ok(connection) => connection.run(enough(ids.subscribe(), call)).await,
        Err(error) => Err(error),
    };
    let event_ids = ids.borrow().clone();
    match ended {
        Ok(()) => Ok(json!({ "ok": true, "count": event_ids.len(), "event_ids": event_ids })),
        Err(error) => Err(json!({
            "ok": false,
            "kind": kind(error.kind()),
            "code": error.code(),
            "http": null,
            "msg": error.message(),
            "display": error.to_string(),
            "debug": format!("{error:?}"),
            "variant": "Unknown",
            "scopes": [],
            "event_ids": event_ids,
        })),
    }
}

/// Ends when the expected events came and the line is quiet, or when the time is up.
async fn enough(mut ids: watch::Receiver<Vec<String>>, call: &Value) {
    let expect = call["expect"].as_u64().unwrap_or(u64::MAX);
    let end = Instant::now() + Duration::from_millis(call["for_ms"].as_u64().unwrap_or(10_000));
    let distinct =
        |ids: &[String]| ids.iter().collect::<std::collections::HashSet<_>>().len() as u64;
    loop {
        if distinct(&ids.borrow_and_update()) < expect {
            match timeout_at(end, ids.changed()).await {
                Ok(Ok(())) => continue,
                Ok(Err(_)) => return sleep_until(end).await,
                Err(_) => return,
            }
        }
        let quiet = Instant::now() + QUIET;
        if timeout_at(quiet.min(end), ids.changed()).await.is_err() {
            return;
        }
    }
}

fn kind(kind: ConnectErrorKind) -> &'static str {
    match kind {
        ConnectErrorKind::Credentials
        | ConnectErrorKind::WrongDomain
        | ConnectErrorKind::TooManyConnections
        | ConnectErrorKind::Forbidden
        | ConnectErrorKind::Ticket => "auth",
        ConnectErrorKind::Transport => "connect",
        ConnectErrorKind::Server => "http",
        ConnectErrorKind::Answer => "decode",
        ConnectErrorKind::Lost => "io",
        ConnectErrorKind::Address => "input",
        _ => "other",
    }
}
