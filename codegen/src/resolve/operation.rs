//! Paths, webhooks, operations and their parameters.

use std::collections::HashMap;

use super::api::{
    Answer, Api, BodyKind, Envelope, Event, Location, Method, Operation, Parameter,
    SecurityRequirement, Style,
};
use super::reference::Kind;
use super::{Cx, document, extension, media, quirks, security};
use crate::diagnostic::{Diagnostic, Id};
use crate::source::Place;
use crate::syntax::extensions::{OPERATION, PARAMETER, PATH_ITEM};
use crate::syntax::reader::{Cursor, Object, shorten};

/// What an operation has if it does not say otherwise.
pub(super) struct Defaults {
    pub(super) security: Vec<Vec<SecurityRequirement>>,
    pub(super) envelope: Option<Envelope>,
}

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
                .label("unknown key"),
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
struct PathItem<'a> {
    parameters: Vec<Parameter>,
    prefix: String,
    quirks: Vec<String>,
    operations: Vec<(Method, Cursor<'a>)>,
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
fn prefix(servers: &[super::api::Server]) -> String {
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

fn resolve_operation<'a>(
    cx: &mut Cx<'a>,
    path: &str,
    method: Method,
    cursor: &Cursor<'a>,
    item: &PathItem<'a>,
    defaults: &Defaults,
) -> Option<Operation> {
    let mut object = Object::open(cursor, OPERATION, &mut cx.sink)?;
    let (id, id_is_made) = operation_id(cx, &mut object, method, path);
    let tags = object.texts("tags", &mut cx.sink);
    let own = parameters(cx, object.get("parameters", &cx.sink));
    let body = object.get("requestBody", &cx.sink);
    let body = body.and_then(|body| media::resolve_body(cx, body));
    let answer = match object.need("responses", &mut cx.sink) {
        Some(responses) => media::resolve_answer(cx, &responses),
        None => Answer::Empty,
    };
    let security = object.get("security", &cx.sink);
    let security = match security {
        Some(own) => security::requirements(cx, Some(own)),
        None => defaults.security.clone(),
    };
    let servers = document::servers(cx, object.get("servers", &cx.sink));
    let own_prefix = prefix(&servers);
    let mut ext = extension::resolve_extensions(cx, &mut object);
    ext.quirks.extend(item.quirks.iter().cloned());
    let envelope = extension::resolve_envelope(cx, &mut object, defaults.envelope.as_ref());
    let cost = "what the service calls back is left out; the operation is there";
    object.unsupported(&["callbacks"], cost, &mut cx.sink);
    object.pass(&["externalDocs"]);
    for key in ["x-source", "x-retry", "x-errors"] {
        if object.has(key) {
            cx.context.present.insert((cursor.place.clone(), key));
        }
    }
    let copied = security.iter().map(|all| 1 + all.len()).sum::<usize>() + 4;
    if !cx.spend(copied, &cursor.place) {
        return None;
    }
    let mut parameters = inherit(cx, &item.parameters, own, &cursor.place);
    match_path(cx, path, &mut parameters, &cursor.place);
    let operation = Operation {
        id,
        tag: tags.into_iter().next(),
        method,
        path: if own_prefix.is_empty() {
            item.prefix.clone()
        } else {
            own_prefix
        } + path,
        summary: object.prose("summary", &mut cx.sink),
        description: object.prose("description", &mut cx.sink),
        deprecated: object.flag("deprecated", &mut cx.sink),
        parameters,
        body,
        answer,
        security,
        envelope,
        ext,
        place: cursor.place.clone(),
        file: cursor.place.file.to_string(),
    };
    if id_is_made && cx.is_strict() {
        object.need("operationId", &mut cx.sink);
    }
    object.finish(&mut cx.sink);
    Some(operation)
}

/// Gives each operation an id of its own: of two with one id, ours loses the second, a foreign one is renamed.
fn unique_ids(cx: &mut Cx<'_>, api: &mut Api) {
    let mut seen = HashMap::new();
    let is_strict = cx.is_strict();
    api.operations.retain_mut(|operation| {
        let place = operation.place.child("operationId");
        let Some(first) = seen.get(&operation.id) else {
            seen.insert(operation.id.clone(), place);
            return true;
        };
        let headline = format!("two operations have the id `{}`", shorten(&operation.id));
        let finding =
            Diagnostic::new(Id::DuplicateOperationId, place, headline).label("again here");
        cx.sink.push(
            finding
                .also(first, "first here")
                .help("give one of the two another id"),
        );
        operation.id = made_id(operation.method, &operation.path);
        !is_strict
    });
}

/// The id, and whether it had to be made from method and path.
fn operation_id<'a>(
    cx: &mut Cx<'a>,
    object: &mut Object<'a>,
    method: Method,
    path: &str,
) -> (String, bool) {
    let id = object
        .text("operationId", &mut cx.sink)
        .filter(|id| !id.trim().is_empty());
    match id {
        Some(id) => (id, false),
        None => (made_id(method, path), true),
    }
}

fn made_id(method: Method, path: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    std::iter::once(method.as_str().to_ascii_lowercase())
        .chain(words.filter(|word| !word.is_empty()).map(str::to_owned))
        .collect::<Vec<_>>()
        .join("_")
}

/// Parameters of the path item first, unless the operation has one of the same name and location.
fn inherit(
    cx: &mut Cx<'_>,
    shared: &[Parameter],
    own: Vec<Parameter>,
    place: &Place,
) -> Vec<Parameter> {
    let mut seen = HashMap::new();
    let mut kept = Vec::new();
    for parameter in own {
        let key = (parameter.name.clone(), parameter.location);
        match seen.get(&key) {
            None => {
                seen.insert(key, parameter.place.clone());
                kept.push(parameter);
            }
            Some(first) => {
                let headline = format!("parameter `{}` is there twice", shorten(&parameter.name));
                let finding = Diagnostic::new(Id::DuplicateParameter, &parameter.place, headline);
                cx.sink
                    .push(finding.label("again here").also(first, "first here"));
            }
        }
    }
    let is_shared = |p: &&Parameter| !seen.contains_key(&(p.name.clone(), p.location));
    let mut all = Vec::new();
    if cx.spend(shared.iter().map(parameter_weight).sum(), place) {
        all.extend(shared.iter().filter(is_shared).cloned());
    }
    all.extend(kept);
    all
}

/// Holds the names in braces and the path parameters together. A parameter that is missing is taken for a text, one too many is left out.
fn match_path(cx: &mut Cx<'_>, path: &str, parameters: &mut Vec<Parameter>, place: &Place) {
    let names = braces(path);
    let mut misspelt = Vec::new();
    let only = only_mismatch(&names, parameters);
    parameters.retain(|parameter| {
        let is_lost =
            parameter.location == Location::Path && !names.contains(&parameter.name.as_str());
        if is_lost {
            let headline = format!("the path has no `{{{}}}`", shorten(&parameter.name));
            let place = parameter.place.child("name");
            let mut finding = Diagnostic::new(Id::PathParameters, place, headline);
            let nearest = crate::diagnostic::nearest(&parameter.name, names.iter().copied());
            if let Some(name) = nearest {
                finding = finding.help(format!("did you mean `{name}`?"));
            } else if let Some(name) = only {
                finding = finding.help(format!("it has `{{{name}}}`, which no parameter fills"));
            }
            misspelt.extend(nearest.or(only));
            cx.sink.push(finding);
        }
        !is_lost
    });
    for name in names {
        let is_there = |p: &Parameter| p.location == Location::Path && p.name == name;
        if parameters.iter().any(is_there) {
            continue;
        }
        if !misspelt.contains(&name) {
            let headline = format!("no parameter fills `{{{}}}` of the path", shorten(name));
            cx.sink.push(
                Diagnostic::new(Id::PathParameters, place.clone().key(), headline).help(format!(
                    "add a parameter `{}` with `in: path`",
                    shorten(name)
                )),
            );
        }
        parameters.push(made_parameter(cx, name, place));
    }
}

/// The name in braces that has no parameter, if there is one such and one parameter that the path lacks: they are meant to be one.
fn only_mismatch<'p>(names: &[&'p str], parameters: &[Parameter]) -> Option<&'p str> {
    let given: Vec<&str> = parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Path)
        .map(|parameter| parameter.name.as_str())
        .collect();
    let lost = given.iter().filter(|name| !names.contains(name)).count();
    let mut unfilled = names.iter().filter(|name| !given.contains(name));
    let first = unfilled.next().copied()?;
    (lost == 1 && unfilled.next().is_none()).then_some(first)
}

/// The names in braces, each once.
fn braces(path: &str) -> Vec<&str> {
    let names = path
        .split('{')
        .skip(1)
        .filter_map(|piece| piece.split_once('}'));
    let mut seen = std::collections::HashSet::new();
    names
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && seen.insert(*name))
        .collect()
}

fn made_parameter(cx: &mut Cx<'_>, name: &str, place: &Place) -> Parameter {
    let mut text = super::schema::any(place);
    text.schema.kind = super::api::SchemaKind::String;
    Parameter {
        name: name.to_owned(),
        location: Location::Path,
        required: true,
        deprecated: false,
        description: String::new(),
        style: Style::Simple,
        explode: false,
        schema: cx.made(text),
        json_content: false,
        example: None,
        name_override: None,
        client_default: false,
        quirks: Vec::new(),
        place: place.clone(),
    }
}

fn parameters<'a>(cx: &mut Cx<'a>, cursor: Option<Cursor<'a>>) -> Vec<Parameter> {
    let list = cursor
        .map(|cursor| cursor.list(&mut cx.sink))
        .unwrap_or_default();
    list.into_iter()
        .filter_map(|cursor| resolve_parameter(cx, cursor))
        .collect()
}

pub(super) fn resolve_parameter<'a>(cx: &mut Cx<'a>, cursor: Cursor<'a>) -> Option<Parameter> {
    let cursor = cx.follow(cursor, Kind::Parameter)?;
    if let Some(known) = cx.parameters.get(&cursor.address()).cloned() {
        let weight = known.as_ref().map_or(0, parameter_weight);
        return known.filter(|_| cx.spend(weight, &cursor.place));
    }
    let parameter = read_parameter(cx, &cursor);
    cx.parameters.insert(cursor.address(), parameter.clone());
    parameter
}

fn parameter_weight(parameter: &Parameter) -> usize {
    let example = parameter
        .example
        .as_ref()
        .map_or(0, super::schema::json_weight);
    1 + parameter.description.len() / super::BYTES_A_UNIT + example
}

fn read_parameter<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>) -> Option<Parameter> {
    const LOCATIONS: &[(&str, Location)] = &[
        ("path", Location::Path),
        ("query", Location::Query),
        ("header", Location::Header),
        ("cookie", Location::Cookie),
    ];
    let mut object = Object::open(cursor, PARAMETER, &mut cx.sink)?;
    let name = object
        .need("name", &mut cx.sink)
        .and_then(|cursor| cursor.text(&mut cx.sink));
    let location = match object.need("in", &mut cx.sink) {
        Some(cursor) => crate::syntax::reader::word(&cursor, LOCATIONS, &mut cx.sink),
        None => None,
    };
    let description = object.prose("description", &mut cx.sink);
    let required = required(cx, &mut object, location);
    let deprecated = object.flag("deprecated", &mut cx.sink);
    object.pass(&["allowEmptyValue", "allowReserved"]);
    let (schema, json_content) = parameter_schema(cx, &mut object);
    let (style, explode) = style(cx, &mut object, location.unwrap_or(Location::Query));
    let examples = media::examples(cx, &mut object, schema);
    let name_override = extension::name(cx, &mut object);
    let client_default = object.raw("x-client-default");
    let client_default = cx
        .extension(client_default, |sink, cursor| cursor.boolean(sink))
        .unwrap_or(false);
    let quirks = quirks(cx, object.raw("x-quirk"));
    object.finish(&mut cx.sink);
    let (name, location) = (name?, location?);
    if is_reserved_header(cx, &name, location, cursor) {
        return None;
    }
    Some(Parameter {
        name,
        location,
        required,
        deprecated,
        description,
        style,
        explode,
        schema,
        json_content,
        example: examples.into_iter().next(),
        name_override,
        client_default,
        quirks,
        place: cursor.place.clone(),
    })
}

fn required<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>, location: Option<Location>) -> bool {
    let required = object.flag("required", &mut cx.sink);
    if location == Some(Location::Path) && !required {
        cx.sink.push(
            Diagnostic::new(
                Id::PathParameters,
                object.place(),
                "a path parameter is not `required: true`",
            )
            .help("add `required: true`; a path without it is another path"),
        );
    }
    required || location == Some(Location::Path)
}

/// `schema`, or the one media type of `content`.
fn parameter_schema<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>) -> (super::api::SchemaId, bool) {
    if let Some(content) = object.get("content", &cx.sink) {
        let members = content.members(&mut cx.sink);
        let is_json = members
            .first()
            .is_some_and(|(name, _)| media::is_json(name));
        let ids: Vec<_> = members
            .into_iter()
            .map(|(_, media)| media::media_schema(cx, &media))
            .collect();
        return (ids.into_iter().next().flatten().unwrap_or(cx.any), is_json);
    }
    match object.need("schema", &mut cx.sink) {
        Some(schema) => (cx.schema(schema), false),
        None => (cx.any, false),
    }
}

fn style<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>, location: Location) -> (Style, bool) {
    const STYLES: &[(&str, Style)] = &[
        ("simple", Style::Simple),
        ("label", Style::Label),
        ("matrix", Style::Matrix),
        ("form", Style::Form),
        ("spaceDelimited", Style::SpaceDelimited),
        ("pipeDelimited", Style::PipeDelimited),
        ("deepObject", Style::DeepObject),
    ];
    let default = match location {
        Location::Path | Location::Header => Style::Simple,
        Location::Query | Location::Cookie => Style::Form,
    };
    let place = object.place().child("style");
    let mut style = object
        .word("style", STYLES, &mut cx.sink)
        .unwrap_or(default);
    let fits = match location {
        Location::Path => matches!(style, Style::Simple | Style::Label | Style::Matrix),
        Location::Header => style == Style::Simple,
        Location::Cookie => style == Style::Form,
        Location::Query => matches!(
            style,
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject
        ),
    };
    if !fits {
        cx.sink.push(Diagnostic::new(
            Id::InvalidValue,
            place,
            "a parameter at this location cannot have this style",
        ));
        style = default;
    }
    let explode = object
        .get("explode", &cx.sink)
        .and_then(|cursor| cursor.boolean(&mut cx.sink));
    (style, explode.unwrap_or(style == Style::Form))
}

/// Headers that the standard leaves to other parts of the document.
fn is_reserved_header(
    cx: &mut Cx<'_>,
    name: &str,
    location: Location,
    cursor: &Cursor<'_>,
) -> bool {
    let is_reserved = location == Location::Header
        && ["accept", "content-type", "authorization"]
            .contains(&name.to_ascii_lowercase().as_str());
    if is_reserved {
        cx.sink.push(
            Diagnostic::new(
                Id::IgnoredHeader,
                &cursor.place,
                format!("header parameter `{name}` is ignored"),
            )
            .note("the standard says so; media types and security schemes set it"),
        );
    }
    is_reserved
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
