//! Redis goes, hangs, and comes back: calls do not notice.

use std::time::{Duration, Instant};

use attendance_api::feishu::TokenStore as _;

use super::platform::Platform;
use super::server::Redis;
use super::worker::{calls, client, store};
use super::{block_on, log};

/// Calls of two workers while the token dies; how many token calls that takes, and how long.
async fn renewal(platform: &Platform, clients: &[attendance_api::Client]) -> (usize, Duration) {
    platform.revoke();
    platform.clear();
    let begin = Instant::now();
    for client in clients {
        let errors = calls(client, 20).await;
        assert!(errors.is_empty(), "{}", errors[0]);
    }
    (platform.seen().token_calls, begin.elapsed())
}

pub(crate) fn stopped() {
    let mut redis = Redis::start();
    let platform = super::sharing::platform(Duration::from_millis(20));
    block_on(async {
        let stores = [store(&redis.url()), store(&redis.url())];
        let clients = stores
            .each_ref()
            .map(|store| client(&platform.base_url(), store, true));
        assert_eq!(renewal(&platform, &clients).await.0, 1);
        log::warnings();
        redis.stop();
        for _ in 0..2 {
            let (token_calls, took) = renewal(&platform, &clients).await;
            assert_eq!(token_calls, 2, "each gets its own");
            assert!(took < Duration::from_secs(4), "{took:?}");
        }
        assert_eq!(log::warnings().len(), 2, "one warning a worker");
        redis.start_again();
        // How long Redis is left alone after it failed: by then a call has tried.
        tokio::time::sleep(Duration::from_secs(5)).await;
        renewal(&platform, &clients).await;
        assert_eq!(renewal(&platform, &clients).await.0, 1, "they share again");
        assert_eq!(log::warnings(), [""; 0]);
    });
}

pub(crate) fn frozen() {
    let redis = Redis::start();
    let platform = super::sharing::platform(Duration::from_millis(20));
    block_on(async {
        let store = store(&redis.url());
        let clients = [client(&platform.base_url(), &store, true)];
        renewal(&platform, &clients).await;
        log::warnings();
        redis.freeze(true);
        let (token_calls, took) = renewal(&platform, &clients).await;
        redis.freeze(false);
        assert_eq!(token_calls, 1);
        // Once the time of a command, beside the calls themselves.
        assert!(took < Duration::from_secs(3), "{took:?}");
        assert_eq!(log::warnings().len(), 1);
    });
}

/// A crowd that fails together is one failure: Redis is tried again after a second, not after many.
pub(crate) fn crowd() {
    let mut redis = Redis::start();
    block_on(async {
        let store = store(&redis.url());
        redis.stop();
        log::warnings();
        let crowd: Vec<_> = (0..200)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.get("key").await.is_err() })
            })
            .collect();
        for failed in crowd {
            assert!(failed.await.expect("a command does not panic"));
        }
        assert_eq!(log::warnings().len(), 1);
        redis.start_again();
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert!(store.get("key").await.is_ok());
    });
}
