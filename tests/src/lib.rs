//! What the tests and the fuzz targets share.
#![forbid(unsafe_code)]

pub mod hostile;
pub mod mutate;
