//! Days and clock times inside the texts of cells.

use crate::{ClockTime, Date};

/// A day in either of its two forms, `20230105` and `2023-01-05`.
#[inline]
pub(super) fn read_day(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

/// A day as the code of its column, `2023-01-05`; `None` for a value that is no day.
#[inline]
pub(super) fn day_text(day: &Date) -> Option<String> {
    day.ymd().map(|_| day.to_string())
}

/// A time of day, `HH:mm`.
#[inline]
pub(super) fn read_clock(text: &str) -> Option<ClockTime> {
    text.trim().parse().ok()
}

/// Two times of day with a dash between them.
#[inline]
pub(super) fn read_range(text: &str) -> Option<(ClockTime, ClockTime)> {
    let (from, to) = text.split_once('-')?;
    Some((read_clock(from)?, read_clock(to)?))
}
