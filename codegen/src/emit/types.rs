//! How types are written: in fields, as arguments, and the way from an argument to a field.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::aside::quoted;
use crate::ir::{Exposure, Field, Form, Layout, Name, Presence, Ty, TypeRef};

/// The module that is being spelled, and the siblings that it has named so far.
pub(super) struct Scope {
    /// `None` in the root, which no type lives in.
    module: Option<Name>,
    siblings: RefCell<BTreeSet<Name>>,
}

impl Scope {
    pub(super) fn of(module: &Name) -> Self {
        Self {
            module: Some(module.clone()),
            siblings: RefCell::default(),
        }
    }

    pub(super) fn root() -> Self {
        Self {
            module: None,
            siblings: RefCell::default(),
        }
    }

    /// Every sibling that was named.
    pub(super) fn siblings(&self) -> Vec<Ident> {
        self.siblings.borrow().iter().map(ident).collect()
    }

    /// The `use` of every sibling that was named.
    pub(super) fn imports(&self) -> TokenStream {
        let siblings = self.siblings();
        match siblings.as_slice() {
            [] => TokenStream::new(),
            [one] => quote!(use super::#one;),
            many => quote!(use super::{#(#many),*};),
        }
    }
}

pub(super) fn ident(name: &Name) -> Ident {
    if name.is_keyword() {
        Ident::new_raw(name.as_str(), Span::call_site())
    } else {
        Ident::new(name.as_str(), Span::call_site())
    }
}

/// An identifier as it stands in a line that is put aside.
pub(super) fn spelled(name: &Name) -> String {
    if name.is_keyword() {
        format!("r#{name}")
    } else {
        name.to_string()
    }
}

/// The bare type of a value.
pub(super) fn emit_ty(scope: &Scope, ty: &Ty) -> TokenStream {
    match ty {
        Ty::Text => quote!(String),
        Ty::Bool => quote!(bool),
        Ty::Int => quote!(i64),
        Ty::Uint => quote!(u64),
        Ty::Float => quote!(f64),
        Ty::Date => quote!(rt::Date),
        Ty::YearMonth => quote!(rt::YearMonth),
        Ty::UnixSeconds => quote!(rt::UnixSeconds),
        Ty::UnixMillis => quote!(rt::UnixMillis),
        Ty::ClockTime => quote!(rt::ClockTime),
        Ty::LocalDateTime => quote!(rt::LocalDateTime),
        Ty::Decimal => quote!(rt::Decimal),
        Ty::Json => quote!(rt::Json),
        Ty::Bytes => quote!(rt::Bytes),
        Ty::File => quote!(rt::File),
        Ty::Named(name) => emit_type_ref(scope, name),
        Ty::List(item) => {
            let item = emit_ty(scope, item);
            quote!(Vec<#item>)
        }
        Ty::Map(value) => {
            let value = emit_ty(scope, value);
            quote!(std::collections::BTreeMap<String, #value>)
        }
    }
}

pub(super) fn emit_type_ref(scope: &Scope, ty: &TypeRef) -> TokenStream {
    let name = ident(&ty.name);
    if scope.module.as_ref() == Some(&ty.module) {
        return quote!(#name);
    }
    scope.siblings.borrow_mut().insert(ty.module.clone());
    let module = ident(&ty.module);
    quote!(#module::#name)
}

/// The type of a struct field.
pub(super) fn emit_field_ty(scope: &Scope, field: &Field) -> TokenStream {
    let ty = emit_ty(scope, &field.ty);
    match field.layout {
        Layout::Boxed => quote!(Option<Box<#ty>>),
        Layout::Inline | Layout::Rest => wrap(&field.ty, field.presence, ty),
    }
}

/// The type of a member that may be missing.
pub(super) fn emit_member_ty(scope: &Scope, ty: &Ty, presence: Presence) -> TokenStream {
    wrap(ty, presence, emit_ty(scope, ty))
}

fn wrap(ty: &Ty, presence: Presence, spelled: TokenStream) -> TokenStream {
    if is_wrapped(ty, presence) {
        quote!(Option<#spelled>)
    } else {
        spelled
    }
}

/// Whether a member of this kind is an `Option`.
pub(super) fn is_wrapped(ty: &Ty, presence: Presence) -> bool {
    match presence {
        Presence::Required => false,
        Presence::Nullable | Presence::Clearable => true,
        Presence::Optional => !matches!(ty, Ty::List(_) | Ty::Map(_)),
    }
}

/// The type of an argument that becomes a `ty`.
pub(super) fn emit_argument_ty(scope: &Scope, ty: &Ty) -> TokenStream {
    match ty {
        Ty::Bool | Ty::Int | Ty::Uint | Ty::Float => emit_ty(scope, ty),
        Ty::List(item) => {
            let item = emit_element_ty(scope, item);
            quote!(impl IntoIterator<Item = #item>)
        }
        Ty::Map(value) => {
            let value = emit_element_ty(scope, value);
            quote!(impl IntoIterator<Item = (impl Into<String>, #value)>)
        }
        _ => {
            let spelled = emit_ty(scope, ty);
            quote!(impl Into<#spelled>)
        }
    }
}

fn emit_element_ty(scope: &Scope, ty: &Ty) -> TokenStream {
    let spelled = emit_ty(scope, ty);
    if is_converted(ty) {
        quote!(impl Into<#spelled>)
    } else {
        spelled
    }
}

/// Whether elements of this type are taken as `impl Into<…>`.
fn is_converted(ty: &Ty) -> bool {
    !matches!(
        ty,
        Ty::Bool | Ty::Int | Ty::Uint | Ty::Float | Ty::List(_) | Ty::Map(_)
    )
}

/// Whether an argument of this type is the value itself.
pub(super) fn is_taken_as_is(ty: &Ty) -> bool {
    matches!(ty, Ty::Bool | Ty::Int | Ty::Uint | Ty::Float)
}

/// From an argument `value` to a `ty`.
pub(super) fn emit_conversion(ty: &Ty, value: &Ident) -> TokenStream {
    match ty {
        Ty::Bool | Ty::Int | Ty::Uint | Ty::Float => quote!(#value),
        Ty::List(item) if is_converted(item) => {
            quote!(#value.into_iter().map(Into::into).collect())
        }
        Ty::List(_) => quote!(#value.into_iter().collect()),
        Ty::Map(item) if is_converted(item) => {
            quote!(#value.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
        }
        Ty::Map(_) => quote!(#value.into_iter().map(|(key, value)| (key.into(), value)).collect()),
        _ => quote!(#value.into()),
    }
}

/// How `wire` is read and written, where its type and presence leave a choice.
pub(super) fn emit_field_form(wire: &str, form: Form, presence: Presence) -> TokenStream {
    let spelled = spell_field_form(wire, form, presence, Exposure::Shown, Layout::Inline);
    spelled.parse().expect("the form of a field is tokens")
}

/// The same as text; what is hidden is hidden from `Debug`.
pub(super) fn spell_field_form(
    wire: &str,
    form: Form,
    presence: Presence,
    exposure: Exposure,
    layout: Layout,
) -> String {
    let form = match form {
        Form::Natural => None,
        Form::Text => Some("rt::TEXT"),
        Form::Number => Some("rt::NUMBER"),
        Form::Dashed => Some("rt::DASHED"),
    };
    let presence = match presence {
        Presence::Required | Presence::Nullable => Some("rt::REQUIRED"),
        Presence::Clearable | Presence::Optional => None,
    };
    let exposure = match exposure {
        Exposure::Hidden => Some("rt::SECRET"),
        Exposure::Shown => None,
    };
    let layout = match layout {
        Layout::Rest => Some("rt::REST"),
        Layout::Inline | Layout::Boxed => None,
    };
    let flags: Vec<&str> = [form, presence, exposure, layout]
        .into_iter()
        .flatten()
        .collect();
    let flags = if flags.is_empty() {
        "rt::PLAIN".to_owned()
    } else {
        flags.join(" | ")
    };
    format!("rt::Field({}, {flags})", quoted(wire))
}
