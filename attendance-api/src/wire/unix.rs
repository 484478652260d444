//! Points in time: seconds and milliseconds since 1970-01-01 UTC.
//!
//! The wire writes them as text or as numbers. The empty text and prose are kept.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::encode::text;
use super::macros::scalar_serde;
use super::scalar::whole;
use super::shape::{Atom, Fit, Form, Kind, Scalar};
use super::short::Short;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Text(Short),
    Count(i64),
}

impl Repr {
    fn put(&mut self, atom: Atom<'_>, expected: &'static str) -> Fit {
        *self = match whole(&atom) {
            Ok(Some(count)) => Repr::Count(count),
            Ok(None) | Err(_) => match Short::new(&atom.into_text()) {
                Some(text) => Repr::Text(text),
                None => return Fit::Misfit(expected),
            },
        };
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match (self, form) {
            (Repr::Text(kept), _) => text(kept.as_str()),
            (Repr::Count(count), Form::Number) => Atom::Int(*count),
            (Repr::Count(count), _) => Atom::Text(Cow::Owned(count.to_string())),
        }
    }

    fn count(&self) -> Option<i64> {
        match self {
            Repr::Count(count) => Some(*count),
            Repr::Text(_) => None,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Repr::Text(text) => Some(text.as_str()),
            Repr::Count(_) => None,
        }
    }

    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Repr::Count(count) => fmt::Display::fmt(count, f),
            Repr::Text(text) => f.pad(text.as_str()),
        }
    }
}

macro_rules! unix {
    ($(#[$docs:meta])* $name:ident, $unit:literal, $expected:literal, $to:expr, $from:expr) => {
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Repr);

        impl $name {
            #[doc = concat!("So many ", $unit, " after 1970-01-01 00:00 UTC.")]
            #[must_use]
            pub const fn new(count: i64) -> Self {
                Self(Repr::Count(count))
            }

            #[doc = concat!("The ", $unit, "; `None` if the wire brought something else.")]
            #[must_use]
            pub fn get(&self) -> Option<i64> {
                self.0.count()
            }

            /// The text that stood in place of a number.
            #[must_use]
            pub fn as_text(&self) -> Option<&str> {
                self.0.as_text()
            }

            /// The point in time; `None` if there is none, or beyond what the system can express.
            #[must_use]
            pub fn to_system_time(&self) -> Option<SystemTime> {
                let count = self.get()?;
                let distance: Duration = ($to)(count.unsigned_abs());
                if count < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
            }
        }

        impl Scalar for $name {
            fn put(&mut self, atom: Atom<'_>) -> Fit {
                self.0.put(atom, $expected)
            }

            fn get(&self, form: Form) -> Atom<'_> {
                self.0.get(form)
            }

            fn kind(&self, form: Form) -> Kind {
                match form {
                    Form::Number => Kind::Number,
                    Form::Natural | Form::Text | Form::Dashed => Kind::Text,
                }
            }
        }

        scalar_serde!($name);

        impl Default for $name {
            fn default() -> Self {
                Self(Repr::Text(Short::EMPTY))
            }
        }

        impl From<i64> for $name {
            fn from(count: i64) -> Self {
                Self::new(count)
            }
        }

        impl From<SystemTime> for $name {
            /// Rounded towards the past.
            fn from(time: SystemTime) -> Self {
                let from: fn(Duration) -> i64 = $from;
                match time.duration_since(UNIX_EPOCH) {
                    Ok(after) => Self::new(from(after)),
                    Err(before) => {
                        let before = before.duration();
                        let whole = from(before);
                        let rest = before > ($to)(whole.unsigned_abs());
                        Self::new(-whole - i64::from(rest))
                    }
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    Repr::Count(count) => fmt::Debug::fmt(&count, f),
                    Repr::Text(text) => fmt::Debug::fmt(&text, f),
                }
            }
        }
    };
}

unix!(
    /// A point in time in whole seconds, or the text that stood in its place.
    UnixSeconds,
    "seconds",
    "seconds since 1970",
    Duration::from_secs,
    |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
);

unix!(
    /// A point in time in milliseconds, or the text that stood in its place.
    UnixMillis,
    "milliseconds",
    "milliseconds since 1970",
    Duration::from_millis,
    |time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_numbers_are_both_read() {
        for atom in [
            text("1611476284"),
            Atom::Int(1_611_476_284),
            text("1611476284.0"),
        ] {
            let mut time = UnixSeconds::default();
            assert_eq!(Scalar::put(&mut time, atom), Fit::Taken);
            assert_eq!(time.get(), Some(1_611_476_284));
            assert_eq!(Scalar::get(&time, Form::Natural), text("1611476284"));
            assert_eq!(Scalar::get(&time, Form::Number), Atom::Int(1_611_476_284));
        }
    }

    #[test]
    fn what_is_no_number_is_kept() {
        let mut time = UnixMillis::default();
        assert_eq!(Scalar::put(&mut time, text("-")), Fit::Taken);
        assert_eq!((time.get(), time.as_text()), (None, Some("-")));
        assert_eq!(Scalar::get(&time, Form::Number), text("-"));
        assert_eq!(time.to_system_time(), None);
    }

    #[test]
    fn system_time_round_trips_and_rounds_down() {
        for count in [0, 1, 1_611_476_284, -1, -86_400] {
            let time = UnixSeconds::new(count);
            assert_eq!(UnixSeconds::from(time.to_system_time().unwrap()), time);
        }
        let early = UNIX_EPOCH - Duration::from_millis(1_500);
        assert_eq!(UnixSeconds::from(early), UnixSeconds::new(-2));
        assert_eq!(UnixMillis::from(early), UnixMillis::new(-1_500));
        let _ = UnixMillis::new(i64::MIN).to_system_time();
        let _ = UnixSeconds::new(i64::MAX).to_system_time();
    }
}
