//! Ten thousand people for a month, on a paused clock, from a platform that counts every window of a second.
//!
//! A binary of its own, since its allocator counts for the whole process. `benches/batch.rs` has the same over sockets.

use std::alloc::System;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use attendance_api::transport::{BoxFuture, Incoming, Payload, Transport, TransportError};
use attendance_api::{Client, Date, EmployeeType};
use bytes::Bytes;
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::time::{Instant, sleep};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const LATENCY: Duration = Duration::from_millis(80);
const LIMIT: usize = 50;

/// What came in, and how much memory there was at most.
#[derive(Default)]
struct Platform {
    window: VecDeque<Instant>,
    calls: usize,
    refused: usize,
    in_flight: usize,
    most_in_flight: usize,
    most_memory: isize,
}

#[derive(Clone, Default)]
struct Network(Arc<Mutex<Platform>>);

impl Transport for Network {
    fn send(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'_, Result<http::Response<Incoming>, TransportError>> {
        Box::pin(async move {
            if !self.admit() {
                let body = r#"{"code":99991400,"msg":"request trigger frequency limit"}"#;
                let answer = http::Response::builder().status(429);
                return Ok(answer
                    .header("content-type", "application/json")
                    .header("x-ogw-ratelimit-reset", 1)
                    .body(Incoming::from(Bytes::from(body)))
                    .expect("the parts are legal"));
            }
            let query = request.body().in_memory().unwrap_or_default();
            sleep(LATENCY).await;
            let body = rows(&serde_json::from_slice(&query).expect("the body is JSON"));
            self.end();
            let answer = http::Response::builder().header("content-type", "application/json");
            Ok(answer
                .body(Incoming::from(Bytes::from(body)))
                .expect("the parts are legal"))
        })
    }
}

impl Network {
    fn platform(&self) -> std::sync::MutexGuard<'_, Platform> {
        self.0.lock().expect("nothing panics while it is held")
    }

    fn admit(&self) -> bool {
        let now = Instant::now();
        let mut platform = self.platform();
        platform.calls += 1;
        while platform
            .window
            .front()
            .is_some_and(|first| *first + Duration::from_secs(1) <= now)
        {
            platform.window.pop_front();
        }
        if platform.window.len() >= LIMIT {
            platform.refused += 1;
            return false;
        }
        platform.window.push_back(now);
        platform.in_flight += 1;
        platform.most_in_flight = platform.most_in_flight.max(platform.in_flight);
        true
    }

    fn end(&self) {
        let mut platform = self.platform();
        platform.in_flight -= 1;
        platform.most_memory = platform.most_memory.max(live());
    }
}

/// A row for each person and day.
fn rows(query: &Value) -> String {
    let day = |name: &str| query[name].as_i64().expect("a day");
    let people = query["user_ids"].as_array().expect("people");
    let rows: Vec<String> = people
        .iter()
        .flat_map(|person| {
            (day("check_date_from")..=day("check_date_to"))
                .map(move |day| format!(r#"{{"result_id":"1","user_id":{person},"day":{day}}}"#))
        })
        .collect();
    let rows = rows.join(",");
    format!(r#"{{"code":0,"msg":"success","data":{{"user_task_results":[{rows}]}}}}"#)
}

/// Asks for everything and keeps nothing: seconds, and the most memory above that before the first call.
async fn month(people: usize) -> (Network, f64, isize) {
    let network = Network::default();
    let client = Client::builder()
        .base_url("http://127.0.0.1:9")
        .transport(network.clone())
        .token("t-static-token")
        .employee_type(EmployeeType::EmployeeId)
        .build()
        .expect("the settings are legal");
    let ids: Vec<String> = (0..people).map(|id| format!("employee-{id:06}")).collect();
    let day = |text: &str| text.parse::<Date>().expect("a day");
    let query = client
        .user_task()
        .query(ids, day("2026-07-01"), day("2026-07-31"));
    let (before, begin) = (live(), Instant::now());
    let mut rows = 0;
    let mut batches = query.batches();
    while let Some(batch) = batches.next().await {
        let batch = batch.unwrap_or_else(|failed| panic!("{failed}"));
        rows += batch.data.user_task_results.len();
        let mut platform = network.platform();
        platform.most_memory = platform.most_memory.max(live());
    }
    assert_eq!(rows, people * 31, "all rows, each once");
    let above = network.platform().most_memory - before;
    (network, begin.elapsed().as_secs_f64(), above)
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_people_for_a_month_use_the_limit_and_little_memory() {
    let (_, _, of_few) = month(1_000).await;
    let (network, seconds, of_many) = month(10_000).await;
    let platform = network.platform();
    // 200 lists of 50 people, each for 30 days and for the one that is left.
    assert_eq!((platform.calls, platform.refused), (400, 0));
    let rate = 400.0 / seconds;
    assert!(rate >= 0.95 * LIMIT as f64, "{rate} calls a second");
    assert!(
        platform.most_in_flight <= 16,
        "{} in flight",
        platform.most_in_flight
    );
    // Ten times the calls, and no more memory but for the ids, which are kept until they are asked for.
    assert!(
        of_many <= of_few + of_few / 2 && of_many <= 2 * 1024 * 1024,
        "{of_few} bytes for 1,000 people, {of_many} for 10,000"
    );
}

/// Bytes on the heap; what is allocated anew in place is in both figures already.
fn live() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.cast_signed() - stats.bytes_deallocated.cast_signed()
}
