//! Open enums: named values, and what the server invents tomorrow.

use std::borrow::Cow;
use std::fmt;

use super::scalar::whole;
use super::shape::{Atom, Fit, Form, Scalar as _};

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

/// What came, as a variant.
pub fn put_text_enum<E: TextEnum>(atom: Atom<'_>) -> (Option<E>, Fit) {
    let text = match atom {
        Atom::Text(text) => text,
        other => Cow::Owned(other.into_text()),
    };
    match known_text(&text) {
        Some(value) => (Some(value), Fit::Taken),
        None => (Some(E::unknown(UnknownText(text.into()))), Fit::Unknown),
    }
}

/// What came, as a variant.
pub fn put_int_enum<E: IntEnum>(atom: &Atom<'_>) -> (Option<E>, Fit) {
    match whole(atom) {
        Ok(None) => (None, Fit::Empty),
        Err(expected) => (None, Fit::Misfit(expected)),
        Ok(Some(value)) => match known_int(value) {
            Some(value) => (Some(value), Fit::Taken),
            None => (Some(E::unknown(UnknownInt(value))), Fit::Unknown),
        },
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
