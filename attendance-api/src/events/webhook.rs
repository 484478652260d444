//! Events by callback: from an HTTP request to an answer, in any server.
//!
//! [`EventHandler`] takes the method, the headers and the raw body and gives a status, headers and a body. It answers the
//! URL check, verifies and decrypts ([`check`]), and hands events to a [`Dispatcher`]. By default the answer waits for the
//! handler, within Feishu's limit of three seconds: what was not handled is not acknowledged, so Feishu sends it again.
//! Every refusal gets the same answer, so that nobody learns from it which check failed; the reason is in the log.
//! Does not: read from a socket. See the features `axum`, `hyper` and `actix`.

mod check;
mod request;
#[cfg(feature = "actix")]
mod with_actix;
#[cfg(feature = "axum")]
mod with_axum;
#[cfg(feature = "hyper")]
mod with_hyper;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::FutureExt;

pub use self::check::Refusal;
use self::check::{Checks, Passed};
pub use self::request::{CallbackRequest, CallbackResponse};
use super::crypto::EncryptKey;
use super::dispatch::{Dispatcher, Hold, Outcome};
use super::envelope::EventMeta;
use super::store::BoxError;
use crate::auth::Secret;
use crate::event_set::EventSet;
use crate::feishu::StoreApp;

/// The largest body that is looked at, unless set otherwise.
pub const DEFAULT_MAX_BODY: usize = 1 << 20;

/// How old a signed delivery may be, unless set otherwise: longer than Feishu's last redelivery.
pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(8 * 3600);

/// When an event is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acknowledge {
    /// When its handler has succeeded. If that takes longer than `within`, the event is not acknowledged; the handler goes on
    /// and the redelivery finds the event handled. Nothing is lost when the process dies.
    AfterHandling {
        /// How long the answer may wait. Feishu gives up after three seconds.
        within: Duration,
    },
    /// As soon as the event is queued and its id is claimed in the store: the answer never waits for a handler. What fails
    /// is tried again here, with the dispatcher's pauses. After a crash queued events are lost, unless the store is durable.
    OnAcceptance,
}

/// The ticket of a store application, which Feishu sends every hour.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppTicket {
    /// The application that the ticket is for.
    pub app_id: String,
    /// The ticket.
    pub ticket: Secret,
}

type TicketSink = Arc<
    dyn Fn(AppTicket) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>> + Send + Sync,
>;
type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Receives callbacks. Cheap to clone; clones share everything.
pub struct EventHandler<E> {
    inner: Arc<Inner<E>>,
}

struct Inner<E> {
    dispatcher: Dispatcher<E>,
    checks: Checks,
    acknowledge: Acknowledge,
    clock: Clock,
    tickets: Option<TicketSink>,
}

/// Collects keys and limits for an [`EventHandler`].
#[must_use = "a builder does nothing until it is built"]
pub struct EventHandlerBuilder<E> {
    dispatcher: Dispatcher<E>,
    checks: Checks,
    acknowledge: Acknowledge,
    clock: Clock,
    tickets: Option<TicketSink>,
}

/// Neither an Encrypt Key nor a Verification Token was given, so that anybody could send events.
#[derive(Debug)]
pub struct NothingToVerify(());

impl fmt::Display for NothingToVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an event handler needs the Encrypt Key or the Verification Token of the application",
        )
    }
}

impl std::error::Error for NothingToVerify {}

impl<E: EventSet> EventHandler<E> {
    /// Starts a handler that hands its events to `dispatcher`.
    pub fn builder(dispatcher: Dispatcher<E>) -> EventHandlerBuilder<E> {
        EventHandlerBuilder {
            dispatcher,
            checks: Checks::default(),
            acknowledge: Acknowledge::AfterHandling {
                within: Duration::from_millis(2500),
            },
            clock: Arc::new(unix_now),
            tickets: None,
        }
    }

    /// Answers one request.
    pub async fn handle(&self, request: CallbackRequest) -> CallbackResponse {
        match self.check(&request) {
            Ok((Passed::Challenge(challenge), _)) => CallbackResponse::challenge(&challenge),
            Ok((Passed::Event(meta), document)) => self.dispatch(meta, document).await,
            Ok((Passed::Ticket(ticket), _)) => self.feed(ticket).await,
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Runs the checks alone: gives the plain text of the document, or says which check a request fails. For diagnosis: a
    /// sender must never see the reason.
    ///
    /// # Errors
    ///
    /// The first check that failed.
    pub fn inspect(&self, request: &CallbackRequest) -> Result<Bytes, Refusal> {
        self.check(request).map(|(_, document)| document)
    }

    /// The largest body that is looked at. A server need not read more than one byte beyond it.
    pub fn max_body(&self) -> usize {
        self.inner.checks.max_body
    }

    /// The dispatcher that gets the events.
    pub fn dispatcher(&self) -> &Dispatcher<E> {
        &self.inner.dispatcher
    }

    fn refuse(&self, refusal: Refusal) -> CallbackResponse {
        self.inner.dispatcher.counters().refused.bump();
        tracing::warn!(%refusal, "a callback was refused");
        CallbackResponse::refused()
    }

    fn check(&self, request: &CallbackRequest) -> Result<(Passed, Bytes), Refusal> {
        self.inner.checks.pass(request, (self.inner.clock)())
    }

    async fn dispatch(&self, meta: EventMeta, document: Bytes) -> CallbackResponse {
        let dispatcher = &self.inner.dispatcher;
        let outcome = match self.inner.acknowledge {
            Acknowledge::OnAcceptance => {
                dispatcher
                    .submit(meta, document, Hold::UntilAccepted)
                    .accepted()
                    .await
            }
            Acknowledge::AfterHandling { within } => {
                let ended = dispatcher.submit(meta, document, Hold::UntilEnd).ended();
                tokio::time::timeout(within, ended)
                    .await
                    .unwrap_or(Outcome::Busy)
            }
        };
        match outcome {
            outcome if outcome.is_done() => CallbackResponse::acknowledged(),
            Outcome::Failed => CallbackResponse::failed(),
            _ => CallbackResponse::unavailable(),
        }
    }

    async fn feed(&self, ticket: AppTicket) -> CallbackResponse {
        let Some(sink) = &self.inner.tickets else {
            tracing::debug!(
                app_id = ticket.app_id,
                "an app ticket came, but nobody takes it"
            );
            return CallbackResponse::acknowledged();
        };
        let call = std::panic::AssertUnwindSafe(async { sink(ticket).await }).catch_unwind();
        match call.await {
            Ok(Ok(())) => CallbackResponse::acknowledged(),
            Ok(Err(error)) => {
                tracing::warn!(%error, "an app ticket could not be stored");
                CallbackResponse::failed()
            }
            Err(_panic) => CallbackResponse::failed(),
        }
    }
}

impl<E: EventSet> EventHandlerBuilder<E> {
    /// The Encrypt Key: every body must then be encrypted, and every event signed. An empty text counts as none.
    pub fn encrypt_key(mut self, key: impl AsRef<str>) -> Self {
        self.checks.key = Some(key.as_ref())
            .filter(|key| !key.is_empty())
            .map(EncryptKey::new);
        self
    }

    /// The Verification Token: every body must then hold it. An empty text counts as none.
    pub fn verification_token(mut self, token: impl Into<Secret>) -> Self {
        self.checks.token = Some(token.into()).filter(|token| !token.expose().is_empty());
        self
    }

    /// Refuses events of other applications.
    pub fn app_id(mut self, app_id: impl Into<String>) -> Self {
        self.checks.app_id = Some(app_id.into());
        self
    }

    /// How old a signed delivery may be. Default [`DEFAULT_MAX_AGE`]. The store must remember ids for longer than this.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.checks.max_age = age;
        self
    }

    /// The largest body that is looked at, in bytes. Default [`DEFAULT_MAX_BODY`].
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.checks.max_body = bytes;
        self
    }

    /// When an event is acknowledged. Default: after handling, within 2.5 seconds.
    pub fn acknowledge(mut self, when: Acknowledge) -> Self {
        self.acknowledge = when;
        self
    }

    /// Tells the time in Unix seconds. For tests, and for recorded deliveries.
    pub fn clock(mut self, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Takes the tickets of a store application, such as to the token provider. A ticket whose taker fails is sent again.
    pub fn on_app_ticket<F, R, X>(mut self, take: F) -> Self
    where
        F: Fn(AppTicket) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), X>> + Send + 'static,
        X: Into<BoxError> + 'static,
    {
        self.tickets = Some(Arc::new(move |ticket| {
            Box::pin(take(ticket).map(|result| result.map_err(Into::into)))
        }));
        self
    }

    /// Gives the tickets of a store application to `app`, which needs them for its tokens.
    pub fn store_app(self, app: StoreApp) -> Self {
        self.on_app_ticket(move |ticket| {
            // One address may serve several applications.
            let app = Some(app.clone()).filter(|app| ticket.app_id == app.app_id());
            async move {
                if let Some(app) = app {
                    app.share_app_ticket(ticket.ticket).await;
                }
                Ok::<_, BoxError>(())
            }
        })
    }

    /// The handler.
    ///
    /// # Errors
    ///
    /// Neither key nor token was given.
    pub fn build(self) -> Result<EventHandler<E>, NothingToVerify> {
        if self.checks.key.is_none() && self.checks.token.is_none() {
            return Err(NothingToVerify(()));
        }
        let Self {
            dispatcher,
            checks,
            acknowledge,
            clock,
            tickets,
        } = self;
        Ok(EventHandler {
            inner: Arc::new(Inner {
                dispatcher,
                checks,
                acknowledge,
                clock,
                tickets,
            }),
        })
    }
}

impl<E> Clone for EventHandler<E> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<E> fmt::Debug for EventHandler<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventHandler")
            .field("checks", &self.inner.checks)
            .field("acknowledge", &self.inner.acknowledge)
            .field("dispatcher", &self.inner.dispatcher)
            .finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for EventHandlerBuilder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventHandlerBuilder")
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}

fn unix_now() -> u64 {
    // A clock before 1970 makes every delivery too new, so all are refused.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
