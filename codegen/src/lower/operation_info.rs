//! What the runtime must know of an operation, as data.

use super::Cx;
use crate::ir::{Envelope, ErrorOverride, Info, Method, Partial, RateLimit, RetryClass};
use crate::resolve::api::{self, MessageForm};

pub(super) fn lower_info(cx: &Cx<'_>, operation: &api::Operation, path: String) -> Info {
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

pub(super) fn each_once<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for item in items {
        if !once.contains(&item) {
            once.push(item);
        }
    }
    once
}

pub(super) fn lower_method(method: api::Method) -> Method {
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
