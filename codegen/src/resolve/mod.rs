//! From the document as written to the API as meant.

pub mod api;
