//! Spelling: from the IR to formatted Rust.
//!
//! Turns [`ir::Client`](crate::ir::Client) into a [`Tree`]: one file a resource, `common.rs`, `events.rs`, `errors.rs`
//! and `mod.rs`. Total and infallible: whatever the IR says is spelled, and nothing is looked up or decided.

mod batching;
mod builders;
mod docs;
mod enums;
mod errors;
mod events;
mod info;
mod paging;
mod print;
mod requests;
mod root;
mod setters;
mod structs;
mod types;
mod unions;

use quote::quote;

use crate::ir::{Client, Module, Type};
use crate::tree::Tree;
use print::{File, Piece};
use types::Scope;

pub fn emit(client: &Client) -> Tree {
    let mut tree = Tree::default();
    for module in client.resources.iter().chain(&client.common) {
        tree.insert(format!("{}.rs", module.name), emit_module(module));
    }
    if let Some(events) = &client.events {
        tree.insert("events.rs", events::emit_events(events));
    }
    if !client.errors.entries.is_empty() {
        tree.insert("errors.rs", errors::emit_errors(&client.errors));
    }
    tree.insert("mod.rs", root::emit_root(client));
    tree
}

fn emit_module(module: &Module) -> String {
    let scope = Scope::of(&module.name);
    let mut pieces = Vec::new();
    if let Some(handle) = &module.handle {
        pieces.extend(builders::emit_handle(&scope, handle, &module.operations));
    }
    for operation in &module.operations {
        pieces.extend(builders::emit_operation(&scope, operation));
        pieces.extend(operation.types.iter().flat_map(|ty| emit_type(&scope, ty)));
    }
    for ty in &module.types {
        pieces.extend(emit_type(&scope, ty));
    }
    print_module(module, &scope, pieces)
}

/// Puts header, docs and imports before `pieces`.
fn print_module(module: &Module, scope: &Scope, mut pieces: Vec<Piece>) -> String {
    if !pieces.is_empty() {
        let siblings = scope.imports();
        pieces.insert(0, Piece::Item(quote!(use crate::rt; #siblings)));
    }
    let file = File {
        sources: &module.sources,
        docs: &module.docs,
        pieces,
    };
    file.print()
}

fn emit_type(scope: &Scope, ty: &Type) -> Vec<Piece> {
    match ty {
        Type::Struct(item) => structs::emit_struct(scope, item),
        Type::Enum(item) => enums::emit_enum(item),
        Type::Bits(item) => enums::emit_bits(item),
        Type::Union(item) => unions::emit_union(scope, item),
    }
}
