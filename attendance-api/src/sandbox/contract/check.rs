//! A request against its operation: parameters read by type, body read as JSON, everything that does not fit listed.

use serde_json::{Map, Value, json};

use super::schema::{Walk, Weight};
use super::{Contract, Operation, Parameter, Place, resolve};

/// One thing in a request that does not fit.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) weight: Weight,
    pub(crate) field: String,
    pub(crate) value: Option<String>,
    pub(crate) description: String,
    /// It is not wrong but not there.
    pub(crate) missing: bool,
}

/// A request as its operation reads it.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) parameters: Map<String, Value>,
    pub(crate) body: Value,
    pub(crate) violations: Vec<Violation>,
    /// The body is not JSON at all.
    pub(crate) unreadable: bool,
}

/// Reads and checks a request. `header` looks a header up by name.
pub(crate) fn check(
    contract: &Contract,
    operation: &Operation,
    path: &[(String, String)],
    query: &[(String, String)],
    header: &dyn Fn(&str) -> Option<String>,
    body: &[u8],
) -> Checked {
    let mut walk = Walk {
        root: &contract.root,
        found: Vec::new(),
    };
    let mut parameters = Map::new();
    for parameter in &operation.parameters {
        let texts: Vec<&str> = match parameter.place {
            Place::Path => pick(path, &parameter.name),
            Place::Query => pick(query, &parameter.name),
            Place::Header => {
                if parameter.required && header(&parameter.name).is_none() {
                    walk.missing(&parameter.name, &parameter.name);
                }
                continue;
            }
        };
        // An empty query value counts as none, as an empty text does for the official clients.
        let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        if texts.is_empty() {
            if parameter.required {
                walk.missing(&parameter.name, &parameter.name);
            }
            continue;
        }
        let value = read_parameter(contract, parameter, &texts);
        let before = walk.found.len();
        walk.value(&parameter.schema, &value, &parameter.name, 0);
        // Limits of parameters are the gateway's business.
        for violation in &mut walk.found[before..] {
            violation.weight = Weight::Shape;
        }
        parameters.insert(parameter.name.clone(), value);
    }
    let mut unreadable = false;
    let body = match &operation.body {
        Some(description) if !description.multipart => match read_body(body) {
            Ok(mut value) => {
                drop_nulls(&mut value);
                walk.value(&description.schema, &value, "", 0);
                value
            }
            Err(()) => {
                unreadable = true;
                Value::Null
            }
        },
        _ => Value::Null,
    };
    Checked {
        parameters,
        body,
        violations: walk.found,
        unreadable,
    }
}

/// No body is read as an empty object, so that the members it lacks are named.
fn read_body(body: &[u8]) -> Result<Value, ()> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(drop)
}

/// A member that is `null` is the same as one that is not there, and is not echoed either.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn pick<'a>(pairs: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    pairs
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
        .collect()
}

fn read_parameter(contract: &Contract, parameter: &Parameter, texts: &[&str]) -> Value {
    let schema = resolve(&contract.root, &parameter.schema);
    if schema["type"] == "array" {
        let items = resolve(&contract.root, &schema["items"]);
        return texts.iter().map(|text| read_text(items, text)).collect();
    }
    read_text(schema, texts[0])
}

/// A text that is not of the type asked for stays a text, and fails the check of the type.
fn read_text(schema: &Value, text: &str) -> Value {
    let number = match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        // The official Python client writes `True`; the readers of the service's language take all of these.
        Some("boolean") => match text {
            "true" | "True" | "TRUE" | "t" | "T" | "1" => Some(Value::Bool(true)),
            "false" | "False" | "FALSE" | "f" | "F" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    };
    number.unwrap_or_else(|| Value::String(text.to_owned()))
}
