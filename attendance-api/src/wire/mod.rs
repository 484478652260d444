//! The wire: from JSON text to values, and back.
//!
//! A value shows the driver its [`Shape`] (on the way in) or its [`Sight`] (on the way out);
//! one decoder and one encoder, compiled once, do the rest. All leniency lives here: absent,
//! `null` and empty are the same nothing, numbers may come as text and text as numbers,
//! unknown members are passed over and unknown enum values kept. What cannot be converted
//! is an error that names its path.
//!
//! Deliberately lacks: any knowledge of an operation, of an envelope or of a service.

pub(crate) mod path;
mod shape;
mod decode;
mod encode;
mod drift;
pub(crate) mod tagged;
mod scalar;
pub(crate) mod open;
mod short;
mod date;
mod clock;
mod unix;
mod decimal;
pub(crate) mod file;
pub(crate) mod macros;

pub use clock::{ClockTime, LocalDateTime};
pub use date::{Date, YearMonth};
pub use decimal::Decimal;
pub use decode::{DecodeError, decode, deserialize, from_value};
pub use drift::{Drift, DriftKind, DriftNote};
pub use encode::{encode, serialize, to_text, to_value};
pub use file::{File, FileSource};
pub use open::{IntEnum, TextEnum, UnknownInt, UnknownText};
pub use tagged::{At, Tagged, Whole};
pub use shape::{
    Atom, Field, Fit, Form, Json, Kind, List, Map, Record, Scalar, Shape, Sight, Slot, View,
};
pub use unix::{UnixMillis, UnixSeconds};
