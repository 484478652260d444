//! Store applications: one token for each tenant, made with the ticket that the server pushes.
//!
//! ticket (pushed every hour) -> token of the application -> token of a tenant.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::cache::{Fetch, Fetched, TokenCache, fingerprint, note};
use super::endpoint::{APP_STORE, Grant, TENANT_STORE, TICKET_RESEND, app_body, ask};
use super::store::{StoredToken, TokenStore};
use crate::auth::{Credential, Need, Secret, TokenProvider, no_credential};
use crate::error::{Error, ErrorClass, Result};
use crate::error_table::ErrorAction;
use crate::exchange::Http;
use crate::operation::TokenKind;
use crate::transport::BoxFuture;

/// How long to wait for a ticket after asking for one: it is pushed at once.
const TICKET_WAIT: Duration = Duration::from_secs(15);
/// How often to look whether it was pushed to another worker.
const TICKET_POLL: Duration = Duration::from_millis(500);
/// How long a ticket is kept for other workers: a new one comes every hour.
const TICKET_LIFE: Duration = Duration::from_secs(12 * 3_600);
/// Of a ticket of this process, one of the store, and a new one, the last is good.
const MOST_TICKETS: usize = 3;
/// Tenants whose tokens are kept; beyond that, the map starts anew.
const MOST_TENANTS: usize = 100_000;

/// A store application. A clone shares tickets and tokens.
#[derive(Clone)]
pub struct StoreApp(Arc<Inner>);

struct Inner {
    app_id: String,
    app_secret: Secret,
    tenant: Option<String>,
    store: Option<Arc<dyn TokenStore>>,
    tickets: Arc<Tickets>,
    caches: Mutex<HashMap<(String, Option<String>), TokenCache>>,
}

/// The newest ticket.
struct Tickets {
    newest: watch::Sender<Option<Secret>>,
}

impl StoreApp {
    /// The application with this id and secret. Feed it the tickets that the server pushes.
    #[inline]
    pub fn new(app_id: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        Self(Arc::new(Inner {
            app_id: app_id.into(),
            app_secret: app_secret.into(),
            tenant: None,
            store: None,
            tickets: Arc::new(Tickets {
                newest: watch::Sender::new(None),
            }),
            caches: Mutex::default(),
        }))
    }

    /// The tenant of calls that name none.
    #[must_use]
    #[inline]
    pub fn tenant(self, tenant_key: impl Into<String>) -> Self {
        self.change(|inner| inner.tenant = Some(tenant_key.into()))
    }

    /// Keeps the tokens in a store that others may share.
    #[must_use]
    #[inline]
    pub fn token_store(self, store: Arc<dyn TokenStore>) -> Self {
        self.change(|inner| inner.store = Some(store))
    }

    #[inline]
    fn change(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Inner {
            app_id: self.0.app_id.clone(),
            app_secret: self.0.app_secret.clone(),
            tenant: self.0.tenant.clone(),
            store: self.0.store.clone(),
            tickets: Arc::clone(&self.0.tickets),
            caches: Mutex::default(),
        };
        change(&mut inner);
        Self(Arc::new(inner))
    }

    /// Takes in a ticket that the server pushed (event `app_ticket`), for this process alone.
    #[inline]
    pub fn put_app_ticket(&self, ticket: impl Into<Secret>) {
        self.0.tickets.newest.send_replace(Some(ticket.into()));
    }

    /// The same, and puts the ticket into the store of the tokens: of many workers, the server pushes it to one.
    #[inline]
    pub async fn share_app_ticket(&self, ticket: impl Into<Secret>) {
        let secret = ticket.into();
        self.put_app_ticket(secret.clone());
        if let Some(store) = &self.0.store {
            let remaining = TICKET_LIFE;
            let stored = StoredToken { secret, remaining };
            note(store.put(&ticket_key(&self.0.app_id), &stored).await);
        }
    }

    /// The id of the application, to tell whose ticket was pushed.
    #[must_use]
    #[inline]
    pub fn app_id(&self) -> &str {
        &self.0.app_id
    }

    #[inline]
    fn caches(&self) -> MutexGuard<'_, HashMap<(String, Option<String>), TokenCache>> {
        self.0.caches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    fn cache(&self, kind: TokenKind, tenant: Option<&str>, http: &Http) -> TokenCache {
        let mut caches = self.caches();
        let place = (http.base_url().to_owned(), tenant.map(str::to_owned));
        if let Some(cache) = caches.get(&place) {
            return cache.clone();
        }
        let (server, print) = (http.base_url(), fingerprint(&self.0.app_secret));
        let (app_id, of) = (&self.0.app_id, tenant.unwrap_or_default());
        let key = format!("{}:{server}:{app_id}:{print}:{of}", kind.name());
        let store = self.0.store.clone();
        let cache = match tenant {
            None => {
                let source = AppSource {
                    app_id: self.0.app_id.clone(),
                    app_secret: self.0.app_secret.clone(),
                    tickets: Arc::clone(&self.0.tickets),
                    store: store.clone(),
                };
                TokenCache::new(kind, key, source, store)
            }
            Some(tenant) => {
                drop(caches);
                let app = self.cache(TokenKind::App, None, http);
                caches = self.caches();
                let source = TenantSource {
                    tenant: tenant.to_owned(),
                    app,
                };
                TokenCache::new(kind, key, source, store)
            }
        };
        if caches.len() >= MOST_TENANTS {
            caches.clear();
        }
        caches.entry(place).or_insert(cache).clone()
    }

    #[inline]
    fn for_need(&self, need: &Need<'_>) -> Result<TokenCache> {
        let kinds = need.operation.tokens;
        if kinds.contains(&TokenKind::Tenant) {
            let tenant = need.tenant.or(self.0.tenant.as_deref());
            let Some(tenant) = tenant else {
                return Err(Error::input(
                    "the call names no tenant: set one with `with_tenant`",
                ));
            };
            return Ok(self.cache(TokenKind::Tenant, Some(tenant), need.http));
        }
        if kinds.contains(&TokenKind::App) {
            return Ok(self.cache(TokenKind::App, None, need.http));
        }
        Err(no_credential(kinds))
    }
}

impl fmt::Debug for StoreApp {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreApp")
            .field("app_id", &self.0.app_id)
            .finish_non_exhaustive()
    }
}

impl TokenProvider for StoreApp {
    #[inline]
    fn credential<'a>(&'a self, need: &'a Need<'a>) -> BoxFuture<'a, Result<Option<Credential>>> {
        Box::pin(async move { self.for_need(need)?.credential(need.http).await.map(Some) })
    }

    #[inline]
    fn ready(&self, need: &Need<'_>) -> Option<Result<Option<Credential>>> {
        match self.for_need(need) {
            Ok(cache) => cache.ready().map(|credential| Ok(Some(credential))),
            Err(error) => Some(Err(error)),
        }
    }

    #[inline]
    fn refused<'a>(
        &'a self,
        need: &'a Need<'a>,
        credential: &'a Credential,
    ) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            match self.for_need(need) {
                Ok(cache) => cache.refused(&credential.secret).await,
                Err(_) => false,
            }
        })
    }

    #[inline]
    fn secrets(&self) -> Vec<Secret> {
        let mut secrets: Vec<Secret> = self
            .caches()
            .values()
            .flat_map(TokenCache::secrets)
            .collect();
        secrets.push(self.0.app_secret.clone());
        secrets.extend(self.0.tickets.newest.borrow().clone());
        secrets
    }
}

struct AppSource {
    app_id: String,
    app_secret: Secret,
    tickets: Arc<Tickets>,
    store: Option<Arc<dyn TokenStore>>,
}

impl AppSource {
    /// A ticket that was not refused; asks for one if there is none.
    #[inline]
    async fn ticket(&self, http: &Http, refused: &[Secret]) -> Result<Secret> {
        if let Some(ticket) = self.known(refused).await {
            return Ok(ticket);
        }
        // From here on, so that a push that is quicker than the answer is not missed.
        let mut pushed = self.tickets.newest.subscribe();
        let body = app_body(&self.app_id, &self.app_secret);
        ask(http, TICKET_RESEND, body).await?;
        let end = Instant::now() + TICKET_WAIT;
        loop {
            if let Some(ticket) = self.known(refused).await {
                return Ok(ticket);
            }
            let now = Instant::now();
            if now >= end {
                let text =
                    "no app_ticket came: the event `app_ticket` must be fed to the application";
                return Err(Error::new(ErrorClass::Auth, text));
            }
            let _ = timeout_at(end.min(now + TICKET_POLL), pushed.changed()).await;
        }
    }

    /// The newest ticket of this process, or else of the store.
    #[inline]
    async fn known(&self, refused: &[Secret]) -> Option<Secret> {
        let is_new = |ticket: &Secret| !refused.contains(ticket);
        let newest = self.tickets.newest.borrow().clone();
        if let Some(ticket) = newest.filter(is_new) {
            return Some(ticket);
        }
        let store = self.store.as_ref()?;
        let stored = note(store.get(&ticket_key(&self.app_id)).await)??;
        Some(stored.secret).filter(is_new)
    }

    #[inline]
    async fn token(&self, http: &Http, ticket: &Secret) -> Result<Fetched> {
        let mut body = app_body(&self.app_id, &self.app_secret);
        body["app_ticket"] = ticket.expose().into();
        let grant = ask(http, APP_STORE, body).await?;
        Grant::token(grant.app_access_token, &grant.expire)
    }
}

impl Fetch for AppSource {
    #[inline]
    fn fetch<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async move {
            let mut refused = Vec::new();
            loop {
                let ticket = self.ticket(http, &refused).await?;
                let outcome = self.token(http, &ticket).await;
                refused.push(ticket);
                match outcome {
                    Err(error)
                        if error.action() == Some(ErrorAction::ResendAppTicket)
                            && refused.len() < MOST_TICKETS => {}
                    outcome => return outcome,
                }
            }
        })
    }
}

#[inline]
fn ticket_key(app_id: &str) -> String {
    format!("app_ticket:{app_id}")
}

struct TenantSource {
    tenant: String,
    app: TokenCache,
}

impl TenantSource {
    #[inline]
    async fn token(&self, http: &Http, app: &Credential) -> Result<Fetched> {
        let body = json!({ "app_access_token": app.secret.expose(), "tenant_key": self.tenant });
        let grant = ask(http, TENANT_STORE, body).await?;
        Grant::token(grant.tenant_access_token, &grant.expire)
    }
}

impl Fetch for TenantSource {
    #[inline]
    fn fetch<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async move {
            let app = self.app.credential(http).await?;
            match self.token(http, &app).await {
                Err(error) if crate::retry::refuses_token(&error) => {
                    if !self.app.refused(&app.secret).await {
                        return Err(error);
                    }
                    let app = self.app.credential(http).await?;
                    self.token(http, &app).await
                }
                other => other,
            }
        })
    }
}
