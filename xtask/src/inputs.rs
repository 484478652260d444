//! Descriptions of APIs from the disk or from a git revision, as texts by path.
//!
//! Only what a run may need is read: the root document and the files that a `$ref` in a read file names.
//! Bounded: other files than YAML and JSON, special files and files past a limit are left out, which becomes a finding.

use std::fs;
use std::io::Read;
use std::path::{Component, Path};
use std::process::Command;

use anyhow::{Context, Result, bail};
use codegen::Profile;
use codegen::source::SourceMap;

use crate::project;

/// Texts, and which of them is the root.
#[derive(Debug, Clone)]
pub struct Input {
    pub sources: SourceMap,
    pub root: String,
    pub profile: Profile,
}

/// One byte more than the reader takes, so that it says itself that a file is too large.
const MAX_BYTES: u64 = (4 << 20) + 1;
const MAX_FILES: usize = 2_000;

/// Our own description, in the workspace at `root`.
pub fn own(root: &Path) -> Result<Input> {
    read_all(project::SPEC, Profile::Strict, &|path| {
        read_file(&root.join(path))
    })
}

/// The description in `file`, by the name that the person gave.
pub fn file(file: &Path) -> Result<Input> {
    let name = normal(file)?;
    // What is wrong with the root itself is the person's concern, and no finding in it.
    let found = fs::metadata(file).with_context(|| format!("cannot open {}", file.display()))?;
    if !found.is_file() {
        bail!("{} is not a file", file.display());
    }
    read_all(&name, Profile::Foreign, &|path| match path == name {
        true => read_bytes(Path::new(path)).map(Some),
        false => read_file(Path::new(path)),
    })
}

/// Our own description as it was at a git revision.
pub fn revision(root: &Path, revision: &str) -> Result<Input> {
    let commit = format!("{revision}^{{commit}}");
    let commit = git(
        root,
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ],
    );
    let Ok(commit) = commit else {
        bail!("`{revision}` is no file, no folder with a description and no git revision")
    };
    let commit = commit.trim();
    read_all(project::SPEC, Profile::Strict, &|path| {
        let object = format!("{commit}:{path}");
        Ok(git_bytes(root, &["cat-file", "blob", &object]).ok())
    })
    .with_context(|| format!("at revision {revision}"))
}

/// What a git command prints.
pub fn git(root: &Path, args: &[&str]) -> Result<String> {
    String::from_utf8(git_bytes(root, args)?).context("git printed something that is not UTF-8")
}

fn git_bytes(root: &Path, args: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(args)
        .output()
        .context("git cannot be started")?;
    if !output.status.success() {
        bail!(
            "git {}: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output.stdout)
}

type Reader<'a> = &'a dyn Fn(&str) -> Result<Option<Vec<u8>>>;

fn read_all(root: &str, profile: Profile, read: Reader<'_>) -> Result<Input> {
    let mut sources = SourceMap::default();
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        if sources.files.contains_key(&path) || sources.files.len() >= MAX_FILES {
            continue;
        }
        match read(&path)? {
            Some(bytes) => sources.add_bytes(path.clone(), bytes),
            None if path == root => bail!("cannot read {root}"),
            None => continue,
        }
        let text = sources.text(&path).unwrap_or_default();
        waiting.extend(references(text).filter_map(|reference| beside(&path, &reference)));
    }
    Ok(Input {
        sources,
        root: root.to_owned(),
        profile,
    })
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>> {
    let name = path.to_string_lossy().to_lowercase();
    let is_text = [".yaml", ".yml", ".json"]
        .iter()
        .any(|ending| name.ends_with(ending));
    if !is_text || !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    read_bytes(path).map(Some)
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(bytes)
}

/// The files that the text may refer to. Too many do no harm: a file that nothing needs is not parsed.
fn references(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = text[at..]
            .strip_prefix("$ref")?
            .trim_start_matches(['"', '\'', ' '])
            .strip_prefix(':')?;
        let rest = rest.trim_start();
        let value = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
            _ => rest.split(['\n', '\r', '}', ',', ' ']).next()?,
        };
        let file = value.split('#').next()?;
        (!file.is_empty() && !file.contains(':')).then(|| file.replace("\\/", "/"))
    })
}

/// A reference's path, seen from the file that holds it; `None` if it leaves what the root's path can name.
fn beside(from: &str, reference: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in reference.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A path with `/` and without `.` and `..`; whole if it leaves the current directory.
fn normal(path: &Path) -> Result<String> {
    let leaves = path.components().any(|part| part == Component::ParentDir);
    let path = if leaves {
        path.canonicalize()
            .with_context(|| format!("cannot open {}", path.display()))?
    } else {
        path.components()
            .filter(|part| *part != Component::CurDir)
            .collect()
    };
    let text = path.to_str().context("the path is not UTF-8")?;
    Ok(text.replace('\\', "/"))
}
