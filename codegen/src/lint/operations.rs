//! What every operation must say.

use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::resolve::Context;
use crate::resolve::api::Api;
use crate::syntax::reader::shorten;

/// `resource.method`: the handle and the method that callers write.
pub(super) fn operation_id_form(api: &Api, sink: &mut Diagnostics) {
    for operation in &api.operations {
        let parts: Vec<&str> = operation.id.split('.').collect();
        if parts.len() == 2 && parts.iter().all(|part| is_snake(part)) {
            continue;
        }
        let headline = format!(
            "`{}` is not of the form `resource.method`",
            shorten(&operation.id)
        );
        sink.push(
            Diagnostic::new(
                Id::OperationIdForm,
                operation.place.child("operationId"),
                headline,
            )
            .help("write two words in snake_case with one dot between them"),
        );
    }
}

fn is_snake(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The tag names the file of generated code, so a slip in it would make another.
pub(super) fn unknown_tag(api: &Api, sink: &mut Diagnostics) {
    // A description that lists none lets each operation name its own.
    if api.tags.is_empty() {
        return;
    }
    let known = || api.tags.iter().map(|tag| tag.name.as_str());
    for operation in &api.operations {
        let Some(tag) = &operation.tag else { continue };
        if known().any(|name| name == tag) {
            continue;
        }
        let headline = format!("there is no tag `{}`", shorten(tag));
        let place = operation.place.child("tags").index(0);
        sink.push(
            Diagnostic::new(Id::UnknownTag, place, headline)
                .label("not in the `tags` of the document")
                .maybe_help(sink.did_you_mean(tag, known())),
        );
    }
}

/// Where it comes from, which errors it may answer, and what a repeated call does.
pub(super) fn missing_facts(api: &Api, context: &Context, sink: &mut Diagnostics) {
    let finding = |id, place: &crate::source::Place, who: &str, key: &str, help: &str| {
        Diagnostic::new(
            id,
            place.clone().key(),
            format!("`{}` lacks `{key}`", shorten(who)),
        )
        .help(help)
    };
    for operation in &api.operations {
        let (place, id) = (&operation.place, operation.id.as_str());
        let is_missing =
            |key, sink: &Diagnostics| !context.has(place, key) && !sink.has_slip(place, key);
        if is_missing("x-source", sink) {
            sink.push(finding(
                Id::MissingSource,
                place,
                id,
                "x-source",
                SOURCE_HELP,
            ));
        }
        if is_missing("x-retry", sink) {
            let help = "say what a second call does: `read`, `idempotent`, `overwrite` or `append`";
            sink.push(finding(Id::MissingRetry, place, id, "x-retry", help));
        }
        if is_missing("x-errors", sink) {
            let help = "list the codes that its page documents; `x-errors: []` if there are none";
            sink.push(finding(Id::MissingErrors, place, id, "x-errors", help));
        }
    }
    for event in api.events.iter().filter(|event| event.source.is_none()) {
        sink.push(finding(
            Id::MissingSource,
            &event.place,
            &event.event_type,
            "x-source",
            SOURCE_HELP,
        ));
    }
}

const SOURCE_HELP: &str = "name the page, the day it was updated and the day it was read";

pub(super) fn missing_description(api: &Api, sink: &mut Diagnostics) {
    let mut report = |place: &crate::source::Place, what: String| {
        sink.push(Diagnostic::new(
            Id::MissingDescription,
            place.clone().key(),
            format!("{what} has no description"),
        ));
    };
    for operation in &api.operations {
        if operation.summary.is_empty() {
            report(&operation.place, format!("`{}`", shorten(&operation.id)));
        }
        // One that the path needs and nobody wrote stands where the operation does.
        let written = operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place != operation.place);
        for parameter in written {
            if parameter.description.is_empty()
                && api.schemas[parameter.schema].description.is_empty()
            {
                report(
                    &parameter.place,
                    format!("parameter `{}`", shorten(&parameter.name)),
                );
            }
        }
    }
    for event in api.events.iter().filter(|event| event.summary.is_empty()) {
        report(&event.place, format!("`{}`", shorten(&event.event_type)));
    }
}
