//! The encoder: from a [`View`] to JSON (or any serde format), and to plain text.
//!
//! Strict: the documented form of every field, nothing empty that was not asked for.

use std::borrow::Cow;

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq as _, Serializer};

use super::shape::{Atom, Field, Form, Json, List, Map, Record, Sight, View};

/// Writes a value as JSON.
///
/// # Errors
///
/// If a number has no JSON form (not a number, infinite).
pub fn encode(view: &dyn View) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Out {
        view,
        form: Form::Natural,
    })
}

/// Turns a value into a JSON tree.
///
/// # Errors
///
/// If a number has no JSON form (not a number, infinite).
pub fn to_value(view: &dyn View) -> Result<Json, serde_json::Error> {
    serde_json::to_value(Out {
        view,
        form: Form::Natural,
    })
}

/// The body of every `Serialize` implementation.
///
/// # Errors
///
/// What the format reports.
#[cfg(feature = "serde")]
pub fn serialize<S: Serializer>(view: &dyn View, serializer: S) -> Result<S::Ok, S::Error> {
    Out {
        view,
        form: Form::Natural,
    }
    .serialize(serializer)
}

/// A scalar as plain text, for a path, a query or a header; JSON for everything else.
/// `None` if there is nothing.
#[must_use]
pub(crate) fn to_text(view: &dyn View, form: Form) -> Option<String> {
    match view.sight() {
        Sight::Nothing | Sight::Json(Json::Null) => None,
        Sight::Scalar(scalar) => Some(scalar.get(form).into_text()),
        Sight::Json(Json::String(text)) => Some(text.clone()),
        Sight::Json(json) => Some(json.to_string()),
        Sight::Record(_) | Sight::Tagged { .. } | Sight::List { .. } | Sight::Map { .. } => {
            to_value(view).ok().map(|json| json.to_string())
        }
    }
}

struct Out<'a> {
    view: &'a dyn View,
    form: Form,
}

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.view.sight() {
            Sight::Nothing => serializer.serialize_unit(),
            Sight::Scalar(scalar) => match scalar.get(self.form) {
                Atom::Bool(value) => serializer.serialize_bool(value),
                Atom::Int(value) => serializer.serialize_i64(value),
                Atom::Big(value) => serializer.serialize_u64(value),
                Atom::Float(value) if value.is_finite() => serializer.serialize_f64(value),
                Atom::Float(_) => Err(S::Error::custom("a number is not finite")),
                Atom::Text(text) => serializer.serialize_str(&text),
            },
            Sight::Record(record) => write_record(record, None, serializer),
            Sight::Tagged {
                record,
                name,
                value,
            } => write_record(record, Some((name, value)), serializer),
            Sight::List { list, .. } => write_list(list, self.form, serializer),
            Sight::Map { map, .. } => write_map(map, self.form, serializer),
            Sight::Json(json) => json.serialize(serializer),
        }
    }
}

/// Name and value of the member that says which variant of a union it is.
type Tag = Option<(&'static str, &'static str)>;

/// A tag stands where the record has a member of its name, else in front.
fn write_record<S: Serializer>(
    record: &dyn Record,
    tag: Tag,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(None)?;
    let fields = record.fields();
    if let Some((name, value)) = tag
        && fields.iter().all(|field| field.name() != name)
    {
        out.serialize_entry(name, value)?;
    }
    for (index, field) in fields.iter().enumerate() {
        if let Some((name, value)) = tag
            && field.name() == name
        {
            out.serialize_entry(name, value)?;
            continue;
        }
        let Some(view) = record.view(index) else {
            continue;
        };
        if field.is_rest() {
            write_rest(view, field.form(), (fields, tag), &mut out)?;
            continue;
        }
        let left_out = match view.sight() {
            Sight::Nothing => !field.is_required(),
            Sight::List { list, explicit } => list.is_empty() && !explicit && !field.is_required(),
            Sight::Map { map, explicit } => map.is_empty() && !explicit && !field.is_required(),
            Sight::Scalar(_) | Sight::Record(_) | Sight::Tagged { .. } | Sight::Json(_) => false,
        };
        if !left_out {
            out.serialize_entry(
                field.name(),
                &Out {
                    view,
                    form: field.form(),
                },
            )?;
        }
    }
    out.end()
}

/// The members that no field names, beside those that one does. A name must not come twice.
fn write_rest<M: SerializeMap>(
    view: &dyn View,
    form: Form,
    (fields, tag): (&[Field], Tag),
    out: &mut M,
) -> Result<(), M::Error> {
    let Sight::Map { map, .. } = view.sight() else {
        return Ok(());
    };
    let is_named = |key: &str| {
        let of_a_field = |field: &Field| !field.is_rest() && field.name() == key;
        fields.iter().any(of_a_field) || tag.is_some_and(|(name, _)| name == key)
    };
    let mut outcome = Ok(());
    map.each(&mut |key, view| {
        outcome = if is_named(key) {
            Err(M::Error::custom(format_args!(
                "`{key}` has a member of its own"
            )))
        } else {
            out.serialize_entry(key, &Out { view, form })
        };
        outcome.is_ok()
    });
    outcome
}

fn write_list<S: Serializer>(
    list: &dyn List,
    form: Form,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_seq(Some(list.len()))?;
    for index in 0..list.len() {
        if let Some(view) = list.at(index) {
            out.serialize_element(&Out { view, form })?;
        }
    }
    out.end()
}

fn write_map<S: Serializer>(map: &dyn Map, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(None)?;
    let mut outcome = Ok(());
    map.each(&mut |key, view| {
        outcome = out.serialize_entry(key, &Out { view, form });
        outcome.is_ok()
    });
    outcome?;
    out.end()
}

impl Atom<'_> {
    /// The scalar as plain text.
    #[must_use]
    pub fn into_text(self) -> String {
        match self {
            Atom::Bool(value) => value.to_string(),
            Atom::Int(value) => value.to_string(),
            Atom::Big(value) => value.to_string(),
            Atom::Float(value) => value.to_string(),
            Atom::Text(text) => text.into_owned(),
        }
    }
}

/// A text that lives elsewhere.
pub(crate) fn text(value: &str) -> Atom<'_> {
    Atom::Text(Cow::Borrowed(value))
}
