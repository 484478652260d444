//! Parameters: read one by one, inherited from the path item, held against the names in the path.

use std::collections::HashMap;

use super::api::{Location, Parameter, SchemaId, SchemaKind, Style};
use super::reference::Kind;
use super::{Cx, extension, media, quirks};
use crate::diagnostic::{Diagnostic, Id};
use crate::source::Place;
use crate::syntax::extensions::PARAMETER;
use crate::syntax::reader::{Cursor, Object, shorten};

/// Parameters of the path item first, unless the operation has one of the same name and location.
pub(super) fn inherit(
    cx: &mut Cx<'_>,
    shared: &[Parameter],
    own: Vec<Parameter>,
    place: &Place,
) -> Vec<Parameter> {
    let mut seen = HashMap::new();
    let mut kept = Vec::new();
    for parameter in own {
        let key = (parameter.name.clone(), parameter.location);
        match seen.get(&key) {
            None => {
                seen.insert(key, parameter.place.clone());
                kept.push(parameter);
            }
            Some(first) => {
                let headline = format!("parameter `{}` is there twice", shorten(&parameter.name));
                let finding = Diagnostic::new(Id::DuplicateParameter, &parameter.place, headline);
                cx.sink
                    .push(finding.label("again here").also(first, "first here"));
            }
        }
    }
    let is_shared = |p: &&Parameter| !seen.contains_key(&(p.name.clone(), p.location));
    let mut all = Vec::new();
    if cx.spend(shared.iter().map(parameter_weight).sum(), place) {
        all.extend(shared.iter().filter(is_shared).cloned());
    }
    all.extend(kept);
    all
}

/// Holds the names in braces and the path parameters together. A parameter that is missing is taken for a text, one too many is left out.
pub(super) fn match_path(
    cx: &mut Cx<'_>,
    path: &str,
    parameters: &mut Vec<Parameter>,
    place: &Place,
) {
    let names = braces(path);
    let mut misspelt = Vec::new();
    let only = only_mismatch(&names, parameters);
    parameters.retain(|parameter| {
        let is_lost =
            parameter.location == Location::Path && !names.contains(&parameter.name.as_str());
        if is_lost {
            let headline = format!("the path has no `{{{}}}`", shorten(&parameter.name));
            let place = parameter.place.child("name");
            let mut finding = Diagnostic::new(Id::PathParameters, place, headline);
            let nearest = crate::diagnostic::nearest(&parameter.name, names.iter().copied());
            if let Some(name) = nearest {
                finding = finding.help(format!("did you mean `{name}`?"));
            } else if let Some(name) = only {
                finding = finding.help(format!("it has `{{{name}}}`, which no parameter fills"));
            }
            misspelt.extend(nearest.or(only));
            cx.sink.push(finding);
        }
        !is_lost
    });
    for name in names {
        let is_there = |p: &Parameter| p.location == Location::Path && p.name == name;
        if parameters.iter().any(is_there) {
            continue;
        }
        if !misspelt.contains(&name) {
            let headline = format!("no parameter fills `{{{}}}` of the path", shorten(name));
            cx.sink.push(
                Diagnostic::new(Id::PathParameters, place.clone().key(), headline).help(format!(
                    "add a parameter `{}` with `in: path`",
                    shorten(name)
                )),
            );
        }
        parameters.push(made_parameter(cx, name, place));
    }
}

/// The name in braces that has no parameter, if there is one such and one parameter that the path lacks: they are meant to be one.
fn only_mismatch<'p>(names: &[&'p str], parameters: &[Parameter]) -> Option<&'p str> {
    let given: Vec<&str> = parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Path)
        .map(|parameter| parameter.name.as_str())
        .collect();
    let lost = given.iter().filter(|name| !names.contains(name)).count();
    let mut unfilled = names.iter().filter(|name| !given.contains(name));
    let first = unfilled.next().copied()?;
    (lost == 1 && unfilled.next().is_none()).then_some(first)
}

/// The names in braces, each once.
fn braces(path: &str) -> Vec<&str> {
    let names = path
        .split('{')
        .skip(1)
        .filter_map(|piece| piece.split_once('}'));
    let mut seen = std::collections::HashSet::new();
    names
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && seen.insert(*name))
        .collect()
}

fn made_parameter(cx: &mut Cx<'_>, name: &str, place: &Place) -> Parameter {
    let mut text = super::draft::any(place);
    text.schema.kind = SchemaKind::String;
    Parameter {
        name: name.to_owned(),
        location: Location::Path,
        required: true,
        deprecated: false,
        description: String::new(),
        style: Style::Simple,
        explode: false,
        schema: cx.made(text),
        json_content: false,
        example: None,
        name_override: None,
        client_default: false,
        quirks: Vec::new(),
        place: place.clone(),
    }
}

pub(super) fn parameters<'a>(cx: &mut Cx<'a>, cursor: Option<Cursor<'a>>) -> Vec<Parameter> {
    let list = cursor
        .map(|cursor| cursor.list(&mut cx.sink))
        .unwrap_or_default();
    list.into_iter()
        .filter_map(|cursor| resolve_parameter(cx, cursor))
        .collect()
}

pub(super) fn resolve_parameter<'a>(cx: &mut Cx<'a>, cursor: Cursor<'a>) -> Option<Parameter> {
    let cursor = cx.follow(cursor, Kind::Parameter)?;
    if let Some(known) = cx.parameters.get(&cursor.address()).cloned() {
        let weight = known.as_ref().map_or(0, parameter_weight);
        return known.filter(|_| cx.spend(weight, &cursor.place));
    }
    let parameter = read_parameter(cx, &cursor);
    cx.parameters.insert(cursor.address(), parameter.clone());
    parameter
}

fn parameter_weight(parameter: &Parameter) -> usize {
    let example = parameter
        .example
        .as_ref()
        .map_or(0, super::draft::json_weight);
    1 + parameter.description.len() / super::BYTES_A_UNIT + example
}

fn read_parameter<'a>(cx: &mut Cx<'a>, cursor: &Cursor<'a>) -> Option<Parameter> {
    const LOCATIONS: &[(&str, Location)] = &[
        ("path", Location::Path),
        ("query", Location::Query),
        ("header", Location::Header),
        ("cookie", Location::Cookie),
    ];
    let mut object = Object::open(cursor, PARAMETER, &mut cx.sink)?;
    let name = object
        .need("name", &mut cx.sink)
        .and_then(|cursor| cursor.text(&mut cx.sink));
    let location = match object.need("in", &mut cx.sink) {
        Some(cursor) => crate::syntax::reader::word(&cursor, LOCATIONS, &mut cx.sink),
        None => None,
    };
    let description = object.prose("description", &mut cx.sink);
    let required = required(cx, &mut object, location);
    let deprecated = object.flag("deprecated", &mut cx.sink);
    object.pass(&["allowEmptyValue", "allowReserved"]);
    let (schema, json_content) = parameter_schema(cx, &mut object);
    let (style, explode) = style(cx, &mut object, location.unwrap_or(Location::Query));
    let examples = media::examples(cx, &mut object, schema);
    let name_override = extension::name(cx, &mut object);
    let client_default = object.raw("x-client-default");
    let client_default = cx
        .extension(client_default, |sink, cursor| cursor.boolean(sink))
        .unwrap_or(false);
    let quirks = quirks(cx, object.raw("x-quirk"));
    object.finish(&mut cx.sink);
    let (name, location) = (name?, location?);
    if is_reserved_header(cx, &name, location, cursor) {
        return None;
    }
    Some(Parameter {
        name,
        location,
        required,
        deprecated,
        description,
        style,
        explode,
        schema,
        json_content,
        example: examples.into_iter().next(),
        name_override,
        client_default,
        quirks,
        place: cursor.place.clone(),
    })
}

fn required<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>, location: Option<Location>) -> bool {
    let required = object.flag("required", &mut cx.sink);
    if location == Some(Location::Path) && !required {
        cx.sink.push(
            Diagnostic::new(
                Id::PathParameters,
                object.place(),
                "a path parameter is not `required: true`",
            )
            .help("add `required: true`; a path without it is another path"),
        );
    }
    required || location == Some(Location::Path)
}

/// `schema`, or the one media type of `content`.
fn parameter_schema<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>) -> (SchemaId, bool) {
    if let Some(content) = object.get("content", &cx.sink) {
        let members = content.members(&mut cx.sink);
        let is_json = members
            .first()
            .is_some_and(|(name, _)| media::is_json(name));
        let ids: Vec<_> = members
            .into_iter()
            .map(|(_, media)| media::media_schema(cx, &media))
            .collect();
        return (ids.into_iter().next().flatten().unwrap_or(cx.any), is_json);
    }
    match object.need("schema", &mut cx.sink) {
        Some(schema) => (cx.schema(schema), false),
        None => (cx.any, false),
    }
}

fn style<'a>(cx: &mut Cx<'a>, object: &mut Object<'a>, location: Location) -> (Style, bool) {
    const STYLES: &[(&str, Style)] = &[
        ("simple", Style::Simple),
        ("label", Style::Label),
        ("matrix", Style::Matrix),
        ("form", Style::Form),
        ("spaceDelimited", Style::SpaceDelimited),
        ("pipeDelimited", Style::PipeDelimited),
        ("deepObject", Style::DeepObject),
    ];
    let default = match location {
        Location::Path | Location::Header => Style::Simple,
        Location::Query | Location::Cookie => Style::Form,
    };
    let place = object.place().child("style");
    let mut style = object
        .word("style", STYLES, &mut cx.sink)
        .unwrap_or(default);
    let fits = match location {
        Location::Path => matches!(style, Style::Simple | Style::Label | Style::Matrix),
        Location::Header => style == Style::Simple,
        Location::Cookie => style == Style::Form,
        Location::Query => matches!(
            style,
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject
        ),
    };
    if !fits {
        cx.sink.push(Diagnostic::new(
            Id::InvalidValue,
            place,
            "a parameter at this location cannot have this style",
        ));
        style = default;
    }
    let explode = object
        .get("explode", &cx.sink)
        .and_then(|cursor| cursor.boolean(&mut cx.sink));
    (style, explode.unwrap_or(style == Style::Form))
}

/// Headers that the standard leaves to other parts of the document.
fn is_reserved_header(
    cx: &mut Cx<'_>,
    name: &str,
    location: Location,
    cursor: &Cursor<'_>,
) -> bool {
    let is_reserved = location == Location::Header
        && ["accept", "content-type", "authorization"]
            .contains(&name.to_ascii_lowercase().as_str());
    if is_reserved {
        cx.sink.push(
            Diagnostic::new(
                Id::IgnoredHeader,
                &cursor.place,
                format!("header parameter `{name}` is ignored"),
            )
            .note("the standard says so; media types and security schemes set it"),
        );
    }
    is_reserved
}
