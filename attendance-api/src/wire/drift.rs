//! Drift: where an answer differs from its description.
//!
//! Only paths, kinds and counts are kept, never a value; positions in lists and keys of maps
//! are left out, so that the same deviation in a thousand rows is one note.

use std::fmt;

/// What differed, by path; collected only on request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// By path and kind, in that order.
    notes: Vec<(String, DriftKind, u64)>,
    /// Notes that found no room any more.
    dropped: u64,
}

/// How an answer differed from its description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DriftKind {
    /// A member that the description lacks.
    UnknownMember,
    /// An enum value that the description lacks.
    UnknownValue,
    /// Text for a number, a number for text, an empty list for an object and the like.
    SwappedType,
    /// A member that should always be there.
    MissingMember,
    /// `null` for an object or a list.
    NullObject,
}

/// One deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DriftNote<'a> {
    /// The path without positions: `data.user_task_results[].records[].check_time`.
    pub path: &'a str,
    /// What differed.
    pub kind: DriftKind,
    /// How often.
    pub count: u64,
}

/// Paths come from the server, so their number is bounded.
const MOST_NOTES: usize = 1_000;

impl Drift {
    /// Whether nothing differed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// The deviations, by path.
    pub fn notes(&self) -> impl Iterator<Item = DriftNote<'_>> {
        self.notes.iter().map(|(path, kind, count)| DriftNote {
            path,
            kind: *kind,
            count: *count,
        })
    }

    /// How many deviations found no room: only the first 1,000 places are kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Adds the notes of another collection, each path under `prefix`.
    pub(crate) fn merge(&mut self, prefix: &str, other: &Drift) {
        for (path, kind, count) in &other.notes {
            self.add_many(format!("{prefix}{path}"), *kind, *count);
        }
        self.dropped += other.dropped;
    }

    pub(crate) fn add(&mut self, path: String, kind: DriftKind) {
        self.add_many(path, kind, 1);
    }

    fn add_many(&mut self, path: String, kind: DriftKind, count: u64) {
        let place = self
            .notes
            .binary_search_by(|note| (&note.0, note.1).cmp(&(&path, kind)));
        match place {
            Ok(known) => self.notes[known].2 += count,
            Err(free) if self.notes.len() < MOST_NOTES => {
                self.notes.insert(free, (path, kind, count));
            }
            Err(_) => self.dropped += count,
        }
    }
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownMember => "unknown member",
            Self::UnknownValue => "unknown value",
            Self::SwappedType => "swapped type",
            Self::MissingMember => "missing member",
            Self::NullObject => "null object",
        })
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in self.notes() {
            writeln!(f, "{}: {} ({}x)", note.path, note.kind, note.count)?;
        }
        Ok(())
    }
}
