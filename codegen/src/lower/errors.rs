//! From the error table to constants, kinds and entries.

use super::Cx;
use super::docs::{self, Page};
use super::markdown::{code_span, to_rustdoc_line};
use super::names::{Taken, constant_name, open_variant_name, variant_name};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{
    Docs, ErrorCase, ErrorEntry, ErrorKind, ErrorRetry, ErrorTable, MessageEntry, Name,
};
use crate::resolve::api;
use crate::source::Place;

/// The kind of everything that the table does not know.
const CATCH_ALL: &str = "Other";

/// What the runtime knows of; anything else would not compile.
const CATEGORIES: [&str; 18] = [
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

const ACTIONS: [&str; 9] = [
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

pub(crate) fn lower_errors(cx: &mut Cx<'_>) -> ErrorTable {
    let api = cx.api;
    let mut kinds = Kinds::default();
    let mut constants = Taken::default();
    let mut entries = Vec::new();
    for entry in &api.errors {
        let entry = lower_entry(cx, entry, &mut kinds, &mut constants);
        entries.push(entry);
    }
    for error in api
        .operations
        .iter()
        .flat_map(|operation| &operation.ext.errors)
    {
        if let Some(kind) = &error.kind {
            kinds.index_of(kind, error.meaning.as_deref().unwrap_or_default());
        }
    }
    let source = api
        .errors
        .first()
        .map_or_else(|| api.root.clone(), |entry| entry.place.file.to_string());
    ErrorTable {
        source,
        entries,
        kinds: kinds.list,
    }
}

/// The kinds in the order of their first mention.
#[derive(Default)]
struct Kinds {
    list: Vec<ErrorKind>,
}

impl Kinds {
    fn index_of(&mut self, text: &str, meaning: &str) -> usize {
        let name = kind_name(text);
        if let Some(index) = self.list.iter().position(|kind| kind.name == name) {
            return index;
        }
        let meaning = to_rustdoc_line(meaning);
        let docs = if meaning.is_empty() {
            Docs(vec![format!("{}.", code_span(text))])
        } else {
            Docs(vec![meaning])
        };
        self.list.push(ErrorKind { name, docs });
        self.list.len() - 1
    }
}

pub(crate) fn kind_name(text: &str) -> Name {
    open_variant_name(text, CATCH_ALL)
}

fn lower_entry(
    cx: &mut Cx<'_>,
    entry: &api::ErrorEntry,
    kinds: &mut Kinds,
    constants: &mut Taken<()>,
) -> ErrorEntry {
    let wanted = constant_name(&[&entry.name]);
    let constant = constants.claim(&wanted, ());
    if constant != wanted {
        let headline = format!(
            "two codes are called `{wanted}` in Rust; {} becomes `{constant}`",
            entry.code
        );
        cx.sink
            .push(Diagnostic::new(Id::NameClash, &entry.place, headline));
    }
    ErrorEntry {
        code: entry.code,
        constant,
        docs: entry_docs(entry),
        http: entry.http.clone(),
        texts: entry.texts.clone(),
        operations: entry.operations.clone(),
        case: lower_case(cx, kinds, &Case::of_entry(entry)),
        messages: entry
            .messages
            .iter()
            .map(|message| lower_message(cx, message, kinds))
            .collect(),
    }
}

fn lower_message(cx: &mut Cx<'_>, message: &api::MessageEntry, kinds: &mut Kinds) -> MessageEntry {
    MessageEntry {
        text: message.text.clone(),
        case: lower_case(cx, kinds, &Case::of_message(message)),
    }
}

/// What entries and messages share.
struct Case<'a> {
    name: &'a str,
    category: &'a str,
    action: &'a str,
    retry: api::ErrorRetry,
    meaning: &'a str,
    remedy_en: &'a str,
    remedy_zh: &'a str,
    place: &'a Place,
}

impl<'a> Case<'a> {
    fn of_entry(entry: &'a api::ErrorEntry) -> Self {
        let api::ErrorEntry {
            name,
            category,
            action,
            retry,
            meaning,
            remedy_en,
            remedy_zh,
            place,
            ..
        } = entry;
        Self {
            name,
            category,
            action,
            retry: *retry,
            meaning,
            remedy_en,
            remedy_zh,
            place,
        }
    }

    fn of_message(message: &'a api::MessageEntry) -> Self {
        let api::MessageEntry {
            name,
            category,
            action,
            retry,
            meaning,
            remedy_en,
            remedy_zh,
            place,
            ..
        } = message;
        Self {
            name,
            category,
            action,
            retry: *retry,
            meaning,
            remedy_en,
            remedy_zh,
            place,
        }
    }
}

fn lower_case(cx: &mut Cx<'_>, kinds: &mut Kinds, case: &Case<'_>) -> ErrorCase {
    ErrorCase {
        kind: kinds.index_of(case.name, case.meaning),
        name: case.name.to_owned(),
        category: known(
            cx,
            &CATEGORIES,
            case.category,
            "server",
            "category",
            case.place,
        ),
        action: known(cx, &ACTIONS, case.action, "support", "action", case.place),
        retry: lower_retry(case.retry),
        meaning: case.meaning.to_owned(),
        remedy_en: case.remedy_en.to_owned(),
        remedy_zh: case.remedy_zh.to_owned(),
    }
}

fn known(
    cx: &mut Cx<'_>,
    list: &[&str],
    text: &str,
    fallback: &str,
    what: &str,
    place: &Place,
) -> Name {
    if list.contains(&text) {
        return variant_name(text);
    }
    let headline = format!("{what} {} is none that the runtime knows", code_span(text));
    cx.sink.push(
        Diagnostic::new(Id::InvalidValue, place, headline)
            .help(format!("one of: {}", list.join(", "))),
    );
    variant_name(fallback)
}

fn lower_retry(retry: api::ErrorRetry) -> ErrorRetry {
    match retry {
        api::ErrorRetry::Never => ErrorRetry::Never,
        api::ErrorRetry::Backoff => ErrorRetry::Backoff,
        api::ErrorRetry::RefreshToken => ErrorRetry::RefreshToken,
        api::ErrorRetry::WaitReset => ErrorRetry::WaitReset,
        api::ErrorRetry::ByMessage => ErrorRetry::ByMessage,
    }
}

fn entry_docs(entry: &api::ErrorEntry) -> Docs {
    let meaning = to_rustdoc_line(&entry.meaning);
    let first = if meaning.is_empty() {
        format!("{}: {}.", entry.code, code_span(&entry.name))
    } else {
        format!("{}: {meaning}", entry.code)
    };
    let operations: Vec<String> = entry
        .operations
        .iter()
        .map(|operation| code_span(operation))
        .collect();
    let only = (!operations.is_empty()).then(|| format!("Only at {}.", operations.join(", ")));
    Page::default()
        .lines(vec![first])
        .lines(only.into_iter().collect())
        .lines(
            vec![to_rustdoc_line(&entry.remedy_en)]
                .into_iter()
                .filter(|line| !line.is_empty())
                .collect(),
        )
        .section(
            "Source",
            entry
                .source
                .as_ref()
                .map(docs::source_lines)
                .unwrap_or_default(),
        )
        .docs()
}

/// The table's entry of a code, as an operation means it.
pub(crate) fn entry_for<'a>(
    api: &'a api::Api,
    code: i64,
    operation: &str,
) -> Option<(usize, &'a api::ErrorEntry)> {
    let of_code = || {
        api.errors
            .iter()
            .enumerate()
            .filter(move |(_, entry)| entry.code == code)
    };
    of_code()
        .find(|(_, entry)| entry.operations.iter().any(|id| id == operation))
        .or_else(|| of_code().find(|(_, entry)| entry.operations.is_empty()))
}
