//! One cell of a statistics row: its text, and what can be read from it.
//!
//! Every reading is an `Option` and the text stays beside it, because the form of a cell changes with language, settings
//! and age of the tenant. `-` and the empty text mean that there is nothing.

use std::time::Duration;

use super::amount::{Amount, Durations, Unit};
use super::columns::Side;
use super::day::DayResult;
use super::time::{read_clock, read_day, read_range};
use crate::{ClockTime, Date};

/// One cell: a column code, a text, and the extras that some columns have.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell<'a> {
    code: &'a str,
    title: &'a str,
    text: &'a str,
    durations: Durations,
    features: Vec<(&'a str, &'a str)>,
}

impl<'a> Cell<'a> {
    /// A cell with a code and a text.
    #[inline]
    pub fn new(code: &'a str, text: &'a str) -> Self {
        Self {
            code,
            title: "",
            text,
            durations: Durations::default(),
            features: Vec::new(),
        }
    }

    /// Adds the title.
    #[must_use]
    #[inline]
    pub fn with_title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// Adds the map `duration_num`.
    #[must_use]
    #[inline]
    pub fn with_durations(mut self, durations: Durations) -> Self {
        self.durations = durations;
        self
    }

    /// Adds a feature.
    #[must_use]
    #[inline]
    pub fn with_feature(mut self, key: &'a str, value: &'a str) -> Self {
        self.features.push((key, value));
        self
    }

    /// The column code.
    #[inline]
    pub fn code(&self) -> &'a str {
        self.code
    }

    /// The title in the language of the answer, without the line feeds and tabs that real titles end in. May be empty.
    #[inline]
    pub fn title(&self) -> &'a str {
        self.title.trim()
    }

    /// The text exactly as it came.
    #[inline]
    pub fn raw(&self) -> &'a str {
        self.text
    }

    /// The text, trimmed; `None` for `-` and for nothing.
    #[inline]
    pub fn text(&self) -> Option<&'a str> {
        match self.text.trim() {
            "" | "-" => None,
            text => Some(text),
        }
    }

    /// The number and its unit, as the text has them.
    #[inline]
    pub fn amount(&self) -> Option<Amount> {
        Amount::parse(self.text()?)
    }

    /// A time span: from the map of durations, else from a text that names hours or minutes.
    ///
    /// A bare number is not taken for a time; see [`duration_in`](Self::duration_in).
    #[inline]
    pub fn duration(&self) -> Option<Duration> {
        self.durations
            .duration()
            .or_else(|| self.amount()?.duration())
    }

    /// Like [`duration`](Self::duration), with a bare number read in the given unit. Old tenants send `2700` for minutes.
    #[inline]
    pub fn duration_in(&self, unit: Unit) -> Option<Duration> {
        self.duration().or_else(|| {
            let amount = self.amount().filter(|amount| amount.unit.is_none())?;
            Amount {
                unit: Some(unit),
                ..amount
            }
            .duration()
        })
    }

    /// Working days: from the map of durations, else from a text that names days, else a bare number.
    #[inline]
    pub fn days(&self) -> Option<f64> {
        self.durations.days().or_else(|| {
            let amount = self.amount()?;
            if amount.unit.is_none() {
                Some(amount.number)
            } else {
                amount.days()
            }
        })
    }

    /// How often something happened: a whole number, bare or with the word for times.
    #[inline]
    pub fn count(&self) -> Option<u32> {
        let amount = self.amount()?;
        let is_count = matches!(amount.unit, None | Some(Unit::Times));
        let whole = amount.number >= 0.0
            && amount.number <= f64::from(u32::MAX)
            && amount.number.fract() == 0.0;
        (is_count && whole).then_some(amount.number as u32)
    }

    /// A date, in either of its two forms.
    #[inline]
    pub fn date(&self) -> Option<Date> {
        read_day(self.text()?)
    }

    /// A time of day, as the punch columns have it.
    #[inline]
    pub fn clock(&self) -> Option<ClockTime> {
        read_clock(self.text()?)
    }

    /// A shift, as `Name 09:00-18:00`.
    #[inline]
    pub fn shift(&self) -> Option<ShiftText<'a>> {
        let (name, span) = self.text()?.rsplit_once(char::is_whitespace)?;
        let (from, to) = read_range(span)?;
        Some(ShiftText {
            name: name.trim(),
            from,
            to,
        })
    }

    /// What happened on the day that this column of the monthly report stands for.
    #[inline]
    pub fn day(&self) -> Option<DayResult<'a>> {
        DayResult::parse(self.text()?)
    }

    /// The map of durations; all parts are empty if the cell has none.
    #[inline]
    pub fn durations(&self) -> &Durations {
        &self.durations
    }

    /// All features, in their order.
    #[inline]
    pub fn features(&self) -> &[(&'a str, &'a str)] {
        &self.features
    }

    /// A feature by its key.
    #[inline]
    pub fn feature(&self, key: &str) -> Option<&'a str> {
        self.features
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| *value)
    }

    /// Whether the service marks the cell as abnormal; `None` if it does not say.
    #[inline]
    pub fn is_abnormal(&self) -> Option<bool> {
        match self.feature("Abnormal")? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The result of a punch, from the features.
    #[inline]
    pub fn status(&self) -> Option<&'a str> {
        self.feature("StatusMsg")
    }

    /// The id of the task that a punch belongs to, from the features.
    #[inline]
    pub fn task_id(&self) -> Option<&'a str> {
        self.feature("TaskId")
    }

    /// When the punch was made, from the features.
    #[inline]
    pub fn punch_time(&self) -> Option<ClockTime> {
        read_clock(self.feature("PunchTime")?)
    }

    /// When the shift wanted the punch, from the features. For an off-punch `00:00` is the end of the day, so 24:00.
    #[inline]
    pub fn shift_time(&self, side: Side) -> Option<ClockTime> {
        let text = self.feature("ShiftTime")?;
        match (side, text.trim()) {
            (Side::Off, "00:00") => read_clock("24:00"),
            (_, text) => read_clock(text),
        }
    }
}

/// The shift of a day, as the daily report shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftText<'a> {
    /// Name of the shift.
    pub name: &'a str,
    /// Its begin.
    pub from: ClockTime,
    /// Its end; before the begin if the shift passes midnight.
    pub to: ClockTime,
}

#[cfg(test)]
mod tests {
    use super::super::columns::{daily, month};
    use super::*;

    #[test]
    fn the_map_of_durations_wins_over_the_text() {
        let durations: Durations = [("minute", "475")].into_iter().collect();
        let cell = Cell::new(daily::ACTUAL_TIME, "7.9 hours").with_durations(durations);
        assert_eq!(cell.duration(), Some(Duration::from_secs(475 * 60)));
        assert_eq!(
            Cell::new(daily::ACTUAL_TIME, "7.5 hours").duration(),
            Some(Duration::from_secs(27_000))
        );
    }

    #[test]
    fn a_bare_number_is_a_time_only_when_asked() {
        let cell = Cell::new(month::REQUIRED_TIME, "2700");
        assert_eq!(cell.duration(), None);
        assert_eq!(
            cell.duration_in(Unit::Minute),
            Some(Duration::from_secs(2700 * 60))
        );
        assert_eq!(
            Cell::new(month::REQUIRED_TIME, "8 hours").duration_in(Unit::Minute),
            Some(Duration::from_secs(28_800))
        );
        assert_eq!(
            Cell::new(month::REQUIRED_TIME, "5 天").duration_in(Unit::Minute),
            None
        );
    }

    #[test]
    fn days_and_counts() {
        assert_eq!(Cell::new(month::REQUIRED_DAYS, "5 天").days(), Some(5.0));
        assert_eq!(Cell::new(daily::ACTUAL_DAYS, "0.5").days(), Some(0.5));
        assert_eq!(Cell::new(daily::LEAVE, "4 hours").days(), None);
        assert_eq!(Cell::new(daily::LATE_COUNT, "2").count(), Some(2));
        assert_eq!(Cell::new(daily::LATE_COUNT, "2 次").count(), Some(2));
        assert_eq!(Cell::new(daily::LATE_COUNT, "2 hours").count(), None);
        assert_eq!(Cell::new(daily::LATE_COUNT, "1.5").count(), None);
        assert_eq!(Cell::new(daily::LATE_COUNT, "-3").count(), None);
    }

    #[test]
    fn a_dash_is_nothing_and_stays_readable() {
        let cell = Cell::new(daily::LATE_BY, " - ");
        assert_eq!((cell.text(), cell.raw()), (None, " - "));
        assert!(
            cell.amount().is_none()
                && cell.duration().is_none()
                && cell.days().is_none()
                && cell.count().is_none()
        );
        assert!(
            cell.date().is_none()
                && cell.clock().is_none()
                && cell.shift().is_none()
                && cell.day().is_none()
        );
    }

    #[test]
    fn dates_come_in_two_forms() {
        for text in ["20230105", "2023-01-05"] {
            let day = Cell::new(daily::DATE, text)
                .date()
                .and_then(|day| day.ymd());
            assert_eq!(day, Some((2023, 1, 5)), "{text}");
        }
        assert!(Cell::new(daily::DATE, "2023-13-05").date().is_none());
    }

    #[test]
    fn shifts_have_a_name_and_two_times() {
        let cell = Cell::new(daily::SHIFT, "Early shift 09:00-18:00");
        let shift = cell.shift().unwrap();
        assert_eq!(shift.name, "Early shift");
        assert_eq!(
            (shift.from.to_string(), shift.to.to_string()),
            ("09:00".to_owned(), "18:00".to_owned())
        );
        assert_eq!(Cell::new(daily::SHIFT, "Rest").shift(), None);
    }

    #[test]
    fn features_of_a_punch() {
        let cell = Cell::new("51503-1-2", "正常")
            .with_feature("StatusMsg", "正常")
            .with_feature("ShiftTime", "00:00")
            .with_feature("PunchTime", "23:58")
            .with_feature("TaskId", "7000000000000000001")
            .with_feature("Abnormal", "false");
        assert_eq!(cell.status(), Some("正常"));
        assert_eq!(cell.task_id(), Some("7000000000000000001"));
        assert_eq!(cell.is_abnormal(), Some(false));
        assert_eq!(cell.punch_time().unwrap().to_string(), "23:58");
        assert_eq!(cell.shift_time(Side::Off).unwrap().to_string(), "24:00");
        assert_eq!(cell.shift_time(Side::On).unwrap().to_string(), "00:00");
        assert_eq!(Cell::new("51503-1-1", "").is_abnormal(), None);
    }

    #[test]
    fn titles_lose_their_line_feeds() {
        assert_eq!(
            Cell::new(daily::NAME, "").with_title("姓名\n\t").title(),
            "姓名"
        );
    }
}
