//! Events of a YAML text with their bytes, and the marks made of them.
//!
//! The parser counts characters; everybody else here counts bytes.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScanError};

use super::marks::{Builder, Marks};

/// A text that is no YAML: the byte where that shows, and what the parser says.
pub struct Fault {
    pub byte: usize,
    pub message: String,
}

/// Calls `each` for every event until it says stop.
///
/// # Errors
/// If the text is no YAML.
pub fn walk<'t>(
    text: &'t str,
    mut each: impl FnMut(&Event<'t>, Range<usize>) -> std::ops::ControlFlow<()>,
) -> Result<(), Fault> {
    let bytes = ByteIndex::new(text);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| fault(&bytes, &error))?;
        let range = bytes.at(span.start.index())..bytes.at(span.end.index());
        if each(&event, range).is_break() {
            break;
        }
    }
    Ok(())
}

fn fault(bytes: &ByteIndex, error: &ScanError) -> Fault {
    Fault {
        byte: bytes.at(error.marker().index()),
        message: error.info().to_owned(),
    }
}

pub(super) fn marks(text: &str) -> Marks {
    let mut builder = Builder::default();
    // A fault ends the marks; it was reported when the text was read.
    let _ = walk(text, |event, range| {
        match event {
            Event::Scalar(value, ..) if builder.wants_key() => {
                builder.key(value, trim(text, range))
            }
            Event::Alias(_) if builder.wants_key() => builder.key("*", range),
            Event::Scalar(..) | Event::Alias(_) => builder.scalar(trim(text, range)),
            Event::SequenceStart(..) | Event::MappingStart(..) if builder.wants_key() => {
                return std::ops::ControlFlow::Break(());
            }
            Event::SequenceStart(..) => builder.start(true, range),
            Event::MappingStart(..) => builder.start(false, range),
            Event::SequenceEnd | Event::MappingEnd => builder.end(range.end),
            _ => {}
        }
        std::ops::ControlFlow::Continue(())
    });
    builder.finish()
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = text.get(range.clone()).unwrap_or("");
    range.start..range.start + piece.trim_end().len()
}

/// Byte offset of each character; empty for a text whose characters are its bytes.
struct ByteIndex {
    offsets: Vec<u32>,
    length: usize,
}

impl ByteIndex {
    fn new(text: &str) -> Self {
        let offsets = if text.is_ascii() {
            Vec::new()
        } else {
            let offset = |(at, _)| u32::try_from(at).unwrap_or(u32::MAX);
            text.char_indices().map(offset).collect()
        };
        Self {
            offsets,
            length: text.len(),
        }
    }

    fn at(&self, character: usize) -> usize {
        if self.offsets.is_empty() {
            return character.min(self.length);
        }
        self.offsets
            .get(character)
            .map_or(self.length, |&offset| offset as usize)
    }
}
