//! Open enums: named values, and what the server invents tomorrow.

use std::borrow::Cow;
use std::fmt;

use super::scalar::whole;
use super::shape::{Atom, Fit, Form, Kind, Scalar};

/// A text value without a name in this crate.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct UnknownText(Box<str>);

/// A number without a name in this crate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct UnknownInt(i64);

/// An enum of texts.
pub trait TextEnum: Sized {
    /// The texts on the wire, in the order of [`TextEnum::from_index`].
    const VALUES: &'static [&'static str];
    /// The variant of a text.
    fn from_index(index: usize) -> Option<Self>;
    /// The variant that keeps a text without a name.
    fn unknown(value: UnknownText) -> Self;
    /// The text on the wire.
    fn as_str(&self) -> &str;
}

/// An enum of numbers.
pub trait IntEnum: Sized {
    /// The numbers on the wire, in the order of [`IntEnum::from_index`].
    const VALUES: &'static [i64];
    /// The variant of a number.
    fn from_index(index: usize) -> Option<Self>;
    /// The variant that keeps a number without a name.
    fn unknown(value: UnknownInt) -> Self;
    /// The number on the wire.
    fn as_i64(&self) -> i64;
}

impl UnknownText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UnknownInt {
    /// The number.
    #[must_use]
    pub fn as_i64(self) -> i64 {
        self.0
    }
}

impl fmt::Debug for UnknownText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Debug for UnknownInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for UnknownText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for UnknownInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The variant of a text, named or not.
pub fn text_enum<E: TextEnum>(text: &str) -> E {
    known_text(text).unwrap_or_else(|| E::unknown(UnknownText(text.into())))
}

/// The variant of a number, named or not.
pub fn int_enum<E: IntEnum>(value: i64) -> E {
    known_int(value).unwrap_or_else(|| E::unknown(UnknownInt(value)))
}

/// An enum that keeps what it does not know; [`OpenEnum::Values`] says what stands on the wire.
pub trait OpenEnum: Sized {
    /// [`Texts`] or [`Ints`].
    type Values: Values<Self>;
}

/// How an enum goes from and to the wire.
pub trait Values<E> {
    /// Takes what the wire brought.
    fn put(target: &mut E, atom: Atom<'_>) -> Fit;
    /// Gives what goes on the wire.
    fn get(value: &E, form: Form) -> Atom<'_>;
    /// The JSON type that the wire should bring.
    fn kind(form: Form) -> Kind;
}

/// The values of a [`TextEnum`].
pub struct Texts;

/// The values of an [`IntEnum`].
pub struct Ints;

impl<E: OpenEnum> Scalar for E {
    fn put(&mut self, atom: Atom<'_>) -> Fit {
        E::Values::put(self, atom)
    }

    fn get(&self, form: Form) -> Atom<'_> {
        E::Values::get(self, form)
    }

    fn kind(&self, form: Form) -> Kind {
        E::Values::kind(form)
    }
}

impl<E: TextEnum> Values<E> for Texts {
    fn put(target: &mut E, atom: Atom<'_>) -> Fit {
        let text = match atom {
            Atom::Text(text) => text,
            other => Cow::Owned(other.into_text()),
        };
        let known = known_text(&text);
        let fit = if known.is_some() {
            Fit::Taken
        } else {
            Fit::Unknown
        };
        *target = known.unwrap_or_else(|| E::unknown(UnknownText(text.into())));
        fit
    }

    fn get(value: &E, _: Form) -> Atom<'_> {
        Atom::Text(Cow::Borrowed(value.as_str()))
    }

    fn kind(_: Form) -> Kind {
        Kind::Text
    }
}

impl<E: IntEnum> Values<E> for Ints {
    fn put(target: &mut E, atom: Atom<'_>) -> Fit {
        let number = match whole(&atom) {
            Ok(Some(number)) => number,
            Ok(None) => return Fit::Empty,
            Err(expected) => return Fit::Misfit(expected),
        };
        let known = known_int(number);
        let fit = if known.is_some() {
            Fit::Taken
        } else {
            Fit::Unknown
        };
        *target = known.unwrap_or_else(|| E::unknown(UnknownInt(number)));
        fit
    }

    fn get(value: &E, form: Form) -> Atom<'_> {
        get_int(value.as_i64(), form)
    }

    fn kind(form: Form) -> Kind {
        0_i64.kind(form)
    }
}

/// What goes on the wire.
pub fn get_int(value: i64, form: Form) -> Atom<'static> {
    match value.get(form) {
        Atom::Text(text) => Atom::Text(Cow::Owned(text.into_owned())),
        _ => Atom::Int(value),
    }
}

fn known_text<E: TextEnum>(text: &str) -> Option<E> {
    E::VALUES
        .iter()
        .position(|value| *value == text)
        .and_then(E::from_index)
}

fn known_int<E: IntEnum>(number: i64) -> Option<E> {
    E::VALUES
        .iter()
        .position(|value| *value == number)
        .and_then(E::from_index)
}
