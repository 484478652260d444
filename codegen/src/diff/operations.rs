//! Changes of the service, of resources and of operations.

use super::bodies::compare_body;
use super::info::{Tables, compare_info};
use super::pairs::pair;
use super::spell::{spell_member, spell_output};
use super::{Change, Verdict};
use crate::ir::{Client, Given, Member, Module, Operation, Ty};

pub(super) fn compare_service(old: &Client, new: &Client, changes: &mut Vec<Change>) {
    if old.service.base_urls != new.service.base_urls {
        let text = format!(
            "served at {}, no longer at {}",
            new.service.base_urls.join(", "),
            old.service.base_urls.join(", ")
        );
        changes.push(Change::new(&[], Verdict::Minor, "servers", text));
    }
    if old.service.schemes != new.service.schemes {
        changes.push(Change::new(
            &[],
            Verdict::Minor,
            "schemes",
            "the ways to prove who calls changed",
        ));
    }
    let pairs = pair(&old.defaults, &new.defaults, |default| default.wire.clone());
    for default in pairs.removed {
        changes.push(Change::new(
            &[],
            Verdict::Major,
            "default-removed",
            format!("the client's default `{}` removed", default.name),
        ));
    }
    for default in pairs.added {
        changes.push(Change::new(
            &[],
            Verdict::Minor,
            "default-added",
            format!("the client has a default `{}`", default.name),
        ));
    }
    for (old, new) in pairs.both {
        if old.ty != new.ty || old.name != new.name {
            changes.push(Change::new(
                &[],
                Verdict::Major,
                "default-type",
                format!(
                    "the client's default `{}` has another type or name",
                    old.name
                ),
            ));
        }
    }
}

pub(super) fn compare_resources(old: &Client, new: &Client, changes: &mut Vec<Change>) {
    let pairs = pair(&old.resources, &new.resources, |module| module.name.clone());
    for (old, new) in &pairs.both {
        compare_handle(old, new, changes);
    }
    let (old_operations, new_operations) = (placed(old), placed(new));
    let operations = pair(&old_operations, &new_operations, |(_, operation)| {
        operation.id.clone()
    });
    for (_, operation) in operations.removed {
        changes.push(Change::new(
            std::slice::from_ref(&operation.id),
            Verdict::Major,
            "operation-removed",
            "operation removed",
        ));
    }
    for (_, operation) in operations.added {
        changes.push(Change::new(
            std::slice::from_ref(&operation.id),
            Verdict::Minor,
            "operation-added",
            format!("operation added: {}", endpoint(operation)),
        ));
    }
    let tables = Tables {
        old: &old.errors,
        new: &new.errors,
    };
    for ((old_module, old), (new_module, new)) in operations.both {
        let mut told = Told {
            subject: [new.id.clone()],
            changes,
        };
        if old_module.name != new_module.name {
            let text = format!("moved from `{}` to `{}`", old_module.name, new_module.name);
            told.push(Verdict::Major, "operation-moved", text);
        }
        compare_operation(old, new, tables, &mut told);
    }
}

fn placed(client: &Client) -> Vec<(&Module, &Operation)> {
    let modules = client.resources.iter();
    modules
        .flat_map(|module| {
            module
                .operations
                .iter()
                .map(move |operation| (module, operation))
        })
        .collect()
}

fn compare_handle(old: &Module, new: &Module, changes: &mut Vec<Change>) {
    let (Some(before), Some(after)) = (&old.handle, &new.handle) else {
        return;
    };
    if before.accessor != after.accessor || before.name != after.name {
        let text = format!(
            "`client.{}()` became `client.{}()`",
            before.accessor, after.accessor
        );
        changes.push(Change::new(&[], Verdict::Major, "handle-renamed", text));
    }
    if before.docs != after.docs {
        let text = format!("the documentation of `{}` reads differently", after.name);
        changes.push(Change::new(&[], Verdict::Patch, "docs", text));
    }
}

pub(super) fn endpoint(operation: &Operation) -> String {
    format!("{} {}", spell_method(operation), operation.info.path)
}

fn spell_method(operation: &Operation) -> String {
    format!("{:?}", operation.info.method).to_uppercase()
}

/// Where the changes of one operation go.
pub(super) struct Told<'a> {
    subject: [String; 1],
    changes: &'a mut Vec<Change>,
}

impl Told<'_> {
    pub(super) fn push(&mut self, verdict: Verdict, kind: &'static str, text: impl Into<String>) {
        self.changes
            .push(Change::new(&self.subject, verdict, kind, text));
    }
}

fn compare_operation(old: &Operation, new: &Operation, tables: Tables<'_>, told: &mut Told<'_>) {
    compare_names(old, new, told);
    compare_members(old, new, told);
    compare_body(&old.body, &new.body, told);
    compare_output(old, new, told);
    compare_walking(old, new, told);
    compare_info(old, new, tables, told);
    if old.docs != new.docs {
        told.push(
            Verdict::Patch,
            "docs",
            "its documentation reads differently",
        );
    }
}

fn compare_names(old: &Operation, new: &Operation, told: &mut Told<'_>) {
    if old.method != new.method || old.builder != new.builder {
        let text = format!(
            "`{}` with `{}` became `{}` with `{}`",
            old.method, old.builder, new.method, new.builder
        );
        told.push(Verdict::Major, "operation-renamed", text);
    }
    match (old.deprecated, new.deprecated) {
        (false, true) => told.push(Verdict::Minor, "deprecated", "deprecated"),
        (true, false) => told.push(Verdict::Minor, "undeprecated", "no longer deprecated"),
        (true, true) | (false, false) => {}
    }
}

fn compare_members(old: &Operation, new: &Operation, told: &mut Told<'_>) {
    let mut pairs = pair(&old.members, &new.members, |member| {
        (member.wire.clone(), place_of(member))
    });
    let moved = pairs.rest_by(|member| member.wire.clone());
    pairs.both.extend(moved);
    let position = |member: &Member| new.members.iter().position(|other| other == member);
    pairs.both.sort_by_key(|(_, member)| position(member));
    for member in &pairs.removed {
        told.push(
            Verdict::Major,
            "parameter-removed",
            format!("{} `{}` removed", place_of(member), member.wire),
        );
    }
    for member in &pairs.added {
        told.push(added_verdict(member), "parameter-added", added_text(member));
    }
    for (old, new) in &pairs.both {
        compare_member(old, new, told);
    }
    let arguments = |member: &&Member| member.given == Given::Argument;
    let before: Vec<_> = old
        .members
        .iter()
        .filter(arguments)
        .filter(|member| pairs.both.iter().any(|(old, _)| old == member))
        .collect();
    let after: Vec<_> = pairs
        .both
        .iter()
        .map(|(old, _)| *old)
        .filter(arguments)
        .collect();
    if before != after {
        told.push(
            Verdict::Major,
            "argument-order",
            "its arguments come in another order",
        );
    }
}

fn place_of(member: &Member) -> &'static str {
    use crate::ir::Placement as P;
    match member.placement {
        P::Path(_) => "path parameter",
        P::Query(_) | P::QueryJson => "query parameter",
        P::Header => "header",
        P::Cookie => "cookie",
        P::Part(_) => "part",
    }
}

fn added_verdict(member: &Member) -> Verdict {
    match member.given {
        Given::Argument => Verdict::Major,
        Given::Setter | Given::SetterOrDefault { required: false } => Verdict::Minor,
        // Programs compile, but fail unless the client has the default.
        Given::SetterOrDefault { required: true } => Verdict::Major,
    }
}

fn added_text(member: &Member) -> String {
    let required = if added_verdict(member) == Verdict::Major {
        "required "
    } else {
        ""
    };
    format!(
        "{required}{} `{}` added: {}",
        place_of(member),
        member.wire,
        spell_member(&member.ty, member.presence)
    )
}

fn compare_member(old: &Member, new: &Member, told: &mut Told<'_>) {
    let place = format!("{} `{}`", place_of(new), new.wire);
    if old.given != new.given {
        told.push(
            Verdict::Major,
            "parameter-required",
            format!("{place} {}", given_text(new.given)),
        );
    }
    if old.ty != new.ty {
        let text = format!(
            "{place} was {} and is {}",
            spell_member(&old.ty, old.presence),
            spell_member(&new.ty, new.presence)
        );
        told.push(Verdict::Major, "parameter-type", text);
    }
    if old.name != new.name && new.given != Given::Argument {
        told.push(
            Verdict::Major,
            "parameter-renamed",
            format!(
                "{place} is set by `{}`, no longer by `{}`",
                new.name, old.name
            ),
        );
    }
    if place_of(old) != place_of(new) {
        let text = format!("{} `{}` travels as {place}", place_of(old), old.wire);
        told.push(Verdict::Minor, "parameter-moved", text);
    } else if old.placement != new.placement || old.form != new.form {
        told.push(
            Verdict::Minor,
            "parameter-form",
            format!("{place} is written differently"),
        );
    }
    if old.docs != new.docs {
        told.push(
            Verdict::Patch,
            "docs",
            format!("the documentation of {place} reads differently"),
        );
    }
}

fn given_text(given: Given) -> &'static str {
    match given {
        Given::Argument => "became a required argument",
        Given::Setter => "became optional, a setter",
        Given::SetterOrDefault { .. } => "may come from a default of the client",
    }
}

fn compare_output(old: &Operation, new: &Operation, told: &mut Told<'_>) {
    let was = spell_output(&old.output, !old.info.partial.is_empty());
    let is = spell_output(&new.output, !new.info.partial.is_empty());
    if old.output != new.output || was != is {
        told.push(
            Verdict::Major,
            "answer-type",
            format!("its answer was {was} and is {is}"),
        );
    } else if old.info.partial != new.info.partial {
        told.push(
            Verdict::Minor,
            "partial",
            "other places say that parts of the call failed",
        );
    }
    if old.info.envelope != new.info.envelope {
        told.push(
            Verdict::Minor,
            "envelope",
            "its answer is wrapped differently",
        );
    }
}

/// Pages and batches.
fn compare_walking(old: &Operation, new: &Operation, told: &mut Told<'_>) {
    match (&old.paging, &new.paging) {
        (None, Some(_)) => told.push(
            Verdict::Minor,
            "paging-added",
            "has `pages()` and `items()`",
        ),
        (Some(_), None) => told.push(
            Verdict::Major,
            "paging-removed",
            "no longer has `pages()` and `items()`",
        ),
        (Some(old), Some(new)) if old.item != new.item => {
            told.push(Verdict::Major, "paging-item", "its pages hold another type")
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    match (&old.batching, &new.batching) {
        (None, Some(_)) => told.push(Verdict::Minor, "batching-added", "has `batches()`"),
        (Some(_), None) => told.push(
            Verdict::Major,
            "batching-removed",
            "no longer has `batches()`",
        ),
        (Some(old), Some(new)) if old.item != new.item || entry(old) != entry(new) => {
            told.push(
                Verdict::Major,
                "batching-item",
                "its batches take or give another type",
            );
        }
        (Some(old), Some(new)) if old != new => {
            told.push(Verdict::Minor, "batching-limit", limit_text(old, new))
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn entry(batching: &crate::ir::Batching) -> Option<&Ty> {
    batching.list.as_ref().map(|list| &list.entry)
}

fn limit_text(old: &crate::ir::Batching, new: &crate::ir::Batching) -> String {
    let limits = |batching: &crate::ir::Batching| {
        let entries = batching
            .list
            .as_ref()
            .map(|list| format!("{} entries", list.max));
        let days = batching
            .window
            .as_ref()
            .map(|window| format!("{} days", window.days));
        entries
            .into_iter()
            .chain(days)
            .collect::<Vec<_>>()
            .join(" and ")
    };
    format!("takes {} a call, no longer {}", limits(new), limits(old))
}
