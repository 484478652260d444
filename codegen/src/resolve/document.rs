//! The root document: its head, its paths and webhooks, its components.

use super::api::{Api, Envelope, Server, Tag};
use super::reference::Kind;
use super::{Cx, errors, operation, parameter, paths, quirks, security};
use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::source::Place;
use crate::syntax::extensions::{COMPONENTS, DOCUMENT};
use crate::syntax::node::Node;
use crate::syntax::reader::{Cursor, Object, shorten};

pub(super) fn resolve_document(cx: &mut Cx<'_>, root: &str) -> Option<Api> {
    let Some((path, node)) = cx.files.get(root) else {
        let place = Place::file(root);
        cx.sink.push(Diagnostic::new(
            Id::MissingRoot,
            &place,
            format!("there is no file `{}`", shorten(root)),
        ));
        return None;
    };
    if *node == Node::Null {
        return None; // It failed to load, and that was reported.
    }
    let cursor = Cursor::new(node, Place::file(path.clone()));
    if node.as_map().is_none() {
        let headline = format!(
            "an OpenAPI document is an object, and this is {}",
            node.kind()
        );
        cx.sink.push(
            Diagnostic::new(Id::NotADocument, &cursor.place, headline)
                .help("it begins with `openapi: 3.1.0`, `info` and `paths`"),
        );
        return None;
    }
    let mut object = Object::open(&cursor, DOCUMENT, &mut cx.sink)?;
    cx.is_old = version(&mut object, &mut cx.sink)?;
    let mut api = Api {
        root: root.to_owned(),
        ..Api::default()
    };
    head(cx, &mut object, &mut api);
    let defaults = operation::Defaults {
        security: security::requirements(cx, object.get("security", &cx.sink)),
        envelope: api.envelope.clone(),
    };
    if let Some(paths) = object.get("paths", &cx.sink) {
        paths::resolve_paths(cx, &paths, &defaults, &mut api);
    } else if !object.has("webhooks") && !object.has("components") {
        object.need("paths", &mut cx.sink);
    }
    if let Some(webhooks) = object.get("webhooks", &cx.sink) {
        paths::resolve_webhooks(cx, &webhooks, &mut api);
    }
    if let Some(components) = object.get("components", &cx.sink) {
        resolve_components(cx, &components, &mut api);
    }
    object.finish(&mut cx.sink);
    libraries(cx, &mut api);
    api.security_schemes
        .retain(|scheme| !scheme.name.is_empty());
    cx.finish_schemas(&mut api);
    unused(cx);
    Some(api)
}

/// Whether it is 3.0; nothing if it is a version that we do not read.
fn version(object: &mut Object<'_>, sink: &mut Diagnostics) -> Option<bool> {
    if let Some(swagger) = object.raw("swagger") {
        sink.push(
            Diagnostic::new(
                Id::UnsupportedVersion,
                swagger.place.key(),
                "this is Swagger 2.0; OpenAPI 3.0 and 3.1 are read",
            )
            .help("convert it to OpenAPI 3 first"),
        );
        return None;
    }
    let Some(cursor) = object.raw("openapi") else {
        sink.push(
            Diagnostic::new(
                Id::UnsupportedVersion,
                object.place(),
                "the document does not say which OpenAPI it is",
            )
            .help("start it with `openapi: 3.1.0`"),
        );
        return None;
    };
    let version = match cursor.node {
        Node::Text(text) => text.clone(),
        Node::Number(number) => number.to_string(),
        other => other.kind().to_owned(),
    };
    let is = |minor: &str| version == minor || version.starts_with(&format!("{minor}."));
    if is("3.0") || is("3.1") {
        return Some(is("3.0"));
    }
    let headline = format!(
        "this is OpenAPI `{}`; 3.0 and 3.1 are read",
        shorten(&version)
    );
    sink.push(Diagnostic::new(
        Id::UnsupportedVersion,
        &cursor.place,
        headline,
    ));
    None
}

fn head<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>, api: &mut Api) {
    if let Some(info) = object.need("info", &mut cx.sink) {
        resolve_info(cx, &info, api);
    }
    api.servers = servers(cx, object.get("servers", &cx.sink));
    tags(cx, object.get("tags", &cx.sink), api);
    object.pass(&["jsonSchemaDialect", "externalDocs", "$self"]);
    quirks(cx, object.raw("x-quirk"));
    let cursor = object.raw("x-envelope");
    api.envelope = cx.extension(cursor, |sink, cursor| envelope(cursor, sink));
    let cursor = object.raw("x-service");
    let service = cx.extension(cursor, |sink, cursor| {
        let mut object = Object::open(cursor, "`x-service`", sink)?;
        let name = object.need("name", sink)?.text(sink);
        object.finish(sink);
        name
    });
    api.service = service.unwrap_or_else(|| service_name(&api.title));
    let table = object.raw("x-error-table");
    if let Some(table) = table.and_then(|table| cx.follow(table, Kind::Table)) {
        api.errors = errors::resolve_table(cx, &table);
    }
}

/// A short name made from a title: its letters and digits.
fn service_name(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() {
        "api".to_owned()
    } else {
        words.join("-")
    }
}

fn resolve_info<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>, api: &mut Api) {
    let Some(mut info) = Object::open(cursor, "`info`", &mut cx.sink) else {
        return;
    };
    let text = |cursor: Option<Cursor<'_>>, cx: &mut Cx<'a>| {
        cursor
            .and_then(|c| c.text(&mut cx.sink))
            .unwrap_or_default()
    };
    let title = info.need("title", &mut cx.sink);
    api.title = text(title, cx);
    let version = info.need("version", &mut cx.sink);
    api.version = text(version, cx);
    api.description = info.prose("description", &mut cx.sink);
    if api.description.is_empty() {
        api.description = info.prose("summary", &mut cx.sink);
    }
    info.pass(&["summary", "termsOfService", "contact", "license"]);
    info.finish(&mut cx.sink);
}

pub(super) fn servers<'a>(cx: &mut Cx<'a>, cursor: Option<Cursor<'a>>) -> Vec<Server> {
    let list = cursor
        .map(|cursor| cursor.list(&mut cx.sink))
        .unwrap_or_default();
    list.iter()
        .filter_map(|cursor| server(cx, cursor))
        .collect()
}

fn server<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>) -> Option<Server> {
    let mut object = Object::open(cursor, "a server", &mut cx.sink)?;
    let mut url = object.need("url", &mut cx.sink)?.text(&mut cx.sink)?;
    let description = object.prose("description", &mut cx.sink);
    object.pass(&["name"]);
    if let Some(variables) = object.get("variables", &cx.sink) {
        for (name, variable) in variables.members(&mut cx.sink) {
            let Some(mut variable) = Object::open(&variable, "a server variable", &mut cx.sink)
            else {
                continue;
            };
            if let Some(value) = variable
                .need("default", &mut cx.sink)
                .and_then(|c| c.text(&mut cx.sink))
            {
                fill(&mut url, name, &value);
            }
            variable.pass(&["enum", "description"]);
            variable.finish(&mut cx.sink);
        }
    }
    object.finish(&mut cx.sink);
    Some(Server { url, description })
}

/// Puts the value of a variable in place, unless that makes of it what no server is called.
fn fill(url: &mut String, name: &str, value: &str) {
    let name = format!("{{{name}}}");
    if url.len() <= LONGEST_URL && value.len() <= LONGEST_URL && url.contains(&name) {
        *url = url.replace(&name, value);
        url.truncate(crate::source::floor_char_boundary(url, LONGEST_URL));
    }
}

/// Longer ones are cut.
const LONGEST_URL: usize = 2_000;

fn tags<'a>(cx: &mut Cx<'a>, cursor: Option<Cursor<'a>>, api: &mut Api) {
    for cursor in cursor
        .map(|cursor| cursor.list(&mut cx.sink))
        .unwrap_or_default()
    {
        let Some(mut tag) = Object::open(&cursor, "a tag", &mut cx.sink) else {
            continue;
        };
        if let Some(name) = tag
            .need("name", &mut cx.sink)
            .and_then(|cursor| cursor.text(&mut cx.sink))
        {
            let description = tag.prose("description", &mut cx.sink);
            api.tags.push(Tag { name, description });
        }
        tag.pass(&["externalDocs", "description", "summary", "parent", "kind"]);
        tag.finish(&mut cx.sink);
    }
}

/// `{code, message, data}`.
pub(super) fn envelope(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<Envelope> {
    let mut object = Object::open(cursor, "`x-envelope`", sink)?;
    let mut name = |key| object.need(key, sink).and_then(|cursor| cursor.text(sink));
    let (code, message, data) = (name("code"), name("message"), name("data"));
    object.finish(sink);
    Some(Envelope {
        code: code?,
        message: message?,
        data: data?,
    })
}

/// Reads every component, so that what is wrong in one that nothing uses is found too.
fn resolve_components<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>, api: &mut Api) {
    let Some(mut object) = Object::open(cursor, COMPONENTS, &mut cx.sink) else {
        return;
    };
    let mut section = |key, cx: &mut Cx<'a>| {
        object
            .get(key, &cx.sink)
            .map(|cursor| cursor.members(&mut cx.sink))
            .unwrap_or_default()
    };
    for (name, cursor) in section("schemas", cx) {
        let id = cx.schema(cursor);
        api.components.push((name.to_owned(), id));
    }
    for (name, cursor) in section("securitySchemes", cx) {
        security::resolve_scheme(cx, name, cursor, api);
    }
    for (_, cursor) in section("parameters", cx) {
        parameter::resolve_parameter(cx, cursor);
    }
    for (_, cursor) in section("requestBodies", cx) {
        super::media::resolve_body(cx, cursor);
    }
    for (_, cursor) in section("responses", cx) {
        super::media::resolve_response(cx, cursor);
    }
    for (_, cursor) in section("headers", cx) {
        super::media::resolve_header(cx, cursor);
    }
    for (_, cursor) in section("pathItems", cx) {
        // Each is read in full where a path or a webhook refers to it.
        if cursor.node.as_map().is_none() {
            Object::open(&cursor, "a path item", &mut cx.sink);
        }
    }
    object.pass(&["examples", "links", "callbacks", "mediaTypes"]);
    object.finish(&mut cx.sink);
}

/// Files beside the root may have `components` of their own, which are read to the last key as well.
fn libraries(cx: &mut Cx<'_>, api: &mut Api) {
    let paths: Vec<_> = cx
        .files
        .paths()
        .filter(|path| ***path != *cx.root)
        .cloned()
        .collect();
    for path in paths {
        let Some((_, node)) = cx.files.get(&path) else {
            continue;
        };
        if let Some(components) = Cursor::new(node, Place::file(path)).child("components") {
            resolve_components(cx, &components, api);
        }
    }
}

/// Components that no reference names.
fn unused(cx: &mut Cx<'_>) {
    for path in cx.files.paths() {
        let Some((_, node)) = cx.files.get(path) else {
            continue;
        };
        let Some(components) = Cursor::new(node, Place::file(path.clone())).child("components")
        else {
            continue;
        };
        for section in SECTIONS {
            let Some(Node::Map(map)) = components.node.as_map().and_then(|map| map.get(section))
            else {
                continue;
            };
            let place = components.place.child(section);
            for (name, node) in map.iter() {
                let address = std::ptr::from_ref(node) as usize;
                let is_used = match section {
                    "securitySchemes" => {
                        cx.used_schemes.contains(name) || cx.used.contains(&address)
                    }
                    _ => cx.used.contains(&address),
                };
                if !is_used {
                    cx.context
                        .unused
                        .push((section, name.to_owned(), place.child(name).key()));
                }
            }
        }
    }
}

const SECTIONS: [&str; 8] = [
    "schemas",
    "parameters",
    "requestBodies",
    "responses",
    "headers",
    "pathItems",
    "examples",
    "securitySchemes",
];
