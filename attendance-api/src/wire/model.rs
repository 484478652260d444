//! Generated types as the driver sees them.
//!
//! A generated type only names its class; what follows from the class is written here once,
//! and not spelled (and compiled) again for each of hundreds of types.

use std::fmt;

use super::shape::{Record, Scalar, Shape, Sight, Slot, View};
use super::tagged::{self, Tagged};

/// A generated type.
pub trait Model: Default + fmt::Debug + PartialEq + 'static {
    /// How it is read and written.
    type Class: Class<Self>;
}

/// How the types of one class are read and written.
pub trait Class<T> {
    /// What may be put into the value.
    fn shape(value: &mut T) -> Shape<'_>;
    /// What the value shows.
    fn sight(value: &T) -> Sight<'_>;
}

impl<T: Model> Slot for T {
    fn shape(&mut self) -> Shape<'_> {
        T::Class::shape(self)
    }
}

impl<T: Model> View for T {
    fn sight(&self) -> Sight<'_> {
        T::Class::sight(self)
    }
}

/// Types with members.
pub struct Records;

impl<T: Record> Class<T> for Records {
    fn shape(value: &mut T) -> Shape<'_> {
        Shape::Record(value)
    }

    fn sight(value: &T) -> Sight<'_> {
        Sight::Record(value)
    }
}

/// Enums and bit masks.
pub struct Scalars;

impl<T: Scalar> Class<T> for Scalars {
    fn shape(value: &mut T) -> Shape<'_> {
        Shape::Scalar(value)
    }

    fn sight(value: &T) -> Sight<'_> {
        Sight::Scalar(value)
    }
}

/// Unions with a tag.
pub struct Unions;

impl<T: Tagged> Class<T> for Unions {
    fn shape(value: &mut T) -> Shape<'_> {
        Shape::Whole(value)
    }

    fn sight(value: &T) -> Sight<'_> {
        tagged::sight(value)
    }
}

/// What a cycle goes through.
pub struct Boxes;

impl<T: Model> Class<Box<T>> for Boxes {
    fn shape(value: &mut Box<T>) -> Shape<'_> {
        T::Class::shape(value)
    }

    fn sight(value: &Box<T>) -> Sight<'_> {
        T::Class::sight(value)
    }
}

impl<T: Model> Model for Box<T> {
    type Class = Boxes;
}

/// `Debug` as it is derived, with the names of the wire; secrets stay hidden.
pub fn debug(record: &dyn Record, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for (index, field) in record.fields().iter().enumerate() {
        match record.view(index) {
            Some(_) if field.is_secret() => out.field(field.name(), &"[secret]"),
            Some(view) => out.field(field.name(), &view),
            None => &mut out,
        };
    }
    out.finish()
}

/// Whether two records of one type have equal members.
pub fn same(left: &dyn Record, right: &dyn Record) -> bool {
    (0..left.fields().len()).all(|index| match (left.view(index), right.view(index)) {
        (Some(left), Some(right)) => left.is_same(right.as_any()),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    })
}
