//! From answers to what a successful call gives.

use super::Cx;
use super::operations::Names;
use super::schemas::{canonical, lower_schema};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{Output, Ty};
use crate::resolve::api::{Answer, Envelope, Operation, SchemaId, SchemaKind};

pub(crate) fn lower_answer(cx: &mut Cx<'_>, operation: &Operation, names: &Names) -> Output {
    match &operation.answer {
        Answer::Empty => Output::Nothing,
        Answer::Text => Output::Text,
        Answer::Bytes { .. } => Output::Download,
        Answer::Json { schema, .. } => match &operation.envelope {
            None => lower_data(cx, *schema, names),
            Some(envelope) => lower_wrapped(cx, operation, *schema, envelope, names),
        },
    }
}

fn lower_wrapped(
    cx: &mut Cx<'_>,
    operation: &Operation,
    schema: SchemaId,
    envelope: &Envelope,
    names: &Names,
) -> Output {
    let id = canonical(cx.api, schema);
    let api = cx.api;
    let SchemaKind::Object(object) = &api.schemas[id].kind else {
        let headline = format!(
            "the answer of `{}` is not wrapped as the envelope says",
            operation.id
        );
        cx.sink.push(
            Diagnostic::new(Id::NotWrapped, &operation.place, headline)
                .help("say `x-envelope: none`"),
        );
        return lower_data(cx, schema, names);
    };
    match object
        .properties
        .iter()
        .find(|property| property.name == envelope.data)
    {
        None => Output::Nothing,
        Some(data) if is_undescribed(cx, data.schema) => Output::Nothing,
        Some(data) => lower_data(cx, data.schema, names),
    }
}

/// An object of which nothing is said, where the wrapper needs something to wrap.
fn is_undescribed(cx: &Cx<'_>, schema: SchemaId) -> bool {
    match &cx.api.schemas[canonical(cx.api, schema)].kind {
        SchemaKind::Map(values) => {
            matches!(
                cx.api.schemas[canonical(cx.api, *values)].kind,
                SchemaKind::Any
            )
        }
        _ => false,
    }
}

fn lower_data(cx: &mut Cx<'_>, schema: SchemaId, names: &Names) -> Output {
    let id = canonical(cx.api, schema);
    if is_nothing(&cx.api.schemas[id].kind) {
        return Output::Nothing;
    }
    let spot = names.spot(cx, schema, "Response");
    // The form does not matter: texts and numbers are read alike.
    let lowered = lower_schema(cx, schema, &spot);
    match lowered.ty {
        Ty::Bytes | Ty::File => Output::Download,
        ty => Output::Data(ty),
    }
}

/// An object without members says nothing, and neither does `null`.
fn is_nothing(kind: &SchemaKind) -> bool {
    match kind {
        SchemaKind::Null => true,
        SchemaKind::Object(object) => object.properties.is_empty() && object.additional.is_none(),
        _ => false,
    }
}
