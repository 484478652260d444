//! From the texts of a run to value trees, one a file, with everything that is wrong with the text itself.
//!
//! Bounded: a file, its depth and the number of its values have limits, so that no text costs more than it seems to.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::de::DeserializeSeed;

use super::guard;
use super::node::{Node, Progress, Seed, TOO_MANY};
use crate::diagnostic::{Diagnostic, Diagnostics, Id, Profile, Spot, is_control};
use crate::source::marks::{Marks, is_json};
use crate::source::yaml::Indentation;
use crate::source::{Lines, Place, SourceMap};

/// Bytes of one file.
const MAX_BYTES: usize = 4 << 20;
/// Bytes of all files that a run reads.
const MAX_TOTAL_BYTES: usize = 16 << 20;
/// Values in one file.
pub(crate) const MAX_NODES: usize = 250_000;
/// Values in all files of a run.
const MAX_TOTAL_NODES: usize = 500_000;
/// Lists and objects within each other. Both readers of values stop at 128.
pub(crate) const MAX_DEPTH: usize = 100;

/// The trees of a run, by path.
#[derive(Debug, Default)]
pub(crate) struct Files {
    trees: BTreeMap<Arc<str>, Node>,
}

impl Files {
    pub(crate) fn get(&self, path: &str) -> Option<(&Arc<str>, &Node)> {
        self.trees.get_key_value(path)
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.trees.keys()
    }
}

/// Reads the root and every file that a `$ref` in a read file names.
pub(crate) fn load(sources: &SourceMap, root: &str, sink: &mut Diagnostics) -> Files {
    let mut files = Files::default();
    let mut waiting = vec![root.to_owned()];
    let mut bytes = 0;
    let mut nodes = MAX_TOTAL_NODES;
    while !waiting.is_empty() {
        let batch = next_batch(sources, &files, std::mem::take(&mut waiting));
        let sizes: usize = batch.iter().map(|text| text.text.len()).sum();
        let workers = if sizes <= PARALLEL_BYTES {
            parallelism(batch.len())
        } else {
            1
        };
        if workers > 1 && bytes + sizes <= MAX_TOTAL_BYTES {
            bytes += sizes;
            for (text, parsed) in
                batch
                    .iter()
                    .zip(parse_all(&batch, nodes, sink.profile(), workers))
            {
                nodes = nodes.saturating_sub(parsed.nodes);
                sink.absorb(parsed.findings);
                waiting.extend(parsed.refers);
                files.trees.insert(text.path.as_str().into(), parsed.node);
            }
            continue;
        }
        for text in &batch {
            bytes += text.text.len();
            let node = parse_within(text, bytes, &mut nodes, sink);
            let (node, refers) = look_through(text, node, sink);
            waiting.extend(refers);
            files.trees.insert(text.path.as_str().into(), node);
        }
    }
    files
}

/// Files that are read at once are small together: their values share no budget.
const PARALLEL_BYTES: usize = 1 << 20;

/// A file that is to be read.
struct Text<'a> {
    path: String,
    text: &'a str,
    invalid: Option<usize>,
}

/// The files that are there and were not read, each once.
fn next_batch<'a>(sources: &'a SourceMap, files: &Files, waiting: Vec<String>) -> Vec<Text<'a>> {
    let mut seen = HashSet::new();
    let fresh = waiting
        .into_iter()
        .filter(|path| !files.trees.contains_key(path.as_str()) && seen.insert(path.clone()));
    fresh
        .filter_map(|path| {
            let text = sources.text(&path)?;
            let invalid = sources.invalid.get(&path).copied();
            Some(Text {
                path,
                text,
                invalid,
            })
        })
        .collect()
}

fn parallelism(files: usize) -> usize {
    thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(files)
}

/// What one file became.
struct Parsed {
    node: Node,
    /// Paths that its `$ref`s name.
    refers: Vec<String>,
    findings: Diagnostics,
    nodes: usize,
}

/// Reads files side by side; the results come in the order of the files.
fn parse_all(batch: &[Text<'_>], nodes: usize, profile: Profile, workers: usize) -> Vec<Parsed> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(text) = batch.get(index) else {
                return done;
            };
            done.push((index, parse_alone(text, nodes, profile)));
        }
    };
    let mut parsed: Vec<(usize, Parsed)> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles
            .into_iter()
            .flat_map(|handle| handle.join().expect("reading a text does not panic"))
            .collect()
    });
    parsed.sort_by_key(|(index, _)| *index);
    parsed.into_iter().map(|(_, parsed)| parsed).collect()
}

fn parse_alone(text: &Text<'_>, nodes: usize, profile: Profile) -> Parsed {
    let mut findings = Diagnostics::new(profile);
    let mut left = nodes;
    let node = parse(
        &text.path,
        text.text,
        text.invalid,
        &mut left,
        &mut findings,
    );
    let (node, refers) = look_through(text, node, &mut findings);
    Parsed {
        node,
        refers,
        findings,
        nodes: nodes - left,
    }
}

fn parse_within(
    text: &Text<'_>,
    bytes: usize,
    nodes: &mut usize,
    sink: &mut Diagnostics,
) -> Option<Node> {
    if bytes > MAX_TOTAL_BYTES {
        too_large(
            &text.path,
            "the files of this description",
            MAX_TOTAL_BYTES,
            sink,
        );
        return None;
    }
    parse(&text.path, text.text, text.invalid, nodes, sink)
}

/// What a whole tree is asked: what it hides, and which files it needs.
fn look_through(
    text: &Text<'_>,
    node: Option<Node>,
    sink: &mut Diagnostics,
) -> (Node, Vec<String>) {
    let node = node.unwrap_or(Node::Null);
    if may_hide_by_escapes(text.text) {
        let raw: HashSet<char> = hidden(text.text).map(|(_, c)| c).collect();
        hidden_by_escapes(&node, &Place::file(text.path.as_str()), &raw, sink);
    }
    let mut refers = Vec::new();
    referred(&node, &text.path, &mut refers);
    (node, refers)
}

/// Paths that the `$ref`s in a tree name.
fn referred(node: &Node, path: &str, into: &mut Vec<String>) {
    match node {
        Node::List(items) => items.iter().for_each(|item| referred(item, path, into)),
        Node::Map(map) => {
            for (key, value) in map.iter() {
                match value {
                    Node::Text(text) if key == "$ref" => {
                        let file = text.split('#').next().unwrap_or("");
                        if !file.is_empty() && !file.contains(':') {
                            into.extend(crate::resolve::reference::join(path, file));
                        }
                    }
                    _ => referred(value, path, into),
                }
            }
        }
        _ => {}
    }
}

fn parse(
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

fn too_large(path: &str, what: &str, limit: usize, sink: &mut Diagnostics) {
    let spot = Spot::Bytes {
        file: path.to_owned(),
        range: 0..0,
    };
    let headline = format!("{what} would be more than {} MiB", limit >> 20);
    sink.push(Diagnostic::new(Id::TooLarge, spot, headline));
}

/// Characters that nobody sees may make a description look different from what it is.
fn control_characters(path: &str, text: &str, base: usize, sink: &mut Diagnostics) {
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
fn may_hide_by_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices('\\').any(|(at, _)| {
        !matches!(
            bytes.get(at + 1),
            Some(b'"' | b'/' | b'n' | b'r' | b't' | b'\n')
        )
    })
}

/// The same in values, where an escape made them: what the text itself holds was reported above.
fn hidden_by_escapes(node: &Node, place: &Place, raw: &HashSet<char>, sink: &mut Diagnostics) {
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
fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
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
