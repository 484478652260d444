//! What a value shows the driver: the traits that generated types implement.
//!
//! What the driver sees is object-safe, so the decoder and the encoder are compiled once and
//! not once a type; a generated type contributes a table of names and two small `match`es
//! ([`Members`]) and says of what class it is ([`Model`](super::Model)).

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::tagged::Whole;

/// Any JSON value, for what has no type of its own.
pub type Json = serde_json::Value;

/// A place that the decoder can fill.
pub trait Slot {
    /// What may be put here. Calling this may already create an empty value.
    fn shape(&mut self) -> Shape<'_>;
    /// Takes back what [`Slot::shape`] created: nothing came after all.
    fn clear(&mut self) {}
}

/// A value that the encoder can write.
pub trait View: fmt::Debug + Comparable {
    /// What is here.
    fn sight(&self) -> Sight<'_>;
}

/// A value that can be compared without its type being known.
pub trait Comparable {
    /// Whether `other` is of this type and equal.
    fn is_same(&self, other: &dyn Any) -> bool;
    /// This value, for the other side of a comparison.
    fn as_any(&self) -> &dyn Any;
}

impl<T: PartialEq + 'static> Comparable for T {
    fn is_same(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What a [`Slot`] takes.
pub enum Shape<'a> {
    /// One value: text, number, flag.
    Scalar(&'a mut dyn Scalar),
    /// Named members.
    Record(&'a mut dyn Record),
    /// Items in order.
    List(&'a mut dyn List),
    /// Items by key.
    Map(&'a mut dyn Map),
    /// Anything at all.
    Json(&'a mut Json),
    /// A value that must be read whole before it can be put.
    Whole(&'a mut dyn Whole),
    /// Nothing: whatever comes is read and dropped.
    Skip,
}

/// What a [`View`] shows.
pub enum Sight<'a> {
    /// Left out.
    Nothing,
    /// One value.
    Scalar(&'a dyn Scalar),
    /// Named members.
    Record(&'a dyn Record),
    /// Named members of a variant; the member `name` holds `value`, whatever the variant says.
    Tagged {
        /// The members.
        record: &'a dyn Record,
        /// The name of the tag.
        name: &'static str,
        /// The value of the tag.
        value: &'static str,
    },
    /// Items in order; an empty list is left out unless it is explicit.
    List {
        /// The items.
        list: &'a dyn List,
        /// Whether it is written though it is empty.
        explicit: bool,
    },
    /// Items by key; an empty map is left out unless it is explicit.
    Map {
        /// The items.
        map: &'a dyn Map,
        /// Whether it is written though it is empty.
        explicit: bool,
    },
    /// Anything at all.
    Json(&'a Json),
}

/// A scalar as it stands in JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Atom<'a> {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number beyond [`i64::MAX`].
    Big(u64),
    /// A number with a fraction, or too large for the others.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
}

/// How well an [`Atom`] fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Taken.
    Taken,
    /// Taken, but it is a value without a name here.
    Unknown,
    /// The empty text where a value was expected: nothing.
    Empty,
    /// Not convertible; what was expected instead.
    Misfit(&'static str),
}

/// The JSON types of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true`, `false`
    Bool,
    /// `1`
    Number,
    /// `"a"`
    Text,
}

/// The form in which a field stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// The natural form of the type.
    #[default]
    Natural,
    /// As text: `"8"`.
    Text,
    /// As a number: `20190817`.
    Number,
    /// A day with dashes: `"2019-08-17"`.
    Dashed,
}

/// A value without parts.
pub trait Scalar {
    /// Takes what the wire brought.
    fn put(&mut self, atom: Atom<'_>) -> Fit;
    /// Gives what goes on the wire.
    fn get(&self, form: Form) -> Atom<'_>;
    /// The JSON type that the wire should bring.
    fn kind(&self, form: Form) -> Kind;
}

/// A value with named members.
pub trait Record {
    /// Names and forms of the members, in the order of the spec.
    fn fields(&self) -> &'static [Field];
    /// The place of a member.
    fn slot(&mut self, index: usize) -> Option<&mut dyn Slot>;
    /// The value of a member.
    fn view(&self, index: usize) -> Option<&dyn View>;
}

/// What a generated type tells of its members; it makes the type a [`Record`].
pub trait Members {
    /// Names and forms of the members, in the order of the spec.
    const FIELDS: &'static [Field];
    /// The place of a member.
    fn slot(&mut self, index: usize) -> Option<&mut dyn Slot>;
    /// The value of a member.
    fn view(&self, index: usize) -> Option<&dyn View>;
}

impl<T: Members> Record for T {
    fn fields(&self) -> &'static [Field] {
        T::FIELDS
    }

    fn slot(&mut self, index: usize) -> Option<&mut dyn Slot> {
        Members::slot(self, index)
    }

    fn view(&self, index: usize) -> Option<&dyn View> {
        Members::view(self, index)
    }
}

/// Items in order.
pub trait List {
    /// Adds an empty item and gives its place.
    fn push(&mut self) -> &mut dyn Slot;
    /// Takes the last item away.
    fn pop(&mut self);
    /// The number of items.
    fn len(&self) -> usize;
    /// Whether there is no item.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// One item.
    fn at(&self, index: usize) -> Option<&dyn View>;
}

/// Items by key.
pub trait Map {
    /// Adds an empty item under a new key; `None` if the key is taken.
    fn insert(&mut self, key: &str) -> Option<&mut dyn Slot>;
    /// Takes an item away.
    fn remove(&mut self, key: &str);
    /// Whether there is no item.
    fn is_empty(&self) -> bool;
    /// Shows every item, in the order of the keys, until told to stop.
    fn each(&self, visit: &mut dyn FnMut(&str, &dyn View) -> bool);
}

/// A member of a [`Record`]: its name on the wire, and [`PLAIN`] or the sum of what it differs by.
///
/// A tuple and not a builder, as there are thousands of them to compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field(pub &'static str, pub u8);

/// In the natural form of its type, and may be missing.
pub const PLAIN: u8 = 0;
/// Stands on the wire as text.
pub const TEXT: u8 = 1;
/// Stands on the wire as a number.
pub const NUMBER: u8 = 1 << 1;
/// A day that stands on the wire as `yyyy-MM-dd`.
pub const DASHED: u8 = 1 << 2;
/// Always written, `null` if there is nothing; drift if it does not come.
pub const REQUIRED: u8 = 1 << 3;
/// Never shown by `Debug`.
pub const SECRET: u8 = 1 << 4;
/// Not a member: a map of those that no other field names. Stands last, and its name is for `Debug` alone.
pub const REST: u8 = 1 << 5;

impl Field {
    pub(crate) fn name(&self) -> &'static str {
        self.0
    }

    pub(crate) fn form(&self) -> Form {
        match self.1 & (TEXT | NUMBER | DASHED) {
            TEXT => Form::Text,
            NUMBER => Form::Number,
            DASHED => Form::Dashed,
            _ => Form::Natural,
        }
    }

    pub(crate) fn is_required(&self) -> bool {
        self.1 & REQUIRED != 0
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.1 & SECRET != 0
    }

    pub(crate) fn is_rest(&self) -> bool {
        self.1 & REST != 0
    }
}

impl<T: Slot + Default> Slot for Option<T> {
    fn shape(&mut self) -> Shape<'_> {
        self.get_or_insert_with(T::default).shape()
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: View + PartialEq + 'static> View for Option<T> {
    fn sight(&self) -> Sight<'_> {
        match self.as_ref().map(View::sight) {
            None => Sight::Nothing,
            // `Option<Vec<T>>` tells an empty list from a missing one.
            Some(Sight::List { list, .. }) => Sight::List {
                list,
                explicit: true,
            },
            Some(Sight::Map { map, .. }) => Sight::Map {
                map,
                explicit: true,
            },
            Some(sight) => sight,
        }
    }
}

impl<T: Slot + View + Default> Slot for Vec<T> {
    fn shape(&mut self) -> Shape<'_> {
        Shape::List(self)
    }
}

impl<T: Slot + View + Default + PartialEq + 'static> View for Vec<T> {
    fn sight(&self) -> Sight<'_> {
        Sight::List {
            list: self,
            explicit: false,
        }
    }
}

impl<T: Slot + View + Default> List for Vec<T> {
    fn push(&mut self) -> &mut dyn Slot {
        // Most lists of an answer hold one item; room for four of them would cost more than the growth it saves.
        if self.capacity() == 0 {
            self.reserve_exact(1);
        }
        Vec::push(self, T::default());
        self.last_mut().expect("an item was just added")
    }

    fn pop(&mut self) {
        Vec::pop(self);
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn at(&self, index: usize) -> Option<&dyn View> {
        self.get(index).map(|item| item as &dyn View)
    }
}

impl<T: Slot + View + Default> Slot for BTreeMap<String, T> {
    fn shape(&mut self) -> Shape<'_> {
        Shape::Map(self)
    }
}

impl<T: Slot + View + Default + PartialEq + 'static> View for BTreeMap<String, T> {
    fn sight(&self) -> Sight<'_> {
        Sight::Map {
            map: self,
            explicit: false,
        }
    }
}

impl<T: Slot + View + Default> Map for BTreeMap<String, T> {
    fn insert(&mut self, key: &str) -> Option<&mut dyn Slot> {
        match self.entry(key.to_owned()) {
            std::collections::btree_map::Entry::Vacant(place) => Some(place.insert(T::default())),
            std::collections::btree_map::Entry::Occupied(_) => None,
        }
    }

    fn remove(&mut self, key: &str) {
        BTreeMap::remove(self, key);
    }

    fn is_empty(&self) -> bool {
        BTreeMap::is_empty(self)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, &dyn View) -> bool) {
        for (key, item) in self {
            if !visit(key, item) {
                return;
            }
        }
    }
}

impl Slot for Json {
    fn shape(&mut self) -> Shape<'_> {
        Shape::Json(self)
    }
}

impl View for Json {
    fn sight(&self) -> Sight<'_> {
        Sight::Json(self)
    }
}

impl Slot for () {
    fn shape(&mut self) -> Shape<'_> {
        Shape::Skip
    }
}

impl View for () {
    fn sight(&self) -> Sight<'_> {
        Sight::Nothing
    }
}
