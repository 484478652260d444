//! The decoder: from JSON (or any self-describing serde format) into a [`Slot`].
//!
//! One visitor over `&mut dyn Slot`. It guarantees: no panic on any input, an error that names
//! the path and the JSON types but never a value, and at most the nesting that the format
//! itself allows (128 levels for JSON).

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::drift::{Drift, DriftKind};
use super::path::{Path, plain_name};
use super::shape::{Atom, Field, Fit, Form, Kind, List, Map, Record, Shape, Slot};
use super::tagged::At;

/// Reads one JSON document into `slot`, which should be empty.
///
/// `root` names the document in error paths. Deviations are noted in `drift` if given.
///
/// # Errors
///
/// If the text is not exactly one JSON value, or a value in it cannot be converted.
pub fn decode(
    text: &[u8],
    slot: &mut dyn Slot,
    root: &str,
    drift: Option<&mut Drift>,
) -> Result<(), DecodeError> {
    // The notes move into a cell for the time of the reading, as every level adds to them.
    let notes = drift.as_deref().map(|drift| RefCell::new(drift.clone()));
    let mut json = serde_json::Deserializer::from_str(utf8(text)?);
    let path = Path::root(root);
    let node = Node {
        slot,
        form: Form::Natural,
        path: &path,
        drift: notes.as_ref(),
    };
    let outcome = node
        .deserialize(&mut json)
        .and_then(|_| json.end())
        .map_err(DecodeError);
    if let (Some(drift), Some(notes)) = (drift, notes) {
        *drift = notes.into_inner();
    }
    outcome
}

/// Reads one JSON object into the members of a record whose names are not known before.
pub(crate) fn decode_members(
    text: &[u8],
    fields: &[Field],
    record: &mut dyn Record,
    drift: Option<&mut Drift>,
) -> Result<(), DecodeError> {
    struct Members<'a> {
        fields: &'a [Field],
        record: &'a mut dyn Record,
        drift: Option<&'a RefCell<Drift>>,
    }

    impl<'de> Visitor<'de> for Members<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
            read_record(
                self.fields,
                self.record,
                members,
                &Path::root(""),
                self.drift,
            )
        }
    }

    if text.trim_ascii_start().first() != Some(&b'{') {
        let error = "the document: expected an object";
        return Err(DecodeError(<serde_json::Error as de::Error>::custom(error)));
    }
    let notes = drift.as_deref().map(|drift| RefCell::new(drift.clone()));
    let mut json = serde_json::Deserializer::from_str(utf8(text)?);
    let visitor = Members {
        fields,
        record,
        drift: notes.as_ref(),
    };
    let outcome = json
        .deserialize_map(visitor)
        .and_then(|()| json.end())
        .map_err(DecodeError);
    if let (Some(drift), Some(notes)) = (drift, notes) {
        *drift = notes.into_inner();
    }
    outcome
}

/// Checking a text once is much quicker than each string in it.
fn utf8(text: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(text).map_err(|error| {
        let place = error.valid_up_to();
        let error = format!("the document is not UTF-8 at byte {place}");
        DecodeError(<serde_json::Error as de::Error>::custom(error))
    })
}

/// Reads a value that is already parsed.
///
/// # Errors
///
/// If something in it cannot be converted.
pub fn from_value<T: Slot + Default>(value: &serde_json::Value) -> Result<T, DecodeError> {
    let mut target = T::default();
    let path = Path::root("");
    let node = Node {
        slot: &mut target,
        form: Form::Natural,
        path: &path,
        drift: None,
    };
    node.deserialize(value).map_err(DecodeError)?;
    Ok(target)
}

/// Fills a place from a value that is already parsed.
pub(crate) fn fill(
    slot: &mut dyn Slot,
    value: &serde_json::Value,
    at: &At<'_>,
) -> Result<(), String> {
    let node = Node {
        slot,
        form: Form::Natural,
        path: at.path,
        drift: at.drift,
    };
    node.deserialize(value)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// The body of every `Deserialize` implementation.
///
/// # Errors
///
/// What the format reports, or a value that cannot be converted.
#[cfg(feature = "serde")]
pub fn deserialize<'de, T: Slot + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut target = T::default();
    let path = Path::root("");
    let node = Node {
        slot: &mut target,
        form: Form::Natural,
        path: &path,
        drift: None,
    };
    node.deserialize(deserializer)?;
    Ok(target)
}

/// Why a document could not be read.
#[derive(Debug)]
pub struct DecodeError(serde_json::Error);

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for DecodeError {}

struct Node<'a> {
    slot: &'a mut dyn Slot,
    form: Form,
    path: &'a Path<'a>,
    drift: Option<&'a RefCell<Drift>>,
}

impl Node<'_> {
    fn note(&self, kind: DriftKind) {
        if let Some(drift) = self.drift {
            drift.borrow_mut().add(self.path.pattern(), kind);
        }
    }

    fn misfit<E: de::Error>(&self, expected: &str, found: &str) -> E {
        E::custom(format_args!(
            "{}: expected {expected}, found {found}",
            self.path
        ))
    }

    /// `null`; tells whether that is a value here.
    fn nothing(self) -> bool {
        if self.drift.is_some()
            && matches!(
                self.slot.shape(),
                Shape::Record(_) | Shape::List(_) | Shape::Map(_)
            )
        {
            self.note(DriftKind::NullObject);
        }
        let is_value = matches!(self.slot.shape(), Shape::Json(_));
        self.slot.clear();
        is_value
    }

    /// An empty list or object where something else was expected.
    fn hollow(self) {
        self.note(DriftKind::SwappedType);
        self.slot.clear();
    }

    fn atom<E: de::Error>(self, atom: Atom<'_>) -> Result<bool, E> {
        let found = atom.kind();
        let empty = matches!(&atom, Atom::Text(text) if text.is_empty());
        let expected = match self.slot.shape() {
            Shape::Skip => return Ok(true),
            Shape::Json(json) => {
                *json = atom.into_json();
                return Ok(true);
            }
            Shape::Whole(whole) => {
                let at = At {
                    path: self.path,
                    drift: self.drift,
                };
                return whole
                    .put(atom.into_json(), &at)
                    .map(|()| true)
                    .map_err(E::custom);
            }
            Shape::Scalar(scalar) => {
                let swapped = self.drift.is_some() && scalar.kind(self.form) != found;
                match scalar.put(atom) {
                    Fit::Taken if swapped => {
                        self.note(DriftKind::SwappedType);
                        return Ok(true);
                    }
                    Fit::Taken => return Ok(true),
                    Fit::Unknown => {
                        self.note(DriftKind::UnknownValue);
                        return Ok(true);
                    }
                    Fit::Empty => {
                        self.hollow();
                        return Ok(true);
                    }
                    Fit::Misfit(expected) => expected,
                }
            }
            // Some servers write "" for an object or a list that is not there.
            Shape::Record(_) | Shape::Map(_) | Shape::List(_) if empty => {
                self.hollow();
                return Ok(true);
            }
            Shape::Record(_) | Shape::Map(_) => "an object",
            Shape::List(_) => "a list",
        };
        Err(self.misfit(expected, found.word()))
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        Ok(self.nothing())
    }

    fn visit_none<E: de::Error>(self) -> Result<bool, E> {
        Ok(self.nothing())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
        self.atom(Atom::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<bool, E> {
        self.atom(Atom::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
        self.atom(i64::try_from(value).map_or(Atom::Big(value), Atom::Int))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<bool, E> {
        self.atom(Atom::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<bool, E> {
        self.atom(Atom::Text(Cow::Borrowed(value)))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<bool, E> {
        self.atom(Atom::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let Node {
            slot,
            form,
            path,
            drift,
        } = self;
        match slot.shape() {
            Shape::List(list) => return read_list(list, items, form, path, drift).map(|()| true),
            Shape::Json(json) => {
                *json = de::Deserialize::deserialize(de::value::SeqAccessDeserializer::new(items))?;
                return Ok(true);
            }
            Shape::Whole(whole) => {
                let value =
                    de::Deserialize::deserialize(de::value::SeqAccessDeserializer::new(items))?;
                let at = At { path, drift };
                return whole
                    .put(value, &at)
                    .map(|()| true)
                    .map_err(de::Error::custom);
            }
            Shape::Skip => {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(true);
            }
            Shape::Scalar(_) | Shape::Record(_) | Shape::Map(_) => {}
        }
        let mut this = Node {
            slot,
            form,
            path,
            drift,
        };
        // Some servers write an empty list for an empty object.
        if items.next_element::<IgnoredAny>()?.is_none() && !this.is_scalar() {
            this.hollow();
            return Ok(true);
        }
        let expected = this.word();
        Err(this.misfit(expected, "a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let Node {
            slot,
            form,
            path,
            drift,
        } = self;
        match slot.shape() {
            Shape::Record(record) => {
                let fields = record.fields();
                return read_record(fields, record, members, path, drift).map(|()| true);
            }
            Shape::Map(map) => return read_map(map, members, form, path, drift).map(|()| true),
            Shape::Json(json) => {
                *json =
                    de::Deserialize::deserialize(de::value::MapAccessDeserializer::new(members))?;
                return Ok(true);
            }
            Shape::Whole(whole) => {
                let value =
                    de::Deserialize::deserialize(de::value::MapAccessDeserializer::new(members))?;
                let at = At { path, drift };
                return whole
                    .put(value, &at)
                    .map(|()| true)
                    .map_err(de::Error::custom);
            }
            Shape::Skip => {
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(true);
            }
            Shape::Scalar(_) | Shape::List(_) => {}
        }
        let mut this = Node {
            slot,
            form,
            path,
            drift,
        };
        if members.next_entry::<IgnoredAny, IgnoredAny>()?.is_none() && !this.is_scalar() {
            this.hollow();
            return Ok(true);
        }
        let expected = this.word();
        Err(this.misfit(expected, "an object"))
    }
}

impl Node<'_> {
    fn is_scalar(&mut self) -> bool {
        matches!(self.slot.shape(), Shape::Scalar(_))
    }

    fn word(&mut self) -> &'static str {
        match self.slot.shape() {
            Shape::Scalar(scalar) => scalar.kind(self.form).word(),
            Shape::Record(_) | Shape::Map(_) => "an object",
            Shape::List(_) => "a list",
            Shape::Json(_) | Shape::Whole(_) | Shape::Skip => "a value",
        }
    }
}

fn read_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn List,
    mut items: A,
    form: Form,
    path: &Path<'_>,
    drift: Option<&RefCell<Drift>>,
) -> Result<(), A::Error> {
    let mut index = 0;
    loop {
        let item = path.item(index);
        let seed = Item {
            list: &mut *list,
            form,
            path: &item,
            drift,
        };
        match items.next_element_seed(seed)? {
            None => return Ok(()),
            Some(true) => {}
            Some(false) => list.pop(),
        }
        index += 1;
    }
}

fn read_record<'de, A: MapAccess<'de>>(
    fields: &[Field],
    record: &mut dyn Record,
    mut members: A,
    path: &Path<'_>,
    drift: Option<&RefCell<Drift>>,
) -> Result<(), A::Error> {
    let mut seen = Seen::default();
    let mut hint = 0;
    let (fields, rest) = match fields.split_last() {
        Some((rest, named)) if rest.is_rest() => (named, Some(rest)),
        _ => (fields, None),
    };
    let mut other = rest.map(|_| String::new());
    while let Some(index) = members.next_key_seed(Key {
        fields,
        hint,
        other: other.as_mut(),
        path,
        drift,
    })? {
        let Some(index) = index else {
            match (rest, &other) {
                (Some(rest), Some(name)) => {
                    let slot = record.slot(fields.len());
                    read_other(slot, rest.form(), name, &mut members, path, drift)?;
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
            continue;
        };
        let field = &fields[index];
        let path = path.member(field.name());
        if !seen.insert(index) {
            return Err(de::Error::custom(format_args!("{path}: comes twice")));
        }
        match record.slot(index) {
            Some(slot) => {
                members.next_value_seed(Node {
                    slot,
                    form: field.form(),
                    path: &path,
                    drift,
                })?;
            }
            None => {
                members.next_value::<IgnoredAny>()?;
            }
        }
        hint = index + 1;
    }
    if let Some(drift) = drift {
        for (index, field) in fields.iter().enumerate() {
            if field.is_required() && !seen.contains(index) {
                let path = path.member(field.name()).pattern();
                drift.borrow_mut().add(path, DriftKind::MissingMember);
            }
        }
    }
    Ok(())
}

/// Reads a member that no field names into the map of such.
fn read_other<'de, A: MapAccess<'de>>(
    rest: Option<&mut dyn Slot>,
    form: Form,
    name: &str,
    members: &mut A,
    path: &Path<'_>,
    drift: Option<&RefCell<Drift>>,
) -> Result<(), A::Error> {
    let path = path.key(name);
    let Some(Shape::Map(map)) = rest.map(Slot::shape) else {
        return members.next_value::<IgnoredAny>().map(|_| ());
    };
    let Some(slot) = map.insert(name) else {
        return Err(de::Error::custom(format_args!("{path}: comes twice")));
    };
    let node = Node {
        slot,
        form,
        path: &path,
        drift,
    };
    members.next_value_seed(node).map(|_| ())
}

fn read_map<'de, A: MapAccess<'de>>(
    map: &mut dyn Map,
    mut members: A,
    form: Form,
    path: &Path<'_>,
    drift: Option<&RefCell<Drift>>,
) -> Result<(), A::Error> {
    while let Some(key) = members.next_key::<Cow<'_, str>>()? {
        let path = path.key(&key);
        let Some(slot) = map.insert(&key) else {
            return Err(de::Error::custom(format_args!("{path}: comes twice")));
        };
        members.next_value_seed(Node {
            slot,
            form,
            path: &path,
            drift,
        })?;
    }
    Ok(())
}

/// An item of a list; a `null` in a list is no item.
struct Item<'a> {
    list: &'a mut dyn List,
    form: Form,
    path: &'a Path<'a>,
    drift: Option<&'a RefCell<Drift>>,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let Item {
            list,
            form,
            path,
            drift,
        } = self;
        Node {
            slot: list.push(),
            form,
            path,
            drift,
        }
        .deserialize(deserializer)
    }
}

/// The name of a member: its index in the table, or `None` for an unknown one.
struct Key<'a> {
    fields: &'a [Field],
    hint: usize,
    /// Where the name of an unknown one goes, if its value is kept.
    other: Option<&'a mut String>,
    path: &'a Path<'a>,
    drift: Option<&'a RefCell<Drift>>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        // Members mostly come in the order of the table.
        if self
            .fields
            .get(self.hint)
            .is_some_and(|field| field.name() == name)
        {
            return Ok(Some(self.hint));
        }
        // Those that were left out are mostly a few steps further on.
        let (passed, ahead) = self.fields.split_at(self.hint.min(self.fields.len()));
        let place = |fields: &[Field]| fields.iter().position(|field| field.name() == name);
        let index = place(ahead)
            .map(|at| passed.len() + at)
            .or_else(|| place(passed));
        if let (None, Some(other)) = (index, self.other) {
            name.clone_into(other);
        } else if let (None, Some(drift)) = (index, self.drift) {
            let member = self.path.pattern();
            let dot = if member.is_empty() { "" } else { "." };
            drift.borrow_mut().add(
                format!("{member}{dot}{}", plain_name(name)),
                DriftKind::UnknownMember,
            );
        }
        Ok(index)
    }
}

/// Which members came already.
#[derive(Default)]
struct Seen {
    low: u128,
    high: Vec<usize>,
}

impl Seen {
    /// Whether the member is new.
    fn insert(&mut self, index: usize) -> bool {
        if self.contains(index) {
            return false;
        }
        match u32::try_from(index) {
            Ok(bit) if bit < u128::BITS => self.low |= 1 << bit,
            _ => self.high.push(index),
        }
        true
    }

    fn contains(&self, index: usize) -> bool {
        match u32::try_from(index) {
            Ok(bit) if bit < u128::BITS => self.low & (1 << bit) != 0,
            _ => self.high.contains(&index),
        }
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Bool => "true or false",
            Kind::Number => "a number",
            Kind::Text => "text",
        }
    }
}

impl Atom<'_> {
    fn kind(&self) -> Kind {
        match self {
            Atom::Bool(_) => Kind::Bool,
            Atom::Int(_) | Atom::Big(_) | Atom::Float(_) => Kind::Number,
            Atom::Text(_) => Kind::Text,
        }
    }

    fn into_json(self) -> serde_json::Value {
        match self {
            Atom::Bool(value) => value.into(),
            Atom::Int(value) => value.into(),
            Atom::Big(value) => value.into(),
            Atom::Float(value) => value.into(),
            Atom::Text(value) => value.into_owned().into(),
        }
    }
}
