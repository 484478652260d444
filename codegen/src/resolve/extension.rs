//! The `x-` keys of an operation.

use super::api::{
    Batch, Envelope, ErrorRef, MessageForm, OperationExt, Pagination, Partial, RateLimit,
    RetryClass, Source, Window,
};
use super::{Cx, document, quirks};
use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::syntax::node::Node;
use crate::syntax::reader::{Cursor, Object, shorten, word};

pub(super) fn resolve_extensions<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>) -> OperationExt {
    let mut read = |key| object.raw(key);
    OperationExt {
        source: cx.extension(read("x-source"), |sink, cursor| source(cursor, sink)),
        errors: cx
            .extension(read("x-errors"), |sink, cursor| Some(errors(cursor, sink)))
            .unwrap_or_default(),
        pagination: cx.extension(read("x-pagination"), |sink, cursor| {
            pagination(cursor, sink)
        }),
        batch: cx.extension(read("x-batch"), |sink, cursor| batch(cursor, sink)),
        window: cx.extension(read("x-window"), |sink, cursor| window(cursor, sink)),
        retry: cx.extension(read("x-retry"), |sink, cursor| word(cursor, RETRIES, sink)),
        idempotency_keys: cx
            .extension(read("x-idempotency-key"), |sink, cursor| {
                Some(one_or_more(cursor, sink))
            })
            .unwrap_or_default(),
        rate_limit: cx.extension(read("x-rate-limit"), |sink, cursor| {
            rate_limit(cursor, sink)
        }),
        app_types: cx
            .extension(read("x-app-types"), |sink, cursor| {
                Some(app_types(cursor, sink))
            })
            .unwrap_or_default(),
        partial: cx
            .extension(read("x-partial"), |sink, cursor| {
                Some(partials(cursor, sink))
            })
            .unwrap_or_default(),
        name_override: cx.extension(read("x-name"), |sink, cursor| cursor.text(sink)),
        quirks: quirks(cx, read("x-quirk")),
    }
}

/// A text, or a list of texts.
fn one_or_more(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Vec<String> {
    match cursor.node {
        Node::List(_) => cursor.texts(sink),
        _ => cursor.text(sink).into_iter().collect(),
    }
}

const RETRIES: &[(&str, RetryClass)] = &[
    ("read", RetryClass::Read),
    ("idempotent", RetryClass::Idempotent),
    ("overwrite", RetryClass::Overwrite),
    ("append", RetryClass::Append),
];

pub(super) fn name<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>) -> Option<String> {
    let cursor = object.raw("x-name");
    cx.extension(cursor, |sink, cursor| cursor.text(sink))
}

/// The operation's own envelope, `none`, or the document's.
pub(super) fn resolve_envelope<'a>(
    cx: &mut Cx<'a>,
    object: &mut Object<'a>,
    default: Option<&Envelope>,
) -> Option<Envelope> {
    let own = object.raw("x-envelope");
    let own = cx.extension(own, |sink, cursor| match cursor.node {
        Node::Text(_) => word(cursor, &[("none", ())], sink).map(|()| None),
        _ => document::envelope(cursor, sink).map(Some),
    });
    own.unwrap_or_else(|| default.cloned())
}

pub(super) fn source(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<Source> {
    let mut object = Object::open(cursor, "a source", sink)?;
    let page = object
        .need("page", sink)
        .and_then(|cursor| cursor.text(sink));
    let updated = day(object.get("updated", sink), sink);
    let read = day(object.get("read", sink), sink);
    object.finish(sink);
    Some(Source {
        page: page?,
        updated,
        read,
    })
}

/// A day as `2026-05-07`: the dates of two pages are compared as texts.
fn day(cursor: Option<Cursor<'_>>, sink: &mut Diagnostics) -> Option<String> {
    let cursor = cursor?;
    let text = cursor.text(sink)?;
    let is_like = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(is_like) {
        let headline = format!("`{}` is no day", shorten(&text));
        sink.push(
            Diagnostic::new(Id::InvalidValue, &cursor.place, headline)
                .help("write year, month and day: \"2026-05-07\""),
        );
    }
    Some(text)
}

fn errors(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Vec<ErrorRef> {
    let list = cursor.list(sink);
    list.iter()
        .filter_map(|cursor| error(cursor, sink))
        .collect()
}

fn error(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<ErrorRef> {
    let mut found = ErrorRef {
        code: 0,
        http: Vec::new(),
        meaning: None,
        retired: false,
        kind: None,
        remedy_en: None,
        remedy_zh: None,
        place: cursor.place.clone(),
    };
    if !matches!(cursor.node, Node::Map(_)) {
        found.code = cursor.integer(sink)?;
        return Some(found);
    }
    let mut object = Object::open(cursor, "an error of an operation", sink)?;
    let code = object.need("code", sink);
    found.http = statuses(object.get("http", sink), sink);
    found.meaning = object.text("meaning", sink);
    found.retired = object.flag("retired", sink);
    found.kind = object.text("kind", sink);
    (found.remedy_en, found.remedy_zh) = remedy(object.get("remedy", sink), sink);
    object.pass(&["x-source", "x-quirk"]);
    object.finish(sink);
    let code = code?;
    found.code = code.integer(sink)?;
    found.place = code.place;
    Some(found)
}

/// One HTTP status or a list of them.
pub(super) fn statuses(cursor: Option<Cursor<'_>>, sink: &mut Diagnostics) -> Vec<u16> {
    let Some(cursor) = cursor else {
        return Vec::new();
    };
    let list = match cursor.node {
        Node::List(_) => cursor.list(sink),
        _ => vec![cursor],
    };
    list.iter()
        .filter_map(|cursor| status(cursor, sink))
        .collect()
}

fn status(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<u16> {
    let value = cursor.integer(sink)?;
    let status = u16::try_from(value)
        .ok()
        .filter(|status| (100..600).contains(status));
    if status.is_none() {
        sink.push(Diagnostic::new(
            Id::InvalidValue,
            &cursor.place,
            format!("`{value}` is no HTTP status"),
        ));
    }
    status
}

/// `{en, zh}`.
pub(super) fn remedy(
    cursor: Option<Cursor<'_>>,
    sink: &mut Diagnostics,
) -> (Option<String>, Option<String>) {
    let Some(mut object) = cursor.and_then(|cursor| Object::open(&cursor, "a remedy", sink)) else {
        return (None, None);
    };
    let (en, zh) = (object.text("en", sink), object.text("zh", sink));
    object.finish(sink);
    (en, zh)
}

fn pagination(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<Pagination> {
    let mut object = Object::open(cursor, "`x-pagination`", sink)?;
    let size = object.text("size", sink);
    let more = object.text("more", sink);
    let mut need = |key| object.need(key, sink).and_then(|cursor| cursor.text(sink));
    let (token, items, next) = (need("token"), need("items"), need("next"));
    object.finish(sink);
    Some(Pagination {
        size,
        token: token?,
        items: items?,
        next: next?,
        more,
        place: cursor.place.clone(),
    })
}

fn batch(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<Batch> {
    let mut object = Object::open(cursor, "`x-batch`", sink)?;
    let list = object
        .need("list", sink)
        .and_then(|cursor| cursor.text(sink));
    let max = object
        .need("max", sink)
        .and_then(|cursor| positive(&cursor, sink));
    let items = object.text("items", sink);
    object.finish(sink);
    Some(Batch {
        list: list?,
        max: max?,
        items,
        place: cursor.place.clone(),
    })
}

fn window(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<Window> {
    let mut object = Object::open(cursor, "`x-window`", sink)?;
    let from = object
        .need("from", sink)
        .and_then(|cursor| cursor.text(sink));
    let to = object.need("to", sink).and_then(|cursor| cursor.text(sink));
    let days = object
        .need("days", sink)
        .and_then(|cursor| positive(&cursor, sink));
    let inclusive = object
        .get("inclusive", sink)
        .and_then(|cursor| cursor.boolean(sink));
    object.finish(sink);
    // `days` counts both ends; a span that leaves its last day out covers one more date.
    let days = days? + u32::from(inclusive == Some(false));
    Some(Window {
        from: from?,
        to: to?,
        days,
        place: cursor.place.clone(),
    })
}

fn positive(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<u32> {
    let count = cursor.count(sink)?;
    let value = u32::try_from(count)
        .ok()
        .filter(|value| (1..1_000_000).contains(value));
    if value.is_none() {
        let headline = format!("`{count}` is not between 1 and 999,999");
        sink.push(Diagnostic::new(Id::InvalidValue, &cursor.place, headline));
    }
    value
}

fn rate_limit(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<RateLimit> {
    let mut object = Object::open(cursor, "`x-rate-limit`", sink)?;
    let limit = object
        .need("limit", sink)
        .and_then(|cursor| positive(&cursor, sink));
    let seconds = object
        .need("seconds", sink)
        .and_then(|cursor| positive(&cursor, sink));
    object.finish(sink);
    Some(RateLimit {
        calls: limit?,
        seconds: seconds?,
    })
}

fn app_types(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Vec<String> {
    const TYPES: &[(&str, &str)] = &[("custom", "custom"), ("isv", "isv")];
    let list = cursor.list(sink);
    list.iter()
        .filter_map(|cursor| word(cursor, TYPES, sink))
        .map(str::to_owned)
        .collect()
}

fn partials(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Vec<Partial> {
    let list = cursor.list(sink);
    list.iter()
        .filter_map(|cursor| partial(cursor, sink))
        .collect()
}

fn partial(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<Partial> {
    const FORMS: &[(&str, MessageForm)] = &[
        ("row-list", MessageForm::RowList),
        ("row-map", MessageForm::RowMap),
        ("id-map", MessageForm::IdMap),
    ];
    let mut object = Object::open(cursor, "an entry of `x-partial`", sink)?;
    let meaning = object.prose("meaning", sink);
    let list = object.text("list", sink);
    let form = object.word("message", FORMS, sink);
    let error = object
        .get("error", sink)
        .and_then(|cursor| cursor.integer(sink));
    if !["list", "message", "error"]
        .iter()
        .any(|key| object.has(key))
    {
        let headline = "an entry of `x-partial` lacks `list`, `message` or `error`";
        sink.push(Diagnostic::new(Id::MissingKey, object.place(), headline));
    }
    object.finish(sink);
    list.map(|path| (path, meaning.clone()))
        .map(|(path, meaning)| Partial::List { path, meaning })
        .or_else(|| {
            form.map(|form| Partial::Message {
                form,
                meaning: meaning.clone(),
            })
        })
        .or_else(|| error.map(|code| Partial::Error { code, meaning }))
}
