//! `lint`: every finding of a description, on standard output.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::Result;

use codegen::diagnostic::Severity;
use codegen::{Diagnostics, Profile};

use crate::cli::{Lint, MessageFormat, Rules};
use crate::inputs::Input;
use crate::{Outcome, inputs, pipeline};

pub(crate) fn run(root: &Path, lint: &Lint) -> Result<Outcome> {
    let mut input = match &lint.spec {
        Some(file) => inputs::file(file)?,
        None => inputs::own(root)?,
    };
    match lint.profile {
        Some(Rules::Own) => input.profile = Profile::Strict,
        Some(Rules::Foreign) => input.profile = Profile::Foreign,
        None => {}
    }
    let strict = input.clone();
    let (checked, held_back) = if size(&input) > LARGE {
        let held_back = HeldBack::of(strict);
        (pipeline::check(input), held_back)
    } else {
        pipeline::beside(|| pipeline::check(input), || HeldBack::of(strict))
    };
    let read = &checked.read;
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
    if format != MessageFormat::Json {
        held_back.tell(&read.diagnostics);
    }
    Ok(if checked.has_errors() {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}

/// Of larger texts two readings at once would take too much room.
const LARGE: usize = 1 << 20;

fn size(input: &Input) -> usize {
    let files = input.sources.files.keys();
    files
        .filter_map(|path| input.sources.text(path))
        .map(str::len)
        .sum()
}

/// What our own rules would say of somebody else's document.
struct HeldBack(Option<Diagnostics>);

impl HeldBack {
    fn of(input: Input) -> Self {
        let strict = (input.profile == Profile::Foreign).then_some(Input {
            profile: Profile::Strict,
            ..input
        });
        Self(strict.map(|input| pipeline::check(input).read.diagnostics))
    }

    fn tell(&self, shown: &Diagnostics) {
        let Some(all) = &self.0 else {
            return;
        };
        let count = |found: &Diagnostics| {
            let kinds = [Severity::Error, Severity::Warning, Severity::Note];
            kinds
                .into_iter()
                .map(|kind| found.count(kind))
                .sum::<usize>()
        };
        let (more, errors) = (count(all), all.count(Severity::Error));
        if (more, errors) != (count(shown), shown.count(Severity::Error)) {
            eprintln!(
                "note: read as a foreign document; `--profile own` gives {more} findings, {errors} of them errors"
            );
        }
    }
}
