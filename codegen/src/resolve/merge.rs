//! Two readings that both hold become one.

use std::collections::{HashMap, HashSet};

use super::Cx;
use super::api::{EnumSchema, EnumValue, Limits, ObjectSchema, Schema, SchemaId, SchemaKind};
use super::draft::{Draft, Slot, label, require};
use super::schema::is_only_words;
use crate::diagnostic::{Diagnostic, Id};
use crate::syntax::node::Node;

/// Schemas being joined into one.
pub(super) struct Sum {
    pub(super) own: Draft,
    /// The one part with a type of its own, as long as nothing was added to it.
    alias: Option<SchemaId>,
    parts: usize,
    /// Whether the schema itself, or a second part, says what the value is.
    pub(super) is_own: bool,
    pub(super) is_broken: bool,
}

impl Sum {
    pub(super) fn new(own: Draft) -> Self {
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

    pub(super) fn add(&mut self, cx: &mut Cx<'_>, id: SchemaId, part: Draft) {
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

    pub(super) fn add_kind(&mut self, cx: &mut Cx<'_>, part: SchemaKind) {
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

    pub(super) fn finish(mut self, cx: &mut Cx<'_>) -> Draft {
        if let SchemaKind::Object(members) = &mut self.own.schema.kind {
            let before = self.own.required.len();
            require(members, &mut self.own.required);
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

impl Cx<'_> {
    /// Whether the second of two schemas for one member replaces the first.
    fn is_more_special(&self, first: SchemaId, second: SchemaId) -> bool {
        !self.is_only_words(second) && (self.is_only_words(first) || first != second)
    }

    fn is_only_words(&self, id: SchemaId) -> bool {
        match &self.schemas[id.0 as usize] {
            Slot::Waiting(cursor) => match cursor.node {
                Node::Map(map) => is_only_words(map),
                _ => true,
            },
            Slot::Busy(_) => false,
            Slot::Done(draft) => matches!(draft.schema.kind, SchemaKind::Any),
        }
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
