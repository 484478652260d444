//! Carrying out a call: credential, turn, attempt, judgement, repetition; within one deadline.
//!
//! Not generic: the answer is put into a place of any type.

use std::borrow::Cow;
use std::future::{Future, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;

use crate::auth::{Credential, Need, Secret, base64, no_credential};
use crate::call::Call;
use crate::client::Inner;
use crate::envelope::{is_file, judge, log_id, refusal};
use crate::error::{Error, ErrorClass, Reached, Result};
use crate::exchange::{Answer, Body, Exchange};
use crate::operation::{SchemeKind, TokenKind};
use crate::request::{Request, percent, push_pair};
use crate::response::Meta;
use crate::retry::{RetryPolicy, Verdict, is_repeatable, verdict};
use crate::transport::{BoxFuture, Payload};
use crate::wire::{Drift, Json, Slot};

/// Where the answer goes.
pub(crate) enum Target<'a> {
    /// Decoded.
    Data(&'a mut (dyn Slot + Send)),
    /// As it comes.
    Body(&'a mut Option<Body>),
}

/// Refusals for the rate limit do not count as attempts, but they end somewhere.
const MOST_REFUSALS: u32 = 20;

/// Sends a request as often as it takes and as is safe.
///
/// In a box, so that what a call gives is all that its future holds. What is held across a wait is kept small: allocators
/// are quick below a kilobyte, and slow and scattered above.
pub(crate) fn execute<'a>(
    call: &'a Call,
    request: Request,
    target: Target<'a>,
    meta: &'a mut Meta,
) -> BoxFuture<'a, Result<()>> {
    let id = request.info.id;
    let span = tracing::debug_span!("call", operation = id);
    let run = match Run::new(call, request) {
        Ok(run) => run,
        Err(error) => return Box::pin(ready(Err(error.with_operation(id)))),
    };
    let mut place = Place { target, meta };
    let work = async move {
        run.run(&mut place)
            .await
            .map_err(|error| error.with_operation(run.need.operation.id))
    };
    Box::pin(work.instrument(span))
}

/// Where an answer and what comes with it go.
struct Place<'a> {
    target: Target<'a>,
    meta: &'a mut Meta,
}

/// What stays the same over all attempts.
struct Run<'a> {
    call: &'a Call,
    need: Need<'a>,
    policy: &'a RetryPolicy,
    repeatable: bool,
    target: Cow<'static, str>,
    headers: HeaderMap,
    content_type: Option<HeaderValue>,
    payload: Payload,
}

/// What changes from attempt to attempt.
#[derive(Default)]
struct Progress {
    attempts: u32,
    failures: u32,
    refusals: u32,
    renewed: bool,
}

impl<'a> Run<'a> {
    fn new(call: &'a Call, mut request: Request) -> Result<Self> {
        let client = call.client().inner();
        let options = call.options();
        request.extend(&options.query, &options.headers, &options.members)?;
        let info = request.info;
        let policy = options.retry.as_ref().unwrap_or(&client.policy);
        let repeatable = is_repeatable(info, request.is_keyed(), policy);
        let (content_type, payload) = request.finish()?;
        let deadline = Instant::now() + options.timeout.unwrap_or(client.timeout);
        let tenant = options.tenant.as_deref();
        let need = Need {
            operation: info,
            tenant,
            http: &client.http,
            deadline,
        };
        Ok(Self {
            call,
            need,
            policy,
            repeatable,
            headers: std::mem::take(&mut request.headers),
            target: request.target(),
            content_type,
            payload,
        })
    }

    fn client(&self) -> &'a Inner {
        self.call.client().inner()
    }

    async fn run(&self, place: &mut Place<'_>) -> Result<()> {
        self.client().budget.deposit();
        let mut progress = Progress::default();
        let mut last: Option<Error> = None;
        loop {
            let mut credential = match self.credential().await {
                Ok(credential) => credential,
                Err(error) => return Err(self.finish(error, &progress, None)),
            };
            let turn = self
                .client()
                .limits
                .turn(self.need.operation, self.need.tenant, self.need.deadline)
                .await;
            if let Err(late) = turn {
                let error = last.filter(Error::is_rate_limit).unwrap_or_else(no_turn);
                return Err(self.finish(waiting(error, late.wait), &progress, credential.as_ref()));
            }
            progress.attempts += 1;
            let mut beside = credential.as_mut().and_then(Credential::take_beside);
            let outcome = {
                let mut attempt = pin!(self.attempt(credential.as_ref(), place));
                poll_fn(|cx| alongside(attempt.as_mut(), &mut beside, cx)).await
            };
            let Err(error) = outcome else {
                place.meta.attempts = progress.attempts;
                return Ok(());
            };
            tracing::debug!(
                attempt = progress.attempts,
                class = ?error.class(),
                code = error.code().map(|code| code.0),
                status = error.http_status(),
                log_id = error.log_id(),
                "attempt failed"
            );
            let error = self.finish(error, &progress, credential.as_ref());
            if !self.again(&error, credential.as_ref(), &mut progress).await {
                return Err(error);
            }
            last = Some(error);
        }
    }

    /// The credential to send, if nothing needs to be waited for.
    fn at_hand(&self) -> Option<Result<Option<Credential>>> {
        let tokens = self.need.operation.tokens;
        if let Some(token) = &self.call.options().token {
            let kind = tokens.first().copied().unwrap_or(TokenKind::Tenant);
            return Some(Ok(Some(Credential::new(kind, token.clone()))));
        }
        match &self.client().provider {
            _ if tokens.is_empty() => Some(Ok(None)),
            Some(provider) => provider.ready(&self.need),
            None => Some(Err(no_credential(tokens))),
        }
    }

    /// The credential to send, with what it takes to get one.
    async fn credential(&self) -> Result<Option<Credential>> {
        if let Some(credential) = self.at_hand() {
            return credential;
        }
        let Some(provider) = &self.client().provider else {
            return Err(no_credential(self.need.operation.tokens));
        };
        let credential = timeout_at(self.need.deadline, provider.credential(&self.need)).await;
        credential.unwrap_or_else(|_| {
            let mut error = Error::new(ErrorClass::Timeout, "no token came before the time was up");
            error.inner_mut().reached = Reached::Nothing;
            Err(error)
        })
    }

    /// Puts a request on its way.
    fn start(&self, credential: Option<&Credential>) -> Result<Exchange<'_>> {
        let mut headers = self.headers.clone();
        if let Some(content_type) = &self.content_type {
            headers
                .entry(http::header::CONTENT_TYPE)
                .or_insert_with(|| content_type.clone());
        }
        let mut target = Cow::Borrowed(&*self.target);
        if let Some(credential) = credential {
            self.place(credential, &mut headers, &mut target)?;
        }
        let payload = self.payload.clone();
        let (method, deadline) = (self.need.operation.method, self.need.deadline);
        Ok(self
            .client()
            .http
            .send(method, &target, headers, payload, deadline))
    }

    /// Sends the request once and takes the answer in.
    async fn attempt(&self, credential: Option<&Credential>, place: &mut Place<'_>) -> Result<()> {
        let (mut answer, mut body) = self.start(credential)?.await?;
        if let Target::Body(file) = &mut place.target
            && is_file(answer.status, answer.header("content-type"))
        {
            **file = Some(body.without_deadline());
            self.note(answer, place.meta);
            return Ok(());
        }
        answer.body = match body.read(self.client().http.max_body()).await {
            Ok(body) => body,
            Err(mut error) => {
                error.inner_mut().status = Some(answer.status);
                error.inner_mut().log_id = log_id(self.client().service, &answer);
                return Err(error);
            }
        };
        self.take_in(answer, place)
    }

    fn take_in(&self, answer: Answer, place: &mut Place<'_>) -> Result<()> {
        let (service, info) = (self.client().service, self.need.operation);
        let slot = match &mut place.target {
            Target::Data(slot) => &mut **slot,
            Target::Body(_) => return Err(refusal(service, info, &answer)),
        };
        let mut drift = self.client().drift.as_ref().map(|_| Drift::default());
        match judge(service, info, &answer, slot, drift.as_mut()) {
            Ok(success) => {
                if let Some(drift) = &drift {
                    self.client().add_drift(info, drift);
                }
                if self.call.options().keep_body {
                    place.meta.body = answer.body.clone();
                }
                place.meta.message = success.message;
                place.meta.drift = drift;
                self.note(answer, place.meta);
                Ok(())
            }
            Err(error) => {
                slot.clear();
                Err(error)
            }
        }
    }

    /// Keeps the head of the answer.
    fn note(&self, answer: Answer, meta: &mut Meta) {
        meta.status = answer.status;
        meta.headers = answer.headers;
        meta.log_id_headers = self.client().service.log_id_headers;
    }

    /// Puts a credential where its scheme wants it.
    fn place(
        &self,
        credential: &Credential,
        headers: &mut HeaderMap,
        target: &mut Cow<'_, str>,
    ) -> Result<()> {
        let secret = &credential.secret;
        let name = credential.kind.name();
        let mut schemes = self.client().service.schemes.iter();
        let scheme = schemes.find(|scheme| scheme.name == name);
        match scheme.map_or(SchemeKind::Bearer, |scheme| scheme.kind) {
            SchemeKind::Bearer => {
                let value = secret.bearer().ok_or_else(unusable)?;
                headers.insert(http::header::AUTHORIZATION, value);
                Ok(())
            }
            SchemeKind::Basic => {
                let encoded = base64(secret.expose().as_bytes());
                set(headers, "authorization", &format!("Basic {encoded}"))
            }
            SchemeKind::ApiKeyHeader(header) => set(headers, header, checked(secret)?),
            SchemeKind::ApiKeyCookie(cookie) => set(
                headers,
                "cookie",
                &format!("{cookie}={}", percent(secret.expose())),
            ),
            SchemeKind::ApiKeyQuery(parameter) => {
                let joint = if target.contains('?') { '&' } else { '?' };
                push_pair(target.to_mut(), joint, parameter, secret.expose());
                Ok(())
            }
            SchemeKind::Outside => Ok(()),
        }
    }

    /// Whether there is another attempt; waits until it is time for it.
    async fn again(
        &self,
        error: &Error,
        credential: Option<&Credential>,
        progress: &mut Progress,
    ) -> bool {
        match verdict(error, self.repeatable) {
            Verdict::Fail => false,
            Verdict::Renew => {
                let renewed = !progress.renewed && self.renew(credential).await;
                progress.renewed = true;
                renewed
            }
            Verdict::Reset => {
                progress.refusals += 1;
                let pause = self
                    .policy
                    .pause(progress.refusals)
                    .max(self.policy.first_pause / 2);
                let wait = error.retry_after().unwrap_or(pause);
                let limits = &self.client().limits;
                let told = limits.refused(self.need.operation, self.need.tenant, wait);
                let _ = timeout_at(self.need.deadline, told).await;
                let ends = self.policy.max_attempts == 1 || progress.refusals >= MOST_REFUSALS;
                !ends && Instant::now() + wait <= self.need.deadline
            }
            Verdict::Pause => {
                progress.failures += 1;
                let pause = self.policy.pause(progress.failures);
                if progress.failures >= self.policy.max_attempts
                    || Instant::now() + pause >= self.need.deadline
                    || !self.client().budget.withdraw()
                {
                    return false;
                }
                sleep(pause).await;
                true
            }
        }
    }

    /// Tells the provider of a refusal; whether another credential may come.
    async fn renew(&self, credential: Option<&Credential>) -> bool {
        let (Some(provider), Some(credential)) = (&self.client().provider, credential) else {
            return false;
        };
        if self.call.options().token.is_some() {
            return false;
        }
        let refused = provider.refused(&self.need, credential);
        timeout_at(self.need.deadline, refused)
            .await
            .unwrap_or(false)
    }

    /// An error as the caller may see it.
    fn finish(
        &self,
        mut error: Error,
        progress: &Progress,
        credential: Option<&Credential>,
    ) -> Error {
        let mut secrets = self
            .client()
            .provider
            .as_ref()
            .map_or_else(Vec::new, |p| p.secrets());
        secrets.extend(credential.map(|credential| credential.secret.clone()));
        scrub(&mut error, &secrets);
        error.with_attempts(progress.attempts)
    }
}

/// Polls `beside` for as long as `main` takes, and no longer.
fn alongside<T>(
    main: Pin<&mut impl Future<Output = T>>,
    beside: &mut Option<BoxFuture<'static, ()>>,
    cx: &mut Context<'_>,
) -> Poll<T> {
    if let Some(work) = beside
        && work.as_mut().poll(cx).is_ready()
    {
        *beside = None;
    }
    let outcome = main.poll(cx);
    if outcome.is_ready() {
        *beside = None;
    }
    outcome
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<()> {
    let mut value = HeaderValue::from_str(value).map_err(|_| unusable())?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

fn checked(secret: &Secret) -> Result<&str> {
    if secret.fits_header() {
        Ok(secret.expose())
    } else {
        Err(unusable())
    }
}

fn unusable() -> Error {
    let mut error = Error::new(ErrorClass::Auth, "the token cannot stand in a header");
    error.inner_mut().reached = Reached::Nothing;
    error
}

fn no_turn() -> Error {
    let text = "the rate limit gives the call no turn before its time is up";
    let mut error = Error::new(ErrorClass::RateLimit, text);
    error.inner_mut().reached = Reached::Nothing;
    error
}

fn waiting(mut error: Error, wait: Duration) -> Error {
    error.inner_mut().retry_after = Some(wait);
    error
}

/// Takes secrets out of what a server may have echoed.
fn scrub(error: &mut Error, secrets: &[Secret]) {
    let inner = error.inner_mut();
    // Shorter ones would tear ordinary words apart.
    for secret in secrets
        .iter()
        .map(Secret::expose)
        .filter(|secret| secret.len() >= 6)
    {
        let clear = |text: &mut String| {
            if text.contains(secret) {
                *text = text.replace(secret, "[secret]");
            }
        };
        clear(&mut inner.message);
        inner.log_id.as_mut().map(clear);
        clear_json(&mut inner.details, &clear);
        for problem in &mut inner.problems {
            clear(&mut problem.subject);
            clear(&mut problem.detail);
        }
    }
}

fn clear_json(json: &mut Json, clear: &dyn Fn(&mut String)) {
    match json {
        Json::String(text) => clear(text),
        Json::Array(items) => items.iter_mut().for_each(|item| clear_json(item, clear)),
        Json::Object(members) => members
            .values_mut()
            .for_each(|item| clear_json(item, clear)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
