//! The plain scalars: text, flags, whole numbers and fractions.
//!
//! Text and number stand for each other where nothing is lost; otherwise the value is refused.

use std::borrow::Cow;

use super::encode::text;
use super::macros::scalar;
use super::shape::{Atom, Fit, Form, Kind, Scalar};

/// Whole numbers up to here are exact in a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Scalar for String {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        match atom {
            Atom::Text(Cow::Borrowed(value)) => value.clone_into(self),
            Atom::Text(Cow::Owned(value)) => *self = value,
            // The digits of such a number are already lost.
            Atom::Float(value) if value.fract() == 0.0 && value.abs() >= EXACT => {
                return Fit::Misfit("text or an exact number");
            }
            other => *self = other.into_text(),
        }
        Fit::Taken
    }

    fn get(&self, _: Form) -> Atom<'_> {
        text(self)
    }

    fn kind(&self, _: Form) -> Kind {
        Kind::Text
    }
}

impl Scalar for bool {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        *self = match atom {
            Atom::Bool(value) => value,
            Atom::Int(0) => false,
            Atom::Int(1) => true,
            Atom::Float(0.0) => false,
            Atom::Float(1.0) => true,
            Atom::Text(value) => match value.trim() {
                "" => return Fit::Empty,
                "true" | "True" | "TRUE" | "1" => true,
                "false" | "False" | "FALSE" | "0" => false,
                _ => return Fit::Misfit("true or false"),
            },
            Atom::Int(_) | Atom::Big(_) | Atom::Float(_) => return Fit::Misfit("true or false"),
        };
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match form {
            Form::Text => text(if *self { "true" } else { "false" }),
            Form::Number => Atom::Int((*self).into()),
            Form::Natural | Form::Dashed => Atom::Bool(*self),
        }
    }

    fn kind(&self, form: Form) -> Kind {
        match form {
            Form::Text => Kind::Text,
            Form::Number => Kind::Number,
            Form::Natural | Form::Dashed => Kind::Bool,
        }
    }
}

impl Scalar for i64 {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        match whole(&atom) {
            Ok(Some(value)) => *self = value,
            Ok(None) => return Fit::Empty,
            Err(expected) => return Fit::Misfit(expected),
        }
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match form {
            Form::Text => Atom::Text(Cow::Owned(self.to_string())),
            Form::Natural | Form::Number | Form::Dashed => Atom::Int(*self),
        }
    }

    fn kind(&self, form: Form) -> Kind {
        number_or_text(form)
    }
}

impl Scalar for u64 {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        *self = match unsigned(&atom) {
            Ok(Some(value)) => value,
            Ok(None) => return Fit::Empty,
            Err(expected) => return Fit::Misfit(expected),
        };
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match (form, i64::try_from(*self)) {
            (Form::Text, _) => Atom::Text(Cow::Owned(self.to_string())),
            (Form::Natural | Form::Number | Form::Dashed, Ok(value)) => Atom::Int(value),
            (Form::Natural | Form::Number | Form::Dashed, Err(_)) => Atom::Big(*self),
        }
    }

    fn kind(&self, form: Form) -> Kind {
        number_or_text(form)
    }
}

impl Scalar for i32 {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        match whole(&atom).map(|value| value.map(i32::try_from)) {
            Ok(Some(Ok(value))) => *self = value,
            Ok(Some(Err(_))) => return Fit::Misfit("a whole number of 32 bits"),
            Ok(None) => return Fit::Empty,
            Err(expected) => return Fit::Misfit(expected),
        }
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match form {
            Form::Text => Atom::Text(Cow::Owned(self.to_string())),
            Form::Natural | Form::Number | Form::Dashed => Atom::Int((*self).into()),
        }
    }

    fn kind(&self, form: Form) -> Kind {
        number_or_text(form)
    }
}

impl Scalar for f64 {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        *self = match atom {
            // A double is what the description asks for; the nearest one is right.
            Atom::Int(value) => value as f64,
            Atom::Big(value) => value as f64,
            Atom::Float(value) => value,
            Atom::Text(value) => match (value.trim(), value.trim().parse::<f64>()) {
                ("", _) => return Fit::Empty,
                (_, Ok(value)) if value.is_finite() => value,
                _ => return Fit::Misfit("a number"),
            },
            Atom::Bool(_) => return Fit::Misfit("a number"),
        };
        Fit::Taken
    }

    fn get(&self, form: Form) -> Atom<'_> {
        match form {
            Form::Text => Atom::Text(Cow::Owned(self.to_string())),
            // 100 is written as 100, not as 100.0.
            Form::Natural | Form::Number | Form::Dashed
                if self.fract() == 0.0 && self.abs() < EXACT && !is_negative_zero(*self) =>
            {
                Atom::Int(*self as i64)
            }
            Form::Natural | Form::Number | Form::Dashed => Atom::Float(*self),
        }
    }

    fn kind(&self, form: Form) -> Kind {
        number_or_text(form)
    }
}

fn is_negative_zero(value: f64) -> bool {
    value == 0.0 && value.is_sign_negative()
}

fn number_or_text(form: Form) -> Kind {
    match form {
        Form::Text => Kind::Text,
        Form::Natural | Form::Number | Form::Dashed => Kind::Number,
    }
}

/// A whole number out of any form that holds one exactly; `None` for the empty text.
pub(crate) fn whole(atom: &Atom<'_>) -> Result<Option<i64>, &'static str> {
    match atom {
        Atom::Int(value) => Ok(Some(*value)),
        Atom::Big(_) => Err("a whole number of 64 bits"),
        Atom::Bool(_) => Err("a whole number"),
        Atom::Float(value) => whole_float(*value).map(Some),
        Atom::Text(value) => {
            let value = value.trim();
            if value.is_empty() {
                return Ok(None);
            }
            if let Ok(whole) = value.parse::<i64>() {
                return Ok(Some(whole));
            }
            let digits = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
            match value.parse::<f64>() {
                Ok(float) if value.chars().all(digits) => whole_float(float).map(Some),
                _ => Err("a whole number"),
            }
        }
    }
}

/// The same without a sign.
fn unsigned(atom: &Atom<'_>) -> Result<Option<u64>, &'static str> {
    const EXPECTED: &str = "a whole number of 64 bits without a sign";
    let beyond = match atom {
        Atom::Big(value) => Some(*value),
        Atom::Text(value) => value.trim().parse().ok(),
        Atom::Int(_) | Atom::Float(_) | Atom::Bool(_) => None,
    };
    if beyond.is_some() {
        return Ok(beyond);
    }
    let value = whole(atom)?.map(u64::try_from).transpose();
    value.map_err(|_| EXPECTED)
}

fn whole_float(value: f64) -> Result<i64, &'static str> {
    if value.fract() != 0.0 || value.abs() >= EXACT {
        return Err("a whole number of 64 bits");
    }
    Ok(value as i64)
}

scalar!(String, bool, i64, u64, i32, f64);
