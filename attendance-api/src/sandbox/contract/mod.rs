//! The contract: from the bundled description to operations that a request can be held against.
//!
//! Relies on: the data file that the generator writes. Reads leniently: what it does not know it leaves alone.
//! Guarantees: a path that matches a literal segment wins over one that matches a parameter.
//! Does not: know any operation by name.

mod check;
mod schema;

use std::sync::OnceLock;

use serde_json::Value;

pub(crate) use check::{Checked, Violation, check};
pub(crate) use schema::Weight;

static BUNDLE: &str = include_str!("../../generated/openapi.json");

/// All operations of the bundled description.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) root: Value,
    pub(crate) operations: Vec<Operation>,
}

/// One operation as the server needs it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// Any one of these lets a caller in.
    pub(crate) security: Vec<Requirement>,
    pub(crate) rate: Option<Rate>,
    pub(crate) example: Option<Value>,
    pub(crate) binary: bool,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) multipart: bool,
    pub(crate) schema: Value,
}

#[derive(Debug, Clone)]
pub(crate) struct Requirement {
    pub(crate) scheme: String,
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) calls: usize,
    pub(crate) seconds: u64,
}

impl Contract {
    /// The contract of this crate, read once.
    pub(crate) fn bundled() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Self::read(BUNDLE))
    }

    fn read(text: &str) -> Self {
        let root: Value = serde_json::from_str(text).expect("the generator writes JSON");
        let mut operations = Vec::new();
        for (path, item) in members(&root["paths"]) {
            let item = resolve(&root, item);
            let shared = parameters(&root, &item["parameters"]);
            for (method, operation) in members(item) {
                if METHODS.contains(&method.as_str()) {
                    operations.push(read_operation(&root, path, method, operation, &shared));
                }
            }
        }
        Self { root, operations }
    }

    /// The operation that serves this method and path, with its path parameters.
    pub(crate) fn route(
        &self,
        method: &str,
        path: &str,
    ) -> Option<(&Operation, Vec<(String, String)>)> {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        self.operations
            .iter()
            .filter(|operation| operation.method == method)
            .filter_map(|operation| Some((operation, operation.matches(&parts)?)))
            .min_by_key(|(_, values)| values.len())
    }
}

impl Operation {
    fn matches(&self, parts: &[&str]) -> Option<Vec<(String, String)>> {
        if parts.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (segment, part) in self.segments.iter().zip(parts) {
            match segment {
                Segment::Literal(text) if text == part => {}
                Segment::Literal(_) => return None,
                Segment::Parameter(name) => {
                    let value = super::text::percent_decode(part, false);
                    if value.is_empty() {
                        return None;
                    }
                    values.push((name.clone(), value));
                }
            }
        }
        Some(values)
    }
}

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "patch", "head", "options", "trace",
];

fn read_operation(
    root: &Value,
    path: &str,
    method: &str,
    operation: &Value,
    shared: &[Parameter],
) -> Operation {
    let mut own = parameters(root, &operation["parameters"]);
    for parameter in shared {
        if !own
            .iter()
            .any(|one| one.name == parameter.name && one.place == parameter.place)
        {
            own.push(Parameter {
                name: parameter.name.clone(),
                schema: parameter.schema.clone(),
                ..*parameter
            });
        }
    }
    let success = success(root, operation);
    Operation {
        id: operation["operationId"]
            .as_str()
            .map_or_else(|| format!("{method} {path}"), str::to_owned),
        method: method.to_ascii_uppercase(),
        segments: segments(path),
        parameters: own,
        body: read_body(root, &operation["requestBody"]),
        security: read_security(operation.get("security").unwrap_or(&root["security"])),
        rate: read_rate(&operation["x-rate-limit"]),
        example: success.and_then(example),
        binary: success.is_some_and(is_binary),
    }
}

fn segments(path: &str) -> Vec<Segment> {
    path.trim_start_matches('/')
        .split('/')
        .map(|part| {
            match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some(name) => Segment::Parameter(name.to_owned()),
                None => Segment::Literal(part.to_owned()),
            }
        })
        .collect()
}

fn parameters(root: &Value, list: &Value) -> Vec<Parameter> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(|parameter| resolve(root, parameter))
        .filter_map(|parameter| {
            Some(Parameter {
                name: parameter["name"].as_str()?.to_owned(),
                place: match parameter["in"].as_str()? {
                    "path" => Place::Path,
                    "query" => Place::Query,
                    "header" => Place::Header,
                    _ => return None,
                },
                required: parameter["required"].as_bool().unwrap_or(false),
                schema: parameter["schema"].clone(),
            })
        })
        .collect()
}

fn read_body(root: &Value, body: &Value) -> Option<Body> {
    let body = resolve(root, body);
    let (content_type, media) = members(&body["content"]).next()?;
    Some(Body {
        multipart: content_type.starts_with("multipart/"),
        schema: media["schema"].clone(),
    })
}

fn read_security(list: &Value) -> Vec<Requirement> {
    let mut requirements = Vec::new();
    for alternative in list.as_array().into_iter().flatten() {
        for (scheme, scopes) in members(alternative) {
            requirements.push(Requirement {
                scheme: scheme.clone(),
                scopes: scopes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|scope| scope.as_str().map(str::to_owned))
                    .collect(),
            });
        }
    }
    requirements
}

fn read_rate(rate: &Value) -> Option<Rate> {
    Some(Rate {
        calls: usize::try_from(rate["limit"].as_u64()?).ok()?,
        seconds: rate["seconds"].as_u64().unwrap_or(1).max(1),
    })
}

/// The content of the first 2xx answer.
fn success<'a>(root: &'a Value, operation: &'a Value) -> Option<(&'a String, &'a Value)> {
    let (_, response) =
        members(&operation["responses"]).find(|(status, _)| status.starts_with('2'))?;
    members(&resolve(root, response)["content"]).next()
}

fn is_binary((content_type, _): (&String, &Value)) -> bool {
    !content_type.contains("json")
}

fn example((_, media): (&String, &Value)) -> Option<Value> {
    if let Some(example) = media.get("example") {
        return Some(example.clone());
    }
    let (_, example) = members(&media["examples"]).next()?;
    example.get("value").cloned()
}

pub(crate) fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    // A chain longer than this is a circle.
    for _ in 0..16 {
        let Some(pointer) = value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|target| target.strip_prefix('#'))
        else {
            return value;
        };
        value = root.pointer(pointer).unwrap_or(&Value::Null);
    }
    &Value::Null
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
