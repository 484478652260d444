//! What many workers share through Redis: tokens, the right to renew them, the memory of events, and the rate.
//!
//! A [`RedisStore`] is a [`TokenStore`], an [`EventStore`](crate::events::EventStore) and the maker of a [`RateStore`]:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use attendance_api::Client;
//! use attendance_api::feishu::App;
//! use attendance_api::redis::RedisStore;
//!
//! # fn worker(secret: String) -> Result<Client, attendance_api::Error> {
//! let store = RedisStore::new("redis://:password@10.0.0.5:6379/0", "cli_a1b2")?;
//! let client = Client::builder()
//!     .token_provider(App::new("cli_a1b2", secret).token_store(Arc::new(store.clone())))
//!     .rate_store(Arc::new(store)) // if the workers shall keep to one rate together
//!     .build()?;
//! # Ok(client)
//! # }
//! ```
//!
//! Redis is a help, not a need. While it cannot be reached each worker gets its own token and keeps its own rate, and no call
//! fails for it. When it goes, calls wait half a second for it, and now and then one of them does to see whether it is back.
//! While it is slow each of its answers is waited for; a shared rate stays what it is as long as they take less than a
//! fifth of a second. One warning tells when it goes, one line when it is back. The memory of events is different: without
//! it an event could be handled twice, so it is not acknowledged and comes again.
//!
//! Shared are the tokens of [`App`](crate::feishu::App) and [`StoreApp`](crate::feishu::StoreApp), and the ticket of the
//! latter, which Feishu pushes to one worker. Tokens of persons are not: a refresh token works once.
//!
//! Every key starts with `attendance-api:<app id>:`. No secret is part of a key; tokens are values that end with their time. Whoever
//! may read this Redis has the tokens, so it needs a password, and TLS (`rediss://`, feature `redis-rustls`) on any network
//! but its own. TLS takes the cryptography that the program has chosen for rustls, or chooses aws-lc for it.
//! One server is meant, Redis 5 or later or one that speaks like it, a primary with its replicas behind one name included; not a
//! cluster.
//!
//! [`TokenStore`]: crate::feishu::TokenStore
//! [`RateStore`]: crate::RateStore

#[cfg(any(feature = "webhook", feature = "ws"))]
mod events;
mod link;
mod rate;
mod tokens;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::link::Link;
use crate::error::{Error, Result};

/// A Redis server that the workers of one application share. Cheap to clone; clones share the connection.
#[derive(Clone)]
pub struct RedisStore(Arc<Inner>);

struct Inner {
    link: Link,
    prefix: String,
    #[cfg(any(feature = "webhook", feature = "ws"))]
    event_memory: Duration,
    /// Tells this process's claims from those of others.
    #[cfg(any(feature = "webhook", feature = "ws"))]
    owner: String,
}

/// Settings of a [`RedisStore`].
#[must_use = "no store exists until it is built"]
pub struct RedisStoreBuilder {
    url: String,
    prefix: String,
    timeout: Duration,
    #[cfg(any(feature = "webhook", feature = "ws"))]
    event_memory: Duration,
}

impl RedisStore {
    /// The server at `redis://[user:password@]host[:port][/database]` (or `rediss://`, `unix://`), for one application.
    ///
    /// Nothing is sent before the first use.
    ///
    /// # Errors
    ///
    /// If the address cannot be read, or needs a feature that is not there.
    pub fn new(url: impl Into<String>, app_id: &str) -> Result<Self> {
        Self::builder(url, app_id).build()
    }

    /// Settings for a server and an application.
    pub fn builder(url: impl Into<String>, app_id: &str) -> RedisStoreBuilder {
        RedisStoreBuilder {
            url: url.into(),
            prefix: format!("attendance-api:{app_id}:"),
            timeout: Duration::from_millis(500),
            #[cfg(any(feature = "webhook", feature = "ws"))]
            event_memory: crate::events::DEFAULT_MEMORY,
        }
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}{kind}:{name}", self.0.prefix)
    }
}

impl RedisStoreBuilder {
    /// How long one command may take, a new connection included; 500 ms by default. After one that took longer the server
    /// is left alone for a second, then for longer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What every key starts with; `attendance-api:<app id>:` by default. Workers that share have the same.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long handled events are remembered; [`DEFAULT_MEMORY`](crate::events::DEFAULT_MEMORY) by default. It must be
    /// longer than the greatest age at which a delivery is accepted.
    #[cfg(any(feature = "webhook", feature = "ws"))]
    pub fn event_memory(mut self, memory: Duration) -> Self {
        self.event_memory = memory;
        self
    }

    /// The store.
    ///
    /// # Errors
    ///
    /// If the address cannot be read, or needs a feature that is not there.
    pub fn build(self) -> Result<RedisStore> {
        // The address may hold a password: no word of it is repeated.
        let link = Link::new(&self.url, self.timeout).map_err(Error::input)?;
        Ok(RedisStore(Arc::new(Inner {
            link,
            prefix: self.prefix,
            #[cfg(any(feature = "webhook", feature = "ws"))]
            event_memory: self.event_memory,
            #[cfg(any(feature = "webhook", feature = "ws"))]
            owner: format!(
                "{:016x}{:016x}",
                crate::random::next(),
                crate::random::next()
            ),
        })))
    }
}

impl fmt::Debug for RedisStore {
    /// The prefix of the keys; not the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.0.prefix)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_the_address_nor_an_error_about_it_is_printed() {
        let builder = RedisStore::builder("redis://:pass-word@127.0.0.1:1/0", "cli_a");
        assert!(!format!("{builder:?}").contains("pass-word"));
        let store = builder.build().expect("the address is legal");
        let shown = format!("{store:?}");
        assert!(
            shown.contains("attendance-api:cli_a:") && !shown.contains("pass-word"),
            "{shown}"
        );
        for address in [
            "redis://:pass-word@127.0.0.1:port/0",
            "http://:pass-word@host",
            "pass-word",
            "redis://:pass-word@h/pass-word",
        ] {
            let error = RedisStore::new(address, "cli_a").expect_err(address);
            assert!(
                !format!("{error} {error:?}").contains("pass-word"),
                "{error:?}"
            );
        }
    }

    #[cfg(feature = "redis-rustls")]
    #[tokio::test]
    async fn a_server_that_does_not_speak_tls_is_an_error() {
        use crate::feishu::TokenStore as _;

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback is there");
        let port = listener.local_addr().expect("it is bound").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.try_write(b"-ERR what was that?\r\n");
            }
        });
        let store = RedisStore::new(format!("rediss://:pass-word@127.0.0.1:{port}"), "cli_a")
            .expect("the address is legal");
        let error = store.get("key").await.expect_err("it is no TLS");
        assert!(!format!("{error} {error:?}").contains("pass-word"));
    }

    #[cfg(not(feature = "redis-rustls"))]
    #[test]
    fn an_address_that_needs_tls_says_which_feature() {
        let error = RedisStore::new("rediss://host", "cli_a").expect_err("there is no TLS");
        assert!(error.to_string().contains("redis-rustls"), "{error}");
    }
}
