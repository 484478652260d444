//! Manifests: the `Cargo.toml` of a crate that stands alone, from those of the workspace and of our own client.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::store::MARK;

/// Dependencies and features are those of our client, as far as its portable part needs them.
pub(crate) fn standalone(root: &Path, name: &str, source: &str) -> Result<String> {
    let workspace = read(&root.join("Cargo.toml"))?;
    let client = read(&root.join("attendance-api/Cargo.toml"))?;
    let dependencies =
        section(&client, "dependencies").filter(|line| !line.contains("optional = true"));
    let dependencies: Vec<String> = dependencies
        .map(|line| resolved(line, &workspace))
        .collect::<Result<_>>()?;
    let features = portable_features(&client);
    let package = section(&workspace, "workspace.package");
    let package: Vec<&str> = package
        .filter(|line| line.starts_with("edition") || line.starts_with("rust-version"))
        .collect();
    Ok(format!(
        "# {MARK} from {source}; do not edit.\n\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\n{}\npublish = false\n\n[lib]\ndoctest = false\n\n[features]\n{}\n\n[dependencies]\n{}\n",
        package.join("\n"),
        features.join("\n"),
        dependencies.join("\n"),
    ))
}

/// What needs a dependency of its own, or a feature that does, belongs to what was left behind.
fn portable_features(client: &str) -> Vec<&str> {
    let mut left: BTreeSet<&str> = section(client, "dependencies")
        .filter(|line| line.contains("optional = true"))
        .map(name)
        .collect();
    let mut features: Vec<&str> = section(client, "features")
        .filter(|line| !line.starts_with('#'))
        .collect();
    while let Some(index) = features.iter().position(|line| needs(line, &left)) {
        left.insert(name(features.remove(index)));
    }
    features
}

/// Whether one of the texts in a feature's list is, or is within, one of these.
fn needs(feature: &str, left: &BTreeSet<&str>) -> bool {
    feature.split('"').skip(1).step_by(2).any(|needed| {
        let needed = needed.strip_prefix("dep:").unwrap_or(needed);
        left.contains(needed.split(['/', '?']).next().unwrap_or_default())
    })
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The lines of a section; none if there is no such section.
fn section<'a>(manifest: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let head = format!("[{name}]");
    let lines = manifest
        .lines()
        .skip_while(move |line| line.trim() != head)
        .skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim().is_empty())
}

/// `name.workspace = true` or `name = { workspace = true, features = […] }`, with what the workspace says.
fn resolved(line: &str, workspace: &str) -> Result<String> {
    if !line.contains("workspace = true") {
        return Ok(line.to_owned());
    }
    let name = name(line);
    let told = section(workspace, "workspace.dependencies").find(|told| self::name(told) == name);
    let told = told.with_context(|| format!("the workspace has no dependency `{name}`"))?;
    let Some(more) = list(line) else {
        return Ok(told.to_owned());
    };
    let (_, value) = told.split_once('=').context("a dependency has a value")?;
    let value = value.trim();
    Ok(match (value.strip_prefix('{'), list(value)) {
        (None, _) => format!("{name} = {{ version = {value}, features = [{more}] }}"),
        (Some(inner), None) => format!("{name} = {{ features = [{more}],{inner}"),
        (Some(_), Some(features)) => format!(
            "{name} = {}",
            value.replace(features, &format!("{features}, {more}"))
        ),
    })
}

/// What a line is about: the word before `.`, `=` or a space.
fn name(line: &str) -> &str {
    line.split(['.', ' ', '=']).next().unwrap_or_default()
}

/// What stands in the brackets after `features`.
fn list(text: &str) -> Option<&str> {
    let after = text.split_once("features = [")?.1;
    // `default-features = false` has no bracket, so the first match is the list.
    after.split_once(']').map(|(list, _)| list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_of_a_feature_that_was_left_behind_is_left_behind() {
        let client = "[features]\n# Packed answers.\ngzip = [\"reqwest/gzip\"]\nstore-tls = [\"store\", \"store/tls\"]\n\
            store = [\"dep:store\"]\nall = [\"gzip\", \"store-tls\"]\nserde = []\n\n\
            [dependencies]\nreqwest.workspace = true\nstore = { workspace = true, optional = true }\n";
        assert_eq!(
            portable_features(client),
            ["gzip = [\"reqwest/gzip\"]", "serde = []"]
        );
    }
}
