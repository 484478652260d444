//! Typed client for the Feishu / Lark Attendance API.

#![forbid(unsafe_code)]

mod wire;

pub mod auth;
mod call;
mod client;
mod envelope;
mod error;
mod error_table;
mod exchange;
mod execute;
mod http_client;
mod limit;
mod multipart;
mod operation;
mod partial;
mod random;
mod request;
mod response;
mod retry;
mod secret;
mod styles;
pub mod transport;

pub mod feishu;

#[doc(hidden)]
pub mod rt;

pub use auth::Secret;
pub use call::RawCall;
pub use client::{Client, ClientBuilder};
pub use error::{Error, ErrorClass, ErrorCode, FieldViolation, Reached, Result};
pub use error_table::{ErrorAction, ErrorCategory, ErrorEntry, ErrorRetry, Lang, MessageEntry};
pub use exchange::{Answer, Http};
pub use http_client::ReqwestTransport;
pub use operation::{Method, Operation, OperationInfo, RetryClass, TokenKind};
pub use partial::{Partial, Problem};
pub use response::{Download, Meta, Response};
pub use retry::RetryPolicy;
pub use wire::{
    ClockTime, Date, Decimal, Drift, DriftKind, DriftNote, File, FileSource, Json, LocalDateTime,
    UnixMillis, UnixSeconds, UnknownInt, UnknownText, YearMonth,
};

pub mod stats;

#[cfg(test)]
mod tests;

#[cfg(feature = "sandbox")]
pub mod sandbox;

mod event_set;
#[cfg(any(feature = "webhook", feature = "ws"))]
pub mod events;
