//! The page of an operation: its builder, its method, what can go wrong.

use super::Cx;
use super::docs::{self, Page};
use super::examples;
use super::markdown::{code_span, to_rustdoc, to_rustdoc_line};
use super::operation_info::each_once;
use super::operations::Names;
use crate::ir::{Body, Docs, Given, Member, Name, Operation, Presence, RetryClass};
use crate::resolve::api;

pub(super) fn operation_docs(
    cx: &Cx<'_>,
    operation: &api::Operation,
    lowered: &Operation,
    names: &Names,
) -> Docs {
    let quirks: Vec<&String> = operation.ext.quirks.iter().collect();
    let page = Page::default()
        .lines(summary_lines(operation))
        .text(more_than_summary(operation))
        .lines(docs::quirk_lines(&quirks))
        .lines(limit_lines(operation))
        .lines(partial_lines(operation))
        .lines(retry_lines(lowered));
    page.section(
        "Example",
        examples::example_lines(cx, operation, lowered, names),
    )
    .section("Errors", error_lines(cx, operation))
    .section("Permissions", permission_lines(operation))
    .section("Rate limit", rate_lines(operation))
    .section(
        "Source",
        operation
            .ext
            .source
            .as_ref()
            .map(docs::source_lines)
            .unwrap_or_default(),
    )
    .docs()
}

fn summary_lines(operation: &api::Operation) -> Vec<String> {
    let summary = to_rustdoc_line(&operation.summary);
    if !summary.is_empty() {
        return vec![sentence(&summary)];
    }
    if operation.description.trim().is_empty() {
        vec![format!("{}.", code_span(&operation.id))]
    } else {
        Vec::new()
    }
}

/// Summaries are written without a full stop by habit; rustdoc shows them as sentences.
fn sentence(text: &str) -> String {
    let is_open = text.ends_with(|c: char| c.is_alphanumeric() || c == ')' || c == '`');
    if is_open {
        format!("{text}.")
    } else {
        text.to_owned()
    }
}

/// The description, unless it repeats the summary.
fn more_than_summary(operation: &api::Operation) -> &str {
    if operation.description.trim() == operation.summary.trim() {
        ""
    } else {
        &operation.description
    }
}

fn limit_lines(operation: &api::Operation) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(batch) = &operation.ext.batch {
        lines.push(format!(
            "Takes at most {} of {} a call; `batches()` cuts longer lists.",
            batch.max,
            code_span(&batch.list)
        ));
    }
    if let Some(window) = &operation.ext.window {
        lines.push(format!(
            "Spans at most {} days a call, from {} to {}.",
            window.days,
            code_span(&window.from),
            code_span(&window.to)
        ));
    }
    lines
}

fn partial_lines(operation: &api::Operation) -> Vec<String> {
    let lines = operation.ext.partial.iter().map(|partial| match partial {
        api::Partial::List { path, meaning } => {
            format!("- {}: {}", code_span(path), to_rustdoc_line(meaning))
        }
        api::Partial::Message { meaning, .. } => {
            format!("- in the message: {}", to_rustdoc_line(meaning))
        }
        api::Partial::Error { code, meaning } => {
            format!("- error {code}: {}", to_rustdoc_line(meaning))
        }
    });
    let mut lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        lines.insert(
            0,
            "A success may say that parts of the call failed:".to_owned(),
        );
        lines.insert(1, String::new());
    }
    lines
}

fn retry_lines(lowered: &Operation) -> Vec<String> {
    let said = match (lowered.info.retry, lowered.info.idempotency_keys.as_slice()) {
        (RetryClass::Append, keys @ [_, ..]) => {
            let keys: Vec<String> = keys.iter().map(|key| code_span(key)).collect();
            format!("Repeated after a failure only if every row carries {}.", keys.join(", "))
        }
        (RetryClass::Append, []) => "Not repeated after a failure that may have reached the service: a repetition adds again.".to_owned(),
        (RetryClass::Overwrite, _) => "Replaces what is there.".to_owned(),
        (RetryClass::Read | RetryClass::Idempotent, _) => return Vec::new(),
    };
    vec![said]
}

fn error_lines(cx: &Cx<'_>, operation: &api::Operation) -> Vec<String> {
    operation
        .ext
        .errors
        .iter()
        .map(|error| error_line(cx, operation, error))
        .collect()
}

fn error_line(cx: &Cx<'_>, operation: &api::Operation, error: &api::ErrorRef) -> String {
    let entry = super::errors::entry_for(cx.api, error.code, &operation.id);
    let meaning = error
        .meaning
        .as_deref()
        .or(entry.map(|(_, entry)| entry.meaning.as_str()))
        .unwrap_or_default();
    let meaning = to_rustdoc_line(meaning);
    let retired = if error.retired {
        " No longer sent."
    } else {
        ""
    };
    let name = entry
        .and_then(|(index, _)| cx.errors.entries.get(index))
        .map(|entry| &entry.constant);
    match name {
        Some(name) => format!(
            "- [`{name}`](rt::ErrorCode::{name}) ({}): {meaning}{retired}",
            error.code
        ),
        None => format!("- {}: {meaning}{retired}", error.code),
    }
}

fn permission_lines(operation: &api::Operation) -> Vec<String> {
    let requirements = operation.security.iter().flatten();
    let tokens = each_once(
        requirements
            .clone()
            .map(|requirement| code_span(&requirement.scheme)),
    );
    let scopes = each_once(
        requirements
            .flat_map(|requirement| requirement.scopes.iter().map(|scope| code_span(scope))),
    );
    let mut lines = Vec::new();
    if !tokens.is_empty() {
        lines.push(format!("Authentication: {}.", tokens.join(" or ")));
    }
    if !scopes.is_empty() {
        lines.push(format!("Scopes, any of: {}.", scopes.join(", ")));
    }
    if !operation.ext.app_types.is_empty() {
        let kinds: Vec<String> = operation
            .ext
            .app_types
            .iter()
            .map(|kind| code_span(kind))
            .collect();
        lines.push(format!("Kinds of app: {}.", kinds.join(", ")));
    }
    lines
}

fn rate_lines(operation: &api::Operation) -> Vec<String> {
    let limit = operation.ext.rate_limit;
    limit
        .map(|limit| match limit.seconds {
            1 => format!("{} calls a second.", limit.calls),
            seconds => format!("{} calls in {seconds} seconds.", limit.calls),
        })
        .into_iter()
        .collect()
}

/// Of the handle's method: what it does, and its arguments.
pub(super) fn method_docs(operation: &api::Operation, lowered: &Operation) -> Docs {
    let mut summary = summary_lines(operation);
    if summary.is_empty() {
        summary = to_rustdoc(&operation.description)
            .into_iter()
            .take_while(|line| !line.is_empty())
            .collect();
    }
    let arguments = argument_lines(lowered);
    let more = format!("More, and what else can be set: [`{}`].", lowered.builder);
    Page::default()
        .lines(summary)
        .lines(arguments)
        .lines(vec![more])
        .docs()
}

fn argument_lines(lowered: &Operation) -> Vec<String> {
    let members = lowered
        .members
        .iter()
        .filter(|member| member.given == Given::Argument);
    let mut lines: Vec<String> = members
        .map(|Member { name, docs, .. }| argument_line(name, docs))
        .collect();
    match &lowered.body {
        Body::None | Body::Multipart => {}
        Body::Members { members, .. } => {
            let required = members
                .iter()
                .filter(|member| member.field.presence == Presence::Required);
            lines.extend(required.map(|member| argument_line(&member.name, &member.field.docs)));
        }
        Body::Whole { presence, docs, .. } => {
            if *presence == Presence::Required && !docs.0.is_empty() {
                lines.push(format!("- `body`: {}", first_line(docs)));
            }
        }
    }
    lines
}

fn argument_line(name: &Name, docs: &Docs) -> String {
    format!("- `{name}`: {}", first_line(docs))
        .trim_end_matches([':', ' '])
        .to_owned()
}

/// The first line, unless it opens a block.
fn first_line(docs: &Docs) -> &str {
    let line = docs.0.first().map_or("", |line| line.trim_start());
    if line.starts_with("```") || line.starts_with("~~~") {
        ""
    } else {
        line
    }
}

pub(super) fn errors_docs(lowered: &Operation) -> Docs {
    if lowered.info.errors.is_empty() {
        return Docs::default();
    }
    let line = format!(
        "The codes that the service gives are listed at [`{}`].",
        lowered.builder
    );
    Docs(vec![
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        line,
    ])
}
