//! Carrying out a call: credential, turn, attempt, judgement, repetition; within one deadline.
//!
//! Not generic: the answer is put into a place of any type.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument as _;

use crate::auth::{Credential, Need, Secret, base64, no_credential};
use crate::call::Call;
use crate::client::Inner;
use crate::envelope::{is_file, judge, log_id, refusal};
use crate::error::{Error, ErrorClass, Reached, Result};
use crate::exchange::{Answer, Body};
use crate::operation::{OperationInfo, SchemeKind, TokenKind};
use crate::request::{Request, percent};
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
pub(crate) fn execute<'a>(
    call: &'a Call,
    request: Request,
    target: Target<'a>,
) -> BoxFuture<'a, Result<Meta>> {
    let id = request.info.id;
    let span = tracing::debug_span!("call", operation = id);
    let run = async move {
        let outcome = match Run::new(call, request) {
            Ok(run) => run.run(target).await,
            Err(error) => Err(error),
        };
        outcome.map_err(|error| error.with_operation(id))
    };
    Box::pin(run.instrument(span))
}

/// What stays the same over all attempts.
struct Run<'a> {
    client: &'a Inner,
    call: &'a Call,
    info: &'static OperationInfo,
    need: Need<'a>,
    policy: &'a RetryPolicy,
    repeatable: bool,
    target: String,
    headers: HeaderMap,
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
        let mut headers = std::mem::take(&mut request.headers);
        if let Some(content_type) = content_type {
            headers
                .entry(http::header::CONTENT_TYPE)
                .or_insert(content_type);
        }
        let deadline = Instant::now() + options.timeout.unwrap_or(client.timeout);
        let tenant = options.tenant.as_deref();
        let need = Need {
            operation: info,
            tenant,
            http: &client.http,
            deadline,
        };
        let target = request.target();
        Ok(Self {
            client,
            call,
            info,
            need,
            policy,
            repeatable,
            target,
            headers,
            payload,
        })
    }

    async fn run(&self, mut target: Target<'_>) -> Result<Meta> {
        self.client.budget.deposit();
        let mut progress = Progress::default();
        let mut last: Option<Error> = None;
        loop {
            let mut credential = match self.credential().await {
                Ok(credential) => credential,
                Err(error) => return Err(self.finish(error, &progress, None)),
            };
            let turn = self
                .client
                .limits
                .turn(self.info, self.need.tenant, self.need.deadline)
                .await;
            if let Err(late) = turn {
                let error = last.filter(Error::is_rate_limit).unwrap_or_else(no_turn);
                return Err(self.finish(waiting(error, late.wait), &progress, credential.as_ref()));
            }
            progress.attempts += 1;
            let beside = credential.as_mut().and_then(Credential::take_beside);
            let attempt = self.attempt(credential.as_ref(), &mut target);
            let error = match alongside(attempt, beside).await {
                Ok(mut meta) => {
                    meta.attempts = progress.attempts;
                    return Ok(meta);
                }
                Err(error) => error,
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

    /// The credential to send, with what it takes to get one.
    async fn credential(&self) -> Result<Option<Credential>> {
        if let Some(token) = &self.call.options().token {
            let kind = self
                .info
                .tokens
                .first()
                .copied()
                .unwrap_or(TokenKind::Tenant);
            return Ok(Some(Credential::new(kind, token.clone())));
        }
        if self.info.tokens.is_empty() {
            return Ok(None);
        }
        let Some(provider) = &self.client.provider else {
            return Err(no_credential(self.info.tokens));
        };
        let credential = timeout_at(self.need.deadline, provider.credential(&self.need)).await;
        credential.unwrap_or_else(|_| {
            let mut error = Error::new(ErrorClass::Timeout, "no token came before the time was up");
            error.inner_mut().reached = Reached::Nothing;
            Err(error)
        })
    }

    async fn attempt(
        &self,
        credential: Option<&Credential>,
        target: &mut Target<'_>,
    ) -> Result<Meta> {
        let mut headers = self.headers.clone();
        let mut address = self.target.clone();
        if let Some(credential) = credential {
            self.place(credential, &mut headers, &mut address)?;
        }
        let payload = self.payload.clone();
        let request = self
            .client
            .http
            .request(self.info.method, &address, headers, payload)?;
        self.exchange(request, target).await
    }

    async fn exchange(
        &self,
        request: http::Request<Payload>,
        target: &mut Target<'_>,
    ) -> Result<Meta> {
        let (head, mut body) = self.client.http.head(request, self.need.deadline).await?;
        let status = head.status.as_u16();
        let mut answer = Answer {
            status,
            headers: head.headers,
            body: Vec::new(),
        };
        if let Target::Body(place) = target
            && is_file(status, answer.header("content-type"))
        {
            let meta = self.meta(answer);
            **place = Some(body.without_deadline());
            return Ok(meta);
        }
        let most = self.client.http.max_body();
        answer.body = match body.read(most).await {
            Ok(body) => body,
            Err(mut error) => {
                error.inner_mut().status = Some(status);
                error.inner_mut().log_id = log_id(self.client.service, &answer);
                return Err(error);
            }
        };
        match target {
            Target::Data(slot) => self.take_in(answer, *slot),
            Target::Body(_) => Err(refusal(self.client.service, self.info, &answer)),
        }
    }

    fn take_in(&self, answer: Answer, slot: &mut dyn Slot) -> Result<Meta> {
        let mut drift = self.client.drift.as_ref().map(|_| Drift::default());
        match judge(
            self.client.service,
            self.info,
            &answer,
            slot,
            drift.as_mut(),
        ) {
            Ok(success) => {
                if let Some(drift) = &drift {
                    self.client.add_drift(self.info, drift);
                }
                let mut answer = answer;
                let body = std::mem::take(&mut answer.body);
                let mut meta = self.meta(answer);
                if self.call.options().keep_body {
                    meta.body = body;
                }
                meta.message = success.message;
                meta.drift = drift;
                Ok(meta)
            }
            Err(error) => {
                slot.clear();
                Err(error)
            }
        }
    }

    fn meta(&self, answer: Answer) -> Meta {
        let log_id = log_id(self.client.service, &answer);
        Meta {
            status: answer.status,
            log_id,
            headers: answer.headers,
            ..Meta::default()
        }
    }

    /// Puts a credential where its scheme wants it.
    fn place(
        &self,
        credential: &Credential,
        headers: &mut HeaderMap,
        address: &mut String,
    ) -> Result<()> {
        let secret = &credential.secret;
        let name = credential.kind.name();
        let scheme = self
            .client
            .service
            .schemes
            .iter()
            .find(|scheme| scheme.name == name);
        match scheme.map_or(SchemeKind::Bearer, |scheme| scheme.kind) {
            SchemeKind::Bearer => set(
                headers,
                "authorization",
                &format!("Bearer {}", checked(secret)?),
            ),
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
                let joint = if address.contains('?') { '&' } else { '?' };
                address.push(joint);
                address.push_str(&format!(
                    "{}={}",
                    percent(parameter),
                    percent(secret.expose())
                ));
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
                self.client
                    .limits
                    .refused(self.info, self.need.tenant, wait);
                let ends = self.policy.max_attempts == 1 || progress.refusals >= MOST_REFUSALS;
                !ends && Instant::now() + wait <= self.need.deadline
            }
            Verdict::Pause => {
                progress.failures += 1;
                let pause = self.policy.pause(progress.failures);
                if progress.failures >= self.policy.max_attempts
                    || Instant::now() + pause >= self.need.deadline
                    || !self.client.budget.withdraw()
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
        let (Some(provider), Some(credential)) = (&self.client.provider, credential) else {
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
            .client
            .provider
            .as_ref()
            .map_or_else(Vec::new, |p| p.secrets());
        secrets.extend(credential.map(|credential| credential.secret.clone()));
        scrub(&mut error, &secrets);
        error.with_attempts(progress.attempts)
    }
}

/// Polls `beside` for as long as `main` takes, and no longer.
async fn alongside<T>(
    main: impl Future<Output = T>,
    mut beside: Option<BoxFuture<'static, ()>>,
) -> T {
    let mut main = pin!(main);
    std::future::poll_fn(|cx| {
        if let Some(work) = &mut beside
            && Pin::new(work).poll(cx).is_ready()
        {
            beside = None;
        }
        match main.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(value),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
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
