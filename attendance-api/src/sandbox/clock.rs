//! The sandbox's own clock, in milliseconds since 1970: the computer's, or one that stands until it is moved.

use std::time::{SystemTime, UNIX_EPOCH};

/// Time as the sandbox sees it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    standing: Option<i64>,
}

impl Clock {
    pub(crate) fn millis(self) -> i64 {
        self.standing.unwrap_or_else(system_millis)
    }

    pub(crate) fn seconds(self) -> i64 {
        self.millis().div_euclid(1000)
    }

    pub(crate) fn stand_at(&mut self, millis: i64) {
        self.standing = Some(millis);
    }

    /// Moves a standing clock; a running one stops where it then is.
    pub(crate) fn advance(&mut self, millis: i64) {
        self.standing = Some(self.millis().saturating_add(millis));
    }
}

fn system_millis() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |passed| {
            i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)
        })
}
