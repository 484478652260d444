//! From enum and mask schemas to enums and masks.

use super::names::{Taken, constant_name, open_variant_name};
use super::schemas::Spot;
use super::{Cx, docs};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{Bits, Docs, Enum, Name, Ty, Variant, Variants};
use crate::resolve::api::{EnumBase, EnumSchema, EnumValue, Json, Schema};

/// The variant that keeps what is unknown.
const CATCH_ALL: &str = "Unknown";

pub(crate) fn lower_enum(
    cx: &mut Cx<'_>,
    schema: &Schema,
    item: &EnumSchema,
    name: Name,
    spot: &Spot,
) -> Enum {
    let docs = docs::type_docs(schema, &spot.fallback);
    let variants = match item.base {
        EnumBase::Text => Variants::Text(lower_values(cx, &item.values, text_value)),
        EnumBase::Integer => Variants::Int(lower_values(cx, &item.values, Json::as_i64)),
    };
    Enum {
        name,
        docs,
        variants,
    }
}

/// The type of the values where none are named.
pub(crate) fn base_ty(base: EnumBase) -> Ty {
    match base {
        EnumBase::Text => Ty::Text,
        EnumBase::Integer => Ty::Int,
    }
}

fn text_value(value: &Json) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn lower_values<V: PartialEq>(
    cx: &mut Cx<'_>,
    values: &[EnumValue],
    read: fn(&Json) -> Option<V>,
) -> Vec<Variant<V>> {
    let mut taken = Taken::default();
    let mut variants: Vec<Variant<V>> = Vec::new();
    for value in values {
        let Some(wire) = read(&value.value) else {
            report_value(cx, value);
            continue;
        };
        if variants.iter().any(|variant| variant.value == wire) {
            continue;
        }
        let wanted = open_variant_name(&variant_text(value), CATCH_ALL);
        let name = claim(cx, &mut taken, &wanted, value);
        variants.push(Variant {
            name,
            value: wire,
            docs: value_docs(value),
        });
    }
    variants
}

fn variant_text(value: &EnumValue) -> String {
    match (&value.name, &value.value) {
        (Some(name), _) => name.clone(),
        (None, Json::String(text)) => text.clone(),
        (None, other) => other.to_string(),
    }
}

fn report_value(cx: &mut Cx<'_>, value: &EnumValue) {
    let headline = format!(
        "the enum value {} is not of the enum's type",
        docs::json_span(&value.value)
    );
    cx.sink
        .push(Diagnostic::new(Id::EnumType, &value.place, headline));
}

fn claim(cx: &mut Cx<'_>, taken: &mut Taken<()>, wanted: &Name, value: &EnumValue) -> Name {
    let name = taken.claim(wanted, ());
    if name != *wanted {
        let headline =
            format!("two values are called `{wanted}` in Rust; this one becomes `{name}`");
        cx.sink.push(
            Diagnostic::new(Id::NameClash, &value.place, headline)
                .help("name the values with `x-enum-varnames`"),
        );
    }
    name
}

/// What the value means, and how it is spelled on the wire.
fn value_docs(value: &EnumValue) -> Docs {
    let wire = format!("{}.", docs::json_span(&value.value));
    let page = docs::Page::default().text(&value.description);
    if value.description.trim().is_empty() {
        page.lines(vec![wire]).docs()
    } else {
        page.docs()
    }
}

pub(crate) fn lower_bits(
    cx: &mut Cx<'_>,
    schema: &Schema,
    masks: &[EnumValue],
    name: Name,
    spot: &Spot,
) -> Bits {
    let docs = docs::type_docs(schema, &spot.fallback);
    Bits {
        name,
        docs,
        masks: lower_masks(cx, masks),
    }
}

fn lower_masks(cx: &mut Cx<'_>, masks: &[EnumValue]) -> Vec<Variant<i64>> {
    let mut taken = Taken::default();
    let mut lowered = Vec::new();
    for mask in masks {
        match mask.value.as_i64() {
            None => report_value(cx, mask),
            Some(value) => {
                let wanted = constant_name(&[&variant_text(mask)]);
                let name = claim(cx, &mut taken, &wanted, mask);
                lowered.push(Variant {
                    name,
                    value,
                    docs: value_docs(mask),
                });
            }
        }
    }
    lowered
}
