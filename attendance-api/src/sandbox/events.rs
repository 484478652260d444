//! Events: what changes of the state cause, as the plain documents that a subscriber gets.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::text::Scatter;
use super::tokens::TENANT_KEY;

/// Events kept to assert on.
const KEPT: usize = 10_000;

/// The verification token that every event carries.
pub(crate) const VERIFICATION_TOKEN: &str = "sandboxVerificationToken";

/// An event, before it is encrypted, signed or framed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EmittedEvent {
    /// The same in every delivery of this event.
    pub event_id: String,
    /// Such as `attendance.user_task.updated_v1`.
    pub event_type: String,
    /// The whole document: schema, header, event.
    pub document: Value,
}

/// Who is told of events.
///
/// It is called on the server's thread, after the answer of the call that caused the event is made and without any
/// lock held; it should hand the event on and return.
pub trait EventSink: Send + Sync {
    /// Takes an event.
    fn deliver(&self, event: &EmittedEvent);
}

impl<F: Fn(&EmittedEvent) + Send + Sync> EventSink for F {
    fn deliver(&self, event: &EmittedEvent) {
        self(event);
    }
}

pub(crate) struct Events {
    pub(crate) sinks: Vec<Arc<dyn EventSink>>,
    kept: VecDeque<Arc<EmittedEvent>>,
    scatter: Scatter,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            sinks: Vec::new(),
            kept: VecDeque::new(),
            scatter: Scatter::new(0x65_7665),
        }
    }
}

impl Events {
    /// The ticket of a store app comes in the older form.
    pub(crate) fn record_ticket(&mut self, ticket: &str, app: &str, now: i64) -> Arc<EmittedEvent> {
        let event_id = self.scatter.hex(32);
        let document = json!({
            "ts": format!("{}.{:03}0000", now.div_euclid(1000), now.rem_euclid(1000)),
            "uuid": event_id,
            "token": VERIFICATION_TOKEN,
            "type": "event_callback",
            "event": { "type": "app_ticket", "app_id": app, "app_ticket": ticket },
        });
        self.keep(EmittedEvent {
            event_id,
            event_type: "app_ticket".to_owned(),
            document,
        })
    }

    pub(crate) fn record(
        &mut self,
        event_type: &str,
        event: Value,
        app: &str,
        now: i64,
    ) -> Arc<EmittedEvent> {
        let event_id = self.scatter.hex(32);
        let document = json!({
            "schema": "2.0",
            "header": {
                "event_id": event_id,
                "token": VERIFICATION_TOKEN,
                "create_time": now.to_string(),
                "event_type": event_type,
                "tenant_key": TENANT_KEY,
                "app_id": app,
            },
            "event": event,
        });
        self.keep(EmittedEvent {
            event_id,
            event_type: event_type.to_owned(),
            document,
        })
    }

    fn keep(&mut self, event: EmittedEvent) -> Arc<EmittedEvent> {
        let event = Arc::new(event);
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Arc::clone(&event));
        event
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<EmittedEvent>> {
        self.kept.iter()
    }
}
