//! Counters of what became of the events: cheap to bump from anywhere, read as one snapshot.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// How many events met which fate since the start.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct EventStats { $($(#[$doc])* pub $name: u64,)* }

        #[derive(Debug, Default)]
        pub(crate) struct Counters { $(pub(crate) $name: Counter,)* }

        impl Counters {
            pub(crate) fn snapshot(&self) -> EventStats {
                EventStats { $($name: self.$name.get(),)* }
            }
        }
    };
}

counters! {
    /// A handler took the event and succeeded.
    handled
    /// A copy of an event that was handled already, or was being handled.
    duplicates
    /// The handler returned an error.
    failed
    /// The handler panicked.
    panicked
    /// The handler took longer than its limit and was stopped.
    timed_out
    /// No handler wanted the event; it was acknowledged.
    unhandled
    /// The event is of a known type, but its payload did not decode; the handler got the raw text.
    undecodable
    /// The queue was full, so that Feishu delivers again.
    overloaded
    /// The store of ids failed to answer.
    store_errors
    /// Events that were acknowledged on acceptance and failed for good afterwards.
    lost
    /// Deliveries that did not pass the checks of the callback.
    refused
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn bump(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
