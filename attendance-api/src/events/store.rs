//! The memory of handled events: an id is claimed before its handler runs, and completed or released after it.
//!
//! [`EventStore`] is the seam for a shared or durable memory (Redis, a database); [`MemoryStore`] is the default. Feishu
//! delivers an event again up to 7 h 5 min after the first time, so ids are kept for at least eight hours.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::future::{Future, ready};
use std::hash::BuildHasher;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::ids::{Digest, RecentIds};

/// Whatever an implementation of a store or a handler may fail with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A future of a store.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// How long ids are kept by default: Feishu's last redelivery comes 7 h 5 min 15 s after the first delivery.
pub const DEFAULT_MEMORY: Duration = Duration::from_secs(8 * 3600 + 600);

/// What a store says to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// Nobody handled the event and nobody is at it: the caller may.
    New,
    /// Another process holds a claim that has not run out.
    Busy,
    /// The event was handled.
    Done,
}

/// Remembers which events were handled. Implement it to share the memory between processes or to keep it over restarts.
///
/// `claim` must be atomic: of two callers with the same id one gets [`Claim::New`].
pub trait EventStore: fmt::Debug + Send + Sync {
    /// Claims an event for the caller, for at most `lease`. A durable store keeps `document` until the event is completed.
    fn claim<'a>(
        &'a self,
        event_id: &'a str,
        document: &'a str,
        lease: Duration,
    ) -> StoreFuture<'a, Claim>;

    /// The event was handled: remember its id for as long as Feishu may send it again, and drop the document.
    fn complete<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()>;

    /// Handling failed: forget the claim, so that a redelivery is handled.
    fn release<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()>;

    /// The documents of claims that ran out without an end, such as after a crash. Only durable stores have any.
    fn pending(&self) -> StoreFuture<'_, Vec<String>> {
        Box::pin(ready(Ok(Vec::new())))
    }
}

/// The default store: ids in this process's memory, a fixed number of them at most.
///
/// A million ids take less than 64 MiB. Ids are kept as 128-bit keyed hashes. When there are more than `capacity`, the
/// oldest are forgotten before their time.
pub struct MemoryStore {
    hashers: [RandomState; 2],
    state: Mutex<State>,
}

struct State {
    done: RecentIds,
    /// Open claims and when they run out.
    claimed: HashMap<Digest, Instant>,
    /// At how many claims the ones that ran out are swept.
    sweep_at: usize,
}

const SWEEP_AT: usize = 1024;

impl State {
    fn hold(&mut self, digest: Digest, now: Instant, lease: Duration) {
        if self.claimed.len() >= self.sweep_at {
            self.claimed.retain(|_, until| *until > now);
            self.sweep_at = SWEEP_AT.max(self.claimed.len() * 2);
        }
        self.claimed.insert(digest, now + lease);
    }
}

impl MemoryStore {
    /// A store for the last `capacity` ids, each kept for `memory`.
    pub fn new(capacity: usize, memory: Duration) -> Self {
        let state = State {
            done: RecentIds::new(capacity, memory),
            claimed: HashMap::new(),
            sweep_at: SWEEP_AT,
        };
        Self {
            hashers: [RandomState::new(), RandomState::new()],
            state: Mutex::new(state),
        }
    }

    /// How many handled events it remembers at the moment.
    pub fn len(&self) -> usize {
        self.lock().done.len()
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn digest(&self, event_id: &str) -> Digest {
        self.hashers
            .each_ref()
            .map(|hasher| hasher.hash_one(event_id))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every update of the state is complete before anything can panic, so a poisoned lock holds sound data.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim_now(&self, event_id: &str, lease: Duration) -> Claim {
        let digest = self.digest(event_id);
        let now = Instant::now();
        let mut state = self.lock();
        if state.done.contains(&digest, now) {
            return Claim::Done;
        }
        if state.claimed.get(&digest).is_some_and(|until| *until > now) {
            return Claim::Busy;
        }
        state.hold(digest, now, lease);
        Claim::New
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(1_000_000, DEFAULT_MEMORY)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl EventStore for MemoryStore {
    fn claim<'a>(
        &'a self,
        event_id: &'a str,
        _document: &'a str,
        lease: Duration,
    ) -> StoreFuture<'a, Claim> {
        Box::pin(ready(Ok(self.claim_now(event_id, lease))))
    }

    fn complete<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        let digest = self.digest(event_id);
        let mut state = self.lock();
        state.claimed.remove(&digest);
        state.done.insert(digest, Instant::now());
        Box::pin(ready(Ok(())))
    }

    fn release<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        self.lock().claimed.remove(&self.digest(event_id));
        Box::pin(ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(60);

    #[test]
    fn a_claimed_id_is_busy_until_it_ends() {
        let store = MemoryStore::default();
        assert_eq!(store.claim_now("a", LEASE), Claim::New);
        assert_eq!(store.claim_now("a", LEASE), Claim::Busy);
        drop(store.release("a"));
        assert_eq!(store.claim_now("a", LEASE), Claim::New);
        drop(store.complete("a"));
        assert_eq!(store.claim_now("a", LEASE), Claim::Done);
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn a_claim_that_ran_out_can_be_taken_over() {
        let store = MemoryStore::default();
        assert_eq!(store.claim_now("a", Duration::ZERO), Claim::New);
        assert_eq!(store.claim_now("a", LEASE), Claim::New);
    }
}
