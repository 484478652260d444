//! `$ref` with siblings, `allOf`, `oneOf`, `anyOf`: several schemas become one reading.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Cx;
use super::api::{
    Discriminator, EnumBase, EnumSchema, EnumValue, Limits, ObjectSchema, Schema, SchemaId,
    SchemaKind, UnionSchema,
};
use super::reference::Kind;
use super::schema::{self, Draft, label};
use crate::diagnostic::{Diagnostic, Id};
use crate::source::Place;
use crate::syntax::node::Node;
use crate::syntax::reader::{Cursor, Object};

/// The schemas that a schema is put together from.
pub(super) struct Parts<'a> {
    /// `$ref` and `allOf`: all hold.
    all: Vec<(SchemaId, Cursor<'a>)>,
    /// `oneOf` and `anyOf`: lists of alternatives.
    one: Vec<Vec<(SchemaId, Cursor<'a>)>>,
    discriminator: Option<Cursor<'a>>,
}

impl<'a> Parts<'a> {
    pub(super) fn read(cx: &mut Cx<'a>, object: &mut Object<'a>) -> Self {
        let mut all = Vec::new();
        if let Some(reference) = object.get("$ref", &cx.sink)
            && let Some(target) = cx.target(&reference, Kind::Schema)
        {
            all.push((cx.schema(target), reference));
        }
        all.extend(list(cx, object, "allOf"));
        let one = ["oneOf", "anyOf"]
            .into_iter()
            .map(|key| list(cx, object, key))
            .filter(|list| !list.is_empty())
            .collect();
        Self {
            all,
            one,
            discriminator: object.get("discriminator", &cx.sink),
        }
    }

    fn is_none(&self) -> bool {
        self.all.is_empty() && self.one.is_empty()
    }
}

fn list<'a>(
    cx: &mut Cx<'a>,
    object: &mut Object<'a>,
    key: &'static str,
) -> Vec<(SchemaId, Cursor<'a>)> {
    let Some(cursor) = object.get(key, &cx.sink) else {
        return Vec::new();
    };
    let list = cursor.list(&mut cx.sink);
    list.into_iter()
        .map(|cursor| (cx.schema(cursor.clone()), cursor))
        .collect()
}

impl<'a> Cx<'a> {
    /// One draft from a schema's own keywords and its parts.
    pub(super) fn compose(&mut self, own: Draft, parts: Parts<'a>) -> Draft {
        let discriminator = parts.discriminator.clone();
        let draft = if parts.is_none() {
            own
        } else {
            self.join(own, parts)
        };
        if let Some(discriminator) = discriminator {
            self.discriminate(&discriminator, draft)
        } else {
            draft
        }
    }

    fn join(&mut self, mut own: Draft, parts: Parts<'a>) -> Draft {
        let has_members = matches!(own.schema.kind, SchemaKind::Object(_)) && !own.is_bare_object;
        // What stands beside `allOf` is said last.
        let members = has_members.then(|| std::mem::replace(&mut own.schema.kind, SchemaKind::Any));
        let mut sum = Sum::new(own);
        sum.is_own |= has_members;
        for (id, cursor) in &parts.all {
            match self.part(*id, cursor) {
                Some(part) => sum.add(self, *id, part),
                None => sum.is_broken = true,
            }
        }
        for alternatives in parts.one {
            match self.alternatives(has_members, &alternatives) {
                Alternatives::None => {}
                Alternatives::One(id, part, is_nullable) => {
                    sum.own.schema.nullable |= is_nullable;
                    sum.add(self, id, *part);
                }
                Alternatives::Kind(kind, is_nullable) => {
                    sum.own.schema.nullable |= is_nullable;
                    sum.add_kind(self, kind);
                }
            }
        }
        if let Some(members) = members {
            sum.add_kind(self, members);
            sum.own.is_bare_object = false;
        }
        sum.finish(self)
    }

    /// Reads a part now; a finding if it is composed of what is being read.
    fn is_ready(&mut self, id: SchemaId, cursor: &Cursor<'a>) -> bool {
        let before = self.sink.total();
        let is_ready = self.draft(id).is_some();
        if !is_ready && self.sink.total() == before {
            self.cyclic(cursor);
        }
        is_ready
    }

    /// A copy of a part.
    fn part(&mut self, id: SchemaId, cursor: &Cursor<'a>) -> Option<Draft> {
        if !self.is_ready(id, cursor) {
            return None;
        }
        let weight = self.draft(id).map_or(0, |draft| draft.weight);
        if !self.spend(weight, &cursor.place) {
            return None;
        }
        self.set_part(id);
        self.draft(id).cloned()
    }

    /// A part is no schema on its own: what it requires may stand in another part.
    fn set_part(&mut self, id: SchemaId) {
        if let Some(schema::Slot::Done(draft)) = self.schemas.get_mut(id.0 as usize) {
            draft.is_part = true;
        }
    }

    fn alternatives(&mut self, has_members: bool, list: &[(SchemaId, Cursor<'a>)]) -> Alternatives {
        let mut kept: Vec<(SchemaId, &Cursor<'a>)> = Vec::new();
        let mut seen = HashSet::new();
        let mut is_nullable = false;
        for (id, cursor) in list {
            if !self.is_ready(*id, cursor) {
                continue;
            }
            let Some(draft) = self.draft(*id) else {
                continue;
            };
            if matches!(draft.schema.kind, SchemaKind::Null) {
                is_nullable = true;
            } else if has_members && is_mere_condition(draft) {
                // The members that it asks for are there without it.
                self.set_part(*id);
            } else if seen.insert(*id) {
                is_nullable |= draft.schema.nullable;
                kept.push((*id, cursor));
            }
        }
        match kept.as_slice() {
            [] if is_nullable => Alternatives::Kind(SchemaKind::Null, true),
            [] => Alternatives::None,
            [(id, cursor)] => match self.part(*id, cursor) {
                Some(part) => Alternatives::One(*id, Box::new(part), is_nullable),
                None => Alternatives::None,
            },
            _ => {
                let ids: Vec<SchemaId> = kept.iter().map(|(id, _)| *id).collect();
                let scalar = self.scalars(&ids);
                let kind = scalar.unwrap_or(SchemaKind::Union(UnionSchema {
                    variants: ids,
                    discriminator: None,
                }));
                Alternatives::Kind(kind, is_nullable)
            }
        }
    }

    /// Alternatives that are all scalars of one JSON type are that type; enums join.
    fn scalars(&mut self, ids: &[SchemaId]) -> Option<SchemaKind> {
        let mut bases = HashSet::new();
        let (mut has_enum, mut has_format) = (false, false);
        for id in ids {
            let schema = self.filled(*id)?;
            bases.insert(scalar(&schema.kind)?);
            has_enum |= matches!(schema.kind, SchemaKind::Enum(_));
            // A format beside values means that the rest has a form of its own.
            has_format |= schema.format.is_some();
        }
        let is_plain = !has_enum || has_format;
        let bases: Vec<Scalar> = bases.into_iter().collect();
        Some(match bases.as_slice() {
            [Scalar::Boolean] => SchemaKind::Boolean,
            [Scalar::Number] => SchemaKind::Number,
            [Scalar::Text] if is_plain => SchemaKind::String,
            [Scalar::Integer] if is_plain => SchemaKind::Integer,
            [Scalar::Text] => SchemaKind::Enum(self.join_enums(ids, EnumBase::Text)),
            [Scalar::Integer] => SchemaKind::Enum(self.join_enums(ids, EnumBase::Integer)),
            [Scalar::Integer, Scalar::Number] | [Scalar::Number, Scalar::Integer] => {
                SchemaKind::Number
            }
            _ => return None,
        })
    }

    fn join_enums(&mut self, ids: &[SchemaId], base: EnumBase) -> EnumSchema {
        let mut values: Vec<EnumValue> = Vec::new();
        let mut seen = HashSet::new();
        for id in ids {
            let Some(schema) = self.filled(*id) else {
                continue;
            };
            let SchemaKind::Enum(enum_) = &schema.kind else {
                continue;
            };
            for value in &enum_.values {
                if !seen.insert(value.value.to_string()) {
                    continue;
                }
                let mut value = value.clone();
                if value.description.is_empty() && enum_.values.len() == 1 {
                    value.description.clone_from(&schema.description);
                }
                values.push(value);
            }
        }
        EnumSchema { base, values }
    }

    /// `discriminator` belongs to a union; elsewhere it only names a member.
    fn discriminate(&mut self, cursor: &Cursor<'a>, mut draft: Draft) -> Draft {
        let Some(mut object) = Object::open(cursor, "a discriminator", &mut self.sink) else {
            return draft;
        };
        let property = object
            .need("propertyName", &mut self.sink)
            .and_then(|cursor| cursor.text(&mut self.sink));
        let mapping = object
            .get("mapping", &self.sink)
            .map(|mapping| mapping.members(&mut self.sink));
        object.pass(&["defaultMapping"]);
        object.finish(&mut self.sink);
        let mut explicit = BTreeMap::new();
        for (value, target) in mapping.unwrap_or_default() {
            if let Some(id) = self.mapped(&target) {
                explicit.insert(value.to_owned(), id);
            }
        }
        if let (SchemaKind::Union(union), Some(property)) = (&mut draft.schema.kind, property) {
            let mapped: HashSet<SchemaId> = explicit.values().copied().collect();
            let variants = union.variants.clone();
            for id in variants {
                let name = self.filled(id).and_then(|schema| schema.name.clone());
                if let Some(name) = name.filter(|_| !mapped.contains(&id)) {
                    explicit.insert(name, id);
                }
            }
            union.discriminator = Some(Discriminator {
                property,
                mapping: explicit,
            });
        }
        draft
    }

    /// The schema of an entry of `mapping`: a reference, or the bare name of a component.
    fn mapped(&mut self, target: &Cursor<'a>) -> Option<SchemaId> {
        let text = target.text(&mut self.sink)?;
        if text.contains(['/', '#', '.']) {
            let found = self.target(target, Kind::Schema)?;
            return Some(self.schema(found));
        }
        let (path, node) = self.files.get(&target.place.file)?;
        let components = Cursor::new(node, Place::file(path.clone())).child("components");
        let found = components.and_then(|components| components.child("schemas")?.child(&text));
        match found {
            Some(found) => {
                self.used.insert(found.address());
                Some(self.schema(found))
            }
            None => {
                let headline = format!(
                    "there is no schema `{}`",
                    crate::syntax::reader::shorten(&text)
                );
                self.sink
                    .push(Diagnostic::new(Id::DanglingRef, &target.place, headline));
                None
            }
        }
    }
}

/// What a list of alternatives comes to.
enum Alternatives {
    None,
    One(SchemaId, Box<Draft>, bool),
    Kind(SchemaKind, bool),
}

/// An alternative that only says which members are needed together describes no value of its own.
fn is_mere_condition(draft: &Draft) -> bool {
    let is_empty = match &draft.schema.kind {
        SchemaKind::Any => true,
        SchemaKind::Object(_) => draft.is_bare_object,
        _ => false,
    };
    is_empty && draft.schema.name.is_none()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scalar {
    Boolean,
    Integer,
    Number,
    Text,
}

fn scalar(kind: &SchemaKind) -> Option<Scalar> {
    match kind {
        SchemaKind::Boolean => Some(Scalar::Boolean),
        SchemaKind::Integer => Some(Scalar::Integer),
        SchemaKind::Number => Some(Scalar::Number),
        SchemaKind::String => Some(Scalar::Text),
        SchemaKind::Enum(enum_) => Some(match enum_.base {
            EnumBase::Text => Scalar::Text,
            EnumBase::Integer => Scalar::Integer,
        }),
        SchemaKind::Any
        | SchemaKind::Null
        | SchemaKind::Bits(_)
        | SchemaKind::Array(_)
        | SchemaKind::Object(_)
        | SchemaKind::Map(_)
        | SchemaKind::Union(_) => None,
    }
}

/// Schemas being joined into one.
struct Sum {
    own: Draft,
    /// The one part with a type of its own, as long as nothing was added to it.
    alias: Option<SchemaId>,
    parts: usize,
    /// Whether the schema itself, or a second part, says what the value is.
    is_own: bool,
    is_broken: bool,
}

impl Sum {
    fn new(own: Draft) -> Self {
        let is_own = !(matches!(own.schema.kind, SchemaKind::Any) || own.is_bare_object)
            || !own.required.is_empty();
        Self {
            own,
            alias: None,
            parts: 0,
            is_own,
            is_broken: false,
        }
    }

    fn add(&mut self, cx: &mut Cx<'_>, id: SchemaId, part: Draft) {
        let says_nothing = matches!(part.schema.kind, SchemaKind::Any)
            && part.required.is_empty()
            && part.schema.name.is_none();
        self.words(&part.schema);
        self.limits(&part.schema.limits);
        if says_nothing {
            return;
        }
        self.parts += 1;
        self.alias = (self.parts == 1).then(|| part.schema.alias_of.unwrap_or(id));
        if self.parts == 1 {
            self.own.schema.nullable |= part.schema.nullable;
        } else {
            self.own.schema.nullable &= part.schema.nullable;
        }
        self.own.required.extend(part.required);
        let is_bare = part.is_bare_object;
        let had_members =
            !matches!(self.own.schema.kind, SchemaKind::Any) && !self.own.is_bare_object;
        self.add_kind(cx, part.schema.kind);
        self.own.is_bare_object = if had_members {
            self.own.is_bare_object
        } else {
            is_bare
        };
    }

    /// Own words win; what is not said is taken from the part.
    fn words(&mut self, part: &Schema) {
        let own = &mut self.own.schema;
        if own.description.is_empty() {
            own.description.clone_from(&part.description);
        }
        if own.title.is_empty() && part.name.is_none() {
            own.title.clone_from(&part.title);
        }
        own.format = own.format.take().or_else(|| part.format.clone());
        own.unit = own.unit.take().or_else(|| part.unit.clone());
        own.default = own.default.take().or_else(|| part.default.clone());
        own.deprecated |= part.deprecated && part.name.is_none();
        own.read_only |= part.read_only;
        own.write_only |= part.write_only;
        own.absent_clears |= part.absent_clears;
        if own.examples.is_empty() {
            own.examples.clone_from(&part.examples);
        }
        if own.field_scopes.is_empty() {
            own.field_scopes.clone_from(&part.field_scopes);
        }
    }

    fn limits(&mut self, part: &Limits) {
        let own = &mut self.own.schema.limits;
        own.minimum = own.minimum.or(part.minimum);
        own.maximum = own.maximum.or(part.maximum);
        own.exclusive_minimum |= part.exclusive_minimum;
        own.exclusive_maximum |= part.exclusive_maximum;
        own.min_length = own.min_length.or(part.min_length);
        own.max_length = own.max_length.or(part.max_length);
        own.pattern = own.pattern.take().or_else(|| part.pattern.clone());
        own.min_items = own.min_items.or(part.min_items);
        own.max_items = own.max_items.or(part.max_items);
        own.unique_items |= part.unique_items;
    }

    fn add_kind(&mut self, cx: &mut Cx<'_>, part: SchemaKind) {
        let own = std::mem::replace(&mut self.own.schema.kind, SchemaKind::Any);
        let own = if self.own.is_bare_object && !matches!(part, SchemaKind::Object(_)) {
            SchemaKind::Any
        } else {
            own
        };
        self.own.schema.kind = match merge(cx, own, part) {
            Ok(kind) => kind,
            Err(kept) => {
                let place = self.own.schema.place.clone();
                let headline = format!(
                    "the parts of {} do not go together; it is kept as JSON",
                    label(&self.own.schema)
                );
                cx.sink
                    .push(Diagnostic::new(Id::ConflictingSchemas, &place, headline).note(kept));
                SchemaKind::Any
            }
        };
    }

    fn finish(mut self, cx: &mut Cx<'_>) -> Draft {
        if let SchemaKind::Object(members) = &mut self.own.schema.kind {
            let before = self.own.required.len();
            schema::require(members, &mut self.own.required);
            self.is_own |= self.own.required.len() < before;
        }
        if !self.is_own && self.parts == 1 {
            self.own.schema.alias_of = self.alias.filter(|id| cx.is_own_type(*id));
        }
        if self.is_broken && self.parts == 0 && !self.is_own {
            self.own.schema.kind = SchemaKind::Any;
        }
        self.own
    }
}

impl Cx<'_> {
    /// Whether a second name for a schema would make a second type.
    fn is_own_type(&mut self, id: SchemaId) -> bool {
        self.filled(id)
            .is_some_and(|schema| !matches!(schema.kind, SchemaKind::Any))
    }
}

/// What holds if both hold. The error says what does not go together.
fn merge(cx: &mut Cx<'_>, own: SchemaKind, part: SchemaKind) -> Result<SchemaKind, String> {
    use SchemaKind as K;
    Ok(match (own, part) {
        (K::Any, kind) | (kind, K::Any) => kind,
        (K::Boolean, K::Boolean) => K::Boolean,
        (K::String, K::String) => K::String,
        (K::Null, K::Null) => K::Null,
        (K::Integer, K::Integer | K::Number) | (K::Number, K::Integer) => K::Integer,
        (K::Number, K::Number) => K::Number,
        (K::Enum(enum_), K::String | K::Integer | K::Number)
        | (K::String | K::Integer | K::Number, K::Enum(enum_)) => K::Enum(enum_),
        (K::Enum(own), K::Enum(part)) if own.base == part.base => K::Enum(narrow(own, &part)),
        (K::Bits(bits), K::Integer) | (K::Integer, K::Bits(bits)) | (K::Bits(bits), K::Bits(_)) => {
            K::Bits(bits)
        }
        (K::Array(own), K::Array(part)) => K::Array(if own == cx.any { part } else { own }),
        (K::Object(own), K::Object(part)) => K::Object(merge_objects(cx, own, part)),
        (K::Object(mut members), K::Map(values)) | (K::Map(values), K::Object(mut members)) => {
            members.additional = members.additional.or(Some(values));
            K::Object(members)
        }
        (K::Map(own), K::Map(part)) => K::Map(if own == cx.any { part } else { own }),
        (K::Union(union), K::Object(members)) | (K::Object(members), K::Union(union))
            if members.properties.is_empty() =>
        {
            K::Union(union)
        }
        (own, part) => return Err(format!("{} and {}", kind_name(&own), kind_name(&part))),
    })
}

fn kind_name(kind: &SchemaKind) -> &'static str {
    match kind {
        SchemaKind::Any => "anything",
        SchemaKind::Boolean => "a boolean",
        SchemaKind::Integer => "an integer",
        SchemaKind::Number => "a number",
        SchemaKind::String => "a text",
        SchemaKind::Null => "null",
        SchemaKind::Enum(_) => "an enum",
        SchemaKind::Bits(_) => "named bits",
        SchemaKind::Array(_) => "a list",
        SchemaKind::Object(_) => "an object with members",
        SchemaKind::Map(_) => "a map",
        SchemaKind::Union(_) => "alternatives",
    }
}

/// The values that both have; if they share none, the first list.
fn narrow(mut own: EnumSchema, part: &EnumSchema) -> EnumSchema {
    let others: HashSet<String> = part
        .values
        .iter()
        .map(|value| value.value.to_string())
        .collect();
    let is_shared = |value: &EnumValue| others.contains(&value.value.to_string());
    if own.values.iter().any(is_shared) {
        own.values.retain(is_shared);
    }
    own
}

/// Members in the order of the document. Of a member that both have, the more special one counts: the later one that says what it is.
fn merge_objects(cx: &mut Cx<'_>, own: ObjectSchema, part: ObjectSchema) -> ObjectSchema {
    let mut sum = own;
    let mut index: HashMap<String, usize> = sum
        .properties
        .iter()
        .enumerate()
        .map(|(at, property)| (property.name.clone(), at))
        .collect();
    for property in part.properties {
        match index.get(&property.name) {
            None => {
                index.insert(property.name.clone(), sum.properties.len());
                sum.properties.push(property);
            }
            Some(&at) => {
                let required = sum.properties[at].required || property.required;
                if cx.is_more_special(sum.properties[at].schema, property.schema) {
                    sum.properties[at] = property;
                }
                sum.properties[at].required = required;
            }
        }
    }
    sum.additional = sum.additional.or(part.additional);
    sum
}

impl Cx<'_> {
    /// Whether the second of two schemas for one member replaces the first.
    fn is_more_special(&self, first: SchemaId, second: SchemaId) -> bool {
        !self.is_only_words(second) && (self.is_only_words(first) || first != second)
    }

    fn is_only_words(&self, id: SchemaId) -> bool {
        match &self.schemas[id.0 as usize] {
            schema::Slot::Waiting(cursor) => match cursor.node {
                Node::Map(map) => schema::is_only_words(map),
                _ => true,
            },
            schema::Slot::Busy(_) => false,
            schema::Slot::Done(draft) => matches!(draft.schema.kind, SchemaKind::Any),
        }
    }
}
