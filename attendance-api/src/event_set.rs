//! The seam to the generated events: which types there are, and how their documents decode.
//!
//! Knows no event and no service; whoever receives events is generic over [`EventSet`].

use bytes::Bytes;
use serde_json::Value;

use crate::error::{Error, ErrorClass, Result};
use crate::wire::{Slot, decode};

/// The events that a description knows. Implemented by the generated `Event`.
pub trait EventSet: Sized + Send + 'static {
    /// The known event types; `decode` takes an index into it.
    const TYPES: &'static [&'static str];

    /// Decodes the whole document of an event of the type at `index`.
    ///
    /// # Errors
    ///
    /// The document is not of that type.
    fn decode(index: usize, document: &[u8]) -> Result<Self>;

    /// Keeps an event of another type as it came.
    fn unknown(raw: RawEvent) -> Self;
}

/// The document of one event type, a variant of its set.
pub trait EventDocument: Sized + Send + 'static {
    /// The event type.
    const TYPE: &'static str;

    /// The events that it is one of.
    type Set: EventSet;

    /// The document, if `event` is of this type.
    fn from_event(event: Self::Set) -> Option<Self>;
}

/// An event as it came: its type and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    event_type: String,
    document: Bytes,
}

impl RawEvent {
    /// An event of `event_type` with the whole text of its document.
    pub fn new(event_type: impl Into<String>, document: impl Into<Bytes>) -> Self {
        Self {
            event_type: event_type.into(),
            document: document.into(),
        }
    }

    /// Reads the type out of a document: `header.event_type`, or `event.type` in the older form. Empty if there is none.
    ///
    /// # Errors
    ///
    /// The document is not one JSON value.
    pub fn parse(document: &[u8]) -> Result<Self> {
        let value: Value = serde_json::from_slice(document).map_err(|error| {
            Error::new(ErrorClass::Decode, "the event is not JSON").with_source(error)
        })?;
        let named = value
            .pointer("/header/event_type")
            .or_else(|| value.pointer("/event/type"));
        let event_type = named.and_then(Value::as_str).unwrap_or_default();
        Ok(Self::new(event_type, document.to_vec()))
    }

    /// The type that the envelope named.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The whole document.
    pub fn document(&self) -> &[u8] {
        &self.document
    }
}

/// Decodes the whole document of an event.
///
/// # Errors
///
/// A value in it has the wrong type; the message names its path.
pub fn decode_event<T: Slot + Default>(document: &[u8]) -> Result<T> {
    let mut event = T::default();
    match decode(document, &mut event, "event", None) {
        Ok(()) => Ok(event),
        Err(error) => Err(Error::new(ErrorClass::Decode, error.to_string())),
    }
}

/// Events of no description: every type is kept as it came.
impl EventSet for RawEvent {
    const TYPES: &'static [&'static str] = &[];

    fn decode(_index: usize, _document: &[u8]) -> Result<Self> {
        Err(Error::input("no event type is known"))
    }

    fn unknown(raw: RawEvent) -> Self {
        raw
    }
}
