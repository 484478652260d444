//! `lint`: every finding of a description, on standard output.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::Result;

use crate::cli::{Lint, MessageFormat};
use crate::{Outcome, inputs, pipeline};

pub(crate) fn run(root: &Path, lint: &Lint) -> Result<Outcome> {
    let input = match &lint.spec {
        Some(file) => inputs::file(file)?,
        None => inputs::own(root)?,
    };
    let compiled = pipeline::compile(input);
    let read = &compiled.read;
    let format = lint.messages.message_format;
    let stdout = std::io::stdout();
    pipeline::show(
        read,
        format,
        &mut stdout.lock(),
        pipeline::colour(stdout.is_terminal()),
    )?;
    if format == MessageFormat::Full && read.diagnostics.is_empty() {
        println!("{}: nothing to say", read.input.root);
    }
    Ok(if compiled.has_errors() {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}
