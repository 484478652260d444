//! One binary for all tests that cross rooms.
#![forbid(unsafe_code)]

mod drift;
mod scratch;
mod store;
mod store_kill;
