//! `$ref` with siblings, `allOf`, `oneOf`, `anyOf`: several schemas become one reading.

use std::collections::{BTreeMap, HashSet};

use super::Cx;
use super::api::{
    Discriminator, EnumBase, EnumSchema, EnumValue, SchemaId, SchemaKind, UnionSchema,
};
use super::draft::{Draft, Slot};
use super::merge::Sum;
use super::reference::Kind;
use crate::diagnostic::{Diagnostic, Id};
use crate::source::Place;
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
        if let Some(Slot::Done(draft)) = self.schemas.get_mut(id.0 as usize) {
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
