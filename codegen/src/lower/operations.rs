//! From operations to methods, builders, and what the runtime must know of each.

use super::homes::{self, Resource, split_id};
use super::markdown::{code_span, to_rustdoc};
use super::names::{Taken, accessor_name, constant_name, method_name, type_name};
use super::operation_docs::{errors_docs, method_docs, operation_docs};
use super::operation_info::lower_info;
use super::schemas::{Spot, canonical};
use super::store::BinId;
use super::structs::struct_of;
use super::{Cx, answers, batching, bodies, paging, parameters, reach};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{Body, Docs, Handle, Module, Name, Operation, Ty};
use crate::resolve::api::{self, SchemaId};

/// The name spaces of a resource.
#[derive(Default)]
struct Spaces {
    methods: Taken<()>,
    constants: Taken<()>,
}

/// An operation's names, before anything else of it is known.
pub(crate) struct Names {
    pub resource: String,
    pub method: Name,
    pub builder: Name,
    pub info: Name,
    pub module: Name,
    pub bin: BinId,
}

impl Names {
    /// Where the types of a part of this operation stand: with the operation, unless several may share the part.
    pub(crate) fn spot(&self, cx: &Cx<'_>, schema: SchemaId, part: &str) -> Spot {
        let schema = &cx.api.schemas[canonical(cx.api, schema)];
        match shared_part(&schema.place.pointer.segments()) {
            None => Spot::new(&self.module, self.bin, &[self.builder.as_str(), part])
                .saying(self.describe(part)),
            Some((key, kind)) => {
                let (module, bin) = cx.homes.of_file(&schema.file);
                Spot::new(&module, bin, &[key, kind])
            }
        }
    }
}

impl Names {
    fn describe(&self, part: &str) -> String {
        match part {
            "Body" => format!("The body of [`{}`].", self.builder),
            "Response" => format!("The answer to [`{}`].", self.builder),
            parameter => format!(
                "What {} of [`{}`] holds.",
                code_span(parameter),
                self.builder
            ),
        }
    }
}

/// The component that a schema is written in, if that is no schema itself, and what to call its type.
fn shared_part<'s>(segments: &[&'s str]) -> Option<(&'s str, &'static str)> {
    match segments {
        ["components", "parameters", key, ..] => Some((key, "Parameter")),
        ["components", "requestBodies", key, ..] => Some((key, "Body")),
        ["components", "responses", key, ..] => Some((key, "Response")),
        _ => None,
    }
}

/// A module for each resource; its types come with [`finish_resources`].
pub(crate) fn lower_resources(cx: &mut Cx<'_>) -> Vec<(Module, Vec<BinId>)> {
    let resources = cx.homes.resources.clone();
    let mut handles = Taken::default();
    // Names of all resources first: a type of one may be named by another.
    let named: Vec<_> = resources
        .iter()
        .map(|resource| (resource, name_resource(cx, resource, &mut handles)))
        .collect();
    named
        .into_iter()
        .map(|(resource, named)| lower_resource(cx, resource, named))
        .collect()
}

struct NamedResource {
    handle: Handle,
    names: Vec<Names>,
}

fn name_resource(cx: &mut Cx<'_>, resource: &Resource, handles: &mut Taken<()>) -> NamedResource {
    let wanted = type_name(&[&resource.text, "Api"]);
    let name = cx.store.claim(&resource.module, &wanted);
    let accessor = handles.claim(&accessor_name(&resource.text), ());
    let handle = Handle {
        name,
        accessor,
        docs: handle_docs(cx, resource),
    };
    let mut spaces = Spaces::default();
    let names = resource
        .operations
        .iter()
        .map(|index| name_operation(cx, resource, *index, &mut spaces))
        .collect();
    NamedResource { handle, names }
}

fn name_operation(
    cx: &mut Cx<'_>,
    resource: &Resource,
    index: usize,
    spaces: &mut Spaces,
) -> Names {
    let operation = &cx.api.operations[index];
    let (_, text) = split_id(operation, cx.sink.profile());
    let text = operation.ext.name_override.clone().unwrap_or(text);
    let wanted = method_name(&text);
    let method = spaces.methods.claim(&wanted, ());
    let builder = cx
        .store
        .claim(&resource.module, &type_name(&[&resource.text, &text]));
    let info = spaces
        .constants
        .claim(&constant_name(&[&resource.text, &text]), ());
    if method != wanted {
        let headline =
            format!("two operations are called `{wanted}` in Rust; this one becomes `{method}`");
        cx.sink.push(
            Diagnostic::new(Id::NameClash, &operation.place, headline)
                .help("give one of the two an `x-name`"),
        );
    }
    let bin = cx.store.add_bin();
    Names {
        resource: resource.text.clone(),
        method,
        builder,
        info,
        module: resource.module.clone(),
        bin,
    }
}

fn handle_docs(cx: &Cx<'_>, resource: &Resource) -> Docs {
    let operation = resource
        .operations
        .first()
        .map(|index| &cx.api.operations[*index]);
    let tag = operation.and_then(|operation| operation.tag.as_deref());
    let described = cx
        .api
        .tags
        .iter()
        .find(|candidate| Some(candidate.name.as_str()) == tag);
    let described = described.filter(|candidate| !candidate.description.trim().is_empty());
    match described {
        Some(tag) => Docs(to_rustdoc(&tag.description)),
        None => Docs(vec![format!("The calls of {}.", code_span(&resource.text))]),
    }
}

fn lower_resource(
    cx: &mut Cx<'_>,
    resource: &Resource,
    named: NamedResource,
) -> (Module, Vec<BinId>) {
    let mut operations = Vec::new();
    let mut bins = Vec::new();
    for (index, names) in resource.operations.iter().zip(named.names) {
        let api = cx.api;
        if let Some(operation) = lower_operation(cx, &api.operations[*index], &names) {
            operations.push(operation);
            bins.push(names.bin);
        }
    }
    let module = Module {
        name: resource.module.clone(),
        sources: homes::sources(cx.api, resource),
        docs: named.handle.docs.clone(),
        handle: Some(named.handle),
        operations,
        types: Vec::new(),
    };
    (module, bins)
}

/// Moves the finished types to where they are written.
pub(crate) fn finish_resources(
    cx: &mut Cx<'_>,
    mut resources: Vec<(Module, Vec<BinId>)>,
) -> Vec<Module> {
    for operation in resources
        .iter_mut()
        .flat_map(|(module, _)| &mut module.operations)
    {
        refresh_body(cx, operation);
    }
    let homes: Vec<BinId> = cx
        .homes
        .resources
        .iter()
        .map(|resource| resource.bin)
        .collect();
    resources
        .into_iter()
        .zip(homes)
        .map(|((module, bins), home)| finish_resource(cx, module, bins, home))
        .collect()
}

fn finish_resource(cx: &mut Cx<'_>, mut module: Module, bins: Vec<BinId>, home: BinId) -> Module {
    for (operation, bin) in module.operations.iter_mut().zip(bins) {
        operation.types = cx.store.take_bin(bin);
    }
    module.types = cx.store.take_bin(home);
    module
}

/// The members of a body are copies of its struct's fields, which were settled since.
fn refresh_body(cx: &Cx<'_>, operation: &mut Operation) {
    let Body::Members { ty, members, .. } = &mut operation.body else {
        return;
    };
    let fields = struct_of(cx, &Ty::Named(ty.clone()))
        .map(|item| item.fields.clone())
        .unwrap_or_default();
    for (member, field) in members.iter_mut().zip(fields) {
        member.field = field;
    }
}

fn lower_operation(
    cx: &mut Cx<'_>,
    operation: &api::Operation,
    names: &Names,
) -> Option<Operation> {
    let path = parameters::check_path(cx, operation)?;
    let mut taken = Taken::default();
    let mut members = parameters::lower_parameters(cx, operation, names, &mut taken);
    let body = bodies::lower_body(cx, operation, names, &mut taken, &mut members)?;
    let output = answers::lower_answer(cx, operation, names);
    for member in &members {
        cx.sent.extend(reach::named_in(&member.ty));
    }
    cx.read.extend(reach::named_in_output(&output));
    let mut lowered = Operation {
        id: operation.id.clone(),
        method: names.method.clone(),
        builder: names.builder.clone(),
        info_name: names.info.clone(),
        docs: Docs::default(),
        method_docs: Docs::default(),
        errors_docs: Docs::default(),
        deprecated: operation.deprecated,
        members,
        body,
        output,
        paging: None,
        batching: None,
        info: lower_info(cx, operation, path),
        types: Vec::new(),
    };
    lowered.paging = paging::lower_paging(cx, operation, &lowered);
    lowered.batching = batching::lower_batching(cx, operation, &lowered);
    lowered.docs = operation_docs(cx, operation, &lowered, names);
    lowered.method_docs = method_docs(operation, &lowered);
    lowered.errors_docs = errors_docs(&lowered);
    Some(lowered)
}
