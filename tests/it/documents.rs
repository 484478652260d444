//! The description as tests see it: its examples with their schemas, and the way through the types that they stand for.

use std::sync::LazyLock;

use serde_json::{Map, Value as Json};

use crate::round_trips;

/// The whole description in one document, as it is generated beside the client.
pub(crate) static BUNDLE: LazyLock<Json> = LazyLock::new(|| {
    let text = include_str!("../../attendance-api/src/generated/openapi.json");
    serde_json::from_str(text).expect("the bundle is JSON")
});

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Request,
    /// What stands under `data`.
    Answer,
    Event,
}

/// An example of the description.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The id of the operation, or the type of the event.
    pub(crate) id: String,
    pub(crate) role: Role,
    pub(crate) example: Json,
    pub(crate) schema: &'static Json,
}

impl Document {
    /// `document` read into the type and written again.
    pub(crate) fn again(&self, document: &Json) -> Result<Json, String> {
        let again = self.again_text(document.to_string().as_bytes())?;
        Ok(serde_json::from_slice(&again).expect("what is written is JSON"))
    }

    /// The same for any bytes.
    pub(crate) fn again_text(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        let id = &self.id;
        let again = match self.role {
            Role::Request => round_trips::request(id, text),
            Role::Answer => round_trips::answer(id, text),
            Role::Event => round_trips::event(id, text),
        };
        again.unwrap_or_else(|| panic!("{self} has no type"))
    }
}

impl std::fmt::Display for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?})", self.id, self.role)
    }
}

/// Every example of a request, an answer or an event.
pub(crate) fn all() -> Vec<Document> {
    let mut documents = Vec::new();
    for operation in operations() {
        let body = &operation["requestBody"]["content"]["application/json"];
        documents.extend(examples(operation, Role::Request, body));
        let answer = &operation["responses"]["200"]["content"]["application/json"];
        documents.extend(examples(operation, Role::Answer, answer));
    }
    let events = BUNDLE["webhooks"].as_object().into_iter().flatten();
    for (_, item) in events {
        let body = &item["post"]["requestBody"]["content"]["application/json"];
        documents.extend(examples(&item["post"], Role::Event, body));
    }
    documents
}

/// The example of a request.
pub(crate) fn request(operation: &str) -> Option<Json> {
    let mut examples = all().into_iter();
    let found =
        examples.find(|document| document.id == operation && document.role == Role::Request);
    found.map(|document| document.example)
}

/// All operations of the description.
pub(crate) fn operations() -> impl Iterator<Item = &'static Json> {
    let items = BUNDLE["paths"].as_object().into_iter().flatten();
    items
        .flat_map(|(_, item)| item.as_object().into_iter().flatten())
        .map(|(_, operation)| operation)
        .filter(|operation| operation.get("operationId").is_some())
}

fn examples(operation: &Json, role: Role, media: &'static Json) -> Vec<Document> {
    let named = media["examples"].as_object().into_iter().flatten();
    let named = named.map(|(_, example)| &example["value"]);
    media
        .get("example")
        .into_iter()
        .chain(named)
        .filter_map(|example| document(operation, role, example, resolved(&media["schema"])))
        .collect()
}

/// An answer is an envelope; what counts is the data in it, if there is any.
fn document(
    operation: &Json,
    role: Role,
    example: &Json,
    schema: &'static Json,
) -> Option<Document> {
    let (example, schema) = match role {
        Role::Request | Role::Event => (example, schema),
        Role::Answer => (example.get("data")?, property(schema, "data")?),
    };
    if role == Role::Answer && schema.get("properties").is_none_or(has_none) {
        return None;
    }
    Some(Document {
        id: operation["operationId"].as_str()?.to_owned(),
        role,
        example: example.clone(),
        schema,
    })
}

fn has_none(properties: &Json) -> bool {
    properties.as_object().is_some_and(Map::is_empty)
}

/// A schema without the reference in front of it.
pub(crate) fn resolved(schema: &'static Json) -> &'static Json {
    match schema["$ref"].as_str() {
        Some(pointer) => {
            let target = BUNDLE.pointer(pointer.trim_start_matches('#'));
            resolved(target.unwrap_or_else(|| panic!("{pointer} leads nowhere")))
        }
        None => schema,
    }
}

/// The schema of a member.
pub(crate) fn property(schema: &'static Json, name: &str) -> Option<&'static Json> {
    let property = schema["properties"].get(name);
    let others = schema
        .get("additionalProperties")
        .filter(|schema| schema.is_object());
    property.or(others).map(resolved)
}

/// Without what is nothing: `null`, and lists and objects without entries.
pub(crate) fn something(value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), something(value)));
            members.filter(|(_, value)| !is_nothing(value)).collect()
        }
        Json::Array(items) => items.iter().map(something).collect(),
        scalar => scalar.clone(),
    }
}

fn or_null(value: Json) -> Json {
    if is_nothing(&value) {
        Json::Null
    } else {
        value
    }
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Where two documents differ, as `path: this became that`.
pub(crate) fn differences(sent: &Json, came: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let (sent, came) = (or_null(something(sent)), or_null(something(came)));
    compare(&mut String::new(), &sent, &came, &mut found);
    found
}

fn compare(path: &mut String, sent: &Json, came: &Json, found: &mut Vec<String>) {
    match (sent, came) {
        (Json::Object(sent), Json::Object(came)) => {
            for (name, value) in sent {
                let other = came.get(name).unwrap_or(&Json::Null);
                below(path, name, |path| compare(path, value, other, found));
            }
            for (name, value) in came.iter().filter(|(name, _)| !sent.contains_key(*name)) {
                below(path, name, |path| compare(path, &Json::Null, value, found));
            }
        }
        (Json::Array(sent), Json::Array(came)) if sent.len() == came.len() => {
            for (index, (value, other)) in sent.iter().zip(came).enumerate() {
                below(path, &index.to_string(), |path| {
                    compare(path, value, other, found)
                });
            }
        }
        (sent, came) if sent == came => {}
        (sent, came) => found.push(format!("{path}: {sent} became {came}")),
    }
}

fn below(path: &mut String, name: &str, look: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(name);
    look(path);
    path.truncate(length);
}
