//! Reading a value tree by hand: a cursor that knows where it is, and objects that notice each key nobody asked for.

use super::extensions::{self, EXTENSIONS};
use super::node::{Map, Node};
use crate::diagnostic::{Diagnostic, Diagnostics, Id, Profile, did_you_mean, nearest};
use crate::source::Place;

/// A node and its place.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    pub(crate) node: &'a Node,
    pub(crate) place: Place,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(node: &'a Node, place: Place) -> Self {
        Self { node, place }
    }

    /// Two cursors at one node have one address.
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self.node) as usize
    }

    pub(crate) fn child(&self, key: &str) -> Option<Self> {
        let node = self.node.as_map()?.get(key)?;
        Some(Self::new(node, self.place.child(key)))
    }

    /// Elements of a list; a finding and nothing for anything else.
    pub(crate) fn list(&self, sink: &mut Diagnostics) -> Vec<Self> {
        match self.node {
            Node::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, node)| Self::new(node, self.place.index(index)))
                .collect(),
            _ => {
                wrong_type(self, "a list", sink);
                Vec::new()
            }
        }
    }

    /// Members of an object that is a map of names; a finding and nothing for anything else.
    pub(crate) fn members(&self, sink: &mut Diagnostics) -> Vec<(&'a str, Self)> {
        match self.node {
            Node::Map(map) => map
                .iter()
                .map(|(key, node)| (key, Self::new(node, self.place.child(key))))
                .collect(),
            _ => {
                wrong_type(self, "an object", sink);
                Vec::new()
            }
        }
    }

    pub(crate) fn text(&self, sink: &mut Diagnostics) -> Option<String> {
        match self.node {
            Node::Text(text) => Some(text.clone()),
            // `version: 1.0` and the like: the text is lost, but not the sense.
            Node::Number(number) if sink.profile() == Profile::Foreign => Some(number.to_string()),
            Node::Bool(value) if sink.profile() == Profile::Foreign => Some(value.to_string()),
            _ => {
                wrong_type(self, "a text", sink);
                None
            }
        }
    }

    pub(crate) fn boolean(&self, sink: &mut Diagnostics) -> Option<bool> {
        match self.node {
            Node::Bool(value) => Some(*value),
            _ => {
                wrong_type(self, "`true` or `false`", sink);
                None
            }
        }
    }

    pub(crate) fn integer(&self, sink: &mut Diagnostics) -> Option<i64> {
        let value = match self.node {
            Node::Number(number) => number.as_i64(),
            _ => None,
        };
        if value.is_none() {
            wrong_type(self, "an integer", sink);
        }
        value
    }

    pub(crate) fn number(&self, sink: &mut Diagnostics) -> Option<f64> {
        let value = match self.node {
            Node::Number(number) => number.as_f64(),
            _ => None,
        };
        if value.is_none() {
            wrong_type(self, "a number", sink);
        }
        value
    }

    pub(crate) fn count(&self, sink: &mut Diagnostics) -> Option<u64> {
        let value = match self.node {
            Node::Number(number) => number.as_u64().or_else(|| {
                number
                    .as_f64()
                    .filter(|n| *n >= 0.0 && n.fract() == 0.0)
                    .map(|n| n as u64)
            }),
            _ => None,
        };
        if value.is_none() {
            wrong_type(self, "a count", sink);
        }
        value
    }

    pub(crate) fn texts(&self, sink: &mut Diagnostics) -> Vec<String> {
        self.list(sink)
            .iter()
            .filter_map(|item| item.text(sink))
            .collect()
    }
}

pub(crate) fn wrong_type(cursor: &Cursor<'_>, wanted: &str, sink: &mut Diagnostics) {
    // `required: yes` has been told as what it is, and with what to write.
    if cursor
        .node
        .as_text()
        .is_some_and(|text| sink.has_ambiguous(&cursor.place, text))
    {
        return;
    }
    let found = cursor.node.kind();
    let headline = match cursor.place.pointer.last() {
        Some(name) => format!("`{}` should be {wanted}, and is {found}", shorten(name)),
        None => format!("the file should hold {wanted}, and holds {found}"),
    };
    sink.push(
        Diagnostic::new(Id::WrongType, &cursor.place, headline)
            .label(format!("{found}, not {wanted}")),
    );
}

/// A name as a headline may show it.
pub(crate) fn shorten(name: &str) -> String {
    if name.chars().count() <= 80 {
        return name.to_owned();
    }
    name.chars().take(77).chain("...".chars()).collect()
}

/// An object that is being read.
pub(crate) struct Object<'a> {
    /// What it is: "an operation".
    what: &'static str,
    map: &'a Map,
    place: Place,
    read: Vec<bool>,
    known: Vec<&'static str>,
}

impl<'a> Object<'a> {
    pub(crate) fn open(
        cursor: &Cursor<'a>,
        what: &'static str,
        sink: &mut Diagnostics,
    ) -> Option<Self> {
        let Node::Map(map) = cursor.node else {
            wrong_type(cursor, what, sink);
            return None;
        };
        Some(Self {
            what,
            map,
            place: cursor.place.clone(),
            read: vec![false; map.len()],
            known: Vec::new(),
        })
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.has(key)
    }

    /// The value of a key. In a foreign document a key without a value is no key.
    pub(crate) fn get(&mut self, key: &'static str, sink: &Diagnostics) -> Option<Cursor<'a>> {
        let cursor = self.raw(key)?;
        let is_absent = *cursor.node == Node::Null && sink.profile() == Profile::Foreign;
        (!is_absent).then_some(cursor)
    }

    /// The value of a key, which may be `null`.
    pub(crate) fn raw(&mut self, key: &'static str) -> Option<Cursor<'a>> {
        self.known.push(key);
        let index = self.map.position(key)?;
        self.read[index] = true;
        let (_, node) = self.map.entry(index);
        Some(Cursor::new(node, self.place.child(key)))
    }

    /// As [`Self::get`], with a finding if the key is missing.
    pub(crate) fn need(&mut self, key: &'static str, sink: &mut Diagnostics) -> Option<Cursor<'a>> {
        let cursor = self.get(key, sink);
        if cursor.is_none() {
            let missing = format!("{} lacks `{key}`", self.what);
            let mut finding = Diagnostic::new(Id::MissingKey, &self.place, missing);
            if sink.is_full() {
                sink.push(finding);
                return None;
            }
            let unread = self.map.iter().zip(&self.read).filter(|(_, read)| !**read);
            if let Some(slip) = nearest(key, unread.map(|((key, _), _)| key)) {
                finding = finding.also(self.place.child(slip).key(), "is this meant to be it?");
                // One cause, one finding.
                if let Some(index) = self.map.position(slip) {
                    self.read[index] = true;
                }
            }
            sink.push(finding);
        }
        cursor
    }

    pub(crate) fn text(&mut self, key: &'static str, sink: &mut Diagnostics) -> Option<String> {
        self.get(key, sink)?.text(sink)
    }

    /// A text that may be left out.
    pub(crate) fn prose(&mut self, key: &'static str, sink: &mut Diagnostics) -> String {
        self.text(key, sink).unwrap_or_default()
    }

    pub(crate) fn flag(&mut self, key: &'static str, sink: &mut Diagnostics) -> bool {
        self.get(key, sink)
            .and_then(|cursor| cursor.boolean(sink))
            .unwrap_or(false)
    }

    pub(crate) fn count(&mut self, key: &'static str, sink: &mut Diagnostics) -> Option<u64> {
        self.get(key, sink)?.count(sink)
    }

    pub(crate) fn texts(&mut self, key: &'static str, sink: &mut Diagnostics) -> Vec<String> {
        self.get(key, sink)
            .map(|cursor| cursor.texts(sink))
            .unwrap_or_default()
    }

    /// One of a closed list of words.
    pub(crate) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
        sink: &mut Diagnostics,
    ) -> Option<T> {
        word(&self.get(key, sink)?, words, sink)
    }

    /// Keys that are allowed and of no use to us.
    pub(crate) fn pass(&mut self, keys: &[&'static str]) {
        for key in keys {
            self.raw(key);
        }
    }

    /// Keys that we understand and cannot serve.
    pub(crate) fn unsupported(
        &mut self,
        keys: &[&'static str],
        cost: &str,
        sink: &mut Diagnostics,
    ) -> bool {
        let mut is_found = false;
        for key in keys {
            if let Some(cursor) = self.raw(key) {
                is_found = true;
                let headline = format!("`{key}` in {} is not supported", self.what);
                sink.push(
                    Diagnostic::new(Id::UnsupportedKeyword, cursor.place.key(), headline)
                        .note(cost),
                );
            }
        }
        is_found
    }

    /// Reports each key that nobody asked for.
    pub(crate) fn finish(self, sink: &mut Diagnostics) {
        for ((key, _), _) in self.map.iter().zip(&self.read).filter(|(_, read)| !**read) {
            if key.starts_with("x-") && sink.profile() == Profile::Foreign {
                continue;
            }
            let place = self.place.child(key).key();
            if sink.is_full() {
                sink.push(Diagnostic::new(Id::UnknownKey, place, ""));
                continue;
            }
            let finding = self.unknown(key, place);
            sink.push(finding);
        }
    }

    fn unknown(&self, key: &str, place: Place) -> Diagnostic {
        let name = shorten(key);
        let mut known = self.known.clone();
        known.extend(
            EXTENSIONS
                .iter()
                .filter(|e| e.homes.contains(&self.what))
                .map(|e| e.key),
        );
        let meant = did_you_mean(key, known.iter().copied());
        let unknown = Diagnostic::new(
            Id::UnknownKey,
            &place,
            format!("{} has no key `{name}`", self.what),
        );
        if let Some(meant) = meant {
            return unknown.label("unknown key").help(meant);
        }
        if let Some(home) = extensions::home(key).filter(|home| *home != self.what) {
            let headline = format!("`{name}` belongs to {home}, not to {}", self.what);
            return Diagnostic::new(Id::MisplacedKey, &place, headline).label("misplaced key");
        }
        let meant = did_you_mean(key, EXTENSIONS.iter().map(|extension| extension.key))
            .filter(|_| key.starts_with("x-"));
        let help = meant.unwrap_or_else(|| choice(key, &known));
        unknown.label("unknown key").help(help)
    }
}

/// The keys that may stand where an unknown one does: extensions for an extension, the standard's for another.
fn choice(key: &str, known: &[&str]) -> String {
    const MOST: usize = 12;
    let is_extension = key.starts_with("x-");
    let mut names: Vec<String> = Vec::new();
    for other in known.iter().map(|other| format!("`{other}`")) {
        if other.starts_with("`x-") == is_extension && !names.contains(&other) {
            names.push(other);
        }
    }
    match names.len() {
        0 if is_extension => "no `x-` key may stand here; remove it".to_owned(),
        0 => "no key may stand here; remove it".to_owned(),
        count if count > MOST => {
            let (shown, rest) = (names[..MOST].join(", "), count - MOST);
            format!("keys that may stand here: {shown} and {rest} more")
        }
        _ => format!("keys that may stand here: {}", names.join(", ")),
    }
}

/// One of a closed list of words; a finding for any other.
pub(crate) fn word<T: Copy>(
    cursor: &Cursor<'_>,
    words: &[(&'static str, T)],
    sink: &mut Diagnostics,
) -> Option<T> {
    let text = match cursor.node {
        Node::Text(text) => text.clone(),
        _ => {
            wrong_type(cursor, "a text", sink);
            return None;
        }
    };
    let found = words
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, value)| *value);
    if found.is_none() {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let key = cursor.place.pointer.last().unwrap_or("value");
        let headline = format!("`{}` is no value of `{}`", shorten(&text), shorten(key));
        let mut finding = Diagnostic::new(Id::InvalidValue, &cursor.place, headline)
            .maybe_help(sink.did_you_mean(&text, names.iter().copied()));
        if names.len() <= 24 {
            finding = finding.note(format!("the values are `{}`", names.join("`, `")));
        }
        sink.push(finding);
    }
    found
}
