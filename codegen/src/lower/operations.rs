//! From operations to methods, builders, and what the runtime must know of each.

use super::docs::{self, Page};
use super::homes::{self, Resource, split_id};
use super::markdown::{code_span, to_rustdoc, to_rustdoc_line};
use super::names::{Taken, accessor_name, constant_name, method_name, type_name};
use super::schemas::{Spot, canonical};
use super::store::BinId;
use super::structs::struct_of;
use super::{Cx, answers, batching, bodies, examples, paging, parameters, reach};
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{
    Body, Docs, Envelope, ErrorOverride, Given, Handle, Info, Member, Method, Module, Name,
    Operation, Partial, Presence, RateLimit, RetryClass, Ty,
};
use crate::resolve::api::{self, MessageForm, SchemaId};

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

fn lower_info(cx: &Cx<'_>, operation: &api::Operation, path: String) -> Info {
    let ext = &operation.ext;
    Info {
        method: lower_method(operation.method),
        path,
        retry: ext
            .retry
            .map_or_else(|| usual_retry(operation.method), lower_retry),
        rate_limit: ext.rate_limit.map(|limit| RateLimit {
            calls: limit.calls,
            seconds: limit.seconds,
        }),
        tokens: each_once(
            operation
                .security
                .iter()
                .flatten()
                .map(|requirement| requirement.scheme.clone()),
        ),
        scopes: each_once(
            operation
                .security
                .iter()
                .flatten()
                .flat_map(|requirement| requirement.scopes.clone()),
        ),
        errors: each_once(ext.errors.iter().map(|error| error.code)),
        overrides: ext
            .errors
            .iter()
            .filter_map(|error| lower_override(cx, error))
            .collect(),
        envelope: operation.envelope.as_ref().map(lower_envelope),
        partial: ext.partial.iter().map(lower_partial).collect(),
        idempotency_keys: ext.idempotency_keys.clone(),
        source: ext
            .source
            .as_ref()
            .map(|source| source.page.clone())
            .unwrap_or_default(),
    }
}

fn each_once<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for item in items {
        if !once.contains(&item) {
            once.push(item);
        }
    }
    once
}

fn lower_method(method: api::Method) -> Method {
    match method {
        api::Method::Get => Method::Get,
        api::Method::Put => Method::Put,
        api::Method::Post => Method::Post,
        api::Method::Delete => Method::Delete,
        api::Method::Options => Method::Options,
        api::Method::Head => Method::Head,
        api::Method::Patch => Method::Patch,
        api::Method::Trace => Method::Trace,
    }
}

/// What HTTP promises of a method, where the description says nothing.
fn usual_retry(method: api::Method) -> RetryClass {
    match method {
        api::Method::Get | api::Method::Head | api::Method::Options | api::Method::Trace => {
            RetryClass::Read
        }
        api::Method::Put | api::Method::Delete => RetryClass::Idempotent,
        api::Method::Post | api::Method::Patch => RetryClass::Append,
    }
}

fn lower_retry(class: api::RetryClass) -> RetryClass {
    match class {
        api::RetryClass::Read => RetryClass::Read,
        api::RetryClass::Idempotent => RetryClass::Idempotent,
        api::RetryClass::Overwrite => RetryClass::Overwrite,
        api::RetryClass::Append => RetryClass::Append,
    }
}

fn lower_envelope(envelope: &api::Envelope) -> Envelope {
    Envelope {
        code: envelope.code.clone(),
        message: envelope.message.clone(),
        data: envelope.data.clone(),
    }
}

/// Nothing, unless the reference says more than the code.
fn lower_override(cx: &Cx<'_>, error: &api::ErrorRef) -> Option<ErrorOverride> {
    let kind = error.kind.as_deref().and_then(|kind| {
        let name = super::errors::kind_name(kind);
        cx.errors
            .kinds
            .iter()
            .position(|candidate| candidate.name == name)
    });
    let lowered = ErrorOverride {
        code: error.code,
        http: error.http.clone(),
        meaning: error.meaning.clone(),
        retired: error.retired,
        kind,
        remedy_en: error.remedy_en.clone(),
        remedy_zh: error.remedy_zh.clone(),
    };
    let says_nothing = ErrorOverride {
        code: error.code,
        http: Vec::new(),
        meaning: None,
        retired: false,
        kind: None,
        remedy_en: None,
        remedy_zh: None,
    };
    (lowered != says_nothing).then_some(lowered)
}

fn lower_partial(partial: &api::Partial) -> Partial {
    match partial {
        api::Partial::List { path, meaning } => Partial::List {
            path: path.clone(),
            meaning: meaning.clone(),
        },
        api::Partial::Error { code, meaning } => Partial::Error {
            code: *code,
            meaning: meaning.clone(),
        },
        api::Partial::Message { form, meaning } => {
            let meaning = meaning.clone();
            match form {
                MessageForm::RowList => Partial::RowList { meaning },
                MessageForm::RowMap => Partial::RowMap { meaning },
                MessageForm::IdMap => Partial::IdMap { meaning },
            }
        }
    }
}

fn operation_docs(
    cx: &Cx<'_>,
    operation: &api::Operation,
    lowered: &Operation,
    names: &Names,
) -> Docs {
    let quirks: Vec<&String> = operation.ext.quirks.iter().collect();
    let page = Page::default()
        .lines(summary_lines(operation))
        .text(more_than_summary(operation))
        .lines(docs::quirk_lines(&quirks))
        .lines(limit_lines(operation))
        .lines(partial_lines(operation))
        .lines(retry_lines(lowered));
    page.section(
        "Example",
        examples::example_lines(cx, operation, lowered, names),
    )
    .section("Errors", error_lines(cx, operation))
    .section("Permissions", permission_lines(operation))
    .section("Rate limit", rate_lines(operation))
    .section(
        "Source",
        operation
            .ext
            .source
            .as_ref()
            .map(docs::source_lines)
            .unwrap_or_default(),
    )
    .docs()
}

fn summary_lines(operation: &api::Operation) -> Vec<String> {
    let summary = to_rustdoc_line(&operation.summary);
    if !summary.is_empty() {
        return vec![sentence(&summary)];
    }
    if operation.description.trim().is_empty() {
        vec![format!("{}.", code_span(&operation.id))]
    } else {
        Vec::new()
    }
}

/// Summaries are written without a full stop by habit; rustdoc shows them as sentences.
fn sentence(text: &str) -> String {
    let is_open = text.ends_with(|c: char| c.is_alphanumeric() || c == ')' || c == '`');
    if is_open {
        format!("{text}.")
    } else {
        text.to_owned()
    }
}

/// The description, unless it repeats the summary.
fn more_than_summary(operation: &api::Operation) -> &str {
    if operation.description.trim() == operation.summary.trim() {
        ""
    } else {
        &operation.description
    }
}

fn limit_lines(operation: &api::Operation) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(batch) = &operation.ext.batch {
        lines.push(format!(
            "Takes at most {} of {} a call; `batches()` cuts longer lists.",
            batch.max,
            code_span(&batch.list)
        ));
    }
    if let Some(window) = &operation.ext.window {
        lines.push(format!(
            "Spans at most {} days a call, from {} to {}.",
            window.days,
            code_span(&window.from),
            code_span(&window.to)
        ));
    }
    lines
}

fn partial_lines(operation: &api::Operation) -> Vec<String> {
    let lines = operation.ext.partial.iter().map(|partial| match partial {
        api::Partial::List { path, meaning } => {
            format!("- {}: {}", code_span(path), to_rustdoc_line(meaning))
        }
        api::Partial::Message { meaning, .. } => {
            format!("- in the message: {}", to_rustdoc_line(meaning))
        }
        api::Partial::Error { code, meaning } => {
            format!("- error {code}: {}", to_rustdoc_line(meaning))
        }
    });
    let mut lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        lines.insert(
            0,
            "A success may say that parts of the call failed:".to_owned(),
        );
        lines.insert(1, String::new());
    }
    lines
}

fn retry_lines(lowered: &Operation) -> Vec<String> {
    let said = match (lowered.info.retry, lowered.info.idempotency_keys.as_slice()) {
        (RetryClass::Append, keys @ [_, ..]) => {
            let keys: Vec<String> = keys.iter().map(|key| code_span(key)).collect();
            format!("Repeated after a failure only if every row carries {}.", keys.join(", "))
        }
        (RetryClass::Append, []) => "Not repeated after a failure that may have reached the service: a repetition adds again.".to_owned(),
        (RetryClass::Overwrite, _) => "Replaces what is there.".to_owned(),
        (RetryClass::Read | RetryClass::Idempotent, _) => return Vec::new(),
    };
    vec![said]
}

fn error_lines(cx: &Cx<'_>, operation: &api::Operation) -> Vec<String> {
    operation
        .ext
        .errors
        .iter()
        .map(|error| error_line(cx, operation, error))
        .collect()
}

fn error_line(cx: &Cx<'_>, operation: &api::Operation, error: &api::ErrorRef) -> String {
    let entry = super::errors::entry_for(cx.api, error.code, &operation.id);
    let meaning = error
        .meaning
        .as_deref()
        .or(entry.map(|(_, entry)| entry.meaning.as_str()))
        .unwrap_or_default();
    let meaning = to_rustdoc_line(meaning);
    let retired = if error.retired {
        " No longer sent."
    } else {
        ""
    };
    let name = entry
        .and_then(|(index, _)| cx.errors.entries.get(index))
        .map(|entry| &entry.constant);
    match name {
        Some(name) => format!(
            "- [`{name}`](rt::ErrorCode::{name}) ({}): {meaning}{retired}",
            error.code
        ),
        None => format!("- {}: {meaning}{retired}", error.code),
    }
}

fn permission_lines(operation: &api::Operation) -> Vec<String> {
    let requirements = operation.security.iter().flatten();
    let tokens = each_once(
        requirements
            .clone()
            .map(|requirement| code_span(&requirement.scheme)),
    );
    let scopes = each_once(
        requirements
            .flat_map(|requirement| requirement.scopes.iter().map(|scope| code_span(scope))),
    );
    let mut lines = Vec::new();
    if !tokens.is_empty() {
        lines.push(format!("Authentication: {}.", tokens.join(" or ")));
    }
    if !scopes.is_empty() {
        lines.push(format!("Scopes, any of: {}.", scopes.join(", ")));
    }
    if !operation.ext.app_types.is_empty() {
        let kinds: Vec<String> = operation
            .ext
            .app_types
            .iter()
            .map(|kind| code_span(kind))
            .collect();
        lines.push(format!("Kinds of app: {}.", kinds.join(", ")));
    }
    lines
}

fn rate_lines(operation: &api::Operation) -> Vec<String> {
    let limit = operation.ext.rate_limit;
    limit
        .map(|limit| match limit.seconds {
            1 => format!("{} calls a second.", limit.calls),
            seconds => format!("{} calls in {seconds} seconds.", limit.calls),
        })
        .into_iter()
        .collect()
}

/// Of the handle's method: what it does, and its arguments.
fn method_docs(operation: &api::Operation, lowered: &Operation) -> Docs {
    let mut summary = summary_lines(operation);
    if summary.is_empty() {
        summary = to_rustdoc(&operation.description)
            .into_iter()
            .take_while(|line| !line.is_empty())
            .collect();
    }
    let arguments = argument_lines(lowered);
    let more = format!("More, and what else can be set: [`{}`].", lowered.builder);
    Page::default()
        .lines(summary)
        .lines(arguments)
        .lines(vec![more])
        .docs()
}

fn argument_lines(lowered: &Operation) -> Vec<String> {
    let members = lowered
        .members
        .iter()
        .filter(|member| member.given == Given::Argument);
    let mut lines: Vec<String> = members
        .map(|Member { name, docs, .. }| argument_line(name, docs))
        .collect();
    match &lowered.body {
        Body::None | Body::Multipart => {}
        Body::Members { members, .. } => {
            let required = members
                .iter()
                .filter(|member| member.field.presence == Presence::Required);
            lines.extend(required.map(|member| argument_line(&member.name, &member.field.docs)));
        }
        Body::Whole { presence, docs, .. } => {
            if *presence == Presence::Required && !docs.0.is_empty() {
                lines.push(format!("- `body`: {}", first_line(docs)));
            }
        }
    }
    lines
}

fn argument_line(name: &Name, docs: &Docs) -> String {
    format!("- `{name}`: {}", first_line(docs))
        .trim_end_matches([':', ' '])
        .to_owned()
}

/// The first line, unless it opens a block.
fn first_line(docs: &Docs) -> &str {
    let line = docs.0.first().map_or("", |line| line.trim_start());
    if line.starts_with("```") || line.starts_with("~~~") {
        ""
    } else {
        line
    }
}

fn errors_docs(lowered: &Operation) -> Docs {
    if lowered.info.errors.is_empty() {
        return Docs::default();
    }
    let line = format!(
        "The codes that the service gives are listed at [`{}`].",
        lowered.builder
    );
    Docs(vec![
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        line,
    ])
}
