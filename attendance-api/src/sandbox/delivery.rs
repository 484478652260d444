//! Delivery: which event is due where and when, again and again until it is acknowledged.
//!
//! As the platform does it: five tries, by the sandbox's clock 15 s, 5 min, 1 h and 6 h apart; with a long connection
//! open, an event goes to one of them, else to the callback. With neither it is kept, but not delivered.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::events::EmittedEvent;
use super::text::mix;

/// Pauses before a further try, in milliseconds.
const LADDER: [i64; 4] = [15_000, 300_000, 3_600_000, 21_600_000];
/// Tries kept to look at.
const KEPT: usize = 10_000;
/// Connections that an app may have.
pub(crate) const MOST_LINES: usize = 50;

/// How events are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryPlan {
    /// The callback, such as `http://127.0.0.1:9000/events`.
    pub callback: Option<String>,
    /// Encrypts and signs what goes to the callback.
    pub encrypt_key: Option<String>,
    /// Every n-th event is delivered twice although it was acknowledged; 0 means none.
    pub duplicate_every: usize,
    /// Holds events back until so many wait, and delivers them in scattered order; 0 and 1 mean at once, in order.
    pub hold: usize,
    /// Frames into which an event is cut on a long connection.
    pub fragments: usize,
}

impl Default for DeliveryPlan {
    fn default() -> Self {
        Self {
            callback: None,
            encrypt_key: None,
            duplicate_every: 0,
            hold: 0,
            fragments: 1,
        }
    }
}

/// A try to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// The event.
    pub event_id: String,
    /// Counts from 1.
    pub attempt: usize,
    /// The HTTP status, or the code of the acknowledgement; none if there was no answer in time.
    pub status: Option<u16>,
}

impl DeliveryAttempt {
    /// Whether the event counts as delivered.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.status == Some(200)
    }
}

/// An event that waits for its next try.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) event: Arc<EmittedEvent>,
    pub(crate) attempt: usize,
    at: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    pub(crate) plan: DeliveryPlan,
    pub(crate) attempts: VecDeque<DeliveryAttempt>,
    waiting: Vec<Due>,
    lines: HashMap<u64, mpsc::UnboundedSender<Due>>,
    count: usize,
    opened: u64,
}

impl Deliveries {
    /// Puts a new event into the queue, if there is anywhere to deliver it.
    pub(crate) fn add(&mut self, event: &Arc<EmittedEvent>, now: i64) {
        if self.plan.callback.is_none() && self.lines.is_empty() {
            return;
        }
        self.count += 1;
        let due = Due {
            event: Arc::clone(event),
            attempt: 1,
            at: now,
        };
        if self.plan.duplicate_every > 0 && self.count.is_multiple_of(self.plan.duplicate_every) {
            self.waiting.push(due.clone());
        }
        self.waiting.push(due);
    }

    /// Takes what is to be sent now; `all` lets nothing be held back.
    pub(crate) fn take_due(&mut self, now: i64, all: bool) -> Vec<Due> {
        let fresh = self.waiting.iter().filter(|due| due.attempt == 1).count();
        let hold = !all && fresh < self.plan.hold;
        let ready = |due: &Due| due.at <= now && !(hold && due.attempt == 1);
        let (mut ready, rest): (Vec<Due>, Vec<Due>) = self.waiting.drain(..).partition(ready);
        self.waiting = rest;
        if self.plan.hold > 1 {
            let place = |due: &Due| {
                due.event
                    .event_id
                    .bytes()
                    .fold(3, |sum, byte| mix(sum ^ u64::from(byte)))
            };
            ready.sort_by_key(place);
        }
        ready
    }

    /// Notes how a try ended, and puts the event back if it failed and has tries left.
    pub(crate) fn ended(&mut self, due: &Due, status: Option<u16>, now: i64) {
        let event_id = due.event.event_id.clone();
        let attempt = DeliveryAttempt {
            event_id,
            attempt: due.attempt,
            status,
        };
        if let Some(pause) = LADDER
            .get(due.attempt - 1)
            .filter(|_| !attempt.is_delivered())
        {
            self.waiting.push(Due {
                attempt: due.attempt + 1,
                at: now.saturating_add(*pause),
                ..due.clone()
            });
        }
        if self.attempts.len() == KEPT {
            self.attempts.pop_front();
        }
        self.attempts.push_back(attempt);
    }

    /// The line that this event goes over, if one is open.
    pub(crate) fn line(&self, due: &Due) -> Option<mpsc::UnboundedSender<Due>> {
        let mut numbers: Vec<&u64> = self.lines.keys().collect();
        numbers.sort_unstable();
        let chance = due
            .event
            .event_id
            .bytes()
            .fold(due.attempt as u64, |sum, byte| mix(sum ^ u64::from(byte)));
        let number = numbers.get(usize::try_from(chance).unwrap_or(0) % numbers.len().max(1))?;
        self.lines.get(number).cloned()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.lines.len() >= MOST_LINES
    }

    pub(crate) fn open_line(&mut self) -> (u64, mpsc::UnboundedReceiver<Due>) {
        self.opened += 1;
        let (sender, receiver) = mpsc::unbounded_channel();
        self.lines.insert(self.opened, sender);
        (self.opened, receiver)
    }

    pub(crate) fn close_line(&mut self, number: u64) {
        self.lines.remove(&number);
    }

    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }
}
