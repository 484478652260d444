//! Marks of a JSON text.
//!
//! Lenient, for the text was read before: what is no JSON ends the scan, and what came first stays marked.

use std::ops::Range;

use super::marks::{Builder, Marks};

pub(super) fn marks(text: &str) -> Marks {
    let mut builder = Builder::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at = match byte {
            b'{' | b'[' => {
                builder.start(byte == b'[', start..start + 1);
                at + 1
            }
            b'}' | b']' => {
                builder.end(at + 1);
                at + 1
            }
            b'"' => {
                let end = string_end(bytes, at);
                string(&mut builder, text, start..end);
                end
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => at + 1,
            _ => {
                let end = bare_end(bytes, at);
                builder.scalar(start..end);
                end
            }
        };
    }
    builder.finish()
}

fn string(builder: &mut Builder, text: &str, range: Range<usize>) {
    if !builder.wants_key() {
        return builder.scalar(range);
    }
    let raw = text.get(range.clone()).unwrap_or("");
    let name = serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned());
    builder.key(&name, range);
}

/// Offset behind the closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Offset behind a number, `true`, `null` or anything else without quotes.
fn bare_end(bytes: &[u8], start: usize) -> usize {
    let is_end = |byte: &u8| {
        matches!(
            byte,
            b',' | b'}' | b']' | b':' | b'"' | b' ' | b'\t' | b'\r' | b'\n'
        )
    };
    bytes[start..]
        .iter()
        .position(is_end)
        .map_or(bytes.len(), |length| start + length.max(1))
}
