//! The tokens of a person: an access token that ends soon, and what it is renewed with.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::cache::{Fetch, Fetched, TokenCache, fingerprint};
use super::endpoint::{Grant, OAUTH, ask, seconds};
use crate::auth::{Credential, Need, Secret, TokenProvider, no_credential};
use crate::error::{Error, ErrorClass, Result};
use crate::exchange::Http;
use crate::operation::TokenKind;
use crate::transport::BoxFuture;

/// The tokens of one person. A clone shares them.
#[derive(Clone)]
pub struct UserTokens {
    cache: TokenCache,
    hidden: Arc<Mutex<Vec<Secret>>>,
}

/// What a sign-in or a renewal gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UserGrant {
    /// The token for calls.
    pub access_token: Secret,
    /// How long it lives.
    pub expires_in: Duration,
    /// What it is renewed with; good for one renewal.
    pub refresh_token: Option<Secret>,
    /// How long that lives.
    pub refresh_token_expires_in: Option<Duration>,
    /// The scopes that the person gave, separated by spaces.
    pub scope: Option<String>,
}

impl UserGrant {
    /// A token for calls, and how long it lives.
    #[inline]
    pub fn new(access_token: impl Into<Secret>, expires_in: Duration) -> Self {
        Self {
            access_token: access_token.into(),
            expires_in,
            refresh_token: None,
            refresh_token_expires_in: None,
            scope: None,
        }
    }

    /// With what it is renewed.
    #[must_use]
    #[inline]
    pub fn refresh_token(mut self, refresh_token: impl Into<Secret>) -> Self {
        self.refresh_token = Some(refresh_token.into());
        self
    }
}

type Refresh = Arc<dyn Fn() -> BoxFuture<'static, Result<UserGrant>> + Send + Sync>;
type Rotated = Arc<dyn Fn(&UserGrant) + Send + Sync>;

impl UserTokens {
    /// Renewed by a function of yours; it is called once at a time.
    #[inline]
    pub fn with_refresh<F, R>(grant: Option<UserGrant>, refresh: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<UserGrant>> + Send + 'static,
    {
        let refresh: Refresh = Arc::new(move || Box::pin(refresh()));
        Self::make(
            grant,
            "function".to_owned(),
            Arc::default(),
            ByFunction(refresh),
        )
    }

    /// Renewed at Feishu, for an application. A refresh token works once, so `rotated` must put
    /// each new grant where the next start of the program finds it; it should be quick.
    ///
    /// # Errors
    ///
    /// If the grant has no refresh token.
    #[inline]
    pub fn oauth(
        app_id: impl Into<String>,
        app_secret: impl Into<Secret>,
        grant: UserGrant,
        rotated: impl Fn(&UserGrant) + Send + Sync + 'static,
    ) -> Result<Self> {
        let Some(refresh_token) = grant.refresh_token.clone() else {
            return Err(Error::input("the grant has no refresh token"));
        };
        let (app_id, app_secret) = (app_id.into(), app_secret.into());
        let hidden = Arc::new(Mutex::new(vec![app_secret.clone(), refresh_token.clone()]));
        let key = format!("{app_id}:{}", fingerprint(&refresh_token));
        let source = ByOauth {
            app_id,
            app_secret,
            refresh_token: Mutex::new(refresh_token),
            rotated: Arc::new(rotated),
            hidden: Arc::clone(&hidden),
        };
        Ok(Self::make(Some(grant), key, hidden, source))
    }

    #[inline]
    fn make(
        grant: Option<UserGrant>,
        key: String,
        hidden: Arc<Mutex<Vec<Secret>>>,
        source: impl Fetch + 'static,
    ) -> Self {
        let cache = TokenCache::new(TokenKind::User, format!("user:{key}"), source, None);
        if let Some(grant) = grant.filter(|grant| !grant.expires_in.is_zero()) {
            cache.put(grant.access_token, grant.expires_in);
        }
        Self { cache, hidden }
    }
}

impl fmt::Debug for UserTokens {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserTokens").finish_non_exhaustive()
    }
}

impl TokenProvider for UserTokens {
    #[inline]
    fn credential<'a>(&'a self, need: &'a Need<'a>) -> BoxFuture<'a, Result<Option<Credential>>> {
        Box::pin(async move {
            if !need.operation.tokens.contains(&TokenKind::User) {
                return Err(no_credential(need.operation.tokens));
            }
            self.cache.credential(need.http).await.map(Some)
        })
    }

    #[inline]
    fn ready(&self, need: &Need<'_>) -> Option<Result<Option<Credential>>> {
        if !need.operation.tokens.contains(&TokenKind::User) {
            return Some(Err(no_credential(need.operation.tokens)));
        }
        self.cache.ready().map(|credential| Ok(Some(credential)))
    }

    #[inline]
    fn refused<'a>(&'a self, _: &'a Need<'a>, credential: &'a Credential) -> BoxFuture<'a, bool> {
        Box::pin(async move { self.cache.refused(&credential.secret).await })
    }

    #[inline]
    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = self
            .hidden
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        secrets.extend(self.cache.secrets());
        secrets
    }
}

struct ByFunction(Refresh);

impl Fetch for ByFunction {
    #[inline]
    fn fetch<'a>(&'a self, _: &'a Http) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async move {
            let grant = (self.0)().await?;
            let seconds = i64::try_from(grant.expires_in.as_secs()).ok();
            Ok(Fetched {
                secret: grant.access_token,
                seconds,
            })
        })
    }
}

struct ByOauth {
    app_id: String,
    app_secret: Secret,
    refresh_token: Mutex<Secret>,
    rotated: Rotated,
    hidden: Arc<Mutex<Vec<Secret>>>,
}

impl ByOauth {
    #[inline]
    fn grant(&self, grant: Grant) -> Result<UserGrant> {
        let life = |json| {
            seconds(json)
                .and_then(|s| u64::try_from(s).ok())
                .map(Duration::from_secs)
        };
        let Some(access_token) = grant.access_token.filter(|token| !token.is_empty()) else {
            return Err(Error::new(ErrorClass::Auth, "the server gave no token"));
        };
        Ok(UserGrant {
            access_token: access_token.into(),
            expires_in: life(&grant.expires_in).unwrap_or_default(),
            refresh_token: grant
                .refresh_token
                .filter(|token| !token.is_empty())
                .map(Secret::from),
            refresh_token_expires_in: life(&grant.refresh_token_expires_in),
            scope: grant.scope,
        })
    }

    /// From here on the old refresh token is worth nothing.
    #[inline]
    fn rotate(&self, grant: &UserGrant) {
        if let Some(next) = &grant.refresh_token {
            *self
                .refresh_token
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = next.clone();
            let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
            hidden.truncate(1);
            hidden.push(next.clone());
        }
        (self.rotated)(grant);
    }
}

impl Fetch for ByOauth {
    #[inline]
    fn fetch<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async move {
            let refresh_token = self
                .refresh_token
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            let body = json!({
                "grant_type": "refresh_token",
                "client_id": self.app_id,
                "client_secret": self.app_secret.expose(),
                "refresh_token": refresh_token.expose(),
            });
            let grant = self.grant(ask(http, OAUTH, body).await?)?;
            self.rotate(&grant);
            let seconds = i64::try_from(grant.expires_in.as_secs()).ok();
            Ok(Fetched {
                secret: grant.access_token,
                seconds,
            })
        })
    }
}
