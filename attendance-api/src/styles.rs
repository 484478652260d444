//! How values stand in paths and queries: the styles of OpenAPI.

use std::borrow::Cow;

use crate::request::{percent, push_percent};
use crate::wire::{Atom, Form, List, Map, Record, Sight, View, to_text};

/// How a list or an object stands in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryStyle {
    /// `ids=1&ids=2`
    Repeat,
    /// `ids=1,2`
    Comma,
    /// `ids=1%202`
    Space,
    /// `ids=1|2`
    Pipe,
    /// `filter[name]=x`
    DeepObject,
    /// `name=x`: the members of an object become parameters of their own.
    Members,
}

/// How a value stands in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathStyle {
    /// `1,2` and `k,v,k,v`
    Simple,
    /// `1,2` and `k=v,k=v`
    SimpleExploded,
    /// `.1,2` and `.k,v,k,v`
    Label,
    /// `.1.2` and `.k=v.k=v`
    LabelExploded,
    /// `;ids=1,2` and `;ids=k,v,k,v`
    Matrix,
    /// `;ids=1;ids=2` and `;k=v;k=v`
    MatrixExploded,
}

/// A value taken apart.
enum Parts {
    Nothing,
    One(String),
    Items(Vec<String>),
    Members(Vec<(String, String)>),
}

fn parts(value: &dyn View, form: Form) -> Parts {
    match value.sight() {
        Sight::Nothing => Parts::Nothing,
        Sight::List { list, .. } => Parts::Items(items(list, form)),
        Sight::Record(record) => Parts::Members(members(record)),
        Sight::Tagged {
            record,
            name,
            value,
        } => Parts::Members(with_tag(members(record), name, value)),
        Sight::Map { map, .. } => Parts::Members(entries(map, form)),
        Sight::Scalar(_) | Sight::Json(_) => {
            to_text(value, form).map_or(Parts::Nothing, Parts::One)
        }
    }
}

/// The text of a scalar; `None` for everything else.
pub(crate) fn scalar(value: &dyn View, form: Form) -> Option<Cow<'_, str>> {
    match value.sight() {
        Sight::Scalar(scalar) => Some(match scalar.get(form) {
            Atom::Text(text) => text,
            atom => Cow::Owned(atom.into_text()),
        }),
        Sight::Nothing
        | Sight::Record(_)
        | Sight::Tagged { .. }
        | Sight::List { .. }
        | Sight::Map { .. }
        | Sight::Json(_) => None,
    }
}

fn items(list: &dyn List, form: Form) -> Vec<String> {
    (0..list.len())
        .filter_map(|index| to_text(list.at(index)?, form))
        .collect()
}

fn members(record: &dyn Record) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (index, field) in record.fields().iter().enumerate() {
        let Some(view) = record.view(index) else {
            continue;
        };
        let form = match field.form() {
            Form::Natural => Form::Text,
            form => form,
        };
        match view.sight() {
            Sight::Map { map, .. } if field.is_rest() => out.extend(entries(map, form)),
            _ => out.extend(simple(view, form).map(|text| (field.name().to_owned(), text))),
        }
    }
    out
}

fn with_tag(mut members: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    match members.iter_mut().find(|(key, _)| key == name) {
        Some((_, text)) => value.clone_into(text),
        None => members.insert(0, (name.to_owned(), value.to_owned())),
    }
    members
}

fn entries(map: &dyn Map, form: Form) -> Vec<(String, String)> {
    let mut out = Vec::new();
    map.each(&mut |key, value| {
        out.extend(to_text(value, form).map(|text| (key.to_owned(), text)));
        true
    });
    out
}

/// A value as one text: `1,2` and `k,v,k,v`.
pub(crate) fn simple(value: &dyn View, form: Form) -> Option<String> {
    match parts(value, form) {
        Parts::Nothing => None,
        Parts::One(text) => Some(text),
        Parts::Items(items) if items.is_empty() => None,
        Parts::Items(items) => Some(items.join(",")),
        Parts::Members(members) => Some(flat(members).join(",")),
    }
}

fn flat(members: Vec<(String, String)>) -> Vec<String> {
    members
        .into_iter()
        .flat_map(|(key, value)| [key, value])
        .collect()
}

/// Parameters that a value becomes, not encoded yet.
pub(crate) fn query(
    name: &str,
    value: &dyn View,
    form: Form,
    style: QueryStyle,
) -> Vec<(String, String)> {
    let name = || name.to_owned();
    match parts(value, form) {
        Parts::Nothing => Vec::new(),
        Parts::One(text) => vec![(name(), text)],
        Parts::Items(items) => {
            let joint = match style {
                QueryStyle::Comma => ",",
                QueryStyle::Space => " ",
                QueryStyle::Pipe => "|",
                QueryStyle::Repeat | QueryStyle::DeepObject | QueryStyle::Members => {
                    return items.into_iter().map(|item| (name(), item)).collect();
                }
            };
            if items.is_empty() {
                Vec::new()
            } else {
                vec![(name(), items.join(joint))]
            }
        }
        Parts::Members(members) => match style {
            QueryStyle::DeepObject => members
                .into_iter()
                .map(|(key, value)| (format!("{}[{key}]", name()), value))
                .collect(),
            QueryStyle::Comma => vec![(name(), flat(members).join(","))],
            QueryStyle::Repeat | QueryStyle::Space | QueryStyle::Pipe | QueryStyle::Members => {
                members
            }
        },
    }
}

/// Adds a piece of a path, encoded; nothing if there is nothing to put there.
pub(crate) fn path(out: &mut String, name: &str, value: &dyn View, form: Form, style: PathStyle) {
    match scalar(value, form) {
        Some(text) if matches!(style, PathStyle::Simple | PathStyle::SimpleExploded) => {
            push_percent(out, &text);
        }
        _ => out.push_str(&styled_path(name, value, form, style)),
    }
}

fn styled_path(name: &str, value: &dyn View, form: Form, style: PathStyle) -> String {
    let pair = |key: &str, value: &str| format!("{}={}", percent(key), percent(value));
    let join = |items: &[String], joint: &str| {
        items
            .iter()
            .map(|item| percent(item))
            .collect::<Vec<_>>()
            .join(joint)
    };
    let pairs = |members: &[(String, String)], joint: &str| {
        members
            .iter()
            .map(|(key, value)| pair(key, value))
            .collect::<Vec<_>>()
            .join(joint)
    };
    let exploded = matches!(
        style,
        PathStyle::SimpleExploded | PathStyle::LabelExploded | PathStyle::MatrixExploded
    );
    let (lead, joint) = match style {
        PathStyle::Simple | PathStyle::SimpleExploded => ("", ","),
        PathStyle::Label => (".", ","),
        PathStyle::LabelExploded => (".", "."),
        PathStyle::Matrix => (";", ","),
        PathStyle::MatrixExploded => (";", ";"),
    };
    let is_matrix = lead == ";";
    let content = match parts(value, form) {
        Parts::Nothing => return String::new(),
        Parts::One(text) if is_matrix => pair(name, &text),
        Parts::One(text) => percent(&text),
        Parts::Items(items) if is_matrix && exploded => items
            .iter()
            .map(|item| pair(name, item))
            .collect::<Vec<_>>()
            .join(joint),
        Parts::Items(items) if is_matrix => format!("{}={}", percent(name), join(&items, joint)),
        Parts::Items(items) => join(&items, joint),
        Parts::Members(members) if exploded => pairs(&members, joint),
        Parts::Members(members) if is_matrix => {
            format!("{}={}", percent(name), join(&flat(members), joint))
        }
        Parts::Members(members) => join(&flat(members), joint),
    };
    if content.is_empty() {
        content
    } else {
        format!("{lead}{content}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(value: &dyn View, style: PathStyle) -> String {
        let mut out = String::new();
        path(&mut out, "x", value, Form::Text, style);
        out
    }

    #[test]
    fn path_styles_are_those_of_the_standard() {
        let list = vec!["a".to_owned(), "b/c".to_owned()];
        let cases = [
            (PathStyle::Simple, "a,b%2Fc"),
            (PathStyle::Label, ".a,b%2Fc"),
            (PathStyle::LabelExploded, ".a.b%2Fc"),
            (PathStyle::Matrix, ";x=a,b%2Fc"),
            (PathStyle::MatrixExploded, ";x=a;x=b%2Fc"),
        ];
        for (style, expected) in cases {
            assert_eq!(path_of(&list, style), expected, "{style:?}");
        }
        let map: std::collections::BTreeMap<String, String> = [
            ("k".to_owned(), "v".to_owned()),
            ("l".to_owned(), "w".to_owned()),
        ]
        .into();
        assert_eq!(path_of(&map, PathStyle::SimpleExploded), "k=v,l=w");
        assert_eq!(path_of(&map, PathStyle::Matrix), ";x=k,v,l,w");
        let text = "b/c".to_owned();
        assert_eq!(path_of(&text, PathStyle::Simple), "b%2Fc");
        assert_eq!(path_of(&text, PathStyle::Label), ".b%2Fc");
    }
}
