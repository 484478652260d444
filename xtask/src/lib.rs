//! The hands of the workspace: everything that touches the disk, calls git or starts a program.
//!
//! `codegen` decides and spells; this crate reads what it needs, writes what it made, and tells a person about it.
#![forbid(unsafe_code)]

pub mod drift;
pub mod store;
