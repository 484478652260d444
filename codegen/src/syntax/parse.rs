//! From one text to its value tree, with everything that is wrong with the text itself.

use std::ops::Range;

use serde::de::DeserializeSeed;

use super::guard;
use super::hidden::control_characters;
use super::load::{MAX_DEPTH, MAX_NODES};
use super::node::{Node, Progress, Seed, TOO_MANY};
use crate::diagnostic::{Diagnostic, Diagnostics, Id, Profile, Spot};
use crate::source::Lines;
use crate::source::marks::{Marks, is_json};
use crate::source::yaml::Indentation;

/// Bytes of one file.
pub(super) const MAX_BYTES: usize = 4 << 20;

pub(super) fn parse(
    path: &str,
    text: &str,
    invalid: Option<usize>,
    nodes: &mut usize,
    sink: &mut Diagnostics,
) -> Option<Node> {
    let spot = |range: Range<usize>| Spot::Bytes {
        file: path.to_owned(),
        range,
    };
    if let Some(at) = invalid {
        let mut finding =
            Diagnostic::new(Id::NotUtf8, spot(at..at + 1), "the file is not in UTF-8")
                .label("the first byte that does not fit");
        if at < 2 {
            finding =
                finding.help("it looks like UTF-16; save it as UTF-8 without a byte order mark");
        }
        sink.push(finding);
        return None;
    }
    if text.len() > MAX_BYTES {
        too_large(path, "the file", MAX_BYTES, sink);
        return None;
    }
    let base = if let Some(rest) = text.strip_prefix('\u{feff}') {
        sink.push(
            Diagnostic::new(
                Id::ByteOrderMark,
                spot(0..3),
                "the file starts with a byte order mark",
            )
            .help("save it as UTF-8 without one; many readers of JSON and YAML refuse it"),
        );
        text.len() - rest.len()
    } else {
        0
    };
    control_characters(path, text, base, sink);
    let progress = Progress::default();
    progress.budget.set((*nodes).min(MAX_NODES));
    let before = progress.budget.get();
    let node = if is_json(path) {
        parse_json(path, text, base, &progress, sink)
    } else {
        parse_yaml(path, text, base, &progress, sink)
    };
    *nodes -= before - progress.budget.get();
    if progress.has_duplicates.get() {
        duplicates(path, text, sink);
    }
    match node {
        Some(Node::Null) => {
            sink.push(Diagnostic::new(
                Id::EmptyDocument,
                spot(0..0),
                "the file holds no value",
            ));
            None
        }
        node => node,
    }
}

pub(super) fn too_large(path: &str, what: &str, limit: usize, sink: &mut Diagnostics) {
    let spot = Spot::Bytes {
        file: path.to_owned(),
        range: 0..0,
    };
    let headline = format!("{what} would be more than {} MiB", limit >> 20);
    sink.push(Diagnostic::new(Id::TooLarge, spot, headline));
}

fn duplicates(path: &str, text: &str, sink: &mut Diagnostics) {
    for (name, first, again) in Marks::new(path, text).duplicates {
        let spot = |range: Range<usize>| Spot::Bytes {
            file: path.to_owned(),
            range,
        };
        sink.push(
            Diagnostic::new(
                Id::DuplicateKey,
                spot(again),
                format!("key `{name}` is there twice"),
            )
            .label("again here")
            .also(spot(first), "first here")
            .help("remove one; readers differ in which of the two they take"),
        );
    }
}

fn parse_yaml(
    path: &str,
    text: &str,
    base: usize,
    progress: &Progress,
    sink: &mut Diagnostics,
) -> Option<Node> {
    let text = &text[base..];
    let indentation = match sink.profile() {
        Profile::Strict => Indentation::Strict,
        Profile::Foreign => Indentation::Lenient,
    };
    let guard = guard::guard(path, text, base, indentation);
    for finding in guard.findings {
        // That a foreign text is read as we read it is its author's affair.
        if finding.id != Id::AmbiguousScalar || sink.profile() == Profile::Strict {
            sink.push(finding);
        }
    }
    if guard.is_refused {
        return None;
    }
    match Seed(progress).deserialize(serde_yaml::Deserializer::from_str(text)) {
        Ok(node) => Some(node),
        Err(error) => {
            let at = error.location().map_or(0, |location| location.index());
            let finding = refused(
                path,
                base + at.min(text.len()),
                Id::YamlSyntax,
                "YAML",
                &error.to_string(),
            );
            sink.push(finding);
            None
        }
    }
}

fn parse_json(
    path: &str,
    text: &str,
    base: usize,
    progress: &Progress,
    sink: &mut Diagnostics,
) -> Option<Node> {
    let text = &text[base..];
    if let Some(at) = too_deep(text) {
        let spot = Spot::Bytes {
            file: path.to_owned(),
            range: base + at..base + at + 1,
        };
        let headline = format!("values are nested more than {MAX_DEPTH} deep");
        sink.push(Diagnostic::new(Id::TooDeep, spot, headline));
        return None;
    }
    if text.trim().is_empty() {
        return Some(Node::Null);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Seed(progress)
        .deserialize(&mut reader)
        .and_then(|node| reader.end().map(|()| node));
    match node {
        Ok(node) => Some(node),
        Err(error) => {
            let at = json_offset(text, error.line(), error.column());
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message);
            sink.push(refused(path, base + at, Id::JsonSyntax, "JSON", message));
            None
        }
    }
}

fn refused(path: &str, at: usize, id: Id, language: &str, message: &str) -> Diagnostic {
    let spot = Spot::Bytes {
        file: path.to_owned(),
        range: at..at + 1,
    };
    if message.contains(TOO_MANY) {
        let headline = format!("the file holds more than {MAX_NODES} values");
        return Diagnostic::new(Id::TooLarge, spot, headline);
    }
    Diagnostic::new(id, spot, format!("this is no {language}: {message}"))
        .label("the reader gave up here")
}

/// Of serde_json's line and column, both from 1; the column counts bytes.
fn json_offset(text: &str, line: usize, column: usize) -> usize {
    let lines = Lines::new(text);
    let line = line.clamp(1, lines.count()) - 1;
    let range = lines.range(line);
    (range.start + column.saturating_sub(1)).min(range.end)
}

/// Where brackets outside of texts are nested too deep.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut is_text = false;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if is_text => {
                bytes.next();
            }
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth += 1,
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(at);
        }
    }
    None
}
