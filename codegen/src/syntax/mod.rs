//! From text to a tree of values that is read key by key.
//!
//! Guarantees: total; any text gives a tree or findings, never a panic. Each key of an object that is read is
//! asked for or reported.

pub mod extensions;
pub(crate) mod load;
pub(crate) mod node;
pub(crate) mod reader;

mod guard;
mod hidden;
mod parse;
mod scalars;
