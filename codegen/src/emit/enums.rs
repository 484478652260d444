//! Enums that keep what they do not know, and bit masks.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs::emit_docs;
use super::print::Piece;
use super::types::ident;
use crate::ir::{Bits, Enum, Variant, Variants};

pub(super) fn emit_enum(item: &Enum) -> Vec<Piece> {
    match &item.variants {
        Variants::Text(variants) => emit_text_enum(item, variants),
        Variants::Int(variants) => emit_int_enum(item, variants),
    }
}

fn emit_text_enum(item: &Enum, variants: &[Variant<String>]) -> Vec<Piece> {
    let name = ident(&item.name);
    let definition = emit_definition(item, variants, &quote!(rt::UnknownText));
    let values = variants.iter().map(|variant| &variant.value);
    let arms = variants.iter().map(|variant| {
        let (name, value) = (ident(&variant.name), &variant.value);
        quote!(Self::#name => #value)
    });
    let members = vec![
        quote!(const VALUES: &'static [&'static str] = &[#(#values),*];),
        emit_from_index(variants),
        quote!(
            #[inline]
            fn unknown(value: rt::UnknownText) -> Self {
                Self::Unknown(value)
            }
        ),
        quote! {
            #[inline]
            fn as_str(&self) -> &str {
                match self { #(#arms,)* Self::Unknown(value) => value.as_str() }
            }
        },
    ];
    let table = Piece::Impl {
        head: quote!(impl rt::TextEnum for #name),
        members,
    };
    vec![
        Piece::Item(definition),
        table,
        Piece::Item(quote!(rt::text_enum!(#name);)),
    ]
}

fn emit_int_enum(item: &Enum, variants: &[Variant<i64>]) -> Vec<Piece> {
    let name = ident(&item.name);
    let definition = emit_definition(item, variants, &quote!(rt::UnknownInt));
    let values = variants.iter().map(|variant| emit_int(variant.value));
    let arms = variants.iter().map(|variant| {
        let (name, value) = (ident(&variant.name), emit_int(variant.value));
        quote!(Self::#name => #value)
    });
    let members = vec![
        quote!(const VALUES: &'static [i64] = &[#(#values),*];),
        emit_from_index(variants),
        quote!(
            #[inline]
            fn unknown(value: rt::UnknownInt) -> Self {
                Self::Unknown(value)
            }
        ),
        quote! {
            #[inline]
            fn as_i64(&self) -> i64 {
                match self { #(#arms,)* Self::Unknown(value) => value.as_i64() }
            }
        },
    ];
    let table = Piece::Impl {
        head: quote!(impl rt::IntEnum for #name),
        members,
    };
    vec![
        Piece::Item(definition),
        table,
        Piece::Item(quote!(rt::int_enum!(#name);)),
    ]
}

fn emit_definition<V>(item: &Enum, variants: &[Variant<V>], unknown: &TokenStream) -> TokenStream {
    let docs = emit_docs(&item.docs);
    let name = ident(&item.name);
    let variants = variants.iter().map(emit_variant);
    quote! {
        #docs
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// A value that this version does not know.
            Unknown(#unknown),
        }
    }
}

fn emit_variant<V>(variant: &Variant<V>) -> TokenStream {
    let docs = emit_docs(&variant.docs);
    let name = ident(&variant.name);
    quote!(#docs #name)
}

fn emit_from_index<V>(variants: &[Variant<V>]) -> TokenStream {
    let arms = variants.iter().enumerate().map(|(index, variant)| {
        let (index, name) = (emit_index(index), ident(&variant.name));
        quote!(#index => Self::#name)
    });
    quote! {
        #[inline]
        fn from_index(index: usize) -> Option<Self> {
            let value = match index {
                #(#arms,)*
                _ => return None,
            };
            Some(value)
        }
    }
}

/// Without a suffix, so that it reads as a person writes it.
pub(super) fn emit_index(index: usize) -> Literal {
    Literal::usize_unsuffixed(index)
}

pub(super) fn emit_int(value: i64) -> Literal {
    Literal::i64_unsuffixed(value)
}

pub(super) fn emit_bits(item: &Bits) -> Vec<Piece> {
    let docs = emit_docs(&item.docs);
    let name = ident(&item.name);
    let definition = quote! {
        #docs
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct #name(pub i64);
    };
    let mut members: Vec<TokenStream> = item.masks.iter().map(emit_mask).collect();
    members.push(emit_contains());
    let masks = Piece::Impl {
        head: quote!(impl #name),
        members,
    };
    vec![
        Piece::Item(definition),
        masks,
        Piece::Item(quote!(rt::bits!(#name);)),
    ]
}

fn emit_mask(mask: &Variant<i64>) -> TokenStream {
    let docs = emit_docs(&mask.docs);
    let name = ident(&mask.name);
    let value = emit_int(mask.value);
    quote!(#docs pub const #name: Self = Self(#value);)
}

fn emit_contains() -> TokenStream {
    quote! {
        /// Whether all bits of `other` are set.
        #[inline]
        pub const fn contains(self, other: Self) -> bool {
            self.0 & other.0 == other.0
        }
    }
}
