//! The seam to HTTP: one request out, one answer with its body in.
//!
//! [`Transport`] is object-safe, so that tests and unusual networks can bring their own.
//! A transport sends once: it does not retry, follow redirects or look into bodies.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::wire::file::Content;
use crate::wire::{File, FileSource};

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends HTTP requests.
pub trait Transport: Send + Sync {
    /// Sends one request and gives the head of the answer; the body follows as it is read.
    fn send(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'_, Result<http::Response<Incoming>, TransportError>>;

    /// Sends a request whose address is still text, and gives what [`Transport::send`] gives.
    ///
    /// A transport that wants no [`http::Uri`] saves reading the address twice.
    fn send_text(
        &self,
        request: TextRequest<'_>,
    ) -> BoxFuture<'_, Result<http::Response<Incoming>, TransportError>> {
        match request.into_http() {
            Ok(request) => self.send(request),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

/// A request whose address is still text.
#[non_exhaustive]
pub struct TextRequest<'a> {
    /// The HTTP method.
    pub method: http::Method,
    /// Where the server is, without a slash at its end.
    pub base: &'a str,
    /// Path and query. They may hold a secret.
    pub target: &'a str,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body.
    pub payload: Payload,
}

impl TextRequest<'_> {
    /// The request with its address read.
    ///
    /// # Errors
    ///
    /// If base and target make no address.
    pub fn into_http(self) -> Result<http::Request<Payload>, TransportError> {
        let mut request = http::Request::new(self.payload);
        *request.uri_mut() = http::Uri::try_from(format!("{}{}", self.base, self.target))
            .map_err(|error| TransportError::new(TransportErrorKind::Request, error))?;
        *request.method_mut() = self.method;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

impl fmt::Debug for TextRequest<'_> {
    /// Neither query nor headers: they may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextRequest")
            .field("method", &self.method)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// Why no answer came, or why it broke off.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) kind: TransportErrorKind,
    pub(crate) source: Box<dyn std::error::Error + Send + Sync>,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There was no connection: the server cannot have seen the request.
    Connect,
    /// The connection broke, or the answer is no HTTP.
    Io,
    /// The time of the transport was up.
    Timeout,
    /// The request cannot be sent at all.
    Request,
}

impl TransportError {
    /// An error with its cause. The cause must not show credentials.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: source.into(),
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Connect => "no connection",
            TransportErrorKind::Io => "the connection broke",
            TransportErrorKind::Timeout => "the connection timed out",
            TransportErrorKind::Request => "the request cannot be sent",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// The body of a request: pieces in memory and files, in order. A copy starts from the beginning.
#[derive(Clone)]
pub struct Payload {
    first: Bytes,
    pieces: VecDeque<Piece>,
    reading: Reading,
}

#[derive(Clone)]
enum Piece {
    Bytes(Bytes),
    Source(Arc<dyn FileSource>),
}

/// A file that is being read, off the async threads.
#[derive(Default)]
enum Reading {
    #[default]
    No,
    Ready(Mutex<Box<dyn io::Read + Send>>),
    Busy(JoinHandle<(Box<dyn io::Read + Send>, io::Result<Bytes>)>),
}

impl Clone for Reading {
    fn clone(&self) -> Self {
        Self::No
    }
}

impl Payload {
    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Bytes::new().into()
    }

    /// The content, if it is in memory.
    #[must_use]
    pub fn in_memory(&self) -> Option<Bytes> {
        if self.pieces.is_empty() {
            return Some(self.first.clone());
        }
        let mut out = self.first.to_vec();
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                Piece::Source(_) => return None,
            }
        }
        Some(out.into())
    }

    /// The number of bytes, if known.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        self.pieces
            .iter()
            .try_fold(self.first.len() as u64, |total, piece| match piece {
                Piece::Bytes(bytes) => total.checked_add(bytes.len() as u64),
                Piece::Source(source) => total.checked_add(source.size()?),
            })
    }

    /// Whether there is no body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.pieces.is_empty()
    }

    pub(crate) fn push(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        if self.is_empty() {
            self.first = bytes;
        } else if !bytes.is_empty() {
            self.pieces.push_back(Piece::Bytes(bytes));
        }
    }

    pub(crate) fn push_file(&mut self, file: &File) {
        match file.content() {
            Content::Bytes(bytes) => self.push(bytes.clone()),
            Content::Source(source) => self.pieces.push_back(Piece::Source(Arc::clone(source))),
        }
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        const CHUNK: usize = 64 * 1024;
        loop {
            match std::mem::take(&mut self.reading) {
                Reading::No if !self.first.is_empty() => {
                    return Poll::Ready(Some(Ok(std::mem::take(&mut self.first))));
                }
                Reading::No => match self.pieces.pop_front() {
                    None => return Poll::Ready(None),
                    Some(Piece::Bytes(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                    Some(Piece::Source(source)) => match source.open() {
                        Ok(reader) => self.reading = Reading::Ready(Mutex::new(reader)),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    },
                },
                Reading::Ready(reader) => {
                    let mut reader = reader.into_inner().unwrap_or_else(|lock| lock.into_inner());
                    self.reading = Reading::Busy(tokio::task::spawn_blocking(move || {
                        let mut chunk = vec![0; CHUNK];
                        let outcome = reader.read(&mut chunk).map(|count| {
                            chunk.truncate(count);
                            Bytes::from(chunk)
                        });
                        (reader, outcome)
                    }));
                }
                Reading::Busy(mut job) => {
                    let Poll::Ready(done) = Pin::new(&mut job).poll(cx) else {
                        self.reading = Reading::Busy(job);
                        return Poll::Pending;
                    };
                    let (reader, chunk) = done.map_err(io::Error::other)?;
                    match chunk {
                        Ok(chunk) if chunk.is_empty() => {}
                        Ok(chunk) => {
                            self.reading = Reading::Ready(Mutex::new(reader));
                            return Poll::Ready(Some(Ok(chunk)));
                        }
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
    }
}

impl http_body::Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        let piece = ready!(self.poll_piece(cx));
        Poll::Ready(piece.map(|piece| piece.map(http_body::Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty() && matches!(self.reading, Reading::No)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match (self.len(), &self.reading) {
            (Some(len), Reading::No) => http_body::SizeHint::with_exact(len),
            _ => http_body::SizeHint::default(),
        }
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Self {
            first: bytes,
            pieces: VecDeque::new(),
            reading: Reading::No,
        }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl fmt::Debug for Payload {
    /// The size only: bodies may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// The body of an answer, piece by piece.
pub struct Incoming(Pin<Box<dyn Chunks>>);

/// Pieces of a body, in order; `None` at its end.
pub trait Chunks: Send {
    /// The next piece.
    fn poll_chunk(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>>;
}

impl Incoming {
    /// A body that comes in pieces.
    pub fn new(chunks: impl Chunks + 'static) -> Self {
        Self(Box::pin(chunks))
    }

    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        self.0.as_mut().poll_chunk(cx)
    }
}

impl From<Bytes> for Incoming {
    fn from(bytes: Bytes) -> Self {
        struct Once(Option<Bytes>);

        impl Chunks for Once {
            fn poll_chunk(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Bytes, TransportError>>> {
                Poll::Ready(self.0.take().map(Ok))
            }
        }

        Self::new(Once(Some(bytes)))
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Incoming")
    }
}
