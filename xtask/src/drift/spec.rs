//! The spec's side: from the resolved API to facts.
//!
//! Follows every schema as far as it does not contain itself.

use codegen::resolve::api::{
    Answer, Api, BodyKind, EnumBase, ErrorEntry, Event, Location, ObjectSchema, Operation, Schema,
    SchemaId, SchemaKind,
};
use serde_json::Value as Json;

use super::facts::{ErrorFact, Facts, Field, Key, Limits, Part, RateLimit, Slot, Subject, Ty};

/// What the spec tells.
pub fn read(api: &Api) -> Facts {
    let prefix = server_path(api);
    let operation = |operation: &Operation| {
        let path = if operation.path.starts_with(&*prefix) {
            operation.path.clone()
        } else {
            format!("{prefix}{}", operation.path)
        };
        (
            Key::operation(&format!("{:?}", operation.method), &path),
            read_operation(api, operation),
        )
    };
    let events = api
        .events
        .iter()
        .map(|event| (Key::Event(event.event_type.clone()), read_event(api, event)));
    Facts {
        subjects: api.operations.iter().map(operation).chain(events).collect(),
    }
}

/// The path of the first server's address.
fn server_path(api: &Api) -> String {
    let url = api.servers.first().map_or("", |server| server.url.as_str());
    let path = url
        .split_once("://")
        .and_then(|(_, rest)| Some(&rest[rest.find('/')?..]));
    path.unwrap_or_default().trim_end_matches('/').to_owned()
}

fn read_operation(api: &Api, operation: &Operation) -> Subject {
    let ext = &operation.ext;
    let mut subject = Subject {
        name: operation.id.clone(),
        errors: ext
            .errors
            .iter()
            .map(|error| (error.code, error_fact(api, operation, error)))
            .collect(),
        rate_limits: ext
            .rate_limit
            .iter()
            .map(|limit| RateLimit {
                calls: limit.calls,
                seconds: limit.seconds,
            })
            .collect(),
        app_types: ext.app_types.iter().cloned().collect(),
        quirks: ext
            .quirks
            .iter()
            .map(|quirk| (None, quirk.clone()))
            .collect(),
        wording: operation.description.clone(),
        ..Subject::default()
    };
    for requirement in operation.security.iter().flatten() {
        subject.tokens.insert(requirement.scheme.clone());
        subject.scopes.extend(requirement.scopes.iter().cloned());
    }
    read_parameters(api, operation, &mut subject);
    read_body(api, operation, &mut subject);
    if let Answer::Json { schema, .. } = &operation.answer {
        read_answer(api, operation, *schema, &mut subject);
    }
    subject
}

fn read_event(api: &Api, event: &Event) -> Subject {
    let mut subject = Subject {
        name: event.event_type.clone(),
        quirks: event
            .quirks
            .iter()
            .map(|quirk| (None, quirk.clone()))
            .collect(),
        ..Subject::default()
    };
    walk(api).members(event.schema, Part::Event, "", &mut subject);
    subject
}

fn error_fact(
    api: &Api,
    operation: &Operation,
    error: &codegen::resolve::api::ErrorRef,
) -> ErrorFact {
    let http = if error.http.is_empty() {
        entry(api, operation, error.code).map(|entry| &entry.http)
    } else {
        Some(&error.http)
    };
    ErrorFact {
        http: http.into_iter().flatten().copied().collect(),
        retired: error.retired,
    }
}

/// The entry of the table that this operation means by the code.
fn entry<'a>(api: &'a Api, operation: &Operation, code: i64) -> Option<&'a ErrorEntry> {
    let mut entries = api.errors.iter().filter(|entry| entry.code == code);
    let own = entries
        .clone()
        .find(|entry| entry.operations.contains(&operation.id));
    own.or_else(|| entries.find(|entry| entry.operations.is_empty()))
}

fn read_parameters(api: &Api, operation: &Operation, subject: &mut Subject) {
    for parameter in &operation.parameters {
        let part = match parameter.location {
            Location::Path => Part::Path,
            Location::Query => Part::Query,
            Location::Header | Location::Cookie => continue,
        };
        let slot = Slot::new(part, parameter.name.clone());
        let quirks = parameter
            .quirks
            .iter()
            .map(|quirk| (Some(slot.clone()), quirk.clone()));
        subject.quirks.extend(quirks);
        let mut field = field(api, parameter.schema, slot.clone());
        field.required = Some(parameter.required);
        field.deprecated |= parameter.deprecated;
        field.prose = format!("{} {}", parameter.description, field.prose);
        keep_quirks(&api.schemas[parameter.schema], &slot, subject);
        subject.fields.push(field);
    }
}

fn read_body(api: &Api, operation: &Operation, subject: &mut Subject) {
    match operation.body.as_ref().map(|body| &body.kind) {
        Some(
            BodyKind::Json { schema, .. }
            | BodyKind::Form { schema, .. }
            | BodyKind::Multipart { schema },
        ) => {
            walk(api).members(*schema, Part::Request, "", subject);
        }
        Some(BodyKind::Text | BodyKind::Bytes { .. }) | None => {}
    }
}

fn read_answer(api: &Api, operation: &Operation, schema: SchemaId, subject: &mut Subject) {
    let Some(envelope) = &operation.envelope else {
        return walk(api).members(schema, Part::Answer, "", subject);
    };
    let SchemaKind::Object(object) = &api.schemas[schema].kind else {
        return;
    };
    if let Some(data) = object
        .properties
        .iter()
        .find(|property| property.name == envelope.data)
    {
        let quirks = api.schemas[data.schema]
            .quirks
            .iter()
            .map(|quirk| (None, quirk.clone()));
        subject.quirks.extend(quirks);
        walk(api).members(data.schema, Part::Answer, "", subject);
    }
}

fn walk(api: &Api) -> Walk<'_> {
    Walk {
        api,
        open: Vec::new(),
    }
}

/// Carries the schemas that are being walked, so that a circle ends.
struct Walk<'a> {
    api: &'a Api,
    open: Vec<SchemaId>,
}

impl Walk<'_> {
    fn members(&mut self, id: SchemaId, part: Part, prefix: &str, subject: &mut Subject) {
        if self.open.contains(&id) {
            return;
        }
        self.open.push(id);
        match &self.api.schemas[id].kind {
            SchemaKind::Object(object) => self.object(object, part, prefix, subject),
            SchemaKind::Array(items) => self.members(*items, part, &format!("{prefix}[]"), subject),
            _ => {}
        }
        self.open.pop();
    }

    fn object(&mut self, object: &ObjectSchema, part: Part, prefix: &str, subject: &mut Subject) {
        for property in &object.properties {
            let path = if prefix.is_empty() {
                property.name.clone()
            } else {
                format!("{prefix}.{}", property.name)
            };
            let slot = Slot::new(part, path.clone());
            let mut field = field(self.api, property.schema, slot.clone());
            // Pages tell nothing of what an answer must hold.
            field.required = matches!(part, Part::Request).then_some(property.required);
            subject.fields.push(field);
            keep_quirks(&self.api.schemas[property.schema], &slot, subject);
            self.members(property.schema, part, &path, subject);
        }
    }
}

fn keep_quirks(schema: &Schema, slot: &Slot, subject: &mut Subject) {
    subject.quirks.extend(
        schema
            .quirks
            .iter()
            .map(|quirk| (Some(slot.clone()), quirk.clone())),
    );
    subject
        .field_scopes
        .extend(schema.field_scopes.iter().cloned());
}

fn field(api: &Api, id: SchemaId, slot: Slot) -> Field {
    let schema = &api.schemas[id];
    let ty = ty(api, id);
    let valued = match &schema.kind {
        SchemaKind::Array(items) => &api.schemas[*items],
        _ => schema,
    };
    let values = match &valued.kind {
        SchemaKind::Enum(choice) => choice
            .values
            .iter()
            .map(|value| as_text(&value.value))
            .collect(),
        SchemaKind::Bits(bits) => bits.iter().map(|bit| as_text(&bit.value)).collect(),
        _ => Default::default(),
    };
    Field {
        values,
        limits: limits(schema).meaningful(&ty),
        default: schema.default.as_ref().map(as_text),
        deprecated: schema.deprecated,
        open: matches!(schema.kind, SchemaKind::Map(_) | SchemaKind::Any),
        prose: schema.description.clone(),
        ..Field::new(slot, ty)
    }
}

fn ty(api: &Api, id: SchemaId) -> Ty {
    let schema = &api.schemas[id];
    match &schema.kind {
        SchemaKind::String if schema.format.as_deref() == Some("binary") => Ty::Binary,
        SchemaKind::String => Ty::Text,
        SchemaKind::Integer | SchemaKind::Bits(_) => Ty::Integer,
        SchemaKind::Number => Ty::Number,
        SchemaKind::Boolean => Ty::Boolean,
        SchemaKind::Enum(choice) => match choice.base {
            EnumBase::Text => Ty::Text,
            EnumBase::Integer => Ty::Integer,
        },
        SchemaKind::Object(_) | SchemaKind::Map(_) => Ty::Object,
        SchemaKind::Array(items) => Ty::List(Box::new(match api.schemas[*items].kind {
            // A list of lists is as deep as it needs to be told.
            SchemaKind::Array(_) => Ty::Unknown,
            _ => ty(api, *items),
        })),
        SchemaKind::Any | SchemaKind::Null | SchemaKind::Union(_) => Ty::Unknown,
    }
}

fn limits(schema: &Schema) -> Limits {
    let limits = &schema.limits;
    let count = |n: Option<u64>| n.map(|n| n as f64);
    Limits {
        least: limits
            .minimum
            .or(count(limits.min_length))
            .or(count(limits.min_items)),
        most: limits
            .maximum
            .or(count(limits.max_length))
            .or(count(limits.max_items)),
    }
}

fn as_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
