//! The words of `type`, and the keywords that limit a value.

use super::Cx;
use super::api::Limits;
use crate::syntax::node::Node;
use crate::syntax::reader::{Cursor, Object};

/// The word of `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

pub(super) const TYPES: &[(&str, Type)] = &[
    ("string", Type::String),
    ("integer", Type::Integer),
    ("number", Type::Number),
    ("boolean", Type::Boolean),
    ("array", Type::Array),
    ("object", Type::Object),
    ("null", Type::Null),
];

impl Type {
    pub(super) fn name(self) -> &'static str {
        TYPES
            .iter()
            .find(|(_, ty)| *ty == self)
            .map_or("any", |(name, _)| name)
    }
}

pub(super) fn limits<'a>(object: &mut Object<'a>, cx: &mut Cx<'a>, limits: &mut Limits) {
    let sink = &mut cx.sink;
    let mut number =
        |key, object: &mut Object<'a>| object.get(key, sink).and_then(|cursor| cursor.number(sink));
    limits.minimum = number("minimum", object);
    limits.maximum = number("maximum", object);
    number("multipleOf", object);
    limits.exclusive_minimum = exclusive(
        object.get("exclusiveMinimum", &cx.sink),
        &mut limits.minimum,
        f64::max,
        cx,
    );
    limits.exclusive_maximum = exclusive(
        object.get("exclusiveMaximum", &cx.sink),
        &mut limits.maximum,
        f64::min,
        cx,
    );
    limits.min_length = object.count("minLength", &mut cx.sink);
    limits.max_length = object.count("maxLength", &mut cx.sink);
    limits.pattern = object.text("pattern", &mut cx.sink);
    limits.min_items = object.count("minItems", &mut cx.sink);
    limits.max_items = object.count("maxItems", &mut cx.sink);
    limits.unique_items = object.flag("uniqueItems", &mut cx.sink);
    object.count("minProperties", &mut cx.sink);
    object.count("maxProperties", &mut cx.sink);
}

/// A flag beside the limit in 3.0, a limit of its own in 3.1.
fn exclusive(
    cursor: Option<Cursor<'_>>,
    limit: &mut Option<f64>,
    tighter: fn(f64, f64) -> f64,
    cx: &mut Cx<'_>,
) -> bool {
    let Some(cursor) = cursor else {
        return false;
    };
    if let Node::Bool(value) = cursor.node
        && (cx.is_old || !cx.is_strict())
    {
        return *value;
    }
    let Some(own) = cursor.number(&mut cx.sink) else {
        return false;
    };
    let tightest = limit.map_or(own, |limit| tighter(limit, own));
    let is_exclusive = tightest == own;
    *limit = Some(tightest);
    is_exclusive
}
