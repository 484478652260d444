//! Findings: what is wrong in a description, where, and what would settle it.
//!
//! A stage reports into [`Diagnostics`] and goes on. Nothing here is thrown, and nothing is shown before the end of the run.

use std::collections::HashSet;
use std::ops::Range;

use crate::source::Place;

mod id;
mod locate;
mod render;
mod similar;

pub use id::Id;
pub(crate) use render::is_control;
pub use render::{Format, Renderer};
pub use similar::{did_you_mean, nearest};

/// How strictly a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Our own description: every unknown key is an error, and the lints run.
    #[default]
    Strict,
    /// Somebody else's: what we do not understand costs a field or an operation, with a warning, never the document.
    Foreign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Where a label points.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Spot {
    Place(Place),
    /// Bytes of a text that has no structure to point into.
    Bytes {
        file: String,
        range: Range<usize>,
    },
}

impl From<Place> for Spot {
    fn from(place: Place) -> Self {
        Self::Place(place)
    }
}

impl From<&Place> for Spot {
    fn from(place: &Place) -> Self {
        Self::Place(place.clone())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub spot: Spot,
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub id: Id,
    pub severity: Severity,
    pub headline: String,
    pub primary: Label,
    pub others: Vec<Label>,
    pub notes: Vec<String>,
    pub helps: Vec<String>,
}

impl Diagnostic {
    pub fn new(id: Id, spot: impl Into<Spot>, headline: impl Into<String>) -> Self {
        Self {
            id,
            severity: id.severity(),
            headline: headline.into(),
            primary: Label {
                spot: spot.into(),
                text: String::new(),
            },
            others: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// Text beside the caret.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// A second place that matters.
    #[must_use]
    pub fn also(mut self, spot: impl Into<Spot>, text: impl Into<String>) -> Self {
        self.others.push(Label {
            spot: spot.into(),
            text: text.into(),
        });
        self
    }

    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.helps.extend(text);
        self
    }
}

/// The findings of a run.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    profile: Profile,
    items: Vec<Diagnostic>,
    seen: HashSet<(Id, Spot)>,
    counts: [usize; 3],
}

/// More findings than anyone reads are counted, not kept: a hostile document could hold millions.
const KEPT: usize = 1_000;

/// A finding with one cause in more places than this becomes several.
const MOST_PLACES: usize = 8;

impl Diagnostics {
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            ..Self::default()
        }
    }

    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Adds a finding, unless the same thing was said of the same place.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        if self.profile == Profile::Foreign && !diagnostic.id.is_fatal() {
            diagnostic.severity = diagnostic.severity.max(Severity::Warning);
        }
        if self.items.len() >= KEPT {
            self.counts[diagnostic.severity as usize] += 1;
            return;
        }
        if self
            .seen
            .insert((diagnostic.id, diagnostic.primary.spot.clone()))
        {
            self.counts[diagnostic.severity as usize] += 1;
            self.items.push(diagnostic);
        }
    }

    /// Adds a further place to the finding at `first`, which has the same cause. False if it has many already, or was not kept.
    pub(crate) fn also(&mut self, id: Id, first: &Place, place: &Place) -> bool {
        let spot = Spot::from(first);
        let same = |item: &&mut Diagnostic| item.id == id && item.primary.spot == spot;
        let Some(item) = self.items.iter_mut().find(same) else {
            return false;
        };
        let is_new = first != place
            && item
                .others
                .iter()
                .all(|other| other.spot != Spot::from(place));
        if is_new && item.others.len() >= MOST_PLACES {
            return false;
        }
        if is_new {
            item.others.push(Label {
                spot: place.into(),
                text: "and here".to_owned(),
            });
        }
        true
    }

    /// Takes over what another stretch of the run found.
    pub fn absorb(&mut self, other: Self) {
        let dropped = other.dropped_by_severity();
        for item in other.items {
            self.push(item);
        }
        for (count, dropped) in self.counts.iter_mut().zip(dropped) {
            *count += dropped;
        }
    }

    fn dropped_by_severity(&self) -> [usize; 3] {
        let mut dropped = self.counts;
        for item in &self.items {
            dropped[item.severity as usize] -= 1;
        }
        dropped
    }

    /// Whether further findings are only counted, so that no more work need go into their words.
    pub fn is_full(&self) -> bool {
        self.items.len() >= KEPT
    }

    /// A help line for a near miss.
    pub fn did_you_mean<'k>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<String> {
        if self.is_full() {
            None
        } else {
            did_you_mean(word, known)
        }
    }

    /// Whether something of the kind was said of a place or of a part of it.
    pub fn has_within(&self, id: Id, place: &Place) -> bool {
        let outer = place.pointer.segments();
        self.items.iter().any(|item| match &item.primary.spot {
            Spot::Place(inner) => {
                item.id == id
                    && inner.file == place.file
                    && inner.pointer.segments().starts_with(&outer)
            }
            Spot::Bytes { .. } => false,
        })
    }

    /// Whether a scalar without quotes in the file of a place was called ambiguous, which says more than that its type is wrong.
    pub(crate) fn has_ambiguous(&self, place: &Place, text: &str) -> bool {
        self.items.iter().any(|item| {
            item.id == Id::AmbiguousScalar
                && matches!(&item.primary.spot, Spot::Bytes { file, .. } if **file == *place.file)
                && item
                    .headline
                    .strip_prefix('`')
                    .is_some_and(|rest| rest.starts_with(text))
        })
    }

    /// Whether a member of the object at a place was taken for a misspelt key.
    pub(crate) fn has_slip(&self, object: &Place, key: &str) -> bool {
        let meant = similar::meant(key);
        self.items.iter().any(|item| match &item.primary.spot {
            Spot::Place(place) => {
                item.id == Id::UnknownKey
                    && item.helps.contains(&meant)
                    && place.file == object.file
                    && place.pointer.parent() == Some(&object.pointer)
            }
            Spot::Bytes { .. } => false,
        })
    }

    /// In the order they were found; see [`Renderer`] for the order of places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.counts[severity as usize]
    }

    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Whether a text could not be read, or not in full: what was made of it is not worth more work.
    pub fn is_cut_short(&self) -> bool {
        self.items.iter().any(|item| item.id.is_fatal()) || self.dropped() > 0
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many there are, shown or only counted.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many were counted only.
    pub fn dropped(&self) -> usize {
        self.total() - self.items.len()
    }
}
