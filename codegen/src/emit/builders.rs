//! Handles and builders: how a call is begun, filled in and sent.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::debug::emit_debugging;
use super::docs::emit_docs;
use super::print::Piece;
use super::setters::{Setter, emit_setter};
use super::structs::{emit_argument_lint, emit_literal, is_argument};
use super::types::{
    Scope, emit_argument_ty, emit_conversion, emit_member_ty, emit_ty, emit_type_ref, ident,
    is_taken_as_is, is_wrapped,
};
use super::{batching, info, paging, requests};
use crate::ir::{
    Access, Body, BodyMember, Docs, Exposure, Field, Given, Handle, Layout, Member, Name,
    Operation, Output, Presence, Ty,
};

pub(super) fn emit_handle(scope: &Scope, handle: &Handle, operations: &[Operation]) -> Vec<Piece> {
    let docs = emit_docs(&handle.docs);
    let name = ident(&handle.name);
    let definition = quote! {
        #docs
        #[derive(Debug, Clone)]
        pub struct #name { client: rt::Client }
    };
    let mut members = vec![quote! {
        #[inline]
        pub(crate) fn new(client: rt::Client) -> Self { Self { client } }
    }];
    members.extend(
        operations
            .iter()
            .map(|operation| emit_method(scope, operation)),
    );
    vec![
        Piece::Item(definition),
        Piece::Impl {
            head: quote!(impl #name),
            members,
        },
    ]
}

fn emit_method(scope: &Scope, operation: &Operation) -> TokenStream {
    let docs = emit_docs(&operation.method_docs);
    let deprecated = if operation.deprecated {
        quote!(#[deprecated])
    } else {
        quote!()
    };
    let name = ident(&operation.method);
    let builder = ident(&operation.builder);
    let arguments = emit_arguments(scope, operation);
    let lint = emit_argument_lint(arguments.len() + 1);
    let members = operation.members.iter().map(emit_member_initializer);
    let body = emit_body_initializer(scope, &operation.body);
    quote! {
        #docs
        #deprecated
        #lint
        #[inline]
        pub fn #name(&self, #(#arguments),*) -> #builder {
            #builder { call: rt::Call::new(&self.client), #(#members,)* #body }
        }
    }
}

fn emit_arguments(scope: &Scope, operation: &Operation) -> Vec<TokenStream> {
    let members = operation
        .members
        .iter()
        .filter(|member| member.given == Given::Argument);
    let mut arguments: Vec<TokenStream> = members
        .map(|member| emit_argument(scope, &member.name, &member.ty))
        .collect();
    match &operation.body {
        Body::None | Body::Multipart => {}
        Body::Members { members, .. } => {
            let required = members.iter().filter(|member| is_argument(&member.field));
            arguments.extend(
                required.map(|member| emit_argument(scope, &member.name, &member.field.ty)),
            );
        }
        Body::Whole { ty, presence, .. } => {
            if *presence == Presence::Required {
                arguments.push(emit_named_argument(scope, &format_ident!("body"), ty));
            }
        }
    }
    arguments
}

fn emit_argument(scope: &Scope, name: &Name, ty: &Ty) -> TokenStream {
    emit_named_argument(scope, &ident(name), ty)
}

fn emit_named_argument(scope: &Scope, name: &Ident, ty: &Ty) -> TokenStream {
    let ty = emit_argument_ty(scope, ty);
    quote!(#name: #ty)
}

fn emit_member_initializer(member: &Member) -> TokenStream {
    let name = ident(&member.name);
    match member.given {
        Given::Argument => emit_initializer(&name, &member.ty),
        Given::Setter | Given::SetterOrDefault { .. } => {
            emit_absent(&name, &member.ty, member.presence)
        }
    }
}

fn emit_absent(name: &Ident, ty: &Ty, presence: Presence) -> TokenStream {
    if is_wrapped(ty, presence) {
        quote!(#name: None)
    } else {
        quote!(#name: Default::default())
    }
}

/// A member that is set from the argument of its name.
pub(super) fn emit_initializer(name: &Ident, ty: &Ty) -> TokenStream {
    if is_taken_as_is(ty) {
        return quote!(#name);
    }
    let value = emit_conversion(ty, name);
    quote!(#name: #value)
}

fn emit_body_initializer(scope: &Scope, body: &Body) -> TokenStream {
    let name = format_ident!("body");
    match body {
        Body::None | Body::Multipart => quote!(),
        Body::Members { ty, members, .. } => {
            emit_members_literal(&emit_type_ref(scope, ty), members)
        }
        Body::Whole {
            ty,
            presence: Presence::Required,
            ..
        } => emit_initializer(&name, ty),
        Body::Whole { ty, presence, .. } => emit_absent(&name, ty, *presence),
    }
}

/// The arguments may be named differently from the fields, so that the fields are renamed for a moment.
fn emit_members_literal(ty: &TokenStream, members: &[BodyMember]) -> TokenStream {
    let given: Vec<&BodyMember> = members
        .iter()
        .filter(|member| is_argument(&member.field))
        .collect();
    if given.iter().all(|member| member.name == member.field.name) {
        let fields: Vec<&Field> = given.iter().map(|member| &member.field).collect();
        let literal = emit_literal(ty, &fields, members.len());
        return quote!(body: #literal);
    }
    let values = given.iter().map(|member| {
        let field = ident(&member.field.name);
        let value = emit_conversion(&member.field.ty, &ident(&member.name));
        quote!(#field: #value)
    });
    let rest = if given.len() == members.len() {
        quote!()
    } else {
        quote!(, ..Default::default())
    };
    quote!(body: #ty { #(#values),* #rest })
}

pub(super) fn emit_operation(scope: &Scope, operation: &Operation) -> Vec<Piece> {
    let builder = ident(&operation.builder);
    let debugging = emit_debugging(&operation.builder, &debug_members(operation));
    let mut pieces = vec![Piece::Item(emit_builder(
        scope,
        operation,
        &debugging.derive,
    ))];
    pieces.extend(debugging.implementation);
    pieces.extend([
        Piece::Impl {
            head: quote!(impl #builder),
            members: emit_builder_methods(scope, operation),
        },
        Piece::Item(quote!(rt::call_options!(#builder);)),
        emit_operation_impl(scope, operation),
    ]);
    if let Some(paging) = &operation.paging {
        pieces.extend(paging::emit_paging(scope, operation, paging));
    }
    if let Some(batching) = &operation.batching {
        pieces.extend(batching::emit_batching(scope, operation, batching));
    }
    pieces.push(Piece::Item(info::emit_info(operation)));
    pieces
}

/// All members of the builder.
fn debug_members(operation: &Operation) -> Vec<(Ident, Exposure)> {
    let mut members = vec![(format_ident!("call"), Exposure::Shown)];
    members.extend(
        operation
            .members
            .iter()
            .map(|member| (ident(&member.name), member.exposure)),
    );
    match &operation.body {
        Body::None | Body::Multipart => {}
        Body::Members { .. } | Body::Whole { .. } => {
            members.push((format_ident!("body"), Exposure::Shown))
        }
    }
    members
}

fn emit_builder(scope: &Scope, operation: &Operation, debug: &TokenStream) -> TokenStream {
    let docs = emit_docs(&operation.docs);
    let builder = ident(&operation.builder);
    let members = operation
        .members
        .iter()
        .map(|member| emit_builder_field(scope, member));
    let body = emit_body_field(scope, &operation.body);
    quote! {
        #docs
        #[derive(#debug Clone)]
        #[must_use = "a call does nothing until it is sent"]
        pub struct #builder { call: rt::Call, #(#members,)* #body }
    }
}

fn emit_builder_field(scope: &Scope, member: &Member) -> TokenStream {
    let name = ident(&member.name);
    let ty = emit_member_ty(scope, &member.ty, member.presence);
    quote!(#name: #ty)
}

fn emit_body_field(scope: &Scope, body: &Body) -> TokenStream {
    match body {
        Body::None | Body::Multipart => quote!(),
        Body::Members { ty, .. } => {
            let ty = emit_type_ref(scope, ty);
            quote!(body: #ty)
        }
        Body::Whole { ty, presence, .. } => {
            let ty = emit_member_ty(scope, ty, *presence);
            quote!(body: #ty)
        }
    }
}

fn emit_builder_methods(scope: &Scope, operation: &Operation) -> Vec<TokenStream> {
    let settable = operation
        .members
        .iter()
        .filter(|member| member.given != Given::Argument);
    let mut methods: Vec<TokenStream> = settable
        .map(|member| emit_member_setter(scope, member))
        .collect();
    methods.extend(emit_body_setters(scope, &operation.body));
    methods.extend(emit_send(scope, operation));
    methods
}

fn emit_member_setter(scope: &Scope, member: &Member) -> TokenStream {
    let target = ident(&member.name);
    let Member {
        name,
        docs,
        ty,
        presence,
        ..
    } = member;
    emit_setter(
        scope,
        &Setter {
            name,
            docs,
            ty,
            presence: *presence,
            layout: Layout::Inline,
            target: quote!(#target),
        },
    )
}

fn emit_body_setters(scope: &Scope, body: &Body) -> Vec<TokenStream> {
    match body {
        Body::None
        | Body::Multipart
        | Body::Whole {
            presence: Presence::Required,
            ..
        } => Vec::new(),
        Body::Members { members, .. } => {
            let settable = members.iter().filter(|member| {
                !is_argument(&member.field) && member.field.access == Access::ReadWrite
            });
            settable
                .map(|member| emit_body_member_setter(scope, member))
                .collect()
        }
        Body::Whole {
            ty, presence, docs, ..
        } => vec![emit_whole_setter(scope, ty, *presence, docs)],
    }
}

fn emit_body_member_setter(scope: &Scope, member: &BodyMember) -> TokenStream {
    let target = ident(&member.field.name);
    emit_setter(
        scope,
        &Setter::of_field(&member.name, &member.field, quote!(body.#target)),
    )
}

fn emit_whole_setter(scope: &Scope, ty: &Ty, presence: Presence, docs: &Docs) -> TokenStream {
    let name = Name::new("body").expect("`body` is an identifier");
    emit_setter(
        scope,
        &Setter {
            name: &name,
            docs,
            ty,
            presence,
            layout: Layout::Inline,
            target: quote!(body),
        },
    )
}

/// Not as `async fn`: a hundred state machines that only wait for another one cost more to compile than all tables.
fn emit_send(scope: &Scope, operation: &Operation) -> Vec<TokenStream> {
    let output = emit_output(scope, operation);
    let errors = emit_docs(&operation.errors_docs);
    vec![
        quote! {
            /// Sends the call.
            #errors
            #[inline]
            pub fn send(self) -> impl Future<Output = rt::Result<#output>> {
                rt::send(self)
            }
        },
        quote! {
            /// Sends the call, and gives the answer together with status, headers, log id, attempts and drift.
            #errors
            #[inline]
            pub fn send_full(self) -> impl Future<Output = rt::Result<rt::Response<#output>>> {
                rt::send_full(self)
            }
        },
    ]
}

/// What a successful call gives.
fn emit_output(scope: &Scope, operation: &Operation) -> TokenStream {
    let data = emit_data(scope, &operation.output);
    if operation.info.partial.is_empty() {
        data
    } else {
        quote!(rt::Partial<#data>)
    }
}

/// What an answer holds, whether or not parts of the call failed.
pub(super) fn emit_data(scope: &Scope, output: &Output) -> TokenStream {
    match output {
        Output::Nothing => quote!(()),
        Output::Data(ty) => emit_ty(scope, ty),
        Output::Text => quote!(String),
        Output::Download => quote!(rt::Download),
    }
}

fn emit_operation_impl(scope: &Scope, operation: &Operation) -> Piece {
    let builder = ident(&operation.builder);
    let output = emit_output(scope, operation);
    let info = ident(&operation.info_name);
    let members = vec![
        quote! {
            type Output = #output;
            const INFO: &'static rt::OperationInfo = &#info;
        },
        quote!(
            #[inline]
            fn call(&self) -> &rt::Call {
                &self.call
            }
        ),
        quote!(
            #[inline]
            fn call_mut(&mut self) -> &mut rt::Call {
                &mut self.call
            }
        ),
        requests::emit_request(operation),
    ];
    Piece::Impl {
        head: quote!(impl rt::Operation for #builder),
        members,
    }
}
