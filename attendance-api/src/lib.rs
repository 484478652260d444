//! Typed client for the Feishu / Lark Attendance API.

#![forbid(unsafe_code)]

mod wire;

mod operation;
mod error_table;
mod error;
mod secret;
mod random;
mod transport;
mod http_client;
mod multipart;
mod request;
mod response;
mod partial;
mod limit;
mod retry;
mod exchange;
mod envelope;
mod execute;
pub mod auth;
mod call;
mod client;

#[doc(hidden)]
pub mod rt;

#[cfg(feature = "sandbox")]
pub mod sandbox;

#[doc(hidden)]
pub mod event_set;
#[cfg(any(feature = "webhook", feature = "ws"))]
pub mod events;
