//! What `diff` says of each kind of change: a description, one edit of it, and the changes that must be told.

use std::path::Path;

use codegen::diff::{Format, Verdict, diff, render, verdict};
use codegen::ir::Client;
use codegen::source::SourceMap;
use codegen::{Options, Profile};
use serde_json::Value;

/// One kind of change, as the table beside the description tells it.
struct Kind {
    name: String,
    /// What is replaced, and by what.
    from: String,
    to: String,
    /// What cargo-semver-checks says; `cargo xtask interop semver` holds it.
    semver_checks: String,
    /// Why it differs from what we say.
    why: Option<String>,
    has_caller: bool,
    told: Vec<String>,
}

/// The kinds, and the keys of the reasons.
fn table() -> (Vec<Kind>, Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diff/kinds.yaml");
    let text = std::fs::read_to_string(path).expect("the table is there");
    let table: Value = serde_yaml::from_str(&text).expect("the table is YAML");
    let kinds = table["kinds"].as_array().expect("a list").iter().map(kind);
    let reasons = table["reasons"].as_object().expect("an object").keys();
    (kinds.collect(), reasons.cloned().collect())
}

fn kind(value: &Value) -> Kind {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let need = |key: &str| text(&value[key]).unwrap_or_else(|| panic!("{value} lacks {key}"));
    let told = value["told"].as_array().expect("a list").iter();
    Kind {
        name: need("kind"),
        from: need("from"),
        to: need("to"),
        semver_checks: need("semver-checks"),
        why: text(&value["why"]),
        has_caller: value["caller"].is_string(),
        told: told.filter_map(text).collect(),
    }
}

#[test]
fn each_change_is_told_with_its_verdict() {
    let old = client("", "");
    let mut wrong = Vec::new();
    for kind in table().0 {
        let found = told(&old, &client(&kind.from, &kind.to));
        if found != kind.told {
            let (name, expected) = (kind.name, kind.told);
            wrong.push(format!(
                "{name}:\n    expected {expected:#?}\n    found {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn where_semver_checks_says_otherwise_the_table_says_why() {
    let (kinds, reasons) = table();
    let old = client("", "");
    assert!(kinds.len() >= 30);
    for kind in kinds {
        let changes = diff(&old, &client(&kind.from, &kind.to));
        let ours = verdict(&changes).map_or("none", Verdict::name);
        let agree = [kind.semver_checks.as_str(), "patch"].contains(&ours)
            && (ours != "patch" || kind.semver_checks == "none");
        let reason = kind.why.map(|why| reasons.contains(&why));
        assert_eq!(reason, (!agree).then_some(true), "{}", kind.name);
        assert!(!kind.has_caller || ours == "major", "{}", kind.name);
    }
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
