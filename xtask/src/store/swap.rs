//! Swapping: the moment at which the old tree becomes the new one.
//!
//! One changed file is one rename. More than one: the smallest folder that holds all changes is built beside the tree
//! and exchanged with the real one in a single system call. Where that call does not exist, two renames do it, and the
//! next run mends what a kill between them leaves.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Files, Plan, WorkDir, plan, stage};

/// How two directories change places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// One system call; nobody ever sees anything between.
    Exchange,
    /// Away with the old, in with the new; a kill between the two leaves no directory until the next run.
    TwoRenames,
}

impl Swap {
    /// The best that this system has.
    pub fn best() -> Self {
        if cfg!(any(
            target_os = "linux",
            target_os = "android",
            target_vendor = "apple"
        )) {
            Self::Exchange
        } else {
            Self::TwoRenames
        }
    }
}

type Step<'a> = &'a mut dyn FnMut(&str) -> Result<()>;

/// Does what the plan says.
pub(super) fn carry_out(
    root: &Path,
    files: &Files,
    plan: &Plan,
    work: &WorkDir,
    swap: Swap,
    step: Step<'_>,
) -> Result<()> {
    if plan.is_clean() {
        return Ok(());
    }
    let rel = common_folder(root, plan);
    match (&plan.write[..], &plan.remove[..]) {
        ([path], []) if parent_exists(root, path) => {
            replace_one(&root.join(path), &files[path], work, step)?
        }
        ([], [path]) if !empties_folder(root, path)? => remove_file(&root.join(path))?,
        _ => replace_folder(root, &rel, files, plan, work, swap, step)?,
    }
    remove_work(work)
}

/// `root/rel`, without a slash at its end where `rel` is empty.
fn below(root: &Path, rel: &str) -> PathBuf {
    if rel.is_empty() {
        root.to_owned()
    } else {
        root.join(rel)
    }
}

fn parent_exists(root: &Path, path: &str) -> bool {
    root.join(path).parent().is_some_and(Path::is_dir)
}

/// Whether a folder below the root would be left empty without this file.
fn empties_folder(root: &Path, path: &str) -> Result<bool> {
    let Some((folder, _)) = path.rsplit_once('/') else {
        return Ok(false);
    };
    Ok(fs::read_dir(root.join(folder))?.count() == 1)
}

fn replace_one(target: &Path, text: &str, work: &WorkDir, step: Step<'_>) -> Result<()> {
    let staged = work.next();
    fs::create_dir_all(&work.path)?;
    fs::write(&staged, text).with_context(|| format!("cannot write {}", staged.display()))?;
    step("staged")?;
    fs::rename(&staged, target).with_context(|| format!("cannot replace {}", target.display()))?;
    step("swapped")
}

/// The innermost existing folder in which all changes lie.
fn common_folder(root: &Path, plan: &Plan) -> String {
    let mut folders = plan
        .write
        .iter()
        .chain(&plan.remove)
        .map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder));
    let first = folders.next().unwrap_or_default();
    let mut common: Vec<&str> = first.split('/').filter(|part| !part.is_empty()).collect();
    for folder in folders {
        let shared = common
            .iter()
            .zip(folder.split('/'))
            .take_while(|(a, b)| *a == b)
            .count();
        common.truncate(shared);
    }
    // A folder that would be left empty goes away itself, so its parent is what changes.
    while !common.is_empty()
        && (!parent_exists(root, &common.join("/")) || loses_all(root, &common.join("/"), plan))
    {
        common.pop();
    }
    common.join("/")
}

fn loses_all(root: &Path, rel: &str, plan: &Plan) -> bool {
    let dir = root.join(rel);
    let stays = plan
        .write
        .iter()
        .chain(&plan.keep)
        .any(|path| path.starts_with(&stage::prefix(rel)));
    dir.is_dir() && !stays
}

fn replace_folder(
    root: &Path,
    rel: &str,
    files: &Files,
    plan: &Plan,
    work: &WorkDir,
    swap: Swap,
    step: Step<'_>,
) -> Result<()> {
    let target = below(root, rel);
    let next = work.next();
    fs::create_dir_all(&work.path)
        .with_context(|| format!("cannot create {}", work.path.display()))?;
    fs::write(work.journal(), rel)?;
    step("begun")?;
    stage::build(root, rel, &next, files, plan)?;
    step("staged")?;
    match fs::symlink_metadata(&target) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::rename(&next, &target)
                .with_context(|| format!("cannot put {} in place", target.display()))?;
            step("swapped")
        }
        _ => {
            let old = swap_folders(&target, work, swap, step)?;
            step("swapped")?;
            clear_old(&old, &target)?;
            step("cleared")
        }
    }
}

/// Puts the new folder in place; answers where the old one is now.
fn swap_folders(target: &Path, work: &WorkDir, swap: Swap, step: Step<'_>) -> Result<PathBuf> {
    let next = work.next();
    if swap == Swap::Exchange && exchange(&next, target)? {
        return Ok(next);
    }
    let old = work.old();
    fs::rename(target, &old).with_context(|| format!("cannot move {} aside", target.display()))?;
    step("between the renames")?;
    fs::rename(&next, target)
        .with_context(|| format!("cannot put {} in place", target.display()))?;
    Ok(old)
}

/// Exchanges two directories; false where the system or the file system cannot.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(next: &Path, target: &Path) -> Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, next, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot exchange {}", target.display())),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_next: &Path, _target: &Path) -> Result<bool> {
    Ok(false)
}

/// Empties a folder that has left the tree. What is not ours and is not in the new folder is moved there.
fn clear_old(old: &Path, new: &Path) -> Result<()> {
    for entry in fs::read_dir(old).with_context(|| format!("cannot read {}", old.display()))? {
        let entry = entry?;
        let kept = new.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            clear_old(&entry.path(), &kept)?;
        } else if entry.file_type()?.is_file() && is_replaced(&entry.path(), &kept)? {
            remove_file(&entry.path())?;
        } else {
            hand_over(&entry.path(), &kept)?;
        }
    }
    fs::remove_dir(old).with_context(|| format!("cannot remove {}", old.display()))
}

/// A file of ours, or one without anything in it where the new folder has one.
fn is_replaced(old: &Path, kept: &Path) -> Result<bool> {
    if plan::is_our_file(old)? {
        return Ok(true);
    }
    let is_there = fs::symlink_metadata(kept).is_ok();
    Ok(is_there && plan::is_hollow(&fs::read(old)?))
}

/// A file that is not ours is in both folders. If somebody replaced it meanwhile, the old folder has the newer one.
fn hand_over(old: &Path, kept: &Path) -> Result<()> {
    if let Some(parent) = kept.parent() {
        fs::create_dir_all(parent)?;
    }
    // Renaming one link of a file over another link of the same file does nothing, and succeeds.
    fs::rename(old, kept).with_context(|| format!("cannot keep {}", kept.display()))?;
    match fs::remove_file(old) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn remove_file(path: &Path) -> Result<()> {
    fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))
}

fn remove_work(work: &WorkDir) -> Result<()> {
    match fs::remove_dir_all(&work.path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", work.path.display()))
        }
        _ => Ok(()),
    }
}

/// Mends and clears what an interrupted run left behind. Answers what there is to say about it.
pub(super) fn recover(root: &Path, work: &WorkDir) -> Result<Vec<String>> {
    if fs::symlink_metadata(&work.path).is_err() {
        return Ok(Vec::new());
    }
    let mut notes = Vec::new();
    let target = below(
        root,
        &fs::read_to_string(work.journal()).unwrap_or_default(),
    );
    put_back(&target, &work.old(), &mut notes)?;
    // `next` is a single file where one file was being replaced.
    if is_rest(&work.next(), &target)? && is_rest(&work.old(), &target)? {
        remove_work(work)?;
        notes.push("cleared what an interrupted run had left".to_owned());
        return Ok(notes);
    }
    let kept = unused_name(&work.path);
    fs::rename(&work.path, &kept)
        .with_context(|| format!("cannot move {} aside", work.path.display()))?;
    notes.push(format!(
        "an interrupted run left files that are not ours; they are in {}",
        kept.display()
    ));
    Ok(notes)
}

/// After a kill between the two renames: the old tree comes back.
fn put_back(target: &Path, old: &Path, notes: &mut Vec<String>) -> Result<()> {
    if fs::symlink_metadata(target).is_ok() || fs::symlink_metadata(old).is_err() {
        return Ok(());
    }
    fs::rename(old, target).with_context(|| format!("cannot put {} back", target.display()))?;
    notes.push(format!(
        "put back {} after an interrupted run",
        target.display()
    ));
    Ok(())
}

/// Whether everything in a left-over folder is ours, or is in the tree as well. What is not there is fine too.
fn is_rest(dir: &Path, twin: &Path) -> Result<bool> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(true);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", dir.display())),
    };
    for entry in entries {
        let entry = entry?;
        let twin = twin.join(entry.file_name());
        let fine = if entry.file_type()?.is_dir() {
            is_rest(&entry.path(), &twin)?
        } else {
            is_our_rest(&entry.path())? || same_file(&entry.path(), &twin)
        };
        if !fine {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A file of ours, or one that was being written when the end came.
fn is_our_rest(path: &Path) -> Result<bool> {
    let found = fs::symlink_metadata(path)?;
    Ok(found.is_file() && (found.len() == 0 || plan::is_our_file(path)?))
}

fn unused_name(path: &Path) -> PathBuf {
    let name = |n: u32| path.with_extension(format!("codegen-kept-{n}"));
    (1..)
        .map(name)
        .find(|path| fs::symlink_metadata(path).is_err())
        .unwrap_or_else(|| name(0))
}

#[cfg(unix)]
fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(a), Ok(b)) = (fs::symlink_metadata(a), fs::symlink_metadata(b)) else {
        return false;
    };
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(_a: &Path, _b: &Path) -> bool {
    false
}
