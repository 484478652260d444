//! Structs: the type, how callers make one, and the table that the runtime reads and writes it by.

use proc_macro2::TokenStream;
use quote::quote;

use super::aside::{self, emit_elements};
use super::builders::emit_initializer;
use super::docs::emit_docs;
use super::print::Piece;
use super::setters::{Setter, emit_setter};
use super::types::{Scope, emit_argument_ty, emit_field_ty, ident, spell_field_form, spelled};
use crate::ir::{Access, Construction, Field, Layout, Presence, Struct};

pub(super) fn emit_struct(scope: &Scope, item: &Struct) -> Vec<Piece> {
    let mut pieces = vec![Piece::Item(emit_definition(scope, item))];
    match item.construction {
        Construction::New => pieces.push(emit_construction(scope, item)),
        Construction::None => {}
    }
    pieces.push(emit_record(item));
    let name = ident(&item.name);
    pieces.push(Piece::Item(quote!(rt::record!(#name);)));
    pieces
}

fn emit_definition(scope: &Scope, item: &Struct) -> TokenStream {
    let docs = emit_docs(&item.docs);
    let name = ident(&item.name);
    let fields = item.fields.iter().map(|field| emit_field(scope, field));
    quote! {
        #docs
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct #name { #(#fields),* }
    }
}

fn emit_field(scope: &Scope, field: &Field) -> TokenStream {
    let docs = emit_docs(&field.docs);
    let name = ident(&field.name);
    let ty = emit_field_ty(scope, field);
    quote!(#docs pub #name: #ty)
}

fn emit_construction(scope: &Scope, item: &Struct) -> Piece {
    let name = ident(&item.name);
    let (required, others): (Vec<_>, Vec<_>) = item
        .fields
        .iter()
        .filter(|field| is_writable(field))
        .partition(|field| is_argument(field));
    let mut members = vec![emit_new(scope, item, &required)];
    members.extend(
        others
            .into_iter()
            .map(|field| emit_field_setter(scope, field)),
    );
    Piece::Impl {
        head: quote!(impl #name),
        members,
    }
}

fn is_writable(field: &Field) -> bool {
    field.access == Access::ReadWrite
}

/// Whether a value cannot be made without this field.
pub(super) fn is_argument(field: &Field) -> bool {
    field.presence == Presence::Required && field.layout == Layout::Inline && is_writable(field)
}

fn emit_new(scope: &Scope, item: &Struct, required: &[&Field]) -> TokenStream {
    let arguments = required.iter().map(|field| emit_argument(scope, field));
    let value = emit_literal(&quote!(Self), required, item.fields.len());
    let lint = emit_argument_lint(required.len());
    let docs = if required.is_empty() {
        " Makes an empty value."
    } else {
        " Makes a value of what is required."
    };
    quote! {
        #[doc = #docs]
        #lint
        #[inline]
        pub fn new(#(#arguments),*) -> Self {
            #value
        }
    }
}

/// Long argument lists are what the description asks for.
pub(super) fn emit_argument_lint(count: usize) -> TokenStream {
    if count > 7 {
        quote!(#[allow(clippy::too_many_arguments)])
    } else {
        quote!()
    }
}

fn emit_argument(scope: &Scope, field: &Field) -> TokenStream {
    let name = ident(&field.name);
    let ty = emit_argument_ty(scope, &field.ty);
    quote!(#name: #ty)
}

/// A struct of which `given` are set from arguments of the same name.
pub(super) fn emit_literal(ty: &TokenStream, given: &[&Field], count: usize) -> TokenStream {
    if given.is_empty() {
        return quote!(#ty::default());
    }
    let values = given
        .iter()
        .map(|field| emit_initializer(&ident(&field.name), &field.ty));
    let rest = if given.len() == count {
        quote!()
    } else {
        quote!(, ..Default::default())
    };
    quote!(#ty { #(#values),* #rest })
}

fn emit_field_setter(scope: &Scope, field: &Field) -> TokenStream {
    let target = ident(&field.name);
    emit_setter(
        scope,
        &Setter::of_field(&field.name, field, quote!(#target)),
    )
}

fn emit_record(item: &Struct) -> Piece {
    let name = ident(&item.name);
    let members = vec![emit_fields(item), emit_slot(item), emit_view(item)];
    Piece::Impl {
        head: quote!(impl rt::Members for #name),
        members,
    }
}

fn emit_fields(item: &Struct) -> TokenStream {
    let fields: Vec<String> = item
        .fields
        .iter()
        .map(|field| {
            let presence = presence_on_the_wire(field);
            spell_field_form(
                &field.wire.0,
                field.form,
                presence,
                field.exposure,
                field.layout,
            )
        })
        .collect();
    let fields = emit_elements(&fields, 2);
    quote!(const FIELDS: &'static [rt::Field] = &[#fields];)
}

/// A boxed field may be missing, whatever the description says: its default must be finite.
fn presence_on_the_wire(field: &Field) -> Presence {
    match field.layout {
        Layout::Boxed => Presence::Optional,
        Layout::Inline | Layout::Rest => field.presence,
    }
}

fn emit_slot(item: &Struct) -> TokenStream {
    let arms = emit_arms(item, "&mut self.");
    quote! {
        #[inline]
        fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
            let slot: &mut dyn rt::Slot = match index {
                #arms
                _ => return None,
            };
            Some(slot)
        }
    }
}

/// An arm for each field.
fn emit_arms(item: &Struct, access: &str) -> TokenStream {
    let fields = item.fields.iter().enumerate();
    let arms: Vec<String> = fields
        .map(|(index, field)| format!("{index} => {access}{},", spelled(&field.name)))
        .collect();
    aside::emit_arms(arms, 3)
}

fn emit_view(item: &Struct) -> TokenStream {
    let arms = emit_arms(item, "&self.");
    quote! {
        #[inline]
        fn view(&self, index: usize) -> Option<&dyn rt::View> {
            let view: &dyn rt::View = match index {
                #arms
                _ => return None,
            };
            Some(view)
        }
    }
}
