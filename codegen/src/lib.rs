//! Compiles an OpenAPI 3.x description into a typed Rust client.
#![forbid(unsafe_code)]

pub mod source;

pub mod diagnostic;

pub mod resolve;

pub use diagnostic::Profile;
