//! The value tree: a document as data, before anything is known of its meaning.
//!
//! Guarantees: keys keep their order; lookup does not slow down with the size of an object.

use std::cell::Cell;
use std::fmt;

use serde_json::Number;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Map),
}

impl Node {
    /// As a sentence names it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(value) => Value::Number(value.clone()),
            Self::Text(value) => Value::String(value.clone()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(map) => map
                .iter()
                .map(|(key, value)| (key.to_owned(), value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

/// An object. Of a key that is there twice, the first counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Map {
    entries: Vec<(String, Node)>,
    /// Indices of `entries`, in the order of their keys.
    sorted: Vec<u32>,
}

/// So many keys are looked through faster than they are searched.
const FEW: usize = 12;

impl Map {
    /// The map, and whether each key was there once.
    pub(crate) fn new(mut entries: Vec<(String, Node)>) -> (Self, bool) {
        let mut sorted = sorted(&entries);
        let is_unique = sorted.len() == entries.len();
        if !is_unique {
            let first: std::collections::HashSet<u32> = sorted.iter().copied().collect();
            let mut index = 0..;
            entries.retain(|_| index.next().is_some_and(|at| first.contains(&at)));
            sorted = self::sorted(&entries);
        }
        (Self { entries, sorted }, is_unique)
    }

    pub(crate) fn into_entries(self) -> Vec<(String, Node)> {
        self.entries
    }

    pub(crate) fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() <= FEW {
            return self.entries.iter().position(|(name, _)| name == key);
        }
        self.sorted
            .binary_search_by(|&index| self.entries[index as usize].0.as_str().cmp(key))
            .ok()
            .map(|at| self.sorted[at] as usize)
    }

    pub(crate) fn entry(&self, index: usize) -> (&str, &Node) {
        let (key, node) = &self.entries[index];
        (key, node)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.position(key).map(|index| &self.entries[index].1)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.entries.iter().map(|(key, node)| (key.as_str(), node))
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// Indices by key; of equal keys the first.
fn sorted(entries: &[(String, Node)]) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
    let key = |index: u32| entries[index as usize].0.as_str();
    sorted.sort_by(|&a, &b| key(a).cmp(key(b)));
    sorted.dedup_by(|a, b| key(*a) == key(*b));
    sorted
}

/// What came up while a tree was built.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Nodes that may still be made.
    pub(crate) budget: Cell<usize>,
    pub(crate) has_duplicates: Cell<bool>,
}

/// The message of the error that ends a tree that grew too large.
pub(crate) const TOO_MANY: &str = "too many values";

/// Builds a [`Node`] from any serde format.
#[derive(Clone, Copy)]
pub(crate) struct Seed<'p>(pub(crate) &'p Progress);

impl<'de> serde::de::DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let Some(left) = self.0.budget.get().checked_sub(1) else {
            return Err(serde::de::Error::custom(TOO_MANY));
        };
        self.0.budget.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Node, E> {
        self.visit_f64(value as f64)
    }

    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Node, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        // JSON has no infinity; as text it is found wrong wherever a number is wanted.
        Ok(Number::from_f64(value).map_or_else(|| Node::Text(value.to_string()), Node::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key_seed(KeySeed)? {
            entries.push((key, access.next_value_seed(self)?));
        }
        let (map, is_unique) = Map::new(entries);
        if !is_unique {
            self.0.has_duplicates.set(true);
        }
        Ok(Node::Map(map))
    }
}

/// A key as it is written: `200:` and `null:` in YAML are texts here.
struct KeySeed;

impl<'de> serde::de::DeserializeSeed<'de> for KeySeed {
    type Value = String;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl serde::de::Visitor<'_> for KeySeed {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is a text")
    }

    fn visit_str<E>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }
}
