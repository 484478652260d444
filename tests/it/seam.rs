//! The seam between generated and hand-written code, in both directions.
//!
//! Generated code names `crate::rt` and its siblings. Hand-written code names nothing generated, but for `lib.rs`,
//! which re-exports it. Paths are read from tokens, so that those inside macros count too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The first segments of a path, as far as they are plain words: `["crate", "rt", "Client"]`.
type Segments = Vec<String>;

fn paths(text: &str) -> Vec<Segments> {
    syn::parse_file(text).expect("the file is Rust");
    let mut found = Vec::new();
    collect(text.parse().expect("the file has tokens"), &mut found);
    found
}

/// Groups end a path, but for those of a `use`: their words continue what stands before them.
fn collect(tokens: TokenStream, found: &mut Vec<Segments>) {
    let mut path = Segments::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(word) => {
                if colons != 2 {
                    found.extend((!path.is_empty()).then(|| std::mem::take(&mut path)));
                }
                path.push(word.to_string());
                colons = 0;
            }
            TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
            TokenTree::Group(group) => {
                let mut inner = Vec::new();
                collect(group.stream(), &mut inner);
                let head = if colons == 2 {
                    std::mem::take(&mut path)
                } else {
                    Segments::new()
                };
                found.extend(inner.into_iter().map(|tail| [head.clone(), tail].concat()));
                colons = 0;
            }
            _ => {
                found.extend((!path.is_empty()).then(|| std::mem::take(&mut path)));
                colons = 0;
            }
        }
    }
    found.extend((!path.is_empty()).then_some(path));
}

/// What a generated file names beyond the runtime, its siblings and std.
fn beyond_the_seam(text: &str, siblings: &BTreeSet<String>) -> Vec<String> {
    let is_type = |word: &str| word.starts_with(|c: char| c.is_uppercase());
    let is_allowed = |path: &Segments| match path[0].as_str() {
        "crate" => path[1] == "rt",
        "super" => {
            path[1] == "super"
                || siblings.contains(&path[1])
                || is_type(&path[1])
                || is_constant(&path[1])
        }
        "rt" | "std" | "self" | "Self" => true,
        word => is_type(word) || siblings.contains(word) || LANGUAGE.contains(&word),
    };
    paths(text)
        .into_iter()
        .filter(|path| path.len() > 1 && !is_allowed(path))
        .map(|path| path.join("::"))
        .collect()
}

/// Words that lead a path and are no crate of ours: types of the language, and tools in attributes.
const LANGUAGE: [&str; 7] = ["i64", "f64", "bool", "str", "u64", "clippy", "rustfmt"];

fn is_constant(word: &str) -> bool {
    word.chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// A module may offer generated types beside its own; that is no use of them.
fn without_re_exports(text: &str) -> String {
    let is_re_export = |line: &&str| line.starts_with("pub use crate::generated::");
    text.lines()
        .filter(|line| !is_re_export(line))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// What a hand-written file names of the generated modules.
fn across_the_seam(text: &str, generated: &BTreeSet<String>) -> Vec<String> {
    let is_generated = |path: &Segments| {
        path.contains(&"generated".to_owned())
            || (path.len() > 1 && path[0] == "crate" && generated.contains(&path[1]))
    };
    paths(&without_re_exports(text))
        .into_iter()
        .filter(is_generated)
        .map(|path| path.join("::"))
        .collect()
}

/// Conveniences for this one service that stand on the generated client, each in one file that does nothing else with it.
/// Nothing that generated code stands on may be here.
const ABOVE: [&str; 2] = [
    // Gives a meaning to the cells that one operation answers.
    "stats/answer.rs",
    // Hands out a client that is ready to call the embedded server.
    "sandbox/control.rs",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../attendance-api/src")
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let (dirs, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
    let files = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files
        .chain(dirs.iter().flat_map(|dir| rust_files(dir)))
        .collect()
}

fn modules(files: &[PathBuf]) -> BTreeSet<String> {
    let stems = files.iter().map(|file| {
        file.file_stem()
            .expect("a file has a name")
            .to_string_lossy()
            .into_owned()
    });
    stems.filter(|stem| stem != "mod").collect()
}

/// Types that `lib.rs` lifts out of generated modules.
fn re_exported() -> BTreeSet<String> {
    let lib = std::fs::read_to_string(source().join("lib.rs")).expect("lib.rs can be read");
    let lifted = paths(&lib)
        .into_iter()
        .filter(|path| path[0] == "generated" && path.len() == 3);
    lifted.map(|path| path[2].clone()).collect()
}

fn offences(files: &[PathBuf], check: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let check_file = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).expect("a source file can be read");
        check(&text)
            .into_iter()
            .map(|path| format!("{}: {path}", file.display()))
            .collect::<Vec<_>>()
    };
    files.iter().flat_map(check_file).collect()
}

#[test]
fn generated_code_names_the_runtime_and_its_siblings_only() {
    let files = rust_files(&source().join("generated"));
    assert!(files.len() > 4, "there is generated code: {files:?}");
    let siblings = modules(&files);
    assert_eq!(
        offences(&files, |text| beyond_the_seam(text, &siblings)),
        [""; 0]
    );
}

#[test]
fn hand_written_code_names_nothing_generated() {
    let generated = source().join("generated");
    let mut siblings = modules(&rust_files(&generated));
    // `events` is a hand-written module as well; what it re-exports is looked at as `generated::events`.
    siblings.retain(|module| !source().join(module).exists());
    siblings.extend(re_exported());
    let mut files = rust_files(&source());
    files.retain(|file| !file.starts_with(&generated) && *file != source().join("lib.rs"));
    assert!(files.len() > 4, "there is hand-written code: {files:?}");
    let (above, files): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|file| ABOVE.iter().any(|above| *file == source().join(above)));
    let crossing = above.iter().filter(|file| {
        !offences(&[(*file).clone()], |text| across_the_seam(text, &siblings)).is_empty()
    });
    assert_eq!(
        crossing.count(),
        ABOVE.len(),
        "a file that no longer crosses needs no place in the list"
    );
    assert_eq!(
        offences(&files, |text| across_the_seam(text, &siblings)),
        [""; 0]
    );
}

#[test]
fn an_offence_is_seen_wherever_it_stands() {
    let siblings = BTreeSet::from(["shift".to_owned(), "common".to_owned()]);
    let beyond = |text: &str| beyond_the_seam(text, &siblings);
    let fine = "use crate::rt; use super::{common, shift::Shift}; fn f() -> rt::Result<Vec<String>> { rt::record!(Self::X, std::mem::take(x)) }";
    assert_eq!(beyond(fine), [""; 0]);
    assert_eq!(beyond("use serde::Serialize;"), ["serde::Serialize"]);
    assert_eq!(
        beyond("use crate::{rt, client::Client};"),
        ["crate::client::Client"]
    );
    assert_eq!(
        beyond("fn f() { rt::call!({ crate::error::Error::new() }) }"),
        ["crate::error::Error::new"]
    );
    assert_eq!(
        beyond("use super::super::transport; fn f(x: super::client::X) {}"),
        ["super::client::X"]
    );
    let across = |text: &str| across_the_seam(text, &siblings);
    assert_eq!(across("use crate::rt; fn f(x: crate::Shift) {}"), [""; 0]);
    assert_eq!(across("use crate::shift::Shift;"), ["crate::shift::Shift"]);
    assert_eq!(
        across("m! { crate::generated::X }"),
        ["crate::generated::X"]
    );
}
