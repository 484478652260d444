//! Spelling: from the IR to formatted Rust.
//!
//! Turns [`ir::Client`](crate::ir::Client) into a [`Tree`]: one file a resource, `common.rs`, `events.rs`, `errors.rs`
//! and `mod.rs`. Total and infallible: whatever the IR says is spelled, and nothing is looked up or decided.

mod aside;
mod batching;
mod builders;
mod debug;
mod docs;
mod enums;
mod errors;
mod events;
mod info;
mod paging;
mod print;
mod requests;
mod root;
mod round_trips;
mod setters;
mod structs;
mod types;
mod unions;

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use quote::quote;

use crate::ir::{Client, ErrorTable, Events, Module, Type};
use crate::tree::Tree;
use print::{File, Piece, Rest};
use types::Scope;

pub use round_trips::emit_round_trips;

pub fn emit(client: &Client) -> Tree {
    let jobs = jobs(client);
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(jobs.len());
    let files = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|_| scope.spawn(|| work(client, &jobs, &next)))
            .collect();
        handles
            .into_iter()
            .flat_map(|handle| handle.join().expect("spelling does not fail"))
            .collect()
    });
    Tree { files }
}

/// A file to spell. The files do not depend on each other.
enum Job<'a> {
    Module(&'a Module),
    Events(&'a Events),
    Errors(&'a ErrorTable),
    Root,
}

fn jobs(client: &Client) -> Vec<Job<'_>> {
    let mut jobs = Vec::new();
    if !client.errors.entries.is_empty() {
        jobs.push(Job::Errors(&client.errors));
    }
    jobs.extend(
        client
            .resources
            .iter()
            .chain(&client.common)
            .map(Job::Module),
    );
    jobs.extend(client.events.as_ref().map(Job::Events));
    jobs.push(Job::Root);
    jobs
}

/// Spells until no file is left.
fn work(client: &Client, jobs: &[Job<'_>], next: &AtomicUsize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
        files.push(spell(client, job));
    }
    files
}

fn spell(client: &Client, job: &Job<'_>) -> (String, String) {
    match job {
        Job::Module(module) => (format!("{}.rs", module.name), emit_module(module)),
        Job::Events(events) => ("events.rs".to_owned(), events::emit_events(events)),
        Job::Errors(table) => ("errors.rs".to_owned(), errors::emit_errors(table)),
        Job::Root => ("mod.rs".to_owned(), root::emit_root(client)),
    }
}

fn emit_module(module: &Module) -> String {
    let scope = Scope::of(&module.name);
    let mut rest = Rest::default();
    if let Some(handle) = &module.handle {
        rest.put(builders::emit_handle(&scope, handle, &module.operations));
    }
    for operation in &module.operations {
        rest.put(builders::emit_operation(&scope, operation));
        for ty in &operation.types {
            rest.put(emit_type(&scope, ty));
        }
    }
    for ty in &module.types {
        rest.put(emit_type(&scope, ty));
    }
    print_module(module, &scope, &rest.finish())
}

/// Puts header, docs and imports before the rest.
fn print_module(module: &Module, scope: &Scope, rest: &str) -> String {
    let siblings = scope.imports();
    let imports = Piece::Item(quote!(use crate::rt; #siblings));
    let file = File {
        sources: &module.sources,
        docs: &module.docs,
        pieces: if rest.is_empty() {
            Vec::new()
        } else {
            vec![imports]
        },
    };
    file.print() + rest
}

fn emit_type(scope: &Scope, ty: &Type) -> Vec<Piece> {
    match ty {
        Type::Struct(item) => structs::emit_struct(scope, item),
        Type::Enum(item) => enums::emit_enum(item),
        Type::Bits(item) => enums::emit_bits(item),
        Type::Union(item) => unions::emit_union(scope, item),
    }
}
