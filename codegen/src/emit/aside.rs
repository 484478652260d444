//! Lines that need no formatter: documentation, the arms and entries of tables.
//!
//! They are more than half of what is printed. While a file is spelled they stand aside, and a mark of one line, an
//! attribute of what comes behind them, takes their place among the tokens. [`put_lines`] puts them where their marks
//! were printed. Relies on: a file is spelled and printed by one thread.

use std::cell::RefCell;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

thread_local! {
    /// What the marks of the file that this thread spells stand for.
    static ASIDE: RefCell<Vec<Vec<String>>> = const { RefCell::new(Vec::new()) };
}

/// How a mark is printed. No line of documentation begins so: a blank is between its text and the slashes.
const MARK: &str = "///#";

/// The formatter breaks a longer line.
pub(super) const WIDEST: usize = 89;

/// Whole lines in front of what follows, indented as it is.
pub(super) fn emit_lines(lines: Vec<String>) -> TokenStream {
    if lines.is_empty() {
        return TokenStream::new();
    }
    let index = ASIDE.with_borrow_mut(|aside| {
        aside.push(lines);
        aside.len() - 1
    });
    let mark = format!("#{index}");
    quote!(#[doc = #mark])
}

/// A blank line in front of what follows.
pub(super) fn emit_gap() -> TokenStream {
    quote!(#[doc = "#"])
}

/// Puts lines where their marks are, and forgets them.
pub(super) fn put_lines(printed: &str) -> String {
    let aside = ASIDE.take();
    let mut text = String::with_capacity(printed.len() * 2);
    for line in printed.split_inclusive('\n') {
        let Some((indent, mark)) = marked(line) else {
            text.push_str(line);
            continue;
        };
        match mark.parse::<usize>() {
            Ok(index) => put(&mut text, indent, &aside[index]),
            Err(_) => text.push('\n'),
        }
    }
    text
}

/// The indentation of a mark, and the mark.
fn marked(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start_matches(' ');
    let mark = rest.strip_prefix(MARK)?.trim_end();
    Some((&line[..line.len() - rest.len()], mark))
}

fn put(text: &mut String, indent: &str, lines: &[String]) {
    for line in lines {
        text.push_str(indent);
        text.push_str(line);
        text.push('\n');
    }
}

/// Arms of a `match` at `indent` levels, in front of its last one.
pub(super) fn emit_arms(arms: Vec<String>, indent: usize) -> TokenStream {
    if fit(&arms, indent) {
        return emit_lines(arms);
    }
    arms.concat().parse().expect("arms are tokens")
}

/// The elements of a list, each of several lines, as the formatter would print them.
pub(super) fn emit_records(mut records: Vec<Vec<String>>) -> TokenStream {
    let Some(last) = records.pop() else {
        return TokenStream::new();
    };
    let lines = emit_lines(records.concat());
    let last: TokenStream = last.join("\n").parse().expect("a record is tokens");
    quote!(#lines #last)
}

/// The elements of a list at `indent` levels; few of them may share a line, which is up to the formatter.
pub(super) fn emit_elements(elements: &[String], indent: usize) -> TokenStream {
    let width: usize = elements.iter().map(|element| element.len() + 2).sum();
    let whole = |element: &String| {
        element
            .parse::<TokenStream>()
            .expect("an element is tokens")
    };
    let lines: Vec<String> = elements
        .iter()
        .map(|element| format!("{element},"))
        .collect();
    match elements {
        [.., last] if width > WIDEST && fit(&lines, indent) => {
            let lines = emit_lines(lines[..lines.len() - 1].to_vec());
            let last = whole(last);
            quote!(#lines #last)
        }
        elements => {
            let elements = elements.iter().map(whole);
            quote!(#(#elements),*)
        }
    }
}

/// Whether the formatter would leave lines as they are at `indent` levels.
fn fit(lines: &[String], indent: usize) -> bool {
    lines.iter().all(|line| indent * 4 + line.len() <= WIDEST)
}

/// A text as a literal.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        format!("\"{text}\"")
    } else {
        Literal::string(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::print::{File, Piece};
    use super::*;
    use crate::ir::Docs;

    /// What is put aside looks as if the formatter had printed it, whatever its width.
    fn check(tokens: TokenStream) {
        let file = File {
            sources: &["a.yaml".to_owned()],
            docs: &Docs::default(),
            pieces: vec![Piece::Item(tokens)],
        };
        let printed = file.print();
        let (_, text) = printed.split_once("\n\n").expect("a header is there");
        let parsed = syn::parse_file(text).expect("it is Rust");
        assert_eq!(prettyplease::unparse(&parsed), text);
    }

    #[test]
    fn arms_look_formatted() {
        for width in 50..90 {
            let name = "n".repeat(width);
            let arms = emit_arms(
                vec![format!("0 => &self.{name},"), "1 => &self.a,".into()],
                3,
            );
            check(quote! {
                fn view(&self) -> Option<&dyn View> {
                    let view: &dyn View = match index {
                        #arms
                        _ => return None,
                    };
                    Some(view)
                }
            });
        }
    }

    #[test]
    fn elements_look_formatted() {
        for width in 1..90 {
            let name = "n".repeat(width);
            let long = format!("Field::new(\"{name}\").required()");
            for count in 0..3 {
                let elements = vec![long.clone(); count];
                let elements = emit_elements(&elements, 3);
                check(quote! {
                    fn fields() {
                        const FIELDS: &[Field] = &[#elements];
                    }
                });
            }
        }
    }
}
