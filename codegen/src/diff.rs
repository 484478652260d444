//! What changed between two clients, told by operation, each change with what it means for the next version.
//!
//! Compares IRs, not text: so it also sees what no compiler does, such as another path, another name on the wire,
//! another unit or another retry class. Knows nothing of files or revisions.

mod bodies;
mod errors;
mod events;
mod info;
mod operations;
mod pairs;
mod render;
mod spell;
mod types;
mod uses;

use crate::ir::Client;
use uses::Uses;

pub use render::{Format, render};

/// What a change asks of the next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Words only.
    Patch,
    /// Programs go on compiling, and may use more.
    Minor,
    /// Programs may stop compiling, or read another meaning.
    Major,
}

/// One change, as a person would tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The operations or events that it shows in; empty if it is of the whole client.
    pub subjects: Vec<String>,
    /// A name for the kind of change, for programs.
    pub kind: &'static str,
    pub verdict: Verdict,
    pub text: String,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl Change {
    fn new(
        subjects: &[String],
        verdict: Verdict,
        kind: &'static str,
        text: impl Into<String>,
    ) -> Self {
        Self {
            subjects: subjects.to_vec(),
            kind,
            verdict,
            text: text.into(),
        }
    }
}

/// The changes from `old` to `new`, in the order of the description.
pub fn diff(old: &Client, new: &Client) -> Vec<Change> {
    let uses = Uses::of(&[old, new]);
    let mut changes = Vec::new();
    operations::compare_service(old, new, &mut changes);
    operations::compare_resources(old, new, &mut changes);
    types::compare_types(old, new, &uses, &mut changes);
    events::compare_events(old.events.as_ref(), new.events.as_ref(), &mut changes);
    errors::compare_errors(&old.errors, &new.errors, &mut changes);
    changes
}

/// What all changes together ask for; nothing if there are none.
pub fn verdict(changes: &[Change]) -> Option<Verdict> {
    changes.iter().map(|change| change.verdict).max()
}
