//! Schemas: from a JSON value and its schema to a list of what does not fit.
//!
//! Lenient where the real gateway is: unknown members pass, `null` counts as absent, formats are not looked at,
//! and membership in an `enum` is left to the service, which alone knows which lists are closed.

use serde_json::Value;

use super::check::Violation;
use super::resolve;

/// Who finds a fault: the gateway (shape), or the service behind it (limits of body members).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Shape,
    Limit,
}

/// Deeper bodies than this are refused; the descriptions nest six levels at most.
const MAX_DEPTH: usize = 64;

pub(super) struct Walk<'a> {
    pub(super) root: &'a Value,
    pub(super) found: Vec<Violation>,
}

impl Walk<'_> {
    pub(super) fn value(&mut self, schema: &Value, value: &Value, place: &str, depth: usize) {
        let schema = resolve(self.root, schema);
        if depth > MAX_DEPTH {
            return self.add(Weight::Shape, place, value, "is nested too deep");
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.value(part, value, place, depth + 1);
        }
        if let Some(expected) = wrong_type(schema, value) {
            return self.add(Weight::Shape, place, value, &format!("must be {expected}"));
        }
        match value {
            Value::Object(_) => self.object(schema, value, place, depth),
            Value::Array(items) => self.array(schema, items, value, place, depth),
            Value::String(text) => self.text(schema, text, value, place),
            Value::Number(number) => self.number(schema, number.as_f64(), value, place),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, schema: &Value, value: &Value, place: &str, depth: usize) {
        for name in schema["required"].as_array().into_iter().flatten() {
            let Some(name) = name.as_str() else { continue };
            if value.get(name).is_none_or(Value::is_null) {
                self.missing(&join(place, name), name);
            }
        }
        let Some(properties) = schema["properties"].as_object() else {
            return;
        };
        for (name, schema) in properties {
            match value.get(name) {
                None | Some(Value::Null) => {}
                Some(member) => self.value(schema, member, &join(place, name), depth + 1),
            }
        }
    }

    fn array(&mut self, schema: &Value, items: &[Value], value: &Value, place: &str, depth: usize) {
        let count = items.len() as f64;
        if let Some(most) = schema["maxItems"].as_f64().filter(|most| count > *most) {
            self.add(
                Weight::Limit,
                place,
                value,
                &format!("the max len is {most}"),
            );
        }
        if let Some(least) = schema["minItems"].as_f64().filter(|least| count < *least) {
            self.add(
                Weight::Limit,
                place,
                value,
                &format!("the min len is {least}"),
            );
        }
        if let Some(schema) = schema.get("items") {
            for (index, item) in items.iter().enumerate() {
                self.value(schema, item, &format!("{place}[{index}]"), depth + 1);
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str, value: &Value, place: &str) {
        let count = text.chars().count() as f64;
        if let Some(most) = schema["maxLength"].as_f64().filter(|most| count > *most) {
            self.add(
                Weight::Limit,
                place,
                value,
                &format!("the max len is {most}"),
            );
        }
        if let Some(least) = schema["minLength"].as_f64().filter(|least| count < *least) {
            self.add(
                Weight::Limit,
                place,
                value,
                &format!("the min len is {least}"),
            );
        }
    }

    fn number(&mut self, schema: &Value, number: Option<f64>, value: &Value, place: &str) {
        let Some(number) = number else { return };
        if let Some(most) = schema["maximum"].as_f64().filter(|most| number > *most) {
            self.add(
                Weight::Limit,
                place,
                value,
                &format!("the max value is {most}"),
            );
        }
        if let Some(least) = schema["minimum"].as_f64().filter(|least| number < *least) {
            self.add(
                Weight::Limit,
                place,
                value,
                &format!("the min value is {least}"),
            );
        }
    }

    pub(super) fn missing(&mut self, place: &str, name: &str) {
        self.found.push(Violation {
            weight: Weight::Shape,
            field: place.to_owned(),
            value: None,
            description: format!("{name} is required"),
            missing: true,
        });
    }

    pub(super) fn add(&mut self, weight: Weight, place: &str, value: &Value, description: &str) {
        self.found.push(Violation {
            weight,
            field: place.to_owned(),
            value: match value {
                Value::Null | Value::Object(_) | Value::Array(_) => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            },
            description: description.to_owned(),
            missing: false,
        });
    }
}

/// The name of the type that was expected, if the value is of another one.
fn wrong_type(schema: &Value, value: &Value) -> Option<String> {
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    if names.iter().any(|name| is_of(name, value)) {
        return None;
    }
    Some(names.join(" or "))
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => is_integer(value),
        "null" => value.is_null(),
        _ => true,
    }
}

fn is_integer(value: &Value) -> bool {
    value.is_i64()
        || value.is_u64()
        || value
            .as_f64()
            .is_some_and(|number| number.fract() == 0.0 && number.abs() < 9.0e15)
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}.{name}")
    }
}
