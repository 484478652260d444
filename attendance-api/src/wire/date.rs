//! Days and months without a time zone.
//!
//! The wire writes them as `20190817` (a number or text), `2020-01-01`, `202101`. What cannot be
//! read as a day, such as a dash or an empty text, is kept and goes back unchanged.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::encode::text;
use super::macros::scalar_serde;
use super::shape::{Atom, Fit, Form, Kind, Scalar};
use super::short::Short;

/// A day of the calendar, or the text that stood in its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(Repr);

/// A month of the calendar, or the text that stood in its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth(MonthRepr);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Text(Short),
    Day { year: i32, month: u8, day: u8 },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum MonthRepr {
    Text(Short),
    Month { year: i32, month: u8 },
}

impl Date {
    /// A day of the Gregorian calendar; `None` if there is no such day. Years 0 to 9999.
    #[must_use]
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let exists = (0..=9999).contains(&year) && (1..=days_in_month(year, month)).contains(&day);
        exists.then_some(Self(Repr::Day { year, month, day }))
    }

    /// Year, month and day; `None` if the wire brought something else.
    #[must_use]
    pub fn ymd(&self) -> Option<(i32, u8, u8)> {
        match self.0 {
            Repr::Day { year, month, day } => Some((year, month, day)),
            Repr::Text(_) => None,
        }
    }

    /// The text that stood in place of a day.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Text(text) => Some(text.as_str()),
            Repr::Day { .. } => None,
        }
    }

    /// Days since 1970-01-01, negative before.
    #[must_use]
    pub fn days_since_epoch(&self) -> Option<i64> {
        self.ymd()
            .map(|(year, month, day)| days_from_civil(year, month, day))
    }

    /// The day that lies so many days after 1970-01-01.
    #[must_use]
    pub fn from_days_since_epoch(days: i64) -> Option<Self> {
        // Years 0 to 9999.
        if !(-719_528..=2_932_896).contains(&days) {
            return None;
        }
        let (year, month, day) = civil_from_days(days);
        Self::new(year, month, day)
    }

    /// The day so many days later (earlier, if negative).
    #[must_use]
    pub fn plus_days(&self, days: i64) -> Option<Self> {
        Self::from_days_since_epoch(self.days_since_epoch()?.checked_add(days)?)
    }

    /// The month that the day lies in.
    #[must_use]
    pub fn year_month(&self) -> Option<YearMonth> {
        self.ymd()
            .and_then(|(year, month, _)| YearMonth::new(year, month))
    }

    /// A text in place of a day; empty if it is too long.
    #[allow(dead_code, reason = "for conversions only")]
    pub(crate) fn kept(text: &str) -> Self {
        Self(Repr::Text(Short::new(text).unwrap_or(Short::EMPTY)))
    }

    fn compact(year: i32, month: u8, day: u8) -> i64 {
        i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day)
    }

    fn from_compact(number: i64) -> Option<Self> {
        let year = i32::try_from(number / 10_000).ok()?;
        let month = u8::try_from(number / 100 % 100).ok()?;
        let day = u8::try_from(number % 100).ok()?;
        // 20190817 has eight digits; 190817 is something else.
        if (10_000_000..=99_999_999).contains(&number) {
            Self::new(year, month, day)
        } else {
            None
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        match bytes.len() {
            8 if digits(text) => Self::from_compact(text.parse().ok()?),
            10 if bytes[4] == b'-' && bytes[7] == b'-' && text.is_ascii() => {
                let (year, month, day) = (&text[..4], &text[5..7], &text[8..]);
                if !(digits(year) && digits(month) && digits(day)) {
                    return None;
                }
                Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
            }
            _ => None,
        }
    }
}

impl YearMonth {
    /// A month of the Gregorian calendar; `None` if there is no such month. Years 0 to 9999.
    #[must_use]
    pub fn new(year: i32, month: u8) -> Option<Self> {
        let exists = (0..=9999).contains(&year) && (1..=12).contains(&month);
        exists.then_some(Self(MonthRepr::Month { year, month }))
    }

    /// Year and month; `None` if the wire brought something else.
    #[must_use]
    pub fn ym(&self) -> Option<(i32, u8)> {
        match self.0 {
            MonthRepr::Month { year, month } => Some((year, month)),
            MonthRepr::Text(_) => None,
        }
    }

    /// The text that stood in place of a month.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            MonthRepr::Text(text) => Some(text.as_str()),
            MonthRepr::Month { .. } => None,
        }
    }

    /// The first and the last day.
    #[must_use]
    pub fn first_and_last(&self) -> Option<(Date, Date)> {
        let (year, month) = self.ym()?;
        let last = days_in_month(year, month);
        Some((Date::new(year, month, 1)?, Date::new(year, month, last)?))
    }

    fn from_text(text: &str) -> Option<Self> {
        let (year, month) = match text.len() {
            6 if text.is_ascii() => (&text[..4], &text[4..]),
            7 if text.is_ascii() && text.as_bytes()[4] == b'-' => (&text[..4], &text[5..]),
            _ => return None,
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !(digits(year) && digits(month)) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }
}

impl Scalar for Date {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        let brought = atom.into_text();
        self.0 = match (Self::from_text(brought.trim()), Short::new(&brought)) {
            (Some(date), _) => date.0,
            (None, Some(text)) => Repr::Text(text),
            (None, None) => return Fit::Misfit("a day"),
        };
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match (&self.0, form) {
            (Repr::Text(kept), Form::Number) => number_or(kept.as_str()),
            (Repr::Text(kept), _) => text(kept.as_str()),
            (Repr::Day { year, month, day }, Form::Number) => {
                Atom::Int(Self::compact(*year, *month, *day))
            }
            (Repr::Day { .. }, Form::Dashed) => Atom::Text(Cow::Owned(self.to_string())),
            (Repr::Day { year, month, day }, Form::Natural | Form::Text) => {
                Atom::Text(Cow::Owned(format!("{year:04}{month:02}{day:02}")))
            }
        }
    }

    fn kind(&self, form: Form) -> Kind {
        text_unless_number(form)
    }
}

impl Scalar for YearMonth {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        let brought = atom.into_text();
        self.0 = match (Self::from_text(brought.trim()), Short::new(&brought)) {
            (Some(month), _) => month.0,
            (None, Some(text)) => MonthRepr::Text(text),
            (None, None) => return Fit::Misfit("a month"),
        };
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match (&self.0, form) {
            (MonthRepr::Text(kept), Form::Number) => number_or(kept.as_str()),
            (MonthRepr::Text(kept), _) => text(kept.as_str()),
            (MonthRepr::Month { year, month }, Form::Number) => {
                Atom::Int(i64::from(*year) * 100 + i64::from(*month))
            }
            (MonthRepr::Month { .. }, Form::Dashed) => Atom::Text(Cow::Owned(self.to_string())),
            (MonthRepr::Month { year, month }, Form::Natural | Form::Text) => {
                Atom::Text(Cow::Owned(format!("{year:04}{month:02}")))
            }
        }
    }

    fn kind(&self, form: Form) -> Kind {
        text_unless_number(form)
    }
}

scalar_serde!(Date, YearMonth);

impl Default for Date {
    fn default() -> Self {
        Self(Repr::Text(Short::EMPTY))
    }
}

impl Default for YearMonth {
    fn default() -> Self {
        Self(MonthRepr::Text(Short::EMPTY))
    }
}

impl fmt::Display for Date {
    /// `2019-08-17`, or the text that was kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Day { year, month, day } => write!(f, "{year:04}-{month:02}-{day:02}"),
            Repr::Text(text) => f.pad(text.as_str()),
        }
    }
}

impl fmt::Display for YearMonth {
    /// `2019-08`, or the text that was kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            MonthRepr::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            MonthRepr::Text(text) => f.pad(text.as_str()),
        }
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Day { .. } => fmt::Display::fmt(self, f),
            Repr::Text(text) => text.fmt(f),
        }
    }
}

impl fmt::Debug for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            MonthRepr::Month { .. } => fmt::Display::fmt(self, f),
            MonthRepr::Text(text) => text.fmt(f),
        }
    }
}

/// The text is neither `20190817` nor `2019-08-17` (months: `201908`, `2019-08`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseDateError;

impl fmt::Display for ParseDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not a day (such as `2019-08-17` or `20190817`) or month (`2019-08`) of the calendar",
        )
    }
}

impl std::error::Error for ParseDateError {}

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        Self::from_text(text).ok_or(ParseDateError)
    }
}

impl FromStr for YearMonth {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        Self::from_text(text).ok_or(ParseDateError)
    }
}

fn text_unless_number(form: Form) -> Kind {
    match form {
        Form::Number => Kind::Number,
        Form::Natural | Form::Text | Form::Dashed => Kind::Text,
    }
}

/// A kept number goes back as a number.
fn number_or(kept: &str) -> Atom<'_> {
    kept.parse().map_or_else(|_| text(kept), Atom::Int)
}

pub(crate) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a day, counted in eras of 400 years that start in March.
pub(crate) fn days_from_civil(year: i32, month: u8, day: u8) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i32, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |value: i64| u8::try_from(value).expect("days and months are small");
    (
        i32::try_from(year).expect("the caller keeps to four digits"),
        small(month),
        small(day),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_round_trips() {
        let mut date = Date::new(1899, 12, 31).unwrap();
        for _ in 0..146_097 {
            let next = date.plus_days(1).unwrap();
            assert!(next > date);
            assert_eq!(
                next.days_since_epoch(),
                date.days_since_epoch().map(|days| days + 1)
            );
            assert_eq!(next.to_string().parse(), Ok(next));
            date = next;
        }
        assert_eq!(date, Date::new(2299, 12, 31).unwrap());
        assert_eq!(Date::new(1970, 1, 1).unwrap().days_since_epoch(), Some(0));
        assert_eq!(Date::new(2026, 2, 29), None);
        assert_eq!(Date::new(9999, 12, 31).unwrap().plus_days(1), None);
        assert_eq!(Date::new(0, 1, 1).unwrap().plus_days(-1), None);
    }

    #[test]
    fn each_form_is_read_and_written() {
        let cases = [
            (Atom::Int(20_190_817), Form::Number, Atom::Int(20_190_817)),
            (text("20190817"), Form::Natural, text("20190817")),
            (text("2020-01-01"), Form::Dashed, text("2020-01-01")),
            (text("20200101"), Form::Dashed, text("2020-01-01")),
            (Atom::Int(0), Form::Number, Atom::Int(0)),
            (text("-"), Form::Dashed, text("-")),
            (text(""), Form::Natural, text("")),
            (text("2020-13-01"), Form::Dashed, text("2020-13-01")),
        ];
        for (brought, form, written) in cases {
            let mut date = Date::default();
            assert_eq!(date.put(brought.clone()), Fit::Taken, "{brought:?}");
            assert_eq!(date.get(form), written, "{brought:?}");
        }
        let mut date = Date::default();
        assert_eq!(
            date.put(text("a sentence that is much too long for a day")),
            Fit::Misfit("a day")
        );
    }

    #[test]
    fn a_month_knows_its_days() {
        let month: YearMonth = "202402".parse().unwrap();
        let (first, last) = month.first_and_last().unwrap();
        assert_eq!(
            (first.to_string(), last.to_string()),
            ("2024-02-01".into(), "2024-02-29".into())
        );
        assert_eq!(month.get(Form::Number), Atom::Int(202_402));
        assert_eq!(first.year_month(), Some(month));
    }
}
