//! The stages of `codegen` in a row, as the tasks need them.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use codegen::diagnostic::{Format, Renderer, Severity};
use codegen::ir::Client;
use codegen::resolve::api::Api;
use codegen::{Diagnostics, Options, Tree};

use crate::cli::MessageFormat;
use crate::inputs::Input;

/// A description and what was found in it.
pub struct Read {
    pub input: Input,
    pub api: Option<Api>,
    pub diagnostics: Diagnostics,
}

/// A description, and what was made of it.
pub struct Compiled {
    pub read: Read,
    /// Whatever could be made, also where there are errors.
    pub made: Option<(Client, Tree)>,
}

impl Compiled {
    pub fn has_errors(&self) -> bool {
        self.made.is_none() || self.read.diagnostics.has_errors()
    }
}

/// Reads and lints.
pub fn read(input: Input) -> Read {
    let (api, diagnostics) = codegen::read(&input.sources, &input.root, input.profile);
    Read {
        input,
        api,
        diagnostics,
    }
}

/// Reads, lints, lowers and spells. `crate_name` is what the examples in the docs call the crate.
pub fn compile(input: Input, crate_name: &str) -> Compiled {
    let mut read = read(input);
    let options = Options {
        crate_name: Some(crate_name.to_owned()),
    };
    let made = read
        .api
        .as_ref()
        .map(|api| codegen::generate(api, &options, &mut read.diagnostics));
    Compiled { read, made }
}

/// Writes all findings, and a line that counts them.
pub fn show(read: &Read, format: MessageFormat, out: &mut dyn Write, colour: bool) -> Result<()> {
    let format = match format {
        MessageFormat::Full => Format::Full,
        MessageFormat::Short => Format::Short,
        MessageFormat::Json => Format::Json,
    };
    let renderer = Renderer {
        color: colour,
        ..Renderer::new(format)
    };
    out.write_all(
        renderer
            .render(&read.diagnostics, &read.input.sources)
            .as_bytes(),
    )?;
    if format != Format::Json && !read.diagnostics.is_empty() {
        writeln!(out, "{}: {}", read.input.root, counts(&read.diagnostics))?;
    }
    out.flush()?;
    Ok(())
}

/// [`show`] on standard error.
pub fn report(read: &Read, format: MessageFormat) -> Result<()> {
    show(
        read,
        format,
        &mut std::io::stderr().lock(),
        colour(std::io::stderr().is_terminal()),
    )
}

/// Whether to colour: on a terminal, unless the person said otherwise.
pub fn colour(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn counts(diagnostics: &Diagnostics) -> String {
    let kinds = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ];
    let counts = kinds.map(|(severity, word)| (diagnostics.count(severity), word));
    let told = counts.iter().filter(|(count, _)| *count > 0);
    told.map(|(count, word)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
        .collect::<Vec<_>>()
        .join(", ")
}
