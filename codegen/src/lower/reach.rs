//! What follows from how types hold each other: who needs a `Box`, and who is built by callers.

use std::collections::{HashMap, HashSet};

use super::Cx;
use crate::ir::{Access, Construction, Layout, Output, Presence, Struct, Ty, Type, TypeRef};

/// The types that a value of `ty` may hold directly.
pub(crate) fn named_in(ty: &Ty) -> Option<TypeRef> {
    match ty {
        Ty::Named(name) => Some(name.clone()),
        Ty::List(inner) | Ty::Map(inner) => named_in(inner),
        _ => None,
    }
}

pub(crate) fn named_in_output(output: &Output) -> Option<TypeRef> {
    match output {
        Output::Data(ty) => named_in(ty),
        Output::Nothing | Output::Text | Output::Download => None,
    }
}

pub(crate) fn settle(cx: &mut Cx<'_>) {
    let cyclic = cycles(cx);
    let sent = sent_types(cx);
    for (name, item) in cx.store.structs_mut() {
        box_fields(item, name, &cyclic);
        if sent.contains(name) {
            settle_sent(item);
        }
    }
}

/// Members that only answers have cannot be required of a caller.
fn settle_sent(item: &mut Struct) {
    item.construction = Construction::New;
    for field in &mut item.fields {
        if field.access == Access::ReadOnly && field.presence != Presence::Clearable {
            field.presence = Presence::Optional;
        }
    }
}

/// Everything that a request may hold, and what nothing refers to: it must be there for the callers.
fn sent_types(cx: &Cx<'_>) -> HashSet<TypeRef> {
    let read = closure(cx, &cx.read);
    let sent = closure(cx, &cx.sent);
    let is_idle = |name: &TypeRef| !read.contains(name) && !sent.contains(name);
    let idle: Vec<TypeRef> = cx
        .store
        .types()
        .map(|(name, _)| name)
        .filter(|name| is_idle(name))
        .cloned()
        .collect();
    sent.into_iter().chain(idle).collect()
}

/// The types that are held by these, directly or not, and these.
fn closure(cx: &Cx<'_>, start: &[TypeRef]) -> HashSet<TypeRef> {
    let mut known = HashSet::new();
    let mut open = start.to_vec();
    while let Some(name) = open.pop() {
        if let Some(ty) = cx.store.get(&name).filter(|_| known.insert(name.clone())) {
            open.extend(held_by(ty));
        }
    }
    known
}

fn held_by(ty: &Type) -> Vec<TypeRef> {
    match ty {
        Type::Struct(item) => item
            .fields
            .iter()
            .filter_map(|field| named_in(&field.ty))
            .collect(),
        Type::Union(item) => item
            .variants
            .iter()
            .filter_map(|variant| named_in(&variant.ty))
            .collect(),
        Type::Enum(_) | Type::Bits(_) => Vec::new(),
    }
}

/// For each struct the number of the circle it is part of, if it holds itself by value.
type Circles = HashMap<TypeRef, usize>;

fn box_fields(item: &mut Struct, name: &TypeRef, circles: &Circles) {
    let Some(own) = circles.get(name) else { return };
    for field in &mut item.fields {
        if let Ty::Named(held) = &field.ty
            && circles.get(held) == Some(own)
        {
            field.layout = Layout::Boxed;
        }
    }
}

/// Lists, maps and unions end a circle by themselves: they hold their parts elsewhere.
fn cycles(cx: &Cx<'_>) -> Circles {
    let mut graph: HashMap<TypeRef, Vec<TypeRef>> = HashMap::new();
    for (name, ty) in cx.store.types() {
        if let Type::Struct(item) = ty {
            let held = item.fields.iter().filter_map(|field| match &field.ty {
                Ty::Named(held) => Some(held.clone()),
                _ => None,
            });
            graph.insert(name.clone(), held.collect());
        }
    }
    number_circles(&graph)
}

/// Two types are in one circle if each reaches the other.
fn number_circles(graph: &HashMap<TypeRef, Vec<TypeRef>>) -> Circles {
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    let mut names: Vec<&TypeRef> = graph.keys().collect();
    names.sort();
    for name in &names {
        finish_order(graph, name, &mut seen, &mut order);
    }
    let backward = reversed(graph);
    let mut circles = Circles::new();
    let mut placed = HashSet::new();
    for (number, name) in order.into_iter().rev().enumerate() {
        let members = collect(&backward, &name, &mut placed);
        let holds_itself = |name: &TypeRef| graph.get(name).is_some_and(|held| held.contains(name));
        if members.len() > 1 || members.iter().any(holds_itself) {
            circles.extend(members.into_iter().map(|member| (member, number)));
        }
    }
    circles
}

/// Depth first, without recursion: a chain of types may be long.
fn finish_order(
    graph: &HashMap<TypeRef, Vec<TypeRef>>,
    start: &TypeRef,
    seen: &mut HashSet<TypeRef>,
    order: &mut Vec<TypeRef>,
) {
    let mut stack = vec![(start.clone(), false)];
    while let Some((name, left)) = stack.pop() {
        if left {
            order.push(name);
        } else if seen.insert(name.clone()) {
            stack.push((name.clone(), true));
            let held = graph.get(&name).into_iter().flatten();
            stack.extend(
                held.filter(|held| graph.contains_key(*held))
                    .map(|held| (held.clone(), false)),
            );
        }
    }
}

fn reversed(graph: &HashMap<TypeRef, Vec<TypeRef>>) -> HashMap<TypeRef, Vec<TypeRef>> {
    let mut backward: HashMap<TypeRef, Vec<TypeRef>> = HashMap::new();
    for (name, held) in graph {
        for other in held {
            backward
                .entry(other.clone())
                .or_default()
                .push(name.clone());
        }
    }
    backward
}

fn collect(
    graph: &HashMap<TypeRef, Vec<TypeRef>>,
    start: &TypeRef,
    placed: &mut HashSet<TypeRef>,
) -> Vec<TypeRef> {
    let mut members = Vec::new();
    let mut stack = vec![start.clone()];
    while let Some(name) = stack.pop() {
        if placed.insert(name.clone()) {
            stack.extend(graph.get(&name).into_iter().flatten().cloned());
            members.push(name);
        }
    }
    members
}
