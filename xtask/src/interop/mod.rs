//! `interop`: programs that none of us wrote, run against the description, the client and the sandbox. Opt-in: they need
//! the package registries, Python and Node.
//!
//! Everything is installed below `target/interop/`. Scripts in `xtask/interop/` can be run by their name.

mod kit;
mod oracle;
mod semver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::Outcome;
use kit::told;

const ORCHESTRATED: [(&str, &str); 3] = [
    (
        "oracle",
        "openapi-spec-validator, Redocly and Spectral on the bundled description",
    ),
    (
        "prism",
        "Prism serves the bundled description; the client makes its calls against it",
    ),
    (
        "semver",
        "cargo-semver-checks on each kind of change, beside the verdict of `diff`",
    ),
];

pub(crate) fn run(root: &Path, what: Option<&str>, args: &[String]) -> Result<Outcome> {
    match what {
        None => list(root),
        Some("oracle") => oracle::validate(root),
        Some("prism") => oracle::prism(root),
        Some("semver") => semver::run(root),
        Some(script) => run_script(root, script, args),
    }
}

fn list(root: &Path) -> Result<Outcome> {
    for (name, what) in ORCHESTRATED {
        println!("{name:16} {what}");
    }
    for script in scripts(root)? {
        let name = script.file_name().unwrap_or_default().to_string_lossy();
        println!("{name:16} {}", first_comment(&script));
    }
    Ok(Outcome::Fine)
}

fn scripts(root: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(root.join("xtask/interop")) else {
        return Ok(Vec::new());
    };
    let mut scripts = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    scripts.retain(|path| program(path).is_some());
    scripts.sort();
    Ok(scripts)
}

/// What runs a script.
fn program(script: &Path) -> Option<&'static str> {
    match script.extension()?.to_str()? {
        "sh" => Some("sh"),
        "py" => Some("python3"),
        "mjs" | "js" => Some("node"),
        _ => None,
    }
}

fn first_comment(script: &Path) -> String {
    let text = fs::read_to_string(script).unwrap_or_default();
    let line = text
        .lines()
        .find(|line| !line.starts_with("#!"))
        .unwrap_or_default();
    line.trim_start_matches(['#', '/', '"', ' '])
        .trim_end_matches('"')
        .to_owned()
}

/// By file name, or by that without its ending.
fn run_script(root: &Path, name: &str, args: &[String]) -> Result<Outcome> {
    let scripts = scripts(root)?;
    let is_it = |path: &&PathBuf| {
        [path.file_name(), path.file_stem()]
            .into_iter()
            .flatten()
            .any(|found| found == name)
    };
    let script = scripts.iter().find(is_it);
    let script = script.with_context(|| {
        format!("there is no `{name}`; `cargo xtask interop` lists what there is")
    })?;
    let program = program(script).context("only scripts that something runs are listed")?;
    let mut command = Command::new(program);
    command
        .arg(script)
        .args(args)
        .current_dir(root)
        .env("INTEROP_DIR", kit::home(root)?);
    told(name, &mut command)
}
