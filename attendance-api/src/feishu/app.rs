//! Self-built applications: one token for the tenant that they belong to.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::cache::{Fetch, Fetched, TokenCache, fingerprint};
use super::endpoint::{Grant, TENANT_INTERNAL, app_body, ask};
use super::store::TokenStore;
use crate::auth::{Credential, Need, Secret, TokenProvider, no_credential};
use crate::error::Result;
use crate::exchange::Http;
use crate::operation::TokenKind;
use crate::transport::BoxFuture;

/// A self-built application, by its id and secret.
#[derive(Clone)]
pub struct App {
    app_id: String,
    app_secret: Secret,
    store: Option<Arc<dyn TokenStore>>,
    /// One for each server, as a provider may serve several clients.
    caches: Arc<Mutex<HashMap<String, TokenCache>>>,
}

impl App {
    /// The application with this id and secret.
    pub fn new(app_id: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        Self {
            app_id: app_id.into(),
            app_secret: app_secret.into(),
            store: None,
            caches: Arc::default(),
        }
    }

    /// Keeps the token in a store that others may share.
    #[must_use]
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Whether the operation takes what an application has.
    fn check(&self, need: &Need<'_>) -> Result<()> {
        let kinds = need.operation.tokens;
        let fits = |kind: &TokenKind| matches!(kind, TokenKind::Tenant | TokenKind::App);
        if kinds.iter().any(fits) {
            return Ok(());
        }
        Err(no_credential(kinds))
    }

    fn cache(&self, http: &Http) -> TokenCache {
        let mut caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cache) = caches.get(http.base_url()) {
            return cache.clone();
        }
        let (server, print) = (http.base_url(), fingerprint(&self.app_secret));
        let key = format!("tenant_access_token:{server}:{}:{print}", self.app_id);
        let source = Source {
            app_id: self.app_id.clone(),
            app_secret: self.app_secret.clone(),
        };
        let cache = TokenCache::new(TokenKind::Tenant, key, source, self.store.clone());
        caches.insert(server.to_owned(), cache.clone());
        cache
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

impl TokenProvider for App {
    fn credential<'a>(&'a self, need: &'a Need<'a>) -> BoxFuture<'a, Result<Option<Credential>>> {
        Box::pin(async move {
            self.check(need)?;
            self.cache(need.http).credential(need.http).await.map(Some)
        })
    }

    fn ready(&self, need: &Need<'_>) -> Option<Result<Option<Credential>>> {
        match self.check(need) {
            Ok(()) => self
                .cache(need.http)
                .ready()
                .map(|credential| Ok(Some(credential))),
            Err(error) => Some(Err(error)),
        }
    }

    fn refused<'a>(
        &'a self,
        need: &'a Need<'a>,
        credential: &'a Credential,
    ) -> BoxFuture<'a, bool> {
        Box::pin(async move { self.cache(need.http).refused(&credential.secret).await })
    }

    fn secrets(&self) -> Vec<Secret> {
        let caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = caches.values().flat_map(TokenCache::secrets);
        tokens.chain([self.app_secret.clone()]).collect()
    }
}

struct Source {
    app_id: String,
    app_secret: Secret,
}

impl Fetch for Source {
    fn fetch<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async move {
            let body = app_body(&self.app_id, &self.app_secret);
            let grant = ask(http, TENANT_INTERNAL, body).await?;
            Grant::token(grant.tenant_access_token, &grant.expire)
        })
    }
}
