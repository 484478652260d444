//! One exchange: a request out, an answer in, within the limits of time and size.
//!
//! Knows no retry, no token and no envelope. Guarantees: nothing waits for ever, and no answer
//! takes more memory than allowed.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::error::{Error, ErrorClass, Reached, Result};
use crate::operation::{Method, Service};
use crate::transport::{
    BoxFuture, Incoming, Payload, TextRequest, Transport, TransportError, TransportErrorKind,
};

/// The way to the server: transport, base URL and limits.
#[derive(Clone)]
pub struct Http(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    service: &'static Service,
    transport: Arc<dyn Transport>,
    base_url: String,
    user_agent: HeaderValue,
    idle: Duration,
    max_body: usize,
}

/// A whole answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Http {
    pub(crate) fn new(
        service: &'static Service,
        transport: Arc<dyn Transport>,
        base_url: String,
        user_agent: HeaderValue,
        idle: Duration,
        max_body: usize,
    ) -> Self {
        Self(Arc::new(Inner {
            service,
            transport,
            base_url,
            user_agent,
            idle,
            max_body,
        }))
    }

    /// Where the server is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// The same way to another server.
    #[allow(dead_code, reason = "a service may have one server only")]
    pub(crate) fn at(&self, base_url: &str) -> Self {
        Self(Arc::new(Inner {
            base_url: base_url.to_owned(),
            ..(*self.0).clone()
        }))
    }

    pub(crate) fn service(&self) -> &'static Service {
        self.0.service
    }

    pub(crate) fn max_body(&self) -> usize {
        self.0.max_body
    }

    /// Sends a JSON document to a path below the base URL, such as that of a token endpoint.
    ///
    /// # Errors
    ///
    /// If no whole answer comes in time. Any HTTP status is an answer.
    pub async fn post_json(&self, path: &str, body: Vec<u8>, deadline: Instant) -> Result<Answer> {
        let mut headers = HeaderMap::new();
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        headers.insert(http::header::CONTENT_TYPE, json);
        let exchange = self.send(Method::Post, path, headers, body.into(), deadline);
        let (mut answer, mut body) = exchange.await?;
        answer.body = body.read(self.0.max_body).await?;
        Ok(answer)
    }

    /// Sends a request; what comes is an answer with its body still to come.
    pub(crate) fn send(
        &self,
        method: Method,
        target: &str,
        mut headers: HeaderMap,
        payload: Payload,
        deadline: Instant,
    ) -> Exchange<'_> {
        headers
            .entry(http::header::USER_AGENT)
            .or_insert_with(|| self.0.user_agent.clone());
        // While a file is sent, silence of the server means nothing.
        let is_upload = payload.in_memory().is_none();
        let watch = Watch {
            deadline: Some(deadline),
            idle: (!is_upload).then_some(self.0.idle),
            heard: true,
            timer: None,
        };
        let request = TextRequest {
            method: method.to_http(),
            base: &self.0.base_url,
            target,
            headers,
            payload,
        };
        Exchange {
            answer: self.0.transport.send_text(request),
            idle: self.0.idle,
            watch: Some(watch),
        }
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http")
            .field("base_url", &self.0.base_url)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// A header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A request that is under way.
pub(crate) struct Exchange<'a> {
    answer: BoxFuture<'a, Result<http::Response<Incoming>, TransportError>>,
    idle: Duration,
    /// Goes over to the body.
    watch: Option<Watch>,
}

impl Future for Exchange<'_> {
    type Output = Result<(Answer, Body)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Poll::Ready(answer) = this.answer.as_mut().poll(cx) else {
            return match &mut this.watch {
                Some(watch) => watch.poll(cx).map(Err),
                None => Poll::Pending,
            };
        };
        let (head, incoming) = answer.map_err(transport_error)?.into_parts();
        let Some(mut watch) = this.watch.take() else {
            return Poll::Pending;
        };
        watch.idle = Some(this.idle);
        watch.heard = true;
        let told = head.headers.get(http::header::CONTENT_LENGTH);
        let told = told.and_then(|length| length.to_str().ok()?.parse().ok());
        let body = Body {
            told: told.unwrap_or(0),
            incoming,
            watch,
        };
        let answer = Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: Bytes::new(),
        };
        Poll::Ready(Ok((answer, body)))
    }
}

/// Watches over the time of an exchange: one timer for the deadline and for silence.
#[derive(Debug)]
struct Watch {
    deadline: Option<Instant>,
    idle: Option<Duration>,
    /// Something came since the timer was set.
    heard: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Watch {
    /// Ready when the time is up.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        if std::mem::take(&mut self.heard) {
            let now = Instant::now();
            let silence = self.idle.map(|idle| now + idle);
            let Some(end) = silence.into_iter().chain(self.deadline).min() else {
                return Poll::Pending;
            };
            match &mut self.timer {
                Some(timer) => timer.as_mut().reset(end),
                None => self.timer = Some(Box::pin(sleep_until(end))),
            }
        }
        let Some(timer) = &mut self.timer else {
            return Poll::Pending;
        };
        match timer.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) if self.deadline.is_some_and(|end| end <= timer.deadline()) => {
                Poll::Ready(time_is_up())
            }
            Poll::Ready(()) => Poll::Ready(silence()),
        }
    }
}

/// The body of an answer; each piece must come within the idle timeout.
#[derive(Debug)]
pub(crate) struct Body {
    /// The length that the server told, or 0.
    told: usize,
    incoming: Incoming,
    watch: Watch,
}

impl Body {
    /// From here on only silence ends it: it is read at the pace of whoever reads it.
    pub(crate) fn without_deadline(mut self) -> Self {
        self.watch.deadline = None;
        self.watch.heard = true;
        self
    }

    pub(crate) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        match self.incoming.poll_chunk(cx) {
            Poll::Ready(chunk) => {
                self.watch.heard = true;
                Poll::Ready(chunk.map(|chunk| chunk.map_err(transport_error)))
            }
            Poll::Pending => self.watch.poll(cx).map(|error| Some(Err(error))),
        }
    }

    pub(crate) async fn chunk(&mut self) -> Option<Result<Bytes>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// All of it, unless it is larger than `most`.
    pub(crate) async fn read(&mut self, most: usize) -> Result<Bytes> {
        // A small answer comes in one piece, which need not be copied.
        let (mut only, mut whole) = (Bytes::new(), Vec::new());
        while let Some(chunk) = self.chunk().await {
            let chunk = chunk?;
            if chunk.len() > most - only.len() - whole.len() {
                return Err(too_large(most));
            }
            if only.is_empty() && whole.is_empty() {
                only = chunk;
                continue;
            }
            if whole.is_empty() {
                whole.reserve(self.told.min(most));
                whole.extend_from_slice(&std::mem::take(&mut only));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(if whole.is_empty() { only } else { whole.into() })
    }
}

fn too_large(most: usize) -> Error {
    Error::new(
        ErrorClass::TooLarge,
        format!("the answer is larger than {most} bytes"),
    )
}

/// The deadline of the call has passed.
pub(crate) fn time_is_up() -> Error {
    Error::new(ErrorClass::Timeout, "the time for the call is up")
}

fn silence() -> Error {
    Error::new(ErrorClass::Timeout, "the server is silent")
}

fn transport_error(error: TransportError) -> Error {
    let (class, text) = match error.kind {
        TransportErrorKind::Connect => (ErrorClass::Connect, "no connection"),
        TransportErrorKind::Io => (ErrorClass::Io, "the connection broke"),
        TransportErrorKind::Timeout => (ErrorClass::Timeout, "the connection timed out"),
        TransportErrorKind::Request => (ErrorClass::Input, "the request cannot be sent"),
    };
    let mut out = Error::new(class, text);
    if error.kind == TransportErrorKind::Connect {
        out.inner_mut().reached = Reached::Nothing;
    }
    out.with_source(error.source)
}
