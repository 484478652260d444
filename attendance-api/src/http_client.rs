//! The transport that everyone gets: reqwest, with safe settings.
//!
//! No redirects (one would carry the secret elsewhere), a timeout for connecting, and idle
//! connections given up early, before the server closes them under a request.

use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Body, Request, Url};

use crate::error::{Error, Result};
use crate::transport::{
    BoxFuture, Chunks, Incoming, Payload, TextRequest, Transport, TransportError,
    TransportErrorKind,
};

/// A transport on a reqwest client.
///
/// A client of your own should follow no redirects and have a timeout for connecting; the other
/// limits of time and size are kept outside of it.
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    home: Arc<OnceLock<Home>>,
}

/// The first server that was asked, with its address read.
#[derive(Debug)]
struct Home {
    base: String,
    /// `None` if paths cannot simply be joined to it.
    url: Option<Url>,
}

impl From<reqwest::Client> for ReqwestTransport {
    fn from(client: reqwest::Client) -> Self {
        Self {
            client,
            home: Arc::default(),
        }
    }
}

impl ReqwestTransport {
    pub(crate) fn new(connect: Duration, proxy: &Proxy) -> Result<Self> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(connect)
            .pool_idle_timeout(Duration::from_secs(15));
        let builder = match proxy {
            Proxy::System => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Url(url) => {
                let proxy = reqwest::Proxy::all(url.as_str())
                    .map_err(|_| Error::input("the address of the proxy is not legal"))?;
                builder.proxy(proxy)
            }
        };
        let client = builder
            .build()
            .map_err(|error| Error::input("no HTTP client").with_source(error.without_url()))?;
        Ok(client.into())
    }

    /// The address of a request. To read a path alone takes a fraction of reading it all.
    fn url(&self, base: &str, target: &str) -> Result<Url, TransportError> {
        let home = self.home.get_or_init(|| Home {
            base: base.to_owned(),
            url: Url::parse(base).ok().filter(|url| url.path() == "/"),
        });
        // Two slashes would lead to another server.
        let is_path = matches!(target.as_bytes(), [b'/', next, ..] if next.is_ascii_alphanumeric());
        let url = match &home.url {
            Some(url) if is_path && home.base == base => url.join(target),
            _ => Url::parse(&format!("{base}{target}")),
        };
        url.map_err(|error| TransportError::new(TransportErrorKind::Request, error))
    }

    fn execute(
        &self,
        request: Request,
    ) -> BoxFuture<'_, Result<http::Response<Incoming>, TransportError>> {
        let answer = self.client.execute(request);
        Box::pin(async move { answer.await.map(incoming).map_err(transport_error) })
    }
}

/// Which proxy is used.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// What the system says.
    #[default]
    System,
    None,
    Url(String),
}

impl Transport for ReqwestTransport {
    fn send(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'_, Result<http::Response<Incoming>, TransportError>> {
        match Request::try_from(request.map(body)) {
            Ok(request) => self.execute(request),
            Err(error) => Box::pin(std::future::ready(Err(transport_error(error)))),
        }
    }

    fn send_text(
        &self,
        text: TextRequest<'_>,
    ) -> BoxFuture<'_, Result<http::Response<Incoming>, TransportError>> {
        let url = match self.url(text.base, text.target) {
            Ok(url) => url,
            Err(error) => return Box::pin(std::future::ready(Err(error))),
        };
        let mut request = Request::new(text.method, url);
        *request.headers_mut() = text.headers;
        *request.body_mut() = Some(body(text.payload));
        self.execute(request)
    }
}

fn body(payload: Payload) -> Body {
    match payload.in_memory() {
        Some(bytes) => Body::from(bytes),
        None => Body::wrap(payload),
    }
}

fn incoming(mut answer: reqwest::Response) -> http::Response<Incoming> {
    let (status, version) = (answer.status(), answer.version());
    let headers = std::mem::take(answer.headers_mut());
    let extensions = std::mem::take(answer.extensions_mut());
    let mut out = http::Response::new(Incoming::new(Pieces(answer)));
    *out.status_mut() = status;
    *out.version_mut() = version;
    *out.headers_mut() = headers;
    *out.extensions_mut() = extensions;
    out
}

/// The body of an answer; its head has been taken out.
struct Pieces(reqwest::Response);

impl Chunks for Pieces {
    fn poll_chunk(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        // All that is read stays in the answer, so that a new future goes on where the last one stopped.
        let chunk = pin!(self.0.chunk()).poll(cx);
        chunk.map(|chunk| chunk.map_err(transport_error).transpose())
    }
}

/// The address may hold a secret, so it is taken out.
fn transport_error(error: reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::Request
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Io
    };
    TransportError::new(kind, error.without_url())
}
