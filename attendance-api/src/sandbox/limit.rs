//! Rate limits: calls of an app to an operation within the last window, by the sandbox's clock.

use std::collections::{HashMap, VecDeque};

use super::answer::Failure;
use super::contract::Rate;

/// How the limits of the descriptions are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    AsDescribed,
    Off,
    Fixed(Fixed),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fixed {
    pub(crate) calls: usize,
    pub(crate) seconds: u64,
}

#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) policy: Policy,
    calls: HashMap<(usize, String), VecDeque<i64>>,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self {
            policy: Policy::AsDescribed,
            calls: HashMap::new(),
        }
    }

    /// Counts a call, or refuses it. A refused call is not counted.
    pub(crate) fn admit(
        &mut self,
        app: usize,
        operation: &str,
        described: Option<Rate>,
        now: i64,
        status: u16,
    ) -> Result<(), Failure> {
        let rate = match (self.policy, described) {
            (Policy::Off, _) | (Policy::AsDescribed, None) => return Ok(()),
            (Policy::AsDescribed, Some(rate)) => rate,
            (Policy::Fixed(fixed), _) => Rate {
                calls: fixed.calls,
                seconds: fixed.seconds,
            },
        };
        let window = i64::try_from(rate.seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1000);
        let calls = self.calls.entry((app, operation.to_owned())).or_default();
        // A first call that lies ahead was made before the clock was set back.
        while calls
            .front()
            .is_some_and(|first| *first > now || now.saturating_sub(*first) >= window)
        {
            calls.pop_front();
        }
        if calls.len() < rate.calls {
            calls.push_back(now);
            return Ok(());
        }
        let wait = calls.front().map_or(window, |first| {
            first.saturating_add(window).saturating_sub(now)
        });
        let mut failure = Failure::new(status, 99_991_400, "request trigger frequency limit");
        failure.headers = vec![
            ("x-ogw-ratelimit-limit", rate.calls.to_string()),
            (
                "x-ogw-ratelimit-reset",
                (wait.max(1).saturating_add(999) / 1000).to_string(),
            ),
        ];
        Err(failure)
    }
}
