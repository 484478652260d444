//! What every schema must say.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Diagnostics, Id, did_you_mean};
use crate::resolve::Context;
use crate::resolve::api::{Answer, Api, Schema, SchemaId, SchemaKind};
use crate::syntax::extensions::FORMATS;
use crate::syntax::reader::shorten;

/// A number without a unit is a number that somebody multiplies by 60.
pub(super) fn missing_unit(api: &Api, sink: &mut Diagnostics) {
    for schema in api.schemas.0.iter().filter(|schema| is_bare_number(schema)) {
        let name = schema.place.pointer.last().unwrap_or("number");
        let headline = format!("`{}` is a number, and nothing says of what", shorten(name));
        sink.push(
            Diagnostic::new(Id::MissingUnit, schema.place.clone().key(), headline)
                .help("add `x-unit`, `format`, `enum` or `x-bits`"),
        );
    }
}

fn is_bare_number(schema: &Schema) -> bool {
    let is_number = matches!(schema.kind, SchemaKind::Integer | SchemaKind::Number);
    is_number && schema.format.is_none() && schema.unit.is_none() && schema.alias_of.is_none()
}

pub(super) fn unknown_format(api: &Api, sink: &mut Diagnostics) {
    for schema in api
        .schemas
        .0
        .iter()
        .filter(|schema| schema.alias_of.is_none())
    {
        let Some(format) = schema
            .format
            .as_deref()
            .filter(|format| !FORMATS.contains(format))
        else {
            continue;
        };
        let headline = format!("there is no format `{}`", shorten(format));
        sink.push(
            Diagnostic::new(Id::UnknownFormat, schema.place.child("format"), headline)
                .maybe_help(did_you_mean(format, FORMATS.iter().copied()))
                .note(format!("the formats are `{}`", FORMATS.join("`, `"))),
        );
    }
}

pub(super) fn missing_description(api: &Api, sink: &mut Diagnostics) {
    let envelopes = envelopes(api);
    let mut seen = HashSet::new();
    for (index, schema) in api.schemas.0.iter().enumerate() {
        let SchemaKind::Object(members) = &schema.kind else {
            continue;
        };
        let is_envelope = envelopes.contains(&(index as u32));
        for property in &members.properties {
            let is_told = !api.schemas[property.schema].description.is_empty() || is_envelope;
            if is_told || !seen.insert(&property.place) {
                continue;
            }
            let headline = format!("`{}` has no description", shorten(&property.name));
            sink.push(Diagnostic::new(
                Id::MissingDescription,
                &property.place,
                headline,
            ));
        }
    }
}

/// Answers that only wrap: what their members mean is said once, by the document.
fn envelopes(api: &Api) -> HashSet<u32> {
    let wrapped = api
        .operations
        .iter()
        .filter(|operation| operation.envelope.is_some());
    wrapped
        .filter_map(|operation| match operation.answer {
            Answer::Json {
                schema: SchemaId(index),
                ..
            } => Some(index),
            Answer::Empty | Answer::Text | Answer::Bytes { .. } => None,
        })
        .collect()
}

pub(super) fn unknown_required(api: &Api, context: &Context, sink: &mut Diagnostics) {
    for (name, place, schema) in &context.unknown_required {
        let headline = format!("`{}` is required and is no member", shorten(name));
        let members = match &api.schemas[*schema].kind {
            SchemaKind::Object(object) => object.properties.as_slice(),
            _ => &[],
        };
        let members = members.iter().map(|property| property.name.as_str());
        let meant = sink.did_you_mean(name, members);
        let finding = Diagnostic::new(Id::UnknownRequired, place, headline);
        sink.push(finding.label("not in `properties`").maybe_help(meant));
    }
}
