//! Outputs: which generated files belong where.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use codegen::Bundle;

use crate::pipeline::{Compiled, Read};
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
pub fn own(root: &Path, compiled: &Compiled) -> Result<Option<Vec<Output>>> {
    let Some((client, tree)) = compiled.sound() else {
        return Ok(None);
    };
    let mut files = tree.files.clone();
    files.insert(BUNDLE.to_owned(), bundle(&compiled.read)?);
    let sources = Output {
        dir: root.join(project::GENERATED),
        files,
    };
    let helper = codegen::emit_round_trips(client, &compiled.crate_name);
    let tests = Output {
        dir: root.join(project::TESTS),
        files: Files::from([(ROUND_TRIPS.to_owned(), helper)]),
    };
    Ok(Some(vec![sources, tests]))
}

/// The crate that somebody's description becomes; nothing if it has errors.
pub fn standalone(root: &Path, out: &Path, compiled: &Compiled) -> Result<Option<Vec<Output>>> {
    let Some((_, tree)) = compiled.sound() else {
        return Ok(None);
    };
    let files = foreign::files(root, &compiled.crate_name, &compiled.read.input.root, tree)?;
    Ok(Some(vec![Output {
        dir: out.to_owned(),
        files,
    }]))
}

/// JSON has no comments, so the mark of a generated file is a member, in front.
fn bundle(read: &Read) -> Result<String> {
    let text = read
        .documents
        .bundle(Bundle::Compact)
        .context("the description has no root")?;
    let members = text
        .trim_end()
        .strip_prefix('{')
        .context("the bundle is an object")?;
    Ok(format!(
        "{{\"x-generated\":\"{MARK} from {}; do not edit.\",{members}\n",
        read.input.root
    ))
}
