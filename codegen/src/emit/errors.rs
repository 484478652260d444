//! `errors.rs`: a constant for each code, the table, and the kinds that callers match on.

use proc_macro2::TokenStream;
use quote::quote;

use super::aside::{WIDEST, emit_arms, emit_records, quoted};
use super::docs::emit_docs;
use super::enums::emit_int;
use super::print::{File, Piece};
use super::types::{ident, spelled};
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
        ///
        /// Kinds are told apart by name. They stand in the order of the table, so a new one moves the numbers that `as` makes of the others.
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
    let arms = kinds.iter().enumerate();
    let arms = arms.map(|(index, kind)| format!("{index} => Self::{},", spelled(&kind.name)));
    let arms = emit_arms(arms.collect(), 3);
    let method = quote! {
        pub(crate) fn from_index(index: u16) -> Self {
            match index {
                #arms
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
    let entries = entries.iter().map(|entry| {
        let mut lines = Vec::new();
        spell_entry(entry, &mut lines);
        lines
    });
    let entries = emit_records(entries.collect());
    quote! {
        #[allow(clippy::needless_update)]
        pub(crate) static ERROR_TABLE: rt::ErrorTable = rt::ErrorTable { entries: &[#entries] };
    }
}

fn spell_entry(entry: &ErrorEntry, lines: &mut Vec<String>) {
    lines.push("rt::ErrorEntry {".to_owned());
    lines.push(format!("    code: {},", entry.code));
    spell_case(&entry.case, lines);
    let http: Vec<String> = entry.http.iter().map(u16::to_string).collect();
    let quoted = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>();
    spell_list("http", &http, lines);
    spell_list("texts", &quoted(&entry.texts), lines);
    spell_list("operations", &quoted(&entry.operations), lines);
    spell_messages(&entry.messages, lines);
    lines.push("    ..rt::ErrorEntry::EMPTY".to_owned());
    lines.push("},".to_owned());
}

fn spell_messages(messages: &[MessageEntry], lines: &mut Vec<String>) {
    if messages.is_empty() {
        return;
    }
    lines.push("    messages: &[".to_owned());
    for message in messages {
        let mut inner = vec![
            "rt::MessageEntry {".to_owned(),
            format!("    text: {},", quoted(&message.text)),
        ];
        spell_case(&message.case, &mut inner);
        inner.push("    ..rt::MessageEntry::EMPTY".to_owned());
        inner.push("},".to_owned());
        lines.extend(inner.iter().map(|line| format!("        {line}")));
    }
    lines.push("    ],".to_owned());
}

/// How far the members of an entry are indented in the table.
const MEMBER: usize = 12;

/// A list on one line if it fits, else one element a line.
fn spell_list(name: &str, elements: &[String], lines: &mut Vec<String>) {
    if elements.is_empty() {
        return;
    }
    let line = format!("    {name}: &[{}],", elements.join(", "));
    if MEMBER + line.len() - 4 <= WIDEST {
        lines.push(line);
        return;
    }
    lines.push(format!("    {name}: &["));
    lines.extend(elements.iter().map(|element| format!("        {element},")));
    lines.push("    ],".to_owned());
}

/// The members that entries and messages share.
fn spell_case(case: &ErrorCase, lines: &mut Vec<String>) {
    lines.extend([
        format!("    name: {},", quoted(&case.name)),
        format!("    meaning: {},", quoted(&case.meaning)),
        format!("    category: rt::ErrorCategory::{},", case.category),
        format!("    action: rt::ErrorAction::{},", case.action),
        format!("    retry: rt::ErrorRetry::{},", spell_retry(case.retry)),
        format!("    remedy_en: {},", quoted(&case.remedy_en)),
        format!("    remedy_zh: {},", quoted(&case.remedy_zh)),
        format!("    kind: {},", case.kind),
    ]);
}

fn spell_retry(retry: ErrorRetry) -> &'static str {
    match retry {
        ErrorRetry::Never => "Never",
        ErrorRetry::Backoff => "Backoff",
        ErrorRetry::RefreshToken => "RefreshToken",
        ErrorRetry::WaitReset => "WaitReset",
        ErrorRetry::ByMessage => "ByMessage",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{ErrorKind, Name};

    fn entry(width: usize) -> ErrorEntry {
        let name = |text| Name::new(text).expect("it is an identifier");
        let case = ErrorCase {
            kind: 3,
            name: "Thing".into(),
            category: name("Auth"),
            action: name("FixRequest"),
            retry: ErrorRetry::Never,
            meaning: "a \"b\" \\ 意思".into(),
            remedy_en: "r".repeat(width),
            remedy_zh: String::new(),
        };
        ErrorEntry {
            code: -7,
            constant: name("THING"),
            docs: Docs::default(),
            http: vec![400; width % 5],
            texts: vec!["t".repeat(width)],
            operations: vec!["a.b".into(); width % 4],
            messages: vec![
                MessageEntry {
                    text: "文\n".into(),
                    case: case.clone()
                };
                width % 3
            ],
            case,
        }
    }

    #[test]
    fn the_table_looks_formatted() {
        let table = ErrorTable {
            source: "errors.yaml".into(),
            kinds: vec![ErrorKind {
                name: Name::new("Thing").unwrap(),
                docs: Docs::default(),
            }],
            entries: (0..100).map(entry).collect(),
        };
        let printed = emit_errors(&table);
        let (_, text) = printed.split_once("static").expect("the table is a static");
        let table = format!("static{text}");
        let parsed = syn::parse_file(&table).expect("it is Rust");
        assert_eq!(prettyplease::unparse(&parsed), table);
    }
}
