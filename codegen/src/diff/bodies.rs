//! Changes of request bodies.

use super::Verdict;
use super::operations::Told;
use super::pairs::pair;
use super::spell::{spell_field, spell_member};
use crate::ir::{Access, Body, Field, Layout, Presence};

pub(super) fn compare_body(old: &Body, new: &Body, told: &mut Told<'_>) {
    match (old, new) {
        (Body::None, Body::None) | (Body::Multipart, Body::Multipart) => {}
        (
            Body::Members {
                members: old,
                encoding: was,
                ..
            },
            Body::Members {
                members: new,
                encoding: is,
                ..
            },
        ) => {
            let fields = |members: &[crate::ir::BodyMember]| {
                members
                    .iter()
                    .map(|member| member.field.clone())
                    .collect::<Vec<_>>()
            };
            compare_body_members(&fields(old), &fields(new), told);
            compare_encoding(was == is, told);
        }
        (
            Body::Whole {
                ty: old,
                presence: was,
                encoding: old_encoding,
                ..
            },
            Body::Whole {
                ty: new,
                presence: is,
                encoding: new_encoding,
                ..
            },
        ) => {
            if old != new || was != is {
                let text = format!(
                    "its body was {} and is {}",
                    spell_member(old, *was),
                    spell_member(new, *is)
                );
                told.push(Verdict::Major, "body-type", text);
            }
            compare_encoding(old_encoding == new_encoding, told);
        }
        (Body::None, Body::Members { members, .. })
            if members.iter().all(|member| !is_argument(&member.field)) =>
        {
            told.push(
                Verdict::Minor,
                "body-added",
                "has a body, all of it optional",
            );
        }
        (Body::None, Body::Whole { presence, .. }) if *presence != Presence::Required => {
            told.push(Verdict::Minor, "body-added", "has an optional body");
        }
        _ => told.push(
            Verdict::Major,
            "body-kind",
            format!(
                "its body was {} and is {}",
                spell_body(old),
                spell_body(new)
            ),
        ),
    }
}

fn compare_encoding(is_same: bool, told: &mut Told<'_>) {
    if !is_same {
        told.push(
            Verdict::Minor,
            "body-encoding",
            "its body is sent under another content type",
        );
    }
}

fn spell_body(body: &Body) -> &'static str {
    match body {
        Body::None => "none",
        Body::Members { .. } => "an object given member by member",
        Body::Whole { .. } => "one argument",
        Body::Multipart => "parts",
    }
}

/// What becomes of the arguments and setters of the builder; the struct itself is told with the types.
fn compare_body_members(old: &[Field], new: &[Field], told: &mut Told<'_>) {
    let pairs = pair(old, new, |field| field.wire.clone());
    for field in pairs.added.iter().filter(|field| is_argument(field)) {
        told.push(
            Verdict::Major,
            "argument-added",
            format!(
                "member `{}` is a required argument: {}",
                field.wire,
                spell_field(field)
            ),
        );
    }
    for (old, new) in &pairs.both {
        if is_argument(old) != is_argument(new) {
            let text = if is_argument(new) {
                "became a required argument"
            } else {
                "is no longer an argument but a setter"
            };
            told.push(
                Verdict::Major,
                "argument-required",
                format!("member `{}` {text}", new.wire),
            );
        }
    }
    let stayed = |field: &&Field| {
        is_argument(field)
            && pairs
                .both
                .iter()
                .any(|(old, new)| old.wire == field.wire && is_argument(old) && is_argument(new))
    };
    let before = old.iter().filter(stayed).map(|field| &field.wire);
    let after = new.iter().filter(stayed).map(|field| &field.wire);
    if before.ne(after) {
        told.push(
            Verdict::Major,
            "argument-order",
            "the members that are arguments come in another order",
        );
    }
}

fn is_argument(field: &Field) -> bool {
    field.presence == Presence::Required
        && field.layout == Layout::Inline
        && field.access == Access::ReadWrite
}
