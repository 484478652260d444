//! `enum`, `const` and named bits.

use super::Cx;
use super::api::{EnumBase, EnumSchema, EnumValue, Json, SchemaKind};
use super::draft::enum_value;
use super::types::Type;
use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::syntax::node::Node;
use crate::syntax::reader::{Cursor, Object, shorten};

/// The values of `enum` or `const`, with their names and meanings.
pub(super) fn read<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>) -> Vec<EnumValue> {
    let list = object.get("enum", &cx.sink);
    let constant = object.raw("const");
    let names = words(cx, object, "x-enum-varnames");
    let descriptions = words(cx, object, "x-enum-descriptions");
    let cursors = match (&list, constant) {
        (_, Some(constant)) => vec![constant],
        (Some(list), None) => list.list(&mut cx.sink),
        (None, None) => Vec::new(),
    };
    if let Some(list) = list.filter(|_| cursors.is_empty()) {
        let headline = "an `enum` without values allows nothing";
        cx.sink
            .push(Diagnostic::new(Id::InvalidValue, &list.place, headline));
    }
    let names = same_length(cx, names, cursors.len());
    let descriptions = same_length(cx, descriptions, cursors.len());
    let mut values: Vec<EnumValue> = Vec::new();
    for (index, cursor) in cursors.iter().enumerate() {
        let mut value = enum_value(cursor.node.to_json(), cursor.place.clone());
        value.name = names.get(index).cloned();
        value.description = descriptions.get(index).cloned().unwrap_or_default();
        values.push(value);
    }
    unique(cx, values)
}

fn words<'a>(
    cx: &mut Cx<'a>,
    object: &mut Object<'a>,
    key: &'static str,
) -> Option<(Vec<String>, Cursor<'a>)> {
    let cursor = object.raw(key)?;
    let words = cx.extension(Some(cursor.clone()), |sink, cursor| {
        Some(cursor.texts(sink))
    })?;
    Some((words, cursor))
}

fn same_length(
    cx: &mut Cx<'_>,
    words: Option<(Vec<String>, Cursor<'_>)>,
    length: usize,
) -> Vec<String> {
    let Some((words, cursor)) = words else {
        return Vec::new();
    };
    if words.len() == length {
        return words;
    }
    let headline = format!(
        "there are {length} values and {} words for them",
        words.len()
    );
    cx.sink.push(
        Diagnostic::new(Id::EnumNames, cursor.place.key(), headline)
            .help("give one for each value, in the same order"),
    );
    Vec::new()
}

fn unique(cx: &mut Cx<'_>, values: Vec<EnumValue>) -> Vec<EnumValue> {
    let mut seen = std::collections::HashMap::new();
    let mut kept = Vec::new();
    for value in values {
        match seen.entry(value.value.to_string()) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(value.place.clone());
                kept.push(value);
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                let headline = format!(
                    "the value `{}` is there twice",
                    shorten(&value.value.to_string())
                );
                let finding = Diagnostic::new(Id::DuplicateEnumValue, &value.place, headline);
                cx.sink
                    .push(finding.label("again here").also(entry.get(), "first here"));
            }
        }
    }
    kept
}

/// A Rust enum of more variants helps nobody.
const MOST_VALUES: usize = 2_000;

/// The kind that a list of values makes, beside a type if there is one.
pub(super) fn kind(
    cx: &mut Cx<'_>,
    mut values: Vec<EnumValue>,
    ty: Option<Type>,
    nullable: &mut bool,
) -> SchemaKind {
    let all = values.len();
    values.retain(|value| !value.value.is_null());
    if values.len() < all {
        *nullable = true;
    }
    if values.is_empty() {
        return SchemaKind::Null;
    }
    let ty = match ty.filter(|ty| *ty != Type::Null) {
        Some(ty) => ty,
        None => match common_type(&values) {
            Some(ty) => ty,
            None => {
                let headline = "values of different types are kept as JSON";
                cx.sink
                    .push(Diagnostic::new(Id::EnumType, &values[0].place, headline));
                return SchemaKind::Any;
            }
        },
    };
    values.retain_mut(|value| fits(cx, value, ty));
    if values.len() > MOST_VALUES {
        let headline =
            format!("more than {MOST_VALUES} values are no enum; any value of the type is taken");
        cx.sink.push(Diagnostic::new(
            Id::UnsupportedSchema,
            &values[0].place,
            headline,
        ));
        values.clear();
    }
    match ty {
        Type::String if !values.is_empty() => text(values, EnumBase::Text),
        Type::Integer if !values.is_empty() => text(values, EnumBase::Integer),
        Type::String => SchemaKind::String,
        Type::Integer => SchemaKind::Integer,
        Type::Number => SchemaKind::Number,
        Type::Boolean => SchemaKind::Boolean,
        Type::Null => SchemaKind::Null,
        Type::Array => SchemaKind::Array(cx.any),
        Type::Object => SchemaKind::Map(cx.any),
    }
}

fn text(values: Vec<EnumValue>, base: EnumBase) -> SchemaKind {
    SchemaKind::Enum(EnumSchema { base, values })
}

fn type_of(value: &Json) -> Type {
    match value {
        Json::Null => Type::Null,
        Json::Bool(_) => Type::Boolean,
        Json::Number(number) if number.as_i64().is_some() => Type::Integer,
        Json::Number(_) => Type::Number,
        Json::String(_) => Type::String,
        Json::Array(_) => Type::Array,
        Json::Object(_) => Type::Object,
    }
}

fn common_type(values: &[EnumValue]) -> Option<Type> {
    let mut types = values.iter().map(|value| type_of(&value.value));
    let first = types.next()?;
    types.try_fold(first, |all, ty| match (all, ty) {
        _ if all == ty => Some(all),
        (Type::Integer, Type::Number) | (Type::Number, Type::Integer) => Some(Type::Number),
        _ => None,
    })
}

/// What to do with a number that stands in quotes.
fn digits(value: &Json) -> Option<String> {
    let digits = value.as_str()?;
    digits.parse::<i64>().ok()?;
    Some(format!("write it without quotes: `{digits}`"))
}

/// Whether a value is of the type; a slip between a number and its digits is reported and put right.
fn fits(cx: &mut Cx<'_>, value: &mut EnumValue, ty: Type) -> bool {
    let own = type_of(&value.value);
    if own == ty || (ty, own) == (Type::Number, Type::Integer) {
        return true;
    }
    let headline = format!(
        "`{}` is not of type `{}`",
        shorten(&value.value.to_string()),
        ty.name()
    );
    let help = match (ty, own) {
        (Type::String, Type::Integer | Type::Number | Type::Boolean) => {
            Some("write it in quotes".to_owned())
        }
        (Type::Integer | Type::Number, Type::String) => digits(&value.value),
        _ => None,
    };
    let finding = Diagnostic::new(Id::EnumType, &value.place, headline).maybe_help(help);
    cx.sink.push(finding);
    match (ty, &value.value) {
        (Type::String, Json::Number(number)) => value.value = number.to_string().into(),
        (Type::String, Json::Bool(flag)) => value.value = flag.to_string().into(),
        (Type::Integer, Json::String(text)) => match text.parse::<i64>() {
            Ok(number) => value.value = number.into(),
            Err(_) => return false,
        },
        (Type::Integer, Json::Number(number)) => match number
            .as_f64()
            .filter(|n| n.fract() == 0.0 && n.abs() < 9e15)
        {
            Some(number) => value.value = (number as i64).into(),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// `x-bits`.
pub(super) fn bits(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Vec<EnumValue> {
    let list = cursor.list(sink);
    list.iter().filter_map(|cursor| bit(cursor, sink)).collect()
}

fn bit(cursor: &Cursor<'_>, sink: &mut Diagnostics) -> Option<EnumValue> {
    let mut object = Object::open(cursor, "a bit", sink)?;
    let value = object.need("value", sink);
    let name = object
        .need("name", sink)
        .and_then(|cursor| cursor.text(sink));
    let description = object.prose("description", sink);
    object.finish(sink);
    let value = value?;
    if !matches!(value.node, Node::Number(_)) {
        crate::syntax::reader::wrong_type(&value, "an integer", sink);
        return None;
    }
    let mut bit = enum_value(value.integer(sink)?.into(), value.place);
    bit.name = Some(name?);
    bit.description = description;
    Some(bit)
}
