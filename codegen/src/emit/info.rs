//! The static that tells the runtime what it must know of an operation.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::enums::{emit_index, emit_int};
use super::types::ident;
use crate::ir::{
    Envelope, ErrorOverride, Info, Method, Operation, Output, Partial, RateLimit, RetryClass,
};

pub(super) fn emit_info(operation: &Operation) -> TokenStream {
    let name = ident(&operation.info_name);
    let id = &operation.id;
    let info = &operation.info;
    let method = emit_method(info.method);
    let path = &info.path;
    let retry = emit_retry(info.retry);
    let answer = emit_answer(&operation.output);
    let envelope = emit_envelope(info.envelope.as_ref());
    let extras = emit_extras(info);
    let lint = emit_lint(extras.len());
    quote! {
        #lint
        pub(crate) static #name: rt::OperationInfo = rt::OperationInfo {
            id: #id,
            method: #method,
            path: #path,
            retry: #retry,
            answer: #answer,
            envelope: #envelope,
            #(#extras,)*
            ..rt::OperationInfo::EMPTY
        };
    }
}

/// Where nothing is left to the defaults, they stand there all the same: the runtime may learn of more.
fn emit_lint(extras: usize) -> TokenStream {
    if extras == 8 {
        quote!(#[allow(clippy::needless_update)])
    } else {
        quote!()
    }
}

/// The facts that most operations lack.
fn emit_extras(info: &Info) -> Vec<TokenStream> {
    let tokens = info
        .tokens
        .iter()
        .map(|scheme| quote!(rt::TokenKind::of(#scheme)));
    let scopes = &info.scopes;
    let errors = info.errors.iter().copied().map(emit_int);
    let overrides = info.overrides.iter().map(emit_override);
    let partial = info.partial.iter().map(emit_partial);
    let source = &info.source;
    let mut extras = Vec::new();
    extras.extend(info.rate_limit.map(emit_rate_limit));
    extras.extend((!info.tokens.is_empty()).then(|| quote!(tokens: &[#(#tokens),*])));
    extras.extend((!scopes.is_empty()).then(|| quote!(scopes: &[#(#scopes),*])));
    extras.extend((!info.errors.is_empty()).then(|| quote!(errors: &[#(#errors),*])));
    extras.extend((!info.overrides.is_empty()).then(|| quote!(overrides: &[#(#overrides),*])));
    extras.extend((!info.partial.is_empty()).then(|| quote!(partial: &[#(#partial),*])));
    extras.extend((!info.idempotency_keys.is_empty()).then(|| {
        let keys = info.idempotency_keys.join(", ");
        quote!(idempotency_key: Some(#keys))
    }));
    extras.extend((!source.is_empty()).then(|| quote!(source: #source)));
    extras
}

fn emit_method(method: Method) -> TokenStream {
    match method {
        Method::Get => quote!(rt::Method::Get),
        Method::Put => quote!(rt::Method::Put),
        Method::Post => quote!(rt::Method::Post),
        Method::Delete => quote!(rt::Method::Delete),
        Method::Options => quote!(rt::Method::Options),
        Method::Head => quote!(rt::Method::Head),
        Method::Patch => quote!(rt::Method::Patch),
        Method::Trace => quote!(rt::Method::Trace),
    }
}

fn emit_retry(class: RetryClass) -> TokenStream {
    match class {
        RetryClass::Read => quote!(rt::RetryClass::Read),
        RetryClass::Idempotent => quote!(rt::RetryClass::Idempotent),
        RetryClass::Overwrite => quote!(rt::RetryClass::Overwrite),
        RetryClass::Append => quote!(rt::RetryClass::Append),
    }
}

fn emit_answer(output: &Output) -> TokenStream {
    match output {
        Output::Nothing => quote!(rt::AnswerKind::Empty),
        Output::Data(_) => quote!(rt::AnswerKind::Json),
        Output::Text => quote!(rt::AnswerKind::Text),
        Output::Download => quote!(rt::AnswerKind::Bytes),
    }
}

fn emit_envelope(envelope: Option<&Envelope>) -> TokenStream {
    match envelope {
        None => quote!(rt::Envelope::None),
        Some(Envelope {
            code,
            message,
            data,
        }) => {
            quote!(rt::Envelope::Members { code: #code, message: #message, data: #data })
        }
    }
}

fn emit_rate_limit(limit: RateLimit) -> TokenStream {
    let calls = Literal::u32_unsuffixed(limit.calls);
    let seconds = Literal::u32_unsuffixed(limit.seconds);
    quote!(rate_limit: Some(rt::RateLimit { calls: #calls, seconds: #seconds }))
}

fn emit_override(item: &ErrorOverride) -> TokenStream {
    let code = emit_int(item.code);
    let http = item.http.iter().copied().map(Literal::u16_unsuffixed);
    let mut extras = Vec::new();
    extras.extend((!item.http.is_empty()).then(|| quote!(http: &[#(#http),*])));
    extras.extend(item.retired.then(|| quote!(retired: true)));
    extras.extend(item.kind.map(emit_some_index));
    extras.extend(emit_text("meaning", item.meaning.as_deref()));
    extras.extend(emit_text("remedy_en", item.remedy_en.as_deref()));
    extras.extend(emit_text("remedy_zh", item.remedy_zh.as_deref()));
    quote!(rt::ErrorOverride { code: #code, #(#extras,)* ..rt::ErrorOverride::EMPTY })
}

fn emit_some_index(kind: usize) -> TokenStream {
    let kind = emit_index(kind);
    quote!(kind: Some(#kind))
}

fn emit_text(member: &str, text: Option<&str>) -> Option<TokenStream> {
    let member = Ident::new(member, Span::call_site());
    text.map(|text| quote!(#member: #text))
}

fn emit_partial(rule: &Partial) -> TokenStream {
    match rule {
        Partial::List { path, meaning } => {
            quote!(rt::PartialRule::List { path: #path, meaning: #meaning })
        }
        Partial::RowList { meaning } => quote!(rt::PartialRule::RowList { meaning: #meaning }),
        Partial::RowMap { meaning } => quote!(rt::PartialRule::RowMap { meaning: #meaning }),
        Partial::IdMap { meaning } => quote!(rt::PartialRule::IdMap { meaning: #meaning }),
        Partial::Error { code, meaning } => {
            let code = emit_int(*code);
            quote!(rt::PartialRule::Error { code: #code, meaning: #meaning })
        }
    }
}
