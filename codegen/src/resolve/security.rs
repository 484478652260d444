//! Security schemes and requirements.

use super::Cx;
use super::api::{Api, SecurityKind, SecurityRequirement, SecurityScheme};
use super::reference::Kind;
use crate::diagnostic::{Diagnostic, Diagnostics, Id};
use crate::syntax::extensions::SECURITY_SCHEME;
use crate::syntax::reader::{Cursor, Object, shorten, word};

/// Alternatives, each a set of schemes.
pub(super) fn requirements<'a>(
    cx: &mut Cx<'a>,
    cursor: Option<Cursor<'a>>,
) -> Vec<Vec<SecurityRequirement>> {
    let mut alternatives = Vec::new();
    for cursor in cursor
        .map(|cursor| cursor.list(&mut cx.sink))
        .unwrap_or_default()
    {
        let mut all = Vec::new();
        for (scheme, scopes) in cursor.members(&mut cx.sink) {
            cx.used_schemes.insert(scheme.to_owned());
            known_scheme(cx, scheme, &scopes);
            all.push(SecurityRequirement {
                scheme: scheme.to_owned(),
                scopes: scopes.texts(&mut cx.sink),
            });
        }
        alternatives.push(all);
    }
    alternatives
}

/// Schemes are named, not referred to: they stand in the root's components.
fn known_scheme(cx: &mut Cx<'_>, name: &str, cursor: &Cursor<'_>) {
    let root = cx.files.get(&cx.root).map(|(_, node)| node);
    let schemes = root
        .and_then(|node| node.as_map()?.get("components"))
        .and_then(|node| node.as_map()?.get("securitySchemes"))
        .and_then(|node| node.as_map());
    if schemes.is_some_and(|schemes| schemes.has(name)) {
        return;
    }
    let names = schemes
        .into_iter()
        .flat_map(crate::syntax::node::Map::iter)
        .map(|(key, _)| key);
    let help = cx.sink.did_you_mean(name, names);
    let headline = format!("there is no security scheme `{}`", shorten(name));
    cx.sink.push(
        Diagnostic::new(Id::UnknownScheme, cursor.place.clone().key(), headline)
            .label("not in `components.securitySchemes`")
            .maybe_help(help),
    );
}

pub(super) fn resolve_scheme<'a>(cx: &mut Cx<'a>, name: &str, cursor: Cursor<'a>, api: &mut Api) {
    let place = cursor.place.clone();
    let Some(target) = cx.follow(cursor, Kind::SecurityScheme) else {
        return;
    };
    let Some(mut object) = Object::open(&target, SECURITY_SCHEME, &mut cx.sink) else {
        return;
    };
    let description = object.prose("description", &mut cx.sink);
    object.pass(&["deprecated", "oauth2MetadataUrl"]);
    if let Some(kind) = kind(&mut object, &mut cx.sink) {
        api.security_schemes.push(SecurityScheme {
            name: name.to_owned(),
            kind,
            description,
            place: place.key(),
        });
    }
    object.finish(&mut cx.sink);
}

#[derive(Clone, Copy)]
enum Type {
    Http,
    ApiKey,
    OAuth2,
    OpenIdConnect,
    MutualTls,
}

fn kind(object: &mut Object<'_>, sink: &mut Diagnostics) -> Option<SecurityKind> {
    const TYPES: &[(&str, Type)] = &[
        ("http", Type::Http),
        ("apiKey", Type::ApiKey),
        ("oauth2", Type::OAuth2),
        ("openIdConnect", Type::OpenIdConnect),
        ("mutualTLS", Type::MutualTls),
    ];
    let ty = object.need("type", sink)?;
    Some(match word(&ty, TYPES, sink)? {
        Type::Http => return http(object, sink),
        Type::ApiKey => return api_key(object, sink),
        Type::OAuth2 => {
            object.pass(&["flows"]);
            SecurityKind::OAuth2
        }
        Type::OpenIdConnect => {
            object.pass(&["openIdConnectUrl"]);
            SecurityKind::OpenIdConnect
        }
        Type::MutualTls => SecurityKind::MutualTls,
    })
}

fn http(object: &mut Object<'_>, sink: &mut Diagnostics) -> Option<SecurityKind> {
    object.pass(&["bearerFormat"]);
    let cursor = object.need("scheme", sink)?;
    let scheme = cursor.text(sink)?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(SecurityKind::Bearer),
        "basic" => Some(SecurityKind::Basic),
        _ => {
            let headline = format!("the HTTP scheme `{}` is not supported", shorten(&scheme));
            sink.push(
                Diagnostic::new(Id::UnsupportedKeyword, &cursor.place, headline)
                    .note("`bearer` and `basic` are; calls are sent without it"),
            );
            None
        }
    }
}

fn api_key(object: &mut Object<'_>, sink: &mut Diagnostics) -> Option<SecurityKind> {
    type Kind = fn(String) -> SecurityKind;
    const PLACES: &[(&str, Kind)] = &[
        ("header", SecurityKind::ApiKeyHeader),
        ("query", SecurityKind::ApiKeyQuery),
        ("cookie", SecurityKind::ApiKeyCookie),
    ];
    let name = object
        .need("name", sink)
        .and_then(|cursor| cursor.text(sink));
    let place = object
        .need("in", sink)
        .and_then(|cursor| word(&cursor, PLACES, sink));
    Some(place?(name?))
}
