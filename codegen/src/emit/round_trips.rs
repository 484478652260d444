//! A table for tests: which Rust type each body and document has, so that all of them can be read and written again
//! without naming one by hand.
//!
//! Not part of the client: it stands in a test package, and names the client's crate from outside.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::builders::emit_data;
use super::docs::emit_docs;
use super::print::{File, Piece};
use super::types::{Scope, emit_ty, emit_type_ref};
use crate::ir::{Body, Client, Docs, Encoding, Events, Operation, Output};

/// `krate` is the client's crate, as Rust names it.
pub fn emit_round_trips(client: &Client, krate: &str) -> String {
    let krate = Ident::new(krate, Span::call_site());
    let scope = Scope::root();
    let operations = || {
        client
            .resources
            .iter()
            .flat_map(|module| &module.operations)
    };
    let answers = operations().filter_map(|operation| emit_answer(&scope, operation));
    let answers = emit_table(
        "answer",
        "What an answer to `operation` holds; nothing if that is no JSON.",
        "operation",
        answers,
    );
    let requests = operations().filter_map(|operation| emit_request(&scope, operation));
    let requests = emit_table(
        "request",
        "The body of a call of `operation`; nothing if it has none, or none of JSON.",
        "operation",
        requests,
    );
    let events = client
        .events
        .iter()
        .flat_map(|events| emit_events(&scope, events));
    let events = emit_table("event", "The document of an event.", "event_type", events);
    let siblings = scope.siblings();
    let file = File {
        sources: std::slice::from_ref(&client.service.source),
        docs: &docs(),
        pieces: vec![
            Piece::Item(quote!(use #krate::rt; use #krate::{#(#siblings),*};)),
            Piece::Item(emit_value()),
            Piece::Item(answers),
            Piece::Item(requests),
            Piece::Item(events),
        ],
    };
    file.print()
}

fn docs() -> Docs {
    let text = "Which type each body and document has, empty values of them ready to be read into.";
    Docs(vec![text.to_owned()])
}

fn emit_value() -> TokenStream {
    quote! {
        /// What can be read and written.
        pub trait Value: rt::Slot + rt::View {}
        impl<T: rt::Slot + rt::View> Value for T {}
    }
}

fn emit_answer(scope: &Scope, operation: &Operation) -> Option<TokenStream> {
    match operation.output {
        Output::Nothing | Output::Data(_) => {
            let ty = emit_data(scope, &operation.output);
            Some(emit_arm(&operation.id, &ty))
        }
        Output::Text | Output::Download => None,
    }
}

fn emit_request(scope: &Scope, operation: &Operation) -> Option<TokenStream> {
    let ty = match &operation.body {
        Body::Members {
            ty,
            encoding: Encoding::Json,
            ..
        } => emit_type_ref(scope, ty),
        Body::Whole {
            ty,
            encoding: Encoding::Json,
            ..
        } => emit_ty(scope, ty),
        Body::None | Body::Members { .. } | Body::Whole { .. } | Body::Multipart => return None,
    };
    Some(emit_arm(&operation.id, &ty))
}

fn emit_events(scope: &Scope, events: &Events) -> Vec<TokenStream> {
    let events = events.events.iter();
    events
        .map(|event| emit_arm(&event.event_type, &emit_ty(scope, &event.document)))
        .collect()
}

fn emit_arm(name: &str, ty: &TokenStream) -> TokenStream {
    quote!(#name => Box::<#ty>::default())
}

fn emit_table(
    name: &str,
    docs: &str,
    argument: &str,
    arms: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let docs = emit_docs(&Docs(vec![docs.to_owned()]));
    let name = Ident::new(name, Span::call_site());
    let argument = Ident::new(argument, Span::call_site());
    quote! {
        #docs
        pub fn #name(#argument: &str) -> Option<Box<dyn Value>> {
            let value: Box<dyn Value> = match #argument {
                #(#arms,)*
                _ => return None,
            };
            Some(value)
        }
    }
}
