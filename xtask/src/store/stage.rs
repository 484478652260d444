//! Staging: builds the directory to come beside the one that is.
//!
//! Files that stay are hard links, so they keep their inode and their time: a build tool sees no change in them, and
//! a file that is not ours is the same file before and after.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Files, Plan, plan};

/// Builds in `next` what `root/rel` will be.
pub(super) fn build(root: &Path, rel: &str, next: &Path, files: &Files, plan: &Plan) -> Result<()> {
    fs::create_dir_all(next).with_context(|| format!("cannot create {}", next.display()))?;
    let old = root.join(rel);
    if old.is_dir() {
        same_mode(&old, next)?;
        let gone = |path: &str| {
            plan.remove
                .iter()
                .chain(&plan.write)
                .any(|gone| gone == path)
        };
        carry(&old, next, &prefix(rel), &gone)?;
    }
    for path in plan
        .write
        .iter()
        .filter_map(|path| Some((path, path.strip_prefix(&prefix(rel))?)))
    {
        write_new(&next.join(path.1), &files[path.0])?;
    }
    Ok(())
}

/// `""` or `"src/"`: what every path below `rel` begins with.
pub(super) fn prefix(rel: &str) -> String {
    if rel.is_empty() {
        String::new()
    } else {
        format!("{rel}/")
    }
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)
            .with_context(|| format!("cannot create {}", parent.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Links everything that stays. Answers whether anything did; a folder whose files all go is not made.
fn carry(from: &Path, to: &Path, prefix: &str, gone: &dyn Fn(&str) -> bool) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            carry_dir(&entry.path(), &target, &format!("{path}/"), gone)?;
        } else if !gone(&path) {
            link(&entry.path(), &target)?;
        }
    }
    Ok(())
}

fn carry_dir(from: &Path, to: &Path, prefix: &str, gone: &dyn Fn(&str) -> bool) -> Result<()> {
    let was_empty = is_empty(from)?;
    fs::create_dir(to).with_context(|| format!("cannot create {}", to.display()))?;
    carry(from, to, prefix, gone)?;
    if !was_empty && is_empty(to)? {
        return fs::remove_dir(to).with_context(|| format!("cannot remove {}", to.display()));
    }
    same_mode(from, to)
}

pub(super) fn is_empty(dir: &Path) -> Result<bool> {
    Ok(fs::read_dir(dir)
        .with_context(|| format!("cannot read {}", dir.display()))?
        .next()
        .is_none())
}

/// Links a file (a symbolic link as such). Where the file system cannot, a file of ours is copied instead.
fn link(from: &Path, to: &Path) -> Result<()> {
    let Err(error) = fs::hard_link(from, to) else {
        return Ok(());
    };
    if fs::symlink_metadata(from)?.is_file() && plan::is_our_file(from)? {
        fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
        return Ok(());
    }
    bail!(
        "{} is not ours and cannot be kept in place ({error}); move it out of the output directory",
        from.display()
    )
}

fn same_mode(from: &Path, to: &Path) -> Result<()> {
    let mode = fs::symlink_metadata(from)?.permissions();
    fs::set_permissions(to, mode)
        .with_context(|| format!("cannot set the mode of {}", to.display()))
}
