//! What is Feishu's (and Lark's) own: how tokens are got, where the servers are.
//!
//! The rest of the runtime reaches this only through [`TokenProvider`].

mod app;
mod cache;
pub mod doctor;
mod endpoint;
mod store;
mod store_app;
mod user;

use std::sync::Arc;

use crate::auth::{Credential, Need, Secret, TokenProvider};
use crate::client::{Client, ClientBuilder};
use crate::error::{Error, Result};
use crate::operation::TokenKind;
use crate::transport::BoxFuture;

pub use app::App;
pub use store::{MemoryStore, StoreError, StoredToken, TokenStore};
pub use store_app::StoreApp;
pub use user::{UserGrant, UserTokens};

/// The brand that an application belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Region {
    /// China: `https://open.feishu.cn`
    #[default]
    Feishu,
    /// International: `https://open.larksuite.com`
    Lark,
}

impl Region {
    /// Where the servers of the brand are.
    #[must_use]
    pub fn base_url(self) -> &'static str {
        match self {
            Self::Feishu => "https://open.feishu.cn",
            Self::Lark => "https://open.larksuite.com",
        }
    }
}

impl Client {
    /// A client of the application that the environment names; see [`ClientBuilder::env`].
    ///
    /// # Errors
    ///
    /// If a variable is missing; the error names it.
    pub fn from_env() -> Result<Self> {
        Self::builder().env()?.build()
    }
}

impl ClientBuilder {
    /// The application that calls are made for: a self-built one, by its id and secret.
    pub fn app(self, app_id: impl Into<String>, app_secret: impl Into<Secret>) -> Self {
        self.token_provider(App::new(app_id, app_secret))
    }

    /// The brand that the application belongs to; Feishu by default.
    pub fn region(self, region: Region) -> Self {
        self.base_url(region.base_url())
    }

    /// The tokens of a person, for the operations that take one. The others keep to the
    /// credentials that were set before.
    pub fn user(self, tokens: UserTokens) -> Self {
        let (builder, rest) = self.take_provider();
        builder.token_provider(Layered { user: tokens, rest })
    }

    /// The application that the environment names: `FEISHU_APP_ID` and `FEISHU_APP_SECRET`.
    /// `FEISHU_BASE_URL` may name another server.
    ///
    /// # Errors
    ///
    /// If a variable is missing; the error names it.
    pub fn env(self) -> Result<Self> {
        let read = |name: &str| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        };
        let need = |name: &str| {
            read(name).ok_or_else(|| Error::input(format!("the environment has no `{name}`")))
        };
        let with_app = self.app(need("FEISHU_APP_ID")?, need("FEISHU_APP_SECRET")?);
        Ok(match read("FEISHU_BASE_URL") {
            Some(url) => with_app.base_url(url),
            None => with_app,
        })
    }
}

/// The tokens of a person where they are taken, the application's elsewhere.
struct Layered {
    user: UserTokens,
    rest: Option<Arc<dyn TokenProvider>>,
}

impl Layered {
    fn for_need(&self, need: &Need<'_>) -> Option<&dyn TokenProvider> {
        if need.operation.tokens.contains(&TokenKind::User) {
            Some(&self.user)
        } else {
            self.rest.as_deref()
        }
    }
}

impl TokenProvider for Layered {
    fn credential<'a>(&'a self, need: &'a Need<'a>) -> BoxFuture<'a, Result<Option<Credential>>> {
        match self.for_need(need) {
            Some(provider) => provider.credential(need),
            None => Box::pin(async { Err(crate::auth::no_credential(need.operation.tokens)) }),
        }
    }

    fn ready(&self, need: &Need<'_>) -> Option<Result<Option<Credential>>> {
        self.for_need(need)?.ready(need)
    }

    fn refused<'a>(
        &'a self,
        need: &'a Need<'a>,
        credential: &'a Credential,
    ) -> BoxFuture<'a, bool> {
        match self.for_need(need) {
            Some(provider) => provider.refused(need, credential),
            None => Box::pin(async { false }),
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = self.user.secrets();
        secrets.extend(self.rest.iter().flat_map(|rest| rest.secrets()));
        secrets
    }
}
