//! Doc comments.
//!
//! A block of lines travels as one attribute, which is a third of the parsing; [`split_docs`] makes it one attribute a
//! line again, as a block with line breaks would be printed as `/** … */`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::token::Bracket;
use syn::{
    AttrStyle, Attribute, Expr, ExprLit, Field, ImplItem, Item, Lit, LitStr, Meta, MetaNameValue,
    Path, Token, Variant,
};

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
    *attributes = std::mem::take(attributes)
        .into_iter()
        .flat_map(one_a_line)
        .collect();
}

fn one_a_line(attribute: Attribute) -> Vec<Attribute> {
    match text_of(&attribute).filter(|text| text.contains('\n')) {
        Some(text) => text.lines().map(line_attribute).collect(),
        None => vec![attribute],
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

fn line_attribute(line: &str) -> Attribute {
    let text = LitStr::new(line, Span::call_site());
    Attribute {
        pound_token: Token![#](Span::call_site()),
        style: AttrStyle::Outer,
        bracket_token: Bracket::default(),
        meta: Meta::NameValue(MetaNameValue {
            path: Path::from(Ident::new("doc", Span::call_site())),
            eq_token: Token![=](Span::call_site()),
            value: Expr::Lit(ExprLit {
                attrs: Vec::new(),
                lit: Lit::Str(text),
            }),
        }),
    }
}
