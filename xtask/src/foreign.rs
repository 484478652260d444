//! A crate that stands alone: generated code, with the part of our runtime that knows nothing of our service.
//!
//! That part is what `rt.rs` reaches through `crate::…`, so it needs no list. Tests are left out.
//! Guarantees: nothing of `generated`, and no module that `rt.rs` does not need, gets in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use codegen::Tree;

use crate::manifest;
use crate::store::{Files, MARK};

/// Where the runtime is, from the workspace's root.
const RUNTIME: &str = "attendance-api/src";
/// What needs our own generated code.
const NOT_PORTABLE: [&str; 1] = ["generated"];

/// All files of the crate, from its root.
pub(crate) fn files(root: &Path, name: &str, source: &str, tree: &Tree) -> Result<Files> {
    let runtime = Runtime::read(&root.join(RUNTIME))?;
    let (folder, file) = source.rsplit_once('/').unwrap_or(("", source));
    let generated = tree.files.iter();
    let mut files: Files = generated
        .map(|(path, text)| (format!("src/generated/{path}"), shorten(text, folder)))
        .collect();
    files.insert("src/lib.rs".to_owned(), runtime.lib(file)?);
    files.insert(
        "Cargo.toml".to_owned(),
        manifest::standalone(root, name, file)?,
    );
    for (path, text) in runtime.files {
        let header = format!("// {MARK} from {RUNTIME}/{path}; do not edit.\n");
        files.insert(format!("src/{path}"), format!("{header}{text}"));
    }
    Ok(files)
}

/// Where the description lay on somebody's disk is no part of the crate: the header names files as the document does.
fn shorten(text: &str, folder: &str) -> String {
    let header = text.split_once('\n').and_then(|(first, rest)| {
        let (mark, files) = first.split_once(" from ")?;
        let (files, end) = files.split_once(';')?;
        let files: Vec<String> = files
            .split(", ")
            .map(|file| relative(file, folder))
            .collect();
        Some(format!("{mark} from {};{end}\n{rest}", files.join(", ")))
    });
    header.unwrap_or_else(|| text.to_owned())
}

/// A path as it is seen from a folder; both are named alike.
fn relative(path: &str, folder: &str) -> String {
    let mut path: Vec<&str> = path.split('/').collect();
    let mut folder: Vec<&str> = folder.split('/').filter(|_| !folder.is_empty()).collect();
    while path.len() > 1 && folder.first() == path.first() {
        path.remove(0);
        folder.remove(0);
    }
    format!("{}{}", "../".repeat(folder.len()), path.join("/"))
}

struct Runtime {
    lib: String,
    /// Names of the modules at the root.
    modules: BTreeSet<String>,
    /// By path from the runtime's root.
    files: BTreeMap<String, String>,
}

impl Runtime {
    fn read(dir: &Path) -> Result<Self> {
        let lib = read(&dir.join("lib.rs"))?;
        let declared: BTreeSet<String> = declarations(&lib)?.into_iter().collect();
        let mut runtime = Self {
            lib,
            modules: BTreeSet::new(),
            files: BTreeMap::new(),
        };
        let mut waiting = vec!["rt".to_owned()];
        while let Some(module) = waiting.pop() {
            if NOT_PORTABLE.contains(&module.as_str()) {
                bail!("the runtime reaches `{module}`, so it cannot stand alone");
            }
            if !declared.contains(&module) || !runtime.modules.insert(module.clone()) {
                continue;
            }
            let before: BTreeSet<String> = runtime.files.keys().cloned().collect();
            runtime.take_module(dir, &module)?;
            let new = runtime
                .files
                .iter()
                .filter(|(path, _)| !before.contains(*path));
            waiting.extend(new.flat_map(|(_, text)| reached(text)));
        }
        Ok(runtime)
    }

    /// A module and what it declares; `path` has `/` between names.
    fn take_module(&mut self, dir: &Path, path: &str) -> Result<()> {
        let candidates = [format!("{path}.rs"), format!("{path}/mod.rs")];
        let Some(file) = candidates.into_iter().find(|file| dir.join(file).is_file()) else {
            bail!("there is no file for module `{path}` in {}", dir.display());
        };
        let text = without_tests(&read(&dir.join(&file))?);
        for inner in declarations(&text)? {
            self.take_module(dir, &format!("{path}/{inner}"))?;
        }
        self.files.insert(file, text);
        Ok(())
    }

    /// Our `lib.rs` with only the items of the modules that came along.
    fn lib(&self, source: &str) -> Result<String> {
        let mut file =
            syn::parse_file(&self.lib).context("lib.rs of the runtime cannot be parsed")?;
        file.attrs.clear();
        file.items.retain(|item| match item {
            syn::Item::Mod(module) => self.modules.contains(&module.ident.to_string()),
            syn::Item::Use(import) => {
                first_segment(&import.tree).is_some_and(|first| self.modules.contains(&first))
            }
            _ => false,
        });
        let items = prettyplease::unparse(&file);
        Ok(format!(
            "// {MARK} from {source}; do not edit.\n// To change it, edit that file and generate again.\n\n//! Typed client, generated from `{source}`.\n#![forbid(unsafe_code)]\n// Which parts of the runtime are used depends on the description.\n// A resource may be called like one of its modules; `api` has them all.\n#![allow(dead_code, unused_imports, hidden_glob_reexports)]\n\n{items}\n#[rustfmt::skip]\nmod generated;\n\npub use generated::*;\n\n/// All generated modules, also those whose names a module of the runtime has.\npub mod api {{\n    pub use crate::generated::*;\n}}\n"
        ))
    }
}

fn read(path: &PathBuf) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The modules that a file declares and that have a file of their own.
fn declarations(text: &str) -> Result<Vec<String>> {
    let file = syn::parse_file(text).context("a file of the runtime cannot be parsed")?;
    let modules = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    });
    Ok(modules.collect())
}

fn first_segment(tree: &syn::UseTree) -> Option<String> {
    match tree {
        syn::UseTree::Path(path) if path.ident == "crate" => first_segment(&path.tree),
        syn::UseTree::Path(path) => Some(path.ident.to_string()),
        _ => None,
    }
}

/// Every word after `crate::`, also in the braces of a `use`. Words that are no modules do no harm.
fn reached(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    code.split("crate::").skip(1).flat_map(names).collect()
}

fn names(after: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|c| is_word(*c))
            .collect::<String>()
    };
    match after.strip_prefix('{') {
        // Inner braces only add words that are no modules.
        Some(group) => group
            .split('}')
            .next()
            .unwrap_or_default()
            .split([',', '{'])
            .map(word)
            .collect(),
        None => vec![word(after)],
    }
}

/// Drops items under `#[cfg(test)]`. Relies on the formatter: an item at the margin ends at the margin.
fn without_tests(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        let ends = |line: &&str| {
            !line.starts_with("#[")
                && (*line == "}" || (!line.starts_with(' ') && line.ends_with([';', '}'])))
        };
        lines.find(ends);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_files_as_the_document_does() {
        let header =
            |files: &str| format!("// @generated by codegen from {files}; do not edit.\nx\n");
        let cases = [
            ("/home/me/a/api.yaml", "/home/me/a", "api.yaml"),
            (
                "/home/me/a/b/c.yaml, /home/me/d.yaml",
                "/home/me/a",
                "b/c.yaml, ../d.yaml",
            ),
            ("api.yaml", "", "api.yaml"),
            ("a/api.yaml, common.yaml", "a", "api.yaml, ../common.yaml"),
        ];
        for (files, folder, expected) in cases {
            assert_eq!(shorten(&header(files), folder), header(expected));
        }
        assert_eq!(shorten("no header", "/home"), "no header");
    }
}
