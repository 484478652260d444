//! `$ref`: from its text to the node that it names.

use super::Cx;
use crate::diagnostic::{Diagnostic, Id};
use crate::source::Place;
use crate::syntax::load::Files;
use crate::syntax::node::Node;
use crate::syntax::reader::{Cursor, shorten};

/// What a reference should name. The section of `components` that holds such things tells kinds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    PathItem,
    Parameter,
    RequestBody,
    Response,
    Header,
    Example,
    Schema,
    SecurityScheme,
    Table,
}

impl Kind {
    fn what(self) -> &'static str {
        match self {
            Self::PathItem => "a path item",
            Self::Parameter => "a parameter",
            Self::RequestBody => "a request body",
            Self::Response => "a response",
            Self::Header => "a header",
            Self::Example => "an example",
            Self::Schema => "a schema",
            Self::SecurityScheme => "a security scheme",
            Self::Table => "an error table",
        }
    }

    fn of_section(section: &str) -> Option<(Option<Self>, &'static str)> {
        Some(match section {
            "pathItems" => (Some(Self::PathItem), "a path item"),
            "parameters" => (Some(Self::Parameter), "a parameter"),
            "requestBodies" => (Some(Self::RequestBody), "a request body"),
            "responses" => (Some(Self::Response), "a response"),
            "headers" => (Some(Self::Header), "a header"),
            "examples" => (Some(Self::Example), "an example"),
            "schemas" => (Some(Self::Schema), "a schema"),
            "securitySchemes" => (Some(Self::SecurityScheme), "a security scheme"),
            "links" => (None, "a link"),
            "callbacks" => (None, "a callback"),
            _ => return None,
        })
    }
}

/// A longer chain of references is taken for a circle.
const LONGEST_CHAIN: usize = 64;

impl<'a> Cx<'a> {
    /// Follows a reference object, if the node is one, to what it means in the end.
    pub(super) fn follow(&mut self, cursor: Cursor<'a>, kind: Kind) -> Option<Cursor<'a>> {
        let mut at = cursor;
        let mut seen = Vec::new();
        while let Some(reference) = at.child("$ref") {
            if seen.contains(&at.address()) || seen.len() > LONGEST_CHAIN {
                self.circle(&reference, &seen);
                return None;
            }
            seen.push(at.address());
            if kind != Kind::Schema {
                self.siblings(&at, kind);
            }
            at = self.target(&reference, kind)?;
        }
        Some(at)
    }

    /// Reports a circle of references once, wherever it is entered.
    pub(super) fn circle(&mut self, reference: &Cursor<'a>, seen: &[usize]) {
        if !seen.iter().any(|address| self.circles.contains(address)) {
            self.cyclic(reference);
        }
        self.circles.extend(seen);
    }

    pub(super) fn cyclic(&mut self, reference: &Cursor<'a>) {
        self.sink.push(
            Diagnostic::new(
                Id::CyclicRef,
                &reference.place,
                "following this leads back here",
            )
            .note("such a reference names nothing; only a property or an element may lead back"),
        );
    }

    /// A reference object has no other members, except a few that override words.
    fn siblings(&mut self, cursor: &Cursor<'a>, kind: Kind) {
        for (key, _) in cursor
            .node
            .as_map()
            .into_iter()
            .flat_map(crate::syntax::node::Map::iter)
        {
            if matches!(key, "$ref" | "summary" | "description") || key.starts_with("x-") {
                continue;
            }
            let headline = format!(
                "`{}` beside a `$ref` to {} has no effect",
                shorten(key),
                kind.what()
            );
            let place = cursor.place.child(key).key();
            self.sink
                .push(Diagnostic::new(Id::RefSiblings, place, headline));
        }
    }

    /// The node that the text of a `$ref` names.
    pub(super) fn target(&mut self, reference: &Cursor<'a>, kind: Kind) -> Option<Cursor<'a>> {
        let Node::Text(text) = reference.node else {
            crate::syntax::reader::wrong_type(reference, "a reference", &mut self.sink);
            return None;
        };
        let found = self.seek(reference, text, kind);
        if let Some(found) = &found {
            self.used.insert(found.address());
        }
        found
    }

    fn seek(&mut self, reference: &Cursor<'a>, text: &str, kind: Kind) -> Option<Cursor<'a>> {
        let (file, fragment) = text.split_once('#').unwrap_or((text, ""));
        let from = reference.place.file.clone();
        let (path, node) = self.file(reference, &from, file)?;
        let mut at = Cursor::new(node, Place::file(path));
        let Some(segments) = segments(&percent_decode(fragment)) else {
            let headline = format!("`{}` is no reference", shorten(text));
            self.sink.push(
                Diagnostic::new(Id::InvalidRef, &reference.place, headline)
                    .label("the part after `#` does not start with `/`")
                    .help("write `#/components/...` or a path of a file"),
            );
            return None;
        };
        let missing = segments
            .iter()
            .position(|segment| match step(&at, segment) {
                Some(next) => {
                    at = next;
                    false
                }
                None => true,
            });
        self.used.insert(at.address());
        self.check_section(reference, &segments, kind)?;
        match missing {
            None => Some(at),
            Some(index) => self.dangling(
                reference,
                &at,
                &segments[index],
                index + 1 == segments.len(),
            ),
        }
    }

    fn file(
        &mut self,
        reference: &Cursor<'a>,
        from: &str,
        file: &str,
    ) -> Option<(std::sync::Arc<str>, &'a Node)> {
        let is_remote = file.contains(':') || file.starts_with("//");
        if is_remote {
            let headline = format!("`{}` is not a file of this description", shorten(file));
            self.sink.push(
                Diagnostic::new(Id::InvalidRef, &reference.place, headline)
                    .help("nothing is fetched; put a copy beside this file and refer to that"),
            );
            return None;
        }
        let path = if file.is_empty() {
            Some(from.to_owned())
        } else {
            join(from, file)
        };
        let found = path.as_deref().and_then(|path| self.files.get(path));
        match found {
            Some((_, Node::Null)) => None, // It failed to load, and that was reported.
            Some((path, node)) => Some((path.clone(), node)),
            None => {
                let name = path.unwrap_or_else(|| file.to_owned());
                let headline = format!("there is no file `{}`", shorten(&name));
                let meant = self
                    .sink
                    .did_you_mean(&name, self.files.paths().map(AsRef::as_ref));
                let finding = Diagnostic::new(Id::MissingFile, &reference.place, headline);
                self.sink.push(finding.maybe_help(meant));
                None
            }
        }
    }

    /// A reference into the wrong section of `components` is wrong even if what it finds looks right.
    fn check_section(
        &mut self,
        reference: &Cursor<'a>,
        segments: &[String],
        kind: Kind,
    ) -> Option<()> {
        let [first, section, _] = segments else {
            return Some(());
        };
        let Some((found, what)) = Kind::of_section(section).filter(|_| first == "components")
        else {
            return Some(());
        };
        if found == Some(kind) || kind == Kind::Table {
            return Some(());
        }
        let headline = format!("this refers to {what}, where {} is needed", kind.what());
        self.sink.push(
            Diagnostic::new(Id::WrongKindRef, &reference.place, headline)
                .label(format!("in `{section}`")),
        );
        None
    }

    fn dangling(
        &mut self,
        reference: &Cursor<'a>,
        at: &Cursor<'a>,
        segment: &str,
        is_last: bool,
    ) -> Option<Cursor<'a>> {
        let text = reference.node.as_text().unwrap_or("");
        let headline = format!("`{}` names nothing", shorten(text));
        let label = if is_last || at.place.pointer.is_empty() {
            format!("there is no `{}`", shorten(segment))
        } else {
            format!(
                "there is no `{}` in `{}`",
                shorten(segment),
                at.place.pointer
            )
        };
        let names = at
            .node
            .as_map()
            .into_iter()
            .flat_map(crate::syntax::node::Map::iter)
            .map(|(key, _)| key);
        let meant = self.sink.did_you_mean(segment, names);
        let target = (at.place.clone(), segment.to_owned());
        let first = self.dangling.get(&target);
        if first.is_some_and(|first| self.sink.also(Id::DanglingRef, first, &reference.place)) {
            return None;
        }
        self.dangling.insert(target, reference.place.clone());
        let finding = Diagnostic::new(Id::DanglingRef, &reference.place, headline);
        self.sink.push(finding.label(label).maybe_help(meant));
        None
    }
}

/// The node that a reference in the file `from` names, if there is one.
pub(crate) fn locate<'a>(files: &'a Files, from: &str, text: &str) -> Option<Cursor<'a>> {
    let (file, fragment) = text.split_once('#').unwrap_or((text, ""));
    let path = if file.is_empty() {
        from.to_owned()
    } else {
        join(from, file)?
    };
    let (path, node) = files.get(&path)?;
    let root = Cursor::new(node, Place::file(path.clone()));
    segments(&percent_decode(fragment))?
        .iter()
        .try_fold(root, |at, segment| step(&at, segment))
}

/// The keys in a decoded fragment; nothing if it is no pointer.
fn segments(fragment: &str) -> Option<Vec<String>> {
    if fragment.is_empty() {
        return Some(Vec::new());
    }
    let rest = fragment.strip_prefix('/')?;
    Some(
        rest.split('/')
            .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
            .collect(),
    )
}

fn step<'a>(at: &Cursor<'a>, segment: &str) -> Option<Cursor<'a>> {
    match at.node {
        Node::List(items) => {
            let node = items.get(segment.parse::<usize>().ok()?)?;
            Some(Cursor::new(node, at.place.child(segment)))
        }
        _ => at.child(segment),
    }
}

/// The path that `file` names, seen from the file `from`. Nothing if it leaves the folder of the run.
pub(crate) fn join(from: &str, file: &str) -> Option<String> {
    let file = percent_decode(file);
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_join_and_stay_inside() {
        assert_eq!(
            join("spec/openapi.yaml", "resources/a.yaml").as_deref(),
            Some("spec/resources/a.yaml")
        );
        assert_eq!(
            join("spec/a/b.yaml", "../common.yaml").as_deref(),
            Some("spec/common.yaml")
        );
        assert_eq!(
            join("openapi.yaml", "./a%20b.yaml").as_deref(),
            Some("a b.yaml")
        );
        assert_eq!(join("openapi.yaml", "../../etc/passwd"), None);
    }

    #[test]
    fn percent_signs_that_are_no_escape_stay() {
        assert_eq!(percent_decode("a%2Fb%zz%"), "a/b%zz%");
    }
}
