//! `errors.rs`: a constant for each code, the table, and the kinds that callers match on.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs::emit_docs;
use super::enums::{emit_index, emit_int};
use super::print::{File, Piece};
use super::types::ident;
use crate::ir::{Docs, ErrorCase, ErrorEntry, ErrorKind, ErrorRetry, ErrorTable, MessageEntry};

pub(super) fn emit_errors(table: &ErrorTable) -> String {
    let pieces = vec![
        Piece::Item(quote!(
            use crate::rt;
        )),
        emit_constants(&table.entries),
        Piece::Item(emit_kinds(&table.kinds)),
        emit_from_index(&table.kinds),
        emit_kind_of_error(),
        Piece::Item(emit_table(&table.entries)),
    ];
    let docs = Docs(vec![
        "The error codes of the service: constants, kinds, and what to do about each.".to_owned(),
    ]);
    let sources = [table.source.clone()];
    let file = File {
        sources: &sources,
        docs: &docs,
        pieces,
    };
    file.print()
}

fn emit_constants(entries: &[ErrorEntry]) -> Piece {
    let members = entries.iter().map(emit_constant).collect();
    Piece::Impl {
        head: quote!(impl rt::ErrorCode),
        members,
    }
}

fn emit_constant(entry: &ErrorEntry) -> TokenStream {
    let name = ident(&entry.constant);
    let docs = emit_docs(&entry.docs);
    let code = emit_int(entry.code);
    quote!(#docs pub const #name: Self = Self(#code);)
}

fn emit_kinds(kinds: &[ErrorKind]) -> TokenStream {
    let variants = kinds.iter().map(emit_kind);
    quote! {
        /// What went wrong, by code and, where the service tells cases apart by text only, by text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            #(#variants,)*
            /// Anything that the table does not know.
            Other,
        }
    }
}

fn emit_kind(kind: &ErrorKind) -> TokenStream {
    let docs = emit_docs(&kind.docs);
    let name = ident(&kind.name);
    quote!(#docs #name)
}

fn emit_from_index(kinds: &[ErrorKind]) -> Piece {
    let arms = kinds.iter().enumerate().map(|(index, kind)| {
        let name = ident(&kind.name);
        let index = emit_index(index);
        quote!(#index => Self::#name)
    });
    let method = quote! {
        pub(crate) fn from_index(index: u16) -> Self {
            match index {
                #(#arms,)*
                _ => Self::Other,
            }
        }
    };
    Piece::Impl {
        head: quote!(impl ErrorKind),
        members: vec![method],
    }
}

fn emit_kind_of_error() -> Piece {
    let method = quote! {
        /// The kind of the failure, to match on.
        pub fn kind(&self) -> ErrorKind {
            ErrorKind::from_index(self.kind_index())
        }
    };
    Piece::Impl {
        head: quote!(impl rt::Error),
        members: vec![method],
    }
}

fn emit_table(entries: &[ErrorEntry]) -> TokenStream {
    let entries = entries.iter().map(emit_entry);
    quote! {
        #[allow(clippy::needless_update)]
        pub(crate) static ERROR_TABLE: rt::ErrorTable = rt::ErrorTable { entries: &[#(#entries),*] };
    }
}

fn emit_entry(entry: &ErrorEntry) -> TokenStream {
    let code = emit_int(entry.code);
    let case = emit_case(&entry.case);
    let http = entry.http.iter().copied().map(Literal::u16_unsuffixed);
    let (texts, operations) = (&entry.texts, &entry.operations);
    let messages = entry.messages.iter().map(emit_message);
    let mut extras = Vec::new();
    extras.extend((!entry.http.is_empty()).then(|| quote!(http: &[#(#http),*])));
    extras.extend((!texts.is_empty()).then(|| quote!(texts: &[#(#texts),*])));
    extras.extend((!operations.is_empty()).then(|| quote!(operations: &[#(#operations),*])));
    extras.extend((!entry.messages.is_empty()).then(|| quote!(messages: &[#(#messages),*])));
    quote!(rt::ErrorEntry { code: #code, #case #(#extras,)* ..rt::ErrorEntry::EMPTY })
}

fn emit_message(message: &MessageEntry) -> TokenStream {
    let text = &message.text;
    let case = emit_case(&message.case);
    quote!(rt::MessageEntry { text: #text, #case ..rt::MessageEntry::EMPTY })
}

/// The members that entries and messages share.
fn emit_case(case: &ErrorCase) -> TokenStream {
    let ErrorCase {
        name,
        meaning,
        remedy_en,
        remedy_zh,
        ..
    } = case;
    let category = ident(&case.category);
    let action = ident(&case.action);
    let retry = emit_retry(case.retry);
    let kind = emit_index(case.kind);
    quote! {
        name: #name,
        meaning: #meaning,
        category: rt::ErrorCategory::#category,
        action: rt::ErrorAction::#action,
        retry: rt::ErrorRetry::#retry,
        remedy_en: #remedy_en,
        remedy_zh: #remedy_zh,
        kind: #kind,
    }
}

fn emit_retry(retry: ErrorRetry) -> TokenStream {
    match retry {
        ErrorRetry::Never => quote!(Never),
        ErrorRetry::Backoff => quote!(Backoff),
        ErrorRetry::RefreshToken => quote!(RefreshToken),
        ErrorRetry::WaitReset => quote!(WaitReset),
        ErrorRetry::ByMessage => quote!(ByMessage),
    }
}
