//! From an event's text to the handler that wants it: once per event id, in a bounded queue, with failures contained.
//!
//! Both ways of delivery end here. An event is claimed in the [`EventStore`], decoded, given to its handler, and completed
//! or released. Copies that come while the first is being handled wait for its end and share it. A full queue is told to
//! the caller, who must not acknowledge. A handler that fails, panics or takes too long releases its claim, so that the
//! redelivery is handled; nothing is remembered but success.
//! Does not: check where an event came from; that is done by those who call it.

mod job;
mod progress;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::sync::{Semaphore, watch};

use self::job::Job;
use self::progress::Progress;
pub(crate) use self::progress::{Hold, Submitted};
use super::envelope::{self, Envelope, EventMeta};
use super::stats::{Counters, EventStats};
use super::store::{BoxError, EventStore, MemoryStore};
use crate::event_set::{EventDocument, EventSet};

/// An event on its way to a handler.
#[derive(Debug)]
#[non_exhaustive]
pub struct Delivery<E> {
    /// The event, decoded; of the unknown kind if its type is not in the description or its payload did not decode.
    pub event: E,
    /// Id, type, time and tenant.
    pub meta: EventMeta,
    /// The whole document as it was sent (decrypted, if it was encrypted).
    pub document: Bytes,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The handler succeeded.
    Handled,
    /// The event was handled before.
    Duplicate,
    /// No handler wanted it.
    Unhandled,
    /// The handler returned an error, panicked or took too long.
    Failed,
    /// The queue was full, or the dispatcher is closed.
    Overloaded,
    /// Another process is handling it.
    Busy,
    /// The store of ids failed.
    StoreFailed,
    /// Handling was cut off, such as by the end of the runtime.
    Interrupted,
}

impl Outcome {
    /// Whether Feishu need not send the event again.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Handled | Self::Duplicate | Self::Unhandled)
    }
}

type HandlerFuture = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;
type Handler<E> = Arc<dyn Fn(Delivery<E>) -> HandlerFuture + Send + Sync>;

/// Takes events from a callback or from a long connection to the handlers. Cheap to clone; clones share everything.
///
/// It must be used inside a tokio runtime: each event is handled in a task of its own.
pub struct Dispatcher<E> {
    inner: Arc<Inner<E>>,
}

/// Collects handlers and limits for a [`Dispatcher`].
#[must_use = "a builder does nothing until it is built"]
pub struct DispatcherBuilder<E> {
    handlers: HashMap<String, Handler<E>>,
    otherwise: Option<Handler<E>>,
    store: Arc<dyn EventStore>,
    capacity: usize,
    concurrency: usize,
    handler_timeout: Duration,
    retries: Vec<Duration>,
}

struct Inner<E> {
    handlers: HashMap<String, Handler<E>>,
    otherwise: Option<Handler<E>>,
    store: Arc<dyn EventStore>,
    /// One permit for every event that is waiting or being handled.
    queue: Arc<Semaphore>,
    capacity: usize,
    /// One permit for every handler that runs.
    running: Semaphore,
    handler_timeout: Duration,
    retries: Vec<Duration>,
    in_flight: Mutex<HashMap<String, watch::Receiver<Progress>>>,
    counters: Counters,
}

impl<E: EventSet> Dispatcher<E> {
    /// Starts a dispatcher without handlers.
    pub fn builder() -> DispatcherBuilder<E> {
        DispatcherBuilder {
            handlers: HashMap::new(),
            otherwise: None,
            store: Arc::new(MemoryStore::default()),
            capacity: 1024,
            concurrency: 64,
            handler_timeout: Duration::from_secs(60),
            retries: [1, 15, 300].map(Duration::from_secs).to_vec(),
        }
    }

    /// Hands a document over and waits until its handler has ended.
    ///
    /// For documents whose origin is known to be good; a callback goes through `EventHandler`. Dropping the future
    /// does not stop the handler.
    ///
    /// # Errors
    ///
    /// The document is not one event in JSON.
    pub async fn dispatch(&self, document: impl Into<Bytes>) -> Result<Outcome, NotAnEvent> {
        let document = document.into();
        match envelope::read(&document) {
            Ok(Envelope::Event { meta, .. } | Envelope::Ticket { meta, .. }) => {
                Ok(self.submit(meta, document, Hold::UntilEnd).ended().await)
            }
            Ok(Envelope::Challenge { .. }) | Err(_) => Err(NotAnEvent(())),
        }
    }

    /// Handles what a durable store still holds from before a crash; gives the number of events that are done now.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub async fn recover(&self) -> Result<usize, BoxError> {
        let mut done = 0;
        for document in self.inner.store.pending().await? {
            match self.dispatch(document).await {
                Ok(outcome) => done += usize::from(outcome.is_done()),
                Err(error) => {
                    tracing::error!(%error, "the store holds a document that is no event")
                }
            }
        }
        Ok(done)
    }

    /// Takes no further event and waits until the accepted ones have ended.
    pub async fn close(&self) {
        let all = u32::try_from(self.inner.capacity).unwrap_or(u32::MAX);
        // Waiting callers are served in order, so from here on `try_acquire` finds no permit.
        let drained = self.inner.queue.acquire_many(all).await;
        self.inner.queue.close();
        drop(drained);
    }

    /// The counters since the start.
    pub fn stats(&self) -> EventStats {
        self.inner.counters.snapshot()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.inner.counters
    }

    /// Queues an event whose envelope was read already.
    pub(crate) fn submit(&self, meta: EventMeta, document: Bytes, hold: Hold) -> Submitted {
        let mut in_flight = self.inner.lock_in_flight();
        let slot = match in_flight.entry(meta.event_id.clone()) {
            Entry::Occupied(other) => {
                self.inner.counters.duplicates.bump();
                return Submitted {
                    progress: Ok(other.get().clone()),
                    is_copy: true,
                };
            }
            Entry::Vacant(slot) => slot,
        };
        let Ok(permit) = Arc::clone(&self.inner.queue).try_acquire_owned() else {
            self.inner.counters.overloaded.bump();
            tracing::warn!(
                event_id = meta.event_id,
                "the queue is full, the event is not acknowledged"
            );
            return Submitted {
                progress: Err(Outcome::Overloaded),
                is_copy: false,
            };
        };
        let (sender, receiver) = watch::channel(Progress::Queued);
        slot.insert(receiver.clone());
        drop(in_flight);
        let job = Job::new(Arc::clone(&self.inner), meta, document, hold, sender);
        tokio::spawn(job.run(permit));
        Submitted {
            progress: Ok(receiver),
            is_copy: false,
        }
    }
}

/// A document that is not one event in JSON.
#[derive(Debug)]
pub struct NotAnEvent(());

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the document is not one event in JSON")
    }
}

impl std::error::Error for NotAnEvent {}

impl<E> Clone for Dispatcher<E> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<E> fmt::Debug for Dispatcher<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("handlers", &self.inner.handlers.keys())
            .field("stats", &self.inner.counters.snapshot())
            .finish_non_exhaustive()
    }
}

impl<E: EventSet> DispatcherBuilder<E> {
    /// Handles events of one type, named as Feishu names it. The type need not be one that the description knows.
    pub fn on<F, R, X>(mut self, event_type: impl Into<String>, handler: F) -> Self
    where
        F: Fn(Delivery<E>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), X>> + Send + 'static,
        X: Into<BoxError> + 'static,
    {
        self.handlers.insert(event_type.into(), boxed(handler));
        self
    }

    /// Handles events of one type, decoded. The type is told by the first argument of the handler.
    ///
    /// A payload that does not decode counts as a failure of the handler.
    pub fn on_event<D, F, R, X>(self, handler: F) -> Self
    where
        D: EventDocument<Set = E>,
        F: Fn(D, EventMeta) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), X>> + Send + 'static,
        X: Into<BoxError> + 'static,
    {
        self.on(D::TYPE, move |delivery: Delivery<E>| {
            let call =
                D::from_event(delivery.event).map(|document| handler(document, delivery.meta));
            async move {
                match call {
                    Some(call) => call.await.map_err(Into::into),
                    None => Err(BoxError::from("the payload did not decode")),
                }
            }
        })
    }

    /// Handles every event that has no handler of its own. Without one such events are acknowledged and dropped.
    pub fn otherwise<F, R, X>(mut self, handler: F) -> Self
    where
        F: Fn(Delivery<E>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), X>> + Send + 'static,
        X: Into<BoxError> + 'static,
    {
        self.otherwise = Some(boxed(handler));
        self
    }

    /// Remembers handled events here. Default: [`MemoryStore::default`].
    pub fn store(mut self, store: Arc<dyn EventStore>) -> Self {
        self.store = store;
        self
    }

    /// How many events may wait or be handled at one time. Default 1,024; one more is not acknowledged.
    pub fn queue(mut self, events: usize) -> Self {
        self.capacity = events.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        self
    }

    /// How many handlers run at one time. Default 64.
    pub fn concurrency(mut self, handlers: usize) -> Self {
        self.concurrency = handlers.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How long a handler may take before it is stopped and counts as failed. Default one minute.
    pub fn handler_timeout(mut self, limit: Duration) -> Self {
        self.handler_timeout = limit;
        self
    }

    /// The pauses before an event that was acknowledged on acceptance is tried again after a failure, since Feishu will
    /// not send it again. Default 1 s, 15 s, 5 min. Events that are acknowledged after handling are left to Feishu.
    pub fn retries(mut self, pauses: impl IntoIterator<Item = Duration>) -> Self {
        self.retries = pauses.into_iter().collect();
        self
    }

    /// The dispatcher.
    pub fn build(self) -> Dispatcher<E> {
        let inner = Inner {
            handlers: self.handlers,
            otherwise: self.otherwise,
            store: self.store,
            queue: Arc::new(Semaphore::new(self.capacity)),
            capacity: self.capacity,
            running: Semaphore::new(self.concurrency),
            handler_timeout: self.handler_timeout,
            retries: self.retries,
            in_flight: Mutex::default(),
            counters: Counters::default(),
        };
        Dispatcher {
            inner: Arc::new(inner),
        }
    }
}

impl<E> fmt::Debug for DispatcherBuilder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DispatcherBuilder")
            .field("handlers", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}

fn boxed<E, F, R, X>(handler: F) -> Handler<E>
where
    F: Fn(Delivery<E>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<(), X>> + Send + 'static,
    X: Into<BoxError> + 'static,
{
    Arc::new(move |delivery| Box::pin(handler(delivery).map(|result| result.map_err(Into::into))))
}

impl<E> Inner<E> {
    /// How long a claim must hold: the time in the queue is bounded by nothing, so a claim is as long as the handler may
    /// take, its retries, and as much again.
    fn lease(&self, hold: Hold) -> Duration {
        let retries = match hold {
            Hold::UntilEnd => Duration::ZERO,
            Hold::UntilAccepted => self
                .retries
                .iter()
                .map(|pause| *pause + self.handler_timeout)
                .sum(),
        };
        (self.handler_timeout + retries).saturating_mul(2)
    }

    fn lock_in_flight(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Progress>>> {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
