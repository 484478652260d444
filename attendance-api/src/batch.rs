//! Batches: from one call over many entries or many days to calls that the server's limits allow.
//!
//! Entries are cut into chunks, the span of days into windows; every chunk meets every window in one *part*.
//! Parts run side by side, bounded, and are handed out in order or as they come.
//!
//! Relies on: the generated [`Batched`] implementation, which knows the list, the days and their limits.
//! Guarantees: each entry meets each day in exactly one part; a part that failed is handed out as a [`FailedBatch`] with its
//! entries and its days, and never ends the others; memory holds the parts in flight.
//! Deliberately lacks: retries and rate limits (the call has them).

use std::fmt;
use std::future::poll_fn;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, FuturesUnordered};

use crate::batch_cursor::Cursor;
use crate::call::{Data, send_data};
use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::partial::{Problem, incomplete};
use crate::wire::{Date, View};

/// Parts in flight, unless said otherwise.
const CONCURRENCY: usize = 8;

/// An operation that takes a bounded list, a bounded span of days, or both.
pub trait Batched: Operation {
    /// One element of the list.
    type Entry: View + Clone + Send + Sync + 'static;
    /// One element of the answer.
    type Item: Send + 'static;
    /// What one call may hold.
    const PLAN: BatchPlan;

    /// Takes the entries out of the call.
    fn take_entries(&mut self) -> Vec<Self::Entry>;

    /// Puts the entries of one part in.
    fn put_entries(&mut self, entries: Vec<Self::Entry>);

    /// First and last day, both included.
    fn window(&self) -> Option<(Date, Date)>;

    /// Puts the days of one part in.
    fn set_window(&mut self, from: Date, to: Date);

    /// Takes the answer apart.
    fn items(data: Data<Self>) -> Vec<Self::Item>;
}

/// What one call may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchPlan {
    /// Entries a call, if the operation takes a list.
    pub max_entries: Option<usize>,
    /// Days a call, the first and the last included, if the operation takes a span.
    pub max_days: Option<u32>,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Parts handed out, whether they succeeded or failed.
    pub done: usize,
    /// Parts handed out as failed.
    pub failed: usize,
    /// Parts in all.
    pub total: usize,
}

/// The answer to one part.
#[non_exhaustive]
pub struct Batch<O: Batched> {
    /// Number of the part, from 0.
    pub index: usize,
    /// The entries it was asked for; empty if the operation takes no list.
    pub entries: Vec<O::Entry>,
    /// First and last day it was asked for, both included.
    pub window: Option<(Date, Date)>,
    /// What the server answered.
    pub data: Data<O>,
    /// What the server says failed inside this success.
    pub problems: Vec<Problem>,
    /// How far the run has come with this part.
    pub progress: Progress,
}

/// A part that failed, with what it was asked for, so that it can be asked again.
#[non_exhaustive]
pub struct FailedBatch<O: Batched> {
    /// Number of the part, from 0.
    pub index: usize,
    /// The entries it was asked for; empty if the operation takes no list.
    pub entries: Vec<O::Entry>,
    /// First and last day it was asked for, both included.
    pub window: Option<(Date, Date)>,
    /// Why it failed.
    pub error: Error,
    /// How far the run has come with this part.
    pub progress: Progress,
}

impl<O: Batched> fmt::Debug for Batch<O>
where
    Data<O>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("index", &self.index)
            .field("entries", &self.entries.len())
            .field("window", &self.window)
            .field("data", &self.data)
            .field("problems", &self.problems)
            .field("progress", &self.progress)
            .finish()
    }
}

impl<O: Batched> fmt::Debug for FailedBatch<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedBatch")
            .field("index", &self.index)
            .field("entries", &self.entries.len())
            .field("window", &self.window)
            .field("error", &self.error)
            .field("progress", &self.progress)
            .finish()
    }
}

impl<O: Batched> fmt::Display for FailedBatch<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "part {} of {}", self.index + 1, self.progress.total)?;
        if O::PLAN.max_entries.is_some() {
            write!(f, ", {} entries", self.entries.len())?;
        }
        if let Some((from, to)) = &self.window {
            write!(f, ", {from} to {to}")?;
        }
        f.write_str(" failed")
    }
}

impl<O: Batched> std::error::Error for FailedBatch<O> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl<O: Batched> From<FailedBatch<O>> for Error {
    fn from(failed: FailedBatch<O>) -> Self {
        failed.error
    }
}

/// All that a run brought, good and bad side by side.
#[must_use = "parts may have failed: look at `problems` and `failed`, or ask for `strict()`"]
#[non_exhaustive]
pub struct Collected<O: Batched> {
    /// The elements of all answers.
    pub items: Vec<O::Item>,
    /// What the server says failed inside its successes.
    pub problems: Vec<Problem>,
    /// The parts that failed as a whole.
    pub failed: Vec<FailedBatch<O>>,
}

impl<O: Batched> Collected<O> {
    /// Whether every entry was answered for every day.
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty() && self.failed.is_empty()
    }

    /// The elements, if nothing at all failed.
    ///
    /// # Errors
    ///
    /// The first failed part's error, or else one that tells the first problem.
    pub fn strict(self) -> Result<Vec<O::Item>> {
        if let Some(failed) = self.failed.into_iter().next() {
            return Err(failed.error);
        }
        match self.problems.is_empty() {
            true => Ok(self.items),
            false => Err(incomplete(O::INFO, self.problems)),
        }
    }
}

/// A part by its number, and what came of it.
type Answered<O> = (usize, Result<(Data<O>, Vec<Problem>)>);
/// One part's way to the server and back.
type PartFuture<O> = BoxFuture<'static, Answered<O>>;

/// The parts in flight, handed out in order or as they come.
enum InFlight<O: Batched> {
    Ordered(FuturesOrdered<PartFuture<O>>),
    Unordered(FuturesUnordered<PartFuture<O>>),
}

impl<O: Batched> InFlight<O> {
    fn len(&self) -> usize {
        match self {
            Self::Ordered(parts) => parts.len(),
            Self::Unordered(parts) => parts.len(),
        }
    }

    fn push(&mut self, part: PartFuture<O>) {
        match self {
            Self::Ordered(parts) => parts.push_back(part),
            Self::Unordered(parts) => parts.push(part),
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Answered<O>>> {
        match self {
            Self::Ordered(parts) => Pin::new(parts).poll_next(cx),
            Self::Unordered(parts) => Pin::new(parts).poll_next(cx),
        }
    }
}

/// One call over many entries or many days, cut into parts.
///
/// A [`Stream`] of [`Batch`]es and [`FailedBatch`]es, with [`next`](Self::next) of its own. An empty list has no parts.
#[must_use = "batches are sent as they are asked for"]
pub struct Batches<O: Batched> {
    template: O,
    entries: Vec<O::Entry>,
    windows: Vec<Option<(Date, Date)>>,
    fault: Option<Error>,
    chunk: usize,
    concurrency: usize,
    next: usize,
    in_flight: InFlight<O>,
    cursor: Cursor,
    progress: Progress,
}

impl<O: Batched> Unpin for Batches<O> {}

impl<O: Batched> Batches<O> {
    /// Cuts `operation` by the limits that its description states.
    pub fn new(mut operation: O) -> Self {
        let entries = operation.take_entries();
        let (windows, fault) = match windows_of(&operation) {
            Ok(windows) => (windows, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let mut batches = Self {
            template: operation,
            entries,
            windows,
            fault,
            chunk: O::PLAN.max_entries.unwrap_or(usize::MAX).max(1),
            concurrency: CONCURRENCY,
            next: 0,
            in_flight: InFlight::Ordered(FuturesOrdered::new()),
            cursor: Cursor::default(),
            progress: Progress::default(),
        };
        batches.plan();
        batches
    }

    /// Sends at most `calls` calls at a time (8 by default, at least 1).
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// Puts at most `entries` entries in one call; the limit of the operation still holds.
    pub fn entries_per_call(mut self, entries: usize) -> Self {
        self.chunk = entries.clamp(1, O::PLAN.max_entries.unwrap_or(usize::MAX));
        self.plan();
        self
    }

    /// Hands parts out as they come, not in order: quicker where one part is slow.
    pub fn unordered(mut self) -> Self {
        self.in_flight = InFlight::Unordered(FuturesUnordered::new());
        self
    }

    /// Skips the parts that an earlier run has handed out as answered, as its [`cursor`](Self::cursor) tells.
    ///
    /// # Errors
    ///
    /// An input error when the text is no cursor, or one of a run over other entries, days or options.
    pub fn resume(mut self, cursor: &str) -> Result<Self> {
        self.cursor = Cursor::parse(cursor, self.fingerprint(), self.progress.total)
            .map_err(|fault| Error::input(fault).with_operation(O::INFO.id))?;
        self.progress.done = self.cursor.count();
        Ok(self)
    }

    /// Where the run stands: the parts handed out as answered. Text to store, for [`resume`](Self::resume).
    pub fn cursor(&self) -> String {
        self.cursor.to_text(self.fingerprint())
    }

    /// How far the run has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The next part, or `None` when all were handed out.
    pub async fn next(&mut self) -> Option<std::result::Result<Batch<O>, FailedBatch<O>>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Runs all parts; failed ones stand beside the elements of the others.
    pub async fn collect(mut self) -> Collected<O> {
        let mut collected = Collected {
            items: Vec::new(),
            problems: Vec::new(),
            failed: Vec::new(),
        };
        while let Some(part) = self.next().await {
            match part {
                Ok(batch) => {
                    collected.items.extend(O::items(batch.data));
                    collected.problems.extend(batch.problems);
                }
                Err(failed) => collected.failed.push(failed),
            }
        }
        collected
    }

    /// The elements of all answers, one by one.
    pub fn items(self) -> BatchItems<O> {
        BatchItems::new(self)
    }

    fn plan(&mut self) {
        let chunks = match O::PLAN.max_entries {
            Some(_) => self.entries.len().div_ceil(self.chunk),
            None => 1,
        };
        // A fault of the arguments is handed out as one failed part.
        let windows = self.windows.len().max(usize::from(self.fault.is_some()));
        self.progress.total = chunks.saturating_mul(windows);
    }

    /// The entries and the days of part `index`: all windows of a chunk stand together.
    fn part(&self, index: usize) -> (Range<usize>, Option<(Date, Date)>) {
        let windows = self.windows.len().max(1);
        let first = (index / windows).saturating_mul(self.chunk);
        let range = first..first.saturating_add(self.chunk).min(self.entries.len());
        let window = self.windows.get(index % windows).cloned().flatten();
        (range, window)
    }

    fn start(&self, index: usize) -> PartFuture<O> {
        let (range, window) = self.part(index);
        let mut operation = self.template.clone();
        operation.put_entries(self.entries[range].to_vec());
        if let Some((from, to)) = window {
            operation.set_window(from, to);
        }
        Box::pin(async move { (index, send_data(operation).await) })
    }

    fn fill(&mut self) {
        while self.fault.is_none()
            && self.in_flight.len() < self.concurrency
            && self.next < self.progress.total
        {
            let index = self.next;
            self.next += 1;
            if !self.cursor.contains(index) {
                let part = self.start(index);
                self.in_flight.push(part);
            }
        }
    }

    // A failed part carries its entries, so that they can be sent again.
    #[allow(clippy::result_large_err)]
    fn hand_out(
        &mut self,
        index: usize,
        answer: Result<(Data<O>, Vec<Problem>)>,
    ) -> std::result::Result<Batch<O>, FailedBatch<O>> {
        let (range, window) = self.part(index);
        let entries = self.entries[range].to_vec();
        self.progress.done += 1;
        match answer {
            Ok((data, problems)) => {
                self.cursor.insert(index);
                let progress = self.progress;
                Ok(Batch {
                    index,
                    entries,
                    window,
                    data,
                    problems,
                    progress,
                })
            }
            Err(error) => {
                self.progress.failed += 1;
                let progress = self.progress;
                Err(FailedBatch {
                    index,
                    entries,
                    window,
                    error,
                    progress,
                })
            }
        }
    }

    /// A number that another list, other days or another chunk size changes.
    fn fingerprint(&self) -> u64 {
        let mut hash = Fnv::new();
        hash.text(O::INFO.id);
        hash.number(self.chunk as u64);
        for window in self.windows.iter().flatten() {
            hash.text(&window.0.to_string());
            hash.text(&window.1.to_string());
        }
        for entry in &self.entries {
            let text = crate::wire::encode(entry).unwrap_or_default();
            hash.bytes(&text);
        }
        hash.0
    }
}

impl<O: Batched> Stream for Batches<O> {
    type Item = std::result::Result<Batch<O>, FailedBatch<O>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(error) = this.fault.take() {
            this.next = this.progress.total;
            this.windows.clear();
            return Poll::Ready(Some(this.hand_out(0, Err(error))));
        }
        this.fill();
        match this.in_flight.poll_next(cx) {
            Poll::Ready(Some((index, answer))) => Poll::Ready(Some(this.hand_out(index, answer))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The elements of the answers to all parts, one by one.
///
/// A failed part is an error, and so are the problems inside a part that succeeded (behind its elements): nothing is passed over.
#[must_use = "batches are sent as they are asked for"]
pub struct BatchItems<O: Batched> {
    batches: Batches<O>,
    ready: std::vec::IntoIter<O::Item>,
    problems: Vec<Problem>,
}

impl<O: Batched> Unpin for BatchItems<O> {}

impl<O: Batched> BatchItems<O> {
    /// Hands out the elements of `batches`.
    pub fn new(batches: Batches<O>) -> Self {
        Self {
            batches,
            ready: Vec::new().into_iter(),
            problems: Vec::new(),
        }
    }

    /// How far the run has come.
    pub fn progress(&self) -> Progress {
        self.batches.progress()
    }

    /// The next element, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<O::Item>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next element, `Ok(None)` at the end.
    ///
    /// # Errors
    ///
    /// Those of a failed part, and one that tells the problems inside a part. Asking again goes on with the next part.
    pub async fn try_next(&mut self) -> Result<Option<O::Item>> {
        self.next().await.transpose()
    }

    /// All elements, or the first error. [`Batches::collect`] keeps the good beside the bad instead.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next).
    pub async fn try_collect(mut self) -> Result<Vec<O::Item>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }
}

impl<O: Batched> Stream for BatchItems<O> {
    type Item = Result<O::Item>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            if !this.problems.is_empty() {
                let problems = std::mem::take(&mut this.problems);
                return Poll::Ready(Some(Err(incomplete(O::INFO, problems))));
            }
            match std::task::ready!(Pin::new(&mut this.batches).poll_next(cx)) {
                Some(Ok(batch)) => {
                    this.ready = O::items(batch.data).into_iter();
                    this.problems = batch.problems;
                }
                Some(Err(failed)) => return Poll::Ready(Some(Err(failed.error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// The windows of an operation: none to cut is one part without days of its own.
fn windows_of<O: Batched>(operation: &O) -> Result<Vec<Option<(Date, Date)>>> {
    let Some(max_days) = O::PLAN.max_days else {
        return Ok(vec![None]);
    };
    let Some((from, to)) = operation.window() else {
        return Ok(vec![None]);
    };
    let (Some(first), Some(last)) = (from.days_since_epoch(), to.days_since_epoch()) else {
        return Err(
            Error::input(format!("`{from}` to `{to}` is no span of calendar days"))
                .with_operation(O::INFO.id),
        );
    };
    if first > last {
        return Err(
            Error::input(format!("the first day, {from}, is after the last, {to}"))
                .with_operation(O::INFO.id),
        );
    }
    Ok(cut_days(first, last, i64::from(max_days.max(1))))
}

fn cut_days(first: i64, last: i64, days: i64) -> Vec<Option<(Date, Date)>> {
    let mut windows = Vec::new();
    let mut from = first;
    while from <= last {
        let to = from.saturating_add(days - 1).min(last);
        let edges = Date::from_days_since_epoch(from).zip(Date::from_days_since_epoch(to));
        windows.push(Some(edges.expect("days between two dates are dates")));
        from = to + 1;
    }
    windows
}

/// FNV-1a: stable over versions and machines, as a stored cursor needs; not for secrets.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().copied().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.text(&number.to_string());
    }
}
