//! Whether a failed attempt is repeated, and when.
//!
//! Decided by what the server may have done, by what a repetition would do, and by the error
//! table. A budget keeps an outage from being amplified.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::error::{Error, ErrorClass, Reached};
use crate::error_table::{ErrorAction, ErrorRetry};
use crate::operation::{OperationInfo, RetryClass};
use crate::random;

/// How often and how quickly a call is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
    pub(crate) idempotent: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(5),
            idempotent: false,
        }
    }
}

impl RetryPolicy {
    /// Three attempts, with pauses of up to 0.2 s, 0.4 s, and so on to 5 s.
    pub fn new() -> Self {
        Self::default()
    }

    /// A single attempt. (A refused token is still renewed once.)
    pub fn none() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// The number of attempts in all; at least 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The longest first pause; it doubles with each attempt. The pause itself is random.
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// The longest pause.
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }

    /// Says that sending this call twice does no harm, whatever the operation in general.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// A random pause after so many attempts.
    pub(crate) fn pause(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(20);
        let longest = self
            .first_pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause);
        longest.mul_f64(random::unit())
    }
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The call has failed.
    Fail,
    /// Again after a pause.
    Pause,
    /// Again after the time that the server named; else after a pause.
    Reset,
    /// Again with a new token, once.
    Renew,
}

/// What a failed attempt calls for. `repeatable`: a second time does no harm.
pub(crate) fn verdict(error: &Error, repeatable: bool) -> Verdict {
    match error.class() {
        ErrorClass::RateLimit => Verdict::Reset,
        ErrorClass::Connect => Verdict::Pause,
        ErrorClass::Auth if refuses_token(error) => Verdict::Renew,
        ErrorClass::Io | ErrorClass::Timeout if error.reached() == Reached::Nothing => {
            Verdict::Pause
        }
        ErrorClass::Io | ErrorClass::Timeout if repeatable => Verdict::Pause,
        ErrorClass::Http | ErrorClass::Api | ErrorClass::Auth
            if repeatable && is_passing(error) =>
        {
            Verdict::Pause
        }
        ErrorClass::Io
        | ErrorClass::Timeout
        | ErrorClass::Http
        | ErrorClass::Api
        | ErrorClass::Auth
        | ErrorClass::Decode
        | ErrorClass::ContentType
        | ErrorClass::TooLarge
        | ErrorClass::Redirect
        | ErrorClass::Pagination
        | ErrorClass::Input
        | ErrorClass::Other => Verdict::Fail,
    }
}

/// Whether a new token may help.
pub(crate) fn refuses_token(error: &Error) -> bool {
    match error.code() {
        Some(_) => {
            error.action() == Some(ErrorAction::RefreshToken)
                || error.table_retry() == Some(ErrorRetry::RefreshToken)
        }
        None => error.http_status() == Some(401),
    }
}

/// Whether the server may be better in a moment. What a code says counts more than the status:
/// some refusals of a request come with a status of 500.
fn is_passing(error: &Error) -> bool {
    match error.table_retry() {
        Some(retry) => matches!(retry, ErrorRetry::Backoff | ErrorRetry::WaitReset),
        None => matches!(error.http_status(), Some(500 | 502 | 503 | 504)),
    }
}

/// Whether sending a request twice does no harm.
pub(crate) fn is_repeatable(info: &OperationInfo, keyed: bool, policy: &RetryPolicy) -> bool {
    match info.retry {
        RetryClass::Read | RetryClass::Idempotent | RetryClass::Overwrite => true,
        RetryClass::Append => keyed || policy.idempotent,
    }
}

/// Repetitions that are left: a tenth of the calls, and twenty to begin with.
#[derive(Debug)]
pub(crate) struct Budget {
    /// In tenths.
    left: AtomicI64,
}

const FULL: i64 = 200;

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            left: AtomicI64::new(FULL),
        }
    }

    /// A call begins.
    pub(crate) fn deposit(&self) {
        let _ = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                (left < FULL).then_some(left + 1)
            });
    }

    /// Takes one repetition, if there is one left.
    pub(crate) fn withdraw(&self) -> bool {
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                (left >= 10).then_some(left - 10)
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_not_amplified() {
        let budget = Budget::new();
        let mut sends = 0;
        for _ in 0..1_000 {
            budget.deposit();
            sends += 1;
            sends += (0..2).filter(|_| budget.withdraw()).count();
        }
        assert!(sends <= 1_120, "{sends}");
    }

    #[test]
    fn pauses_are_random_and_bounded() {
        let policy = RetryPolicy::new();
        for attempts in 1..60 {
            let longest = policy.first_pause * 2_u32.pow(attempts.min(10) - 1);
            assert!(policy.pause(attempts) <= longest.min(policy.longest_pause));
        }
        let pauses: std::collections::HashSet<_> = (0..100).map(|_| policy.pause(5)).collect();
        assert!(pauses.len() > 90);
    }
}
