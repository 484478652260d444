//! Texts by path, and where something stands in them.
//!
//! Stages name a [`Place`]: a file and a JSON pointer. Line and column are looked up only when a finding is shown.
//! Guarantees: cloning a place costs two counters, however deep it is.

mod json;
pub mod marks;
pub mod yaml;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The texts of a run, by path. Paths use `/` and are relative to the folder of the run.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    pub files: BTreeMap<String, String>,
    /// Files whose bytes were no UTF-8, with the offset in the (repaired) text where that starts.
    pub invalid: BTreeMap<String, usize>,
}

impl SourceMap {
    /// A map that holds one text.
    pub fn single(path: &str, text: &str) -> Self {
        let mut sources = Self::default();
        sources.add(path, text);
        sources
    }

    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// Takes what a file holds. Bytes that are no UTF-8 are remembered and become a finding of the run.
    pub fn add_bytes(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        let path = path.into();
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.invalid
                    .insert(path.clone(), error.utf8_error().valid_up_to());
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        };
        self.files.insert(path, text);
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<str>,
    pub pointer: Pointer,
    pub at: At,
}

/// Which part of the node a [`Place`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum At {
    Key,
    Value,
}

impl Place {
    /// The whole of a file.
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Self {
            file: file.into(),
            pointer: Pointer::default(),
            at: At::Value,
        }
    }

    /// The value of a member or an element below this place.
    #[must_use]
    pub fn child(&self, segment: &str) -> Self {
        Self {
            file: self.file.clone(),
            pointer: self.pointer.child(segment),
            at: At::Value,
        }
    }

    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(&index.to_string())
    }

    /// The key in front of this place's value.
    #[must_use]
    pub fn key(mut self) -> Self {
        self.at = At::Key;
        self
    }

    #[must_use]
    pub fn value(mut self) -> Self {
        self.at = At::Value;
        self
    }
}

/// A JSON pointer that shares its beginning with the pointers of its siblings; empty is the whole file.
#[derive(Clone, Default)]
pub struct Pointer(Option<Arc<Link>>);

struct Link {
    parent: Pointer,
    segment: String,
}

impl Pointer {
    #[must_use]
    pub fn child(&self, segment: &str) -> Self {
        Self(Some(Arc::new(Link {
            parent: self.clone(),
            segment: segment.to_owned(),
        })))
    }

    /// Where the object or list lies that holds this.
    pub fn parent(&self) -> Option<&Self> {
        self.0.as_deref().map(|link| &link.parent)
    }

    /// Reads `/paths/~1a/get`; nothing if a segment does not start with `/`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pointer = Self::default();
        if text.is_empty() {
            return Some(pointer);
        }
        for segment in text.strip_prefix('/')?.split('/') {
            pointer = pointer.child(&segment.replace("~1", "/").replace("~0", "~"));
        }
        Some(pointer)
    }

    /// From the root down, not escaped.
    pub fn segments(&self) -> Vec<&str> {
        let mut segments = Vec::new();
        let mut link = self.0.as_deref();
        while let Some(Link { parent, segment }) = link {
            segments.push(segment.as_str());
            link = parent.0.as_deref();
        }
        segments.reverse();
        segments
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The last segment.
    pub fn last(&self) -> Option<&str> {
        self.0.as_deref().map(|link| link.segment.as_str())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in self.segments() {
            write!(f, "/{}", segment.replace('~', "~0").replace('/', "~1"))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl PartialEq for Pointer {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => true,
            (Some(a), Some(b)) => a.segment == b.segment && a.parent == b.parent,
            _ => false,
        }
    }
}

impl Eq for Pointer {}

impl std::hash::Hash for Pointer {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.segments().hash(state);
    }
}

impl PartialOrd for Pointer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pointer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.segments().cmp(&other.segments())
    }
}

/// Line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Where the lines of a text start.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// How many characters stand before each [`STEP`]th byte.
    characters: Vec<usize>,
}

/// Bytes between two counts of characters: a column costs no more, however long its line is.
const STEP: usize = 4096;

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        let mut characters = vec![0];
        for chunk in text.as_bytes().chunks(STEP) {
            characters.push(characters[characters.len() - 1] + count(chunk));
        }
        Self {
            text,
            starts,
            characters,
        }
    }

    /// How many characters start before a byte.
    fn before(&self, byte: usize) -> usize {
        let step = byte / STEP;
        self.characters[step] + count(&self.text.as_bytes()[step * STEP..byte])
    }

    /// Line number, from 0, that holds a byte.
    pub fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte) - 1
    }

    /// Bytes of a line (from 0), without its line break.
    pub fn range(&self, line: usize) -> std::ops::Range<usize> {
        let start = self.starts[line];
        let end = self
            .starts
            .get(line + 1)
            .map_or(self.text.len(), |&next| next - 1);
        let text = &self.text[start..end];
        start..start + text.strip_suffix('\r').unwrap_or(text).len()
    }

    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Of a byte offset; an offset past the end is the end.
    pub fn position(&self, byte: usize) -> Position {
        let byte = floor_char_boundary(self.text, byte);
        let line = self.line_of(byte);
        let column = self.before(byte) - self.before(self.starts[line]);
        Position {
            line: line + 1,
            column: column + 1,
        }
    }
}

/// How many characters start in these bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// The nearest character boundary at or before a byte offset.
pub fn floor_char_boundary(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_and_read_back() {
        let pointer = Pointer::default().child("paths").child("/a~b").child("get");
        assert_eq!(pointer.to_string(), "/paths/~1a~0b/get");
        assert_eq!(Pointer::parse("/paths/~1a~0b/get"), Some(pointer));
        assert_eq!(Pointer::parse("paths"), None);
    }

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("a: 1\r\n考勤: x\n");
        assert_eq!(lines.position(14), Position { line: 2, column: 5 });
        assert_eq!(lines.range(0), 0..4);
        let long = "考".repeat(5_000) + "x";
        let lines = Lines::new(&long);
        let position = Position {
            line: 1,
            column: 5_001,
        };
        assert_eq!(lines.position(15_000), position);
    }

    #[test]
    fn bytes_that_are_no_text_are_remembered() {
        let mut sources = SourceMap::default();
        sources.add_bytes("a.yaml", vec![b'a', b':', 0xff, b'b']);
        assert_eq!(sources.invalid["a.yaml"], 2);
        assert_eq!(sources.text("a.yaml"), Some("a:\u{fffd}b"));
    }
}
