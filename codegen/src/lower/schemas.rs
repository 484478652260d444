//! From schemas to types.
//!
//! A schema gives one type, whatever role it plays. Objects, enums, bit masks and unions get a name: that of their
//! `x-name` or component, else that of the type they stand in with the property's name behind it.

use super::names::type_name;
use super::scalars::{Lowered, lower_integer, lower_number, lower_text};
use super::store::BinId;
use super::structs::lower_struct;
use super::{Cx, enums, shapes, unions};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{Name, Ty, Type, TypeRef};
use crate::resolve::api::{
    Api, Discriminator, EnumSchema, EnumValue, ObjectSchema, Schema, SchemaId, SchemaKind,
};

/// Deeper nesting than this is kept as JSON.
const DEEPEST: usize = 64;

/// Where a schema stands, for the name and the file of its type.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub module: Name,
    pub bin: BinId,
    /// What the type is called if the schema has no name of its own.
    pub parts: Vec<String>,
    pub depth: usize,
    /// What to say of a type that the description says nothing of.
    pub fallback: String,
}

impl Spot {
    pub(crate) fn new(module: &Name, bin: BinId, parts: &[&str]) -> Self {
        Self {
            module: module.clone(),
            bin,
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            depth: 0,
            fallback: String::new(),
        }
    }

    pub(crate) fn saying(self, fallback: String) -> Self {
        Self { fallback, ..self }
    }

    fn deeper(&self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self.clone()
        }
    }
}

/// The schema whose type this one has.
pub(crate) fn canonical(api: &Api, id: SchemaId) -> SchemaId {
    let mut id = id;
    for _ in 0..DEEPEST {
        match api.schemas[id].alias_of {
            Some(target) => id = target,
            None => break,
        }
    }
    id
}

/// A schema whose type gets a name.
enum Named<'a> {
    Struct(&'a ObjectSchema),
    Enum(&'a EnumSchema),
    Bits(&'a [EnumValue]),
    Union(&'a Discriminator),
}

fn named<'a>(cx: &Cx<'_>, schema: &'a Schema) -> Option<Named<'a>> {
    match &schema.kind {
        SchemaKind::Object(object) if !object.properties.is_empty() => Some(Named::Struct(object)),
        SchemaKind::Enum(item) if !item.values.is_empty() => Some(Named::Enum(item)),
        SchemaKind::Bits(masks) => Some(Named::Bits(masks)),
        SchemaKind::Union(union) => Some(Named::Union(unions::usable_discriminator(cx, union)?)),
        _ => None,
    }
}

pub(crate) fn lower_schema(cx: &mut Cx<'_>, id: SchemaId, spot: &Spot) -> Lowered {
    let id = canonical(cx.api, id);
    if let Some(name) = cx.store.by_schema.get(&id) {
        return Lowered::natural(Ty::Named(name.clone()));
    }
    let api = cx.api;
    let schema = &api.schemas[id];
    if spot.depth > DEEPEST || cx.store.open.contains(&id) {
        return lower_endless(cx, id);
    }
    if named(cx, schema).is_some() {
        return Lowered::natural(Ty::Named(intern(cx, id, spot)));
    }
    match &schema.kind {
        SchemaKind::Any | SchemaKind::Null | SchemaKind::Object(_) => Lowered::natural(Ty::Json),
        SchemaKind::Union(_) => unions::lower_untold(cx, schema),
        SchemaKind::Boolean => Lowered::natural(Ty::Bool),
        SchemaKind::Integer => lower_integer(schema.format.as_deref()),
        SchemaKind::Number => lower_number(schema.format.as_deref()),
        SchemaKind::String => lower_text(schema.format.as_deref()),
        SchemaKind::Enum(item) => Lowered::natural(enums::base_ty(item.base)),
        SchemaKind::Bits(_) => Lowered::natural(Ty::Int),
        SchemaKind::Array(items) => lower_inner(cx, id, *items, spot, Ty::List),
        SchemaKind::Map(values) => lower_inner(cx, id, *values, spot, Ty::Map),
    }
}

/// A list that is met again inside itself has a type all the same, if what it holds has a name by now.
fn lower_endless(cx: &mut Cx<'_>, id: SchemaId) -> Lowered {
    if let Some(ty) = held_by_name(cx, id, 0) {
        return Lowered::natural(ty);
    }
    let schema = &cx.api.schemas[id];
    cx.sink.push(
        Diagnostic::new(
            Id::KeptAsJson,
            &schema.place,
            "a list or map that holds itself, or nests too deep, is kept as JSON",
        )
        .help("give the inner object a schema of its own"),
    );
    Lowered::natural(Ty::Json)
}

/// What a component holds is named after the component, not after who met it first.
fn inner_spot(cx: &Cx<'_>, id: SchemaId, spot: &Spot) -> Spot {
    let schema = &cx.api.schemas[id];
    let Some(name) = &schema.name else {
        return spot.deeper();
    };
    let (module, bin) = cx.homes.of_file(&schema.file);
    let part = if matches!(schema.kind, SchemaKind::Map(_)) {
        "Value"
    } else {
        "Item"
    };
    Spot {
        depth: spot.depth + 1,
        ..Spot::new(&module, bin, &[name, part])
    }
}

fn held_by_name(cx: &Cx<'_>, id: SchemaId, depth: usize) -> Option<Ty> {
    let id = canonical(cx.api, id);
    if let Some(name) = cx.store.by_schema.get(&id) {
        return Some(Ty::Named(name.clone()));
    }
    match &cx.api.schemas[id].kind {
        SchemaKind::Array(inner) if depth < DEEPEST => {
            Some(Ty::List(Box::new(held_by_name(cx, *inner, depth + 1)?)))
        }
        SchemaKind::Map(inner) if depth < DEEPEST => {
            Some(Ty::Map(Box::new(held_by_name(cx, *inner, depth + 1)?)))
        }
        _ => None,
    }
}

fn lower_inner(
    cx: &mut Cx<'_>,
    id: SchemaId,
    inner: SchemaId,
    spot: &Spot,
    wrap: fn(Box<Ty>) -> Ty,
) -> Lowered {
    cx.store.open.insert(id);
    let lowered = lower_schema(cx, inner, &inner_spot(cx, id, spot));
    cx.store.open.remove(&id);
    Lowered {
        ty: wrap(Box::new(lowered.ty)),
        form: lowered.form,
    }
}

/// Gives every component that gets a name its name, and then its type, in the order of the description: so neither
/// depends on who refers to it.
pub(crate) fn lower_components(cx: &mut Cx<'_>) {
    let api = cx.api;
    let mut reserved = Vec::new();
    for (_, id) in &api.components {
        let schema = &api.schemas[*id];
        let is_type =
            schema.alias_of.is_none() && !cx.unwrapped.contains(id) && named(cx, schema).is_some();
        if is_type && !cx.store.by_schema.contains_key(id) {
            let (module, bin) = cx.homes.of_file(&schema.file);
            reserved.extend(reserve(cx, *id, &Spot::new(&module, bin, &[])).err());
        }
    }
    for (id, spot) in reserved {
        make(cx, id, &spot);
    }
}

/// The name of a schema's type, which is made on first sight.
fn intern(cx: &mut Cx<'_>, id: SchemaId, spot: &Spot) -> TypeRef {
    match reserve(cx, id, spot) {
        Ok(twin) => twin,
        Err((id, inner)) => make(cx, id, &inner),
    }
}

/// A type that is there already, or the name that the schema's type will have, and where its parts stand.
fn reserve(cx: &mut Cx<'_>, id: SchemaId, spot: &Spot) -> Result<TypeRef, (SchemaId, Spot)> {
    let schema = &cx.api.schemas[id];
    let home = home_of(cx, schema, spot);
    let (wanted, explicit) = wanted_name(schema, &home);
    if let Some(name) = twin(cx, id, &home, &wanted, explicit) {
        cx.store.by_schema.insert(id, name.clone());
        return Ok(name);
    }
    let name = cx.store.reserve(id, &home.module, home.bin, &wanted);
    if name.name != wanted {
        report_clash(cx, schema, &wanted, &name.name);
    }
    let parts = vec![name.name.to_string()];
    Err((
        id,
        Spot {
            parts,
            depth: spot.depth + 1,
            ..home
        },
    ))
}

/// Makes the type of a schema that has its name; `spot` is where its parts stand.
fn make(cx: &mut Cx<'_>, id: SchemaId, spot: &Spot) -> TypeRef {
    let api = cx.api;
    let schema = &api.schemas[id];
    let reference = cx.store.by_schema[&id].clone();
    let name = reference.name.clone();
    let ty = match named(cx, schema) {
        Some(Named::Struct(object)) => Type::Struct(lower_struct(cx, schema, object, name, spot)),
        Some(Named::Enum(item)) => Type::Enum(enums::lower_enum(cx, schema, item, name, spot)),
        Some(Named::Bits(masks)) => Type::Bits(enums::lower_bits(cx, schema, masks, name, spot)),
        Some(Named::Union(tag)) => Type::Union(unions::lower_union(cx, schema, tag, name, spot)),
        None => return reference,
    };
    cx.store.fill(&reference, ty);
    reference
}

/// Components live where their file belongs; what is written in place lives there.
fn home_of(cx: &Cx<'_>, schema: &Schema, spot: &Spot) -> Spot {
    if schema.name.is_none() {
        return spot.clone();
    }
    let (module, bin) = cx.homes.of_file(&schema.file);
    Spot {
        module,
        bin,
        ..spot.clone()
    }
}

fn wanted_name(schema: &Schema, spot: &Spot) -> (Name, bool) {
    let explicit = schema
        .name_override
        .as_deref()
        .filter(|name| names_a_type(name))
        .or(schema.name.as_deref());
    match explicit {
        Some(name) => (type_name(&[name]), true),
        None => {
            let parts: Vec<&str> = spot.parts.iter().map(String::as_str).collect();
            (type_name(&parts), false)
        }
    }
}

/// `x-name` of a property names the type if it looks like one, else the member.
pub(crate) fn names_a_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_uppercase())
}

/// A schema that has the same name on purpose, and says the same.
fn twin(cx: &Cx<'_>, id: SchemaId, home: &Spot, wanted: &Name, explicit: bool) -> Option<TypeRef> {
    let other = cx.store.owner(&home.module, wanted)??;
    let same = explicit && shapes::same_shape(cx.api, id, other);
    same.then(|| TypeRef {
        module: home.module.clone(),
        name: wanted.clone(),
    })
}

fn report_clash(cx: &mut Cx<'_>, schema: &Schema, wanted: &Name, given: &Name) {
    cx.sink.push(
        Diagnostic::new(
            Id::NameClash,
            &schema.place,
            format!("the type name `{wanted}` is taken; this one becomes `{given}`"),
        )
        .help("give one of the two an `x-name`"),
    );
}
