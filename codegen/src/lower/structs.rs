//! From object schemas to structs, and the questions that others ask of structs.

use super::markdown::code_span;
use super::names::{Taken, setter_name};
use super::scalars::{lower_exposure, lower_presence};
use super::schemas::{Spot, lower_schema, names_a_type};
use super::{Cx, docs};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{Access, Construction, Field, Layout, Name, Presence, Struct, Ty, Type, WireName};
use crate::resolve::api::{ObjectSchema, Property, Schema, SchemaId};

/// The field of what has no field of its own, and what the type of its values is called.
const REST: &str = "additional_properties";
const REST_VALUE: &str = "additional_property";

/// `spot` is where the parts of the struct stand.
pub(crate) fn lower_struct(
    cx: &mut Cx<'_>,
    schema: &Schema,
    object: &ObjectSchema,
    name: Name,
    spot: &Spot,
) -> Struct {
    let docs = docs::type_docs(schema, &spot.fallback);
    let fields = lower_members(cx, object, spot);
    Struct {
        name,
        docs,
        fields,
        construction: Construction::None,
    }
}

fn lower_members(cx: &mut Cx<'_>, object: &ObjectSchema, spot: &Spot) -> Vec<Field> {
    let mut taken = Taken::default();
    let properties = object.properties.iter();
    let mut fields: Vec<Field> = properties
        .map(|property| lower_property(cx, property, spot, &mut taken))
        .collect();
    if let Some(values) = object.additional {
        fields.push(lower_rest(cx, values, spot, &mut taken));
    }
    fields
}

/// The members that have no name in the description. They come last, so that they rename no other.
fn lower_rest(cx: &mut Cx<'_>, values: SchemaId, spot: &Spot, taken: &mut Taken<()>) -> Field {
    let api = cx.api;
    let schema = &api.schemas[values];
    let name = taken.claim(&setter_name(REST), ());
    let mut inner = spot.clone();
    inner.fallback = format!("What other members of [`{}`] hold.", spot.parts.concat());
    inner.parts.push(REST_VALUE.to_owned());
    let lowered = lower_schema(cx, values, &inner);
    Field {
        wire: WireName(name.to_string()),
        name,
        presence: Presence::Optional,
        ty: Ty::Map(Box::new(lowered.ty)),
        form: lowered.form,
        layout: Layout::Rest,
        access: Access::ReadWrite,
        exposure: lower_exposure(schema),
        unit: schema.unit.clone(),
        docs: docs::rest_docs(schema),
    }
}

fn lower_property(
    cx: &mut Cx<'_>,
    property: &Property,
    spot: &Spot,
    taken: &mut Taken<()>,
) -> Field {
    let api = cx.api;
    let schema = &api.schemas[property.schema];
    let wanted = property_name(property, schema);
    let name = taken.claim(&wanted, ());
    if name != wanted {
        report_field_clash(cx, property, &wanted, &name);
    }
    let mut inner = spot.clone();
    inner.fallback = format!(
        "What {} of [`{}`] holds.",
        code_span(&property.name),
        spot.parts.concat()
    );
    inner.parts.push(property.name.clone());
    let lowered = lower_schema(cx, property.schema, &inner);
    Field {
        name,
        wire: WireName(property.name.clone()),
        presence: lower_presence(schema, &lowered.ty, property.required),
        ty: lowered.ty,
        form: lowered.form,
        layout: Layout::Inline,
        access: if schema.read_only {
            Access::ReadOnly
        } else {
            Access::ReadWrite
        },
        exposure: lower_exposure(schema),
        unit: schema.unit.clone(),
        docs: docs::member_docs("", schema, &[]),
    }
}

fn property_name(property: &Property, schema: &Schema) -> Name {
    match schema
        .name_override
        .as_deref()
        .filter(|name| !names_a_type(name))
    {
        Some(name) => setter_name(name),
        None => setter_name(&property.name),
    }
}

fn report_field_clash(cx: &mut Cx<'_>, property: &Property, wanted: &Name, given: &Name) {
    let headline = format!(
        "two members are called `{wanted}` in Rust; `{}` becomes `{given}`",
        property.name
    );
    cx.sink.push(
        Diagnostic::new(Id::NameClash, &property.place, headline)
            .help("give one of the two an `x-name`"),
    );
}

/// The struct behind a type, if it is one.
pub(crate) fn struct_of<'c>(cx: &'c Cx<'_>, ty: &Ty) -> Option<&'c Struct> {
    match ty {
        Ty::Named(name) => match cx.store.get(name)? {
            Type::Struct(item) => Some(item),
            Type::Enum(_) | Type::Bits(_) | Type::Union(_) => None,
        },
        _ => None,
    }
}

/// A struct's field by its name on the wire.
pub(crate) fn field_of<'c>(item: &'c Struct, wire: &str) -> Option<&'c Field> {
    let mut named = item
        .fields
        .iter()
        .filter(|field| field.layout != Layout::Rest);
    named.find(|field| field.wire.0 == wire)
}

/// Whether a field is an `Option` in Rust.
pub(crate) fn is_option(field: &Field) -> bool {
    let wraps = match field.presence {
        Presence::Required => false,
        Presence::Nullable | Presence::Clearable => true,
        Presence::Optional => !matches!(field.ty, Ty::List(_) | Ty::Map(_)),
    };
    wraps || field.layout == Layout::Boxed
}
