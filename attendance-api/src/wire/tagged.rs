//! Unions that tell their members apart by a tag.
//!
//! The value is read whole first, as the tag may come last; then the variant of the tag is
//! filled from it. An unknown or missing tag keeps the value as it came. On the way out the variant
//! says the tag, not the member of its content.

use std::cell::RefCell;

use super::drift::{Drift, DriftKind};
use super::path::Path;
use super::shape::{Json, Shape, Sight, Slot, View};

/// A union with a tag.
pub trait Tagged: Sized {
    /// The member that tells the variants apart.
    const TAG: &'static str;
    /// The values of the tag, in the order of [`Tagged::from_tag`].
    const TAGS: &'static [&'static str];
    /// The empty variant of a tag.
    fn from_tag(index: usize) -> Option<Self>;
    /// The variant that keeps a value whole.
    fn other(value: Json) -> Self;
    /// The place of the variant's content.
    fn slot(&mut self) -> &mut dyn Slot;
    /// The variant's content.
    fn view(&self) -> &dyn View;
    /// The tag of the variant; `None` for the one that keeps a value whole.
    fn tag(&self) -> Option<&'static str>;
}

/// What a union shows: the content of its variant, with the tag that says which it is.
pub(super) fn sight<T: Tagged>(union: &T) -> Sight<'_> {
    match (union.view().sight(), union.tag()) {
        (Sight::Record(record), Some(value)) => Sight::Tagged {
            record,
            name: T::TAG,
            value,
        },
        (sight, _) => sight,
    }
}

/// A place that is filled from a value read whole.
pub trait Whole {
    /// Puts the value in. Gives what was expected instead, with its path, if it does not fit.
    fn put(&mut self, value: Json, at: &At<'_>) -> Result<(), String>;
}

/// Where the decoder stands, and where it notes deviations.
pub struct At<'a> {
    pub(crate) path: &'a Path<'a>,
    pub(crate) drift: Option<&'a RefCell<Drift>>,
}

impl<T: Tagged> Whole for T {
    fn put(&mut self, value: Json, at: &At<'_>) -> Result<(), String> {
        put(self, value, at)
    }
}

/// Fills the variant that the tag of a value names.
fn put<T: Tagged>(target: &mut T, mut value: Json, at: &At<'_>) -> Result<(), String> {
    let tag = value.get(T::TAG).and_then(Json::as_str);
    let known = tag.and_then(|tag| T::TAGS.iter().position(|known| *known == tag));
    match known.and_then(T::from_tag) {
        Some(variant) => {
            *target = variant;
            if !has_member(target.slot(), T::TAG)
                && let Json::Object(members) = &mut value
            {
                members.remove(T::TAG);
            }
            super::decode::fill(target.slot(), &value, at)
        }
        None => {
            if let Some(drift) = at.drift {
                drift
                    .borrow_mut()
                    .add(at.path.pattern(), DriftKind::UnknownValue);
            }
            *target = T::other(value);
            Ok(())
        }
    }
}

/// Whether a variant has the tag as a member of its own, too.
fn has_member(variant: &mut dyn Slot, name: &str) -> bool {
    match variant.shape() {
        Shape::Record(record) => record.fields().iter().any(|field| field.name() == name),
        _ => false,
    }
}
