//! Paths and webhooks: the items with what their operations share, each path one that a call can be sent to.

use std::collections::HashMap;

use super::api::{Api, BodyKind, Event, Method, Parameter, Server};
use super::operation::{Defaults, resolve_operation, unique_ids};
use super::parameter::parameters;
use super::reference::Kind;
use super::{Cx, document, extension, media, quirks, security};
use crate::diagnostic::{Diagnostic, Id};
use crate::source::Place;
use crate::syntax::extensions::{OPERATION, PATH_ITEM};
use crate::syntax::reader::{Cursor, Object, shorten};

const METHODS: [(&str, Method); 8] = [
    ("get", Method::Get),
    ("put", Method::Put),
    ("post", Method::Post),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("head", Method::Head),
    ("patch", Method::Patch),
    ("trace", Method::Trace),
];

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }
}

pub(super) fn resolve_paths<'a>(
    cx: &mut Cx<'a>,
    paths: &Cursor<'a>,
    defaults: &Defaults,
    api: &mut Api,
) {
    let mut shapes = HashMap::new();
    for (path, cursor) in paths.members(&mut cx.sink) {
        if path.starts_with("x-") {
            unknown_extension(cx, path, &cursor);
            continue;
        }
        if !check_path(cx, path, &cursor) {
            continue;
        }
        let path = path.trim();
        if let Some(first) = shapes.insert(shape(path), cursor.place.clone()) {
            same_shape(cx, path, &cursor, first);
        }
        resolve_path_item(cx, path, cursor, defaults, api);
    }
    unique_ids(cx, api);
}

fn unknown_extension(cx: &mut Cx<'_>, key: &str, cursor: &Cursor<'_>) {
    if cx.is_strict() {
        let headline = format!("`paths` has no key `{}`", shorten(key));
        cx.sink.push(
            Diagnostic::new(Id::UnknownKey, cursor.place.clone().key(), headline)
                .label("unknown key")
                .help("here stand paths, which start with `/`; remove it"),
        );
    }
}

/// No server takes more.
const LONGEST_PATH: usize = 2_000;

/// Whether calls can be sent to a path as it is written.
fn check_path(cx: &mut Cx<'_>, path: &str, cursor: &Cursor<'_>) -> bool {
    if path.len() > LONGEST_PATH {
        let headline = format!("a path has more than {LONGEST_PATH} bytes");
        cx.sink.push(Diagnostic::new(
            Id::InvalidPath,
            cursor.place.clone().key(),
            headline,
        ));
        return false;
    }
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    let (problem, is_usable) = if !path.trim().starts_with('/') {
        ("it does not start with `/`", false)
    } else if path.contains(['?', '#']) {
        // That part tells such paths apart for readers only; the calls would be one.
        (
            "it has a query or a fragment, which a path cannot have",
            false,
        )
    } else if path.contains(is_space) {
        ("it holds white space", !path.trim().contains(is_space))
    } else {
        return true;
    };
    let finding = Diagnostic::new(
        Id::InvalidPath,
        cursor.place.clone().key(),
        format!("`{}` is no path", shorten(path)),
    )
    .label(problem);
    let cost = if is_usable {
        "it is taken without"
    } else {
        "its operations are left out"
    };
    cx.sink.push(if cx.is_strict() {
        finding
    } else {
        finding.note(cost)
    });
    is_usable
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| match (segment.find('{'), segment.rfind('}')) {
            (Some(start), Some(end)) if start < end => {
                format!("{}{{}}{}", &segment[..start], &segment[end + 1..])
            }
            _ => segment.to_owned(),
        });
    segments.collect::<Vec<_>>().join("/")
}

fn same_shape(cx: &mut Cx<'_>, path: &str, cursor: &Cursor<'_>, first: Place) {
    let headline = format!(
        "`{}` differs from another path only in the names of parameters",
        shorten(path)
    );
    cx.sink.push(
        Diagnostic::new(Id::DuplicatePath, cursor.place.clone().key(), headline)
            .label("the same calls as above")
            .also(first.key(), "first here"),
    );
}

/// A path item, its parameters read.
pub(super) struct PathItem<'a> {
    pub(super) parameters: Vec<Parameter>,
    pub(super) prefix: String,
    pub(super) quirks: Vec<String>,
    pub(super) operations: Vec<(Method, Cursor<'a>)>,
}

fn path_item<'a>(cx: &mut Cx<'a>, cursor: Cursor<'a>) -> Option<PathItem<'a>> {
    let target = cx.follow(cursor, Kind::PathItem)?;
    let mut object = Object::open(&target, PATH_ITEM, &mut cx.sink)?;
    object.pass(&["summary", "description", "$ref"]);
    let parameters = parameters(cx, object.get("parameters", &cx.sink));
    let servers = document::servers(cx, object.get("servers", &cx.sink));
    let quirks = quirks(cx, object.raw("x-quirk"));
    let operations = METHODS
        .iter()
        .filter_map(|(name, method)| Some((*method, object.get(name, &cx.sink)?)))
        .collect::<Vec<_>>();
    object.finish(&mut cx.sink);
    Some(PathItem {
        parameters,
        prefix: prefix(&servers),
        quirks,
        operations: in_document_order(operations, &target),
    })
}

fn in_document_order<'a>(
    mut operations: Vec<(Method, Cursor<'a>)>,
    item: &Cursor<'a>,
) -> Vec<(Method, Cursor<'a>)> {
    let map = item.node.as_map();
    operations
        .sort_by_key(|(_, cursor)| map.and_then(|map| map.position(cursor.place.pointer.last()?)));
    operations
}

/// The path prefix of a server that is relative to the document's.
pub(super) fn prefix(servers: &[Server]) -> String {
    let url = servers.first().map_or("", |server| server.url.as_str());
    if url.starts_with('/') && !url.starts_with("//") {
        url.trim_end_matches('/').to_owned()
    } else {
        String::new()
    }
}

fn resolve_path_item<'a>(
    cx: &mut Cx<'a>,
    path: &str,
    cursor: Cursor<'a>,
    defaults: &Defaults,
    api: &mut Api,
) {
    let Some(item) = path_item(cx, cursor) else {
        return;
    };
    for (method, cursor) in &item.operations {
        if let Some(operation) = resolve_operation(cx, path, *method, cursor, &item, defaults) {
            api.operations.push(operation);
        }
    }
}

pub(super) fn resolve_webhooks<'a>(cx: &mut Cx<'a>, webhooks: &Cursor<'a>, api: &mut Api) {
    for (event_type, cursor) in webhooks.members(&mut cx.sink) {
        let Some(item) = path_item(cx, cursor) else {
            continue;
        };
        for (_, cursor) in &item.operations {
            if let Some(event) = resolve_event(cx, event_type, cursor) {
                api.events.push(event);
            }
        }
    }
}

fn resolve_event<'a>(cx: &mut Cx<'a>, event_type: &str, cursor: &Cursor<'a>) -> Option<Event> {
    let mut object = Object::open(cursor, OPERATION, &mut cx.sink)?;
    let id = object.text("operationId", &mut cx.sink);
    let body = object.need("requestBody", &mut cx.sink);
    let body = body.and_then(|body| media::resolve_body(cx, body));
    if let Some(responses) = object.get("responses", &cx.sink) {
        media::resolve_answer(cx, &responses);
    }
    parameters(cx, object.get("parameters", &cx.sink));
    security::requirements(cx, object.get("security", &cx.sink));
    let ext = extension::resolve_extensions(cx, &mut object);
    let payload = object.raw("x-event-payload");
    let payload = cx.extension(payload, |sink, cursor| cursor.text(sink));
    object.pass(&["tags", "externalDocs", "deprecated"]);
    let summary = object.prose("summary", &mut cx.sink);
    let description = object.prose("description", &mut cx.sink);
    object.finish(&mut cx.sink);
    let (schema, example) = match body?.kind {
        BodyKind::Json {
            schema, example, ..
        } => (schema, example),
        BodyKind::Form { schema, .. } | BodyKind::Multipart { schema } => (schema, None),
        BodyKind::Text | BodyKind::Bytes { .. } => (cx.any, None),
    };
    Some(Event {
        event_type: event_type.to_owned(),
        id,
        summary,
        description,
        schema,
        payload,
        example,
        source: ext.source,
        quirks: ext.quirks,
        name_override: ext.name_override,
        place: cursor.place.clone(),
        file: cursor.place.file.to_string(),
    })
}
