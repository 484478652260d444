//! Lowering: from the API as meant to the client as decided.
//!
//! Every decision about the Rust surface is made here: names, which schema becomes which type, what may be missing,
//! where a cycle needs a `Box`, what the documentation says. `emit` only spells it.
//!
//! Relies on: no `$ref` is left in [`Api`]. Guarantees: every name in [`ir::Client`] is legal and unique, and every
//! operation, event, property, enum value and error code of the API is there, or a finding says why it is not.

mod answers;
mod batching;
mod bodies;
mod docs;
mod enums;
mod errors;
mod events;
mod examples;
mod homes;
mod markdown;
mod names;
mod operation_docs;
mod operation_info;
mod operations;
mod paging;
mod parameters;
mod reach;
mod scalars;
mod schemas;
mod service;
mod shapes;
mod store;
mod structs;
mod unions;

use std::collections::HashSet;

use crate::diagnostic::{Diagnostics, Profile};
use crate::ir::{self, Module, Type, TypeRef};
use crate::resolve::api::{Answer, Api, BodyKind, SchemaId};
use homes::Homes;
use schemas::canonical;
use store::TypeStore;

/// What the description does not say.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The crate that the examples in the documentation use; without one, they are text.
    pub crate_name: Option<String>,
}

/// What every helper needs.
struct Cx<'a> {
    api: &'a Api,
    options: &'a Options,
    sink: &'a mut Diagnostics,
    homes: Homes,
    store: TypeStore,
    errors: ir::ErrorTable,
    defaults: Vec<ir::ClientDefault>,
    /// Schemas that are taken apart instead of becoming a type, such as the wrapper around an answer.
    unwrapped: HashSet<SchemaId>,
    /// Types that a request holds.
    sent: Vec<TypeRef>,
    /// Types that an answer or an event holds, and bodies that a builder builds.
    read: Vec<TypeRef>,
}

impl Cx<'_> {
    fn is_foreign(&self) -> bool {
        self.sink.profile() == Profile::Foreign
    }
}

pub fn lower(api: &Api, options: &Options, sink: &mut Diagnostics) -> ir::Client {
    let mut store = TypeStore::default();
    let homes = Homes::of(api, sink.profile(), &mut store);
    let mut cx = Cx {
        api,
        options,
        sink,
        homes,
        store,
        errors: ir::ErrorTable::default(),
        defaults: Vec::new(),
        unwrapped: HashSet::new(),
        sent: Vec::new(),
        read: Vec::new(),
    };
    cx.errors = errors::lower_errors(&mut cx);
    cx.unwrapped = wrappers(api);
    schemas::lower_components(&mut cx);
    let resources = operations::lower_resources(&mut cx);
    let events = events::lower_events(&mut cx);
    reach::settle(&mut cx);
    let resources = operations::finish_resources(&mut cx, resources);
    let events = events.map(|events| events::finish_events(&mut cx, events));
    let common = finish_common(&mut cx);
    let service = service::lower_service(api);
    ir::Client {
        service,
        resources,
        common,
        events,
        errors: cx.errors,
        defaults: cx.defaults,
    }
}

/// What is taken apart instead of becoming a type: wrappers around answers, and bodies that are sent in parts.
fn wrappers(api: &Api) -> HashSet<SchemaId> {
    let mut wrappers = HashSet::new();
    for operation in &api.operations {
        if let (Some(_), Answer::Json { schema, .. }) = (&operation.envelope, &operation.answer) {
            wrappers.insert(canonical(api, *schema));
        }
        if let Some(BodyKind::Multipart { schema }) = operation.body.as_ref().map(|body| &body.kind)
        {
            wrappers.insert(canonical(api, *schema));
        }
    }
    wrappers
}

fn finish_common(cx: &mut Cx<'_>) -> Option<Module> {
    let types: Vec<Type> = cx.store.take_bin(cx.homes.common_bin());
    if types.is_empty() {
        return None;
    }
    Some(Module {
        name: cx.homes.common_module(),
        sources: cx.homes.common_sources(cx.api),
        docs: ir::Docs(vec!["Types that several resources share.".to_owned()]),
        handle: None,
        operations: Vec::new(),
        types,
    })
}
