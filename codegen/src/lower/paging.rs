//! How to ask for the next page, and the members of a builder that are found by their names on the wire.

use super::Cx;
use super::structs::{field_of, is_option, struct_of};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{
    Body, Field, Member, Operation, Output, Paging, Placement, Presence, Source, Struct, Target, Ty,
};
use crate::resolve::api::{self, Pagination};
use crate::source::Place;

/// A member of a builder or of its body, and what it holds.
pub(crate) struct Found {
    pub target: Target,
    pub ty: Ty,
}

pub(crate) fn lower_paging(
    cx: &mut Cx<'_>,
    operation: &api::Operation,
    lowered: &Operation,
) -> Option<Paging> {
    let pagination = operation.ext.pagination.as_ref()?;
    let paging = try_paging(cx, pagination, lowered);
    match paging {
        Ok(paging) => Some(paging),
        Err(reason) => {
            report(cx, &pagination.place, "x-pagination", &reason);
            None
        }
    }
}

fn try_paging(cx: &Cx<'_>, pagination: &Pagination, lowered: &Operation) -> Result<Paging, String> {
    let token = find_target(cx, lowered, &pagination.token)?;
    if token.ty != Ty::Text {
        return Err(format!("`{}` is no text", pagination.token));
    }
    let answer = answer_struct(cx, &lowered.output)?;
    let items = answer_field(answer, &pagination.items)?;
    let Ty::List(item) = &items.ty else {
        return Err(format!("`{}` is no list", pagination.items));
    };
    let next = answer_field(answer, &pagination.next).and_then(|field| typed(field, &Ty::Text))?;
    let more = pagination
        .more
        .as_deref()
        .map(|more| answer_field(answer, more).and_then(|field| typed(field, &Ty::Bool)));
    Ok(Paging {
        item: (**item).clone(),
        token: token.target,
        items: items.name.clone(),
        next: source(next),
        more: more.transpose()?.map(source),
    })
}

fn typed<'f>(field: &'f Field, ty: &Ty) -> Result<&'f Field, String> {
    if field.ty == *ty {
        Ok(field)
    } else {
        Err(format!("`{}` has another type than expected", field.wire))
    }
}

pub(crate) fn report(cx: &mut Cx<'_>, place: &Place, key: &str, reason: &str) {
    if cx.sink.has_within(Id::UnknownMember, place) {
        return; // A lint named the very member.
    }
    let headline = format!("`{key}` cannot be followed: {reason}");
    cx.sink
        .push(Diagnostic::new(Id::UnknownMember, place, headline));
}

pub(crate) fn source(field: &Field) -> Source {
    Source {
        name: field.name.clone(),
        optional: is_option(field),
    }
}

pub(crate) fn answer_struct<'c>(cx: &'c Cx<'_>, output: &Output) -> Result<&'c Struct, String> {
    match output {
        Output::Data(ty) => struct_of(cx, ty).ok_or_else(|| "the answer is no object".to_owned()),
        Output::Nothing | Output::Text | Output::Download => {
            Err("the answer is no object".to_owned())
        }
    }
}

pub(crate) fn answer_field<'s>(item: &'s Struct, wire: &str) -> Result<&'s Field, String> {
    field_of(item, wire).ok_or_else(|| format!("the answer has no `{wire}`"))
}

/// A parameter of the query, or a member of the body by its path.
pub(crate) fn find_target(cx: &Cx<'_>, lowered: &Operation, path: &str) -> Result<Found, String> {
    let in_query =
        |member: &&Member| member.wire.0 == path && matches!(member.placement, Placement::Query(_));
    if let Some(member) = lowered.members.iter().find(in_query) {
        return Ok(found_member(member));
    }
    let start = body_struct(cx, &lowered.body)
        .ok_or_else(|| format!("no parameter is called `{path}`, and the body is no object"))?;
    let (steps, ty) = walk(cx, start, path)?;
    Ok(Found {
        target: Target {
            in_body: true,
            steps,
        },
        ty,
    })
}

fn found_member(member: &Member) -> Found {
    let is_list = matches!(member.ty, Ty::List(_) | Ty::Map(_));
    let optional = member.presence != Presence::Required && !is_list;
    let step = Source {
        name: member.name.clone(),
        optional,
    };
    Found {
        target: Target {
            in_body: false,
            steps: vec![step],
        },
        ty: member.ty.clone(),
    }
}

fn body_struct<'c>(cx: &'c Cx<'_>, body: &Body) -> Option<&'c Struct> {
    match body {
        Body::None | Body::Multipart => None,
        Body::Whole {
            ty,
            presence: Presence::Required,
            ..
        } => struct_of(cx, ty),
        Body::Whole { .. } => None,
        Body::Members { ty, .. } => struct_of(cx, &Ty::Named(ty.clone())),
    }
}

fn walk(cx: &Cx<'_>, start: &Struct, path: &str) -> Result<(Vec<Source>, Ty), String> {
    let mut item = start;
    let mut steps = Vec::new();
    let mut rest = path;
    loop {
        let (head, tail) = rest
            .split_once('.')
            .map_or((rest, None), |(head, tail)| (head, Some(tail)));
        let field = field_of(item, head).ok_or_else(|| format!("the request has no `{path}`"))?;
        steps.push(source(field));
        match tail {
            None => return Ok((steps, field.ty.clone())),
            Some(tail) => {
                item = struct_of(cx, &field.ty).ok_or_else(|| format!("`{head}` is no object"))?;
                rest = tail;
            }
        }
    }
}
