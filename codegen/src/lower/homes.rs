//! Which generated file an operation or a component belongs to.
//!
//! The cut follows the files of the description, never who uses what: a second user of a type does not move it.

use std::collections::{BTreeMap, BTreeSet};

use super::names::module_name;
use super::store::{BinId, TypeStore};
use crate::diagnostic::Profile;
use crate::ir::Name;
use crate::resolve::api::{Api, Operation};

/// A resource: what its operations share.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// As the description spells it.
    pub text: String,
    pub module: Name,
    pub bin: BinId,
    /// Indices into [`Api::operations`].
    pub operations: Vec<usize>,
}

#[derive(Debug)]
pub(crate) struct Homes {
    pub resources: Vec<Resource>,
    by_file: BTreeMap<String, (Name, BinId)>,
    common: (Name, BinId),
    events: (Name, BinId),
}

impl Homes {
    pub(crate) fn of(api: &Api, profile: Profile, store: &mut TypeStore) -> Self {
        let resources = group(api, profile, store);
        let common = (fixed("common"), store.add_bin());
        let events = (fixed("events"), store.add_bin());
        let mut by_file = files_of_resources(api, &resources);
        for event in &api.events {
            by_file
                .entry(event.file.clone())
                .or_insert_with(|| events.clone());
        }
        by_file.remove(&api.root);
        Self {
            resources,
            by_file,
            common,
            events,
        }
    }

    /// Where the components of a file live: with its only resource, or in common.
    pub(crate) fn of_file(&self, file: &str) -> (Name, BinId) {
        self.by_file.get(file).unwrap_or(&self.common).clone()
    }

    pub(crate) fn common_bin(&self) -> BinId {
        self.common.1
    }

    pub(crate) fn common_module(&self) -> Name {
        self.common.0.clone()
    }

    pub(crate) fn events(&self) -> (Name, BinId) {
        self.events.clone()
    }

    pub(crate) fn common_sources(&self, api: &Api) -> Vec<String> {
        let components = api.components.iter().map(|(_, id)| &api.schemas[*id].file);
        let files: BTreeSet<String> = components
            .filter(|file| !self.by_file.contains_key(*file))
            .cloned()
            .collect();
        files.into_iter().collect()
    }
}

fn fixed(name: &str) -> Name {
    Name::new(name).expect("a fixed module name is an identifier")
}

fn files_of_resources(api: &Api, resources: &[Resource]) -> BTreeMap<String, (Name, BinId)> {
    let mut homes: BTreeMap<String, Vec<(Name, BinId)>> = BTreeMap::new();
    for resource in resources {
        for file in sources(api, resource) {
            homes
                .entry(file)
                .or_default()
                .push((resource.module.clone(), resource.bin));
        }
    }
    homes
        .into_iter()
        .filter_map(|(file, mut homes)| {
            if homes.len() == 1 {
                Some((file, homes.remove(0)))
            } else {
                None
            }
        })
        .collect()
}

/// The files that hold a resource's operations.
pub(crate) fn sources(api: &Api, resource: &Resource) -> Vec<String> {
    let files: BTreeSet<String> = resource
        .operations
        .iter()
        .map(|index| api.operations[*index].file.clone())
        .collect();
    files.into_iter().collect()
}

fn group(api: &Api, profile: Profile, store: &mut TypeStore) -> Vec<Resource> {
    let mut resources: Vec<Resource> = Vec::new();
    for (index, operation) in api.operations.iter().enumerate() {
        let text = split_id(operation, profile).0;
        let module = module_name(&text);
        match resources
            .iter_mut()
            .find(|resource| resource.module == module)
        {
            Some(resource) => resource.operations.push(index),
            None => resources.push(Resource {
                text,
                module,
                bin: store.add_bin(),
                operations: vec![index],
            }),
        }
    }
    resources
}

/// Resource and method: the two halves of an id with one dot, or the first tag and the whole id.
pub(crate) fn split_id(operation: &Operation, profile: Profile) -> (String, String) {
    let halves = operation
        .id
        .split_once('.')
        .filter(|(_, method)| !method.contains('.'));
    match (profile, halves) {
        (Profile::Strict, Some((resource, method))) => (resource.to_owned(), method.to_owned()),
        _ => (
            operation
                .tag
                .clone()
                .unwrap_or_else(|| "default".to_owned()),
            operation.id.clone(),
        ),
    }
}
