//! The transport that everyone gets: reqwest, with safe settings.
//!
//! No redirects (one would carry the secret elsewhere), a timeout for connecting, and idle
//! connections given up early, before the server closes them under a request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::Body as _;

use crate::error::{Error, Result};
use crate::transport::{
    BoxFuture, Chunks, Incoming, Payload, Transport, TransportError, TransportErrorKind,
};

/// A transport on a reqwest client.
///
/// A client of your own should follow no redirects and have a timeout for connecting; the other
/// limits of time and size are kept outside of it.
#[derive(Debug, Clone)]
pub struct ReqwestTransport(reqwest::Client);

impl From<reqwest::Client> for ReqwestTransport {
    fn from(client: reqwest::Client) -> Self {
        Self(client)
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
        Ok(Self(client))
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
        Box::pin(async move {
            let request = request.map(|payload| match payload.in_memory() {
                Some(bytes) => reqwest::Body::from(bytes),
                None => reqwest::Body::wrap(payload),
            });
            let request = reqwest::Request::try_from(request).map_err(transport_error)?;
            let answer = self.0.execute(request).await.map_err(transport_error)?;
            let answer: http::Response<reqwest::Body> = answer.into();
            Ok(answer.map(|body| Incoming::new(Pieces(body))))
        })
    }
}

struct Pieces(reqwest::Body);

impl Chunks for Pieces {
    fn poll_chunk(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        loop {
            let frame = ready!(Pin::new(&mut self.0).poll_frame(cx));
            return Poll::Ready(match frame {
                None => None,
                Some(Err(error)) => Some(Err(transport_error(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => Some(Ok(bytes)),
                    // Trailers say nothing here.
                    Err(_) => continue,
                },
            });
        }
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
