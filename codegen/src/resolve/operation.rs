//! Operations: what each says itself and what it inherits.

use std::collections::HashMap;

use super::api::{Answer, Api, Envelope, Method, Operation, SecurityRequirement};
use super::parameter::{inherit, match_path, parameters};
use super::paths::{PathItem, prefix};
use super::{Cx, document, extension, media, security};
use crate::diagnostic::{Diagnostic, Id};
use crate::syntax::extensions::OPERATION;
use crate::syntax::reader::{Cursor, Object, shorten};

/// What an operation has if it does not say otherwise.
pub(super) struct Defaults {
    pub(super) security: Vec<Vec<SecurityRequirement>>,
    pub(super) envelope: Option<Envelope>,
}

pub(super) fn resolve_operation<'a>(
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
pub(super) fn unique_ids(cx: &mut Cx<'_>, api: &mut Api) {
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
