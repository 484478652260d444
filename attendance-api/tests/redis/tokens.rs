//! The store by itself: what it keeps, for how long, and what nobody may see.

use std::time::Duration;

use attendance_api::Secret;
use attendance_api::feishu::{StoredToken, TokenStore};

use super::block_on;
use super::server::{PASSWORD, Redis};
use super::worker::store;

fn token(text: &str, millis: u64) -> StoredToken {
    StoredToken {
        secret: Secret::new(text),
        remaining: Duration::from_millis(millis),
    }
}

pub(crate) fn ends_and_goes_by_value() {
    let redis = Redis::start();
    block_on(async {
        let (one, other) = (store(&redis.url()), store(&redis.url()));
        one.put("key", &token("t-1", 60_000))
            .await
            .expect("Redis works");
        let found = other
            .get("key")
            .await
            .expect("Redis works")
            .expect("it was put");
        assert_eq!(found.secret, Secret::new("t-1"));
        assert!(
            (50_000..=60_000).contains(&found.remaining.as_millis()),
            "{:?}",
            found.remaining
        );
        other
            .delete_if_equal("key", &Secret::new("t-2"))
            .await
            .expect("Redis works");
        assert!(one.get("key").await.expect("Redis works").is_some());
        other
            .delete_if_equal("key", &Secret::new("t-1"))
            .await
            .expect("Redis works");
        assert!(one.get("key").await.expect("Redis works").is_none());
        one.put("key", &token("t-3", 50))
            .await
            .expect("Redis works");
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert!(one.get("key").await.expect("Redis works").is_none());
    });
}

pub(crate) fn lock() {
    let redis = Redis::start();
    block_on(async {
        let store = store(&redis.url());
        let take = async |owner, millis| {
            store
                .lock("key", owner, Duration::from_millis(millis))
                .await
                .expect("Redis works")
        };
        assert!(take("a", 60_000).await);
        assert!(
            !take("a", 60_000).await,
            "not even its owner takes it twice"
        );
        assert!(!take("b", 60_000).await);
        store.unlock("key", "b").await.expect("Redis works");
        assert!(!take("b", 60_000).await, "another's lock stays");
        store.unlock("key", "a").await.expect("Redis works");
        assert!(take("b", 50).await);
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert!(take("a", 60_000).await, "it ends by itself");
        store.unlock("key", "b").await.expect("Redis works");
        assert!(
            !take("b", 60_000).await,
            "whoever lost it does not take it from the next"
        );
    });
}

pub(crate) fn secrets() {
    let redis = Redis::start();
    let platform = super::sharing::platform(Duration::from_millis(10));
    block_on(async {
        let store = store(&redis.url());
        let client = super::worker::client(&platform.base_url(), &store, true);
        assert!(super::worker::calls(&client, 3).await.is_empty());
        let keys = redis.ask(&["KEYS", "*"]).expect("Redis works");
        assert!(keys.contains("attendance-api:cli_a:token:"), "{keys}");
        assert!(
            keys.contains("attendance-api:cli_a:rate:shift.get"),
            "{keys}"
        );
        for secret in [super::worker::SECRET, "t-good-token", PASSWORD] {
            assert!(!keys.contains(secret), "{keys}");
        }
        // Redis repeats the arguments of what it refuses; an error of ours does not.
        redis.ask(&["ACL", "SETUSER", "default", "-set"]);
        let error = store
            .put("key", &token("t-hidden", 1000))
            .await
            .expect_err("it may not");
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains("NOPERM") && !shown.contains("t-hidden"),
            "{shown}"
        );
        let wrong = super::worker::store(&redis.url().replace(PASSWORD, "a-wrong-password"));
        let error = wrong.get("key").await.expect_err("it may not");
        let shown = format!("{error} {error:?} {wrong:?}");
        assert!(!shown.contains("a-wrong-password"), "{shown}");
    });
    let log = super::log::warnings().join("\n");
    assert!(log.contains("refuses"), "{log}");
    assert!(
        !log.contains("t-hidden") && !log.contains("password\"") && !log.contains("a-wrong"),
        "{log}"
    );
}
