//! A short text kept in place, so that time types stay `Copy`.

use std::fmt;

/// A page of the documentation shows a clock time that is prose of 37 bytes; with its length and as an `Option` this
/// makes 40.
const ROOM: usize = 38;

/// At most [`ROOM`] bytes of text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Short {
    bytes: [u8; ROOM],
    len: u8,
}

impl Short {
    pub(crate) const EMPTY: Self = Self {
        bytes: [0; ROOM],
        len: 0,
    };

    /// `None` if the text is too long.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; ROOM];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self {
            bytes,
            len: u8::try_from(text.len()).ok()?,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl fmt::Debug for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
