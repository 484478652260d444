//! Every example of the description, decoded into its type and encoded again: nothing is lost, and nothing is added.

use std::path::{Path, PathBuf};

use codegen::Profile;
use codegen::resolve::api::{Answer, Api, BodyKind, Envelope, Json, SchemaKind};
use codegen::source::SourceMap;

use crate::round_trips;

#[test]
fn every_answer_survives() {
    let api = api();
    let mut seen = 0;
    for operation in &api.operations {
        let Answer::Json { schema, example } = &operation.answer else {
            continue;
        };
        let whole = example
            .clone()
            .or_else(|| api.schemas[*schema].examples.first().cloned());
        let Some(data) = whole.and_then(|whole| data_of(operation.envelope.as_ref(), &whole))
        else {
            continue;
        };
        if is_nothing(&data) {
            continue;
        }
        let again = round_trips::answer(&operation.id, data.to_string().as_bytes());
        compare(&operation.id, &data, again);
        seen += 1;
    }
    assert!(seen > 20, "only {seen} answers have an example");
}

#[test]
fn every_body_survives() {
    let api = api();
    let mut seen = 0;
    for operation in &api.operations {
        let Some(BodyKind::Json {
            schema, example, ..
        }) = operation.body.as_ref().map(|body| &body.kind)
        else {
            continue;
        };
        let example = example
            .clone()
            .or_else(|| api.schemas[*schema].examples.first().cloned());
        if let Some(body) =
            example.filter(|_| !matches!(api.schemas[*schema].kind, SchemaKind::Any))
        {
            let again = round_trips::request(&operation.id, body.to_string().as_bytes());
            compare(&operation.id, &body, again);
            seen += 1;
        }
    }
    assert!(seen > 15, "only {seen} bodies have an example");
}

#[test]
fn every_event_survives() {
    for event in &api().events {
        let document = event.example.clone().expect("every event has an example");
        let again = round_trips::event(&event.event_type, document.to_string().as_bytes());
        compare(&event.event_type, &document, again);
    }
}

#[test]
fn a_loss_would_be_noticed() {
    let whole: Json = serde_json::json!({"a": 1, "b": [{"c": null}, {"d": ""}]});
    assert_eq!(differences("", &whole, &whole), Vec::<String>::new());
    let less = serde_json::json!({"b": [{}, {"d": "x"}]});
    assert_eq!(
        differences("", &whole, &less),
        ["/a: 1 became null", "/b/1/d: \"\" became \"x\""]
    );
}

/// The description as the generator reads it.
fn api() -> Api {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut sources = SourceMap::default();
    for file in yaml_files(&folder) {
        let path = file
            .strip_prefix(&folder)
            .expect("a file below the folder")
            .to_string_lossy()
            .into_owned();
        sources.add(
            path,
            std::fs::read_to_string(&file).expect("a description is text"),
        );
    }
    codegen::read(&sources, "openapi.yaml", Profile::Strict)
        .0
        .expect("the description can be read")
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("a folder entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => yaml_files(&path),
            false => Vec::from_iter(
                path.extension()
                    .is_some_and(|end| end == "yaml")
                    .then_some(path),
            ),
        })
        .collect()
}

fn data_of(envelope: Option<&Envelope>, whole: &Json) -> Option<Json> {
    match envelope {
        None => Some(whole.clone()),
        Some(envelope) => whole.get(&envelope.data).cloned(),
    }
}

fn compare(name: &str, wanted: &Json, again: Option<Result<Vec<u8>, String>>) {
    let found = again
        .unwrap_or_else(|| panic!("{name} has no type"))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let found: Json = serde_json::from_slice(&found).expect("what is encoded is JSON");
    assert_eq!(
        differences("", wanted, &found),
        Vec::<String>::new(),
        "{name}"
    );
}

/// Absent, `null` and empty are the same nothing.
fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.values().all(is_nothing),
        Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

fn differences(at: &str, wanted: &Json, found: &Json) -> Vec<String> {
    match (wanted, found) {
        (Json::Object(left), Json::Object(right)) => {
            let keys = left
                .keys()
                .chain(right.keys().filter(|key| !left.contains_key(*key)));
            let member = |members: &serde_json::Map<String, Json>, key: &str| {
                members.get(key).cloned().unwrap_or_default()
            };
            keys.flat_map(|key| {
                differences(
                    &format!("{at}/{key}"),
                    &member(left, key),
                    &member(right, key),
                )
            })
            .collect()
        }
        (Json::Array(left), Json::Array(right)) if left.len() == right.len() => {
            let pairs = left.iter().zip(right).enumerate();
            pairs
                .flat_map(|(index, (left, right))| {
                    differences(&format!("{at}/{index}"), left, right)
                })
                .collect()
        }
        (left, right) if left == right || is_nothing(left) && is_nothing(right) => Vec::new(),
        (left, right) => vec![format!("{at}: {left} became {right}")],
    }
}
