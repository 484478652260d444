//! Keeping to the rate limits: so many calls of an operation in any window of its length.
//!
//! A generic cell rate at 96 % of the limit, with the rest as burst: rate and burst together stay
//! within the limit in every window, not only on average. A refusal of the server stops all
//! callers of the operation until the time it names, and slows the rate down for a while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::operation::{OperationInfo, RateLimit};

/// The limits of all operations, shared by all clones of a client.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    cells: Mutex<HashMap<Key, Cell>>,
    disabled: bool,
}

/// Calls are counted by operation and tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    operation: &'static str,
    tenant: Option<String>,
}

#[derive(Debug)]
struct Cell {
    /// When a call may start if all before it kept their distance.
    next: Instant,
    /// Nobody starts before.
    paused_until: Instant,
    /// Changes when waiting callers must ask anew.
    epoch: u64,
    /// 1.0 is the documented rate.
    pace: f64,
    pace_since: Instant,
}

/// A start that lies beyond the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLate {
    pub(crate) wait: Duration,
}

/// How slow it may get, and how the pace recovers.
const SLOWEST: f64 = 0.1;
const SLOWER: f64 = 0.7;
const RECOVERY_PER_SECOND: f64 = 0.05;

impl Limits {
    pub(crate) fn new(enabled: bool) -> Self {
        Self {
            disabled: !enabled,
            ..Self::default()
        }
    }

    /// Waits for the turn of a call; not at all if that lies beyond the deadline.
    pub(crate) async fn turn(
        &self,
        info: &'static OperationInfo,
        tenant: Option<&str>,
        deadline: Instant,
    ) -> Result<(), TooLate> {
        loop {
            let Some((start, epoch)) = self.reserve(info, tenant, deadline)? else {
                return Ok(());
            };
            if start > Instant::now() {
                sleep_until(start).await;
            }
            if self
                .cells()
                .get(&key(info, tenant))
                .is_none_or(|cell| cell.epoch == epoch)
            {
                return Ok(());
            }
        }
    }

    /// Stops all callers of an operation after a refusal.
    pub(crate) fn refused(
        &self,
        info: &'static OperationInfo,
        tenant: Option<&str>,
        wait: Duration,
    ) {
        let now = Instant::now();
        let mut cells = self.cells();
        let cell = cells
            .entry(key(info, tenant))
            .or_insert_with(|| Cell::new(now));
        let until = now + wait.min(Duration::from_secs(3_600));
        // Many calls are refused at once; that counts as one.
        if until > cell.paused_until {
            if now >= cell.paused_until {
                cell.pace = (cell.pace_at(now) * SLOWER).max(SLOWEST);
            }
            cell.pace_since = until;
            cell.paused_until = until;
            cell.next = until;
            cell.epoch += 1;
        }
    }

    /// The start of a call, and the epoch it holds for; `None` if it may start at once.
    fn reserve(
        &self,
        info: &'static OperationInfo,
        tenant: Option<&str>,
        deadline: Instant,
    ) -> Result<Option<(Instant, u64)>, TooLate> {
        let now = Instant::now();
        let mut cells = self.cells();
        let key = key(info, tenant);
        let limit = info.rate_limit.filter(|_| !self.disabled);
        if limit.is_none() && !cells.contains_key(&key) {
            return Ok(None);
        }
        let cell = cells.entry(key).or_insert_with(|| Cell::new(now));
        let (interval, burst) = limit.map_or((Duration::ZERO, 1), |limit| {
            let interval = interval(limit).div_f64(cell.pace_at(now));
            // While slowed down, no burst: the limit is not what it was said to be.
            (
                interval,
                if cell.pace_at(now) < 1.0 {
                    1
                } else {
                    burst(limit)
                },
            )
        });
        let earliest = cell
            .next
            .checked_sub(interval * (burst - 1))
            .unwrap_or(cell.next);
        let start = now.max(earliest).max(cell.paused_until);
        if start > deadline {
            return Err(TooLate { wait: start - now });
        }
        cell.next = cell.next.max(start) + interval;
        Ok(Some((start, cell.epoch)))
    }

    fn cells(&self) -> MutexGuard<'_, HashMap<Key, Cell>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cell {
    fn new(now: Instant) -> Self {
        Self {
            next: now,
            paused_until: now,
            epoch: 0,
            pace: 1.0,
            pace_since: now,
        }
    }

    fn pace_at(&self, now: Instant) -> f64 {
        let calm = now.saturating_duration_since(self.pace_since).as_secs_f64();
        (self.pace + calm * RECOVERY_PER_SECOND).min(1.0)
    }
}

fn key(info: &'static OperationInfo, tenant: Option<&str>) -> Key {
    Key {
        operation: info.id,
        tenant: tenant.map(str::to_owned),
    }
}

/// Whole calls that 96 % of the limit allow in a window; at least one.
fn steady(limit: RateLimit) -> f64 {
    f64::from(limit.calls.max(1)) * 0.96
}

fn interval(limit: RateLimit) -> Duration {
    Duration::from_secs(limit.seconds.max(1).into()).div_f64(steady(limit))
}

/// What the limit leaves beside the steady rate; at least one.
fn burst(limit: RateLimit) -> u32 {
    let steady = steady(limit).floor() as u32;
    limit.calls.max(1).saturating_sub(steady).max(1)
}
