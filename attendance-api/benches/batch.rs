//! How much of a rate limit large queries use, on a server that counts every window of a second.
//!
//! `cargo bench -p attendance-api --bench batch` (12 s): the server allows 50 calls in any second, refuses the rest, and
//! answers after 80 ms. The client is a process of its own, told nothing of the server's limit but what the description says. Printed:
//! calls a second as a part of the 50, from the first call of the client (its token call included) to the last row;
//! refusals; and the client's memory, which must not grow with the number of calls.

#[path = "../tests/platform/mod.rs"]
mod platform;

use std::alloc::System;
use std::process::Command;
use std::time::{Duration, Instant};

use attendance_api::feishu::App;
use attendance_api::{Client, Date, EmployeeType};
use platform::{Behaviour, Platform};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const LIMIT: usize = 50;
const CASES: [(&str, usize, &str); 3] = [
    ("1,000 people, a month", 1_000, "2026-07-31"),
    ("5,000 people, 30 days", 5_000, "2026-07-30"),
    ("10,000 people, a month", 10_000, "2026-07-31"),
];

fn main() {
    let words: Vec<String> = std::env::args()
        .skip_while(|word| word != "--client")
        .skip(1)
        .collect();
    match words.as_slice() {
        [base_url, people, to] => client(base_url, people.parse().expect("a number"), to),
        _ => compare(),
    }
}

fn compare() {
    println!(
        "{:24} {:>6} {:>8} {:>9} {:>8} {:>8} {:>9} {:>9}",
        "", "calls", "seconds", "of limit", "fullest", "refused", "heap", "resident"
    );
    for (name, people, to) in CASES {
        let platform = Platform::start(Behaviour {
            latency: Duration::from_millis(80),
            limit: LIMIT,
        });
        let program = std::env::current_exe().expect("this program is a file");
        let client = Command::new(program)
            .args(["--client", &platform.base_url(), &people.to_string(), to])
            .output();
        let client = client.expect("it can be started again");
        assert!(
            client.status.success(),
            "{}",
            String::from_utf8_lossy(&client.stderr)
        );
        let told = String::from_utf8_lossy(&client.stdout).into_owned();
        let [seconds, heap, resident] = told.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("the client told {told:?}");
        };
        let seen = platform.seen();
        let rate = seen.calls as f64 / seconds.parse::<f64>().expect("a number");
        println!(
            "{name:24} {:>6} {seconds:>8} {:>8.1}% {:>8} {:>8} {heap:>6} kB {resident:>6} kB",
            seen.calls,
            rate / LIMIT as f64 * 100.0,
            seen.most,
            seen.refused
        );
    }
}

/// Asks for everything, counts the rows and keeps none; prints seconds, most bytes on the heap and resident, in kB.
#[tokio::main(flavor = "current_thread")]
async fn client(base_url: &str, people: usize, to: &str) {
    let client = Client::builder()
        .base_url(base_url)
        .no_proxy()
        .token_provider(App::new("cli_a", "the-app-secret"))
        .employee_type(EmployeeType::EmployeeId)
        .build()
        .expect("the settings are legal");
    let ids: Vec<String> = (0..people)
        .map(|number| format!("employee-{number:06}"))
        .collect();
    let days: (Date, Date) = (
        "2026-07-01".parse().expect("a day"),
        to.parse().expect("a day"),
    );
    let last = days.1.ymd().expect("a day");
    let expected = people * usize::from(last.2);
    let before = live();
    let (mut rows, mut most) = (0, 0);
    let begin = Instant::now();
    let mut batches = client.user_task().query(ids, days.0, days.1).batches();
    while let Some(batch) = batches.next().await {
        let batch = batch.unwrap_or_else(|failed| panic!("{failed}"));
        rows += batch.data.user_task_results.len();
        most = most.max(live() - before);
    }
    let seconds = begin.elapsed().as_secs_f64();
    assert_eq!(rows, expected, "all rows, each once");
    println!("{seconds:.2} {} {}", most / 1024, resident());
}

/// Bytes on the heap; what is allocated anew in place is in both figures already.
fn live() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.cast_signed() - stats.bytes_deallocated.cast_signed()
}

/// The most memory this process ever had, in kB; 0 where that is not told.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
