//! Outputs: which generated files belong where.

use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result};

use crate::pipeline::{Beside, Compiled};
use crate::store::{Files, MARK};
use crate::{foreign, project};

/// A place for generated files, and what belongs there.
#[derive(Debug)]
pub struct Output {
    pub dir: PathBuf,
    pub files: Files,
}

/// The file that the sandbox server checks calls against.
const BUNDLE: &str = "openapi.json";

/// The test helper that decodes and encodes every answer, body and event.
const ROUND_TRIPS: &str = "round_trips.rs";

/// What our own description becomes; nothing if it has errors.
pub fn own(root: &Path, compiled: Compiled, beside: Beside) -> Result<Option<Vec<Output>>> {
    let (Some((client, tree)), Some(helper)) = (compiled.made, beside.round_trips) else {
        return Ok(None);
    };
    let description = compiled.read.input.root.clone();
    // A hundred thousand small pieces of memory: nobody has to wait until they are given back.
    thread::spawn(|| drop((compiled.read, client)));
    let bundle = beside.bundle.context("the description has no root")?;
    let mut files = tree.files;
    files.insert(BUNDLE.to_owned(), marked(&bundle, &description)?);
    let sources = Output {
        dir: root.join(project::GENERATED),
        files,
    };
    let tests = Output {
        dir: root.join(project::TESTS),
        files: Files::from([(ROUND_TRIPS.to_owned(), helper)]),
    };
    Ok(Some(vec![sources, tests]))
}

/// The crate that somebody's description becomes; nothing if it has errors.
pub fn standalone(root: &Path, out: &Path, compiled: &Compiled) -> Result<Option<Vec<Output>>> {
    let Some((_, tree)) = &compiled.made else {
        return Ok(None);
    };
    let files = foreign::files(root, &compiled.crate_name, &compiled.read.input.root, tree)?;
    Ok(Some(vec![Output {
        dir: out.to_owned(),
        files,
    }]))
}

/// JSON has no comments, so the mark of a generated file is a member, in front.
fn marked(bundle: &str, root: &str) -> Result<String> {
    let members = bundle
        .trim_end()
        .strip_prefix('{')
        .context("the bundle is an object")?;
    Ok(format!(
        "{{\"x-generated\":\"{MARK} from {root}; do not edit.\",{members}\n"
    ))
}
