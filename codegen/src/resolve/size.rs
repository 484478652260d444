//! Size: whether a client of an API would be too large to make in a moment.
//!
//! What an API costs grows with its members, values and parameters; a document of a megabyte can have so many of them that spelling takes
//! seconds and a gigabyte. People's largest descriptions stay far below these limits.

use super::api::{Api, Operation, Schema, SchemaKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::source::Place;

/// What the client may have in all: a member, a value or a parameter is a part or two, an operation a dozen.
const MOST_PARTS: usize = 50_000;
/// What one type or one call may have: it is spelled in one go.
const MOST_TOGETHER: usize = 6_000;

/// Reports where it becomes too much.
pub(super) fn check(api: &Api, sink: &mut Diagnostics) {
    let schemas = api.schemas.0.iter();
    let schemas = schemas.map(|schema| (&schema.place, parts_of_schema(schema)));
    let operations = api.operations.iter();
    let operations = operations.map(|operation| (&operation.place, parts_of_operation(operation)));
    let mut sum = 0;
    for (place, parts) in operations.chain(schemas) {
        sum += parts;
        if parts > MOST_TOGETHER {
            return refuse(place, "this has", MOST_TOGETHER, sink);
        }
        if sum > MOST_PARTS {
            return refuse(place, "up to here the client has", MOST_PARTS, sink);
        }
    }
}

fn refuse(place: &Place, what: &str, most: usize, sink: &mut Diagnostics) {
    let headline = format!("{what} more than {most} parts");
    let help = "describe a part of the service only, or split it into several";
    sink.push(Diagnostic::new(Id::TooLarge, place, headline).help(help));
}

fn parts_of_operation(operation: &Operation) -> usize {
    12 + 2 * operation.parameters.len()
}

fn parts_of_schema(schema: &Schema) -> usize {
    if schema.alias_of.is_some() {
        return 0;
    }
    match &schema.kind {
        SchemaKind::Object(object) => 3 + 2 * object.properties.len(),
        SchemaKind::Enum(values) => 3 + values.values.len(),
        SchemaKind::Bits(values) => 3 + values.len(),
        SchemaKind::Union(union) if union.discriminator.is_some() => 8 + 2 * union.variants.len(),
        // Kept as it comes.
        SchemaKind::Union(_)
        | SchemaKind::Any
        | SchemaKind::Boolean
        | SchemaKind::Integer
        | SchemaKind::Number
        | SchemaKind::String
        | SchemaKind::Null
        | SchemaKind::Array(_)
        | SchemaKind::Map(_) => 0,
    }
}
