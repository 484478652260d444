//! Changes of types, told at the operations that show them.

use std::collections::BTreeSet;

use super::pairs::pair;
use super::spell::{spell_field, spell_ty};
use super::uses::{Uses, all_types, name_of};
use super::{Change, Verdict};
use crate::ir::{
    Access, Body, Client, Construction, Enum, Field, Form, Layout, Presence, Struct, Type, TypeRef,
    Union, Variant, Variants,
};

pub(super) fn compare_types(old: &Client, new: &Client, uses: &Uses, changes: &mut Vec<Change>) {
    let (old_types, new_types) = (all_types(old), all_types(new));
    let bodies = builder_bodies(old, new);
    let pairs = pair(&old_types, &new_types, |(name, _)| name.clone());
    for (name, ty) in pairs
        .removed
        .into_iter()
        .filter(|(name, _)| !goes_with_its_users(name, uses, new))
    {
        changes.push(whole(
            uses,
            name,
            ty,
            Verdict::Major,
            "type-removed",
            "removed",
        ));
    }
    for (name, ty) in pairs
        .added
        .into_iter()
        .filter(|(name, _)| !goes_with_its_users(name, uses, old))
    {
        let what = format!("added{}", parts_of(ty));
        changes.push(whole(uses, name, ty, Verdict::Minor, "type-added", &what));
    }
    for ((name, old), (_, new)) in pairs.both {
        let mut told = Told {
            subjects: uses.of_type(name),
            is_body: bodies.contains(name),
            changes,
        };
        compare_type(old, new, &mut told);
    }
}

fn whole(
    uses: &Uses,
    name: &TypeRef,
    ty: &Type,
    verdict: Verdict,
    kind: &'static str,
    what: &str,
) -> Change {
    Change::new(
        &uses.of_type(name),
        verdict,
        kind,
        format!("{} `{}` {what}", bare_kind_of(ty), name.name),
    )
}

/// What a new type brings with it: its members, values or alternatives.
fn parts_of(ty: &Type) -> String {
    let names: Vec<String> = match ty {
        Type::Struct(item) => item.fields.iter().map(|part| code(&part.wire.0)).collect(),
        Type::Enum(item) => match &item.variants {
            Variants::Text(values) => values.iter().map(|part| code(&part.value)).collect(),
            Variants::Int(values) => values.iter().map(|part| code(part.value)).collect(),
        },
        Type::Bits(item) => item.masks.iter().map(|part| code(part.value)).collect(),
        Type::Union(item) => item.variants.iter().map(|part| code(&part.value)).collect(),
    };
    if names.is_empty() {
        String::new()
    } else {
        format!(": {}", names.join(", "))
    }
}

fn code(name: impl std::fmt::Display) -> String {
    format!("`{name}`")
}

/// Whether everything that shows a type is missing from the other side, and told there.
fn goes_with_its_users(name: &TypeRef, uses: &Uses, other: &Client) -> bool {
    let subjects = uses.of_type(name);
    let operations = other
        .resources
        .iter()
        .flat_map(|module| &module.operations)
        .map(|operation| &operation.id);
    let events = other
        .events
        .iter()
        .flat_map(|events| &events.events)
        .map(|event| &event.event_type);
    let known: BTreeSet<&String> = operations.chain(events).collect();
    !subjects.is_empty() && !subjects.iter().any(|subject| known.contains(subject))
}

/// Bodies whose members are offered by a builder: what becomes of the builder is told there.
fn builder_bodies(old: &Client, new: &Client) -> BTreeSet<TypeRef> {
    let operations = [old, new]
        .into_iter()
        .flat_map(|client| &client.resources)
        .flat_map(|module| &module.operations);
    operations
        .filter_map(|operation| match &operation.body {
            Body::Members { ty, .. } => Some(ty.clone()),
            Body::None | Body::Multipart | Body::Whole { .. } => None,
        })
        .collect()
}

fn kind_of(ty: &Type) -> &'static str {
    match ty {
        Type::Struct(_) => "a struct",
        Type::Enum(_) => "an enum",
        Type::Bits(_) => "a mask",
        Type::Union(_) => "a union",
    }
}

fn bare_kind_of(ty: &Type) -> &'static str {
    let kind = kind_of(ty);
    kind.split_once(' ').map_or(kind, |(_, noun)| noun)
}

/// Where the changes of one type go.
struct Told<'a> {
    subjects: Vec<String>,
    is_body: bool,
    changes: &'a mut Vec<Change>,
}

impl Told<'_> {
    fn push(&mut self, verdict: Verdict, kind: &'static str, text: String) {
        self.changes
            .push(Change::new(&self.subjects, verdict, kind, text));
    }
}

fn compare_type(old: &Type, new: &Type, told: &mut Told<'_>) {
    match (old, new) {
        (Type::Struct(old), Type::Struct(new)) => compare_struct(old, new, told),
        (Type::Enum(old), Type::Enum(new)) => compare_enum(old, new, told),
        (Type::Bits(old), Type::Bits(new)) => {
            compare_variants(&old.name.to_string(), "mask", &old.masks, &new.masks, told)
        }
        (Type::Union(old), Type::Union(new)) => compare_union(old, new, told),
        _ => {
            let text = format!(
                "`{}` was {} and is {}",
                name_of(new),
                kind_of(old),
                kind_of(new)
            );
            told.push(Verdict::Major, "type-kind", text);
        }
    }
}

fn compare_struct(old: &Struct, new: &Struct, told: &mut Told<'_>) {
    let is_built = old.construction == Construction::New && new.construction == Construction::New;
    let pairs = pair(&old.fields, &new.fields, |field| field.wire.clone());
    for field in &pairs.removed {
        told.push(
            Verdict::Major,
            "field-removed",
            format!("field `{}` of `{}` removed", field.wire, new.name),
        );
    }
    for field in &pairs.added {
        told.push(
            added_field_verdict(field, is_built, told.is_body),
            "field-added",
            added_field_text(field, new),
        );
    }
    for (old, field) in &pairs.both {
        compare_field(old, field, new, is_built, told);
    }
    compare_construction(old, new, told);
    if is_built
        && pairs
            .both
            .iter()
            .all(|(old, new)| is_argument(old) == is_argument(new))
        && arguments_moved(&pairs.both, old)
    {
        told.push(
            Verdict::Major,
            "field-order",
            format!("the arguments of `{}::new` come in another order", new.name),
        );
    }
    compare_docs(&old.docs.0, &new.docs.0, &format!("`{}`", new.name), told);
}

fn added_field_verdict(field: &Field, is_built: bool, is_body: bool) -> Verdict {
    // What a builder's argument list gains is told at the operation; the struct itself can grow.
    if is_built && !is_body && is_argument(field) {
        Verdict::Major
    } else {
        Verdict::Minor
    }
}

fn added_field_text(field: &Field, item: &Struct) -> String {
    format!(
        "field `{}` of `{}` added: {}",
        field.wire,
        item.name,
        spell_field(field)
    )
}

fn is_argument(field: &Field) -> bool {
    field.presence == Presence::Required
        && field.layout == Layout::Inline
        && field.access == Access::ReadWrite
}

/// Whether the arguments that stayed changed places.
fn arguments_moved(both: &[(&Field, &Field)], old: &Struct) -> bool {
    let now = both
        .iter()
        .map(|(old, _)| *old)
        .filter(|field| is_argument(field))
        .map(|field| &field.wire);
    let kept: BTreeSet<_> = both.iter().map(|(old, _)| &old.wire).collect();
    let before = old
        .fields
        .iter()
        .filter(|field| is_argument(field) && kept.contains(&field.wire))
        .map(|field| &field.wire);
    now.ne(before)
}

fn compare_construction(old: &Struct, new: &Struct, told: &mut Told<'_>) {
    match (old.construction, new.construction) {
        (Construction::New, Construction::None) => {
            told.push(
                Verdict::Major,
                "construction-removed",
                format!("`{}` can no longer be built: no request holds it", new.name),
            );
        }
        (Construction::None, Construction::New) => {
            told.push(
                Verdict::Minor,
                "construction-added",
                format!("`{}` can be built: a request holds it", new.name),
            );
        }
        (Construction::New, Construction::New) | (Construction::None, Construction::None) => {}
    }
}

fn compare_field(old: &Field, new: &Field, item: &Struct, is_built: bool, told: &mut Told<'_>) {
    let place = format!("field `{}` of `{}`", new.wire, item.name);
    if old.name != new.name {
        told.push(
            Verdict::Major,
            "field-renamed",
            format!(
                "{place} is called `{}` in Rust, no longer `{}`",
                new.name, old.name
            ),
        );
    }
    let (was, is) = (spell_field(old), spell_field(new));
    if was != is || old.ty != new.ty {
        let kind = if old.ty == new.ty {
            "field-presence"
        } else {
            "field-type"
        };
        told.push(
            Verdict::Major,
            kind,
            format!("{place} was {was} and is {is}"),
        );
    } else if is_argument(old) != is_argument(new) {
        let verdict = if is_built && !told.is_body {
            Verdict::Major
        } else {
            Verdict::Minor
        };
        told.push(
            verdict,
            "field-required",
            format!("{place} {}", required_text(is_argument(new))),
        );
    } else if old.presence != new.presence {
        told.push(
            Verdict::Minor,
            "field-null",
            format!("{place} is left out or sent differently when there is none"),
        );
    }
    if is_built && old.access == Access::ReadWrite && new.access == Access::ReadOnly {
        told.push(
            Verdict::Major,
            "setter-removed",
            format!("{place} can no longer be set"),
        );
    }
    compare_meaning(old, new, &place, told);
    compare_docs(&old.docs.0, &new.docs.0, &place, told);
}

fn required_text(is_required: bool) -> &'static str {
    if is_required {
        "became required"
    } else {
        "is no longer required"
    }
}

/// What no compiler sees.
fn compare_meaning(old: &Field, new: &Field, place: &str, told: &mut Told<'_>) {
    if old.form != new.form {
        told.push(
            Verdict::Minor,
            "field-form",
            format!(
                "{place} travels as {}, no longer as {}",
                spell_form(new.form),
                spell_form(old.form)
            ),
        );
    }
    if old.unit != new.unit {
        let spell = |unit: &Option<String>| unit.clone().unwrap_or_else(|| "no unit".to_owned());
        told.push(
            Verdict::Major,
            "field-unit",
            format!(
                "{place} counts {}, no longer {}",
                spell(&new.unit),
                spell(&old.unit)
            ),
        );
    }
}

fn spell_form(form: Form) -> &'static str {
    match form {
        Form::Natural => "is usual for its type",
        Form::Text => "a text",
        Form::Number => "a number",
        Form::Dashed => "yyyy-mm-dd",
    }
}

fn compare_enum(old: &Enum, new: &Enum, told: &mut Told<'_>) {
    let name = new.name.to_string();
    match (&old.variants, &new.variants) {
        (Variants::Text(old), Variants::Text(new)) => {
            compare_variants(&name, "value", old, new, told)
        }
        (Variants::Int(old), Variants::Int(new)) => {
            compare_variants(&name, "value", old, new, told)
        }
        (Variants::Text(_), Variants::Int(_)) => told.push(
            Verdict::Major,
            "enum-base",
            format!("the values of `{name}` were texts and are numbers"),
        ),
        (Variants::Int(_), Variants::Text(_)) => told.push(
            Verdict::Major,
            "enum-base",
            format!("the values of `{name}` were numbers and are texts"),
        ),
    }
    compare_docs(&old.docs.0, &new.docs.0, &format!("`{name}`"), told);
}

fn compare_variants<V: PartialEq + Clone + std::fmt::Debug>(
    name: &str,
    what: &str,
    old: &[Variant<V>],
    new: &[Variant<V>],
    told: &mut Told<'_>,
) {
    let mut pairs = pair(old, new, |variant| variant.value.clone());
    for (old, new) in pairs.rest_by(|variant| variant.name.clone()) {
        let (name, is, was) = (
            format!("`{}` of `{name}`", new.name),
            &new.value,
            &old.value,
        );
        let text = format!("{what} {name} travels as {is:?}, no longer as {was:?}");
        told.push(Verdict::Minor, "value-changed", text);
        pairs.both.push((old, new));
    }
    for variant in pairs.removed {
        told.push(
            Verdict::Major,
            "value-removed",
            format!("{what} {:?} of `{name}` removed", variant.value),
        );
    }
    for variant in pairs.added {
        told.push(
            Verdict::Minor,
            "value-added",
            format!("{what} {:?} of `{name}` added", variant.value),
        );
    }
    for (old, new) in pairs.both {
        let place = format!("{what} {:?} of `{name}`", new.value);
        if old.name != new.name {
            told.push(
                Verdict::Major,
                "value-renamed",
                format!(
                    "{place} is called `{}` in Rust, no longer `{}`",
                    new.name, old.name
                ),
            );
        }
        compare_docs(&old.docs.0, &new.docs.0, &place, told);
    }
}

fn compare_union(old: &Union, new: &Union, told: &mut Told<'_>) {
    let name = &new.name;
    if old.tag != new.tag {
        told.push(
            Verdict::Minor,
            "union-tag",
            format!(
                "`{name}` is told apart by `{}`, no longer by `{}`",
                new.tag, old.tag
            ),
        );
    }
    let mut pairs = pair(&old.variants, &new.variants, |variant| {
        variant.value.clone()
    });
    for (old, variant) in pairs.rest_by(|variant| variant.name.clone()) {
        let (is, was) = (&variant.value, &old.value);
        let text = format!(
            "alternative `{}` of `{name}` is told by `{is}`, no longer by `{was}`",
            variant.name
        );
        told.push(Verdict::Minor, "variant-value", text);
        pairs.both.push((old, variant));
    }
    for variant in pairs.removed {
        told.push(
            Verdict::Major,
            "variant-removed",
            format!("alternative `{}` of `{name}` removed", variant.value),
        );
    }
    for variant in pairs.added {
        told.push(
            Verdict::Minor,
            "variant-added",
            format!("alternative `{}` of `{name}` added", variant.value),
        );
    }
    for (old, new) in pairs.both {
        if old.ty != new.ty || old.name != new.name {
            let text = format!(
                "alternative `{}` of `{name}` was {} and is {}",
                new.value,
                spell_ty(&old.ty),
                spell_ty(&new.ty)
            );
            told.push(Verdict::Major, "variant-type", text);
        }
    }
    compare_docs(&old.docs.0, &new.docs.0, &format!("`{name}`"), told);
}

fn compare_docs(old: &[String], new: &[String], place: &str, told: &mut Told<'_>) {
    if old != new {
        told.push(
            Verdict::Patch,
            "docs",
            format!("the documentation of {place} reads differently"),
        );
    }
}
