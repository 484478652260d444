//! The error table: a file of its own, no OpenAPI.

use std::collections::HashMap;

use super::Cx;
use super::api::{ErrorEntry, ErrorRetry, MessageEntry};
use super::extension::{remedy, source, statuses};
use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::syntax::reader::{Cursor, Object, shorten, word};

const RETRIES: &[(&str, ErrorRetry)] = &[
    ("never", ErrorRetry::Never),
    ("backoff", ErrorRetry::Backoff),
    ("refresh-token", ErrorRetry::RefreshToken),
    ("wait-reset", ErrorRetry::WaitReset),
    ("by-message", ErrorRetry::ByMessage),
];

const CATEGORIES: &[&str] = &[
    "invalid_param",
    "not_found",
    "permission",
    "auth",
    "credential",
    "app_state",
    "config",
    "conflict",
    "state",
    "limit",
    "rate_limit",
    "quota",
    "ip_denied",
    "edition",
    "server",
    "legacy",
    "by_message",
    "success",
];

const ACTIONS: &[&str] = &[
    "fix_request",
    "fix_config",
    "refresh_token",
    "reauthorize",
    "resend_app_ticket",
    "backoff",
    "wait_reset",
    "support",
    "none",
];

pub(super) fn resolve_table(cx: &mut Cx<'_>, cursor: &Cursor<'_>) -> Vec<ErrorEntry> {
    let Some(mut object) = Object::open(cursor, "an error table", &mut cx.sink) else {
        return Vec::new();
    };
    let codes = object.need("codes", &mut cx.sink);
    object.pass(&["description"]);
    object.finish(&mut cx.sink);
    let list = codes
        .map(|codes| codes.list(&mut cx.sink))
        .unwrap_or_default();
    let entries: Vec<_> = list
        .iter()
        .filter_map(|cursor| entry(cursor, &mut cx.sink))
        .collect();
    check_unique(&entries, &mut cx.sink);
    entries
}

fn entry(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<ErrorEntry> {
    let mut object = Object::open(cursor, "an error entry", sink)?;
    let code = object.need("code", sink);
    let name = object
        .need("name", sink)
        .and_then(|cursor| cursor.text(sink));
    let http = statuses(object.get("http", sink), sink);
    let texts = object.texts("text", sink);
    let case = case(&mut object, None, sink);
    let family = object.prose("family", sink);
    let operations = object.texts("operations", sink);
    let source = object
        .get("source", sink)
        .and_then(|cursor| source(&cursor, sink));
    object.pass(&["x-quirk", "x-source"]);
    let messages = object
        .get("messages", sink)
        .map(|cursor| cursor.list(sink))
        .unwrap_or_default();
    object.finish(sink);
    let code = code?;
    Some(ErrorEntry {
        code: code.integer(sink)?,
        name: name?,
        http,
        texts,
        messages: messages
            .iter()
            .filter_map(|cursor| message(cursor, &case, sink))
            .collect(),
        category: case.category,
        action: case.action,
        retry: case.retry,
        meaning: case.meaning,
        remedy_en: case.remedy_en,
        remedy_zh: case.remedy_zh,
        family,
        operations,
        source,
        place: code.place,
    })
}

/// What an entry and a message of it have in common.
struct Case {
    category: String,
    action: String,
    retry: ErrorRetry,
    meaning: String,
    remedy_en: String,
    remedy_zh: String,
}

/// Reads a case; a message takes from its entry what it does not say.
fn case(object: &mut Object<'_>, above: Option<&Case>, sink: &mut Diagnostics) -> Case {
    if above.is_none() {
        for key in ["category", "action", "retry"] {
            object.need(key, sink);
        }
    }
    let retry = object
        .get("retry", sink)
        .and_then(|cursor| word(&cursor, RETRIES, sink));
    let (en, zh) = remedy(object.get("remedy", sink), sink);
    let from_above = |take: fn(&Case) -> &String| above.map(take).cloned().unwrap_or_default();
    Case {
        category: closed(object, "category", CATEGORIES, sink)
            .unwrap_or_else(|| from_above(|case| &case.category)),
        action: closed(object, "action", ACTIONS, sink)
            .unwrap_or_else(|| from_above(|case| &case.action)),
        retry: retry
            .or(above.map(|case| case.retry))
            .unwrap_or(ErrorRetry::Never),
        meaning: object.prose("meaning", sink),
        remedy_en: en.unwrap_or_else(|| from_above(|case| &case.remedy_en)),
        remedy_zh: zh.unwrap_or_else(|| from_above(|case| &case.remedy_zh)),
    }
}

fn closed(
    object: &mut Object<'_>,
    key: &'static str,
    words: &[&'static str],
    sink: &mut Diagnostics,
) -> Option<String> {
    let pairs: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
    object.word(key, &pairs, sink).map(str::to_owned)
}

fn message(cursor: &Cursor<'_>, above: &Case, sink: &mut Diagnostics) -> Option<MessageEntry> {
    let mut object = Object::open(cursor, "a message of an error", sink)?;
    let text = object
        .need("text", sink)
        .and_then(|cursor| cursor.text(sink));
    let name = object
        .need("name", sink)
        .and_then(|cursor| cursor.text(sink));
    let case = case(&mut object, Some(above), sink);
    object.pass(&["x-quirk", "x-source", "source"]);
    object.finish(sink);
    Some(MessageEntry {
        text: text?,
        name: name?,
        category: case.category,
        action: case.action,
        retry: case.retry,
        meaning: case.meaning,
        remedy_en: case.remedy_en,
        remedy_zh: case.remedy_zh,
        place: cursor.place.clone(),
    })
}

/// Names are unique; so are codes, except those that mean other things in some operations.
fn check_unique(entries: &[ErrorEntry], sink: &mut Diagnostics) {
    let mut codes = HashMap::new();
    let mut names = HashMap::new();
    for entry in entries {
        let operations: Vec<&str> = match entry.operations.as_slice() {
            [] => vec![""],
            some => some.iter().map(String::as_str).collect(),
        };
        for operation in operations {
            if let Some(first) = codes.insert((entry.code, operation), &entry.place) {
                let headline = format!("error code `{}` is there twice", entry.code);
                let finding = Diagnostic::new(Id::DuplicateErrorCode, &entry.place, headline);
                sink.push(finding.label("again here").also(first, "first here"));
            }
        }
        let own = std::iter::once((&entry.name, &entry.place));
        let messages = entry
            .messages
            .iter()
            .map(|message| (&message.name, &message.place));
        for (name, place) in own.chain(messages) {
            if let Some(first) = names.insert(name, place) {
                let headline = format!("two errors have the name `{}`", shorten(name));
                let finding = Diagnostic::new(Id::DuplicateErrorCode, place, headline);
                sink.push(finding.label("again here").also(first, "first here"));
            }
        }
    }
}
