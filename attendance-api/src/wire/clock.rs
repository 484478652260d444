//! Clock times that may pass midnight, and local times without a zone.

use std::fmt;
use std::str::FromStr;

use super::date::Date;
use super::encode::text;
use super::macros::scalar_serde;
use super::shape::{Atom, Fit, Form, Kind, Scalar};
use super::short::Short;

/// Hours and minutes, counted from the start of a day: `9:00`, and `26:00` for two o'clock on the
/// next day. Keeps the spelling of the wire, and text that is no clock time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime(Short);

/// Day and time of day without a time zone: `2021-01-04 09:00:00`. Keeps the spelling of the wire
/// (with or without seconds), and text that is no time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDateTime(Short);

impl ClockTime {
    /// A clock time; hours up to 99, minutes below 60.
    #[must_use]
    pub fn new(hours: u8, minutes: u8) -> Option<Self> {
        if hours > 99 || minutes > 59 {
            return None;
        }
        Short::new(&format!("{hours}:{minutes:02}")).map(Self)
    }

    /// Hours and minutes; `None` if the wire brought something else.
    #[must_use]
    pub fn hm(&self) -> Option<(u8, u8)> {
        // One page of the documentation writes the full-width colon.
        let (hours, minutes) = self.as_str().trim().split_once([':', '：'])?;
        let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
        (minutes < 60).then_some((hours, minutes))
    }

    /// Minutes since the start of the day; 1440 and more on the next day.
    #[must_use]
    pub fn minutes(&self) -> Option<u16> {
        self.hm()
            .map(|(hours, minutes)| u16::from(hours) * 60 + u16::from(minutes))
    }

    /// The text as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl LocalDateTime {
    /// A time to the second; `None` if there is no such time.
    #[must_use]
    pub fn new(date: Date, hours: u8, minutes: u8, seconds: u8) -> Option<Self> {
        date.ymd()?;
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        Short::new(&format!("{date} {hours:02}:{minutes:02}:{seconds:02}")).map(Self)
    }

    /// A time to the minute, written without seconds; `None` if there is no such time.
    #[must_use]
    pub fn to_the_minute(date: Date, hours: u8, minutes: u8) -> Option<Self> {
        date.ymd()?;
        if hours > 23 || minutes > 59 {
            return None;
        }
        Short::new(&format!("{date} {hours:02}:{minutes:02}")).map(Self)
    }

    /// Day, hours, minutes and seconds; `None` if the wire brought something else.
    #[must_use]
    pub fn parts(&self) -> Option<(Date, u8, u8, u8)> {
        let (date, time) = self.as_str().trim().split_once([' ', 'T'])?;
        let mut units = time.split(':');
        let hours = two_digits(units.next()?)?;
        let minutes = two_digits(units.next()?)?;
        let seconds = units.next().map_or(Some(0), two_digits)?;
        let in_range = hours < 24 && minutes < 60 && seconds < 60 && units.next().is_none();
        in_range.then_some((date.parse().ok()?, hours, minutes, seconds))
    }

    /// The day.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        self.parts().map(|(date, ..)| date)
    }

    /// The text as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

fn two_digits(part: &str) -> Option<u8> {
    if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    part.parse().ok()
}

/// The text is no time of the form that the type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseTimeError {
    expected: &'static str,
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not {}", self.expected)
    }
}

impl std::error::Error for ParseTimeError {}

macro_rules! kept_text {
    ($name:ident, $expected:literal, $example:literal, $check:ident) => {
        impl Scalar for $name {
            fn put(&mut self, atom: Atom<'_>) -> Fit {
                match Short::new(&atom.into_text()) {
                    Some(text) => self.0 = text,
                    None => return Fit::Misfit($expected),
                }
                Fit::Taken
            }

            fn get(&self, _: Form) -> Atom<'_> {
                text(self.as_str())
            }

            fn kind(&self, _: Form) -> Kind {
                Kind::Text
            }
        }

        scalar_serde!($name);

        impl Default for $name {
            fn default() -> Self {
                Self(Short::EMPTY)
            }
        }

        impl FromStr for $name {
            type Err = ParseTimeError;

            fn from_str(text: &str) -> Result<Self, ParseTimeError> {
                let error = ParseTimeError {
                    expected: concat!($expected, " such as ", $example),
                };
                let time = Self(Short::new(text).ok_or(error)?);
                time.$check().map(|_| time).ok_or(error)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }
    };
}

kept_text!(ClockTime, "a clock time", "`9:00` or `26:00`", hm);
kept_text!(
    LocalDateTime,
    "a local time",
    "`2021-01-04 09:00:00`",
    parts
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_time_is_told_the_form() {
        let error = "25h".parse::<ClockTime>().unwrap_err().to_string();
        assert_eq!(error, "not a clock time such as `9:00` or `26:00`");
        let error = "9:00".parse::<LocalDateTime>().unwrap_err().to_string();
        assert_eq!(error, "not a local time such as `2021-01-04 09:00:00`");
    }

    #[test]
    fn clock_times_pass_midnight() {
        let read = |text: &str| {
            text.parse::<ClockTime>()
                .ok()
                .and_then(|time| time.minutes())
        };
        assert_eq!(read("9:00"), Some(540));
        assert_eq!(read("26:00"), Some(1_560));
        assert_eq!(read("09：05"), Some(545));
        assert_eq!(read("9:60"), None);
        assert_eq!(read("-"), None);
        assert_eq!(ClockTime::new(26, 5).unwrap().as_str(), "26:05");
    }

    #[test]
    fn local_times_keep_their_spelling() {
        for text in ["2021-01-04 09:00:00", "2021-07-01 08:00"] {
            let time: LocalDateTime = text.parse().unwrap();
            assert_eq!(time.as_str(), text);
        }
        let time: LocalDateTime = "2021-01-04 19:05:07".parse().unwrap();
        let date = Date::new(2021, 1, 4).unwrap();
        assert_eq!(time.parts(), Some((date, 19, 5, 7)));
        assert_eq!(LocalDateTime::new(date, 19, 5, 7), Some(time));
        assert!("2021-02-30 00:00:00".parse::<LocalDateTime>().is_err());
        assert!("2021-01-04 24:00:00".parse::<LocalDateTime>().is_err());
    }
}
