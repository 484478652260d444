//! Request bodies, answers and the media types in which they travel.

use super::api::{Answer, Body, BodyKind, Json, SchemaId, SchemaKind};
use super::draft::json_weight;
use super::reference::Kind;
use super::{Cx, Sample};
use crate::diagnostic::{Diagnostic, Id};
use crate::syntax::extensions::{HEADER, MEDIA_TYPE, REQUEST_BODY, RESPONSE};
use crate::syntax::reader::{Cursor, Object, shorten};

/// A media type, read.
struct Media<'a> {
    name: &'a str,
    form: Form,
    schema: Option<SchemaId>,
    is_inline: bool,
    example: Option<Json>,
    cursor: Cursor<'a>,
}

/// How a media type is written, the best for us first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Json,
    /// `a=b&c=d`.
    Pairs,
    Multipart,
    /// `*/*`: whatever the schema suggests.
    Wild,
    Text,
    Bytes,
}

/// The type without its parameters, in lower case.
fn essence(name: &str) -> String {
    name.split(';')
        .next()
        .unwrap_or(name)
        .trim()
        .to_ascii_lowercase()
}

pub(super) fn is_json(name: &str) -> bool {
    let essence = essence(name);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

fn form(name: &str) -> Form {
    let essence = essence(name);
    match essence.as_str() {
        _ if is_json(name) => Form::Json,
        "application/x-www-form-urlencoded" => Form::Pairs,
        "multipart/form-data" => Form::Multipart,
        "*/*" => Form::Wild,
        // A stream of events has no end to wait for; it is handed on as it comes.
        "text/event-stream" => Form::Bytes,
        _ if essence.starts_with("text/") => Form::Text,
        _ => Form::Bytes,
    }
}

pub(super) fn resolve_body<'a>(cx: &mut Cx<'a>, cursor: Cursor<'a>) -> Option<Body> {
    let cursor = cx.follow(cursor, Kind::RequestBody)?;
    if let Some(known) = cx.bodies.get(&cursor.address()).cloned() {
        let weight = known.as_ref().map_or(0, body_weight);
        return known.filter(|_| cx.spend(weight, &cursor.place));
    }
    let body = read_body(cx, &cursor);
    cx.bodies.insert(cursor.address(), body.clone());
    body
}

fn body_weight(body: &Body) -> usize {
    let example = match &body.kind {
        BodyKind::Json { example, .. } => example.as_ref(),
        BodyKind::Form { .. }
        | BodyKind::Multipart { .. }
        | BodyKind::Text
        | BodyKind::Bytes { .. } => None,
    };
    1 + body.description.len() / super::BYTES_A_UNIT + example.map_or(0, json_weight)
}

fn read_body<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>) -> Option<Body> {
    let mut object = Object::open(cursor, REQUEST_BODY, &mut cx.sink)?;
    let description = object.prose("description", &mut cx.sink);
    let required = object.flag("required", &mut cx.sink);
    let content = object.need("content", &mut cx.sink);
    object.finish(&mut cx.sink);
    let media = choose(cx, &content?)?;
    Some(Body {
        required,
        description,
        kind: body_kind(cx, media),
        place: cursor.place.clone(),
    })
}

fn body_kind(cx: &mut Cx<'_>, media: Media<'_>) -> BodyKind {
    let schema = media.schema.unwrap_or(cx.any);
    let inline = media.is_inline;
    match sort(cx, &media) {
        Form::Json | Form::Wild => BodyKind::Json {
            schema,
            inline,
            example: media.example,
        },
        Form::Pairs => BodyKind::Form { schema, inline },
        Form::Multipart => BodyKind::Multipart { schema },
        Form::Text => BodyKind::Text,
        Form::Bytes => BodyKind::Bytes {
            content_type: essence(media.name),
        },
    }
}

fn answer(cx: &mut Cx<'_>, media: Media<'_>) -> Answer {
    match sort(cx, &media) {
        Form::Json | Form::Wild => Answer::Json {
            schema: media.schema.unwrap_or(cx.any),
            example: media.example,
        },
        Form::Text => Answer::Text,
        Form::Pairs | Form::Multipart | Form::Bytes => Answer::Bytes {
            content_type: essence(media.name),
        },
    }
}

/// The form in which a media type really travels: a binary text under `application/json` or `*/*` is bytes.
fn sort(cx: &mut Cx<'_>, media: &Media<'_>) -> Form {
    if !matches!(media.form, Form::Json | Form::Wild) {
        return media.form;
    }
    match media.schema {
        Some(schema) if cx.is_binary(schema) => Form::Bytes,
        None if media.form == Form::Wild => Form::Bytes,
        _ => media.form,
    }
}

/// Reads all media types of a `content` and takes the one that suits us best.
fn choose<'a>(cx: &mut Cx<'a>, content: &Cursor<'a>) -> Option<Media<'a>> {
    let mut all = Vec::new();
    for (name, cursor) in content.members(&mut cx.sink) {
        all.push(media(cx, name, cursor));
    }
    let best = all.iter().map(|media| media.form).min()?;
    let best = all.iter().position(|media| media.form == best)?;
    for (index, other) in all.iter().enumerate() {
        if index != best {
            let headline = format!(
                "`{}` is not used, `{}` is",
                shorten(other.name),
                shorten(all[best].name)
            );
            cx.sink.push(Diagnostic::new(
                Id::UnusedMediaType,
                other.cursor.place.clone().key(),
                headline,
            ));
        }
    }
    Some(all.swap_remove(best))
}

fn media<'a>(cx: &mut Cx<'a>, name: &'a str, cursor: Cursor<'a>) -> Media<'a> {
    let is_inline = cursor
        .child("schema")
        .is_some_and(|schema| schema.child("$ref").is_none());
    let (schema, example) = read_media(cx, &cursor);
    Media {
        name,
        form: form(name),
        schema,
        is_inline,
        example,
        cursor,
    }
}

pub(super) fn media_schema<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>) -> Option<SchemaId> {
    read_media(cx, cursor).0
}

fn read_media<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>) -> (Option<SchemaId>, Option<Json>) {
    let Some(mut object) = Object::open(cursor, MEDIA_TYPE, &mut cx.sink) else {
        return (None, None);
    };
    let schema = object
        .get("schema", &cx.sink)
        .map(|schema| cx.schema(schema));
    let examples = examples(cx, &mut object, schema.unwrap_or(cx.any));
    object.pass(&["encoding"]);
    let cost = "the whole body is handed on instead";
    object.unsupported(
        &["itemSchema", "itemEncoding", "prefixEncoding"],
        cost,
        &mut cx.sink,
    );
    object.finish(&mut cx.sink);
    (schema, examples.into_iter().next())
}

/// `example` and `examples`; each is remembered for the check against its schema.
pub(super) fn examples<'a>(
    cx: &mut Cx<'a>,
    object: &mut Object<'a>,
    schema: SchemaId,
) -> Vec<Json> {
    let mut all = Vec::new();
    all.extend(object.raw("example"));
    if let Some(examples) = object.get("examples", &cx.sink) {
        for (_, cursor) in examples.members(&mut cx.sink) {
            all.extend(example(cx, cursor));
        }
    }
    all.into_iter()
        .filter_map(|cursor| sample(cx, schema, &cursor))
        .collect()
}

fn sample(cx: &mut Cx<'_>, schema: SchemaId, cursor: &Cursor<'_>) -> Option<Json> {
    let value = cursor.node.to_json();
    if !cx.spend(json_weight(&value) / 8, &cursor.place) {
        return None;
    }
    cx.context.examples.push(Sample {
        schema,
        value: value.clone(),
        place: cursor.place.clone(),
    });
    Some(value)
}

/// The value of an example object.
fn example<'a>(cx: &mut Cx<'a>, cursor: Cursor<'a>) -> Option<Cursor<'a>> {
    let cursor = cx.follow(cursor, Kind::Example)?;
    let mut object = Object::open(&cursor, "an example", &mut cx.sink)?;
    object.pass(&["summary", "description", "dataValue", "serializedValue"]);
    let cost = "nothing is fetched; the example is left out";
    let is_elsewhere = object.unsupported(&["externalValue"], cost, &mut cx.sink);
    let value = object.raw("value").filter(|_| !is_elsewhere);
    object.finish(&mut cx.sink);
    value
}

pub(super) fn resolve_header<'a>(cx: &mut Cx<'a>, cursor: Cursor<'a>) {
    let Some(cursor) = cx.follow(cursor, Kind::Header) else {
        return;
    };
    let Some(mut object) = Object::open(&cursor, HEADER, &mut cx.sink) else {
        return;
    };
    let schema = object
        .get("schema", &cx.sink)
        .map_or(cx.any, |schema| cx.schema(schema));
    examples(cx, &mut object, schema);
    object.pass(&[
        "description",
        "required",
        "deprecated",
        "style",
        "explode",
        "allowEmptyValue",
        "allowReserved",
        "content",
    ]);
    object.finish(&mut cx.sink);
}

/// What one response brings: nothing of a response that could not be read.
pub(super) fn resolve_response<'a>(cx: &mut Cx<'a>, cursor: Cursor<'a>) -> Option<Answer> {
    let cursor = cx.follow(cursor, Kind::Response)?;
    if let Some(known) = cx.answers.get(&cursor.address()).cloned() {
        let weight = match &known {
            Some(Answer::Json {
                example: Some(example),
                ..
            }) => json_weight(example),
            _ => 1,
        };
        return known.filter(|_| cx.spend(weight, &cursor.place));
    }
    let answer = read_response(cx, &cursor);
    cx.answers.insert(cursor.address(), answer.clone());
    answer
}

fn read_response<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>) -> Option<Answer> {
    let mut object = Object::open(cursor, RESPONSE, &mut cx.sink)?;
    if cx.is_strict() {
        object.need("description", &mut cx.sink);
    }
    object.pass(&["description", "summary"]);
    if let Some(headers) = object.get("headers", &cx.sink) {
        for (_, header) in headers.members(&mut cx.sink) {
            resolve_header(cx, header);
        }
    }
    object.pass(&["links"]);
    let content = object.get("content", &cx.sink);
    object.finish(&mut cx.sink);
    let media = content.and_then(|content| choose(cx, &content));
    Some(media.map_or(Answer::Empty, |media| answer(cx, media)))
}

/// The answer of the lowest 2xx status that brings something, else of `default`.
pub(super) fn resolve_answer<'a>(cx: &mut Cx<'a>, responses: &Cursor<'a>) -> Answer {
    let mut successes = Vec::new();
    let mut default = None;
    let mut is_any_success = false;
    let members = responses.members(&mut cx.sink);
    for (status, cursor) in &members {
        if status.starts_with("x-") {
            continue;
        }
        if !is_status(status) {
            let headline = format!("`{}` is no status", shorten(status));
            cx.sink.push(
                Diagnostic::new(Id::InvalidValue, cursor.place.clone().key(), headline)
                    .help("write three digits, `2XX` or `default`"),
            );
            continue;
        }
        let answer = resolve_response(cx, cursor.clone());
        if *status == "default" {
            default = answer;
        } else if status.starts_with('2') {
            is_any_success = true;
            successes.extend(answer.map(|answer| (status.to_ascii_uppercase(), answer)));
        }
    }
    if !is_any_success
        && default.is_none()
        && cx.is_strict()
        && matches!(responses.node, crate::syntax::node::Node::Map(_))
    {
        cx.sink.push(
            Diagnostic::new(
                Id::MissingAnswer,
                responses.place.clone().key(),
                "no response stands for success",
            )
            .help("add a response for status 200"),
        );
    }
    successes.sort_by(|a, b| a.0.cmp(&b.0));
    let full = successes
        .iter()
        .position(|(_, answer)| !matches!(answer, Answer::Empty));
    match full {
        Some(index) => successes.swap_remove(index).1,
        None if is_any_success => Answer::Empty,
        None => default.unwrap_or(Answer::Empty),
    }
}

fn is_status(status: &str) -> bool {
    let bytes = status.as_bytes();
    let is_wild = matches!(bytes, [b'1'..=b'5', b'X' | b'x', b'X' | b'x']);
    let is_number = matches!(bytes, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']);
    status == "default" || is_wild || is_number
}

impl Cx<'_> {
    /// A text whose bytes are not text.
    fn is_binary(&mut self, id: SchemaId) -> bool {
        let Some(schema) = self.filled(id) else {
            return false;
        };
        matches!(schema.kind, SchemaKind::String) && schema.format.as_deref() == Some("binary")
    }
}
