//! From places to bytes: parses a text a second time, with marks, when a finding in it is to be shown.

use std::collections::HashMap;
use std::ops::Range;

use super::Spot;
use crate::source::marks::Marks;
use crate::source::{At, Lines, Place, Position, SourceMap, floor_char_boundary};

/// A spot, found.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) file: String,
    pub(super) bytes: Range<usize>,
    pub(super) start: Position,
    pub(super) end: Position,
}

pub(super) struct Locator<'a> {
    sources: &'a SourceMap,
    files: HashMap<String, File<'a>>,
}

struct File<'a> {
    text: &'a str,
    lines: Lines<'a>,
    marks: Option<Marks>,
}

impl<'a> Locator<'a> {
    pub(super) fn new(sources: &'a SourceMap) -> Self {
        Self {
            sources,
            files: HashMap::new(),
        }
    }

    pub(super) fn span(&mut self, spot: &Spot) -> Span {
        let (name, range) = match spot {
            Spot::Place(place) => (place.file.as_ref(), self.find(place)),
            Spot::Bytes { file, range } => (file.as_str(), range.clone()),
        };
        let file = self.file(name);
        let bytes = first_line(file.text, range);
        Span {
            file: name.to_owned(),
            start: file.lines.position(bytes.start),
            end: file.lines.position(bytes.end),
            bytes,
        }
    }

    pub(super) fn text(&mut self, file: &str) -> (&'a str, &Lines<'a>) {
        let file = self.file(file);
        (file.text, &file.lines)
    }

    fn file(&mut self, name: &str) -> &mut File<'a> {
        if !self.files.contains_key(name) {
            let text = self.sources.text(name).unwrap_or("");
            let lines = Lines::new(text);
            let marks = None;
            self.files
                .insert(name.to_owned(), File { text, lines, marks });
        }
        self.files.get_mut(name).expect("it was inserted above")
    }

    fn find(&mut self, place: &Place) -> Range<usize> {
        if place.pointer.is_empty() {
            return 0..0;
        }
        let name: &str = &place.file;
        let file = self.file(name);
        let text = file.text;
        let marks = file.marks.get_or_insert_with(|| Marks::new(name, text));
        let Some(mark) = marks.find(&place.pointer.segments()) else {
            return 0..0;
        };
        match place.at {
            // The key says where a whole object stands better than its first member does.
            At::Value if mark.is_collection && text[mark.value.clone()].contains('\n') => mark
                .key
                .clone()
                .unwrap_or(mark.value.start..mark.value.start),
            At::Value => mark.value.clone(),
            At::Key => mark.key.clone().unwrap_or(mark.value.clone()),
        }
    }
}

/// Cuts a range at the end of its first line, and to characters.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let start = floor_char_boundary(text, range.start);
    let end = floor_char_boundary(text, range.end.max(start));
    let piece = &text[start..end];
    let line = piece.split(['\n', '\r']).next().unwrap_or(piece);
    start..start + line.trim_end().len()
}
