//! Texts by path, and where something stands in them.
//!
//! Stages name a [`Place`]: a file and a JSON pointer. Line and column are looked up only when a finding is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The texts of a run, by path.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    pub files: BTreeMap<String, String>,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<str>,
    /// JSON pointer (`/paths/~1a/get`); empty is the whole file.
    pub pointer: String,
    pub at: At,
}

/// Which part of the node a [`Place`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum At {
    Key,
    Value,
}
