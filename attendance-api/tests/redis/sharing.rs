//! Four processes, one token.

use std::time::{Duration, Instant};

use super::platform::{Behaviour, Platform};
use super::server::Redis;
use super::worker::{Worker, together};

pub(crate) fn platform(latency: Duration) -> Platform {
    Platform::start(Behaviour {
        latency,
        limit: usize::MAX,
    })
}

fn workers(platform: &Platform, redis: &Redis, count: usize) -> Vec<Worker> {
    (0..count)
        .map(|_| Worker::start(&platform.base_url(), &redis.url(), "alone"))
        .collect()
}

pub(crate) fn one_token_call() {
    let (redis, platform) = (Redis::start(), platform(Duration::from_millis(80)));
    let mut workers = workers(&platform, &redis, 4);
    assert_eq!(together(&mut workers, 250), 0);
    let seen = platform.seen();
    assert_eq!((seen.token_calls, seen.dead, seen.calls), (1, 0, 1_000));
    // A token that dies is renewed by one, and no call is sent more than twice.
    for round in 1..=3 {
        platform.clear();
        platform.revoke();
        assert_eq!(together(&mut workers, 125), 0);
        let seen = platform.seen();
        assert_eq!((seen.token_calls, seen.calls), (1, 500), "round {round}");
        assert!(seen.dead <= 500, "{seen:?}");
    }
    // Who comes later finds it.
    platform.clear();
    assert_eq!(together(&mut self::workers(&platform, &redis, 1), 10), 0);
    assert_eq!(platform.seen().token_calls, 0);
}

pub(crate) fn dead_holder() {
    let (redis, platform) = (Redis::start(), platform(Duration::from_millis(1_500)));
    let mut doomed = Worker::start(&platform.base_url(), &redis.url(), "alone");
    doomed.begin(10);
    let begin = Instant::now();
    while platform.seen().token_calls == 0 {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "it never asked for a token"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    doomed.kill();
    assert_eq!(together(&mut workers(&platform, &redis, 3), 10), 0);
    assert_eq!(platform.seen().token_calls, 2, "one of the three took over");
}
