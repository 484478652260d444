//! Doc comments, one attribute a line.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::Docs;

pub(super) fn emit_docs(docs: &Docs) -> TokenStream {
    let lines = docs.0.iter().map(|line| emit_line(line));
    quote!(#(#lines)*)
}

fn emit_line(line: &str) -> TokenStream {
    let text = if line.is_empty() {
        String::new()
    } else {
        format!(" {line}")
    };
    quote!(#[doc = #text])
}
