//! A test helper: every answer, body and event of a client, decoded and encoded again, by the name of the operation.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::print::{File, Piece};
use super::types::{Scope, emit_ty};
use crate::ir::{Body, Client, Docs, Encoding, Operation, Output, Ty};

/// The text of the helper, for a client that lives in the crate `crate_name`.
pub fn emit_round_trips(client: &Client, crate_name: &str) -> String {
    let pieces = vec![
        Piece::Item(emit_imports(client, &format_ident!("{crate_name}"))),
        Piece::Item(emit_function(
            &quote!(answer),
            "The data of an answer, by operation.",
            &answers(client),
        )),
        Piece::Item(emit_function(
            &quote!(request),
            "The JSON body of a request, by operation.",
            &requests(client),
        )),
        Piece::Item(emit_function(
            &quote!(event),
            "A whole event, by its type.",
            &events(client),
        )),
        Piece::Item(emit_again()),
    ];
    let docs = Docs(vec![
        "Every answer, body and event of the client, decoded and encoded again.".to_owned(),
    ]);
    let sources = [client.service.source.clone()];
    let file = File {
        sources: &sources,
        docs: &docs,
        pieces,
    };
    file.print()
}

type Case<'a> = (&'a str, Ty);

fn operations(client: &Client) -> impl Iterator<Item = &Operation> {
    client
        .resources
        .iter()
        .flat_map(|module| &module.operations)
}

fn answers(client: &Client) -> Vec<Case<'_>> {
    let answered = operations(client).filter_map(|operation| match &operation.output {
        Output::Data(ty) => Some((operation.id.as_str(), ty.clone())),
        Output::Nothing | Output::Text | Output::Download => None,
    });
    answered.collect()
}

fn requests(client: &Client) -> Vec<Case<'_>> {
    let sent = operations(client).filter_map(|operation| match &operation.body {
        Body::Members {
            ty,
            encoding: Encoding::Json,
            ..
        } => Some((operation.id.as_str(), Ty::Named(ty.clone()))),
        Body::Whole {
            ty,
            encoding: Encoding::Json,
            ..
        } => Some((operation.id.as_str(), ty.clone())),
        Body::None | Body::Multipart | Body::Members { .. } | Body::Whole { .. } => None,
    });
    sent.collect()
}

fn events(client: &Client) -> Vec<Case<'_>> {
    let events = client.events.iter().flat_map(|events| &events.events);
    events
        .map(|event| (event.event_type.as_str(), event.document.clone()))
        .collect()
}

/// Types are reached through the modules that the crate shows.
fn emit_imports(client: &Client, crate_name: &Ident) -> TokenStream {
    let scope = Scope::root();
    for (_, ty) in answers(client)
        .into_iter()
        .chain(requests(client))
        .chain(events(client))
    {
        emit_ty(&scope, &ty);
    }
    let modules = scope.siblings();
    quote!(use #crate_name::{rt, #(#modules),*};)
}

fn emit_function(name: &TokenStream, docs: &str, cases: &[Case<'_>]) -> TokenStream {
    let scope = Scope::root();
    let docs = format!(" {docs}");
    let arms = cases.iter().map(|(key, ty)| {
        let ty = emit_ty(&scope, ty);
        quote!(#key => again::<#ty>(text))
    });
    quote! {
        #[doc = #docs]
        pub(crate) fn #name(name: &str, text: &[u8]) -> Option<Result<Vec<u8>, String>> {
            let text = match name {
                #(#arms,)*
                _ => return None,
            };
            Some(text)
        }
    }
}

fn emit_again() -> TokenStream {
    quote! {
        fn again<T: rt::Slot + rt::View + Default>(text: &[u8]) -> Result<Vec<u8>, String> {
            let mut value = T::default();
            rt::decode(text, &mut value, "", None).map_err(|error| error.to_string())?;
            rt::encode(&value).map_err(|error| error.to_string())
        }
    }
}
