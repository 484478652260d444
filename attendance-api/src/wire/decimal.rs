//! Decimal numbers kept as their digits.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::encode::text;
use super::macros::scalar_serde;
use super::shape::{Atom, Fit, Form, Kind, Scalar};

/// A decimal number with exactly the digits of the wire (`2.50` stays `2.50`), or the text that
/// stood in its place.
///
/// Equality is that of the text. Compare numbers with [`Decimal::compare`].
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Decimal(Box<str>);

impl Decimal {
    /// The text as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text is a decimal number: digits with an optional sign and point.
    #[must_use]
    pub fn is_number(&self) -> bool {
        parts(&self.0).is_some()
    }

    /// The nearest double; `None` if the text is no number.
    #[must_use]
    pub fn to_f64(&self) -> Option<f64> {
        parts(&self.0).and_then(|_| self.0.trim().parse().ok())
    }

    /// The whole number; `None` if there is a fraction, or the text is no number.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        let (negative, whole, fraction) = parts(&self.0)?;
        if fraction.bytes().any(|digit| digit != b'0') {
            return None;
        }
        let digits = if whole.is_empty() { "0" } else { whole };
        if negative {
            format!("-{digits}").parse().ok()
        } else {
            digits.parse().ok()
        }
    }

    /// Compares two numbers exactly: `2.5` and `2.50` are equal. `None` if one is no number.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let left = parts(&self.0)?;
        let right = parts(&other.0)?;
        let zero = |(_, whole, fraction): (bool, &str, &str)| {
            whole
                .bytes()
                .chain(fraction.bytes())
                .all(|digit| digit == b'0')
        };
        Some(match (left.0 && !zero(left), right.0 && !zero(right)) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitude(left, right),
            (true, true) => magnitude(right, left),
        })
    }
}

fn magnitude(left: (bool, &str, &str), right: (bool, &str, &str)) -> Ordering {
    let whole = |part: (bool, &str, &str)| part.1.trim_start_matches('0').to_owned();
    let fraction = |part: (bool, &str, &str)| part.2.trim_end_matches('0').to_owned();
    let (left_whole, right_whole) = (whole(left), whole(right));
    left_whole
        .len()
        .cmp(&right_whole.len())
        .then_with(|| left_whole.cmp(&right_whole))
        .then_with(|| fraction(left).cmp(&fraction(right)))
}

/// Sign, digits before and digits after the point.
fn parts(text: &str) -> Option<(bool, &str, &str)> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits =
        only_digits(whole) && only_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    fits.then_some((negative, whole, fraction))
}

impl Scalar for Decimal {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        let kept = match atom {
            // A double of this size has lost digits that the text had.
            Atom::Float(value) if value.abs() >= 9_007_199_254_740_992.0 => {
                return Fit::Misfit("a decimal number as text");
            }
            Atom::Bool(_) => return Fit::Misfit("a decimal number"),
            other => other.into_text(),
        };
        self.0 = kept.into_boxed_str();
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match form {
            Form::Number => match (self.to_i64(), self.to_f64()) {
                (Some(whole), _) => Atom::Int(whole),
                (None, Some(double)) => Atom::Float(double),
                (None, None) => text(&self.0),
            },
            Form::Natural | Form::Text | Form::Dashed => text(&self.0),
        }
    }

    fn kind(&self, form: Form) -> Kind {
        match form {
            Form::Number => Kind::Number,
            Form::Natural | Form::Text | Form::Dashed => Kind::Text,
        }
    }
}

scalar_serde!(Decimal);

/// The text is no decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseDecimalError;

impl fmt::Display for ParseDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number")
    }
}

impl std::error::Error for ParseDecimalError {}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        parts(text)
            .map(|_| Self(text.into()))
            .ok_or(ParseDecimalError)
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self(value.to_string().into_boxed_str())
    }
}

impl From<&str> for Decimal {
    /// Takes the text as it is; the server judges it.
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Decimal {
    /// Takes the text as it is; the server judges it.
    fn from(text: String) -> Self {
        Self(text.into_boxed_str())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_number() {
            f.write_str(&self.0)
        } else {
            fmt::Debug::fmt(&self.0, f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_and_compared_as_numbers() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(number("2.50").as_str(), "2.50");
        assert_eq!(
            number("2.50").compare(&number("2.5")),
            Some(Ordering::Equal)
        );
        assert_eq!(number("-0.0").compare(&number("0")), Some(Ordering::Equal));
        assert_eq!(number("-1").compare(&number("0.1")), Some(Ordering::Less));
        assert_eq!(
            number("-10").compare(&number("-9.99")),
            Some(Ordering::Less)
        );
        assert_eq!(
            number("100").compare(&number("99.999")),
            Some(Ordering::Greater)
        );
        assert_eq!(number("8.0").to_i64(), Some(8));
        assert_eq!(number("8.1").to_i64(), None);
        assert!(!Decimal::from("-").is_number());
        assert!("1e5".parse::<Decimal>().is_err());
    }
}
