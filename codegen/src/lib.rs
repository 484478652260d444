//! Compiles an OpenAPI 3.x description into a typed Rust client.
#![forbid(unsafe_code)]

pub mod source;

pub mod diagnostic;

pub mod syntax;

pub mod resolve;

pub use diagnostic::{Diagnostics, Profile};

use resolve::api::Api;
use source::SourceMap;

/// Reads a description: the API as meant, if there is one, and everything that was found on the way.
pub fn read(sources: &SourceMap, root: &str, profile: Profile) -> (Option<Api>, Diagnostics) {
    let mut sink = Diagnostics::new(profile);
    let api = resolve::resolve(sources, root, &mut sink).map(|(api, _)| api);
    (api, sink)
}
