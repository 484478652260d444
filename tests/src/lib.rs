//! What the tests and the fuzz targets share.
#![forbid(unsafe_code)]

pub mod hostile;
pub mod mutate;

/// The programs of the front pages, compiled.
#[cfg(doctest)]
mod front_pages {
    #[doc = include_str!("../../README.md")]
    mod english {}

    #[doc = include_str!("../../README.zh-CN.md")]
    mod chinese {}
}
