//! From schemas to types.
//!
//! A schema gives one type, whatever role it plays. Objects, enums, bit masks and unions get a name: that of their
//! `x-name` or component, else that of the type they stand in with the property's name behind it.

use std::collections::{HashMap, HashSet};

use super::markdown::code_span;
use super::names::{Taken, setter_name, type_name};
use super::scalars::{
    Lowered, lower_exposure, lower_integer, lower_number, lower_presence, lower_text,
};
use super::{Cx, docs, enums, shapes, unions};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{
    Access, Construction, Field, Layout, Name, Presence, Struct, Ty, Type, TypeRef, WireName,
};
use crate::resolve::api::{ObjectSchema, Property, Schema, SchemaId, SchemaKind};

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

/// A list of types that are written together: those of an operation, or those of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BinId(usize);

/// All types of the client, while they are being made.
#[derive(Debug, Default)]
pub(crate) struct TypeStore {
    bins: Vec<Vec<Option<Type>>>,
    slots: HashMap<TypeRef, (BinId, usize)>,
    taken: HashMap<Name, Taken<Option<SchemaId>>>,
    by_schema: HashMap<SchemaId, TypeRef>,
    /// Lists, maps and the like that are being lowered right now.
    open: HashSet<SchemaId>,
}

impl TypeStore {
    pub(crate) fn add_bin(&mut self) -> BinId {
        self.bins.push(Vec::new());
        BinId(self.bins.len() - 1)
    }

    pub(crate) fn take_bin(&mut self, bin: BinId) -> Vec<Type> {
        std::mem::take(&mut self.bins[bin.0])
            .into_iter()
            .flatten()
            .collect()
    }

    pub(crate) fn get(&self, name: &TypeRef) -> Option<&Type> {
        let (bin, index) = self.slots.get(name)?;
        self.bins[bin.0].get(*index)?.as_ref()
    }

    pub(crate) fn structs_mut(&mut self) -> impl Iterator<Item = (&TypeRef, &mut Struct)> {
        let mut by_slot: HashMap<(usize, usize), &TypeRef> = HashMap::new();
        by_slot.extend(
            self.slots
                .iter()
                .map(|(name, (bin, index))| ((bin.0, *index), name)),
        );
        self.bins
            .iter_mut()
            .enumerate()
            .flat_map(|(bin, types)| {
                types
                    .iter_mut()
                    .enumerate()
                    .map(move |(index, ty)| ((bin, index), ty))
            })
            .filter_map(move |(slot, ty)| match ty {
                Some(Type::Struct(item)) => Some((*by_slot.get(&slot)?, item)),
                _ => None,
            })
    }

    pub(crate) fn types(&self) -> impl Iterator<Item = (&TypeRef, &Type)> {
        self.slots
            .iter()
            .filter_map(|(name, (bin, index))| Some((name, self.bins[bin.0][*index].as_ref()?)))
    }

    /// Whether values of the type are JSON objects.
    pub(crate) fn is_structured(&self, name: &TypeRef) -> bool {
        matches!(self.get(name), Some(Type::Struct(_) | Type::Union(_)))
    }

    /// Keeps a type name for something that is no schema.
    pub(crate) fn claim(&mut self, module: &Name, wanted: &Name) -> Name {
        self.taken
            .entry(module.clone())
            .or_default()
            .claim(wanted, None)
    }

    pub(crate) fn is_lowered(&self, id: SchemaId) -> bool {
        self.by_schema.contains_key(&id)
    }

    fn owner(&self, module: &Name, name: &Name) -> Option<Option<SchemaId>> {
        self.taken.get(module)?.owner(name).copied()
    }

    fn reserve(&mut self, id: SchemaId, spot: &Spot, wanted: &Name) -> TypeRef {
        let name = self
            .taken
            .entry(spot.module.clone())
            .or_default()
            .claim(wanted, Some(id));
        let reference = TypeRef {
            module: spot.module.clone(),
            name,
        };
        let bin = &mut self.bins[spot.bin.0];
        self.slots.insert(reference.clone(), (spot.bin, bin.len()));
        bin.push(None);
        self.by_schema.insert(id, reference.clone());
        reference
    }

    fn fill(&mut self, name: &TypeRef, ty: Type) {
        if let Some((bin, index)) = self.slots.get(name) {
            self.bins[bin.0][*index] = Some(ty);
        }
    }
}

/// The schema whose type this one has.
pub(crate) fn canonical(cx: &Cx<'_>, id: SchemaId) -> SchemaId {
    let mut id = id;
    for _ in 0..DEEPEST {
        match cx.api.schemas[id].alias_of {
            Some(target) => id = target,
            None => break,
        }
    }
    id
}

pub(crate) fn lower_schema(cx: &mut Cx<'_>, id: SchemaId, spot: &Spot) -> Lowered {
    let id = canonical(cx, id);
    if let Some(name) = cx.store.by_schema.get(&id) {
        return Lowered::natural(Ty::Named(name.clone()));
    }
    let api = cx.api;
    let schema = &api.schemas[id];
    if spot.depth > DEEPEST || cx.store.open.contains(&id) {
        return lower_endless(cx, schema);
    }
    match &schema.kind {
        SchemaKind::Any | SchemaKind::Null => Lowered::natural(Ty::Json),
        SchemaKind::Boolean => Lowered::natural(Ty::Bool),
        SchemaKind::Integer => lower_integer(schema.format.as_deref()),
        SchemaKind::Number => lower_number(schema.format.as_deref()),
        SchemaKind::String => lower_text(schema.format.as_deref()),
        SchemaKind::Array(items) => lower_inner(cx, id, *items, spot, Ty::List),
        SchemaKind::Map(values) => lower_inner(cx, id, *values, spot, Ty::Map),
        SchemaKind::Enum(item) => enums::lower_enum(cx, id, schema, item, spot),
        SchemaKind::Bits(masks) => enums::lower_bits(cx, id, schema, masks, spot),
        SchemaKind::Object(object) => lower_object(cx, id, schema, object, spot),
        SchemaKind::Union(union) => unions::lower_union(cx, id, schema, union, spot),
    }
}

fn lower_endless(cx: &mut Cx<'_>, schema: &Schema) -> Lowered {
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

fn lower_inner(
    cx: &mut Cx<'_>,
    id: SchemaId,
    inner: SchemaId,
    spot: &Spot,
    wrap: fn(Box<Ty>) -> Ty,
) -> Lowered {
    cx.store.open.insert(id);
    let lowered = lower_schema(cx, inner, &spot.deeper());
    cx.store.open.remove(&id);
    Lowered {
        ty: wrap(Box::new(lowered.ty)),
        form: lowered.form,
    }
}

fn lower_object(
    cx: &mut Cx<'_>,
    id: SchemaId,
    schema: &Schema,
    object: &ObjectSchema,
    spot: &Spot,
) -> Lowered {
    if object.properties.is_empty() {
        return Lowered::natural(Ty::Json);
    }
    report_additional(cx, schema, object);
    intern(cx, id, schema, spot, |cx, name, inner| {
        let docs = docs::type_docs(schema, &spot.fallback);
        let fields = lower_properties(cx, &object.properties, &inner);
        Type::Struct(Struct {
            name,
            docs,
            fields,
            construction: Construction::None,
        })
    })
}

fn report_additional(cx: &mut Cx<'_>, schema: &Schema, object: &ObjectSchema) {
    let Some(additional) = object.additional else {
        return;
    };
    if matches!(cx.api.schemas[additional].kind, SchemaKind::Any) {
        return;
    }
    cx.sink.push(
        Diagnostic::new(
            Id::LostMembers,
            &schema.place,
            "members beside the named ones are not kept",
        )
        .note("an object has either named properties or a map of others"),
    );
}

/// Gives a schema its type, made by `build` on first sight.
pub(crate) fn intern(
    cx: &mut Cx<'_>,
    id: SchemaId,
    schema: &Schema,
    spot: &Spot,
    build: impl FnOnce(&mut Cx<'_>, Name, Spot) -> Type,
) -> Lowered {
    let home = home_of(cx, schema, spot);
    let (wanted, explicit) = wanted_name(schema, &home);
    if let Some(name) = twin(cx, id, &home, &wanted, explicit) {
        cx.store.by_schema.insert(id, name.clone());
        return Lowered::natural(Ty::Named(name));
    }
    let name = cx.store.reserve(id, &home, &wanted);
    if name.name != wanted {
        report_clash(cx, schema, &wanted, &name.name);
    }
    let inner = Spot {
        module: home.module,
        bin: home.bin,
        parts: vec![name.name.to_string()],
        depth: spot.depth + 1,
        fallback: String::new(),
    };
    let ty = build(cx, name.name.clone(), inner);
    cx.store.fill(&name, ty);
    Lowered::natural(Ty::Named(name))
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
fn names_a_type(name: &str) -> bool {
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

fn lower_properties(cx: &mut Cx<'_>, properties: &[Property], spot: &Spot) -> Vec<Field> {
    let mut taken = Taken::default();
    properties
        .iter()
        .map(|property| lower_property(cx, property, spot, &mut taken))
        .collect()
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
    item.fields.iter().find(|field| field.wire.0 == wire)
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
