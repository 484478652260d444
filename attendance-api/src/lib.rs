//! Typed client for the Feishu / Lark Attendance API.
//!
//! ```no_run
//! use attendance_api::{Client, EmployeeType};
//!
//! # async fn first_call() -> Result<(), attendance_api::Error> {
//! let client = Client::builder()
//!     .app("cli_a1b2", std::env::var("FEISHU_APP_SECRET").unwrap_or_default())
//!     .employee_type(EmployeeType::EmployeeId)
//!     .build()?;
//!
//! let shift = client.shift().get("6919358778597097404").send().await?;
//! println!("{}", shift.shift_name);
//! # Ok(())
//! # }
//! ```
//!
//! The resources are modules ([`shift`], [`group`], [`user_task`], …), each with a handle that [`Client`] gives
//! ([`Client::shift`]). What a call cannot do without is an argument, what it can is a setter named as on the wire;
//! `send()` sends it. Lists also have `pages()` and `items()`; calls over many people or days have `batches()`.
//!
//! A failure is an [`Error`]: [`kind`](Error::kind) names it, [`code`](Error::code) is the service's number, and
//! [`remedy`](Error::remedy) says in two languages what to do. A success that failed in part is a [`Partial`].

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod wire;

pub mod auth;
mod batch;
mod batch_cursor;
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
mod page;
mod partial;
mod random;
mod rate_store;
mod request;
mod response;
mod retry;
mod secret;
mod styles;
pub mod transport;

pub mod feishu;

#[cfg(feature = "redis")]
pub mod redis;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(any(feature = "jiff-02", feature = "chrono-04", feature = "time-03"))]
mod convert;
#[cfg(any(feature = "jiff-02", feature = "chrono-04", feature = "time-03"))]
pub use convert::ConvertError;

#[doc(hidden)]
pub mod rt;

pub use auth::Secret;
pub use batch::{Batch, BatchItems, Batches, Collected, FailedBatch, Progress};
pub use call::RawCall;
pub use client::{Client, ClientBuilder};
pub use error::{Error, ErrorClass, ErrorCode, FieldViolation, Reached, Result};
pub use error_table::{ErrorAction, ErrorCategory, ErrorEntry, ErrorRetry, Lang, MessageEntry};
pub use exchange::{Answer, Http};
pub use http_client::ReqwestTransport;
pub use operation::{Method, Operation, OperationInfo, RetryClass, TokenKind};
pub use page::{Items, Page, Pages};
pub use partial::{Partial, Problem};
pub use rate_store::{Rate, RateStore, RateStoreError, Turn};
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
pub mod events;

#[allow(
    unreachable_pub,
    reason = "the module `events` is reached through the hand-written one of that name"
)]
#[allow(
    clippy::clone_on_copy,
    clippy::needless_update,
    reason = "the generator knows neither which types are `Copy` nor what the runtime adds"
)]
#[rustfmt::skip]
mod generated;

pub use generated::common::EmployeeType;
pub use generated::errors::ErrorKind;
pub use generated::events::Event;
pub use generated::*;
