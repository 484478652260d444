//! What the runtime needs to walk through pages, and the members of a builder that it reads and writes for that.

use proc_macro2::TokenStream;
use quote::quote;

use super::builders::emit_data;
use super::print::Piece;
use super::types::{Scope, emit_ty, ident};
use crate::ir::{Operation, Paging, Source, Target};

pub(super) fn emit_paging(scope: &Scope, operation: &Operation, paging: &Paging) -> Vec<Piece> {
    let builder = ident(&operation.builder);
    let item = emit_ty(scope, &paging.item);
    let members = vec![
        quote!(type Item = #item;),
        emit_set_page_token(&paging.token),
        emit_page(scope, operation, paging),
    ];
    let table = Piece::Impl {
        head: quote!(impl rt::Paged for #builder),
        members,
    };
    vec![
        table,
        Piece::Impl {
            head: quote!(impl #builder),
            members: emit_streams(),
        },
    ]
}

fn emit_set_page_token(target: &Target) -> TokenStream {
    let assignment = emit_assignment(target, &quote!(token));
    quote!(#[inline] fn set_page_token(&mut self, token: String) { #assignment })
}

fn emit_page(scope: &Scope, operation: &Operation, paging: &Paging) -> TokenStream {
    let data = emit_data(scope, &operation.output);
    let item = emit_ty(scope, &paging.item);
    let items = ident(&paging.items);
    let next = emit_optional(&paging.next);
    let more = paging
        .more
        .as_ref()
        .map_or_else(|| quote!(None), emit_optional);
    quote! {
        #[inline]
        fn page(output: #data) -> rt::Page<#item> {
            rt::Page { items: output.#items, next: #next, more: #more }
        }
    }
}

fn emit_optional(source: &Source) -> TokenStream {
    let name = ident(&source.name);
    if source.optional {
        quote!(output.#name)
    } else {
        quote!(Some(output.#name))
    }
}

fn emit_streams() -> Vec<TokenStream> {
    vec![
        quote! {
            /// All pages, one call each.
            #[inline]
            pub fn pages(self) -> rt::Pages<Self> { rt::Pages::new(self) }
        },
        quote! {
            /// The items of all pages.
            #[inline]
            pub fn items(self) -> rt::Items<Self> { rt::Items::new(self) }
        },
    ]
}

/// `self.…` up to the last step, made if it is missing.
fn emit_reach(target: &Target) -> TokenStream {
    let start = if target.in_body {
        quote!(self.body)
    } else {
        quote!(self)
    };
    let (_, before) = target.steps.split_last().expect("a target has a step");
    before.iter().fold(start, |reached, step| {
        let name = ident(&step.name);
        if step.optional {
            quote!(#reached.#name.get_or_insert_default())
        } else {
            quote!(#reached.#name)
        }
    })
}

/// The member itself, for reading and writing in place.
pub(super) fn emit_place(target: &Target) -> TokenStream {
    let reached = emit_reach(target);
    let name = ident(&last(target).name);
    quote!(#reached.#name)
}

pub(super) fn emit_assignment(target: &Target, value: &TokenStream) -> TokenStream {
    let place = emit_place(target);
    if last(target).optional {
        quote!(#place = Some(#value);)
    } else {
        quote!(#place = #value;)
    }
}

/// The value of a member that can be copied, inside a function that gives an `Option`.
pub(super) fn emit_read(target: &Target) -> TokenStream {
    let start = if target.in_body {
        quote!(self.body)
    } else {
        quote!(self)
    };
    let (last, before) = target.steps.split_last().expect("a target has a step");
    let reached = before.iter().fold(start, |reached, step| {
        let name = ident(&step.name);
        if step.optional {
            quote!(#reached.#name.as_ref()?)
        } else {
            quote!(#reached.#name)
        }
    });
    let name = ident(&last.name);
    if last.optional {
        quote!(#reached.#name?)
    } else {
        quote!(#reached.#name)
    }
}

fn last(target: &Target) -> &Source {
    target.steps.last().expect("a target has a step")
}
