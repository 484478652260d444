//! Names that are legal Rust by construction.

use std::fmt;

/// A Rust identifier. Cannot be made from a text that is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// A name as the service spells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireName(pub String);

impl Name {
    /// `None` unless `text` is an identifier, as it stands or as a raw one.
    pub fn new(text: &str) -> Option<Self> {
        let mut chars = text.chars();
        let first = chars.next()?;
        let legal = (first == '_' || is_letter(first)) && chars.all(is_continue);
        (legal && text != "_" && !NEVER_RAW.contains(&text)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can only be written as `r#name`.
    pub fn is_keyword(&self) -> bool {
        KEYWORDS.binary_search(&self.0.as_str()).is_ok()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for WireName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters that are the same in every Unicode normal form, so that two names never become one.
pub(crate) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}')
}

fn is_continue(c: char) -> bool {
    c == '_' || c.is_ascii_digit() || is_letter(c)
}

/// Words that are not even legal behind `r#`.
const NEVER_RAW: [&str; 4] = ["self", "Self", "super", "crate"];

/// In the order of the alphabet.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_become_names() {
        for text in ["a", "_1", "Shelf", "type", "书架", "a_b2"] {
            assert!(Name::new(text).is_some(), "{text}");
            assert!(
                syn::parse_str::<syn::Ident>(text).is_ok() || Name::new(text).unwrap().is_keyword(),
                "{text}"
            );
        }
        for text in [
            "",
            "_",
            "1a",
            "a-b",
            "a b",
            "self",
            "Self",
            "crate",
            "super",
            "é",
            "e\u{301}",
            "😀",
            "r#type",
            "a\u{202e}",
        ] {
            assert!(Name::new(text).is_none(), "{text}");
        }
    }

    #[test]
    fn keywords_are_found() {
        assert!(KEYWORDS.is_sorted());
        assert!(Name::new("type").unwrap().is_keyword());
        assert!(!Name::new("types").unwrap().is_keyword());
    }

    #[test]
    fn every_keyword_parses_as_a_raw_identifier() {
        for word in KEYWORDS {
            assert!(
                syn::parse_str::<syn::Ident>(&format!("r#{word}")).is_ok(),
                "{word}"
            );
        }
    }
}
