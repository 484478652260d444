//! What the runtime needs to cut a call that is larger than the service takes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::builders::emit_data;
use super::paging::{emit_assignment, emit_place, emit_read};
use super::print::Piece;
use super::types::{Scope, emit_ty, ident};
use crate::ir::{BatchItem, BatchList, Batching, Operation, Window};

pub(super) fn emit_batching(
    scope: &Scope,
    operation: &Operation,
    batching: &Batching,
) -> Vec<Piece> {
    let builder = ident(&operation.builder);
    let entry = batching
        .list
        .as_ref()
        .map_or_else(|| quote!(()), |list| emit_ty(scope, &list.entry));
    let item = emit_item_ty(scope, &batching.item);
    let mut members = vec![
        quote!(type Entry = #entry; type Item = #item;),
        emit_plan(batching),
    ];
    members.extend(emit_entries(batching.list.as_ref(), &entry));
    members.extend(emit_window(batching.window.as_ref()));
    members.push(emit_items(scope, operation, &batching.item));
    let table = Piece::Impl {
        head: quote!(impl rt::Batched for #builder),
        members,
    };
    let method = quote! {
        /// The call cut by the limits of the service, as many calls as it takes.
        #[inline]
        pub fn batches(self) -> rt::Batches<Self> { rt::Batches::new(self) }
    };
    vec![
        table,
        Piece::Impl {
            head: quote!(impl #builder),
            members: vec![method],
        },
    ]
}

fn emit_item_ty(scope: &Scope, item: &BatchItem) -> TokenStream {
    match item {
        BatchItem::Element { ty, .. } | BatchItem::Whole(Some(ty)) => emit_ty(scope, ty),
        BatchItem::Whole(None) => quote!(()),
    }
}

fn emit_plan(batching: &Batching) -> TokenStream {
    let entries = emit_limit(batching.list.as_ref().map(|list| list.max));
    let days = emit_limit(batching.window.as_ref().map(|window| window.days));
    quote!(const PLAN: rt::BatchPlan = rt::BatchPlan { max_entries: #entries, max_days: #days };)
}

fn emit_limit(limit: Option<u32>) -> TokenStream {
    match limit.map(Literal::u32_unsuffixed) {
        None => quote!(None),
        Some(limit) => quote!(Some(#limit)),
    }
}

fn emit_entries(list: Option<&BatchList>, entry: &TokenStream) -> Vec<TokenStream> {
    let Some(list) = list else {
        return vec![
            quote!(
                #[inline]
                fn take_entries(&mut self) -> Vec<()> {
                    Vec::new()
                }
            ),
            quote!(
                #[inline]
                fn put_entries(&mut self, _entries: Vec<()>) {}
            ),
        ];
    };
    let place = emit_place(&list.target);
    let assignment = emit_assignment(&list.target, &quote!(entries));
    vec![
        quote!(#[inline] fn take_entries(&mut self) -> Vec<#entry> { std::mem::take(&mut #place) }),
        quote!(#[inline] fn put_entries(&mut self, entries: Vec<#entry>) { #assignment }),
    ]
}

fn emit_window(window: Option<&Window>) -> Vec<TokenStream> {
    let Some(window) = window else {
        return vec![
            quote!(
                #[inline]
                fn window(&self) -> Option<(rt::Date, rt::Date)> {
                    None
                }
            ),
            quote!(
                #[inline]
                fn set_window(&mut self, _from: rt::Date, _to: rt::Date) {}
            ),
        ];
    };
    let (from, to) = (emit_read(&window.from), emit_read(&window.to));
    let (set_from, set_to) = (
        emit_assignment(&window.from, &quote!(from)),
        emit_assignment(&window.to, &quote!(to)),
    );
    vec![
        quote!(#[inline] fn window(&self) -> Option<(rt::Date, rt::Date)> { Some((#from, #to)) }),
        quote!(#[inline] fn set_window(&mut self, from: rt::Date, to: rt::Date) { #set_from #set_to }),
    ]
}

fn emit_items(scope: &Scope, operation: &Operation, item: &BatchItem) -> TokenStream {
    let data = emit_data(scope, &operation.output);
    let ty = emit_item_ty(scope, item);
    let items = match item {
        BatchItem::Element { list, .. } => {
            let list = ident(list);
            quote!(output.#list)
        }
        BatchItem::Whole(_) => quote!(vec![output]),
    };
    quote!(#[inline] fn items(output: #data) -> Vec<#ty> { #items })
}
