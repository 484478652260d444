//! `diff`: how the API of the generated crate changed between two states of a description.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use codegen::Profile;
use codegen::diagnostic::Severity;
use codegen::diff::{Change, Format, Verdict};
use codegen::ir::Client;

use crate::cli::{Diff, MessageFormat, ReportFormat};
use crate::inputs::{self, Input};
use crate::release::{self, Version};
use crate::{Outcome, pipeline, project};

pub(crate) fn run(root: &Path, task: &Diff) -> Result<Outcome> {
    if task.release {
        return check_release(root, task.old.as_deref());
    }
    let mut old = state(root, Some(task.old.as_deref().unwrap_or("HEAD")))?;
    let mut new = state(root, task.new.as_deref())?;
    // A file beside a state of our own description is another state of it, and named by the same rules.
    if [old.profile, new.profile].contains(&Profile::Strict) {
        (old.profile, new.profile) = (Profile::Strict, Profile::Strict);
    }
    let (old, new) = (client(old)?, client(new)?);
    let changes = codegen::diff::diff(&old, &new);
    let format = match task.format {
        ReportFormat::Text => Format::Text,
        ReportFormat::Markdown => Format::Markdown,
        ReportFormat::Json => Format::Json,
    };
    let text = codegen::diff::render(&changes, format);
    std::io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .context("cannot print")?;
    Ok(if changes.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

/// A file or folder if there is one of that name, else a git revision, else the working tree.
fn state(root: &Path, name: Option<&str>) -> Result<Input> {
    let Some(name) = name else {
        return inputs::own(root);
    };
    let path = Path::new(name);
    let inside = [path.join("openapi.yaml"), path.join(project::SPEC)];
    let mut files = std::iter::once(path).chain(inside.iter().map(PathBuf::as_path));
    let found = files.find(|file| file.is_file());
    match found {
        Some(file) => inputs::file(file),
        None => inputs::revision(root, name),
    }
}

/// What would be generated. The rules of today may find something in yesterday's description; only a text that cannot be read
/// is refused, as what it hides would be told as removed.
fn client(input: Input) -> Result<Client> {
    let name = input.root.clone();
    let lowered = pipeline::check(input);
    let found = &lowered.read.diagnostics;
    let Some(client) = lowered.client else {
        pipeline::report(&lowered.read, MessageFormat::Full)?;
        bail!("{name} cannot be read, so it cannot be compared");
    };
    if found.has_errors() {
        let count = found.count(Severity::Error);
        eprintln!("note: {name} has {count} errors; what they hide is not compared");
    }
    Ok(client)
}

/// Refuses a break since the base that the version does not tell.
pub(crate) fn check_release(root: &Path, base: Option<&str>) -> Result<Outcome> {
    let Some(base) = base.map(str::to_owned).or_else(|| release::base(root)) else {
        eprintln!("no tag v* before this commit: nothing was released, so nothing can break");
        return Ok(Outcome::Fine);
    };
    let (then, now) = (
        release::version_at(root, &base)?,
        release::version_now(root)?,
    );
    let old = client(inputs::revision(root, &base)?)
        .with_context(|| format!("the state released as {base}"))?;
    let new = client(inputs::own(root)?)?;
    Ok(judge(&base, then, now, &codegen::diff::diff(&old, &new)))
}

fn judge(base: &str, then: Version, now: Version, changes: &[Change]) -> Outcome {
    let breaks: Vec<&Change> = changes
        .iter()
        .filter(|change| change.verdict == Verdict::Major)
        .collect();
    if breaks.is_empty() || now.may_break(then) {
        eprintln!(
            "{} changes of the API since {base}, {} of them break; version {then} -> {now}",
            changes.len(),
            breaks.len()
        );
        return Outcome::Fine;
    }
    eprintln!("the API breaks since {base}, and version {now} does not say so:");
    breaks
        .iter()
        .for_each(|change| eprintln!("  {}: {}", change.subjects.join(", "), change.text));
    eprintln!(
        "take the breaks back, or raise the version in Cargo.toml (from {then}: {})",
        next_breaking(then)
    );
    Outcome::Findings
}

fn next_breaking(then: Version) -> Version {
    match then {
        Version {
            major: 0,
            minor: 0,
            patch,
        } => Version {
            major: 0,
            minor: 0,
            patch: patch + 1,
        },
        Version {
            major: 0, minor, ..
        } => Version {
            major: 0,
            minor: minor + 1,
            patch: 0,
        },
        Version { major, .. } => Version {
            major: major + 1,
            minor: 0,
            patch: 0,
        },
    }
}
