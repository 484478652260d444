//! The seam through which the turns of calls are counted for several clients: workers that share one limit.

use std::error::Error;
use std::time::Duration;

use crate::transport::BoxFuture;

/// Why a store of turns failed. The client then keeps to the limit by itself.
pub type RateStoreError = Box<dyn Error + Send + Sync>;

/// Gives out the turns of calls to all who share a limit, such as the workers of one application.
///
/// The client asks for each operation's turns a quarter of a window ahead at most, and still keeps to the limit by itself, so
/// a store that fails costs the sharing only. It is waited for: a store that may hang should give up soon. A turn that
/// nobody uses is lost.
pub trait RateStore: Send + Sync {
    /// Takes the next turn under a key, unless it lies further ahead than `latest`.
    fn turn<'a>(
        &'a self,
        key: &'a str,
        rate: Rate,
        latest: Duration,
    ) -> BoxFuture<'a, Result<Turn, RateStoreError>>;

    /// Lets nobody take a turn under a key before this time is over: the server refused a call.
    fn pause<'a>(
        &'a self,
        key: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), RateStoreError>>;
}

/// What the turns under a key must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// So many turns in any window at most.
    pub calls: u32,
    /// How long a window is. A little longer than the server's, since not all calls take equally long to get there.
    pub window: Duration,
    /// How far one turn is from the next at least.
    pub spacing: Duration,
}

/// What came of asking for a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Turn {
    /// The turn is taken, and comes after this time.
    After(Duration),
    /// No turn was taken: it would have come only after this time.
    TooLate(Duration),
}

impl Rate {
    /// So many turns in any window, no closer than `spacing`.
    #[must_use]
    pub fn new(calls: u32, window: Duration, spacing: Duration) -> Self {
        Self {
            calls: calls.max(1),
            window,
            spacing,
        }
    }
}
