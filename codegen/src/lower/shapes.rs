//! Whether two schemas describe the same values, whatever they say about them.

use std::collections::HashSet;

use crate::resolve::api::{
    Api, EnumValue, ObjectSchema, Property, SchemaId, SchemaKind, UnionSchema,
};

/// Compares types, names and values; not descriptions, examples or limits.
pub(crate) fn same_shape(api: &Api, left: SchemaId, right: SchemaId) -> bool {
    compare(api, left, right, &mut HashSet::new())
}

/// A pair that is being compared further up is taken for equal: a difference shows elsewhere.
fn compare(
    api: &Api,
    left: SchemaId,
    right: SchemaId,
    open: &mut HashSet<(SchemaId, SchemaId)>,
) -> bool {
    if left == right || !open.insert((left, right)) {
        return true;
    }
    let (a, b) = (&api.schemas[left], &api.schemas[right]);
    a.nullable == b.nullable && a.format == b.format && same_kind(api, &a.kind, &b.kind, open)
}

fn same_kind(
    api: &Api,
    left: &SchemaKind,
    right: &SchemaKind,
    open: &mut HashSet<(SchemaId, SchemaId)>,
) -> bool {
    use SchemaKind as K;
    match (left, right) {
        (K::Any, K::Any) | (K::Boolean, K::Boolean) | (K::Integer, K::Integer) => true,
        (K::Number, K::Number) | (K::String, K::String) | (K::Null, K::Null) => true,
        (K::Enum(a), K::Enum(b)) => a.base == b.base && same_values(&a.values, &b.values),
        (K::Bits(a), K::Bits(b)) => same_values(a, b),
        (K::Array(a), K::Array(b)) | (K::Map(a), K::Map(b)) => compare(api, *a, *b, open),
        (K::Object(a), K::Object(b)) => same_object(api, a, b, open),
        (K::Union(a), K::Union(b)) => same_union(api, a, b, open),
        _ => false,
    }
}

fn same_values(left: &[EnumValue], right: &[EnumValue]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(a, b)| a.value == b.value && a.name == b.name)
}

fn same_object(
    api: &Api,
    left: &ObjectSchema,
    right: &ObjectSchema,
    open: &mut HashSet<(SchemaId, SchemaId)>,
) -> bool {
    left.properties.len() == right.properties.len()
        && same_rest(api, left.additional, right.additional, open)
        && left
            .properties
            .iter()
            .zip(&right.properties)
            .all(|(a, b)| same_property(api, a, b, open))
}

fn same_rest(
    api: &Api,
    left: Option<SchemaId>,
    right: Option<SchemaId>,
    open: &mut HashSet<(SchemaId, SchemaId)>,
) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => compare(api, left, right, open),
        (left, right) => left.is_none() && right.is_none(),
    }
}

fn same_property(
    api: &Api,
    left: &Property,
    right: &Property,
    open: &mut HashSet<(SchemaId, SchemaId)>,
) -> bool {
    left.name == right.name
        && left.required == right.required
        && compare(api, left.schema, right.schema, open)
}

fn same_union(
    api: &Api,
    left: &UnionSchema,
    right: &UnionSchema,
    open: &mut HashSet<(SchemaId, SchemaId)>,
) -> bool {
    let tag = |union: &UnionSchema| union.discriminator.as_ref().map(|tag| tag.property.clone());
    tag(left) == tag(right)
        && left.variants.len() == right.variants.len()
        && left
            .variants
            .iter()
            .zip(&right.variants)
            .all(|(a, b)| compare(api, *a, *b, open))
}
