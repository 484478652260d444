//! What holds for the whole service.

use super::docs::Page;
use crate::ir::{Scheme, SchemeKind, Service};
use crate::resolve::api::{Api, SecurityKind, SecurityScheme};

pub(crate) fn lower_service(api: &Api) -> Service {
    Service {
        name: api.service.clone(),
        title: super::markdown::to_rustdoc_line(&api.title),
        docs: Page::default().text(&api.description).docs(),
        base_urls: api
            .servers
            .iter()
            .map(|server| server.url.clone())
            .collect(),
        schemes: api.security_schemes.iter().map(lower_scheme).collect(),
        source: api.root.clone(),
    }
}

fn lower_scheme(scheme: &SecurityScheme) -> Scheme {
    let kind = match &scheme.kind {
        SecurityKind::Bearer | SecurityKind::OAuth2 | SecurityKind::OpenIdConnect => {
            SchemeKind::Bearer
        }
        SecurityKind::Basic => SchemeKind::Basic,
        SecurityKind::ApiKeyHeader(header) => SchemeKind::ApiKeyHeader(header.clone()),
        SecurityKind::ApiKeyQuery(key) => SchemeKind::ApiKeyQuery(key.clone()),
        SecurityKind::ApiKeyCookie(cookie) => SchemeKind::ApiKeyCookie(cookie.clone()),
        SecurityKind::MutualTls => SchemeKind::Outside,
    };
    Scheme {
        name: scheme.name.clone(),
        kind,
    }
}
