//! The three laws of the generator: nothing is lost, order is nothing, and it knows no service.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use codegen::ir::{Body, Client, Field, Layout, Module, Struct, Type, Variants};
use codegen::resolve::api::{
    Answer, Api, BodyKind, EnumBase, EnumSchema, ObjectSchema, Schema, SchemaId, SchemaKind,
};
use codegen::source::SourceMap;
use codegen::{Diagnostics, Generated, Options, Profile};

/// Every operation, event, property, enum value and error code is in the client, or a finding names it.
#[test]
fn conservation() {
    let mut lost = Vec::new();
    for (name, sources, profile) in descriptions() {
        let (generated, diagnostics) = run(&sources, profile);
        lost.extend(
            losses(&generated, &diagnostics)
                .into_iter()
                .map(|loss| format!("{name}: {loss}")),
        );
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// The counting itself notices what is gone.
#[test]
fn conservation_notices_a_loss() {
    let (_, sources, profile) = descriptions()
        .into_iter()
        .find(|(name, ..)| name == "enums")
        .expect("there is such a fixture");
    let (mut generated, diagnostics) = run(&sources, profile);
    generated.client.common = None;
    generated.client.resources[0].operations.clear();
    let losses = losses(&generated, &diagnostics);
    for part in ["operation `list`", "enum `State`"] {
        assert!(
            losses.iter().any(|loss| loss.contains(part)),
            "{part}: {losses:?}"
        );
    }
}

/// Hash maps are seeded anew each time: two runs in one process would differ if one decided an order.
#[test]
fn determinism() {
    for (name, sources, profile) in descriptions() {
        let first = run(&sources, profile).0;
        let second = run(&sources, profile).0;
        assert_eq!(first.tree, second.tree, "{name}");
        assert_eq!(first.client, second.client, "{name}");
    }
}

/// No word of the described service is in the generator.
#[test]
fn ignorance() {
    let words = service_words();
    let mut found = Vec::new();
    for file in files_below(&root().join("../codegen/src")) {
        let text = fs::read_to_string(&file)
            .expect("a source file is text")
            .to_lowercase();
        let known = words.iter().filter(|word| text.contains(*word));
        found.extend(known.map(|word| format!("{}: {word}", file.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The service's names, and of its resources those that no other service would have.
fn service_words() -> BTreeSet<String> {
    let mut words: BTreeSet<String> = ["feishu", "larksuite", "attendance", "tenant_"]
        .map(str::to_owned)
        .into();
    for file in files_below(&root().join("../spec/resources")) {
        let name = file
            .file_stem()
            .expect("a file has a name")
            .to_string_lossy()
            .into_owned();
        if name.contains('_') {
            words.insert(name.replace('_', ""));
            words.insert(name);
        }
    }
    words
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// All fixtures of the output, and our own description.
fn descriptions() -> Vec<(String, SourceMap, Profile)> {
    let entries = fs::read_dir(root().join("fixtures/output")).expect("there are fixtures");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder entry").path())
        .collect();
    folders.push(root().join("../spec"));
    folders.sort();
    folders
        .iter()
        .map(|folder| read_description(folder))
        .collect()
}

fn read_description(folder: &Path) -> (String, SourceMap, Profile) {
    let name = folder
        .file_name()
        .expect("a folder has a name")
        .to_string_lossy()
        .into_owned();
    let mut sources = SourceMap::default();
    for file in files_below(folder)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|end| end == "yaml"))
    {
        let path = file
            .strip_prefix(folder)
            .expect("a file below the folder")
            .to_string_lossy()
            .into_owned();
        sources.add(
            path,
            fs::read_to_string(&file).expect("a description is text"),
        );
    }
    let profile = if name == "envelope" || name == "spec" {
        Profile::Strict
    } else {
        Profile::Foreign
    };
    (name, sources, profile)
}

fn run(sources: &SourceMap, profile: Profile) -> (Generated, Diagnostics) {
    let outcome = codegen::run(sources, "openapi.yaml", profile, &Options::default());
    (
        outcome.generated.expect("the description has no errors"),
        outcome.diagnostics,
    )
}

/// What is in the API, and neither in the client nor in a finding.
fn losses(generated: &Generated, diagnostics: &Diagnostics) -> Vec<String> {
    let Generated { api, client, .. } = generated;
    let told: Vec<&str> = diagnostics
        .iter()
        .map(|finding| finding.headline.as_str())
        .collect();
    let mut losses = operation_losses(api, client, &told);
    losses.extend(event_losses(api, client, &told));
    losses.extend(error_losses(api, client));
    losses.extend(schema_losses(api, client));
    losses
}

fn operation_losses(api: &Api, client: &Client, told: &[&str]) -> Vec<String> {
    let is_there = |id: &str| {
        client
            .resources
            .iter()
            .flat_map(|module| &module.operations)
            .any(|operation| operation.id == id)
    };
    let is_told = |id: &str| {
        told.iter()
            .any(|headline| headline.contains(&format!("`{id}`")))
    };
    let ids = api.operations.iter().map(|operation| operation.id.as_str());
    ids.filter(|id| !is_there(id) && !is_told(id))
        .map(|id| format!("operation `{id}`"))
        .collect()
}

fn event_losses(api: &Api, client: &Client, told: &[&str]) -> Vec<String> {
    let is_there = |event_type: &str| {
        client
            .events
            .iter()
            .flat_map(|events| &events.events)
            .any(|event| event.event_type == event_type)
    };
    let is_told = |event_type: &str| {
        told.iter()
            .any(|headline| headline.contains(&format!("`{event_type}`")))
    };
    let types = api.events.iter().map(|event| event.event_type.as_str());
    types
        .filter(|event_type| !is_there(event_type) && !is_told(event_type))
        .map(|event_type| format!("event `{event_type}`"))
        .collect()
}

fn error_losses(api: &Api, client: &Client) -> Vec<String> {
    let entries = api.errors.iter().zip(&client.errors.entries);
    let differing = entries.filter(|(wanted, found)| {
        wanted.code != found.code || wanted.messages.len() != found.messages.len()
    });
    let mut losses: Vec<String> = differing
        .map(|(wanted, _)| format!("error {}", wanted.code))
        .collect();
    if api.errors.len() != client.errors.entries.len() {
        losses.push("error entries".to_owned());
    }
    losses
}

fn schema_losses(api: &Api, client: &Client) -> Vec<String> {
    let taken_apart = taken_apart(api);
    let mut losses = Vec::new();
    for (index, schema) in api.schemas.0.iter().enumerate() {
        let is_here = schema.alias_of.is_some() || taken_apart.contains(&index);
        match &schema.kind {
            _ if is_here => {}
            SchemaKind::Object(object)
                if !object.properties.is_empty() && !has_struct(client, object) =>
            {
                losses.push(describe("object", schema))
            }
            SchemaKind::Enum(item) if !has_enum(client, item) => {
                losses.push(describe("enum", schema))
            }
            _ => {}
        }
    }
    losses
}

fn describe(what: &str, schema: &Schema) -> String {
    format!(
        "{what} `{}` at {}",
        schema.name.as_deref().unwrap_or_default(),
        schema.place.pointer
    )
}

/// Wrappers of answers and bodies of parts: their members are looked for elsewhere.
fn taken_apart(api: &Api) -> BTreeSet<usize> {
    let mut schemas = BTreeSet::new();
    for operation in &api.operations {
        if let (Some(_), Answer::Json { schema, .. }) = (&operation.envelope, &operation.answer) {
            schemas.insert(canonical(api, *schema));
        }
        if let Some(BodyKind::Multipart { schema }) = operation.body.as_ref().map(|body| &body.kind)
        {
            schemas.insert(canonical(api, *schema));
        }
    }
    schemas
}

fn canonical(api: &Api, id: SchemaId) -> usize {
    let mut id = id;
    while let Some(target) = api.schemas[id].alias_of {
        id = target;
    }
    id.0 as usize
}

fn types(client: &Client) -> impl Iterator<Item = &Type> {
    let modules = client
        .resources
        .iter()
        .chain(&client.common)
        .chain(client.events.iter().map(|events| &events.module));
    modules.flat_map(types_of)
}

fn types_of(module: &Module) -> impl Iterator<Item = &Type> {
    module
        .operations
        .iter()
        .flat_map(|operation| &operation.types)
        .chain(&module.types)
}

fn has_struct(client: &Client, object: &ObjectSchema) -> bool {
    let says_the_same = |item: &Struct| {
        let (rest, named): (Vec<&Field>, Vec<&Field>) = item
            .fields
            .iter()
            .partition(|field| field.layout == Layout::Rest);
        rest.len() == usize::from(object.additional.is_some())
            && named.len() == object.properties.len()
            && named
                .iter()
                .zip(&object.properties)
                .all(|(field, property)| field.wire.0 == property.name)
    };
    types(client).any(|ty| matches!(ty, Type::Struct(item) if says_the_same(item)))
}

fn has_enum(client: &Client, item: &EnumSchema) -> bool {
    types(client).any(|ty| match ty {
        Type::Enum(found) => match (&found.variants, item.base) {
            (Variants::Text(variants), EnumBase::Text) => {
                let wanted = item
                    .values
                    .iter()
                    .map(|value| value.value.as_str().unwrap_or_default());
                wanted.eq(variants.iter().map(|variant| variant.value.as_str()))
            }
            (Variants::Int(variants), EnumBase::Integer) => {
                let wanted = item
                    .values
                    .iter()
                    .map(|value| value.value.as_i64().unwrap_or_default());
                wanted.eq(variants.iter().map(|variant| variant.value))
            }
            _ => false,
        },
        Type::Struct(_) | Type::Bits(_) | Type::Union(_) => false,
    })
}

/// However many components refer to each other in a row, each is a type.
#[test]
fn a_long_chain_of_components_stays_typed() {
    let mut text =
        "openapi: 3.1.0\ninfo: {title: Chain, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
            .to_owned();
    for index in 0..400 {
        let next = (index + 1) % 400;
        text.push_str(&format!("    Link{index}: {{type: object, properties: {{next: {{$ref: '#/components/schemas/Link{next}'}}}}}}\n"));
    }
    let (generated, diagnostics) = run(&SourceMap::single("openapi.yaml", &text), Profile::Foreign);
    assert_eq!(types(&generated.client).count(), 400);
    assert!(
        diagnostics
            .iter()
            .all(|finding| finding.id.name() != "kept-as-json")
    );
}

/// Every part of a multipart body is a member of the builder.
#[test]
fn conservation_of_parts() {
    let (_, sources, profile) = descriptions()
        .into_iter()
        .find(|(name, ..)| name == "multipart")
        .expect("there is such a fixture");
    let (generated, _) = run(&sources, profile);
    let operation = &generated.client.resources[0].operations[0];
    assert_eq!(operation.body, Body::Multipart);
    let members: Vec<&str> = operation
        .members
        .iter()
        .map(|member| member.wire.0.as_str())
        .collect();
    assert_eq!(
        members,
        [
            "file_name",
            "file",
            "kind",
            "extra",
            "more",
            "note",
            "labels",
            "meta"
        ]
    );
}
