//! One event in a task of its own: claimed, decoded, handled, and completed or released.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::progress::{Hold, Progress};
use super::{Delivery, Handler, Inner, Outcome};
use crate::event_set::{EventSet, RawEvent};
use crate::events::envelope::EventMeta;
use crate::events::store::{BoxError, Claim};

/// One event in its own task.
pub(super) struct Job<E> {
    guard: Guard<E>,
    meta: EventMeta,
    document: Bytes,
    hold: Hold,
}

/// Takes the event out of the list of those in flight, however its task ends.
struct Guard<E> {
    inner: Arc<Inner<E>>,
    event_id: String,
    sender: watch::Sender<Progress>,
}

impl<E> Drop for Guard<E> {
    fn drop(&mut self) {
        self.inner.lock_in_flight().remove(&self.event_id);
    }
}

impl<E: EventSet> Job<E> {
    /// An event that is in the list of those in flight already.
    pub(super) fn new(
        inner: Arc<Inner<E>>,
        meta: EventMeta,
        document: Bytes,
        hold: Hold,
        sender: watch::Sender<Progress>,
    ) -> Self {
        let guard = Guard {
            inner,
            event_id: meta.event_id.clone(),
            sender,
        };
        Self {
            guard,
            meta,
            document,
            hold,
        }
    }

    pub(super) async fn run(self, permit: OwnedSemaphorePermit) {
        let outcome = self.claim_and_handle().await;
        let Self { guard, meta, .. } = self;
        tracing::debug!(
            event_id = meta.event_id,
            event_type = meta.event_type,
            ?outcome,
            "event ended"
        );
        // The id leaves the list before its end is told: whoever hears of a failure may send the event again at once.
        let sender = guard.sender.clone();
        drop(guard);
        drop(permit);
        sender.send_replace(Progress::Ended(outcome));
    }

    async fn claim_and_handle(&self) -> Outcome {
        let inner = &*self.guard.inner;
        let Some(handler) = inner
            .handlers
            .get(&self.meta.event_type)
            .or(inner.otherwise.as_ref())
        else {
            inner.counters.unhandled.bump();
            return Outcome::Unhandled;
        };
        match self.claim().await {
            Ok(Claim::New) => self.handle(handler).await,
            Ok(Claim::Done) => {
                inner.counters.duplicates.bump();
                Outcome::Duplicate
            }
            Ok(Claim::Busy) => Outcome::Busy,
            Err(error) => self.store_failed(&error, "claim"),
        }
    }

    async fn claim(&self) -> Result<Claim, BoxError> {
        let inner = &*self.guard.inner;
        let text = std::str::from_utf8(&self.document)?;
        inner
            .store
            .claim(&self.meta.event_id, text, inner.lease(self.hold))
            .await
    }

    async fn handle(&self, handler: &Handler<E>) -> Outcome {
        let inner = &*self.guard.inner;
        self.guard.sender.send_replace(Progress::Accepted);
        if !self.attempt_all(handler).await {
            self.give_up().await;
            return Outcome::Failed;
        }
        inner.counters.handled.bump();
        if let Err(error) = inner.store.complete(&self.meta.event_id).await {
            // The handler has succeeded: a redelivery could only do harm, so the event counts as handled.
            self.store_failed(&error, "complete");
        }
        Outcome::Handled
    }

    /// Nobody sends an acknowledged event again, so its claim is left in the store: a durable one gives it back as pending.
    async fn give_up(&self) {
        let inner = &*self.guard.inner;
        if self.hold == Hold::UntilAccepted {
            inner.counters.lost.bump();
            tracing::error!(
                event_id = self.meta.event_id,
                "an acknowledged event could not be handled"
            );
        } else if let Err(error) = inner.store.release(&self.meta.event_id).await {
            self.store_failed(&error, "release");
        }
    }

    /// One attempt, or several if nobody else would repeat the event.
    async fn attempt_all(&self, handler: &Handler<E>) -> bool {
        let inner = &*self.guard.inner;
        let retries = match self.hold {
            Hold::UntilEnd => &[],
            Hold::UntilAccepted => &*inner.retries,
        };
        for pause in retries {
            if self.attempt(handler).await {
                return true;
            }
            tokio::time::sleep(*pause).await;
        }
        self.attempt(handler).await
    }

    async fn attempt(&self, handler: &Handler<E>) -> bool {
        let inner = &*self.guard.inner;
        let Ok(_running) = inner.running.acquire().await else {
            return false;
        };
        let call = AssertUnwindSafe(async { handler(self.delivery()).await }).catch_unwind();
        let (counter, reason) = match tokio::time::timeout(inner.handler_timeout, call).await {
            Ok(Ok(Ok(()))) => return true,
            Ok(Ok(Err(error))) => (&inner.counters.failed, error.to_string()),
            Ok(Err(_panic)) => (&inner.counters.panicked, "panic".to_owned()),
            Err(_elapsed) => (&inner.counters.timed_out, "took too long".to_owned()),
        };
        counter.bump();
        tracing::warn!(
            event_id = self.meta.event_id,
            event_type = self.meta.event_type,
            reason,
            "an event handler failed"
        );
        false
    }

    fn delivery(&self) -> Delivery<E> {
        Delivery {
            event: self.decode(),
            meta: self.meta.clone(),
            document: self.document.clone(),
        }
    }

    fn decode(&self) -> E {
        let known = E::TYPES
            .iter()
            .position(|known| *known == self.meta.event_type);
        let unknown = || {
            E::unknown(RawEvent::new(
                self.meta.event_type.clone(),
                self.document.clone(),
            ))
        };
        let Some(index) = known else { return unknown() };
        E::decode(index, &self.document).unwrap_or_else(|error| {
            self.guard.inner.counters.undecodable.bump();
            tracing::warn!(event_id = self.meta.event_id, %error, "the payload of an event did not decode");
            unknown()
        })
    }

    fn store_failed(&self, error: &BoxError, step: &str) -> Outcome {
        self.guard.inner.counters.store_errors.bump();
        tracing::error!(event_id = self.meta.event_id, %error, step, "the store of event ids failed");
        Outcome::StoreFailed
    }
}
