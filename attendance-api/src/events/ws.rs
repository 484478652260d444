//! Events by long connection: the application opens a WebSocket, and Feishu sends the events through it.
//!
//! No address on the internet, no keys: the application's own credentials open the connection. [`LongConnection::run`]
//! finds the address ([`endpoint`]), connects ([`handshake`]), serves the connection ([`session`]) and begins again when it
//! breaks, at the pace that the server wishes, within bounds ([`settings`]).
//! Does not: verify documents. They come over the connection that this side opened, and their token is empty.

mod endpoint;
mod error;
mod fragments;
mod frame;
mod handshake;
#[cfg(any(test, feature = "sandbox"))]
pub mod peer;
mod session;
mod settings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::{Either, select};
use reqwest::Url;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{sleep, timeout};

use self::endpoint::{Application, Endpoint, check_plain, discover};
pub use self::error::{ConnectError, ConnectErrorKind};
use self::handshake::upgrade;
use self::settings::{Pace, Settings};
use super::dispatch::Dispatcher;
use crate::auth::Secret;
use crate::event_set::EventSet;
use crate::feishu::Region;

/// A long connection that is kept up until it is told to stop.
pub struct LongConnection<E> {
    application: Application,
    http: reqwest::Client,
    connect_timeout: Duration,
    dispatcher: Dispatcher<E>,
}

/// Collects what a [`LongConnection`] needs.
#[must_use = "a builder does nothing until it is built"]
pub struct LongConnectionBuilder<E> {
    base_url: String,
    app_id: String,
    app_secret: Secret,
    connect_timeout: Duration,
    dispatcher: Dispatcher<E>,
}

impl<E: EventSet> LongConnection<E> {
    /// Starts a connection for an application, whose events go to `dispatcher`.
    pub fn builder(
        app_id: impl Into<String>,
        app_secret: impl Into<Secret>,
        dispatcher: Dispatcher<E>,
    ) -> LongConnectionBuilder<E> {
        LongConnectionBuilder {
            base_url: Region::Feishu.base_url().to_owned(),
            app_id: app_id.into(),
            app_secret: app_secret.into(),
            connect_timeout: Duration::from_secs(15),
            dispatcher,
        }
    }

    /// Connects and serves until `stop` completes, which ends it in order: handlers get three seconds, what they did is
    /// acknowledged, the connection is closed.
    ///
    /// # Errors
    ///
    /// Connecting makes no sense any more ([`ConnectError::is_permanent`]), or the server allows no further try.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), ConnectError> {
        let Self {
            application,
            http,
            connect_timeout,
            dispatcher,
        } = self;
        let connector = Platform {
            application,
            http,
            connect_timeout,
        };
        keep_up(&connector, &dispatcher, pin!(stop)).await
    }
}

impl<E: EventSet> LongConnectionBuilder<E> {
    /// The brand that the application belongs to; Feishu by default.
    pub fn region(self, region: Region) -> Self {
        self.base_url(region.base_url())
    }

    /// Another server. Plain HTTP is for this machine only.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// How long one try to connect may take. Default 15 seconds.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The connection, not open yet.
    ///
    /// # Errors
    ///
    /// The base URL is none or plain, or TLS could not be set up.
    pub fn build(self) -> Result<LongConnection<E>, ConnectError> {
        let base_url = Url::parse(&self.base_url)
            .map_err(|_| ConnectError::new(ConnectErrorKind::Address, "no base URL"))?;
        check_plain(&base_url)?;
        let http = reqwest::Client::builder()
            // A connection that negotiated HTTP/2 cannot be turned into a WebSocket.
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3).min(self.connect_timeout))
            .user_agent(concat!("attendance-api/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(endpoint::transport)?;
        let application = Application {
            base_url,
            app_id: self.app_id,
            app_secret: self.app_secret,
        };
        Ok(LongConnection {
            application,
            http,
            connect_timeout: self.connect_timeout,
            dispatcher: self.dispatcher,
        })
    }
}

impl<E> fmt::Debug for LongConnection<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LongConnection")
            .field("base_url", &self.application.base_url.as_str())
            .field("app_id", &self.application.app_id)
            .field("dispatcher", &self.dispatcher)
            .finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for LongConnectionBuilder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LongConnectionBuilder")
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

/// Makes connections; the tests have one of their own.
trait Connect {
    type Socket: AsyncRead + AsyncWrite + Unpin;

    /// A new connection, and what the server says about it.
    async fn connect(&self) -> Result<(Self::Socket, Endpoint), ConnectError>;
}

struct Platform {
    application: Application,
    http: reqwest::Client,
    connect_timeout: Duration,
}

impl Connect for Platform {
    type Socket = reqwest::Upgraded;

    async fn connect(&self) -> Result<(reqwest::Upgraded, Endpoint), ConnectError> {
        let attempt = async {
            let endpoint = discover(&self.http, &self.application).await?;
            Ok((upgrade(&self.http, &endpoint).await?, endpoint))
        };
        let elapsed = |_| {
            Err(ConnectError::new(
                ConnectErrorKind::Transport,
                "no connection in time",
            ))
        };
        timeout(self.connect_timeout, attempt)
            .await
            .unwrap_or_else(elapsed)
    }
}

async fn keep_up<C, E, F>(
    connector: &C,
    dispatcher: &Dispatcher<E>,
    mut stop: Pin<&mut F>,
) -> Result<(), ConnectError>
where
    C: Connect,
    E: EventSet,
    F: Future<Output = ()>,
{
    let mut pace = Pace::default();
    let mut settings = None;
    loop {
        let attempt = match select(pin!(connector.connect()), stop.as_mut()).await {
            Either::Left((attempt, _)) => attempt,
            Either::Right(_) => return Ok(()),
        };
        let (error, pause) = match attempt {
            Ok((socket, endpoint)) => {
                tracing::info!(device_id = endpoint.device_id, "the long connection is up");
                let latest: Settings = endpoint.settings.or(settings).unwrap_or_default();
                let end = session::serve(
                    socket,
                    endpoint.service_id,
                    latest,
                    dispatcher,
                    stop.as_mut(),
                )
                .await;
                let Some(error) = end.error else {
                    return Ok(());
                };
                settings = Some(end.settings);
                (
                    error,
                    pace.lost(&end.settings, end.was_barren, crate::random::unit()),
                )
            }
            Err(error) if error.is_permanent() => return Err(error),
            Err(error) => (error, pace.failed(settings.as_ref(), crate::random::unit())),
        };
        let Some(pause) = pause else {
            return Err(error);
        };
        tracing::warn!(%error, source = error.source_text(), ?pause, "no long connection, trying again");
        if let Either::Right(_) = select(pin!(sleep(pause)), stop.as_mut()).await {
            return Ok(());
        }
    }
}
