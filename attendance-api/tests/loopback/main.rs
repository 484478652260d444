//! The client against a server of raw bytes: broken HTTP, slow HTTP, too much of it.
//!
//! Loopback only. These tests run on the real clock, as sockets do; they wait for answers and
//! timeouts, never for time to pass.

mod answers;
mod pages;
mod requests;
mod support;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod values;
