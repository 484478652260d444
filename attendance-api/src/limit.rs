//! Keeping to the rate limits: so many calls of an operation in any window of its length.
//!
//! Calls of an operation start one after the other, in the order in which they came. A call starts when the one that lies
//! a whole limit before it is a window away, counted by when that one did start, not by when it should have; so no
//! stall of this process puts more into a window than the limit allows. The window is taken 4 % longer than it is, for what
//! the network does to the distances, and within it calls keep a distance, so that a limit is not used up at once. A refusal
//! of the server stops all callers of the operation until the time it names, and slows the rate down for a while.
//!
//! Workers that share a limit ask a store for a turn besides. Several callers may ask at once, so that a store that takes its
//! time costs a delay and not the rate.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::call::RAW;
use crate::operation::{Method, OperationInfo, RateLimit};
use crate::rate_store::{Rate, RateStore, Turn};

/// The limits of all operations, shared by all clones of a client.
#[derive(Default)]
pub(crate) struct Limits {
    cells: Mutex<Cells>,
    disabled: bool,
    shared: Option<Arc<dyn RateStore>>,
}

#[derive(Default)]
struct Cells {
    by_key: HashMap<Key, Arc<Cell>>,
    /// At how many cells those without a use are dropped.
    sweep_at: usize,
}

/// Calls are counted by operation and tenant; those without a description by the form of their path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    operation: &'static str,
    method: Method,
    path: &'static str,
    tenant: Option<String>,
}

struct Cell {
    rate: Option<Rate>,
    /// One caller at a time, first come, first served.
    gate: Semaphore,
    /// Told to those who wait at the gate when there is a refusal.
    refusal: Notify,
    /// How many may ask for a shared turn, or wait for theirs, at once.
    asking: Semaphore,
    state: Mutex<State>,
}

struct State {
    /// When the last calls started, as many as the limit has.
    recent: VecDeque<Instant>,
    /// How many callers wait for their turn.
    waiting: u32,
    /// Nobody starts before.
    paused_until: Instant,
    /// 1.0 is the documented rate.
    pace: f64,
    pace_since: Instant,
}

/// A start that lies beyond the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLate {
    pub(crate) wait: Duration,
}

/// How much longer than the server's a window is taken to be.
const SLACK: f64 = 0.04;
/// How much quicker than the limit calls may follow each other within a window.
const HASTE: f64 = 1.3;
/// How slow it may get, and how the pace recovers.
const SLOWEST: f64 = 0.1;
const SLOWER: f64 = 0.7;
const RECOVERY_PER_SECOND: f64 = 0.05;
/// A shared turn that was slept through by so much is left, and another one asked for, so many times.
const OVERSLEPT: Duration = Duration::from_millis(20);
const MOST_TURNS: u32 = 4;
/// Shared turns are taken ahead for at most this part of a window, and so many: those of callers who go away are lost.
const AHEAD: u32 = 4;
const MOST_AHEAD: u32 = 16;
/// A refusal that ends so much later than the one before is told to the others who share the limit.
const NEWS: Duration = Duration::from_millis(500);
const LEAST_SWEEP: usize = 1_024;

impl Limits {
    pub(crate) fn new(enabled: bool) -> Self {
        Self {
            disabled: !enabled,
            ..Self::default()
        }
    }

    pub(crate) fn shared_by(mut self, store: Option<Arc<dyn RateStore>>) -> Self {
        self.shared = store;
        self
    }

    /// Waits for the turn of a call; not at all if that lies beyond the deadline.
    pub(crate) async fn turn(
        &self,
        info: &'static OperationInfo,
        tenant: Option<&str>,
        deadline: Instant,
    ) -> Result<(), TooLate> {
        let Some(cell) = self.cell(info, tenant) else {
            return Ok(());
        };
        let first = cell.come_first(deadline).await?;
        let (Some(store), Some(rate)) = (&self.shared, cell.rate) else {
            return cell.start(deadline).await;
        };
        let _asking = cell.may_ask(deadline).await?;
        cell.start(deadline).await?;
        drop(first);
        cell.shared_turn(&**store, &key_text(info, tenant), rate, deadline)
            .await
    }

    /// Stops all callers of an operation after a refusal.
    pub(crate) async fn refused(
        &self,
        info: &'static OperationInfo,
        tenant: Option<&str>,
        wait: Duration,
    ) {
        let wait = wait.min(Duration::from_secs(3_600));
        let is_news = self.cell_for(key(info, tenant), info).refused(wait);
        // Many calls are refused at once; one of them tells the others.
        if is_news && let Some(store) = &self.shared {
            let _ = store.pause(&key_text(info, tenant), wait).await;
        }
    }

    /// Where the calls of an operation are counted; nowhere if nothing limits them.
    fn cell(&self, info: &'static OperationInfo, tenant: Option<&str>) -> Option<Arc<Cell>> {
        let key = key(info, tenant);
        if self.disabled || info.rate_limit.is_none() {
            return self.cells().by_key.get(&key).cloned();
        }
        Some(self.cell_for(key, info))
    }

    fn cell_for(&self, key: Key, info: &'static OperationInfo) -> Arc<Cell> {
        let mut cells = self.cells();
        if let Some(cell) = cells.by_key.get(&key) {
            return Arc::clone(cell);
        }
        cells.sweep();
        let limit = info.rate_limit.filter(|_| !self.disabled);
        let cell = Arc::new(Cell::new(limit.map(rate)));
        cells.by_key.insert(key, Arc::clone(&cell));
        cell
    }

    fn cells(&self) -> MutexGuard<'_, Cells> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cells {
    /// Drops the cells that remember nothing: an application may serve very many tenants.
    fn sweep(&mut self) {
        if self.by_key.len() < self.sweep_at.max(LEAST_SWEEP) {
            return;
        }
        let now = Instant::now();
        self.by_key
            .retain(|_, cell| Arc::strong_count(cell) > 1 || !cell.is_idle(now));
        self.sweep_at = self.by_key.len() * 2;
    }
}

impl Cell {
    fn new(rate: Option<Rate>) -> Self {
        let now = Instant::now();
        Self {
            rate,
            gate: Semaphore::new(1),
            refusal: Notify::new(),
            asking: Semaphore::new(rate.map_or(1, ahead) as usize),
            state: Mutex::new(State {
                recent: VecDeque::new(),
                waiting: 0,
                paused_until: now,
                pace: 1.0,
                pace_since: now,
            }),
        }
    }

    /// Waits until nobody is before the caller; gives up as soon as its turn is seen to come too late.
    async fn come_first(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, TooLate> {
        if let Ok(permit) = self.gate.try_acquire() {
            return Ok(permit);
        }
        let _waiting = self.queue(deadline)?;
        let mut permit = pin!(self.gate.acquire());
        loop {
            let refusal = pin!(self.refusal.notified());
            match timeout_at(deadline, select(permit.as_mut(), refusal)).await {
                Ok(Either::Left((permit, _))) => {
                    return Ok(permit.expect("the gate is never closed"));
                }
                Ok(Either::Right(_)) => self.in_time(self.state().paused_until, deadline)?,
                Err(_elapsed) => return Err(self.too_late()),
            }
        }
    }

    /// Joins those who wait, if the turn after all of them comes in time.
    fn queue(&self, deadline: Instant) -> Result<Waiting<'_>, TooLate> {
        let ahead = self.state().waiting + 1;
        self.in_time(self.forecast(ahead, Instant::now()), deadline)?;
        self.state().waiting += 1;
        Ok(Waiting(self))
    }

    /// Waits until not too many others wait for a shared turn.
    async fn may_ask(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, TooLate> {
        match timeout_at(deadline, self.asking.acquire()).await {
            Ok(permit) => Ok(permit.expect("it is never closed")),
            Err(_elapsed) => Err(self.too_late()),
        }
    }

    fn too_late(&self) -> TooLate {
        let now = Instant::now();
        let wait = self.forecast(0, now).saturating_duration_since(now);
        TooLate { wait }
    }

    fn in_time(&self, start: Instant, deadline: Instant) -> Result<(), TooLate> {
        if start <= deadline {
            return Ok(());
        }
        let wait = start.saturating_duration_since(Instant::now());
        Err(TooLate { wait })
    }

    /// Starts the call of whoever is first, when it is time.
    async fn start(&self, deadline: Instant) -> Result<(), TooLate> {
        loop {
            let now = Instant::now();
            let start = self.forecast(0, now);
            if start <= now {
                self.state().started(now, self.rate);
                return Ok(());
            }
            self.in_time(start, deadline)?;
            sleep_until(start).await;
        }
    }

    /// A turn among all who share the limit. Without the store everybody keeps to the limit alone.
    async fn shared_turn(
        &self,
        store: &dyn RateStore,
        key: &str,
        rate: Rate,
        deadline: Instant,
    ) -> Result<(), TooLate> {
        for _ in 0..MOST_TURNS {
            let latest = deadline.saturating_duration_since(Instant::now());
            let turn = timeout_at(deadline, store.turn(key, rate, latest)).await;
            let start = match turn {
                Ok(Ok(Turn::After(wait))) => Instant::now() + wait,
                Ok(Ok(Turn::TooLate(wait))) => return Err(TooLate { wait }),
                Ok(Err(_)) | Err(_) => break,
            };
            sleep_until(start).await;
            if start.elapsed() <= OVERSLEPT && self.state().paused_until <= Instant::now() {
                break;
            }
            // The turn is gone, or there was a refusal meanwhile.
            self.after_pause(deadline).await?;
        }
        self.after_pause(deadline).await
    }

    /// Waits until the refusal is over.
    async fn after_pause(&self, deadline: Instant) -> Result<(), TooLate> {
        loop {
            let until = self.state().paused_until;
            if until <= Instant::now() {
                return Ok(());
            }
            self.in_time(until, deadline)?;
            sleep_until(until).await;
        }
    }

    /// When a call may start that comes after so many others.
    fn forecast(&self, ahead: u32, now: Instant) -> Instant {
        let state = self.state();
        let free = now.max(state.paused_until);
        let Some(rate) = self.rate else { return free };
        let spacing = rate.spacing.mul_f64(HASTE / state.haste_at(now));
        let (rounds, place) = (ahead / rate.calls, ahead % rate.calls);
        let paced = match state.recent.back() {
            Some(last) => free.max(*last + spacing) + spacing * place,
            None => free + spacing * place,
        };
        let unused = rate.calls as usize - state.recent.len();
        let windowed = (place as usize)
            .checked_sub(unused)
            .and_then(|index| Some(*state.recent.get(index)? + rate.window));
        let start = windowed.map_or(paced, |windowed| paced.max(windowed));
        start + rate.window.max(spacing * rate.calls) * rounds
    }

    /// Takes note of a refusal; whether it is news.
    fn refused(&self, wait: Duration) -> bool {
        let now = Instant::now();
        let mut state = self.state();
        let until = now + wait;
        // Many calls are refused at once; that counts as one.
        if until <= state.paused_until {
            return false;
        }
        let is_news = until > state.paused_until + NEWS;
        if now >= state.paused_until {
            state.pace = (state.pace_at(now) * SLOWER).max(SLOWEST);
        }
        state.pace_since = until;
        state.paused_until = until;
        drop(state);
        self.refusal.notify_waiters();
        is_news
    }

    fn is_idle(&self, now: Instant) -> bool {
        let state = self.state();
        let window = self.rate.map_or(Duration::ZERO, |rate| rate.window);
        state.recent.back().is_none_or(|last| *last + window <= now)
            && state.paused_until <= now
            && state.pace_at(now) >= 1.0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn started(&mut self, now: Instant, rate: Option<Rate>) {
        let Some(rate) = rate else { return };
        self.recent.push_back(now);
        if self.recent.len() > rate.calls as usize {
            self.recent.pop_front();
        }
    }

    fn pace_at(&self, now: Instant) -> f64 {
        let calm = now.saturating_duration_since(self.pace_since).as_secs_f64();
        (self.pace + calm * RECOVERY_PER_SECOND).min(1.0)
    }

    /// While slowed down, calls follow each other at that pace: the limit is not what it was said to be.
    fn haste_at(&self, now: Instant) -> f64 {
        match self.pace_at(now) {
            pace if pace < 1.0 => pace,
            _ => HASTE,
        }
    }
}

/// One of those who wait; no longer when it is dropped.
struct Waiting<'a>(&'a Cell);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

fn key(info: &'static OperationInfo, tenant: Option<&str>) -> Key {
    Key {
        operation: info.id,
        method: info.method,
        path: info.path,
        tenant: tenant.map(str::to_owned),
    }
}

/// The name under which workers share the limit. Calls without a description have one name between them, so theirs has the path.
fn key_text(info: &'static OperationInfo, tenant: Option<&str>) -> String {
    let mut text = info.id.to_owned();
    if info.id == RAW {
        text = format!("{text} {:?} {}", info.method, info.path);
    }
    if let Some(tenant) = tenant {
        text = format!("{text}:{tenant}");
    }
    text
}

fn ahead(rate: Rate) -> u32 {
    (rate.calls / AHEAD).clamp(1, MOST_AHEAD)
}

fn rate(limit: RateLimit) -> Rate {
    let calls = limit.calls.max(1);
    let window = Duration::from_secs(limit.seconds.max(1).into());
    let spacing = window.div_f64(f64::from(calls) * HASTE);
    Rate::new(calls, window.mul_f64(1.0 + SLACK), spacing)
}
