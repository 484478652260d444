//! Doc comments.
//!
//! A block of lines travels as one attribute, which is a third of the parsing; [`split_docs`] makes it one attribute a
//! line again, as a block with line breaks would be printed as `/** … */`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Field, ImplItem, Item, Lit, LitStr, Meta, Variant};

use crate::ir::Docs;

pub(super) fn emit_docs(docs: &Docs) -> TokenStream {
    if docs.0.is_empty() {
        return TokenStream::new();
    }
    let lines: Vec<String> = docs.0.iter().map(|line| spaced(line)).collect();
    let text = lines.join("\n");
    quote!(#[doc = #text])
}

fn spaced(line: &str) -> String {
    if line.is_empty() {
        String::new()
    } else {
        format!(" {line}")
    }
}

/// Gives every line of documentation its own attribute.
pub(super) fn split_docs(item: &mut Item) {
    match item {
        Item::Struct(item) => {
            split(&mut item.attrs);
            item.fields
                .iter_mut()
                .for_each(|Field { attrs, .. }| split(attrs));
        }
        Item::Enum(item) => {
            split(&mut item.attrs);
            item.variants
                .iter_mut()
                .for_each(|Variant { attrs, .. }| split(attrs));
        }
        Item::Impl(item) => item.items.iter_mut().for_each(split_member),
        Item::Static(item) => split(&mut item.attrs),
        Item::Fn(item) => split(&mut item.attrs),
        _ => {}
    }
}

fn split_member(member: &mut ImplItem) {
    match member {
        ImplItem::Fn(member) => split(&mut member.attrs),
        ImplItem::Const(member) => split(&mut member.attrs),
        _ => {}
    }
}

fn split(attributes: &mut Vec<Attribute>) {
    if attributes
        .iter()
        .any(|attribute| text_of(attribute).is_some_and(|text| text.contains('\n')))
    {
        *attributes = std::mem::take(attributes)
            .into_iter()
            .flat_map(one_a_line)
            .collect();
    }
}

fn one_a_line(attribute: Attribute) -> Vec<Attribute> {
    match text_of(&attribute) {
        Some(text) if text.contains('\n') => text
            .lines()
            .map(|line| with_text(&attribute, line))
            .collect(),
        _ => vec![attribute],
    }
}

/// The text of a documentation attribute.
fn text_of(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn with_text(attribute: &Attribute, text: &str) -> Attribute {
    let mut attribute = attribute.clone();
    if let Meta::NameValue(meta) = &mut attribute.meta
        && let Expr::Lit(literal) = &mut meta.value
    {
        literal.lit = Lit::Str(LitStr::new(text, proc_macro2::Span::call_site()));
    }
    attribute
}
