//! From `oneOf` and `anyOf` to enums, where a member tells the alternatives apart; else to JSON.

use super::names::{Taken, open_variant_name};
use super::scalars::Lowered;
use super::schemas::{Spot, canonical, lower_schema};
use super::{Cx, docs};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{Name, Ty, Union, UnionVariant, WireName};
use crate::resolve::api::{Discriminator, Schema, SchemaId, SchemaKind, UnionSchema};

/// The variant that keeps what cannot be told apart.
const CATCH_ALL: &str = "Other";

pub(crate) fn lower_union(
    cx: &mut Cx<'_>,
    schema: &Schema,
    discriminator: &Discriminator,
    name: Name,
    spot: &Spot,
) -> Union {
    let docs = docs::type_docs(schema, &spot.fallback);
    let tag = WireName(discriminator.property.clone());
    Union {
        name,
        docs,
        tag,
        variants: lower_variants(cx, discriminator, spot),
    }
}

pub(crate) fn lower_untold(cx: &mut Cx<'_>, schema: &Schema) -> Lowered {
    cx.sink.push(
        Diagnostic::new(
            Id::KeptAsJson,
            &schema.place,
            "alternatives that no member tells apart are kept as JSON",
        )
        .help("name that member in a `discriminator`"),
    );
    Lowered::natural(Ty::Json)
}

/// One that leads to objects only.
pub(crate) fn usable_discriminator<'u>(
    cx: &Cx<'_>,
    union: &'u UnionSchema,
) -> Option<&'u Discriminator> {
    let discriminator = union.discriminator.as_ref()?;
    let leads_to_objects = discriminator.mapping.values().all(|id| is_object(cx, *id));
    (leads_to_objects && !discriminator.mapping.is_empty()).then_some(discriminator)
}

fn is_object(cx: &Cx<'_>, id: SchemaId) -> bool {
    match &cx.api.schemas[canonical(cx.api, id)].kind {
        SchemaKind::Object(object) => !object.properties.is_empty(),
        _ => false,
    }
}

fn lower_variants(
    cx: &mut Cx<'_>,
    discriminator: &Discriminator,
    spot: &Spot,
) -> Vec<UnionVariant> {
    let mut taken = Taken::default();
    let mut variants = Vec::new();
    for (value, id) in &discriminator.mapping {
        let mut inner = spot.clone().saying(String::new());
        inner.parts.push(value.clone());
        let ty = lower_schema(cx, *id, &inner).ty;
        let name = taken.claim(&open_variant_name(value, CATCH_ALL), ());
        variants.push(UnionVariant {
            name,
            value: value.clone(),
            ty,
        });
    }
    variants
}
