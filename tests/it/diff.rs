//! What `diff` says of each kind of change: a description, one edit of it, and the changes that must be told.

use std::path::Path;

use codegen::diff::{Format, diff, render};
use codegen::ir::Client;
use codegen::source::SourceMap;
use codegen::{Options, Profile};

/// Name of the case, what is replaced, by what, and the lines that are told (words only are left out).
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const CASES: &[Case] = &[
    ("nothing", "", "", &[]),
    (
        "a server moves",
        "https://a.example.com",
        "https://b.example.com",
        &["[] minor servers: served at https://b.example.com, no longer at https://a.example.com"],
    ),
    (
        "another kind of token",
        "{type: http, scheme: bearer}",
        "{type: http, scheme: basic}",
        &["[] minor schemes: the ways to prove who calls changed"],
    ),
    (
        "an operation is added",
        "  /books:\n    post:",
        "  /books:\n    get: {operationId: count, tags: [book], responses: {\"204\": {description: Done.}}}\n    post:",
        &["[count] minor operation-added: operation added: GET /books"],
    ),
    (
        "an operation gets another id",
        "operationId: replace",
        "operationId: overwrite",
        &[
            "[replace] major operation-removed: operation removed",
            "[overwrite] minor operation-added: operation added: PUT /shelves/{shelf_id}",
        ],
    ),
    (
        "an operation moves to another resource",
        "operationId: add\n      tags: [book]",
        "operationId: add\n      tags: [volume]",
        &[
            "[add] major operation-moved: moved from `book` to `volume`",
            "[add] major operation-renamed: `add` with `BookAdd` became `add` with `VolumeAdd`",
            "[add] major type-removed: struct `BookAddBody` removed",
            "[add] minor type-added: struct `VolumeAddBody` added",
        ],
    ),
    (
        "an operation is deprecated",
        "operationId: list\n",
        "operationId: list\n      deprecated: true\n",
        &["[list] minor deprecated: deprecated"],
    ),
    (
        "another path",
        "  /books:",
        "  /volumes:",
        &["[add] minor endpoint: calls POST /volumes, no longer POST /books"],
    ),
    (
        "another method",
        "    put:\n      operationId: replace",
        "    patch:\n      operationId: replace",
        &[
            "[replace] minor endpoint: calls PATCH /shelves/{shelf_id}, no longer PUT /shelves/{shelf_id}",
            "[replace] minor retry: repeated as Append, no longer as Idempotent",
        ],
    ),
    (
        "another retry class",
        "x-retry: append",
        "x-retry: idempotent",
        &["[add] minor retry: repeated as Idempotent, no longer as Append"],
    ),
    (
        "another rate limit",
        "{limit: 50, seconds: 1}",
        "{limit: 20, seconds: 1}",
        &["[get] patch rate-limit: its rate limit changed"],
    ),
    (
        "another scope",
        "security: [{token: [read]}]",
        "security: [{token: [all]}]",
        &[
            "[get] minor scope-added: scope `all` added",
            "[get] minor scope-removed: scope `read` removed",
            "[replace] minor scope-added: scope `all` added",
            "[replace] minor scope-removed: scope `read` removed",
            "[list] minor scope-added: scope `all` added",
            "[list] minor scope-removed: scope `read` removed",
            "[add] minor scope-added: scope `all` added",
            "[add] minor scope-removed: scope `read` removed",
        ],
    ),
    (
        "an operation gives another code",
        "x-errors: [1001]",
        "x-errors: [1001, 1002]",
        &["[get] patch code-added: code `1002` added"],
    ),
    (
        "an optional parameter is added",
        "        - {name: floor,",
        "        - {name: wing, in: query, schema: {type: string}}\n        - {name: floor,",
        &["[get] minor parameter-added: query parameter `wing` added: Option<String>"],
    ),
    (
        "a required parameter is added",
        "        - {name: floor,",
        "        - {name: wing, in: query, required: true, schema: {type: string}}\n        - {name: floor,",
        &["[get] major parameter-added: required query parameter `wing` added: String"],
    ),
    (
        "a parameter is removed",
        "        - {name: floor, in: query, schema: {type: integer}}\n",
        "",
        &["[get] major parameter-removed: query parameter `floor` removed"],
    ),
    (
        "a parameter becomes required",
        "{name: floor, in: query, schema",
        "{name: floor, in: query, required: true, schema",
        &["[get] major parameter-required: query parameter `floor` became a required argument"],
    ),
    (
        "a parameter becomes optional",
        "{name: room, in: query, required: true, schema",
        "{name: room, in: query, schema",
        &["[get] major parameter-required: query parameter `room` became optional, a setter"],
    ),
    (
        "a parameter gets another type",
        "{name: floor, in: query, schema: {type: integer}}",
        "{name: floor, in: query, schema: {type: string}}",
        &[
            "[get] major parameter-type: query parameter `floor` was Option<i64> and is Option<String>",
        ],
    ),
    (
        "a parameter gets another name in Rust",
        "{name: floor, in: query, schema",
        "{name: floor, in: query, x-name: storey, schema",
        &[
            "[get] major parameter-renamed: query parameter `floor` is set by `storey`, no longer by `floor`",
        ],
    ),
    (
        "a parameter moves to the headers",
        "{name: floor, in: query, schema",
        "{name: floor, in: header, schema",
        &[
            "[get] major parameter-removed: query parameter `floor` removed",
            "[get] minor parameter-added: header `floor` added: Option<i64>",
        ],
    ),
    (
        "arguments change places",
        "        - {name: shelf_id, in: path, required: true, schema: {type: string}}\n        - {name: room, in: query, required: true, schema: {type: integer}}\n",
        "        - {name: room, in: query, required: true, schema: {type: integer}}\n        - {name: shelf_id, in: path, required: true, schema: {type: string}}\n",
        &["[get] major argument-order: its arguments come in another order"],
    ),
    (
        "the client loses a default",
        "x-client-default: true, ",
        "",
        &[
            "[] major default-removed: the client's default `kind` removed",
            "[get] major parameter-required: query parameter `kind` became optional, a setter",
        ],
    ),
    (
        "a body appears",
        "operationId: list\n",
        "operationId: list\n      requestBody: {content: {application/json: {schema: {$ref: \"#/components/schemas/Cat\"}}}}\n",
        &[
            "[list] minor body-added: has an optional body",
            "[get, list] minor construction-added: `Cat` can be built: a request holds it",
        ],
    ),
    (
        "a body becomes optional",
        "requestBody: {required: true, content",
        "requestBody: {content",
        &["[replace] major body-type: its body was ShelfInput and is Option<ShelfInput>"],
    ),
    (
        "a body gains an optional member",
        "                note: {type: string}",
        "                note: {type: string}\n                year: {type: integer}",
        &["[add] minor field-added: field `year` of `BookAddBody` added: Option<i64>"],
    ),
    (
        "a body gains a required member",
        "required: [titles]",
        "required: [titles, note]",
        &[
            "[add] major argument-required: member `note` became a required argument",
            "[add] major field-presence: field `note` of `BookAddBody` was Option<String> and is String",
        ],
    ),
    (
        "the answer gets another type",
        "{description: The shelf., content: {application/json: {schema: {$ref: \"#/components/schemas/Shelf\"}}}}",
        "{description: The shelf., content: {application/json: {schema: {$ref: \"#/components/schemas/Cat\"}}}}",
        &["[get] major answer-type: its answer was Shelf and is Cat"],
    ),
    (
        "pages are gone",
        "      x-pagination: {token: page_token, items: shelves, next: page_token}\n",
        "",
        &["[list] major paging-removed: no longer has `pages()` and `items()`"],
    ),
    (
        "another limit of a batch",
        "{list: titles, max: 50}",
        "{list: titles, max: 20}",
        &["[add] minor batching-limit: takes 20 entries a call, no longer 50 entries"],
    ),
    (
        "batches are gone",
        "      x-batch: {list: titles, max: 50}\n",
        "",
        &["[add] major batching-removed: no longer has `batches()`"],
    ),
    (
        "an answer gains a field",
        "        bought: {type: integer, format: yyyymmdd}",
        "        bought: {type: integer, format: yyyymmdd}\n        sold: {type: boolean}",
        &["[get, list] minor field-added: field `sold` of `Shelf` added: Option<bool>"],
    ),
    (
        "an answer loses a field",
        "        bought: {type: integer, format: yyyymmdd}\n",
        "",
        &["[get, list] major field-removed: field `bought` of `Shelf` removed"],
    ),
    (
        "a field of an answer becomes optional",
        "      description: A shelf.\n      required: [name]\n",
        "      description: A shelf.\n",
        &[
            "[get, list] major field-presence: field `name` of `Shelf` was String and is Option<String>",
        ],
    ),
    (
        "a field gets another type",
        "width: {type: integer, x-unit: centimeters}",
        "width: {type: number, x-unit: centimeters}",
        &[
            "[get, list] major field-type: field `width` of `Shelf` was Option<i64> and is Option<f64>",
        ],
    ),
    (
        "a field gets another unit",
        "x-unit: centimeters",
        "x-unit: meters",
        &[
            "[get, list] major field-unit: field `width` of `Shelf` counts meters, no longer centimeters",
        ],
    ),
    (
        "a field travels in another form",
        "{type: integer, format: yyyymmdd}",
        "{type: string, format: yyyymmdd}",
        &[
            "[get, list] minor field-form: field `bought` of `Shelf` travels as is usual for its type, no longer as a number",
        ],
    ),
    (
        "a field gets another name in Rust",
        "width: {type: integer, x-unit: centimeters}",
        "width: {type: integer, x-unit: centimeters, x-name: breadth}",
        &[
            "[get, list] major field-renamed: field `width` of `Shelf` is called `breadth` in Rust, no longer `width`",
        ],
    ),
    (
        "a type that is sent gains a required field",
        "required: [name]\n      properties: {name: {type: string}, width: {type: integer}, given",
        "required: [name, depth]\n      properties: {name: {type: string}, depth: {type: integer}, width: {type: integer}, given",
        &["[replace] major field-added: field `depth` of `ShelfInput` added: i64"],
    ),
    (
        "a field of a request can no longer be set",
        "given: {type: string}",
        "given: {type: string, readOnly: true}",
        &["[replace] major setter-removed: field `given` of `ShelfInput` can no longer be set"],
    ),
    (
        "an enum gains a value",
        "enum: [old, new]",
        "enum: [old, new, rare]",
        &["[get] minor value-added: value \"rare\" of `Kind` added"],
    ),
    (
        "an enum loses a value",
        "enum: [old, new]",
        "enum: [old]",
        &["[get] major value-removed: value \"new\" of `Kind` removed"],
    ),
    (
        "a value gets another name",
        "x-enum-varnames: [Low, High]",
        "x-enum-varnames: [Low, Top]",
        &[
            "[get, list] major value-renamed: value 1 of `Level` is called `Top` in Rust, no longer `High`",
        ],
    ),
    (
        "the values of an enum become texts",
        "Level: {type: integer, enum: [0, 1], x-enum-varnames: [Low, High]}",
        "Level: {type: string, enum: [\"0\", \"1\"], x-enum-varnames: [Low, High]}",
        &["[get, list] major enum-base: the values of `Level` were numbers and are texts"],
    ),
    (
        "a type becomes another kind of type",
        "Kind: {type: string, enum: [old, new]}",
        "Kind: {type: object, properties: {a: {type: string}}}",
        &[
            "[get] minor parameter-form: query parameter `kind` is written differently",
            "[get] major type-kind: `Kind` was an enum and is a struct",
        ],
    ),
    (
        "a union gains an alternative",
        "dog: \"#/components/schemas/Dog\"}",
        "dog: \"#/components/schemas/Dog\", wolf: \"#/components/schemas/Dog\"}",
        &["[get, list] minor variant-added: alternative `wolf` of `Pet` added"],
    ),
    (
        "a union loses an alternative",
        "cat: \"#/components/schemas/Cat\", dog",
        "dog",
        &[
            "[get, list] major variant-removed: alternative `cat` of `Pet` removed",
            "[get, list] minor variant-added: alternative `Cat` of `Pet` added",
        ],
    ),
    (
        "an event gets another type",
        "  book.lost:",
        "  book.found:",
        &[
            "[book.lost] major event-removed: event removed",
            "[book.found] minor event-added: event added",
        ],
    ),
    (
        "an event gains a field",
        "{book: {type: string}}",
        "{book: {type: string}, by: {type: string}}",
        &["[book.lost] minor field-added: field `by` of `BookLost` added: Option<String>"],
    ),
    (
        "an error is renamed",
        "name: Gone",
        "name: Vanished",
        &[
            "[] major error-kind-removed: error kind `Gone` removed",
            "[] minor error-kind-added: error kind `Vanished` added",
            "[] major error-renamed: error 1002 is called `VANISHED`, no longer `GONE`",
        ],
    ),
    (
        "an error gets another number",
        "code: 1002",
        "code: 1003",
        &[
            "[] major error-removed: error 1002 `GONE` removed",
            "[] minor error-added: error 1003 `GONE` added",
        ],
    ),
    (
        "an error is handled differently",
        "category: not_found\n    action: fix_request",
        "category: not_found\n    action: support",
        &[
            "[] minor error-handling: error 1002 is handled as NotFound, Support, Never, no longer as NotFound, FixRequest, Never",
        ],
    ),
    (
        "an error comes with another status",
        "http: [400]",
        "http: [400, 500]",
        &["[] patch error-status: error 1001 comes with [400, 500], no longer with [400]"],
    ),
    (
        "an error is told apart by another text",
        "text: in use",
        "text: being used",
        &[
            "[] minor message-added: error 1001 is told apart by the text \"being used\"",
            "[] minor message-removed: error 1001 is no longer told apart by the text \"in use\"",
        ],
    ),
];

#[test]
fn each_change_is_told_with_its_verdict() {
    let old = client("", "");
    let mut wrong = Vec::new();
    for (name, from, to, expected) in CASES {
        let found = told(&old, &client(from, to));
        if found != *expected {
            wrong.push(format!(
                "{name}:\n    expected {expected:#?}\n    found {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn words_are_a_patch() {
    let changes = diff(
        &client("", ""),
        &client("description: A shelf.", "description: A board."),
    );
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.kind, change.verdict.name(), change.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [(
            "docs",
            "patch",
            "the documentation of `Shelf` reads differently"
        )]
    );
}

#[test]
fn changes_read_well_in_every_form() {
    let new = client("enum: [old, new]", "enum: [old, rare]");
    let changes = diff(&client("", ""), &new);
    let text = "\
get
  major  value \"new\" of `Kind` removed
  minor  value \"rare\" of `Kind` added

1 major, 1 minor, 0 patch: the next version is a major version
";
    assert_eq!(render(&changes, Format::Text), text);
    let markdown = "\
### Breaking

- **get**: value \"new\" of `Kind` removed

### Added or changed

- **get**: value \"rare\" of `Kind` added
";
    assert_eq!(render(&changes, Format::Markdown), markdown);
    let json: serde_json::Value =
        serde_json::from_str(&render(&changes, Format::Json)).expect("it is JSON");
    assert_eq!(json["verdict"], "major");
    assert_eq!(json["changes"][0]["subjects"][0], "get");
    assert_eq!(json["changes"][1]["kind"], "value-added");
    assert_eq!(render(&[], Format::Text), "no change\n");
}

/// What is told, without the changes of words.
fn told(old: &Client, new: &Client) -> Vec<String> {
    let changes = diff(old, new);
    let told = changes.iter().filter(|change| change.kind != "docs");
    told.map(|change| {
        let subjects = change.subjects.join(", ");
        format!(
            "[{subjects}] {} {}: {}",
            change.verdict.name(),
            change.kind,
            change.text
        )
    })
    .collect()
}

/// The library after one edit, which must hit something.
fn client(from: &str, to: &str) -> Client {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diff");
    let mut sources = SourceMap::default();
    let mut hits = 0;
    for file in ["openapi.yaml", "errors.yaml"] {
        let text = std::fs::read_to_string(folder.join(file)).expect("the fixture is there");
        hits += if from.is_empty() {
            1
        } else {
            text.matches(from).count()
        };
        sources.add(
            file,
            if from.is_empty() {
                text
            } else {
                text.replacen(from, to, 1)
            },
        );
    }
    assert!(hits > 0, "nothing to replace: {from}");
    let outcome = codegen::run(
        &sources,
        "openapi.yaml",
        Profile::Foreign,
        &Options::default(),
    );
    outcome
        .generated
        .expect("the edited description has no errors")
        .client
}
