//! The wire: from JSON text to values, and back.
//!
//! A value shows the driver its [`Shape`] (on the way in) or its [`Sight`] (on the way out);
//! one decoder and one encoder, compiled once, do the rest. All leniency lives here: absent,
//! `null` and empty are the same nothing, numbers may come as text and text as numbers,
//! unknown members are passed over and unknown enum values kept. What cannot be converted
//! is an error that names its path.
//!
//! Deliberately lacks: any knowledge of an operation, of an envelope or of a service.

mod clock;
mod date;
mod decimal;
mod decode;
mod drift;
mod encode;
pub(crate) mod file;
pub(crate) mod macros;
pub(crate) mod model;
pub(crate) mod open;
pub(crate) mod path;
mod scalar;
mod shape;
mod short;
pub(crate) mod tagged;
mod unix;

pub use clock::{ClockTime, LocalDateTime};
pub use date::{Date, YearMonth};
pub use decimal::Decimal;
pub(crate) use decode::decode_members;
#[cfg(feature = "serde")]
pub use decode::deserialize;
pub use decode::{DecodeError, decode, from_value};
pub use drift::{Drift, DriftKind, DriftNote};
#[cfg(feature = "serde")]
pub use encode::serialize;
pub(crate) use encode::to_text;
pub use encode::{encode, to_value};
pub use file::{File, FileSource};
pub use open::{IntEnum, TextEnum, UnknownInt, UnknownText};
pub use shape::{
    Atom, DASHED, Field, Fit, Form, Json, Kind, List, Map, Members, NUMBER, PLAIN, REQUIRED, REST,
    Record, SECRET, Scalar, Shape, Sight, Slot, TEXT, View,
};
pub use tagged::Tagged;
pub use unix::{UnixMillis, UnixSeconds};
