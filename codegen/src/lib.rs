//! Compiles an OpenAPI 3.x description into a typed Rust client.
//!
//! A pure function from texts to texts: [`run`] reads a description, reports everything that it finds, and spells
//! the client. What becomes of the files is up to the caller.
#![forbid(unsafe_code)]

pub mod source;

pub mod diagnostic;

pub mod syntax;

pub mod resolve;

mod lint;

pub mod ir;

pub mod lower;

pub mod emit;

pub mod diff;

pub mod tree;

mod bundle;

pub use bundle::{Bundle, bundle};
pub use diagnostic::{Diagnostics, Profile};
pub use emit::emit_round_trips;
pub use lower::Options;
pub use tree::Tree;

use resolve::api::Api;
use source::SourceMap;
use syntax::load::{self, Files};

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// Nothing if an error was found: half a client is none.
    pub generated: Option<Generated>,
    pub diagnostics: Diagnostics,
}

#[derive(Debug)]
pub struct Generated {
    pub api: Api,
    pub client: ir::Client,
    pub tree: Tree,
}

/// From the texts of a description to the files of its client.
pub fn run(sources: &SourceMap, root: &str, profile: Profile, options: &Options) -> Outcome {
    let (api, mut diagnostics) = read(sources, root, profile);
    let whole = api.filter(|_| !diagnostics.is_cut_short());
    let lowered = whole.map(|api| (lower::lower(&api, options, &mut diagnostics), api));
    let sound = lowered.filter(|_| !diagnostics.has_errors());
    let generated = sound.map(|(client, api)| {
        let tree = emit::emit(&client);
        Generated { api, client, tree }
    });
    Outcome {
        generated,
        diagnostics,
    }
}

/// Reads a description: the API as meant, if there is one, and everything that was found on the way.
pub fn read(sources: &SourceMap, root: &str, profile: Profile) -> (Option<Api>, Diagnostics) {
    let (_, api, sink) = read_documents(sources, root, profile);
    (api, sink)
}

/// The documents of a description, as they were read.
#[derive(Debug, Default)]
pub struct Documents {
    files: Files,
    root: String,
}

impl Documents {
    /// All of them as one; see [`bundle`].
    pub fn bundle(&self, form: Bundle) -> Option<String> {
        bundle::bundle_files(&self.files, &self.root, form)
    }
}

/// [`read`] that keeps the documents, for a bundle of them.
pub fn read_documents(
    sources: &SourceMap,
    root: &str,
    profile: Profile,
) -> (Documents, Option<Api>, Diagnostics) {
    let mut sink = Diagnostics::new(profile);
    let files = load::load(sources, root, &mut sink);
    let read = resolve::resolve(sources, &files, root, &mut sink);
    let documents = Documents {
        files,
        root: root.to_owned(),
    };
    let Some((api, context)) = read else {
        return (documents, None, sink);
    };
    if profile == Profile::Strict {
        lint::lint(&api, &context, &mut sink);
    }
    (documents, Some(api), sink)
}

/// From the API as meant to the client as decided, and as spelled.
pub fn generate(api: &Api, options: &Options, diagnostics: &mut Diagnostics) -> (ir::Client, Tree) {
    let client = lower::lower(api, options, diagnostics);
    let tree = emit::emit(&client);
    (client, tree)
}
