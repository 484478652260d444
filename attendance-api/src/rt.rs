//! The seam: exactly what generated code may name.

pub use crate::call::{Call, RawCall, send, send_full};
pub use crate::client::{Client, ClientBuilder};
pub use crate::error::{Error, ErrorClass, ErrorCode, FieldViolation, Reached, Result};
pub use crate::error_table::{
    ErrorAction, ErrorCategory, ErrorEntry, ErrorOverride, ErrorRetry, ErrorTable, Lang,
    MessageEntry, NO_KIND,
};
pub use crate::multipart::Part;
pub use crate::operation::{
    AnswerKind, Envelope, Method, Operation, OperationInfo, PartialRule, RateLimit, RetryClass,
    Scheme, SchemeKind, Service, TokenKind,
};
pub use crate::partial::{Partial, Problem};
pub use crate::request::Request;
pub use crate::response::{Download, FromAnswer, Meta, Response};
pub use crate::retry::RetryPolicy;
pub use crate::secret::Secret;
pub use crate::styles::{PathStyle, QueryStyle};
pub use crate::wire::{
    Atom, ClockTime, Date, Decimal, DecodeError, Drift, DriftKind, DriftNote, Field, File,
    FileSource, Fit, Form, IntEnum, Json, Kind, List, LocalDateTime, Map, Record, Scalar, Shape,
    Sight, Slot, Tagged, TextEnum, UnixMillis, UnixSeconds, UnknownInt, UnknownText, View,
    YearMonth, decode, encode, from_value, to_value,
};
pub use bytes::Bytes;

/// What the macros expand to.
pub mod expanded {
    pub use crate::wire::open::{get_int, int_enum, put_int_enum, put_text_enum, text_enum};
    pub use crate::wire::tagged::put;
    pub use crate::wire::{At, Whole, deserialize, serialize};
}

#[allow(unused_imports, reason = "a service may need none of them")]
pub(crate) use crate::{
    call::call_options,
    wire::macros::{bits, int_enum, record, tagged, text_enum},
};
