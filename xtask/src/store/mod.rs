//! Generated files on disk: from a tree of texts to a directory that holds exactly them.
//!
//! Relies on: every generated file says so in its first line ([`MARK`]); that is how a file of ours is known again.
//! Guarantees: whoever looks at the directory sees the old tree or the new one, also after `kill -9`; a run that
//! changes nothing writes nothing; a file that is not ours is never written, replaced or removed, and no symbolic
//! link is followed.
//! Does not: sync. For a tree that takes 2 ms to write that was measured at 7 to 30 ms on a quiet disk and 150 on a busy one, of 100 for the
//! whole run; and what a power cut can hollow out is generated: the next run writes an emptied file again. Nor does it protect somebody who edits a generated file while it
//! is being replaced.

mod plan;
mod stage;
mod swap;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub use plan::{MARK, Plan, plan};
pub use swap::Swap;

/// The files that a directory should hold: relative path with `/`, and text.
pub type Files = BTreeMap<String, String>;

/// What [`write()`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or have another text.
    pub written: Vec<String>,
    pub removed: Vec<String>,
    pub unchanged: usize,
    /// What an interrupted run had left behind, and what became of it.
    pub notes: Vec<String>,
}

/// Makes `root` hold exactly `files` and whatever was there that is not ours.
pub fn write(root: &Path, files: &Files) -> Result<Written> {
    write_with(root, files, Swap::best(), &mut |_| Ok(()))
}

/// [`write()`] with a chosen way of swapping and a look at every step; a step that answers an error ends the run
/// there, with the disk as a kill would leave it.
pub fn write_with(
    root: &Path,
    files: &Files,
    swap: Swap,
    step: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Written> {
    let root = &absolute(root)?;
    let parent = root
        .parent()
        .context("the file system's root cannot hold a generated tree")?;
    std::fs::create_dir_all(parent)
        .with_context(|| format!("cannot create {}", parent.display()))?;
    let _lock = lock(parent)?;
    let work = WorkDir::beside(root)?;
    let notes = swap::recover(root, &work)?;
    let plan = plan(root, files)?;
    swap::carry_out(root, files, &plan, &work, swap, step)?;
    Ok(Written {
        written: plan.write,
        removed: plan.remove,
        unchanged: plan.keep.len(),
        notes,
    })
}

/// The folder beside the tree in which the next tree is built.
pub(crate) struct WorkDir {
    pub(crate) path: PathBuf,
}

impl WorkDir {
    fn beside(root: &Path) -> Result<Self> {
        let name = root
            .file_name()
            .context("the output directory has no name")?;
        let name = name
            .to_str()
            .context("the output directory's name is not UTF-8")?;
        Ok(Self {
            path: root.with_file_name(format!(".{name}.codegen")),
        })
    }

    /// The tree to come.
    fn next(&self) -> PathBuf {
        self.path.join("next")
    }

    /// The tree that was, where two directories cannot be exchanged in one step.
    fn old(&self) -> PathBuf {
        self.path.join("old")
    }

    /// Which directory below the root is being swapped.
    fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }
}

/// The path without `.`, `..` and symbolic links in what leads to it; the last part is taken as it is.
fn absolute(root: &Path) -> Result<PathBuf> {
    let full = std::path::absolute(root)?;
    let full = match root.components().next_back() {
        Some(std::path::Component::Normal(_)) => full,
        _ => full
            .canonicalize()
            .with_context(|| format!("cannot open {}", root.display()))?,
    };
    let (Some(parent), Some(name)) = (full.parent(), full.file_name()) else {
        return Ok(full);
    };
    let parent = match parent.canonicalize() {
        Ok(parent) => parent,
        Err(_) => return Ok(full),
    };
    Ok(parent.join(name))
}

/// One writer at a time. The lock goes away with the process, and leaves no file.
#[cfg(unix)]
fn lock(parent: &Path) -> Result<File> {
    let dir = File::open(parent).with_context(|| format!("cannot open {}", parent.display()))?;
    rustix::fs::flock(&dir, rustix::fs::FlockOperation::LockExclusive)
        .with_context(|| format!("cannot lock {}", parent.display()))?;
    Ok(dir)
}

#[cfg(not(unix))]
fn lock(_parent: &Path) -> Result<()> {
    Ok(())
}

/// Refuses a path that would leave the directory, or that another system could not hold.
pub(crate) fn checked(path: &str) -> Result<&str> {
    let harmless = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.contains(['\\', ':', '\0'])
            && !part.chars().any(char::is_control)
    };
    if !path.split('/').all(harmless) {
        bail!(
            "`{}` is not a path inside the output directory",
            path.escape_debug()
        );
    }
    Ok(path)
}
