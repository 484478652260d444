//! Texts that must not be seen: wiped when dropped, never printed.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use http::HeaderValue;
use zeroize::Zeroize as _;

/// A password, key or token. A clone shares the text, which is wiped with the last of them.
#[derive(Clone)]
pub struct Secret(Arc<Hidden>);

struct Hidden {
    text: Box<str>,
    /// Made for the first request that carries it.
    bearer: OnceLock<Option<HeaderValue>>,
}

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Hidden {
            text: text.into().into_boxed_str(),
            bearer: OnceLock::new(),
        }))
    }

    /// The text itself. Do not print it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.text
    }

    /// Whether the text can stand in a header: visible ASCII, at least one character.
    pub(crate) fn fits_header(&self) -> bool {
        !self.0.text.is_empty()
            && self
                .0
                .text
                .bytes()
                .all(|byte| (0x21..=0x7e).contains(&byte))
    }

    /// `Bearer` and the text, if that can stand in a header.
    pub(crate) fn bearer(&self) -> Option<HeaderValue> {
        let make = || {
            let text = self
                .fits_header()
                .then(|| format!("Bearer {}", self.0.text))?;
            let mut value = HeaderValue::try_from(text).ok()?;
            value.set_sensitive(true);
            Some(value)
        };
        self.0.bearer.get_or_init(make).clone()
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Secret {}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}
