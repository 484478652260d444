//! Setters: methods that take a builder or a struct by value and give it back changed.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::emit_docs;
use super::types::{Scope, emit_argument_ty, emit_conversion, ident, is_wrapped};
use crate::ir::{Docs, Field, Layout, Name, Presence, Ty};

/// What a setter sets.
pub(super) struct Setter<'a> {
    pub name: &'a Name,
    pub docs: &'a Docs,
    pub ty: &'a Ty,
    pub presence: Presence,
    pub layout: Layout,
    /// From `self` to the member, such as `body.name`.
    pub target: TokenStream,
}

impl<'a> Setter<'a> {
    pub(super) fn of_field(name: &'a Name, field: &'a Field, target: TokenStream) -> Self {
        let Field {
            docs,
            ty,
            presence,
            layout,
            ..
        } = field;
        Self {
            name,
            docs,
            ty,
            presence: *presence,
            layout: *layout,
            target,
        }
    }
}

pub(super) fn emit_setter(scope: &Scope, setter: &Setter<'_>) -> TokenStream {
    let docs = emit_docs(setter.docs);
    let name = ident(setter.name);
    let ty = emit_argument_ty(scope, setter.ty);
    let target = &setter.target;
    let value = emit_value(setter);
    quote! {
        #docs
        #[inline]
        pub fn #name(mut self, value: #ty) -> Self {
            self.#target = #value;
            self
        }
    }
}

fn emit_value(setter: &Setter<'_>) -> TokenStream {
    let value = emit_conversion(setter.ty, &format_ident!("value"));
    match setter.layout {
        Layout::Boxed => quote!(Some(Box::new(#value))),
        Layout::Inline | Layout::Rest if is_wrapped(setter.ty, setter.presence) => {
            quote!(Some(#value))
        }
        Layout::Inline | Layout::Rest => value,
    }
}
