//! One rate for many workers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use attendance_api::{Rate, RateStore, Turn};

use super::block_on;
use super::platform::{Behaviour, Platform};
use super::server::Redis;
use super::worker::{Worker, store, together};

const LATENCY: Duration = Duration::from_millis(80);

async fn turn(store: &dyn RateStore, rate: Rate, latest: Duration) -> Turn {
    store
        .turn("operation", rate, latest)
        .await
        .expect("Redis works")
}

/// What four workers are given, by when it is to start.
pub(crate) fn turns() {
    let redis = Redis::start();
    block_on(async {
        let rate = Rate::new(50, Duration::from_millis(1_040), Duration::from_millis(16));
        let url: Arc<str> = redis.url().into();
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let url = Arc::clone(&url);
                tokio::spawn(async move {
                    let store = store(&url);
                    let mut starts = Vec::new();
                    for _ in 0..100 {
                        match turn(&store, rate, Duration::from_secs(60)).await {
                            Turn::After(wait) => starts.push(Instant::now() + wait),
                            other => panic!("{other:?}"),
                        }
                    }
                    starts
                })
            })
            .collect();
        let mut starts = Vec::new();
        for worker in workers {
            starts.extend(worker.await.expect("a worker does not panic"));
        }
        starts.sort();
        let tightest = starts
            .windows(51)
            .map(|starts| starts[50] - starts[0])
            .min();
        assert!(tightest >= Some(Duration::from_secs(1)), "{tightest:?}");
        let took = starts[399] - starts[0];
        assert!(took < Duration::from_millis(7 * 1_040 + 1_000), "{took:?}");
        // All are taken for the next seven seconds.
        let late = turn(&store(&url), rate, Duration::from_secs(1)).await;
        assert!(
            matches!(late, Turn::TooLate(wait) if wait > Duration::from_secs(5)),
            "{late:?}"
        );
    });
}

pub(crate) fn workers() {
    let (redis, platform) = (
        Redis::start(),
        Platform::start(Behaviour {
            latency: LATENCY,
            limit: 50,
        }),
    );
    let mut workers: Vec<_> = (0..4)
        .map(|_| Worker::start(&platform.base_url(), &redis.url(), "rate"))
        .collect();
    assert_eq!(together(&mut workers, 75), 0);
    let seen = platform.seen();
    println!(
        "{} calls of 4 workers in {:.2} s, {} in the fullest second",
        seen.calls,
        seen.took.as_secs_f64(),
        seen.most
    );
    assert_eq!((seen.calls, seen.refused), (300, 0));
    assert!(seen.most <= 50, "{seen:?}");
    // How much of the rate is used is for the benchmark to say; here other tests may hold up a worker.
    let rate = 300.0 / (seen.took + LATENCY).as_secs_f64();
    assert!(rate >= 30.0, "{rate}");
}

pub(crate) fn refusal() {
    let redis = Redis::start();
    block_on(async {
        let (one, other) = (store(&redis.url()), store(&redis.url()));
        let rate = Rate::new(50, Duration::from_millis(1_040), Duration::from_millis(16));
        one.pause("operation", Duration::from_secs(3))
            .await
            .expect("Redis works");
        one.pause("operation", Duration::from_secs(1))
            .await
            .expect("Redis works");
        let late = turn(&other, rate, Duration::from_secs(1)).await;
        assert!(
            matches!(late, Turn::TooLate(wait) if wait > Duration::from_secs(2)),
            "{late:?}"
        );
        let waits = turn(&other, rate, Duration::from_secs(10)).await;
        assert!(
            matches!(waits, Turn::After(wait) if wait > Duration::from_secs(2)),
            "{waits:?}"
        );
    });
}
