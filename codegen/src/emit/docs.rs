//! Doc comments.

use proc_macro2::TokenStream;

use super::aside::emit_lines;
use crate::ir::Docs;

pub(super) fn emit_docs(docs: &Docs) -> TokenStream {
    let lines = docs.0.iter().flat_map(|docs| docs.split('\n')).map(comment);
    emit_lines(lines.collect())
}

fn comment(line: &str) -> String {
    format!("/// {}", line.trim_end()).trim_end().to_owned()
}
