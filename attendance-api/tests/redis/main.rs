//! The store that workers share, against a real Redis: `redis-server` from the path, or the one that `REDIS_SERVER` names.
//!
//! Without it the tests are reported as skipped, which is why this binary has a harness of its own. The workers of most
//! tests are processes: this binary again, called with `worker`.

#[path = "../platform/mod.rs"]
mod platform;

mod budget;
mod events;
mod log;
mod outage;
mod server;
mod sharing;
#[cfg(feature = "redis-rustls")]
mod tls;
mod tokens;
mod worker;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::Instant;

type Test = (&'static str, fn());

const TESTS: &[Test] = &[
    (
        "a_token_ends_with_its_time_and_goes_by_its_value",
        tokens::ends_and_goes_by_value,
    ),
    ("a_lock_is_one_owners_and_ends_by_itself", tokens::lock),
    ("no_secret_is_in_a_key_or_an_error", tokens::secrets),
    ("four_workers_make_one_token_call", sharing::one_token_call),
    (
        "a_worker_that_dies_while_it_renews_is_replaced",
        sharing::dead_holder,
    ),
    #[cfg(feature = "redis-rustls")]
    ("workers_share_over_tls_with_whom_they_trust", tls::over_tls),
    ("calls_go_on_without_redis", outage::stopped),
    ("a_redis_that_hangs_holds_up_nobody", outage::frozen),
    ("a_crowd_that_fails_is_one_failure", outage::crowd),
    ("turns_keep_to_the_limit", budget::turns),
    ("four_workers_keep_to_one_limit", budget::workers),
    ("a_refusal_stops_the_other_workers", budget::refusal),
    ("three_workers_handle_each_event_once", events::once),
    ("what_failed_or_crashed_is_handled_again", events::again),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == "worker") {
        worker::work(&words[1..]);
        return ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted = |test: &&Test| {
        filters.is_empty()
            || filters
                .iter()
                .any(|filter| test.0.contains(filter.as_str()))
    };
    let tests: Vec<&Test> = TESTS.iter().filter(wanted).collect();
    if words.iter().any(|word| word == "--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    if server::program().is_none() {
        return skip(&tests);
    }
    log::install();
    run(&tests)
}

fn skip(tests: &[&Test]) -> ExitCode {
    for (name, _) in tests {
        println!("test {name} ... SKIPPED");
    }
    println!(
        "\ntest result: SKIPPED. {} tests need `redis-server`; `cargo xtask interop redis` installs it\n",
        tests.len()
    );
    ExitCode::SUCCESS
}

fn run(tests: &[&Test]) -> ExitCode {
    let mut failed = Vec::new();
    for (name, test) in tests {
        let begin = Instant::now();
        let passed = catch_unwind(test).is_ok();
        let word = if passed { "ok" } else { "FAILED" };
        println!(
            "test {name} ... {word} ({:.1} s)",
            begin.elapsed().as_secs_f64()
        );
        failed.extend((!passed).then_some(*name));
    }
    let word = if failed.is_empty() { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {word}. {} passed; {} failed\n",
        tests.len() - failed.len(),
        failed.len()
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Tests are plain functions; what they do is not.
fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be made")
        .block_on(work)
}
