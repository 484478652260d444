//! Whatever the names of a description are, those of the client are unique where Rust wants them to be.
//!
//! Every fixture of the output is read again with its own names replaced by hostile ones, in a fixed random order.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use codegen::ir::{Body, Client, Module, Name, Operation, Type, Variants};
use codegen::source::SourceMap;
use codegen::{Options, Profile};

const HOSTILE: [&str; 36] = [
    "Self",
    "self",
    "crate",
    "super",
    "type",
    "r#type",
    "fn",
    "async",
    "String",
    "string",
    "Vec",
    "Option",
    "None",
    "Default",
    "default",
    "send",
    "send_full",
    "with_timeout",
    "call",
    "body",
    "new",
    "clone",
    "request",
    "24h",
    "+1",
    "-1",
    "*/",
    "a.b",
    "a-b",
    "a_b",
    "aB",
    "书架",
    "😀",
    "../../x",
    "Unknown",
    "client",
];

/// Names that the fixtures use, which a replacement makes hostile.
const WORDS: [&str; 24] = [
    "name",
    "label",
    "Thing",
    "Part",
    "count",
    "shelf",
    "kind",
    "Pet",
    "Cat",
    "Dog",
    "Owner",
    "Tree",
    "Node",
    "Left",
    "open",
    "closed",
    "ids",
    "text",
    "user_ids",
    "All",
    "clock",
    "State",
    "Level",
    "page_token",
];

#[test]
fn names_are_unique_whatever_they_are_made_from() {
    let mut random = Random(7);
    let mut clients = 0;
    for round in 0..12 {
        for (fixture, text) in fixtures() {
            let text = WORDS.iter().fold(text, |text, word| {
                replace_word(&text, word, HOSTILE[random.below(HOSTILE.len())])
            });
            let sources = SourceMap::single("openapi.yaml", &text);
            let outcome = codegen::run(
                &sources,
                "openapi.yaml",
                Profile::Foreign,
                &Options::default(),
            );
            if let Some(generated) = outcome.generated {
                let doubles = doubles(&generated.client);
                assert!(
                    doubles.is_empty(),
                    "{fixture}, round {round}: {doubles:?}\n{text}"
                );
                clients += 1;
            }
        }
    }
    assert!(
        clients > 100,
        "only {clients} descriptions survived their edits"
    );
}

#[test]
fn a_double_would_be_noticed() {
    let (_, text) = fixtures()
        .into_iter()
        .find(|(name, _)| name == "bodies")
        .expect("there is such a fixture");
    let outcome = codegen::run(
        &SourceMap::single("openapi.yaml", &text),
        "openapi.yaml",
        Profile::Foreign,
        &Options::default(),
    );
    let mut client = outcome.generated.expect("the fixture has no errors").client;
    let twice = client.resources[0].operations[0].clone();
    client.resources[0].operations.push(twice);
    assert!(doubles(&client).len() >= 3, "{:?}", doubles(&client));
}

/// Always the same numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }
}

fn fixtures() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/output");
    let entries = fs::read_dir(folder).expect("there are fixtures");
    let mut fixtures: Vec<(String, String)> = entries
        .map(|entry| {
            let path = entry.expect("a folder entry").path();
            let name = path
                .file_name()
                .expect("a folder has a name")
                .to_string_lossy()
                .into_owned();
            (
                name,
                fs::read_to_string(path.join("openapi.yaml")).expect("a fixture has a description"),
            )
        })
        .collect();
    fixtures.sort();
    fixtures
}

/// Keys, values in flow lists and ends of pointers; quoted, as most hostile names need it.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let pointer = by.replace('~', "~0").replace('/', "~1");
    text.replace(&format!("{word}: "), &format!("\"{by}\": "))
        .replace(&format!(" {word}:\n"), &format!(" \"{by}\":\n"))
        .replace(&format!("[{word}"), &format!("[\"{by}\""))
        .replace(&format!(", {word}]"), &format!(", \"{by}\"]"))
        .replace(&format!("name: {word},"), &format!("name: \"{by}\","))
        .replace(
            &format!("/schemas/{word}\""),
            &format!("/schemas/{pointer}\""),
        )
}

/// The names that occur twice in one name space.
fn doubles(client: &Client) -> Vec<String> {
    let mut spaces = Spaces::default();
    let handles = client
        .resources
        .iter()
        .filter_map(|module| module.handle.as_ref());
    spaces.add(
        "client",
        handles.map(|handle| &handle.accessor),
        &["builder"],
    );
    spaces.add(
        "modules",
        client
            .resources
            .iter()
            .chain(&client.common)
            .map(|module| &module.name),
        &["rt", "events", "errors"],
    );
    let modules = client
        .resources
        .iter()
        .chain(&client.common)
        .chain(client.events.iter().map(|events| &events.module));
    modules.for_each(|module| add_module(&mut spaces, module));
    spaces.doubles
}

#[derive(Default)]
struct Spaces {
    doubles: Vec<String>,
}

impl Spaces {
    fn add<'n>(&mut self, space: &str, names: impl Iterator<Item = &'n Name>, taken: &[&str]) {
        let mut seen: BTreeSet<&str> = taken.iter().copied().collect();
        for name in names {
            if !seen.insert(name.as_str()) {
                self.doubles.push(format!("{space}: {name}"));
            }
        }
    }
}

fn add_module(spaces: &mut Spaces, module: &Module) {
    let types: Vec<&Type> = module
        .operations
        .iter()
        .flat_map(|operation| &operation.types)
        .chain(&module.types)
        .collect();
    let names = module.handle.iter().map(|handle| &handle.name);
    let names = names
        .chain(module.operations.iter().map(|operation| &operation.builder))
        .chain(types.iter().map(|ty| type_name(ty)));
    spaces.add(
        module.name.as_str(),
        names,
        &[
            "String",
            "Vec",
            "Option",
            "Default",
            "Box",
            "Into",
            "IntoIterator",
            "Self",
            "Some",
            "None",
        ],
    );
    spaces.add(
        "statics",
        module
            .operations
            .iter()
            .map(|operation| &operation.info_name),
        &[],
    );
    spaces.add(
        "methods",
        module.operations.iter().map(|operation| &operation.method),
        &["new", "clone"],
    );
    module
        .operations
        .iter()
        .for_each(|operation| add_operation(spaces, operation));
    types.into_iter().for_each(|ty| add_type(spaces, ty));
}

fn type_name(ty: &Type) -> &Name {
    match ty {
        Type::Struct(item) => &item.name,
        Type::Enum(item) => &item.name,
        Type::Bits(item) => &item.name,
        Type::Union(item) => &item.name,
    }
}

/// Setters and arguments share a space with the methods of the builder.
fn add_operation(spaces: &mut Spaces, operation: &Operation) {
    let methods = [
        "send",
        "send_full",
        "pages",
        "items",
        "batches",
        "call",
        "call_mut",
        "request",
        "with_timeout",
        "with_header",
    ];
    let members = operation.members.iter().map(|member| &member.name);
    let fields = match &operation.body {
        Body::Members { members, .. } => members.iter().map(|member| &member.name).collect(),
        Body::None | Body::Multipart | Body::Whole { .. } => Vec::new(),
    };
    let body: &[&str] = if operation.body == Body::None {
        &[]
    } else {
        &["body"]
    };
    spaces.add(
        operation.builder.as_str(),
        members.chain(fields),
        &[methods.as_slice(), body].concat(),
    );
}

fn add_type(spaces: &mut Spaces, ty: &Type) {
    let space = type_name(ty).to_string();
    match ty {
        Type::Struct(item) => spaces.add(
            &space,
            item.fields.iter().map(|field| &field.name),
            &["new"],
        ),
        Type::Bits(item) => spaces.add(&space, item.masks.iter().map(|mask| &mask.name), &[]),
        Type::Union(item) => spaces.add(
            &space,
            item.variants.iter().map(|variant| &variant.name),
            &["Other", "Self"],
        ),
        Type::Enum(item) => match &item.variants {
            Variants::Text(variants) => spaces.add(
                &space,
                variants.iter().map(|variant| &variant.name),
                &["Unknown", "Self"],
            ),
            Variants::Int(variants) => spaces.add(
                &space,
                variants.iter().map(|variant| &variant.name),
                &["Unknown", "Self"],
            ),
        },
    }
}
