//! Events of a YAML text with their bytes, and the marks made of them.
//!
//! The parser counts characters; everybody else here counts bytes. It is also stricter than the reader of values:
//! it refuses a closing bracket that stands as far left as the key before the opening one. Such lines are moved
//! to the right for it, in a copy.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use saphyr_parser::{Event, Parser};

use super::marks::{Builder, Marks};

/// A text that is no YAML: the byte where that shows, and what the parser says.
pub struct Fault {
    pub byte: usize,
    pub message: String,
}

/// Whether lines that only the strict parser refuses are put right for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indentation {
    Strict,
    Lenient,
}

/// Further lines that are moved one by one.
const MOST_REPAIRS: usize = 20;
/// Bytes that are parsed again for that.
const MOST_REPAIRED_BYTES: usize = 4 << 20;

/// Feeds every event to a state until it says stop. The state starts anew if the text had to be put right.
pub fn walk<S>(
    text: &str,
    indentation: Indentation,
    start: impl Fn() -> S,
    each: impl Fn(&mut S, &Event<'_>, Range<usize>) -> ControlFlow<()>,
) -> (S, Option<Fault>) {
    let mut copy = Copy::new(text);
    for attempt in 0.. {
        let mut state = start();
        let fault = run(&copy, &mut state, &each);
        let is_affordable = attempt <= MOST_REPAIRS && attempt * text.len() <= MOST_REPAIRED_BYTES;
        let may_repair = indentation == Indentation::Lenient && is_affordable;
        match fault {
            Some(fault) if may_repair && fault.message.contains("invalid indentation") => {
                copy = if attempt == 0 {
                    copy.move_closing_brackets()
                } else {
                    copy.move_line(fault.byte)
                };
            }
            fault => return (state, fault),
        }
    }
    (start(), None)
}

fn run<S>(
    copy: &Copy<'_>,
    state: &mut S,
    each: &impl Fn(&mut S, &Event<'_>, Range<usize>) -> ControlFlow<()>,
) -> Option<Fault> {
    let bytes = ByteIndex::new(&copy.text);
    for event in Parser::new_from_str(&copy.text) {
        match event {
            Ok((event, span)) => {
                let range = copy.original(bytes.at(span.start.index()))
                    ..copy.original(bytes.at(span.end.index()));
                if each(state, &event, range).is_break() {
                    return None;
                }
            }
            Err(error) => {
                return Some(Fault {
                    byte: copy.original(bytes.at(error.marker().index())),
                    message: error.info().to_owned(),
                });
            }
        }
    }
    None
}

/// A text, some of whose lines are moved to the right.
struct Copy<'t> {
    original: &'t str,
    text: Cow<'t, str>,
    /// Offsets of the lines that were moved, in the original.
    moved: Vec<usize>,
}

const SPACES: &str = "                                                                ";

impl<'t> Copy<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            original: text,
            text: Cow::Borrowed(text),
            moved: Vec::new(),
        }
    }

    fn with(original: &'t str, mut moved: Vec<usize>) -> Self {
        moved.sort_unstable();
        moved.dedup();
        let mut text = String::with_capacity(original.len() + moved.len() * SPACES.len());
        let mut from = 0;
        for &line in &moved {
            text.push_str(&original[from..line]);
            text.push_str(SPACES);
            from = line;
        }
        text.push_str(&original[from..]);
        Self {
            original,
            text: Cow::Owned(text),
            moved,
        }
    }

    fn move_closing_brackets(self) -> Self {
        let mut at = 0;
        let mut moved = Vec::new();
        for line in self.original.split_inclusive('\n') {
            if line.trim_start_matches(' ').starts_with(['}', ']']) {
                moved.push(at);
            }
            at += line.len();
        }
        Self::with(self.original, moved)
    }

    fn move_line(self, byte: usize) -> Self {
        let byte = super::floor_char_boundary(self.original, byte);
        let line = self.original[..byte].rfind('\n').map_or(0, |at| at + 1);
        let mut moved = self.moved;
        moved.push(line);
        Self::with(self.original, moved)
    }

    /// The offset in the original for one in the copy.
    fn original(&self, byte: usize) -> usize {
        if self.moved.is_empty() {
            return byte;
        }
        let starts = |(count, line): (usize, &usize)| line + count * SPACES.len();
        let at = |index: usize| starts((index, &self.moved[index]));
        let (mut low, mut high) = (0, self.moved.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if at(middle) < byte {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        match low.checked_sub(1) {
            None => byte,
            Some(last) => (byte - low * SPACES.len().min(byte)).max(self.moved[last]),
        }
    }
}

pub(super) fn marks(text: &str) -> Marks {
    // A fault ends the marks; it was reported when the text was read.
    let (builder, _) = walk(
        text,
        Indentation::Lenient,
        Builder::default,
        |builder, event, range| {
            match event {
                Event::Scalar(value, ..) if builder.wants_key() => {
                    builder.key(value, trim(text, range))
                }
                Event::Alias(_) if builder.wants_key() => builder.key("*", range),
                Event::Scalar(..) | Event::Alias(_) => builder.scalar(trim(text, range)),
                Event::SequenceStart(..) | Event::MappingStart(..) if builder.wants_key() => {
                    return ControlFlow::Break(());
                }
                Event::SequenceStart(..) => builder.start(true, range),
                Event::MappingStart(..) => builder.start(false, range),
                Event::SequenceEnd | Event::MappingEnd => builder.end(range.end),
                _ => {}
            }
            ControlFlow::Continue(())
        },
    );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_true_behind_lines_that_were_moved() {
        let text = "a:\n  b: {\n    \"c\": [\n    1\n  ]\n  }\n  说: x\n  d: {\n  }\ne: 1\n";
        let marks = marks(text);
        let value = |segments: &[&str]| &text[marks.find(segments).unwrap().value.clone()];
        assert_eq!(value(&["a", "b", "c", "0"]), "1");
        assert_eq!(value(&["a", "说"]), "x");
        assert_eq!(value(&["e"]), "1");
        assert_eq!(value(&["a", "d"]), "{\n  }");
    }
}
