//! A fixture for every finding: what is written, what is said about it, and the long text that explains it.
//!
//! `tests/fixtures/diagnostics/<id>/` holds `spec.yaml` or `spec.json` (read as our own) or `foreign.yaml` (read as somebody
//! else's), `expected.stderr`, `explain.md`, and other files that the description refers to.
//! `UPDATE_EXPECT=1 cargo test` writes `expected.stderr`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use codegen::diagnostic::{Diagnostics, Format, Id, Renderer};
use codegen::source::SourceMap;
use codegen::{Options, Profile};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diagnostics")
}

#[test]
fn every_id_has_a_fixture_and_every_fixture_an_id() {
    let folders: BTreeSet<String> = entries(&root()).iter().map(|path| name(path)).collect();
    let ids: BTreeSet<String> = Id::ALL.iter().map(|id| id.name().to_owned()).collect();
    assert_eq!(folders, ids, "left: fixtures, right: ids");
}

#[test]
fn findings_read_as_expected() {
    let wrong: Vec<String> = entries(&root())
        .iter()
        .filter_map(|folder| check(folder).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_id_is_explained() {
    for folder in entries(&root()) {
        let path = folder.join("explain.md");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let title = format!("# `{}`\n\n", name(&folder));
        let rest = text.strip_prefix(&title);
        assert!(
            rest.is_some_and(|rest| rest.len() > 80),
            "{} should start with {title:?} and then explain",
            path.display()
        );
    }
}

/// Runs a fixture. All its findings are of its id: one cause, one finding.
fn check(folder: &Path) -> Result<(), String> {
    let (sources, root, profile) = load(folder);
    let outcome = codegen::run(&sources, &root, profile, &Options { crate_name: None });
    let found = outcome.diagnostics;
    let id = name(folder);
    let others: BTreeSet<&str> = found
        .iter()
        .map(|finding| finding.id.name())
        .filter(|other| *other != id)
        .collect();
    if found.is_empty() || !others.is_empty() {
        let shown = Renderer::new(Format::Full).render(&found, &sources);
        return Err(format!("{id}: should find that and only that\n{shown}"));
    }
    let shown = show(&found, &sources);
    same_places(&shown).map_err(|error| format!("{id}: {error}\n{shown}"))?;
    same_text(&folder.join("expected.stderr"), &shown)
}

/// The full and the short format name the same line and column, though they count on their own.
fn same_places(shown: &str) -> Result<(), String> {
    let full: Vec<&str> = shown
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("--> "))
        .collect();
    let short: Vec<String> = shown
        .lines()
        .filter_map(|line| {
            line.split_once(": error[")
                .or(line.split_once(": warning["))
                .or(line.split_once(": note["))
        })
        .map(|(place, _)| place.to_owned())
        .collect();
    if full == short {
        return Ok(());
    }
    Err(format!("{full:?} and {short:?} differ"))
}

/// In full, and in short.
fn show(found: &Diagnostics, sources: &SourceMap) -> String {
    let full = Renderer::new(Format::Full).render(found, sources);
    let short = Renderer::new(Format::Short).render(found, sources);
    format!("{full}{short}")
}

fn same_text(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, actual).map_err(|error| error.to_string())?;
        return Ok(());
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    Err(format!(
        "{} is not what is said now (UPDATE_EXPECT=1 writes it):\n{actual}",
        path.display()
    ))
}

fn load(folder: &Path) -> (SourceMap, String, Profile) {
    let mut sources = SourceMap::default();
    add(folder, folder, &mut sources);
    let is_there = |name: &&str| sources.files.contains_key(*name);
    let root = ["spec.yaml", "spec.json", "foreign.yaml"]
        .iter()
        .copied()
        .find(is_there);
    let root = root.unwrap_or("spec.yaml").to_owned();
    let profile = if root.starts_with("spec") {
        Profile::Strict
    } else {
        Profile::Foreign
    };
    (sources, root, profile)
}

fn add(base: &Path, folder: &Path, sources: &mut SourceMap) {
    for path in entries(folder) {
        if path.is_dir() {
            add(base, &path, sources);
        } else if path
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "json")
        {
            let relative = path.strip_prefix(base).expect("it is below the base");
            let relative = relative.to_string_lossy().replace('\\', "/");
            let bytes = std::fs::read(&path).expect("the fixture can be read");
            sources.add_bytes(relative, bytes);
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the entry can be read").path())
        .collect();
    entries.sort();
    entries
}

fn name(path: &Path) -> String {
    path.file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}
