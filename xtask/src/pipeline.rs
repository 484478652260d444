//! The stages of `codegen` in a row, as the tasks need them.

use std::io::{IsTerminal, Write};
use std::thread;

use anyhow::Result;
use codegen::diagnostic::{Format, Renderer, Severity};
use codegen::ir::Client;
use codegen::resolve::api::Api;
use codegen::{Bundle, Diagnostics, Documents, Options, Profile, Tree};

use crate::cli::MessageFormat;
use crate::inputs::Input;
use crate::project;

/// A description and what was found in it.
pub struct Read {
    pub input: Input,
    pub documents: Documents,
    pub api: Option<Api>,
    pub diagnostics: Diagnostics,
}

/// A description, and the client that was decided on.
pub struct Lowered {
    pub read: Read,
    /// Whatever could be made, also where there are errors; nothing where most of the text is missing.
    pub client: Option<Client>,
    /// What the examples in the docs call the crate.
    pub crate_name: String,
}

impl Lowered {
    pub fn has_errors(&self) -> bool {
        self.client.is_none() || self.read.diagnostics.has_errors()
    }
}

/// A description, and what was made of it.
pub struct Compiled {
    pub read: Read,
    /// Nothing if anything is wrong.
    pub made: Option<(Client, Tree)>,
    pub crate_name: String,
}

/// Reads and lints.
pub fn read(input: Input) -> Read {
    let (documents, api, diagnostics) =
        codegen::read_documents(&input.sources, &input.root, input.profile);
    Read {
        input,
        documents,
        api,
        diagnostics,
    }
}

/// Reads, lints and lowers: all findings that there are, as spelling adds none.
pub fn check(input: Input) -> Lowered {
    let mut read = read(input);
    let crate_name = crate_name(&read);
    let client = decide(read.api.as_ref(), &crate_name, &mut read.diagnostics);
    Lowered {
        read,
        client,
        crate_name,
    }
}

/// Lowers what was read in full.
fn decide(api: Option<&Api>, crate_name: &str, sink: &mut Diagnostics) -> Option<Client> {
    let options = Options {
        crate_name: Some(crate_name.to_owned()),
    };
    let is_whole = !sink.is_cut_short();
    let api = api.filter(|_| is_whole)?;
    Some(codegen::lower::lower(api, &options, sink))
}

/// Reads, lints, lowers, and spells if nothing is wrong.
pub fn compile(input: Input) -> Compiled {
    let lowered = check(input);
    let is_sound = !lowered.has_errors();
    let made = lowered.client.filter(|_| is_sound).map(|client| {
        let tree = codegen::emit::emit(&client);
        (client, tree)
    });
    Compiled {
        read: lowered.read,
        made,
        crate_name: lowered.crate_name,
    }
}

/// What our own crate has beside the client.
pub struct Beside {
    /// The description as one document; nothing if it has no root.
    pub bundle: Option<String>,
    /// The test helper; nothing if anything is wrong.
    pub round_trips: Option<String>,
}

/// [`compile`] for our own description. What does not depend on each other is made side by side.
pub fn compile_own(input: Input) -> (Compiled, Beside) {
    let mut read = read(input);
    let crate_name = crate_name(&read);
    let (documents, api) = (&read.documents, read.api.as_ref());
    let (client, bundle) = beside(
        || decide(api, &crate_name, &mut read.diagnostics),
        || documents.bundle(Bundle::Compact),
    );
    let client = client.filter(|_| !read.diagnostics.has_errors());
    let (tree, round_trips) = beside(
        || client.as_ref().map(codegen::emit::emit),
        || {
            let client = client.as_ref()?;
            Some(codegen::emit_round_trips(client, &crate_name))
        },
    );
    let compiled = Compiled {
        read,
        made: client.zip(tree),
        crate_name,
    };
    (
        compiled,
        Beside {
            bundle,
            round_trips,
        },
    )
}

/// Does two things at once.
pub(crate) fn beside<A, B: Send>(
    here: impl FnOnce() -> A,
    there: impl FnOnce() -> B + Send,
) -> (A, B) {
    thread::scope(|scope| {
        let there = scope.spawn(there);
        (here(), there.join().expect("a stage does not panic"))
    })
}

/// Our own crate has its name; another is called after its service.
fn crate_name(read: &Read) -> String {
    if read.input.profile == Profile::Strict {
        return project::CRATE.to_owned();
    }
    let service = read.api.as_ref().map_or("", |api| api.service.as_str());
    let name: String = service
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let name = name.trim_matches('_');
    // A word of its own behind the name keeps it from being a keyword or a crate that it depends on.
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{name}_client")
    } else {
        "generated_client".to_owned()
    }
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
        if format == Format::Full {
            writeln!(out, "more on these: {}", explanations(&read.diagnostics))?;
        }
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

/// How to ask for more on the first kinds of findings.
fn explanations(diagnostics: &Diagnostics) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for finding in diagnostics.iter() {
        if !ids.contains(&finding.id.name()) {
            ids.push(finding.id.name());
        }
    }
    let commands = ids.iter().take(MOST_EXPLAINED);
    let commands = commands.map(|id| format!("`cargo xtask explain {id}`"));
    commands.collect::<Vec<_>>().join(", ")
}

const MOST_EXPLAINED: usize = 3;

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
