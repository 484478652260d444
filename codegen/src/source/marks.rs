//! Which bytes of a text hold which node: a second, marked parse.
//!
//! Made only when a finding is shown. Total: of a broken text, what stands before the fault is marked.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use super::{json, yaml};

/// Whether a path names a JSON file; every other is read as YAML.
pub fn is_json(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"))
}

/// The nodes of a text with their bytes.
#[derive(Debug, Default)]
pub struct Marks {
    nodes: Vec<Mark>,
    children: HashMap<(u32, String), u32>,
    /// Keys that an object has twice: the key, where it stands first, and where again.
    pub duplicates: Vec<(String, Range<usize>, Range<usize>)>,
}

#[derive(Debug, Clone)]
pub struct Mark {
    pub key: Option<Range<usize>>,
    pub value: Range<usize>,
    /// An object or a list.
    pub is_collection: bool,
}

impl Marks {
    pub fn new(path: &str, text: &str) -> Self {
        let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        let marks = if is_json(path) {
            json::marks(rest)
        } else {
            yaml::marks(rest)
        };
        marks.shift(text.len() - rest.len())
    }

    /// Moves everything behind a byte order mark.
    fn shift(mut self, by: usize) -> Self {
        let moved = |range: &mut Range<usize>| *range = range.start + by..range.end + by;
        if by > 0 {
            for mark in &mut self.nodes {
                mark.key.iter_mut().for_each(moved);
                moved(&mut mark.value);
            }
            for (_, first, again) in &mut self.duplicates {
                moved(first);
                moved(again);
            }
        }
        self
    }

    /// The node at a pointer; where that is missing, the nearest node above it.
    pub fn find(&self, segments: &[&str]) -> Option<&Mark> {
        let mut at = 0;
        for segment in segments {
            match self.children.get(&(at, (*segment).to_owned())) {
                Some(&child) => at = child,
                None => break,
            }
        }
        self.nodes.get(at as usize)
    }
}

/// Puts [`Marks`] together from nodes in document order.
#[derive(Default)]
pub(super) struct Builder {
    marks: Marks,
    open: Vec<Open>,
}

struct Open {
    node: u32,
    is_list: bool,
    length: usize,
    key: Option<(String, Range<usize>)>,
}

impl Builder {
    /// Whether the next node is a key.
    pub(super) fn wants_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| !open.is_list && open.key.is_none())
    }

    pub(super) fn key(&mut self, name: &str, bytes: Range<usize>) {
        if let Some(open) = self.open.last_mut() {
            open.key = Some((name.to_owned(), bytes));
        }
    }

    pub(super) fn scalar(&mut self, bytes: Range<usize>) {
        self.node(bytes, false);
    }

    pub(super) fn start(&mut self, is_list: bool, bytes: Range<usize>) {
        let node = self.node(bytes, true);
        self.open.push(Open {
            node,
            is_list,
            length: 0,
            key: None,
        });
    }

    pub(super) fn end(&mut self, byte: usize) {
        if let Some(open) = self.open.pop() {
            self.marks.nodes[open.node as usize].value.end = byte;
        }
    }

    pub(super) fn finish(self) -> Marks {
        self.marks
    }

    fn node(&mut self, value: Range<usize>, is_collection: bool) -> u32 {
        let id = u32::try_from(self.marks.nodes.len()).unwrap_or(u32::MAX);
        let mut key = None;
        if let Some(open) = self.open.last_mut() {
            let name = match open.key.take() {
                Some((name, bytes)) => {
                    key = Some(bytes);
                    name
                }
                None => {
                    open.length += 1;
                    (open.length - 1).to_string()
                }
            };
            let parent = open.node;
            self.place(parent, name, key.as_ref(), id);
        }
        self.marks.nodes.push(Mark {
            key,
            value,
            is_collection,
        });
        id
    }

    /// Files a node under its name; the first of that name keeps it.
    fn place(&mut self, parent: u32, name: String, key: Option<&Range<usize>>, id: u32) {
        match self.marks.children.entry((parent, name)) {
            Entry::Vacant(entry) => {
                entry.insert(id);
            }
            Entry::Occupied(entry) => {
                let first = &self.marks.nodes[*entry.get() as usize];
                if let (Some(first), Some(again)) = (first.key.clone(), key) {
                    let name = entry.key().1.clone();
                    self.marks.duplicates.push((name, first, again.clone()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, pointer: &[&str], key: &str, value: &str) {
        let marks = Marks::new(path, text);
        let mark = marks.find(pointer).expect("the node is there");
        let found = mark.key.clone().map_or("", |key| &text[key]);
        assert_eq!((found, &text[mark.value.clone()]), (key, value));
    }

    #[test]
    fn yaml_nodes_are_found_after_chinese_text() {
        let text = "说明: 考勤 # 注释\nlist:\n  - {名: 'a b', \"k\": 12}\nblock: |\n  一\n  二\nlast: x  # y\n";
        check("a.yaml", text, &["说明"], "说明", "考勤");
        check("a.yaml", text, &["list", "0", "名"], "名", "'a b'");
        check("a.yaml", text, &["list", "0", "k"], "\"k\"", "12");
        check("a.yaml", text, &["last"], "last", "x");
        check("a.yaml", text, &["last", "missing"], "last", "x");
    }

    #[test]
    fn json_nodes_are_found() {
        let text = "{\"a\": [1, {\"b\\u0063\": \"x\\\"y\"}, null],\n \"考\": true}";
        check("a.json", text, &["a", "0"], "", "1");
        check(
            "a.json",
            text,
            &["a", "1", "bc"],
            "\"b\\u0063\"",
            "\"x\\\"y\"",
        );
        check("a.json", text, &["考"], "\"考\"", "true");
    }

    #[test]
    fn both_places_of_a_key_that_is_there_twice() {
        for (path, text) in [
            ("a.yaml", "a: 1\nb: 2\na: 3\n"),
            ("a.json", "{\"a\":1, \"b\": 2, \"a\":3}"),
        ] {
            let marks = Marks::new(path, text);
            let [(name, first, again)] = marks.duplicates.as_slice() else {
                panic!("{:?}", marks.duplicates)
            };
            assert_eq!(name, "a");
            assert_eq!(
                first.start,
                text.find('a').unwrap() - usize::from(path == "a.json")
            );
            assert_eq!(
                again.start,
                text.rfind('a').unwrap() - usize::from(path == "a.json")
            );
        }
    }
}
