//! Every feature of the generator: a small description, and the files that it must become.
//!
//! `UPDATE_EXPECT=1` writes what came out; read that diff as code. What is expected is also compiled: each fixture is
//! a module of this package (`output_modules.rs`, which is written in the same way).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use codegen::diagnostic::{Format, Renderer};
use codegen::source::SourceMap;
use codegen::{Options, Profile, Tree};

/// What the findings of a fixture are kept in.
const FINDINGS: &str = "findings.txt";

/// Files that add to types of the runtime, which only its own crate may do.
const NOT_COMPILED: [&str; 3] = ["mod.rs", "errors.rs", FINDINGS];

#[test]
fn every_feature_becomes_what_is_expected() {
    let mut differences = Vec::new();
    for fixture in fixtures() {
        let expected = fixture.join("expected");
        let found = read_folder(&expected);
        let wanted = generate(&fixture);
        if wanted == found {
            continue;
        }
        if is_update() {
            write_folder(&expected, &wanted);
        } else {
            differences.push(describe(&fixture, &wanted, &found));
        }
    }
    assert!(
        differences.is_empty(),
        "UPDATE_EXPECT=1 writes what came out\n{}",
        differences.join("\n")
    );
}

#[test]
fn everything_expected_is_compiled() {
    let lists = fixtures()
        .iter()
        .map(|fixture| (fixture.join("modules.rs"), module_list(fixture)))
        .collect::<Vec<_>>();
    let all = root().join("it/output_modules.rs");
    for (path, text) in lists.into_iter().chain([(all, list_of_lists())]) {
        if is_update() {
            write(&path, &text);
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap_or_default(),
            text,
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let texts = [("openapi.yaml", ""), ("b.yaml", ""), ("a.yaml", "")];
    let envelope = root().join("fixtures/output/envelope");
    let files = ["errors.yaml", "openapi.yaml"];
    let mut trees = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let mut sources = SourceMap::default();
        for index in order {
            sources.add(files[index], read(&envelope.join(files[index])));
        }
        for (name, text) in texts.iter().skip(1) {
            sources.add(*name, *text);
        }
        trees.push(run(&sources, Profile::Foreign).0);
    }
    assert!(!trees[0].files.is_empty());
    assert_eq!(trees[0], trees[1]);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

/// The folders of all fixtures, by name.
fn fixtures() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("fixtures/output")).expect("there are fixtures");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder entry").path())
        .collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name()
        .expect("a path below the fixtures")
        .to_string_lossy()
        .into_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a fixture, as a run makes them.
fn generate(fixture: &Path) -> BTreeMap<String, String> {
    let mut sources = SourceMap::default();
    for (file, text) in read_folder(fixture) {
        if file.ends_with(".yaml") {
            sources.add(file, text);
        }
    }
    let profile = if name(fixture) == "envelope" {
        Profile::Strict
    } else {
        Profile::Foreign
    };
    let (tree, findings) = run(&sources, profile);
    let mut files = tree.files;
    if !findings.is_empty() {
        files.insert(FINDINGS.to_owned(), findings);
    }
    files
}

fn run(sources: &SourceMap, profile: Profile) -> (Tree, String) {
    let options = Options {
        crate_name: (profile == Profile::Strict).then(|| "library".to_owned()),
    };
    let outcome = codegen::run(sources, "openapi.yaml", profile, &options);
    let renderer = Renderer {
        format: Format::Short,
        color: false,
    };
    let findings = renderer.render(&outcome.diagnostics, sources);
    (
        outcome
            .generated
            .map(|generated| generated.tree)
            .unwrap_or_default(),
        findings,
    )
}

fn read_folder(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let paths = entries.map(|entry| entry.expect("a folder entry").path());
    paths
        .filter(|path| path.is_file())
        .map(|path| (name(&path), read(&path)))
        .collect()
}

fn write_folder(folder: &Path, files: &BTreeMap<String, String>) {
    for file in read_folder(folder)
        .keys()
        .filter(|file| !files.contains_key(*file))
    {
        fs::remove_file(folder.join(file)).expect("an expected file can be removed");
    }
    for (file, text) in files {
        write(&folder.join(file), text);
    }
}

fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a file is in a folder");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .expect("an expected file can be written");
}

fn describe(
    fixture: &Path,
    wanted: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) -> String {
    let mut lines = vec![format!("{}:", name(fixture))];
    for file in wanted
        .keys()
        .chain(found.keys().filter(|file| !wanted.contains_key(*file)))
    {
        let (wanted, found) = (
            wanted.get(file).map_or("", String::as_str),
            found.get(file).map_or("", String::as_str),
        );
        let differing = wanted
            .lines()
            .zip(found.lines())
            .position(|(left, right)| left != right);
        let at = differing.unwrap_or_else(|| wanted.lines().count().min(found.lines().count()));
        if wanted != found {
            let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
            lines.push(format!(
                "  {file}:{}\n    - {}\n    + {}",
                at + 1,
                line(found),
                line(wanted)
            ));
        }
    }
    lines.join("\n")
}

fn module_list(fixture: &Path) -> String {
    let expected = read_folder(&fixture.join("expected"));
    let compiled = expected
        .keys()
        .filter(|file| !NOT_COMPILED.contains(&file.as_str()));
    let lines =
        compiled.map(|file| module_line(file.trim_end_matches(".rs"), &format!("expected/{file}")));
    format!(
        "//! What this fixture becomes.\n\n{}",
        lines.collect::<String>()
    )
}

fn list_of_lists() -> String {
    let lines = fixtures().into_iter().map(|fixture| {
        let name = name(&fixture);
        module_line(&name, &format!("../fixtures/output/{name}/modules.rs"))
    });
    format!(
        "//! The fixtures of the generator's output, so that all of it is compiled.\n\n{}",
        lines.collect::<String>()
    )
}

fn module_line(name: &str, path: &str) -> String {
    format!("#[rustfmt::skip]\n#[path = \"{path}\"]\npub mod {name};\n")
}

#[test]
fn a_union_says_which_variant_it_is() {
    use super::output_modules::unions::common::{Cat, Dog, Pet};
    use attendance_api::rt::{from_value, to_value};

    // The variant's own member may be empty or wrong: the tag is the union's.
    let friend = Pet::Dog(Box::new(Dog::new("cat").name("Rex")));
    let pet = Pet::Cat(Box::new(Cat::default().lives(9).friend(friend)));
    let sent =
        serde_json::json!({"kind": "cat", "lives": 9, "friend": {"kind": "dog", "name": "Rex"}});
    assert_eq!(to_value(&pet).unwrap(), sent);
    let read: Pet = from_value(&sent).unwrap();
    assert_eq!(to_value(&read).unwrap(), sent);
}

#[test]
fn a_union_with_constants_is_told_apart_without_a_discriminator() {
    use super::output_modules::unions::common::{Owner, OwnerSaid};
    use attendance_api::rt::{from_value, to_value};

    let sent =
        serde_json::json!({"said": {"type": "picture", "url": "u"}, "unsaid": {"kind": "cat"}});
    let owner: Owner = from_value(&sent).unwrap();
    assert!(matches!(&owner.said, Some(OwnerSaid::Picture(it)) if it.url.as_deref() == Some("u")));
    assert_eq!(owner.unsaid, Some(serde_json::json!({"kind": "cat"})));
    assert_eq!(to_value(&owner).unwrap(), sent);
    let other = serde_json::json!({"said": {"type": "sound"}});
    let owner: Owner = from_value(&other).unwrap();
    assert_eq!(to_value(&owner).unwrap(), other);
}

#[test]
fn members_beside_the_named_ones_are_kept() {
    use super::output_modules::additional::common::{Days, Node, Open};
    use attendance_api::rt::{Date, from_value, to_value};

    let sent = serde_json::json!({
        "id": "18446744073709551615",
        "additional_properties": true,
        "additional_properties_2": {"a": [1, null]},
        "": 1.5,
    });
    let open: Open = from_value(&sent).unwrap();
    assert_eq!((open.id, open.additional_properties_2.len()), (u64::MAX, 2));
    assert_eq!(to_value(&open).unwrap(), sent);

    let sent = serde_json::json!({"first": "2026-01-02", "last": "2026-01-30"});
    let days: Days = from_value(&sent).unwrap();
    let last = Date::new(2026, 1, 30).unwrap();
    assert_eq!(days.additional_properties["last"], last);
    assert_eq!(to_value(&days).unwrap(), sent);
    let made = Days::new().additional_properties([("first", last)]);
    assert!(
        to_value(&made).is_err(),
        "a member would be lost, or come twice"
    );

    let sent = serde_json::json!({"name": "a", "left": {"name": "b", "right": {"name": "c"}}});
    let node: Node = from_value(&sent).unwrap();
    assert_eq!(
        node.additional_properties["left"].name.as_deref(),
        Some("b")
    );
    assert_eq!(to_value(&node).unwrap(), sent);
}

#[test]
fn what_has_no_sign_may_be_twice_as_large() {
    use super::output_modules::formats::common::All;
    use attendance_api::rt::{from_value, to_value};

    let most = u64::MAX;
    let sent = serde_json::json!({
        "day_number": 20260101, "quantity": "1",
        "large": most, "large_digits": most.to_string(), "sizes": [0, most],
    });
    let all: All = from_value(&sent).unwrap();
    assert_eq!((all.large, all.large_digits), (Some(most), Some(most)));
    assert_eq!(to_value(&all).unwrap(), sent);
    for wrong in [
        serde_json::json!(-1),
        serde_json::json!("-1"),
        serde_json::json!(1.5),
    ] {
        let mut document = sent.clone();
        document["large"] = wrong;
        assert!(from_value::<All>(&document).is_err(), "{document}");
    }
}
