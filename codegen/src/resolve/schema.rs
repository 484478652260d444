//! Schemas: from keywords to one reading.
//!
//! A schema gets its id when it is first met and is read later, so properties may lead in a circle.
//! Only compositions and references need another schema at once; a circle of those means nothing and is a finding.

use super::api::{Api, ObjectSchema, Property, Schema, SchemaId, SchemaKind, Schemas};
use super::compose::Parts;
use super::draft::{Draft, Slot, any, require, weight};
use super::reference::Kind;
use super::types::{TYPES, Type, limits};
use super::{Cx, Sample, enums, extension, quirks, tags};
use crate::diagnostic::{Diagnostic, Id};
use crate::source::Place;
use crate::syntax::extensions::SCHEMA;
use crate::syntax::node::{Map, Node};
use crate::syntax::reader::{Cursor, Object, wrong_type};

/// More schemas are not read: each costs memory.
const MAX_SCHEMAS: usize = 50_000;
/// Compositions and references within each other.
const MAX_CHAIN: usize = 48;

impl<'a> Cx<'a> {
    /// The id of the schema at a node.
    pub(super) fn schema(&mut self, cursor: Cursor<'a>) -> SchemaId {
        let is_reference = cursor
            .node
            .as_map()
            .is_some_and(|map| map.len() == 1 && map.has("$ref"));
        let cursor = if is_reference {
            match self.follow_schema(cursor) {
                Some(cursor) => cursor,
                None => return self.any,
            }
        } else {
            cursor
        };
        if let Some(&id) = self.by_node.get(&cursor.address()) {
            return id;
        }
        if self.schemas.len() >= MAX_SCHEMAS {
            let headline = format!("the description has more than {MAX_SCHEMAS} schemas");
            let root = Place::file(self.root.as_str());
            self.sink
                .push(Diagnostic::new(Id::TooLarge, &root, headline));
            return self.any;
        }
        let id = SchemaId(u32::try_from(self.schemas.len()).expect("the limit is below u32"));
        self.by_node.insert(cursor.address(), id);
        self.schemas.push(Slot::Waiting(cursor));
        self.waiting.push_back(id);
        id
    }

    /// Follows references until one has words of its own beside it, or there is none.
    fn follow_schema(&mut self, cursor: Cursor<'a>) -> Option<Cursor<'a>> {
        let mut at = cursor;
        let mut seen = Vec::new();
        loop {
            let reference = match at.child("$ref") {
                Some(reference) if at.node.as_map().is_some_and(|map| map.len() == 1) => reference,
                _ => return Some(at),
            };
            if seen.contains(&at.address()) || seen.len() > MAX_CHAIN {
                self.circle(&reference, &seen);
                return None;
            }
            seen.push(at.address());
            at = self.schema_target(&reference)?;
        }
    }

    fn schema_target(&mut self, reference: &Cursor<'a>) -> Option<Cursor<'a>> {
        let target = self.target(reference, Kind::Schema)?;
        if matches!(target.node, Node::Map(_) | Node::Bool(_)) {
            return Some(target);
        }
        let headline = format!(
            "this refers to {}, where a schema is needed",
            target.node.kind()
        );
        self.sink.push(Diagnostic::new(
            Id::WrongKindRef,
            &reference.place,
            headline,
        ));
        None
    }

    /// A schema of our own making.
    pub(super) fn made(&mut self, draft: Draft) -> SchemaId {
        let id = SchemaId(u32::try_from(self.schemas.len()).unwrap_or(u32::MAX));
        self.schemas.push(Slot::Done(Box::new(draft)));
        id
    }

    /// Reads a schema now. Nothing if that is under way further up, or too deep.
    pub(super) fn draft(&mut self, id: SchemaId) -> Option<&Draft> {
        let index = id.0 as usize;
        if let Slot::Waiting(cursor) = &self.schemas[index] {
            if self.depth >= MAX_CHAIN {
                let headline = "this is composed of more schemas within schemas than we follow";
                self.sink.push(Diagnostic::new(
                    Id::UnsupportedSchema,
                    &cursor.place,
                    headline,
                ));
                return None;
            }
            let cursor = cursor.clone();
            self.schemas[index] = Slot::Busy(cursor.place.clone());
            self.depth += 1;
            let mut draft = self.read(&cursor);
            draft.weight = weight(&draft);
            self.depth -= 1;
            self.schemas[index] = Slot::Done(Box::new(draft));
        }
        match &self.schemas[index] {
            Slot::Done(draft) => Some(draft),
            Slot::Waiting(_) | Slot::Busy(_) => None,
        }
    }

    pub(super) fn filled(&mut self, id: SchemaId) -> Option<&Schema> {
        self.draft(id).map(|draft| &draft.schema)
    }

    fn read(&mut self, cursor: &Cursor<'a>) -> Draft {
        let mut draft = any(&cursor.place);
        draft.schema.name = component_name(&cursor.place, &self.root);
        match cursor.node {
            Node::Bool(true) => return draft,
            Node::Bool(false) => {
                let headline = "a schema that allows nothing is not supported";
                self.sink.push(Diagnostic::new(
                    Id::UnsupportedSchema,
                    &cursor.place,
                    headline,
                ));
                return draft;
            }
            Node::Map(_) => {}
            _ => {
                wrong_type(cursor, SCHEMA, &mut self.sink);
                return draft;
            }
        }
        let Some(mut object) = Object::open(cursor, SCHEMA, &mut self.sink) else {
            return draft;
        };
        self.words(&mut object, &mut draft);
        let types = self.types(&mut object, &mut draft);
        self.kind(&mut object, types, &mut draft);
        limits(&mut object, self, &mut draft.schema.limits);
        self.unsupported(&mut object, &mut draft);
        let parts = Parts::read(self, &mut object);
        self.samples(&mut object, cursor, &mut draft);
        object.finish(&mut self.sink);
        self.compose(draft, parts)
    }

    /// What a schema says about itself, whatever its type.
    fn words(&mut self, object: &mut Object<'a>, draft: &mut Draft) {
        let schema = &mut draft.schema;
        schema.title = object.prose("title", &mut self.sink);
        schema.description = object.prose("description", &mut self.sink);
        schema.format = object.text("format", &mut self.sink);
        schema.deprecated = object.flag("deprecated", &mut self.sink);
        schema.read_only = object.flag("readOnly", &mut self.sink);
        schema.write_only = object.flag("writeOnly", &mut self.sink);
        schema.name_override = extension::name(self, object);
        schema.quirks = quirks(self, object.raw("x-quirk"));
        let unit = object.raw("x-unit");
        schema.unit = self.extension(unit, |sink, cursor| cursor.text(sink));
        let scopes = object.raw("x-field-scopes");
        let scopes = self.extension(scopes, |sink, cursor| Some(cursor.texts(sink)));
        schema.field_scopes = scopes.unwrap_or_default();
        let source = object.raw("x-source");
        schema.source = self.extension(source, |sink, cursor| extension::source(cursor, sink));
        let absent = object.raw("x-absent");
        const ABSENT: &[(&str, bool)] = &[("clear", true), ("keep", false)];
        let absent = self.extension(absent, |sink, cursor| {
            crate::syntax::reader::word(cursor, ABSENT, sink)
        });
        schema.absent_clears = absent.unwrap_or(false);
        if self.is_old || !self.is_strict() {
            schema.nullable = object.flag("nullable", &mut self.sink);
        } else if let Some(nullable) = object.raw("nullable") {
            self.sink.push(
                Diagnostic::new(
                    Id::UnknownKey,
                    nullable.place.key(),
                    "OpenAPI 3.1 has no `nullable`",
                )
                .label("unknown key")
                .help("write `type: [..., 'null']`"),
            );
        }
        object.pass(&[
            "externalDocs",
            "xml",
            "$comment",
            "$schema",
            "$id",
            "contentMediaType",
            "contentEncoding",
            "contentSchema",
        ]);
    }

    /// `type` as a list without `null`; each type once.
    fn types(&mut self, object: &mut Object<'a>, draft: &mut Draft) -> Vec<Type> {
        let Some(cursor) = object.get("type", &self.sink) else {
            return Vec::new();
        };
        let list = match cursor.node {
            Node::List(_) => cursor.list(&mut self.sink),
            _ => vec![cursor.clone()],
        };
        let mut types = Vec::new();
        for cursor in &list {
            match crate::syntax::reader::word(cursor, TYPES, &mut self.sink) {
                Some(Type::Null) if list.len() > 1 => draft.schema.nullable = true,
                Some(ty) if !types.contains(&ty) => types.push(ty),
                _ => {}
            }
        }
        if types.contains(&Type::Number) {
            types.retain(|ty| *ty != Type::Integer);
        }
        if types.len() > 1 {
            let names: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
            let headline = format!(
                "a value of several types, `{}`, is kept as JSON",
                names.join("`, `")
            );
            self.sink.push(Diagnostic::new(
                Id::UnsupportedSchema,
                &cursor.place,
                headline,
            ));
        }
        types
    }

    fn kind(&mut self, object: &mut Object<'a>, types: Vec<Type>, draft: &mut Draft) {
        let values = enums::read(self, object);
        let members = self.members(object, draft);
        let items = object
            .get("items", &self.sink)
            .map(|items| self.schema(items));
        let bits = object.raw("x-bits");
        let bits = self.extension(bits, |sink, cursor| Some(enums::bits(cursor, sink)));
        if types.len() > 1 {
            return;
        }
        let ty = types.first().copied();
        draft.schema.kind = match ty {
            _ if !values.is_empty() => enums::kind(self, values, ty, &mut draft.schema.nullable),
            Some(Type::Null) => SchemaKind::Null,
            Some(Type::Boolean) => SchemaKind::Boolean,
            Some(Type::Integer) => bits.map_or(SchemaKind::Integer, SchemaKind::Bits),
            Some(Type::Number) => SchemaKind::Number,
            Some(Type::String) => SchemaKind::String,
            Some(Type::Array) => SchemaKind::Array(items.unwrap_or(self.any)),
            Some(Type::Object) => members.unwrap_or_else(|| {
                draft.is_bare_object = true;
                SchemaKind::Object(ObjectSchema::default())
            }),
            None if members.is_some() => members.unwrap_or(SchemaKind::Any),
            None => items.map_or(SchemaKind::Any, SchemaKind::Array),
        };
    }

    /// `properties`, `additionalProperties` and `required`.
    fn members(&mut self, object: &mut Object<'a>, draft: &mut Draft) -> Option<SchemaKind> {
        let properties = object.get("properties", &self.sink);
        let has_properties = properties.is_some();
        let mut members = ObjectSchema::default();
        for (name, cursor) in properties
            .map(|p| p.members(&mut self.sink))
            .unwrap_or_default()
        {
            let place = cursor.place.clone().key();
            members.properties.push(Property {
                name: name.to_owned(),
                schema: self.schema(cursor),
                required: false,
                place,
            });
        }
        let additional = object.get("additionalProperties", &self.sink);
        members.additional = match additional {
            Some(cursor) => match cursor.node {
                Node::Bool(false) => None,
                Node::Bool(true) => Some(self.any),
                _ => Some(self.schema(cursor)),
            },
            None => None,
        };
        draft.required = self.required(object);
        require(&mut members, &mut draft.required);
        match (members.additional, has_properties) {
            (Some(values), _) if members.properties.is_empty() => Some(SchemaKind::Map(values)),
            (None, false) => None,
            _ => Some(SchemaKind::Object(members)),
        }
    }

    fn required(&mut self, object: &mut Object<'a>) -> Vec<(String, Place)> {
        let Some(cursor) = object.get("required", &self.sink) else {
            return Vec::new();
        };
        if matches!(cursor.node, Node::Bool(_)) {
            let headline = "`required` of a schema is a list of its members";
            self.sink.push(
                Diagnostic::new(Id::WrongType, &cursor.place, headline)
                    .label("a boolean, not a list")
                    .help("name the member in the `required` list of the object that has it"),
            );
            return Vec::new();
        }
        let list = cursor.list(&mut self.sink);
        list.iter()
            .filter_map(|cursor| Some((cursor.text(&mut self.sink)?, cursor.place.clone())))
            .collect()
    }

    /// Keywords that restrict more than a Rust type can say, or that we cannot follow.
    fn unsupported(&mut self, object: &mut Object<'a>, draft: &mut Draft) {
        object.pass(&["$defs", "$anchor", "$vocabulary"]);
        let checks = [
            "not",
            "if",
            "then",
            "else",
            "dependentSchemas",
            "dependentRequired",
            "dependencies",
            "contains",
            "minContains",
            "maxContains",
            "propertyNames",
            "unevaluatedItems",
            "unevaluatedProperties",
        ];
        object.unsupported(
            &checks,
            "it only restricts values; the type is made without it",
            &mut self.sink,
        );
        let cost = "values are kept as JSON";
        if object.unsupported(&["prefixItems", "additionalItems"], cost, &mut self.sink) {
            draft.schema.kind = SchemaKind::Array(self.any);
        }
        if object.unsupported(&["patternProperties"], cost, &mut self.sink) {
            match &mut draft.schema.kind {
                SchemaKind::Object(members) if !members.properties.is_empty() => {
                    members.additional = Some(self.any)
                }
                kind => *kind = SchemaKind::Map(self.any),
            }
            draft.is_bare_object = false;
        }
        if object.unsupported(
            &[
                "$dynamicRef",
                "$recursiveRef",
                "$dynamicAnchor",
                "$recursiveAnchor",
            ],
            cost,
            &mut self.sink,
        ) {
            draft.schema.kind = SchemaKind::Any;
        }
    }

    /// `default`, `example` and `examples`, remembered for the check against the schema.
    fn samples(&mut self, object: &mut Object<'a>, cursor: &Cursor<'a>, draft: &mut Draft) {
        let schema = self
            .by_node
            .get(&cursor.address())
            .copied()
            .unwrap_or(self.any);
        let sample = |cursor: &Cursor<'a>| Sample {
            schema,
            value: cursor.node.to_json(),
            place: cursor.place.clone(),
        };
        if let Some(default) = object.raw("default") {
            draft.schema.default = Some(default.node.to_json());
            self.context.defaults.push(sample(&default));
        }
        let mut examples: Vec<_> = object.raw("example").into_iter().collect();
        if let Some(list) = object.get("examples", &self.sink) {
            examples.extend(match list.node {
                Node::Map(_) => Vec::new(), // Named examples belong to media types; here nothing says what they mean.
                _ => list.list(&mut self.sink),
            });
        }
        for example in &examples {
            let sample = sample(example);
            draft.schema.examples.push(sample.value.clone());
            self.context.examples.push(sample);
        }
    }

    /// Reads all that still waits and hands the schemas over.
    pub(super) fn finish_schemas(&mut self, api: &mut Api) {
        while let Some(id) = self.waiting.pop_front() {
            self.draft(id);
        }
        let any_value = self.any;
        let slots = std::mem::take(&mut self.schemas);
        let schemas = slots
            .into_iter()
            .enumerate()
            .map(|(index, slot)| match slot {
                Slot::Done(draft) => {
                    let mut schema = draft.schema;
                    if draft.is_bare_object && matches!(schema.kind, SchemaKind::Object(_)) {
                        schema.kind = SchemaKind::Map(any_value);
                    }
                    if !draft.is_part {
                        let id = SchemaId(index as u32);
                        let unknown = draft.required.into_iter();
                        let unknown = unknown.map(|(name, place)| (name, place, id));
                        self.context.unknown_required.extend(unknown);
                    }
                    schema
                }
                Slot::Waiting(cursor) => any(&cursor.place).schema,
                Slot::Busy(place) => any(&place).schema,
            });
        api.schemas = Schemas(schemas.collect());
        tags::infer(&mut api.schemas);
    }
}

/// The name that a place gives to what stands there.
fn component_name(place: &Place, root: &str) -> Option<String> {
    match place.pointer.segments().as_slice() {
        ["components", "schemas", name] | ["definitions" | "$defs", name] => {
            Some((*name).to_owned())
        }
        [] if *place.file != *root => {
            let file = place.file.rsplit('/').next().unwrap_or(&place.file);
            let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            Some(stem.to_owned())
        }
        _ => None,
    }
}

/// Whether a schema says nothing of what a value is.
pub(super) fn is_only_words(map: &Map) -> bool {
    const STRUCTURE: [&str; 14] = [
        "type",
        "$ref",
        "allOf",
        "oneOf",
        "anyOf",
        "enum",
        "const",
        "properties",
        "items",
        "additionalProperties",
        "format",
        "patternProperties",
        "prefixItems",
        "$dynamicRef",
    ];
    !STRUCTURE.iter().any(|key| map.has(key))
}
