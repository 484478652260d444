//! Where tokens are kept between calls, and shared between processes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::auth::Secret;
use crate::transport::BoxFuture;

/// Why a store failed. The work goes on without it.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// A token with the time it has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// The token.
    pub secret: Secret,
    /// The time it has left.
    pub remaining: Duration,
}

/// A place for tokens. Keys name server, application and kind of token.
///
/// A store that fails stops nothing: the client then gets its tokens itself. It is asked again each time, so the store
/// should log an outage once; the client says nothing about it above the level `debug`.
pub trait TokenStore: Send + Sync {
    /// The token under a key, if its time is not over.
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>>;

    /// Puts a token under a key, until its time is over.
    fn put<'a>(
        &'a self,
        key: &'a str,
        token: &'a StoredToken,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Takes a token away, but only if it is still this one.
    fn delete_if_equal<'a>(
        &'a self,
        key: &'a str,
        secret: &'a Secret,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Tries to become the one who renews the token under a key, for a limited time. Stores of one
    /// process need not care.
    fn lock<'a>(
        &'a self,
        key: &'a str,
        owner: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let _ = (key, owner, time);
        Box::pin(async { Ok(true) })
    }

    /// Gives the renewal back, if it is still the owner's.
    fn unlock<'a>(&'a self, key: &'a str, owner: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        let _ = (key, owner);
        Box::pin(async { Ok(()) })
    }
}

/// A store in memory, for several clients of one process.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<String, (Secret, Instant)>>);

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Secret, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        let now = Instant::now();
        let entry = self.entries().get(key).cloned();
        let token = entry
            .filter(|(_, end)| *end > now)
            .map(|(secret, end)| StoredToken {
                secret,
                remaining: end - now,
            });
        Box::pin(async { Ok(token) })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        token: &'a StoredToken,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let now = Instant::now();
        let mut entries = self.entries();
        // Tokens of tenants that are gone would stay for ever otherwise.
        entries.retain(|_, (_, end)| *end > now);
        entries.insert(
            key.to_owned(),
            (token.secret.clone(), now + token.remaining),
        );
        Box::pin(async { Ok(()) })
    }

    fn delete_if_equal<'a>(
        &'a self,
        key: &'a str,
        secret: &'a Secret,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let mut entries = self.entries();
        if entries.get(key).is_some_and(|(known, _)| known == secret) {
            entries.remove(key);
        }
        Box::pin(async { Ok(()) })
    }
}
