//! From value trees to the API as meant: every `$ref` followed, every inherited value in place.
//!
//! Guarantees: no `$ref` is left; what could not be understood is in a finding with a place, and costs a field or an operation.
//! Bounded: the number of schemas and the length of chains of references have limits.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::diagnostic::{Diagnostic, Diagnostics, Id, Profile};
use crate::source::{Place, SourceMap};
use crate::syntax::load::Files;
use crate::syntax::node::Node;
use crate::syntax::reader::Cursor;
use api::{Api, Json, SchemaId};

pub mod api;

mod compose;
mod document;
mod draft;
mod enums;
mod errors;
mod extension;
mod media;
mod merge;
mod operation;
mod parameter;
mod paths;
pub(crate) mod reference;
mod schema;
mod security;
mod size;
mod tags;
#[cfg(test)]
mod tests;
mod types;

/// What a lint must know beyond the [`Api`].
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Every example that stands in the document, with the schema it should fit.
    pub(crate) examples: Vec<Sample>,
    /// Every `default`.
    pub(crate) defaults: Vec<Sample>,
    /// Names in `required` that no part of a schema has.
    pub(crate) unknown_required: Vec<(String, Place, SchemaId)>,
    /// Components that nothing refers to: what they are, and their name.
    pub(crate) unused: Vec<(&'static str, String, Place)>,
    /// Files that were given and not read.
    pub(crate) unused_files: Vec<String>,
    /// The keys in question that operations have, right or wrong.
    present: HashSet<(Place, &'static str)>,
}

impl Context {
    /// Whether the operation at a place has a key, if only with nothing in it.
    pub(crate) fn has(&self, operation: &Place, key: &'static str) -> bool {
        self.present.contains(&(operation.clone(), key))
    }
}

#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) schema: SchemaId,
    pub(crate) value: Json,
    pub(crate) place: Place,
}

/// Follows the references of the root document and of everything it refers to.
pub(crate) fn resolve(
    sources: &SourceMap,
    files: &Files,
    root: &str,
    sink: &mut Diagnostics,
) -> Option<(Api, Context)> {
    let mut cx = Cx::new(files, root, std::mem::take(sink));
    let api = document::resolve_document(&mut cx, root);
    *sink = std::mem::take(&mut cx.sink);
    if let Some(api) = &api {
        size::check(api, sink);
    }
    let mut context = cx.context;
    context.unused_files = sources
        .files
        .keys()
        .filter(|path| files.get(path).is_none())
        .cloned()
        .collect();
    Some((api?, context))
}

/// What may be copied in all: members of parts, examples, parameters that many operations refer to.
const MAX_UNITS: usize = 50_000;
/// Bytes of a text that cost as much as one member.
const BYTES_A_UNIT: usize = 256;

/// What every function of this stage needs.
struct Cx<'a> {
    files: &'a Files,
    root: String,
    sink: Diagnostics,
    /// Whether the document is OpenAPI 3.0.
    is_old: bool,
    schemas: Vec<draft::Slot<'a>>,
    by_node: HashMap<usize, SchemaId>,
    waiting: VecDeque<SchemaId>,
    /// The one schema for everything that could not be read.
    any: SchemaId,
    /// Addresses of nodes that a reference names.
    used: HashSet<usize>,
    used_schemes: HashSet<String>,
    /// Where something was missing, what, and the reference that was reported for it.
    dangling: HashMap<(Place, String), Place>,
    /// Addresses of nodes in circles of references that were reported.
    circles: HashSet<usize>,
    /// How many references and compositions deep the reader is.
    depth: usize,
    /// Units that copies have cost.
    spent: usize,
    bodies: HashMap<usize, Option<api::Body>>,
    answers: HashMap<usize, Option<api::Answer>>,
    parameters: HashMap<usize, Option<api::Parameter>>,
    context: Context,
}

impl<'a> Cx<'a> {
    fn new(files: &'a Files, root: &str, sink: Diagnostics) -> Self {
        let mut cx = Self {
            files,
            root: root.to_owned(),
            sink,
            is_old: false,
            schemas: Vec::new(),
            by_node: HashMap::new(),
            waiting: VecDeque::new(),
            any: SchemaId(0),
            used: HashSet::new(),
            used_schemes: HashSet::new(),
            dangling: HashMap::new(),
            circles: HashSet::new(),
            depth: 0,
            spent: 0,
            bodies: HashMap::new(),
            answers: HashMap::new(),
            parameters: HashMap::new(),
            context: Context::default(),
        };
        cx.any = cx.made(draft::any(&Place::file(root)));
        cx
    }

    fn is_strict(&self) -> bool {
        self.sink.profile() == Profile::Strict
    }

    /// Pays for a copy; false, with a finding once, if a few lines are about to become too much.
    fn spend(&mut self, units: usize, place: &Place) -> bool {
        let was_allowed = self.spent <= MAX_UNITS;
        self.spent = self.spent.saturating_add(units);
        let is_allowed = self.spent <= MAX_UNITS;
        if was_allowed && !is_allowed {
            let headline =
                format!("references and compositions copy more than {MAX_UNITS} members");
            self.sink
                .push(Diagnostic::new(Id::TooLarge, place, headline));
        }
        is_allowed
    }

    /// Reads an `x-` key. In a foreign document another meaning of the same key passes without a word.
    fn extension<T>(
        &mut self,
        cursor: Option<Cursor<'a>>,
        read: impl FnOnce(&mut Diagnostics, &Cursor<'a>) -> Option<T>,
    ) -> Option<T> {
        let cursor = cursor?;
        if self.is_strict() {
            return read(&mut self.sink, &cursor);
        }
        let mut trial = Diagnostics::new(Profile::Strict);
        read(&mut trial, &cursor).filter(|_| trial.is_empty())
    }
}

/// An `x-quirk`: one sentence, or a list of them.
fn quirks(cx: &mut Cx<'_>, cursor: Option<Cursor<'_>>) -> Vec<String> {
    let Some(cursor) = cursor else {
        return Vec::new();
    };
    let mut ignored = Diagnostics::new(Profile::Foreign);
    let sink = if cx.is_strict() {
        &mut cx.sink
    } else {
        &mut ignored
    };
    match cursor.node {
        Node::List(_) => cursor.texts(sink),
        _ => cursor.text(sink).into_iter().collect(),
    }
}
