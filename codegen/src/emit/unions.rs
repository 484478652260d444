//! Unions that a member tells apart.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::emit_docs;
use super::enums::emit_index;
use super::print::Piece;
use super::types::{Scope, emit_ty, ident};
use crate::ir::{Union, UnionVariant};

pub(super) fn emit_union(scope: &Scope, item: &Union) -> Vec<Piece> {
    let name = ident(&item.name);
    let table = Piece::Impl {
        head: quote!(impl rt::Tagged for #name),
        members: emit_table(item),
    };
    vec![
        Piece::Item(emit_definition(scope, item)),
        table,
        Piece::Item(quote!(rt::tagged!(#name);)),
    ]
}

fn emit_definition(scope: &Scope, item: &Union) -> TokenStream {
    let docs = emit_docs(&item.docs);
    let name = ident(&item.name);
    let variants = item
        .variants
        .iter()
        .map(|variant| emit_variant(scope, variant));
    quote! {
        #docs
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// What this version cannot tell apart, as it came.
            Other(rt::Json),
        }
    }
}

fn emit_variant(scope: &Scope, variant: &UnionVariant) -> TokenStream {
    let name = ident(&variant.name);
    let ty = emit_ty(scope, &variant.ty);
    let docs = format!(" `{}`", variant.value);
    quote!(#[doc = #docs] #name(Box<#ty>))
}

fn emit_table(item: &Union) -> Vec<TokenStream> {
    let tag = &item.tag.0;
    let values = item.variants.iter().map(|variant| &variant.value);
    vec![
        quote!(const TAG: &'static str = #tag;),
        quote!(const TAGS: &'static [&'static str] = &[#(#values),*];),
        emit_from_tag(item),
        quote!(
            #[inline]
            fn other(value: rt::Json) -> Self {
                Self::Other(value)
            }
        ),
        emit_slot(item),
        emit_view(item),
        emit_tag(item),
    ]
}

fn emit_from_tag(item: &Union) -> TokenStream {
    let arms = item.variants.iter().enumerate().map(|(index, variant)| {
        let (index, name) = (emit_index(index), ident(&variant.name));
        quote!(#index => Self::#name(Box::default()))
    });
    quote! {
        fn from_tag(index: usize) -> Option<Self> {
            let value = match index {
                #(#arms,)*
                _ => return None,
            };
            Some(value)
        }
    }
}

fn emit_slot(item: &Union) -> TokenStream {
    let names = item.variants.iter().map(|variant| ident(&variant.name));
    quote! {
        #[inline]
        fn slot(&mut self) -> &mut dyn rt::Slot {
            match self { #(Self::#names(value) => &mut **value,)* Self::Other(value) => value }
        }
    }
}

fn emit_view(item: &Union) -> TokenStream {
    let names = item.variants.iter().map(|variant| ident(&variant.name));
    quote! {
        #[inline]
        fn view(&self) -> &dyn rt::View {
            match self { #(Self::#names(value) => &**value,)* Self::Other(value) => value }
        }
    }
}

fn emit_tag(item: &Union) -> TokenStream {
    let arms = item.variants.iter().map(|variant| {
        let (name, value) = (ident(&variant.name), &variant.value);
        quote!(Self::#name(_) => Some(#value))
    });
    quote! {
        fn tag(&self) -> Option<&'static str> {
            match self { #(#arms,)* Self::Other(_) => None }
        }
    }
}
