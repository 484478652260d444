//! From request bodies to members, arguments and parts of a builder.

use super::docs::member_docs;
use super::markdown::to_rustdoc;
use super::names::{Taken, member_name};
use super::operations::Names;
use super::parameters::skip;
use super::scalars::{Lowered, form_in_text, is_binary, lower_exposure, without_form};
use super::schemas::{canonical, lower_schema};
use super::structs::struct_of;
use super::{Cx, reach};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{
    Body, BodyMember, Docs, Encoding, Form, Given, Member, PartKind, Placement, Presence, Ty,
    TypeRef, WireName,
};
use crate::resolve::api::{self, BodyKind, Operation, Property, Schema, SchemaId, SchemaKind};

/// `None` if the operation cannot be offered; the reason is told. Parts of a form become `members`.
pub(crate) fn lower_body(
    cx: &mut Cx<'_>,
    operation: &Operation,
    names: &Names,
    taken: &mut Taken<()>,
    members: &mut Vec<Member>,
) -> Option<Body> {
    let Some(body) = &operation.body else {
        return Some(Body::None);
    };
    let docs = Docs(to_rustdoc(&body.description));
    match &body.kind {
        BodyKind::Json { schema, inline, .. } => Some(lower_object_body(
            cx,
            body,
            *schema,
            *inline,
            Encoding::Json,
            names,
            taken,
        )),
        BodyKind::Form { schema, inline } => Some(lower_object_body(
            cx,
            body,
            *schema,
            *inline,
            Encoding::Form,
            names,
            taken,
        )),
        BodyKind::Multipart { schema } => {
            lower_multipart(cx, operation, *schema, names, taken, members)
        }
        BodyKind::Text => Some(whole(Ty::Text, body, Encoding::Text, docs)),
        BodyKind::Bytes { content_type } => Some(whole(
            Ty::Bytes,
            body,
            Encoding::Bytes(content_type.clone()),
            docs,
        )),
    }
}

fn whole(ty: Ty, body: &api::Body, encoding: Encoding, docs: Docs) -> Body {
    // An optional body is absent, not empty: even a list is wrapped.
    let presence = if body.required {
        Presence::Required
    } else {
        Presence::Nullable
    };
    Body::Whole {
        ty,
        presence,
        encoding,
        docs,
    }
}

fn lower_object_body(
    cx: &mut Cx<'_>,
    body: &api::Body,
    schema: SchemaId,
    inline: bool,
    encoding: Encoding,
    names: &Names,
    taken: &mut Taken<()>,
) -> Body {
    let spot = names.spot(cx, schema, "Body");
    let lowered = lower_schema(cx, schema, &spot);
    if inline
        && is_written_in_place(cx, schema)
        && let Some((ty, members)) = own_members(cx, &lowered.ty, taken)
    {
        let held = members
            .iter()
            .flat_map(|member| reach::named_in(&member.field.ty));
        cx.sent.extend(held);
        cx.read.push(ty.clone());
        return Body::Members {
            ty,
            encoding,
            members,
        };
    }
    cx.sent.extend(reach::named_in(&lowered.ty));
    let said = if body.description.trim().is_empty() {
        &cx.api.schemas[schema].description
    } else {
        &body.description
    };
    whole(
        without_form(lowered),
        body,
        encoding,
        Docs(to_rustdoc(said)),
    )
}

fn is_written_in_place(cx: &Cx<'_>, schema: SchemaId) -> bool {
    let schema = &cx.api.schemas[schema];
    schema.name.is_none() && schema.alias_of.is_none()
}

/// The members that the builder can offer by itself: all of them, or none if one has a parameter's name.
fn own_members(cx: &Cx<'_>, ty: &Ty, taken: &mut Taken<()>) -> Option<(TypeRef, Vec<BodyMember>)> {
    let Ty::Named(reference) = ty else {
        return None;
    };
    let item = struct_of(cx, ty)?;
    let wanted: Vec<_> = item
        .fields
        .iter()
        .map(|field| member_name(field.name.as_str()))
        .collect();
    if wanted.iter().any(|name| taken.owner(name).is_some()) {
        return None;
    }
    let members = item.fields.iter().zip(wanted);
    let members = members.map(|(field, wanted)| BodyMember {
        name: taken.claim(&wanted, ()),
        field: field.clone(),
    });
    Some((reference.clone(), members.collect()))
}

fn lower_multipart(
    cx: &mut Cx<'_>,
    operation: &Operation,
    schema: SchemaId,
    names: &Names,
    taken: &mut Taken<()>,
    members: &mut Vec<Member>,
) -> Option<Body> {
    let id = canonical(cx.api, schema);
    let api = cx.api;
    let SchemaKind::Object(object) = &api.schemas[id].kind else {
        skip(
            cx,
            operation,
            "the parts of its multipart body are not named",
        );
        return None;
    };
    for property in &object.properties {
        members.push(lower_part(cx, property, names, taken));
    }
    if object.additional.is_some() {
        report_nameless_parts(cx, &api.schemas[id]);
    }
    Some(Body::Multipart)
}

fn report_nameless_parts(cx: &mut Cx<'_>, schema: &Schema) {
    let headline = "parts beside the named ones cannot be sent";
    cx.sink.push(
        Diagnostic::new(Id::LostMembers, &schema.place, headline)
            .note("a part without a name may be text, JSON or a file"),
    );
}

fn lower_part(
    cx: &mut Cx<'_>,
    property: &Property,
    names: &Names,
    taken: &mut Taken<()>,
) -> Member {
    let schema = &cx.api.schemas[property.schema];
    let docs = member_docs("", schema, &[]);
    let exposure = lower_exposure(schema);
    let wanted = member_name(schema.name_override.as_deref().unwrap_or(&property.name));
    let name = taken.claim(&wanted, ());
    let (lowered, kind) = lower_part_ty(cx, property, names);
    Member {
        name,
        wire: WireName(property.name.clone()),
        ty: lowered.ty,
        presence: if property.required {
            Presence::Required
        } else {
            Presence::Optional
        },
        form: form_in_text(lowered.form),
        placement: Placement::Part(kind),
        given: if property.required {
            Given::Argument
        } else {
            Given::Setter
        },
        exposure,
        docs,
    }
}

fn lower_part_ty(cx: &mut Cx<'_>, property: &Property, names: &Names) -> (Lowered, PartKind) {
    if let Some(ty) = file_ty(cx, property.schema) {
        return (
            Lowered {
                ty,
                form: Form::Natural,
            },
            PartKind::File,
        );
    }
    let spot = names.spot(cx, property.schema, &property.name);
    let lowered = lower_schema(cx, property.schema, &spot);
    let kind = part_kind(cx, &lowered.ty);
    (lowered, kind)
}

/// A file, or a list of files.
fn file_ty(cx: &Cx<'_>, id: SchemaId) -> Option<Ty> {
    let schema = &cx.api.schemas[canonical(cx.api, id)];
    match &schema.kind {
        SchemaKind::Array(items) if is_binary(&cx.api.schemas[canonical(cx.api, *items)]) => {
            Some(Ty::List(Box::new(Ty::File)))
        }
        _ if is_binary(schema) => Some(Ty::File),
        _ => None,
    }
}

fn part_kind(cx: &Cx<'_>, ty: &Ty) -> PartKind {
    let element = match ty {
        Ty::List(item) => item,
        other => other,
    };
    let is_structured = match element {
        Ty::Json | Ty::Map(_) | Ty::List(_) => true,
        Ty::Named(name) => cx.store.is_structured(name),
        _ => false,
    };
    if is_structured {
        PartKind::Json
    } else {
        PartKind::Text
    }
}
