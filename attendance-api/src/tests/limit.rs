//! The limiter on a paused clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::limit::Limits;
use crate::operation::{OperationInfo, RateLimit};
use crate::rate_store::{Rate, RateStore, RateStoreError, Turn};
use crate::transport::BoxFuture;

static FIFTY: OperationInfo = OperationInfo {
    id: "fifty",
    rate_limit: Some(RateLimit {
        calls: 50,
        seconds: 1,
    }),
    ..OperationInfo::EMPTY
};
static TEN: OperationInfo = OperationInfo {
    id: "ten",
    rate_limit: Some(RateLimit {
        calls: 10,
        seconds: 1,
    }),
    ..OperationInfo::EMPTY
};
static HUNDRED_A_MINUTE: OperationInfo = OperationInfo {
    id: "hundred",
    rate_limit: Some(RateLimit {
        calls: 100,
        seconds: 60,
    }),
    ..OperationInfo::EMPTY
};
static FREE: OperationInfo = OperationInfo {
    id: "free",
    ..OperationInfo::EMPTY
};

fn far() -> Instant {
    Instant::now() + Duration::from_secs(86_400)
}

async fn starts(limits: &Limits, info: &'static OperationInfo, count: usize) -> Vec<Instant> {
    let mut starts = Vec::new();
    for _ in 0..count {
        limits.turn(info, None, far()).await.unwrap();
        starts.push(Instant::now());
    }
    starts
}

fn most_in_a_window(starts: &[Instant], window: Duration) -> usize {
    let after = |start: &Instant| {
        starts
            .iter()
            .filter(|s| **s >= *start && **s < *start + window)
            .count()
    };
    starts.iter().map(after).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn no_window_holds_more_than_the_limit_and_the_rate_is_used() {
    for (info, calls, seconds) in [(&FIFTY, 50, 1), (&TEN, 10, 1), (&HUNDRED_A_MINUTE, 100, 60)] {
        let limits = Limits::new(true);
        let count = calls * 20;
        let starts = starts(&limits, info, count).await;
        let window = Duration::from_secs(seconds);
        assert!(most_in_a_window(&starts, window) <= calls, "{}", info.id);
        let took = starts[count - 1] - starts[0];
        let rate = (count - 1) as f64 / took.as_secs_f64() * seconds as f64;
        assert!(
            rate >= calls as f64 * 0.95,
            "{} made {rate} of {calls}",
            info.id
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_time_does_not_add_up_to_a_burst() {
    let limits = Limits::new(true);
    starts(&limits, &FIFTY, 10).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let starts = starts(&limits, &FIFTY, 200).await;
    assert!(most_in_a_window(&starts, Duration::from_secs(1)) <= 50);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stops_all_callers_and_those_who_wait() {
    let limits = std::sync::Arc::new(Limits::new(true));
    let begin = Instant::now();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let limits = std::sync::Arc::clone(&limits);
            tokio::spawn(async move {
                limits.turn(&FIFTY, None, far()).await.unwrap();
                Instant::now()
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    limits.refused(&FIFTY, None, Duration::from_secs(3)).await;
    let mut later = 0;
    for task in waiting {
        let start = task.await.unwrap() - begin;
        assert!(start <= Duration::from_millis(100) || start >= Duration::from_millis(3_100));
        later += usize::from(start >= Duration::from_millis(3_100));
    }
    assert!(later >= 10, "only {later} waited");
}

#[tokio::test(start_paused = true)]
async fn a_turn_beyond_the_deadline_is_told_at_once() {
    let limits = Limits::new(true);
    limits.refused(&FREE, None, Duration::from_secs(60)).await;
    let begin = Instant::now();
    let deadline = begin + Duration::from_secs(30);
    let late = limits.turn(&FREE, None, deadline).await.unwrap_err();
    assert_eq!(
        (late.wait, Instant::now()),
        (Duration::from_secs(60), begin)
    );
    assert!(limits.turn(&FREE, Some("other"), deadline).await.is_ok());
    assert_eq!(Instant::now(), begin);
}

#[tokio::test(start_paused = true)]
async fn the_pace_drops_after_a_refusal_and_recovers() {
    let limits = Limits::new(true);
    limits.refused(&FIFTY, None, Duration::from_secs(1)).await;
    let slow = starts(&limits, &FIFTY, 30).await;
    let slow_rate = 29.0 / (slow[29] - slow[0]).as_secs_f64();
    assert!((30.0..40.0).contains(&slow_rate), "{slow_rate}");
    tokio::time::sleep(Duration::from_secs(10)).await;
    let fast = starts(&limits, &FIFTY, 100).await;
    assert!(99.0 / (fast[99] - fast[0]).as_secs_f64() > 47.5);
}

#[tokio::test]
async fn a_call_without_company_starts_at_once_by_the_real_clock() {
    let limits = Limits::new(true);
    let soon = Instant::now() + Duration::from_millis(200);
    limits.turn(&FIFTY, None, soon).await.unwrap();
    limits.turn(&TEN, None, soon).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stall_of_the_process_puts_no_more_into_a_window() {
    let limits = std::sync::Arc::new(Limits::new(true));
    let calls: Vec<_> = (0..300)
        .map(|_| {
            let limits = std::sync::Arc::clone(&limits);
            tokio::spawn(async move {
                limits.turn(&FIFTY, None, far()).await.unwrap();
                Instant::now()
            })
        })
        .collect();
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(70)).await;
        tokio::time::advance(Duration::from_millis(300)).await;
    }
    let mut starts = Vec::new();
    for call in calls {
        starts.push(call.await.unwrap());
    }
    assert!(most_in_a_window(&starts, Duration::from_secs(1)) <= 50);
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_costs_no_turn() {
    let limits = std::sync::Arc::new(Limits::new(true));
    let leave = Instant::now() + Duration::from_millis(1);
    for _ in 0..1_000 {
        let turn = limits.turn(&TEN, None, far());
        let _ = tokio::time::timeout_at(leave, turn).await;
    }
    let begin = Instant::now();
    let starts = starts(&limits, &TEN, 10).await;
    assert!(starts[9] - begin <= Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_too_long_is_told_at_once() {
    let limits = std::sync::Arc::new(Limits::new(true));
    let waiting: Vec<_> = (0..300)
        .map(|_| {
            let limits = std::sync::Arc::clone(&limits);
            tokio::spawn(async move { limits.turn(&FIFTY, None, far()).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1)).await;
    let begin = Instant::now();
    let deadline = begin + Duration::from_secs(3);
    let late = limits.turn(&FIFTY, None, deadline).await.unwrap_err();
    assert_eq!(Instant::now(), begin);
    assert!((5..8).contains(&late.wait.as_secs()), "{late:?}");
    // A refusal is news to those who wait already.
    let patient = {
        let limits = std::sync::Arc::clone(&limits);
        let deadline = begin + Duration::from_secs(20);
        tokio::spawn(async move {
            let turn = limits.turn(&FIFTY, None, deadline).await;
            (turn, Instant::now())
        })
    };
    tokio::time::sleep(Duration::from_millis(1)).await;
    limits.refused(&FIFTY, None, Duration::from_secs(60)).await;
    let (turn, told) = patient.await.unwrap();
    assert!(
        turn.is_err() && told <= begin + Duration::from_millis(2),
        "{turn:?}"
    );
    for call in waiting {
        call.await.unwrap().unwrap();
    }
}

/// A store that answers late, and has nobody to share with.
struct Slow(Duration);

impl RateStore for Slow {
    fn turn<'a>(
        &'a self,
        _: &'a str,
        _: Rate,
        _: Duration,
    ) -> BoxFuture<'a, Result<Turn, RateStoreError>> {
        Box::pin(async {
            sleep(self.0).await;
            Ok(Turn::After(Duration::ZERO))
        })
    }

    fn pause<'a>(&'a self, _: &'a str, _: Duration) -> BoxFuture<'a, Result<(), RateStoreError>> {
        Box::pin(async { Ok(()) })
    }
}

/// When so many calls start that come at once.
async fn starts_at_once(limits: &Arc<Limits>, count: usize) -> Vec<Instant> {
    let calls: Vec<_> = (0..count)
        .map(|_| {
            let limits = Arc::clone(limits);
            tokio::spawn(async move {
                limits.turn(&FIFTY, None, far()).await.unwrap();
                Instant::now()
            })
        })
        .collect();
    let mut starts = Vec::new();
    for call in calls {
        starts.push(call.await.unwrap());
    }
    starts.sort();
    starts
}

#[tokio::test(start_paused = true)]
async fn a_slow_store_costs_a_delay_and_not_the_rate() {
    for millis in [5, 50, 200] {
        let store = Arc::new(Slow(Duration::from_millis(millis)));
        let limits = Arc::new(Limits::new(true).shared_by(Some(store)));
        let starts = starts_at_once(&limits, 500).await;
        let rate = 499.0 / (starts[499] - starts[0]).as_secs_f64();
        assert!(rate >= 47.5, "{rate} a second with {millis} ms");
        assert!(most_in_a_window(&starts, Duration::from_secs(1)) <= 50);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stops_those_too_who_wait_for_a_shared_turn() {
    let store = Arc::new(Slow(Duration::from_millis(200)));
    let limits = Arc::new(Limits::new(true).shared_by(Some(store)));
    let begin = Instant::now();
    let refusing = Arc::clone(&limits);
    tokio::spawn(async move {
        sleep(Duration::from_millis(100)).await;
        refusing.refused(&FIFTY, None, Duration::from_secs(3)).await;
    });
    let starts = starts_at_once(&limits, 60).await;
    assert!(starts[0] - begin >= Duration::from_millis(3_100));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_holds_up_nobody_beyond_the_deadline() {
    let store = Arc::new(Slow(Duration::from_secs(600)));
    let limits = Limits::new(true).shared_by(Some(store));
    let begin = Instant::now();
    let deadline = begin + Duration::from_secs(2);
    let _ = limits.turn(&FIFTY, None, deadline).await;
    assert!(Instant::now() <= deadline + Duration::from_millis(2));
}
