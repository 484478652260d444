//! From the files of a description to one document that says the same.
//!
//! Path items are put in place; everything else that another file holds moves into `components` of the root, under its
//! name. Relies on: the description was read without errors. A reference that leads nowhere stays as it is.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::diagnostic::{Diagnostics, Profile};
use crate::resolve::reference::locate;
use crate::source::{Place, SourceMap};
use crate::syntax::load::{self, Files};
use crate::syntax::node::{Map, Node};
use crate::syntax::reader::Cursor;

/// How much of a description a bundle keeps, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bundle {
    /// Everything, with one member a line.
    Readable,
    /// What a program needs: no descriptions, no white space.
    Compact,
}

/// The whole description as one JSON text; nothing if the root is no document.
pub fn bundle(sources: &SourceMap, root: &str, form: Bundle) -> Option<String> {
    let files = load::load(sources, root, &mut Diagnostics::new(Profile::Foreign));
    bundle_files(&files, root, form)
}

/// The same for files that were read already.
pub(crate) fn bundle_files(files: &Files, root: &str, form: Bundle) -> Option<String> {
    let (path, node) = files.get(root)?;
    let cursor = Cursor::new(node, Place::file(path.clone()));
    let mut bundler = Bundler {
        files,
        root: path.clone(),
        form,
        moved: HashMap::new(),
        taken: taken_names(&cursor),
        waiting: VecDeque::new(),
    };
    let document = bundler.document(&cursor)?;
    let mut text = String::new();
    write(&document, form, 0, &mut text);
    text.push('\n');
    Some(text)
}

/// Names in each section of the root's components.
fn taken_names(root: &Cursor<'_>) -> HashSet<(&'static str, String)> {
    let components = root.child("components");
    let mut taken = HashSet::new();
    for section in SECTIONS {
        let names = components
            .as_ref()
            .and_then(|components| components.child(section));
        for (name, _) in names
            .iter()
            .filter_map(|names| names.node.as_map())
            .flat_map(Map::iter)
        {
            taken.insert((section, name.to_owned()));
        }
    }
    taken
}

const SECTIONS: [&str; 6] = [
    "schemas",
    "parameters",
    "requestBodies",
    "responses",
    "headers",
    "examples",
];

/// What kind of thing a node is, by the keys that lead to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Example,
    Schema,
    Discriminator,
    /// A map from values to references.
    Mapping,
    /// The error table.
    Table,
    /// No references below, but words.
    Words,
    /// Copied as it is.
    Data,
    /// A map of names, or a list.
    Many(Inner),
}

/// What a map or a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inner {
    PathItems,
    Parameters,
    RequestBodies,
    Responses,
    Headers,
    Contents,
    Examples,
    Schemas,
}

impl Kind {
    /// The kind of a member.
    fn member(self, key: &str) -> Self {
        match self {
            Self::Many(inner) => inner.element(),
            Self::Document => match key {
                "paths" | "webhooks" => Self::Many(Inner::PathItems),
                "components" => Self::Components,
                "x-error-table" => Self::Table,
                "info" | "tags" | "servers" => Self::Words,
                _ => Self::Data,
            },
            Self::Components => match key {
                "schemas" => Self::Many(Inner::Schemas),
                "parameters" => Self::Many(Inner::Parameters),
                "requestBodies" => Self::Many(Inner::RequestBodies),
                "responses" => Self::Many(Inner::Responses),
                "headers" => Self::Many(Inner::Headers),
                "examples" => Self::Many(Inner::Examples),
                "pathItems" => Self::Many(Inner::PathItems),
                _ => Self::Data,
            },
            Self::PathItem => match key {
                "parameters" => Self::Many(Inner::Parameters),
                "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" => {
                    Self::Operation
                }
                _ => Self::Data,
            },
            Self::Operation => match key {
                "parameters" => Self::Many(Inner::Parameters),
                "requestBody" => Self::RequestBody,
                "responses" => Self::Many(Inner::Responses),
                _ => Self::Data,
            },
            Self::Parameter | Self::Header | Self::MediaType => match key {
                "schema" => Self::Schema,
                "content" => Self::Many(Inner::Contents),
                "examples" => Self::Many(Inner::Examples),
                _ => Self::Data,
            },
            Self::RequestBody | Self::Response => match key {
                "content" => Self::Many(Inner::Contents),
                "headers" => Self::Many(Inner::Headers),
                _ => Self::Data,
            },
            Self::Schema => schema_member(key),
            Self::Words => Self::Words,
            Self::Discriminator if key == "mapping" => Self::Mapping,
            Self::Discriminator | Self::Mapping | Self::Example | Self::Table | Self::Data => {
                Self::Data
            }
        }
    }

    /// The section of `components` that holds such things.
    fn section(self) -> Option<&'static str> {
        Some(match self {
            Self::Schema => "schemas",
            Self::Parameter => "parameters",
            Self::RequestBody => "requestBodies",
            Self::Response => "responses",
            Self::Header => "headers",
            Self::Example => "examples",
            Self::Document
            | Self::Components
            | Self::PathItem
            | Self::Operation
            | Self::MediaType
            | Self::Discriminator
            | Self::Mapping
            | Self::Table
            | Self::Words
            | Self::Data
            | Self::Many(_) => return None,
        })
    }

    /// Whether `description` and the like are prose here, and no names.
    fn has_prose(self) -> bool {
        !matches!(
            self,
            Self::Many(_) | Self::Data | Self::Mapping | Self::Table
        )
    }
}

fn schema_member(key: &str) -> Kind {
    match key {
        "properties" | "patternProperties" | "$defs" | "dependentSchemas" | "allOf" | "oneOf"
        | "anyOf" | "prefixItems" => Kind::Many(Inner::Schemas),
        "items"
        | "additionalProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames" => Kind::Schema,
        "discriminator" => Kind::Discriminator,
        _ => Kind::Data,
    }
}

impl Inner {
    fn element(self) -> Kind {
        match self {
            Self::PathItems => Kind::PathItem,
            Self::Parameters => Kind::Parameter,
            Self::RequestBodies => Kind::RequestBody,
            Self::Responses => Kind::Response,
            Self::Headers => Kind::Header,
            Self::Contents => Kind::MediaType,
            Self::Examples => Kind::Example,
            Self::Schemas => Kind::Schema,
        }
    }
}

/// Keys that only people read.
const PROSE: [&str; 7] = [
    "description",
    "summary",
    "externalDocs",
    "x-quirk",
    "x-source",
    "x-enum-descriptions",
    "x-enum-varnames",
];

struct Bundler<'a> {
    files: &'a Files,
    root: Arc<str>,
    form: Bundle,
    /// The new reference for each node that moves.
    moved: HashMap<usize, String>,
    taken: HashSet<(&'static str, String)>,
    waiting: VecDeque<(&'static str, String, Kind, Cursor<'a>)>,
}

impl<'a> Bundler<'a> {
    fn document(&mut self, cursor: &Cursor<'a>) -> Option<Node> {
        let Node::Map(document) = self.copy(cursor, Kind::Document) else {
            return None;
        };
        let mut sections: Vec<(&'static str, Vec<(String, Node)>)> = Vec::new();
        while let Some((section, name, kind, cursor)) = self.waiting.pop_front() {
            let node = self.copy(&cursor, kind);
            match sections.iter_mut().find(|(key, _)| *key == section) {
                Some((_, entries)) => entries.push((name, node)),
                None => sections.push((section, vec![(name, node)])),
            }
        }
        Some(Node::Map(with_components(document, sections)))
    }

    fn copy(&mut self, cursor: &Cursor<'a>, kind: Kind) -> Node {
        match cursor.node {
            Node::Map(map) => {
                if let Some(reference) = map.get("$ref").and_then(Node::as_text)
                    && kind != Kind::Data
                {
                    return self.reference(cursor, map, reference, kind);
                }
                self.members(cursor, map, kind)
            }
            Node::List(items) => {
                let inner = kind.member("");
                let copies = items.iter().enumerate();
                let copies = copies.map(|(index, item)| {
                    self.copy(&Cursor::new(item, cursor.place.index(index)), inner)
                });
                Node::List(copies.collect())
            }
            Node::Text(text) if kind == Kind::Mapping => self.mapped(cursor, text),
            other => other.clone(),
        }
    }

    fn members(&mut self, cursor: &Cursor<'a>, map: &'a Map, kind: Kind) -> Node {
        let mut entries = Vec::new();
        for (key, node) in map.iter() {
            if self.is_left_out(key, kind) {
                continue;
            }
            let member = Cursor::new(node, cursor.place.child(key));
            let inner = if kind == Kind::Mapping {
                Kind::Mapping
            } else {
                kind.member(key)
            };
            entries.push((key.to_owned(), self.copy(&member, inner)));
        }
        Node::Map(Map::new(entries).0)
    }

    fn is_left_out(&self, key: &str, kind: Kind) -> bool {
        let is_prose = PROSE.contains(&key) || (kind == Kind::Schema && key == "title");
        self.form == Bundle::Compact && kind.has_prose() && is_prose
    }

    /// A reference: put in place, moved into `components`, or left.
    fn reference(&mut self, cursor: &Cursor<'a>, map: &'a Map, text: &str, kind: Kind) -> Node {
        let Some(target) = locate(self.files, &cursor.place.file, text) else {
            return cursor.node.clone();
        };
        let is_in_place = matches!(kind, Kind::PathItem | Kind::Table | Kind::Many(_));
        if is_in_place && target.address() != cursor.address() {
            return self.copy(&target, kind);
        }
        let new = self.new_reference(&target, text, kind);
        let mut entries = Vec::new();
        for (key, node) in map.iter() {
            if self.is_left_out(key, kind) {
                continue;
            }
            let copy = if key == "$ref" {
                Node::Text(new.clone())
            } else {
                self.copy(
                    &Cursor::new(node, cursor.place.child(key)),
                    kind.member(key),
                )
            };
            entries.push((key.to_owned(), copy));
        }
        Node::Map(Map::new(entries).0)
    }

    fn mapped(&mut self, cursor: &Cursor<'a>, text: &str) -> Node {
        let is_reference = text.contains(['/', '#', '.']);
        let target = locate(self.files, &cursor.place.file, text).filter(|_| is_reference);
        Node::Text(match target {
            Some(target) => self.new_reference(&target, text, Kind::Schema),
            None => text.to_owned(),
        })
    }

    /// How the bundle refers to a node; one that stood in another file moves.
    fn new_reference(&mut self, target: &Cursor<'a>, text: &str, kind: Kind) -> String {
        let Some(section) = kind.section() else {
            return text.to_owned();
        };
        if *target.place.file == *self.root {
            return format!("#{}", target.place.pointer);
        }
        if let Some(known) = self.moved.get(&target.address()) {
            return known.clone();
        }
        let name = self.free_name(section, target);
        let reference = format!("#/components/{section}/{name}");
        self.moved.insert(target.address(), reference.clone());
        self.waiting
            .push_back((section, name, kind, target.clone()));
        reference
    }

    /// The name that the place gives, with the file's before it if another thing has that name.
    fn free_name(&mut self, section: &'static str, target: &Cursor<'_>) -> String {
        let file = target.place.file.rsplit('/').next().unwrap_or("");
        let stem = plain(file.split('.').next().unwrap_or(file));
        let own = target
            .place
            .pointer
            .last()
            .map_or_else(|| stem.clone(), plain);
        let longer = format!("{stem}_{own}");
        let numbered = (2..).map(|number| format!("{longer}_{number}"));
        let candidates = [own, longer.clone()].into_iter().chain(numbered);
        candidates
            .into_iter()
            .find(|name| self.taken.insert((section, name.clone())))
            .expect("some number is free")
    }
}

/// The characters that a component's name may have.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect()
}

/// The document with what moved at the end of its components.
fn with_components(document: Map, moved: Vec<(&'static str, Vec<(String, Node)>)>) -> Map {
    let mut members: Vec<(String, Node)> = document.into_entries();
    if moved.is_empty() {
        return Map::new(members).0;
    }
    let at = members.iter().position(|(key, _)| key == "components");
    let mut components = match at.map(|at| members.remove(at).1) {
        Some(Node::Map(components)) => components.into_entries(),
        _ => Vec::new(),
    };
    for (section, entries) in moved {
        let at = components.iter().position(|(key, _)| key == section);
        let mut all = match at.map(|at| std::mem::replace(&mut components[at].1, Node::Null)) {
            Some(Node::Map(own)) => own.into_entries(),
            _ => Vec::new(),
        };
        all.extend(entries);
        let all = Node::Map(Map::new(all).0);
        match at {
            Some(at) => components[at].1 = all,
            None => components.push((section.to_owned(), all)),
        }
    }
    let components = ("components".to_owned(), Node::Map(Map::new(components).0));
    members.insert(at.unwrap_or(members.len()), components);
    Map::new(members).0
}

fn write(node: &Node, form: Bundle, depth: usize, out: &mut String) {
    match node {
        Node::Map(map) if map.len() > 0 => {
            let members = map.iter().map(|(key, node)| (Some(key), node));
            write_all(members, ('{', '}'), form, depth, out);
        }
        Node::List(items) if !items.is_empty() => {
            write_all(
                items.iter().map(|node| (None, node)),
                ('[', ']'),
                form,
                depth,
                out,
            );
        }
        Node::Map(_) => out.push_str("{}"),
        Node::List(_) => out.push_str("[]"),
        Node::Null => out.push_str("null"),
        Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Node::Number(number) => out.push_str(&number.to_string()),
        Node::Text(text) => write_text(text, out),
    }
}

fn write_all<'n>(
    members: impl Iterator<Item = (Option<&'n str>, &'n Node)>,
    (open, close): (char, char),
    form: Bundle,
    depth: usize,
    out: &mut String,
) {
    let line = |depth: usize, out: &mut String| {
        if form == Bundle::Readable {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    out.push(open);
    for (index, (key, node)) in members.enumerate() {
        if index > 0 {
            out.push(',');
        }
        line(depth + 1, out);
        if let Some(key) = key {
            write_text(key, out);
            out.push_str(if form == Bundle::Readable { ": " } else { ":" });
        }
        write(node, form, depth + 1, out);
    }
    line(depth, out);
    out.push(close);
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> SourceMap {
        let mut sources = SourceMap::default();
        sources.add(
            "spec/openapi.yaml",
            "openapi: 3.1.0
info: {title: T, version: '1', description: Words.}
x-error-table: {$ref: errors.yaml}
paths:
  /a: {$ref: 'r/a.yaml#/paths/a'}
  /b: {$ref: 'r/b.yaml#/paths/b'}
components: {schemas: {Own: {type: string}}}
",
        );
        sources.add(
            "spec/errors.yaml",
            "codes: [{code: 1, name: A, category: server, action: support, retry: never, meaning: kept}]\n",
        );
        for file in ["a", "b"] {
            let path = format!("spec/r/{file}.yaml");
            let text = "paths:
  F:
    get:
      description: Words.
      parameters: [{$ref: '#/components/parameters/Size'}]
      responses: {'200': {description: Words., content: {application/json: {schema: {$ref: '#/components/schemas/Node'}, example: {description: kept}}}}}
components:
  parameters: {Size: {name: size, in: query, schema: {$ref: '../openapi.yaml#/components/schemas/Own'}}}
  schemas:
    Node: {type: object, properties: {description: {type: string}, next: {$ref: '#/components/schemas/Node', description: Words.}}}
    Unused: {type: string}
";
            sources.add(path, text.replace('F', file));
        }
        sources
    }

    #[test]
    fn files_become_one_document_that_reads_the_same() {
        let text = bundle(&sources(), "spec/openapi.yaml", Bundle::Readable).unwrap();
        let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
        let names = |section: &str| {
            whole["components"][section]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(names("schemas"), ["Node", "Own", "b_Node"]);
        assert_eq!(names("parameters"), ["Size", "b_Size"]);
        assert_eq!(whole["x-error-table"]["codes"][0]["code"], 1);
        let pointer = "/paths/~1b/get/responses/200/content/application~1json/schema/$ref";
        assert_eq!(
            whole.pointer(pointer).unwrap(),
            "#/components/schemas/b_Node"
        );
        let pointer = "/components/schemas/b_Node/properties/next/$ref";
        assert_eq!(
            whole.pointer(pointer).unwrap(),
            "#/components/schemas/b_Node"
        );
        assert_eq!(
            whole
                .pointer("/components/parameters/Size/schema/$ref")
                .unwrap(),
            "#/components/schemas/Own"
        );
        let one = SourceMap::single("all.json", &text);
        let (before, _) = crate::read(&sources(), "spec/openapi.yaml", Profile::Foreign);
        let (after, findings) = crate::read(&one, "all.json", Profile::Foreign);
        assert!(findings.is_empty());
        let ids = |api: Option<crate::resolve::api::Api>| {
            api.unwrap()
                .operations
                .iter()
                .map(|operation| operation.id.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(before), ids(after));
    }

    #[test]
    fn the_compact_form_has_no_prose_and_keeps_names_and_data() {
        let text = bundle(&sources(), "spec/openapi.yaml", Bundle::Compact).unwrap();
        assert!(!text.contains("Words."), "{text}");
        assert!(
            text.contains("\"example\":{\"description\":\"kept\"}"),
            "{text}"
        );
        assert!(
            text.contains("\"description\":{\"type\":\"string\"}"),
            "{text}"
        );
        assert!(text.contains("\"meaning\":\"kept\""), "{text}");
    }
}
