//! Numbers of the statistics cells: from `8 hours`, `0.0小时`, `2700` or `-` to a number with its unit.
//!
//! Reads only what was seen on the wire and refuses the rest: a cell that nobody can read stays text, it never becomes a
//! zero. Does not turn days into hours, because how long a working day is depends on the shift.

use std::time::Duration;

/// What an [`Amount`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Working days.
    Day,
    /// Halves of a working day.
    HalfDay,
    /// Hours.
    Hour,
    /// Half hours.
    HalfHour,
    /// Minutes.
    Minute,
    /// Times something happened.
    Times,
}

/// A number with its unit, if the cell names one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// The number as the cell shows it.
    pub number: f64,
    /// The unit; `None` if the cell holds a bare number.
    pub unit: Option<Unit>,
}

impl Amount {
    /// Reads the text of a cell. `None` for `-`, the empty text and all that is not one number with at most one unit.
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text
            .find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+'))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number = read_number(number)?;
        let unit = match unit.trim() {
            "" => None,
            unit => Some(read_unit(unit)?),
        };
        Some(Self { number, unit })
    }

    /// The time that this is, to the second; `None` for days, for counts, for bare numbers and for less than nothing.
    #[inline]
    pub fn duration(&self) -> Option<Duration> {
        let minutes = match self.unit? {
            Unit::Minute => self.number,
            Unit::HalfHour => self.number * 30.0,
            Unit::Hour => self.number * 60.0,
            Unit::Day | Unit::HalfDay | Unit::Times => return None,
        };
        let seconds = (minutes * 60.0).round();
        Duration::try_from_secs_f64(seconds).ok()
    }

    /// The working days that this is; `None` for anything that is not told in days.
    #[inline]
    pub fn days(&self) -> Option<f64> {
        match self.unit? {
            Unit::Day => Some(self.number),
            Unit::HalfDay => Some(self.number / 2.0),
            Unit::Hour | Unit::HalfHour | Unit::Minute | Unit::Times => None,
        }
    }
}

/// Digits with at most one point and a sign in front: no exponent, no `inf`, nothing that only Rust would read.
#[inline]
fn read_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[inline]
fn read_unit(text: &str) -> Option<Unit> {
    Some(match text.to_ascii_lowercase().as_str() {
        "天" | "日" | "day" | "days" => Unit::Day,
        "半天" | "half day" | "half days" => Unit::HalfDay,
        "小时" | "h" | "hour" | "hours" => Unit::Hour,
        "半小时" | "half hour" | "half hours" => Unit::HalfHour,
        "分" | "分钟" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
        "次" | "time" | "times" => Unit::Times,
        _ => return None,
    })
}

/// The map `duration_num` of a cell: one duration, told in several units.
///
/// Every part may be missing. Prefer it to the text of the cell: its units do not change with the language.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Durations {
    /// In working days.
    pub day: Option<f64>,
    /// In halves of a working day.
    pub half_day: Option<f64>,
    /// In hours.
    pub hour: Option<f64>,
    /// In half hours.
    pub half_hour: Option<f64>,
    /// In minutes.
    pub minute: Option<f64>,
}

impl Durations {
    /// Takes over one entry of the map. Other units than the five, and texts that are no number, change nothing.
    #[inline]
    pub fn set(&mut self, unit: &str, number: &str) {
        let slot = match unit {
            "day" => &mut self.day,
            "half_day" => &mut self.half_day,
            "hour" => &mut self.hour,
            "half_hour" => &mut self.half_hour,
            "minute" => &mut self.minute,
            _ => return,
        };
        *slot = read_number(number.trim());
    }

    /// Whether the map says nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The finest of the units of time that are there.
    #[inline]
    pub fn amount(&self) -> Option<Amount> {
        let time = [
            (self.minute, Unit::Minute),
            (self.half_hour, Unit::HalfHour),
            (self.hour, Unit::Hour),
        ];
        let days = [(self.half_day, Unit::HalfDay), (self.day, Unit::Day)];
        let known = time.into_iter().chain(days);
        known.into_iter().find_map(|(number, unit)| {
            Some(Amount {
                number: number?,
                unit: Some(unit),
            })
        })
    }

    /// The time in hours, half hours or minutes, the finest that is there.
    #[inline]
    pub fn duration(&self) -> Option<Duration> {
        self.amount()?.duration()
    }

    /// The working days, from halves if whole ones are not told.
    #[inline]
    pub fn days(&self) -> Option<f64> {
        self.day
            .or_else(|| self.half_day.map(|halves| halves / 2.0))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Durations {
    #[inline]
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(entries: I) -> Self {
        let mut durations = Self::default();
        for (unit, number) in entries {
            durations.set(unit, number);
        }
        durations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(f64, Option<Unit>)> {
        Amount::parse(text).map(|amount| (amount.number, amount.unit))
    }

    #[test]
    fn numbers_carry_units_of_two_languages() {
        assert_eq!(read("8 hours"), Some((8.0, Some(Unit::Hour))));
        assert_eq!(read("7.9 hours"), Some((7.9, Some(Unit::Hour))));
        assert_eq!(read("0.0小时"), Some((0.0, Some(Unit::Hour))));
        assert_eq!(read("30 min"), Some((30.0, Some(Unit::Minute))));
        assert_eq!(read("1 days"), Some((1.0, Some(Unit::Day))));
        assert_eq!(read("5 天"), Some((5.0, Some(Unit::Day))));
        assert_eq!(read("3次"), Some((3.0, Some(Unit::Times))));
        assert_eq!(read(" 2700 "), Some((2700.0, None)));
        assert_eq!(read("-1.5 hours"), Some((-1.5, Some(Unit::Hour))));
    }

    #[test]
    fn what_is_no_amount_is_not_read_as_zero() {
        let texts = [
            "-",
            "",
            " ",
            "--",
            "1.2.3",
            "1e3",
            "inf",
            "NaN",
            "hours",
            "1.",
            ".5",
            "8 parsecs",
            "09:30",
            "2023-01-05",
            "8 hours 30 min",
            "正常(07:50)",
            "+",
            "１２",
        ];
        for text in texts {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn hours_are_time_and_days_are_not() {
        let minutes = |text| {
            Amount::parse(text)
                .and_then(|amount| amount.duration())
                .map(|time| time.as_secs() / 60)
        };
        assert_eq!(minutes("1.5 hours"), Some(90));
        assert_eq!(minutes("30 min"), Some(30));
        assert_eq!(minutes("3半小时"), Some(90));
        assert_eq!(minutes("5 天"), None);
        assert_eq!(minutes("2700"), None);
        assert_eq!(minutes("-1 hours"), None);
        assert_eq!(
            Amount::parse("5 天").and_then(|amount| amount.days()),
            Some(5.0)
        );
        assert_eq!(
            Amount::parse("8 hours").and_then(|amount| amount.days()),
            None
        );
    }

    #[test]
    fn a_number_beyond_reason_is_refused() {
        let digits = "9".repeat(400);
        assert_eq!(read(&digits), None);
        let large = format!("{} hours", "9".repeat(30));
        assert_eq!(
            Amount::parse(&large).and_then(|amount| amount.duration()),
            None
        );
    }

    #[test]
    fn the_map_of_durations_gives_its_finest_unit() {
        let durations: Durations = [
            ("hour", "7.5"),
            ("day", "1"),
            ("minute", "452"),
            ("week", "1"),
        ]
        .into_iter()
        .collect();
        assert_eq!(durations.duration(), Some(Duration::from_secs(452 * 60)));
        assert_eq!(durations.days(), Some(1.0));
        let days: Durations = [("half_day", "3"), ("hour", "-")].into_iter().collect();
        assert_eq!(days.duration(), None);
        assert_eq!(days.days(), Some(1.5));
        assert!(Durations::default().is_empty());
    }
}
