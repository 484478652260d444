//! A schema on its way from keywords to one reading, and what a copy of it costs.

use super::api::{EnumValue, Json, Limits, ObjectSchema, Schema, SchemaKind};
use crate::source::Place;
use crate::syntax::reader::{Cursor, shorten};

/// A schema on its way.
pub(super) enum Slot<'a> {
    Waiting(Cursor<'a>),
    Busy(Place),
    Done(Box<Draft>),
}

/// A schema that was read.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) schema: Schema,
    /// Names in `required` that are no property of this part.
    pub(super) required: Vec<(String, Place)>,
    /// An object with no word on its members: any members, unless a composition adds some.
    pub(super) is_bare_object: bool,
    /// Says only that something may be `null`, or which members are required: no alternative of its own.
    pub(super) is_part: bool,
    /// What a copy costs, in units of [`Cx::spend`].
    pub(super) weight: usize,
}

/// A schema that takes anything.
pub(super) fn any(place: &Place) -> Draft {
    Draft {
        schema: Schema {
            name: None,
            alias_of: None,
            name_override: None,
            title: String::new(),
            description: String::new(),
            kind: SchemaKind::Any,
            nullable: false,
            deprecated: false,
            read_only: false,
            write_only: false,
            format: None,
            default: None,
            examples: Vec::new(),
            limits: Limits::default(),
            unit: None,
            field_scopes: Vec::new(),
            absent_clears: false,
            quirks: Vec::new(),
            source: None,
            place: place.clone(),
            file: place.file.to_string(),
        },
        required: Vec::new(),
        is_bare_object: false,
        is_part: false,
        weight: 1,
    }
}

/// Marks the properties that a list names, and leaves in the list what it does not find.
pub(super) fn require(members: &mut ObjectSchema, required: &mut Vec<(String, Place)>) {
    if required.is_empty() {
        return;
    }
    let mut names: std::collections::HashSet<String> =
        required.iter().map(|(name, _)| name.clone()).collect();
    for property in &mut members.properties {
        if names.remove(&property.name) {
            property.required = true;
        }
    }
    required.retain(|(name, _)| names.contains(name));
}

/// A value that JSON and an enum share.
pub(super) fn enum_value(value: Json, place: Place) -> EnumValue {
    EnumValue {
        value,
        name: None,
        description: String::new(),
        place,
    }
}

/// What a copy of a draft costs.
pub(super) fn weight(draft: &Draft) -> usize {
    let schema = &draft.schema;
    let parts = match &schema.kind {
        SchemaKind::Object(members) => members.properties.len(),
        SchemaKind::Enum(enum_) => enum_.values.len(),
        SchemaKind::Bits(bits) => bits.len(),
        SchemaKind::Union(union) => union.variants.len(),
        _ => 0,
    };
    let texts = schema.description.len()
        + schema.title.len()
        + schema.quirks.iter().map(String::len).sum::<usize>();
    let samples: usize = schema
        .examples
        .iter()
        .chain(&schema.default)
        .map(json_weight)
        .sum();
    1 + parts + draft.required.len() + texts / super::BYTES_A_UNIT + samples
}

/// What a copy of a JSON value costs.
pub(super) fn json_weight(value: &Json) -> usize {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => 1,
        Json::String(text) => 1 + text.len() / super::BYTES_A_UNIT,
        Json::Array(items) => 1 + items.iter().map(json_weight).sum::<usize>(),
        Json::Object(members) => 1 + members.values().map(json_weight).sum::<usize>(),
    }
}

/// A headline's name for a schema.
pub(super) fn label(schema: &Schema) -> String {
    match &schema.name {
        Some(name) => format!("`{}`", shorten(name)),
        None => "this schema".to_owned(),
    }
}
