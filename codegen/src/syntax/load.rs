//! From the texts of a run to value trees, one a file, along their references.
//!
//! Bounded: a file, its depth and the number of its values have limits, so that no text costs more than it seems to.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::hidden::{hidden, hidden_by_escapes, may_hide_by_escapes};
use super::node::Node;
use super::parse::{parse, too_large};
use crate::diagnostic::{Diagnostics, Profile};
use crate::source::{Place, SourceMap};

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
