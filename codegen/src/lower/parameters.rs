//! From parameters to members of a builder.

use super::Cx;
use super::docs::member_docs;
use super::names::{Taken, default_name, member_name};
use super::operations::Names;
use super::scalars::{Lowered, form_in_text, is_binary, lower_exposure};
use super::schemas::{canonical, lower_schema};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{
    ClientDefault, Given, Member, Name, PathStyle, Placement, Presence, QueryStyle, Ty, WireName,
};
use crate::resolve::api::{Location, Operation, Parameter, SchemaKind, Style};

/// The path to call, if every `{name}` in it has a parameter. A fragment only tells descriptions apart.
pub(crate) fn check_path(cx: &mut Cx<'_>, operation: &Operation) -> Option<String> {
    let path = operation
        .path
        .split('#')
        .next()
        .unwrap_or_default()
        .to_owned();
    let Some(wanted) = placeholders(&path).filter(|_| !path.contains('?')) else {
        skip(
            cx,
            operation,
            "its path is no template that can be filled in",
        );
        return None;
    };
    let declared = |name: &str| {
        operation
            .parameters
            .iter()
            .any(|parameter| parameter.location == Location::Path && parameter.name == name)
    };
    match wanted.iter().find(|name| !declared(name)) {
        Some(name) => {
            skip(
                cx,
                operation,
                &format!("no parameter says what `{{{name}}}` in its path is"),
            );
            None
        }
        None => Some(path),
    }
}

pub(crate) fn skip(cx: &mut Cx<'_>, operation: &Operation, reason: &str) {
    let headline = format!("operation `{}` is left out: {reason}", operation.id);
    cx.sink.push(Diagnostic::new(
        Id::SkippedOperation,
        &operation.place,
        headline,
    ));
}

/// The names in braces; nothing if the braces do not match.
fn placeholders(path: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(open) = rest.find(['{', '}']) {
        if rest[open..].starts_with('}') {
            return None;
        }
        let inner = &rest[open + 1..];
        let close = inner.find(['{', '}'])?;
        if inner[close..].starts_with('{') || close == 0 {
            return None;
        }
        names.push(&inner[..close]);
        rest = &inner[close + 1..];
    }
    Some(names)
}

pub(crate) fn lower_parameters(
    cx: &mut Cx<'_>,
    operation: &Operation,
    names: &Names,
    taken: &mut Taken<()>,
) -> Vec<Member> {
    let used: Vec<String> = placeholders(&operation.path)
        .unwrap_or_default()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut members = Vec::new();
    for parameter in &operation.parameters {
        if parameter.location == Location::Path && !used.contains(&parameter.name) {
            let headline = format!(
                "the path has no `{{{}}}`: the parameter is left out",
                parameter.name
            );
            cx.sink.push(Diagnostic::new(
                Id::PathParameters,
                &parameter.place,
                headline,
            ));
            continue;
        }
        if parameter.location == Location::Header && is_set_elsewhere(&parameter.name) {
            continue;
        }
        members.push(lower_parameter(cx, parameter, names, taken));
    }
    members
}

/// OpenAPI says that parameters of these names are to be ignored.
fn is_set_elsewhere(header: &str) -> bool {
    ["accept", "content-type", "authorization"].contains(&header.to_ascii_lowercase().as_str())
}

fn lower_parameter(
    cx: &mut Cx<'_>,
    parameter: &Parameter,
    names: &Names,
    taken: &mut Taken<()>,
) -> Member {
    let name = claim_name(cx, parameter, taken);
    let lowered = lower_parameter_ty(cx, parameter, names);
    let given = lower_given(parameter);
    let presence = match given {
        Given::Argument => Presence::Required,
        Given::Setter | Given::SetterOrDefault { .. } => Presence::Optional,
    };
    let schema = &cx.api.schemas[parameter.schema];
    let member = Member {
        name,
        wire: WireName(parameter.name.clone()),
        docs: member_docs(&parameter.description, schema, &parameter.quirks),
        placement: lower_placement(cx, parameter, &lowered.ty),
        presence,
        form: form_in_text(lowered.form),
        ty: lowered.ty,
        given,
        exposure: lower_exposure(schema),
    };
    if parameter.client_default {
        add_default(cx, parameter, &member);
    }
    member
}

fn claim_name(cx: &mut Cx<'_>, parameter: &Parameter, taken: &mut Taken<()>) -> Name {
    let wanted = member_name(
        parameter
            .name_override
            .as_deref()
            .unwrap_or(&parameter.name),
    );
    let name = taken.claim(&wanted, ());
    if name != wanted {
        let headline =
            format!("two parameters are called `{wanted}` in Rust; this one becomes `{name}`");
        cx.sink.push(
            Diagnostic::new(Id::NameClash, &parameter.place, headline)
                .help("give one of the two an `x-name`"),
        );
    }
    name
}

fn lower_parameter_ty(cx: &mut Cx<'_>, parameter: &Parameter, names: &Names) -> Lowered {
    let id = canonical(cx.api, parameter.schema);
    if is_binary(&cx.api.schemas[id]) {
        return Lowered::natural(Ty::Text);
    }
    let spot = names.spot(cx, parameter.schema, &parameter.name);
    let lowered = lower_schema(cx, parameter.schema, &spot);
    let is_opaque = matches!(lowered.ty, Ty::Json) && parameter.location != Location::Query;
    // What may be anything has no spelling in a path, a header or a cookie but its own.
    if is_opaque {
        Lowered::natural(Ty::Text)
    } else {
        lowered
    }
}

fn lower_given(parameter: &Parameter) -> Given {
    match (parameter.client_default, parameter.location) {
        (true, Location::Query) => Given::SetterOrDefault {
            required: parameter.required,
        },
        (_, Location::Path) => Given::Argument,
        _ if parameter.required => Given::Argument,
        _ => Given::Setter,
    }
}

fn lower_placement(cx: &Cx<'_>, parameter: &Parameter, ty: &Ty) -> Placement {
    match parameter.location {
        Location::Path => Placement::Path(path_style(parameter, is_object(cx, parameter))),
        Location::Query if parameter.json_content => Placement::QueryJson,
        Location::Query => Placement::Query(query_style(parameter, ty, is_object(cx, parameter))),
        Location::Header => Placement::Header,
        Location::Cookie => Placement::Cookie,
    }
}

fn is_object(cx: &Cx<'_>, parameter: &Parameter) -> bool {
    let kind = &cx.api.schemas[canonical(cx.api, parameter.schema)].kind;
    matches!(kind, SchemaKind::Object(_) | SchemaKind::Map(_))
}

fn path_style(parameter: &Parameter, is_object: bool) -> PathStyle {
    match (parameter.style, parameter.explode) {
        (Style::Label, false) => PathStyle::Label,
        (Style::Label, true) => PathStyle::LabelExploded,
        (Style::Matrix, false) => PathStyle::Matrix,
        (Style::Matrix, true) => PathStyle::MatrixExploded,
        (_, true) if is_object => PathStyle::SimpleExploded,
        _ => PathStyle::Simple,
    }
}

fn query_style(parameter: &Parameter, ty: &Ty, is_object: bool) -> QueryStyle {
    let is_list = matches!(ty, Ty::List(_));
    match parameter.style {
        _ if !is_list && !is_object => QueryStyle::Repeat,
        Style::DeepObject if is_object => QueryStyle::DeepObject,
        Style::SpaceDelimited if !parameter.explode => QueryStyle::Space,
        Style::PipeDelimited if !parameter.explode => QueryStyle::Pipe,
        Style::Form if !parameter.explode => QueryStyle::Comma,
        _ if is_object => QueryStyle::Members,
        _ => QueryStyle::Repeat,
    }
}

/// One setting of the client for all parameters of a name.
fn add_default(cx: &mut Cx<'_>, parameter: &Parameter, member: &Member) {
    let known = cx
        .defaults
        .iter()
        .find(|default| default.wire == member.wire);
    match known {
        Some(known) if known.ty == member.ty => {}
        Some(_) => {
            let headline = format!(
                "the client's default for `{}` has another type",
                member.wire
            );
            cx.sink
                .push(Diagnostic::new(Id::NameClash, &parameter.place, headline));
        }
        None => cx.defaults.push(new_default(parameter, member)),
    }
}

fn new_default(parameter: &Parameter, member: &Member) -> ClientDefault {
    ClientDefault {
        name: default_name(
            parameter
                .name_override
                .as_deref()
                .unwrap_or(&parameter.name),
        ),
        wire: member.wire.clone(),
        ty: member.ty.clone(),
        docs: member.docs.clone(),
    }
}
