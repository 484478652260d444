//! The seam: exactly what generated code may name.

pub use crate::batch::{BatchItems, BatchPlan, Batched, Batches};
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
pub use crate::page::{Items, Page, Paged, Pages};
pub use crate::partial::{Partial, Problem};
pub use crate::request::Request;
pub use crate::response::{Download, FromAnswer, Meta, Response};
pub use crate::retry::RetryPolicy;
pub use crate::secret::Secret;
pub use crate::styles::{PathStyle, QueryStyle};
pub use crate::wire::{
    Atom, ClockTime, DASHED, Date, Decimal, DecodeError, Drift, DriftKind, DriftNote, Field, File,
    FileSource, Fit, Form, IntEnum, Json, Kind, List, LocalDateTime, Map, Members, NUMBER, PLAIN,
    REQUIRED, REST, Record, SECRET, Scalar, Shape, Sight, Slot, TEXT, Tagged, TextEnum, UnixMillis,
    UnixSeconds, UnknownInt, UnknownText, View, YearMonth, decode, encode, from_value, to_value,
};
pub use bytes::Bytes;

/// What the macros expand to.
pub mod expanded {
    pub use crate::wire::model::{Model, Records, Scalars, Unions, debug, same};
    pub use crate::wire::open::{Ints, OpenEnum, Texts, get_int, int_enum, text_enum};
    #[cfg(feature = "serde")]
    pub use crate::wire::{deserialize, serialize};
    #[cfg(feature = "serde")]
    pub use serde;
}

pub use crate::event_set::*;
pub use crate::{
    __rt_bits as bits, __rt_call_options as call_options, __rt_int_enum as int_enum,
    __rt_record as record, __rt_tagged as tagged, __rt_text_enum as text_enum,
};
