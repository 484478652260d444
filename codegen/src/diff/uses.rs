//! Which operations and events a type shows in.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Body, Client, Module, Operation, Output, Ty, Type, TypeRef};

/// The operations and events by type.
pub(super) struct Uses {
    subjects: BTreeMap<TypeRef, BTreeSet<(usize, String)>>,
}

impl Uses {
    pub(super) fn of(clients: &[&Client]) -> Self {
        let mut uses = Self {
            subjects: BTreeMap::new(),
        };
        for client in clients {
            uses.add_client(client);
        }
        uses
    }

    /// In the order of the description.
    pub(super) fn of_type(&self, name: &TypeRef) -> Vec<String> {
        self.subjects
            .get(name)
            .into_iter()
            .flatten()
            .map(|(_, subject)| subject.clone())
            .collect()
    }

    fn add_client(&mut self, client: &Client) {
        let held = held_by_type(client);
        let operations = client
            .resources
            .iter()
            .flat_map(|module| &module.operations);
        for (index, operation) in operations.enumerate() {
            self.add(&operation.id, index, named_by(operation), &held);
        }
        for (index, event) in client
            .events
            .iter()
            .flat_map(|events| &events.events)
            .enumerate()
        {
            self.add(
                &event.event_type,
                10_000 + index,
                named_in(&event.document).into_iter().collect(),
                &held,
            );
        }
    }

    fn add(
        &mut self,
        subject: &str,
        index: usize,
        start: Vec<TypeRef>,
        held: &BTreeMap<TypeRef, Vec<TypeRef>>,
    ) {
        let mut open = start;
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            if seen.insert(name.clone()) {
                open.extend(held.get(&name).into_iter().flatten().cloned());
                let subjects = self.subjects.entry(name).or_default();
                if !subjects.iter().any(|(_, known)| known == subject) {
                    subjects.insert((index, subject.to_owned()));
                }
            }
        }
    }
}

fn named_in(ty: &Ty) -> Option<TypeRef> {
    match ty {
        Ty::Named(name) => Some(name.clone()),
        Ty::List(inner) | Ty::Map(inner) => named_in(inner),
        _ => None,
    }
}

fn named_by(operation: &Operation) -> Vec<TypeRef> {
    let mut names: Vec<TypeRef> = operation
        .members
        .iter()
        .filter_map(|member| named_in(&member.ty))
        .collect();
    match &operation.body {
        Body::None | Body::Multipart => {}
        Body::Members { ty, .. } => names.push(ty.clone()),
        Body::Whole { ty, .. } => names.extend(named_in(ty)),
    }
    if let Output::Data(ty) = &operation.output {
        names.extend(named_in(ty));
    }
    names
}

/// Every type of a client, with the module that it lives in.
pub(super) fn all_types(client: &Client) -> Vec<(TypeRef, &Type)> {
    let events = client.events.iter().map(|events| &events.module);
    client
        .resources
        .iter()
        .chain(&client.common)
        .chain(events)
        .flat_map(types_of)
        .collect()
}

fn types_of(module: &Module) -> Vec<(TypeRef, &Type)> {
    let types = module
        .operations
        .iter()
        .flat_map(|operation| &operation.types)
        .chain(&module.types);
    types
        .map(|ty| {
            (
                TypeRef {
                    module: module.name.clone(),
                    name: name_of(ty).clone(),
                },
                ty,
            )
        })
        .collect()
}

pub(super) fn name_of(ty: &Type) -> &crate::ir::Name {
    match ty {
        Type::Struct(item) => &item.name,
        Type::Enum(item) => &item.name,
        Type::Bits(item) => &item.name,
        Type::Union(item) => &item.name,
    }
}

fn held_by_type(client: &Client) -> BTreeMap<TypeRef, Vec<TypeRef>> {
    all_types(client)
        .into_iter()
        .map(|(name, ty)| (name, held_by(ty)))
        .collect()
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
