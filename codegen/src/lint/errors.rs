//! Error codes of operations against the table.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::resolve::api::{Api, ErrorEntry, Partial};
use crate::source::Place;
use crate::syntax::reader::shorten;

pub(super) fn unknown_error_code(api: &Api, sink: &mut Diagnostics) {
    let mut table: HashMap<i64, Vec<&ErrorEntry>> = HashMap::new();
    for entry in &api.errors {
        table.entry(entry.code).or_default().push(entry);
    }
    for operation in &api.operations {
        let ext = &operation.ext;
        let listed = ext
            .errors
            .iter()
            .map(|error| (error.code, error.place.clone()));
        let partial = ext
            .partial
            .iter()
            .enumerate()
            .filter_map(|(index, partial)| match partial {
                Partial::Error { code, .. } => Some((
                    *code,
                    operation
                        .place
                        .child("x-partial")
                        .index(index)
                        .child("error"),
                )),
                Partial::List { .. } | Partial::Message { .. } => None,
            });
        for (code, place) in listed.chain(partial) {
            let entries = table.get(&code).map(Vec::as_slice).unwrap_or_default();
            check(code, place, &operation.id, entries, sink);
        }
    }
    // A description of nothing but a table says nothing of operations.
    if !api.operations.is_empty() {
        unknown_operation(api, sink);
    }
}

fn check(
    code: i64,
    place: Place,
    operation: &str,
    entries: &[&ErrorEntry],
    sink: &mut Diagnostics,
) {
    let is_for_it = |entry: &&ErrorEntry| {
        entry.operations.is_empty() || entry.operations.iter().any(|id| id == operation)
    };
    if entries.iter().any(is_for_it) {
        return;
    }
    let finding = match entries.first() {
        None => Diagnostic::new(
            Id::UnknownErrorCode,
            place,
            format!("error code `{code}` is not in the error table"),
        )
        .label("no such entry")
        .help("add it to the table with the page that documents it"),
        Some(entry) => Diagnostic::new(
            Id::UnknownErrorCode,
            place,
            format!("error code `{code}` is not for `{}`", shorten(operation)),
        )
        .label("no entry for this operation")
        .also(&entry.place, "this entry is for other operations")
        .help("add the operation to the entry, or an entry of its own"),
    };
    sink.push(finding);
}

/// Operations that an entry is for must exist.
fn unknown_operation(api: &Api, sink: &mut Diagnostics) {
    let known: HashSet<&str> = api
        .operations
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    for entry in &api.errors {
        for operation in entry
            .operations
            .iter()
            .filter(|id| !known.contains(id.as_str()))
        {
            let headline = format!(
                "error code `{}` is for `{}`, which is no operation",
                entry.code,
                shorten(operation)
            );
            sink.push(
                Diagnostic::new(Id::UnknownOperation, &entry.place, headline).maybe_help(
                    crate::diagnostic::did_you_mean(operation, known.iter().copied()),
                ),
            );
        }
    }
}
