//! A callback as every server has it, and the answer to it.

use std::fmt;

use bytes::Bytes;

/// A request as far as the checks look at it: method, three headers, raw body.
#[derive(Clone)]
pub struct CallbackRequest {
    pub(super) is_post: bool,
    pub(super) timestamp: Header,
    pub(super) nonce: Header,
    pub(super) signature: Header,
    pub(super) body: Bytes,
}

/// A header that must be there once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Header {
    Missing,
    Once(Vec<u8>),
    Repeated,
}

impl CallbackRequest {
    /// A request with its method and its body, byte for byte as received.
    pub fn new(method: &str, body: impl Into<Bytes>) -> Self {
        let missing = || Header::Missing;
        Self {
            is_post: method == "POST",
            timestamp: missing(),
            nonce: missing(),
            signature: missing(),
            body: body.into(),
        }
    }

    /// Adds a header. All may be given; a name that comes twice must be given twice.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let slot = match () {
            () if name.eq_ignore_ascii_case("X-Lark-Request-Timestamp") => &mut self.timestamp,
            () if name.eq_ignore_ascii_case("X-Lark-Request-Nonce") => &mut self.nonce,
            () if name.eq_ignore_ascii_case("X-Lark-Signature") => &mut self.signature,
            () => return self,
        };
        *slot = match slot {
            Header::Missing => Header::Once(value.as_ref().to_vec()),
            Header::Once(_) | Header::Repeated => Header::Repeated,
        };
        self
    }

    /// Adds all headers of a map, as `http` 1 and the servers on it have them.
    pub fn headers(mut self, headers: &http::HeaderMap) -> Self {
        for (name, value) in headers {
            self = self.header(name.as_str(), value);
        }
        self
    }
}

impl fmt::Debug for CallbackRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body in plain mode holds the Verification Token.
        f.debug_struct("CallbackRequest")
            .field("timestamp", &self.timestamp)
            .field("nonce", &self.nonce)
            .field("signature", &self.signature)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// What to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackResponse {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Content-Type`, the only header that is needed.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}

impl CallbackResponse {
    /// All headers of the answer.
    pub fn headers(&self) -> [(&'static str, &'static str); 1] {
        [("content-type", self.content_type)]
    }

    pub(super) fn challenge(challenge: &str) -> Self {
        Self::json(
            200,
            serde_json::json!({ "challenge": challenge }).to_string(),
        )
    }

    pub(super) fn acknowledged() -> Self {
        Self::json(200, Bytes::from_static(br#"{"msg":"success"}"#))
    }

    pub(super) fn refused() -> Self {
        Self::json(403, Bytes::from_static(br#"{"msg":"refused"}"#))
    }

    pub(super) fn failed() -> Self {
        Self::json(500, Bytes::from_static(br#"{"msg":"failed"}"#))
    }

    pub(super) fn unavailable() -> Self {
        Self::json(503, Bytes::from_static(br#"{"msg":"try again"}"#))
    }

    fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: "application/json; charset=utf-8",
            body: body.into(),
        }
    }
}
