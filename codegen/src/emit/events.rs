//! `events.rs`: the documents that the service sends, and the enum of all of them.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::emit_docs;
use super::enums::emit_index;
use super::print::{Piece, Rest};
use super::types::{Scope, emit_ty, ident};
use super::{emit_type, print_module};
use crate::ir::{Dispatch, Event, Events};

pub(super) fn emit_events(events: &Events) -> String {
    let scope = Scope::of(&events.module.name);
    let mut rest = Rest::default();
    if events.dispatch == Dispatch::Enum && !events.events.is_empty() {
        rest.put(vec![
            Piece::Item(emit_definition(&scope, &events.events)),
            emit_event_set(&events.events),
        ]);
        for event in &events.events {
            rest.put(vec![emit_document(&scope, event)]);
        }
    }
    for ty in &events.module.types {
        rest.put(emit_type(&scope, ty));
    }
    print_module(&events.module, &scope, &rest.finish())
}

fn emit_definition(scope: &Scope, events: &[Event]) -> TokenStream {
    let variants = events.iter().map(|event| emit_variant(scope, event));
    quote! {
        /// An event, by its type.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum Event {
            #(#variants,)*
            /// An event of a type that this version does not know, as it came.
            Unknown(rt::RawEvent),
        }
    }
}

fn emit_variant(scope: &Scope, event: &Event) -> TokenStream {
    let docs = emit_docs(&event.docs);
    let name = ident(&event.variant);
    let ty = emit_ty(scope, &event.document);
    quote!(#docs #name(Box<#ty>))
}

fn emit_event_set(events: &[Event]) -> Piece {
    let types = events.iter().map(|event| &event.event_type);
    let arms = events.iter().enumerate().map(|(index, event)| {
        let (index, name) = (emit_index(index), ident(&event.variant));
        quote!(#index => Self::#name(Box::new(rt::decode_event(document)?)))
    });
    let members = vec![
        quote!(const TYPES: &'static [&'static str] = &[#(#types),*];),
        quote! {
            #[inline]
            fn decode(index: usize, document: &[u8]) -> rt::Result<Self> {
                let event = match index {
                    #(#arms,)*
                    _ => Self::Unknown(rt::RawEvent::parse(document)?),
                };
                Ok(event)
            }
        },
        quote!(
            #[inline]
            fn unknown(raw: rt::RawEvent) -> Self {
                Self::Unknown(raw)
            }
        ),
    ];
    Piece::Impl {
        head: quote!(impl rt::EventSet for Event),
        members,
    }
}

fn emit_document(scope: &Scope, event: &Event) -> Piece {
    let ty = emit_ty(scope, &event.document);
    let name = ident(&event.variant);
    let event_type = &event.event_type;
    let members = vec![
        quote!(const TYPE: &'static str = #event_type;),
        quote!(
            type Set = Event;
        ),
        quote! {
            #[inline]
            fn from_event(event: Event) -> Option<Self> {
                match event {
                    Event::#name(document) => Some(*document),
                    _ => None,
                }
            }
        },
    ];
    Piece::Impl {
        head: quote!(impl rt::EventDocument for #ty),
        members,
    }
}
