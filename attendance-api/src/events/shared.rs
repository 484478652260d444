//! The memory of handled events in the store that the clients share: of many workers, one handles each event.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::store::{BoxError, Claim, DEFAULT_MEMORY, EventStore, StoreFuture};
use crate::auth::Secret;
use crate::feishu::{StoredToken, TokenStore};

/// Keeps the ids of handled events in a [`TokenStore`], such as the one behind which clients share their tokens.
///
/// A claim is the store's lock, so the store must have one that holds between processes. Documents are not kept: after a
/// crash an event comes back by its redelivery, once its claim has run out.
#[derive(Clone)]
pub struct SharedStore {
    store: Arc<dyn TokenStore>,
    /// Tells this store's claims from those of others.
    owner: Arc<str>,
    memory: Duration,
}

impl SharedStore {
    /// Keeps ids in `store`, each for as long as Feishu may deliver it again.
    pub fn new(store: Arc<dyn TokenStore>) -> Self {
        let owner = format!(
            "{:016x}{:016x}",
            crate::random::next(),
            crate::random::next()
        );
        Self {
            store,
            owner: owner.into(),
            memory: DEFAULT_MEMORY,
        }
    }

    async fn claim_shared(&self, event_id: &str, lease: Duration) -> Result<Claim, BoxError> {
        let key = key(event_id);
        if !self.store.lock(&key, &self.owner, lease).await? {
            let is_done = self.store.get(&key).await?.is_some();
            return Ok(if is_done { Claim::Done } else { Claim::Busy });
        }
        // Looked up under the lock: whoever held it before may have completed the event in the meantime.
        match self.store.get(&key).await {
            Ok(None) => Ok(Claim::New),
            Ok(Some(_)) => self
                .store
                .unlock(&key, &self.owner)
                .await
                .map(|()| Claim::Done),
            Err(error) => {
                let _ = self.store.unlock(&key, &self.owner).await;
                Err(error)
            }
        }
    }

    async fn complete_shared(&self, event_id: &str) -> Result<(), BoxError> {
        let key = key(event_id);
        let done = StoredToken {
            secret: Secret::new("handled"),
            remaining: self.memory,
        };
        self.store.put(&key, &done).await?;
        self.store.unlock(&key, &self.owner).await
    }
}

impl EventStore for SharedStore {
    fn claim<'a>(
        &'a self,
        event_id: &'a str,
        _document: &'a str,
        lease: Duration,
    ) -> StoreFuture<'a, Claim> {
        Box::pin(self.claim_shared(event_id, lease))
    }

    fn complete<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(self.complete_shared(event_id))
    }

    fn release<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.store.unlock(&key(event_id), &self.owner).await })
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStore")
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}

fn key(event_id: &str) -> String {
    format!("event:{event_id}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, MutexGuard};

    use super::*;
    use crate::feishu::{MemoryStore, StoreError};
    use crate::transport::BoxFuture;

    const LEASE: Duration = Duration::from_secs(60);

    /// A store between processes: its lock knows owners.
    #[derive(Default)]
    struct Between {
        values: MemoryStore,
        locks: Mutex<HashMap<String, String>>,
    }

    impl Between {
        fn locks(&self) -> MutexGuard<'_, HashMap<String, String>> {
            self.locks.lock().expect("nothing panics with the lock")
        }
    }

    impl TokenStore for Between {
        fn get<'a>(
            &'a self,
            key: &'a str,
        ) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
            self.values.get(key)
        }

        fn put<'a>(
            &'a self,
            key: &'a str,
            token: &'a StoredToken,
        ) -> BoxFuture<'a, Result<(), StoreError>> {
            self.values.put(key, token)
        }

        fn delete_if_equal<'a>(
            &'a self,
            key: &'a str,
            secret: &'a Secret,
        ) -> BoxFuture<'a, Result<(), StoreError>> {
            self.values.delete_if_equal(key, secret)
        }

        fn lock<'a>(
            &'a self,
            key: &'a str,
            owner: &'a str,
            _time: Duration,
        ) -> BoxFuture<'a, Result<bool, StoreError>> {
            let is_free = !self.locks().contains_key(key);
            if is_free {
                self.locks().insert(key.to_owned(), owner.to_owned());
            }
            Box::pin(async move { Ok(is_free) })
        }

        fn unlock<'a>(
            &'a self,
            key: &'a str,
            owner: &'a str,
        ) -> BoxFuture<'a, Result<(), StoreError>> {
            self.locks()
                .retain(|locked, holder| locked != key || holder != owner);
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test]
    async fn of_two_workers_one_handles_an_event_once() {
        let between: Arc<Between> = Arc::default();
        let (one, other) = (SharedStore::new(between.clone()), SharedStore::new(between));
        let claim = async |store: &SharedStore| store.claim("1", "", LEASE).await.ok();
        assert_eq!(claim(&one).await, Some(Claim::New));
        assert_eq!(claim(&other).await, Some(Claim::Busy));
        other
            .release("1")
            .await
            .expect("another's claim is left alone");
        assert_eq!(claim(&other).await, Some(Claim::Busy));
        one.release("1").await.expect("the store works");
        assert_eq!(claim(&other).await, Some(Claim::New));
        other.complete("1").await.expect("the store works");
        assert_eq!(
            (claim(&one).await, claim(&other).await),
            (Some(Claim::Done), Some(Claim::Done))
        );
    }
}
