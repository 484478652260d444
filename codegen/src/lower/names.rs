//! From names on the wire to Rust names: legal, in the usual case, and never dependent on their neighbours.
//!
//! Words keep their letters; what Rust cannot spell is written out (`+1` is `plus_1`, an emoji its code point).

use std::collections::HashMap;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use crate::ir::Name;
use crate::ir::name::is_letter;

/// Longer names are cut; a text of a megabyte is a legal key.
const LONGEST: usize = 120;

/// Names that a struct field, an argument or a plain setter may have.
pub(crate) fn field_name(wire: &str) -> Name {
    if is_snake_case(wire) {
        return make(wire, "n");
    }
    make(&words(wire).to_snake_case(), "n")
}

/// Whether a text is as [`words`] and its case would make it: as nearly all names on the wire are.
fn is_snake_case(text: &str) -> bool {
    let is_word = |word: &str| {
        let mut bytes = word.bytes();
        !word.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split('_').all(is_word)
}

/// A member of a builder shares the builder's methods' name space.
pub(crate) fn member_name(wire: &str) -> Name {
    let name = field_name(wire);
    let taken = BUILDER_METHODS.contains(&name.as_str()) || name.as_str().starts_with("with_");
    if taken { behind(&name, "_") } else { name }
}

/// A struct's setters share its methods' name space.
pub(crate) fn setter_name(wire: &str) -> Name {
    let name = field_name(wire);
    if name.as_str() == "new" {
        behind(&name, "_")
    } else {
        name
    }
}

pub(crate) fn method_name(text: &str) -> Name {
    let name = field_name(text);
    if name.as_str() == "new" || name.as_str() == "clone" {
        behind(&name, "_")
    } else {
        name
    }
}

/// A type, from the texts that make up its name.
pub(crate) fn type_name(parts: &[&str]) -> Name {
    let joined: Vec<String> = parts
        .iter()
        .map(|part| words(part).to_upper_camel_case())
        .collect();
    let name = make(&joined.concat(), "N");
    if name.as_str() == "Self_" {
        Name::new("SelfType").expect("`SelfType` is an identifier")
    } else if PRELUDE.contains(&name.as_str()) {
        behind(&name, "Type")
    } else {
        name
    }
}

pub(crate) fn variant_name(text: &str) -> Name {
    let name = make(&words(text).to_upper_camel_case(), "N");
    if name.as_str() == "Self_" {
        Name::new("SelfValue").expect("`SelfValue` is an identifier")
    } else {
        name
    }
}

/// Variants beside a catch-all.
pub(crate) fn open_variant_name(text: &str, catch_all: &str) -> Name {
    let name = variant_name(text);
    if name.as_str() == catch_all {
        behind(&name, "Value")
    } else {
        name
    }
}

pub(crate) fn constant_name(parts: &[&str]) -> Name {
    make(&words(&parts.join(" ")).to_shouty_snake_case(), "N")
}

/// Files of modules must have ASCII names.
pub(crate) fn module_name(text: &str) -> Name {
    let ascii: String = words(text).chars().map(spell_out_letter).collect();
    let name = make(&ascii.to_snake_case(), "n");
    let taken = MODULES.contains(&name.as_str()) || name.is_keyword();
    if taken { behind(&name, "_") } else { name }
}

pub(crate) fn accessor_name(text: &str) -> Name {
    let name = field_name(text);
    if CLIENT_METHODS.contains(&name.as_str()) {
        behind(&name, "_")
    } else {
        name
    }
}

/// A setting of the client that fills parameters of this name.
pub(crate) fn default_name(wire: &str) -> Name {
    let name = field_name(wire);
    if SETTINGS.contains(&name.as_str()) {
        behind(&name, "_")
    } else {
        name
    }
}

fn spell_out_letter(c: char) -> String {
    if c.is_ascii() {
        c.to_string()
    } else {
        format!(" u{:x} ", u32::from(c))
    }
}

fn behind(name: &Name, suffix: &str) -> Name {
    Name::new(&format!("{name}{suffix}")).expect("an identifier with letters behind it is one")
}

/// `cased` holds letters, digits and underscores only; `prefix` is put before a digit.
fn make(cased: &str, prefix: &str) -> Name {
    let cut: String = cased.chars().take(LONGEST).collect();
    let starts_with_digit = cut.starts_with(|c: char| c.is_ascii_digit());
    let text = if starts_with_digit {
        format!("{prefix}{cut}")
    } else {
        cut
    };
    Name::new(&text)
        .or_else(|| Name::new(&format!("{text}_")))
        .unwrap_or_else(|| {
            // Nothing but what no case knows: cannot come out of `words`.
            Name::new("empty").expect("`empty` is an identifier")
        })
}

/// The words of a text, apart by spaces, in letters that Rust can spell.
fn words(text: &str) -> String {
    let text: String = text.chars().take(LONGEST * 2).collect();
    if text.chars().any(|c| c.is_alphanumeric()) {
        let mut spelled = String::with_capacity(text.len());
        for c in spell_out_sign(&text).chars() {
            spell_out(c, &mut spelled);
        }
        return spelled;
    }
    let spelled: Vec<String> = text.chars().filter_map(symbol).collect();
    if spelled.is_empty() {
        "empty".to_owned()
    } else {
        spelled.join(" ")
    }
}

/// A sign before a number tells values apart.
fn spell_out_sign(text: &str) -> String {
    let number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) if number(rest) => format!("minus {rest}"),
        (_, Some(rest)) if number(rest) => format!("plus {rest}"),
        _ => text.to_owned(),
    }
}

fn spell_out(c: char, into: &mut String) {
    if c.is_ascii_alphanumeric() || is_letter(c) {
        into.push(c);
    } else if c.is_ascii() || c.is_whitespace() || c.is_control() {
        into.push(' ');
    } else {
        into.push_str(&format!(" u{:x} ", u32::from(c)));
    }
}

fn symbol(c: char) -> Option<String> {
    let word = match c {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '\\' => "backslash",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '?' => "question",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '@' => "at",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '^' => "caret",
        '~' => "tilde",
        '_' => "underscore",
        '(' | ')' => "parenthesis",
        '[' | ']' => "bracket",
        '{' | '}' => "brace",
        '"' | '\'' | '`' => "quote",
        ' ' => "space",
        _ if c.is_ascii() => return None,
        _ => return Some(format!("u{:x}", u32::from(c))),
    };
    Some(word.to_owned())
}

/// The names of one name space, and who has them.
#[derive(Debug, Clone)]
pub(crate) struct Taken<T> {
    owners: HashMap<Name, T>,
}

impl<T> Default for Taken<T> {
    fn default() -> Self {
        Self {
            owners: HashMap::new(),
        }
    }
}

impl<T> Taken<T> {
    pub(crate) fn owner(&self, name: &Name) -> Option<&T> {
        self.owners.get(name)
    }

    /// Gives `wanted`, or the next free name behind it. The first to ask keeps the name.
    pub(crate) fn claim(&mut self, wanted: &Name, owner: T) -> Name {
        let mut name = wanted.clone();
        let mut count = 2;
        while self.owners.contains_key(&name) {
            name = behind(wanted, &numbered(wanted, count));
            count += 1;
        }
        self.owners.insert(name.clone(), owner);
        name
    }
}

/// The suffix of the `count`th of a name, in the case that the name has.
fn numbered(name: &Name, count: usize) -> String {
    let is_camel = name.as_str().starts_with(|c: char| c.is_ascii_uppercase())
        && name.as_str().contains(|c: char| c.is_ascii_lowercase());
    let ends_in_digit = name.as_str().ends_with(|c: char| c.is_ascii_digit());
    if is_camel && !ends_in_digit {
        count.to_string()
    } else {
        format!("_{count}")
    }
}

/// Methods that every builder has, or may have.
const BUILDER_METHODS: [&str; 12] = [
    "send",
    "send_full",
    "pages",
    "items",
    "batches",
    "call",
    "call_mut",
    "request",
    "clone",
    "new",
    "body",
    "client",
];

/// Names of files that hold something else, and of crates that generated code names.
const MODULES: [&str; 10] = [
    "rt",
    "common",
    "events",
    "errors",
    "std",
    "core",
    "alloc",
    "lib",
    "main",
    "generated",
];

/// Methods that the client has by itself, or may have.
const CLIENT_METHODS: [&str; 17] = [
    "base_url",
    "builder",
    "call",
    "clone",
    "config",
    "default_for",
    "doctor",
    "drift",
    "execute",
    "from_env",
    "inner",
    "into",
    "new",
    "raw",
    "request",
    "send",
    "service",
];

/// Methods that the client's builder has by itself.
const SETTINGS: [&str; 25] = [
    "app",
    "base_url",
    "build",
    "clone",
    "collect_drift",
    "connect_timeout",
    "credential",
    "default_query",
    "http_client",
    "idle_timeout",
    "max_body_bytes",
    "max_pages",
    "new",
    "no_proxy",
    "proxy",
    "rate_limits",
    "region",
    "retry",
    "store_app",
    "timeout",
    "token",
    "token_provider",
    "transport",
    "user_agent",
    "user_token",
];

/// Names that generated code uses without a path.
const PRELUDE: [&str; 38] = [
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Vec",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_the_wire() {
        let cases = [
            ("due_date", "due_date"),
            ("late_bookIn_fee", "late_book_in_fee"),
            ("shelf_field_ID", "shelf_field_id"),
            ("type", "type"),
            ("self", "self_"),
            ("crate", "crate_"),
            ("24h", "n24h"),
            ("+1", "plus_1"),
            ("-1", "minus_1"),
            ("-", "minus"),
            ("", "empty"),
            ("书架", "书架"),
            ("😀", "u1f600"),
            ("é", "ue9"),
            ("a\u{202e}b", "a_u202e_b"),
            ("$ref", "ref"),
            ("../../x", "x"),
            ("r#type", "r_type"),
            ("<=", "less_equal"),
            ("_", "underscore"),
        ];
        for (wire, expected) in cases {
            assert_eq!(field_name(wire).as_str(), expected, "{wire:?}");
        }
    }

    #[test]
    fn types_never_shadow_what_generated_code_uses() {
        let cases = [
            ("Self", "SelfType"),
            ("string", "StringType"),
            ("io.k8s.Job", "IoK8sJob"),
            ("2fa", "N2fa"),
            ("书架", "书架"),
        ];
        for (text, expected) in cases {
            assert_eq!(type_name(&[text]).as_str(), expected, "{text:?}");
        }
        assert_eq!(
            type_name(&["book_loan", "query", "Body"]).as_str(),
            "BookLoanQueryBody"
        );
    }

    #[test]
    fn members_never_hide_methods_of_the_builder() {
        for (wire, expected) in [
            ("send", "send_"),
            ("with_timeout", "with_timeout_"),
            ("call", "call_"),
            ("id", "id"),
        ] {
            assert_eq!(member_name(wire).as_str(), expected);
        }
        assert_eq!(setter_name("new").as_str(), "new_");
    }

    #[test]
    fn modules_are_ascii_and_hide_nothing() {
        for (text, expected) in [
            ("书架", "u4e66_u67b6"),
            ("std", "std_"),
            ("type", "type_"),
            ("Events", "events_"),
            ("My Tag", "my_tag"),
        ] {
            assert_eq!(module_name(text).as_str(), expected);
        }
    }

    #[test]
    fn the_first_keeps_its_name() {
        let mut taken = Taken::default();
        let name = Name::new("book_in").unwrap();
        assert_eq!(taken.claim(&name, 1).as_str(), "book_in");
        assert_eq!(taken.claim(&name, 2).as_str(), "book_in_2");
        assert_eq!(taken.owner(&name), Some(&1));
    }

    #[test]
    fn any_text_gives_a_name() {
        let mut text = String::new();
        for c in (0..0x3000u32)
            .chain(0x1f300..0x1f700)
            .filter_map(char::from_u32)
        {
            text.push(c);
            for name in [
                field_name(&c.to_string()),
                type_name(&[&c.to_string()]),
                module_name(&c.to_string()),
            ] {
                let raw = format!("r#{name}");
                let spelled = if name.is_keyword() {
                    raw.as_str()
                } else {
                    name.as_str()
                };
                assert!(
                    syn::parse_str::<syn::Ident>(spelled).is_ok(),
                    "{c:?}: {name}"
                );
            }
        }
        assert!(field_name(&text).as_str().len() < 1000);
    }
}
