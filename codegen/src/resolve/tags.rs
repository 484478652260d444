//! Unions without a `discriminator` whose alternatives say by a constant which they are: they get one.
//!
//! The same member must be one text in each alternative, and another in each. Nothing is guessed from the members that are
//! there or missing: the decoder reads leniently, so several alternatives would fit. Without such a member a union has no tag.

use std::collections::{BTreeMap, HashMap};

use super::api::{Discriminator, EnumBase, SchemaId, SchemaKind, Schemas, UnionSchema};

/// Later constants of an object are not looked at: the tag stands in front, and hostile documents have thousands.
const MOST: usize = 8;

pub(super) fn infer(schemas: &mut Schemas) {
    let tags = Tags::default().of_all(schemas);
    for (index, tag) in tags {
        if let SchemaKind::Union(union) = &mut schemas.0[index].kind {
            union.discriminator = Some(tag);
        }
    }
}

/// Members that are always the same text, with that text.
type Constants<'s> = Vec<(&'s str, &'s str)>;

#[derive(Default)]
struct Tags<'s> {
    known: HashMap<SchemaId, Constants<'s>>,
}

impl<'s> Tags<'s> {
    fn of_all(mut self, schemas: &'s Schemas) -> Vec<(usize, Discriminator)> {
        let unions = schemas.0.iter().enumerate();
        unions
            .filter_map(|(index, schema)| match &schema.kind {
                SchemaKind::Union(union) if union.discriminator.is_none() => {
                    Some((index, self.of(schemas, union)?))
                }
                _ => None,
            })
            .collect()
    }

    /// The first member of the first alternative that tells all of them apart.
    fn of(&mut self, schemas: &'s Schemas, union: &UnionSchema) -> Option<Discriminator> {
        for id in &union.variants {
            let constants = self
                .known
                .entry(*id)
                .or_insert_with(|| constants(schemas, *id));
            if constants.is_empty() {
                return None;
            }
        }
        let first = &self.known[union.variants.first()?];
        first
            .iter()
            .find_map(|(name, _)| self.tell_apart(name, &union.variants))
    }

    fn tell_apart(&self, name: &str, variants: &[SchemaId]) -> Option<Discriminator> {
        let mut mapping = BTreeMap::new();
        for id in variants {
            let (_, value) = self.known[id].iter().find(|(known, _)| *known == name)?;
            if mapping.insert((*value).to_owned(), *id).is_some() {
                return None;
            }
        }
        Some(Discriminator {
            property: name.to_owned(),
            mapping,
        })
    }
}

fn constants(schemas: &Schemas, id: SchemaId) -> Constants<'_> {
    let SchemaKind::Object(object) = &schemas[id].kind else {
        return Vec::new();
    };
    let properties = object.properties.iter();
    properties
        .filter_map(|property| Some((property.name.as_str(), constant(schemas, property.schema)?)))
        .take(MOST)
        .collect()
}

/// The text that a value always is.
fn constant(schemas: &Schemas, id: SchemaId) -> Option<&str> {
    match &schemas[id].kind {
        SchemaKind::Enum(item) if item.base == EnumBase::Text => match item.values.as_slice() {
            [only] => only.value.as_str(),
            _ => None,
        },
        _ => None,
    }
}
