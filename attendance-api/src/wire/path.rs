//! Where in a document the decoder stands.
//!
//! A path is a chain of frames on the stack: it costs nothing until someone prints it.

use std::fmt;

/// One step from the root of a document to the value being read.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    pub(crate) parent: Option<&'a Path<'a>>,
    pub(crate) step: Step<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum Step<'a> {
    Root(&'a str),
    Member(&'static str),
    Item(usize),
    Key(&'a str),
}

impl<'a> Path<'a> {
    pub(crate) fn root(name: &'a str) -> Self {
        Path {
            parent: None,
            step: Step::Root(name),
        }
    }

    pub(crate) fn member(&'a self, name: &'static str) -> Path<'a> {
        Path {
            parent: Some(self),
            step: Step::Member(name),
        }
    }

    pub(crate) fn item(&'a self, index: usize) -> Path<'a> {
        Path {
            parent: Some(self),
            step: Step::Item(index),
        }
    }

    pub(crate) fn key(&'a self, key: &'a str) -> Path<'a> {
        Path {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    /// The path without positions and map keys: equal for all rows, and free of values.
    pub(crate) fn pattern(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, true)
            .expect("writing to a string cannot fail");
        text
    }

    fn write(&self, out: &mut dyn fmt::Write, pattern: bool) -> fmt::Result {
        let mut dot = false;
        if let Some(parent) = self.parent {
            parent.write(out, pattern)?;
            dot = !parent.is_empty_root();
        }
        match self.step {
            Step::Root(name) => out.write_str(name),
            Step::Member(name) if dot => write!(out, ".{name}"),
            Step::Member(name) => out.write_str(name),
            Step::Item(_) if pattern => out.write_str("[]"),
            Step::Item(index) => write!(out, "[{index}]"),
            Step::Key(_) if pattern => out.write_str("{}"),
            Step::Key(key) => write!(out, "{{{}}}", plain_name(key)),
        }
    }

    fn is_empty_root(&self) -> bool {
        matches!(self.step, Step::Root(""))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text, false)?;
        f.write_str(if text.is_empty() {
            "the document"
        } else {
            &text
        })
    }
}

/// A key of the server, if it looks like a name; anything else might be a value.
pub(crate) fn plain_name(key: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '@');
    if !key.is_empty() && key.len() <= 64 && key.chars().all(plain) {
        key
    } else {
        "?"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_an_expression() {
        let root = Path::root("data");
        let list = root.member("user_task_results");
        let row = list.item(3);
        let map = row.member("extra");
        let entry = map.key("a b");
        assert_eq!(row.to_string(), "data.user_task_results[3]");
        assert_eq!(entry.to_string(), "data.user_task_results[3].extra{?}");
        assert_eq!(entry.pattern(), "data.user_task_results[].extra{}");
        assert_eq!(Path::root("").to_string(), "the document");
        assert_eq!(Path::root("").member("a").to_string(), "a");
    }
}
