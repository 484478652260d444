//! `bundle`: a description of several files as one OpenAPI document, for tools that want that.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use codegen::Bundle as Form;

use crate::cli::Bundle;
use crate::{Outcome, inputs, pipeline, project};

pub(crate) fn run(root: &Path, task: &Bundle) -> Result<Outcome> {
    let input = match &task.spec {
        Some(file) => inputs::file(file)?,
        None => inputs::own(root)?,
    };
    let read = pipeline::read(input);
    pipeline::report(&read, task.messages.message_format)?;
    let text = codegen::bundle(&read.input.sources, &read.input.root, Form::Readable);
    let Some(text) = text.filter(|_| !read.diagnostics.has_errors()) else {
        eprintln!("nothing was written");
        return Ok(Outcome::Findings);
    };
    if task.out == Path::new("-") {
        std::io::stdout()
            .lock()
            .write_all(text.as_bytes())
            .context("cannot print")?;
    } else {
        write(&task.out, &text)?;
        eprintln!(
            "{}: {} kB",
            project::shown(&task.out),
            text.len().div_ceil(1000)
        );
    }
    Ok(Outcome::Fine)
}

/// Whole or not at all.
fn write(out: &Path, text: &str) -> Result<()> {
    let mut name = out
        .file_name()
        .context("the output has no file name")?
        .to_owned();
    name.push(".new");
    let staged = out.with_file_name(name);
    fs::write(&staged, text).with_context(|| format!("cannot write {}", staged.display()))?;
    fs::rename(&staged, out).with_context(|| format!("cannot replace {}", out.display()))
}
