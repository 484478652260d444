//! `explain`: what a finding means, from the fixture that shows it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use codegen::diagnostic::{Id, did_you_mean};

use crate::Outcome;

const FIXTURES: &str = "tests/fixtures/diagnostics";

pub(crate) fn run(root: &Path, id: Option<&str>) -> Result<Outcome> {
    let Some(name) = id else {
        Id::ALL
            .iter()
            .for_each(|id| println!("{:8} {}", id.severity().as_str(), id.name()));
        return Ok(Outcome::Fine);
    };
    let Some(id) = Id::from_name(name) else {
        let names = Id::ALL.iter().map(|id| id.name());
        let hint = did_you_mean(name, names)
            .unwrap_or_else(|| "`cargo xtask explain` lists all ids".to_owned());
        bail!("there is no finding `{name}`; {hint}");
    };
    print!("{}", text(&root.join(FIXTURES).join(id.name()))?);
    Ok(Outcome::Fine)
}

/// The explanation, then what the fixture says and what is said about it.
fn text(fixture: &Path) -> Result<String> {
    let read = |file: &str| fs::read_to_string(fixture.join(file));
    let explanation = read("explain.md")
        .with_context(|| format!("cannot read {}", fixture.join("explain.md").display()))?;
    let found = read("expected.stderr").unwrap_or_default();
    Ok(format!(
        "{}\n\nFor example:\n\n{}\n",
        explanation.trim_end(),
        indent(in_full(&found))
    ))
}

/// The full form, which comes before the short one.
fn in_full(found: &str) -> &str {
    let first = found.split_once("\n\n").map_or(found, |(first, _)| first);
    first.trim_end()
}

fn indent(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
