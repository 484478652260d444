//! Keys that name a parameter or a member, against what there is.

use crate::diagnostic::{Diagnostic, Diagnostics, Id, did_you_mean};
use crate::resolve::api::{
    Answer, Api, BodyKind, Location, Operation, Partial, SchemaId, SchemaKind,
};
use crate::source::Place;
use crate::syntax::reader::shorten;

pub(super) fn unknown_member(api: &Api, sink: &mut Diagnostics) {
    for operation in &api.operations {
        let mut names = Names {
            api,
            operation,
            sink,
        };
        names.pagination();
        names.batch();
        names.window();
        names.partial();
        names.idempotency_key();
    }
    for event in &api.events {
        if let Some(payload) = &event.payload {
            let place = event.place.child("x-event-payload");
            if let Err(known) = walk(api, event.schema, payload) {
                sink.push(missing(place, payload, "member of the event", &known));
            }
        }
    }
}

struct Names<'a> {
    api: &'a Api,
    operation: &'a Operation,
    sink: &'a mut Diagnostics,
}

impl Names<'_> {
    fn pagination(&mut self) {
        let Some(pagination) = &self.operation.ext.pagination else {
            return;
        };
        let place = &pagination.place;
        self.request(&pagination.token, place.child("token"));
        if let Some(size) = &pagination.size {
            self.request(size, place.child("size"));
        }
        self.output_list(&pagination.items, place.child("items"));
        self.output(&pagination.next, place.child("next"));
        if let Some(more) = &pagination.more {
            self.output(more, place.child("more"));
        }
    }

    fn batch(&mut self) {
        let Some(batch) = &self.operation.ext.batch else {
            return;
        };
        if let Some(id) = self.request(&batch.list, batch.place.child("list")) {
            self.list(id, &batch.list, batch.place.child("list"));
        }
        if let Some(items) = &batch.items {
            self.output_list(items, batch.place.child("items"));
        }
    }

    fn window(&mut self) {
        if let Some(window) = &self.operation.ext.window {
            self.request(&window.from, window.place.child("from"));
            self.request(&window.to, window.place.child("to"));
        }
    }

    fn partial(&mut self) {
        for (index, partial) in self.operation.ext.partial.iter().enumerate() {
            let place = self.operation.place.child("x-partial").index(index);
            match partial {
                Partial::List { path, .. } => {
                    self.output_list(path, place.child("list"));
                }
                Partial::Message { .. } | Partial::Error { .. } => {}
            }
        }
    }

    fn idempotency_key(&mut self) {
        let place = self.operation.place.child("x-idempotency-key");
        let paths = &self.operation.ext.idempotency_keys;
        for (index, path) in paths.iter().enumerate() {
            let place = match paths.len() {
                1 => place.clone(),
                _ => place.index(index),
            };
            self.request(path, place);
        }
    }

    /// A query parameter, or a member of the body.
    fn request(&mut self, path: &str, place: Place) -> Option<SchemaId> {
        let parameters = &self.operation.parameters;
        let is_query = |name: &str| {
            parameters
                .iter()
                .find(|p| p.location == Location::Query && p.name == name)
        };
        if let Some(parameter) = is_query(path) {
            return Some(parameter.schema);
        }
        let body = match self.operation.body.as_ref().map(|body| &body.kind) {
            Some(
                BodyKind::Json { schema, .. }
                | BodyKind::Form { schema, .. }
                | BodyKind::Multipart { schema },
            ) => walk(self.api, *schema, path),
            Some(BodyKind::Text | BodyKind::Bytes { .. }) | None => Err(Vec::new()),
        };
        match body {
            Ok(id) => Some(id),
            Err(mut known) => {
                known.extend(parameters.iter().map(|parameter| parameter.name.as_str()));
                self.sink.push(missing(
                    place,
                    path,
                    "query parameter and no member of the body",
                    &known,
                ));
                None
            }
        }
    }

    /// A member of the output: of the answer, or of its data if it is wrapped.
    fn output(&mut self, path: &str, place: Place) -> Option<SchemaId> {
        let Answer::Json { schema, .. } = self.operation.answer else {
            let headline = format!(
                "`{}` is no member of the answer, which is no JSON",
                shorten(path)
            );
            self.sink
                .push(Diagnostic::new(Id::UnknownMember, place, headline));
            return None;
        };
        let data = self
            .operation
            .envelope
            .as_ref()
            .map(|envelope| envelope.data.as_str());
        let output = match data.map(|data| walk(self.api, schema, data)) {
            Some(Ok(data)) => data,
            Some(Err(_)) | None => schema,
        };
        match walk(self.api, output, path) {
            Ok(id) => Some(id),
            Err(known) => {
                self.sink
                    .push(missing(place, path, "member of the output", &known));
                None
            }
        }
    }

    fn output_list(&mut self, path: &str, place: Place) {
        if let Some(id) = self.output(path, place.clone()) {
            self.list(id, path, place);
        }
    }

    fn list(&mut self, id: SchemaId, path: &str, place: Place) {
        if !matches!(
            self.api.schemas[id].kind,
            SchemaKind::Array(_) | SchemaKind::Any
        ) {
            let headline = format!("`{}` is no list", shorten(path));
            self.sink
                .push(Diagnostic::new(Id::UnknownMember, place, headline));
        }
    }
}

fn missing(place: Place, path: &str, what: &str, known: &[&str]) -> Diagnostic {
    let last = path.rsplit('.').next().unwrap_or(path);
    Diagnostic::new(
        Id::UnknownMember,
        place,
        format!("`{}` is no {what}", shorten(path)),
    )
    .label("names nothing")
    .maybe_help(did_you_mean(last, known.iter().copied()))
}

/// Follows `a.b[].c`. The error holds the names that the step that failed could have had.
fn walk<'a>(api: &'a Api, schema: SchemaId, path: &str) -> Result<SchemaId, Vec<&'a str>> {
    let mut at = schema;
    for segment in path.split('.') {
        let (name, is_each) = match segment.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (segment, false),
        };
        at = match &api.schemas[at].kind {
            SchemaKind::Object(members) => match members.properties.iter().find(|p| p.name == name)
            {
                Some(property) => property.schema,
                None => return Err(members.properties.iter().map(|p| p.name.as_str()).collect()),
            },
            SchemaKind::Map(value) => *value,
            SchemaKind::Any => return Ok(at),
            _ => return Err(Vec::new()),
        };
        if is_each {
            at = match api.schemas[at].kind {
                SchemaKind::Array(item) => item,
                _ => return Err(Vec::new()),
            };
        }
    }
    Ok(at)
}
