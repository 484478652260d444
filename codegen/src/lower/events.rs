//! From webhooks to event types.

use super::Cx;
use super::docs::{self, Page};
use super::markdown::{code_span, to_rustdoc_line};
use super::names::{Taken, open_variant_name, type_name};
use super::reach::named_in;
use super::schemas::{Spot, lower_schema};
use super::structs::struct_of;
use crate::diagnostic::{Diagnostic, Id};
use crate::ir::{Dispatch, Docs, Event, Events, Module};
use crate::resolve::api;

/// The variant that keeps what is unknown.
const CATCH_ALL: &str = "Unknown";

pub(crate) fn lower_events(cx: &mut Cx<'_>) -> Option<Events> {
    if cx.api.events.is_empty() {
        return None;
    }
    let (module, _) = cx.homes.events();
    cx.store.claim(&module, &type_name(&["Event"]));
    let mut taken = Taken::default();
    let api = cx.api;
    let mut events: Vec<Event> = Vec::new();
    for event in &api.events {
        let lowered = lower_event(cx, event, &mut taken);
        match lowered.filter(|lowered| {
            !events
                .iter()
                .any(|other| other.document == lowered.document)
        }) {
            Some(event) => events.push(event),
            None => report(cx, event),
        }
    }
    let dispatch = if cx.is_foreign() {
        Dispatch::TypesOnly
    } else {
        Dispatch::Enum
    };
    Some(Events {
        module: empty_module(cx),
        events,
        dispatch,
    })
}

fn report(cx: &mut Cx<'_>, event: &api::Event) {
    let headline = format!("event `{}` has no type of its own", event.event_type);
    cx.sink.push(
        Diagnostic::new(Id::KeptAsJson, &event.place, headline)
            .help("describe the document as an object that no other event shares"),
    );
}

fn empty_module(cx: &Cx<'_>) -> Module {
    let mut sources: Vec<String> = cx
        .api
        .events
        .iter()
        .map(|event| event.file.clone())
        .collect();
    sources.sort();
    sources.dedup();
    Module {
        name: cx.homes.events().0,
        sources,
        docs: Docs(vec![
            "What the service sends on its own account.".to_owned(),
        ]),
        handle: None,
        operations: Vec::new(),
        types: Vec::new(),
    }
}

fn lower_event(cx: &mut Cx<'_>, event: &api::Event, taken: &mut Taken<()>) -> Option<Event> {
    let (module, bin) = cx.homes.events();
    let text = event.name_override.as_deref().unwrap_or(&event.event_type);
    let document = lower_schema(cx, event.schema, &Spot::new(&module, bin, &[text])).ty;
    struct_of(cx, &document)?;
    cx.read.extend(named_in(&document));
    Some(Event {
        event_type: event.event_type.clone(),
        variant: taken.claim(&open_variant_name(text, CATCH_ALL), ()),
        document,
        payload: event.payload.clone(),
        docs: event_docs(event),
    })
}

fn event_docs(event: &api::Event) -> Docs {
    let quirks: Vec<&String> = event.quirks.iter().collect();
    let summary = match to_rustdoc_line(&event.summary) {
        empty if empty.is_empty() => code_span(&event.event_type),
        summary => summary,
    };
    Page::default()
        .lines(vec![summary])
        .text(&event.description)
        .lines(docs::quirk_lines(&quirks))
        .section(
            "Source",
            event
                .source
                .as_ref()
                .map(docs::source_lines)
                .unwrap_or_default(),
        )
        .docs()
}

/// Adds the types, once all are settled.
pub(crate) fn finish_events(cx: &mut Cx<'_>, mut events: Events) -> Events {
    let (_, bin) = cx.homes.events();
    events.module.types = cx.store.take_bin(bin);
    events
}
