//! The types of the client while they are being made: who has which name, and where each will be written.

use std::collections::{HashMap, HashSet};

use super::names::Taken;
use crate::ir::{Name, Struct, Type, TypeRef};
use crate::resolve::api::SchemaId;

/// A list of types that are written together: those of an operation, or those of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BinId(usize);

/// All types of the client, while they are being made.
#[derive(Debug, Default)]
pub(crate) struct TypeStore {
    bins: Vec<Vec<Option<Type>>>,
    slots: HashMap<TypeRef, (BinId, usize)>,
    taken: HashMap<Name, Taken<Option<SchemaId>>>,
    pub by_schema: HashMap<SchemaId, TypeRef>,
    /// Lists, maps and the like that are being lowered right now.
    pub open: HashSet<SchemaId>,
}

impl TypeStore {
    pub(crate) fn add_bin(&mut self) -> BinId {
        self.bins.push(Vec::new());
        BinId(self.bins.len() - 1)
    }

    pub(crate) fn take_bin(&mut self, bin: BinId) -> Vec<Type> {
        std::mem::take(&mut self.bins[bin.0])
            .into_iter()
            .flatten()
            .collect()
    }

    pub(crate) fn get(&self, name: &TypeRef) -> Option<&Type> {
        let (bin, index) = self.slots.get(name)?;
        self.bins[bin.0].get(*index)?.as_ref()
    }

    pub(crate) fn structs_mut(&mut self) -> impl Iterator<Item = (&TypeRef, &mut Struct)> {
        let mut by_slot: HashMap<(usize, usize), &TypeRef> = HashMap::new();
        by_slot.extend(
            self.slots
                .iter()
                .map(|(name, (bin, index))| ((bin.0, *index), name)),
        );
        self.bins
            .iter_mut()
            .enumerate()
            .flat_map(|(bin, types)| {
                types
                    .iter_mut()
                    .enumerate()
                    .map(move |(index, ty)| ((bin, index), ty))
            })
            .filter_map(move |(slot, ty)| match ty {
                Some(Type::Struct(item)) => Some((*by_slot.get(&slot)?, item)),
                _ => None,
            })
    }

    pub(crate) fn types(&self) -> impl Iterator<Item = (&TypeRef, &Type)> {
        self.slots
            .iter()
            .filter_map(|(name, (bin, index))| Some((name, self.bins[bin.0][*index].as_ref()?)))
    }

    /// Whether values of the type are JSON objects.
    pub(crate) fn is_structured(&self, name: &TypeRef) -> bool {
        matches!(self.get(name), Some(Type::Struct(_) | Type::Union(_)))
    }

    /// Keeps a type name for something that is no schema.
    pub(crate) fn claim(&mut self, module: &Name, wanted: &Name) -> Name {
        self.taken
            .entry(module.clone())
            .or_default()
            .claim(wanted, None)
    }

    pub(crate) fn owner(&self, module: &Name, name: &Name) -> Option<Option<SchemaId>> {
        self.taken.get(module)?.owner(name).copied()
    }

    /// A name and a place for the type of a schema, which is made later.
    pub(crate) fn reserve(
        &mut self,
        id: SchemaId,
        module: &Name,
        bin: BinId,
        wanted: &Name,
    ) -> TypeRef {
        let name = self
            .taken
            .entry(module.clone())
            .or_default()
            .claim(wanted, Some(id));
        let reference = TypeRef {
            module: module.clone(),
            name,
        };
        let types = &mut self.bins[bin.0];
        self.slots.insert(reference.clone(), (bin, types.len()));
        types.push(None);
        self.by_schema.insert(id, reference.clone());
        reference
    }

    pub(crate) fn fill(&mut self, name: &TypeRef, ty: Type) {
        if let Some((bin, index)) = self.slots.get(name) {
            self.bins[bin.0][*index] = Some(ty);
        }
    }
}
