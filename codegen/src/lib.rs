//! Compiles an OpenAPI 3.x description into a typed Rust client.
#![forbid(unsafe_code)]

pub mod resolve;
pub mod source;
