//! Every example of the description, bent as real servers bend their answers: it is still read, and what can be kept
//! is kept.

use serde_json::{Map, Value as Json, json};

use crate::documents::{self, Document, differences, property, resolved};

/// `null`, in place of every list.
#[test]
fn lists_may_be_null() {
    check("lists as null", |document| {
        vec![mapped(document, &|value, _| {
            value.is_array().then_some(Json::Null)
        })]
    });
}

/// `null` in place of every scalar member.
#[test]
fn scalars_may_be_null() {
    check_reading("scalars as null", |document| {
        vec![mapped(document, &|value, _| {
            is_scalar(value).then_some(Json::Null)
        })]
    });
}

/// Every member is missing once, whatever it holds; the others stay.
#[test]
fn members_may_be_missing() {
    let mut wrong = Vec::new();
    for document in documents::all() {
        for path in members(&document.example) {
            let mut bent = document.example.clone();
            remove(&mut bent, &path);
            match document.again(&bent) {
                Ok(mut came) => {
                    // What is always there is written even if it did not come.
                    if came.pointer(&path).is_some_and(is_default) {
                        remove(&mut came, &path);
                    }
                    let found = differences(&bent, &came);
                    wrong.extend(
                        found
                            .iter()
                            .map(|found| format!("{document} without {path}: {found}")),
                    );
                }
                Err(error) => wrong.push(format!("{document} without {path}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whole numbers in texts are the same numbers.
#[test]
fn numbers_may_be_texts() {
    check_same("numbers as texts", |document| {
        vec![mapped(document, &|value, schema| {
            let is_typed = value.is_number() && has_type(schema);
            is_typed.then(|| Json::String(value.to_string()))
        })]
    });
}

/// Digits outside of quotes are the same text, as long as writing them again gives the same digits.
#[test]
fn digits_may_be_numbers() {
    check_same("digits as numbers", |document| {
        vec![mapped(document, &|value, schema| {
            let text = value.as_str().filter(|_| has_type(schema))?;
            let number: i64 = text.parse().ok()?;
            (number.to_string() == text).then(|| json!(number))
        })]
    });
}

/// 1.0 is 1.
#[test]
fn whole_numbers_may_have_a_fraction_of_zero() {
    check_same("1 as 1.0", |document| {
        vec![mapped(document, &|value, schema| {
            let number = value.as_i64().filter(|_| has_type(schema))?;
            Some(json!(number as f64))
        })]
    });
}

/// 2^53 + 1 is the first whole number that a double cannot hold.
#[test]
fn large_numbers_are_exact() {
    check("2^53+1", |document| {
        vec![mapped(document, &|value, schema| {
            let is_whole = value.is_i64() && schema["type"] == "integer";
            is_whole.then(|| json!(9_007_199_254_740_993_i64))
        })]
    });
}

/// A value that no list of values has.
#[test]
fn unknown_values_are_kept() {
    check("unknown values", |document| {
        vec![mapped(document, &|value, schema| {
            schema.get("enum").or_else(|| schema.get("x-bits"))?;
            match value {
                Json::String(text) if text.parse::<i64>().is_ok() => Some(json!("987654")),
                Json::String(_) => Some(json!("SomethingNew")),
                Json::Number(_) => Some(json!(987_654)),
                _ => None,
            }
        })]
    });
}

/// Members that nobody described.
#[test]
fn unknown_members_are_passed_over() {
    check_same("unknown members", |document| {
        let mut bent = document.example.clone();
        extend(&mut bent, document.schema);
        vec![bent]
    });
}

/// Some servers cannot tell an empty object from an empty list.
#[test]
fn objects_may_be_empty_lists() {
    check_reading("objects as []", |document| {
        let mut bent = vec![json!([])];
        for path in members(&document.example) {
            let member = document.example.pointer(&path);
            if member.is_some_and(Json::is_object) {
                let mut copy = document.example.clone();
                *copy
                    .pointer_mut(&path)
                    .expect("the path is of this document") = json!([]);
                bent.push(copy);
            }
        }
        bent
    });
}

#[test]
fn documents_may_be_empty() {
    check_reading("nothing", |_| vec![json!({}), Json::Null]);
}

/// What is read is what was sent, bent or not.
fn check(name: &str, bend: impl Fn(&Document) -> Vec<Json>) {
    judge(name, bend, |_, bent, came| differences(bent, came));
}

/// What is read is the example, as if nothing had been bent.
fn check_same(name: &str, bend: impl Fn(&Document) -> Vec<Json>) {
    judge(name, bend, |document, _, came| {
        differences(&document.example, came)
    });
}

/// It can be read.
fn check_reading(name: &str, bend: impl Fn(&Document) -> Vec<Json>) {
    judge(name, bend, |_, _, _| Vec::new());
}

fn judge(
    name: &str,
    bend: impl Fn(&Document) -> Vec<Json>,
    compare: impl Fn(&Document, &Json, &Json) -> Vec<String>,
) {
    let mut wrong = Vec::new();
    let mut bent_documents = 0;
    for document in documents::all() {
        for bent in bend(&document) {
            bent_documents += usize::from(bent != document.example);
            match document.again(&bent) {
                Ok(came) => {
                    let differences = compare(&document, &bent, &came);
                    wrong.extend(
                        differences
                            .iter()
                            .map(|found| format!("{document}: {found}")),
                    );
                }
                Err(error) => wrong.push(format!("{document}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    assert!(
        bent_documents >= 30,
        "{name}: only {bent_documents} documents were bent"
    );
}

/// The example with every value replaced for which `change` has another; it sees the value's schema.
fn mapped(document: &Document, change: &dyn Fn(&Json, &Json) -> Option<Json>) -> Json {
    map(&document.example, document.schema, change)
}

fn map(value: &Json, schema: &'static Json, change: &dyn Fn(&Json, &Json) -> Option<Json>) -> Json {
    if let Some(changed) = change(value, schema) {
        return changed;
    }
    match value {
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let schema = property(schema, name).unwrap_or(&Json::Null);
                (name.clone(), map(value, schema, change))
            });
            members.collect()
        }
        Json::Array(items) => {
            let schema = resolved(&schema["items"]);
            items.iter().map(|item| map(item, schema, change)).collect()
        }
        scalar => scalar.clone(),
    }
}

fn is_scalar(value: &Json) -> bool {
    !value.is_array() && !value.is_object()
}

/// Whether it is said what a value is; otherwise its form is all that there is.
fn has_type(schema: &Json) -> bool {
    schema.get("type").is_some()
}

/// Adds a member to every object that has a fixed set of them.
fn extend(value: &mut Json, schema: &'static Json) {
    match value {
        Json::Object(members) => {
            for (name, value) in members.iter_mut() {
                extend(value, property(schema, name).unwrap_or(&Json::Null));
            }
            if schema.get("properties").is_some() {
                let deep = json!([{"a": [1, {"b": null}]}, "text", 1e300]);
                members.insert("an unknown member".to_owned(), deep);
            }
        }
        Json::Array(items) => {
            let schema = resolved(&schema["items"]);
            items.iter_mut().for_each(|item| extend(item, schema));
        }
        _ => {}
    }
}

/// Pointers to all members, outer ones first.
fn members(value: &Json) -> Vec<String> {
    fn walk(value: &Json, path: &str, found: &mut Vec<String>) {
        let children: Vec<(String, &Json)> = match value {
            Json::Object(members) => named(members),
            Json::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (index.to_string(), item))
                .collect(),
            _ => return,
        };
        for (name, child) in children {
            let path = format!("{path}/{name}");
            if value.is_object() {
                found.push(path.clone());
            }
            walk(child, &path, found);
        }
    }

    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

fn named(members: &Map<String, Json>) -> Vec<(String, &Json)> {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    members
        .iter()
        .map(|(name, value)| (escaped(name), value))
        .collect()
}

fn remove(value: &mut Json, path: &str) {
    let (parent, name) = path.rsplit_once('/').expect("a pointer has a slash");
    let name = name.replace("~1", "/").replace("~0", "~");
    let parent = value.pointer_mut(parent).and_then(Json::as_object_mut);
    parent.expect("members are in objects").remove(&name);
}

/// The default of a type: an empty text, zero, false, or an object of such.
fn is_default(value: &Json) -> bool {
    match value {
        Json::Object(members) => members.values().all(is_default),
        Json::Array(items) => items.is_empty(),
        Json::String(text) => text.is_empty() || text == "0",
        Json::Number(number) => number.as_f64() == Some(0.0),
        value => matches!(value, Json::Null | Json::Bool(false)),
    }
}
