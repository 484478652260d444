//! Documentation, assembled in one place and in one order.
//!
//! First what the description says, then what its facts add, then the fixed headings: `# Example`, `# Errors`,
//! `# Permissions`, `# Rate limit`, `# Source`, each only when there is something to say.

use super::markdown::{code_span, to_rustdoc, to_rustdoc_line};
use crate::ir::Docs;
use crate::resolve::api::{Json, Limits, Schema, SchemaKind, Source};

/// Blocks of lines with a blank line between them.
#[derive(Debug, Default)]
pub(crate) struct Page {
    lines: Vec<String>,
}

impl Page {
    /// Markdown of the description.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.block(to_rustdoc(text));
        self
    }

    /// Lines that are rustdoc already.
    pub(crate) fn lines(mut self, lines: Vec<String>) -> Self {
        self.block(lines);
        self
    }

    /// A heading and what stands under it.
    pub(crate) fn section(mut self, heading: &str, lines: Vec<String>) -> Self {
        if !lines.is_empty() {
            self.block(vec![format!("# {heading}")]);
            self.block(lines);
        }
        self
    }

    pub(crate) fn docs(self) -> Docs {
        Docs(self.lines)
    }

    fn block(&mut self, lines: Vec<String>) {
        if lines.is_empty() {
            return;
        }
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.extend(lines);
    }
}

/// Of a field, an argument or a setter.
pub(crate) fn member_docs(description: &str, schema: &Schema, quirks: &[String]) -> Docs {
    let said = if description.trim().is_empty() {
        &schema.description
    } else {
        description
    };
    let said = if said.trim().is_empty() {
        &schema.title
    } else {
        said
    };
    let quirks: Vec<&String> = quirks.iter().chain(&schema.quirks).collect();
    Page::default()
        .text(said)
        .lines(schema_facts(schema))
        .lines(quirk_lines(&quirks))
        .docs()
}

/// Of the field of all members that no other field names.
pub(crate) fn rest_docs(values: &Schema) -> Docs {
    Page::default()
        .lines(vec![
            "The members that have no field of their own, by name.".to_owned(),
        ])
        .lines(member_docs("", values, &[]).0)
        .docs()
}

/// Of a type; `fallback` is rustdoc, for a type that the description says nothing of.
pub(crate) fn type_docs(schema: &Schema, fallback: &str) -> Docs {
    let quirks: Vec<&String> = schema.quirks.iter().collect();
    let said = if schema.description.trim().is_empty() {
        &schema.title
    } else {
        &schema.description
    };
    let page = match said.trim() {
        "" => Page::default().lines(fallback.lines().map(str::to_owned).collect()),
        said => Page::default().text(said),
    };
    page.lines(quirk_lines(&quirks))
        .section(
            "Source",
            schema.source.as_ref().map(source_lines).unwrap_or_default(),
        )
        .docs()
}

/// A paragraph each.
pub(crate) fn quirk_lines(quirks: &[&String]) -> Vec<String> {
    let mut lines = Vec::new();
    for quirk in quirks {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("Quirk: {}", to_rustdoc_line(quirk)));
    }
    lines
}

pub(crate) fn source_lines(source: &Source) -> Vec<String> {
    let mut line = to_rustdoc_line(&source.page);
    if let Some(updated) = &source.updated {
        line.push_str(&format!(", updated {}", to_rustdoc_line(updated)));
    }
    if let Some(read) = &source.read {
        line.push_str(&format!(", read {}", to_rustdoc_line(read)));
    }
    vec![line]
}

/// Sentences for what the type does not say: unit, limits, default, scopes.
fn schema_facts(schema: &Schema) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(schema.deprecated.then(|| "Deprecated.".to_owned()));
    facts.extend(
        schema
            .unit
            .as_deref()
            .map(|unit| format!("Unit: {}.", to_rustdoc_line(unit))),
    );
    facts.extend(limit_facts(&schema.limits));
    facts.extend(
        schema
            .default
            .as_ref()
            .map(|value| format!("Default: {}.", json_span(value))),
    );
    facts.extend(
        schema
            .read_only
            .then(|| "Comes in answers only.".to_owned()),
    );
    facts.extend(
        schema
            .write_only
            .then(|| "Goes into requests only.".to_owned()),
    );
    facts.extend(absence_fact(schema));
    facts.extend(scope_fact(&schema.field_scopes));
    facts
}

fn absence_fact(schema: &Schema) -> Option<String> {
    let is_list = matches!(schema.kind, SchemaKind::Array(_));
    (schema.absent_clears && is_list)
        .then(|| "Not set, it is left out; an empty list is sent.".to_owned())
}

fn scope_fact(scopes: &[String]) -> Option<String> {
    let scopes: Vec<String> = scopes.iter().map(|scope| code_span(scope)).collect();
    (!scopes.is_empty()).then(|| format!("Seen only with the scope {}.", scopes.join(" or ")))
}

fn limit_facts(limits: &Limits) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(range_fact(limits));
    facts.extend(count_fact(
        limits.min_length,
        limits.max_length,
        "characters",
    ));
    facts.extend(count_fact(limits.min_items, limits.max_items, "items"));
    facts.extend(limits.unique_items.then(|| "No item twice.".to_owned()));
    facts.extend(
        limits
            .pattern
            .as_deref()
            .map(|pattern| format!("Pattern: {}.", code_span(pattern))),
    );
    facts
}

fn range_fact(limits: &Limits) -> Option<String> {
    let more = if limits.exclusive_minimum {
        "More than"
    } else {
        "At least"
    };
    let less = if limits.exclusive_maximum {
        "less than"
    } else {
        "at most"
    };
    match (limits.minimum, limits.maximum) {
        (None, None) => None,
        (Some(minimum), None) => Some(format!("{more} {minimum}.")),
        (None, Some(maximum)) => Some(sentence(&format!("{less} {maximum}."))),
        (Some(minimum), Some(maximum)) => Some(format!("{more} {minimum}, {less} {maximum}.")),
    }
}

fn count_fact(minimum: Option<u64>, maximum: Option<u64>, what: &str) -> Option<String> {
    match (minimum, maximum) {
        (None | Some(0), None) => None,
        (None | Some(0), Some(maximum)) => Some(format!("At most {maximum} {what}.")),
        (Some(minimum), None) => Some(format!("At least {minimum} {what}.")),
        (Some(minimum), Some(maximum)) if minimum == maximum => {
            Some(format!("Exactly {maximum} {what}."))
        }
        (Some(minimum), Some(maximum)) => Some(format!("{minimum} to {maximum} {what}.")),
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

pub(crate) fn json_span(value: &Json) -> String {
    match value {
        Json::String(text) => code_span(text),
        other => code_span(&other.to_string()),
    }
}
