//! Characters in a text that its reader does not see: control characters, as they stand or by escapes.

use std::collections::HashSet;

use super::node::Node;
use crate::diagnostic::{Diagnostic, Diagnostics, Id, Spot, is_control};
use crate::source::Place;

/// Characters that nobody sees may make a description look different from what it is.
pub(super) fn control_characters(path: &str, text: &str, base: usize, sink: &mut Diagnostics) {
    for (at, c) in hidden(&text[base..]).take(20) {
        let spot = Spot::Bytes {
            file: path.to_owned(),
            range: at + base..at + base + c.len_utf8(),
        };
        let headline = format!("the text holds U+{:04X}, which nobody sees", u32::from(c));
        sink.push(
            Diagnostic::new(Id::ControlCharacter, spot, headline)
                .help("remove it; in a value that needs it, write an escape in double quotes"),
        );
    }
}

/// Whether an escape may stand for a character that nobody sees. Nearly all stand for a quote or the end of a line.
pub(super) fn may_hide_by_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices('\\').any(|(at, _)| {
        !matches!(
            bytes.get(at + 1),
            Some(b'"' | b'/' | b'n' | b'r' | b't' | b'\n')
        )
    })
}

/// The same in values, where an escape made them: what the text itself holds was reported above.
pub(super) fn hidden_by_escapes(
    node: &Node,
    place: &Place,
    raw: &HashSet<char>,
    sink: &mut Diagnostics,
) {
    match node {
        Node::Text(value) => {
            let found = hidden(value).next().map(|(_, c)| c);
            if let Some(c) = found.filter(|c| !raw.contains(c)) {
                let headline = format!("the value holds U+{:04X}, which nobody sees", u32::from(c));
                sink.push(
                    Diagnostic::new(Id::ControlCharacter, place, headline)
                        .help("remove the escape that makes it"),
                );
            }
        }
        Node::List(items) => {
            for (index, item) in items.iter().enumerate().filter(|(_, item)| may_hide(item)) {
                hidden_by_escapes(item, &place.index(index), raw, sink);
            }
        }
        Node::Map(map) => {
            for (key, value) in map.iter().filter(|(_, value)| may_hide(value)) {
                hidden_by_escapes(value, &place.child(key), raw, sink);
            }
        }
        Node::Null | Node::Bool(_) | Node::Number(_) => {}
    }
}

/// Whether a place must be made for a node: not for the many texts that hide nothing.
fn may_hide(node: &Node) -> bool {
    match node {
        Node::Text(value) => hidden(value).next().is_some(),
        Node::List(_) | Node::Map(_) => true,
        Node::Null | Node::Bool(_) | Node::Number(_) => false,
    }
}

fn is_hidden(c: char) -> bool {
    !matches!(c, '\n' | '\r' | '\t') && is_control(c)
}

/// Hidden characters with their offsets. Most bytes are plain ASCII, which is told without decoding.
pub(super) fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    let is_suspect = |byte: &u8| !matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0x80..=0xbf);
    let suspects = text
        .bytes()
        .enumerate()
        .filter(move |(_, byte)| is_suspect(byte));
    suspects.filter_map(|(at, _)| {
        let c = text[at..].chars().next()?;
        is_hidden(c).then_some((at, c))
    })
}
