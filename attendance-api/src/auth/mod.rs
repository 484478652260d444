//! Credentials: the seam through which a client gets them, and those that never change.
//!
//! A [`TokenProvider`] may fetch, cache and renew as it likes; the client only asks for a
//! credential before a request, and tells when the server refuses one.

use std::fmt;
use std::sync::Mutex;

use tokio::time::Instant;

use crate::error::{Error, ErrorClass, Result};
use crate::exchange::Http;
use crate::operation::{OperationInfo, TokenKind};
use crate::transport::BoxFuture;

pub use crate::secret::Secret;

/// Gives credentials for requests.
pub trait TokenProvider: Send + Sync {
    /// A credential for an operation; `None` if the request goes without.
    fn credential<'a>(&'a self, need: &'a Need<'a>) -> BoxFuture<'a, Result<Option<Credential>>>;

    /// What [`TokenProvider::credential`] would give, if that is at hand; `None` if it must be
    /// waited for. Asked first, as a ready answer needs no future.
    fn ready(&self, need: &Need<'_>) -> Option<Result<Option<Credential>>> {
        let _ = need;
        None
    }

    /// The server refused a credential. Tells whether asking again may give another one.
    fn refused<'a>(
        &'a self,
        need: &'a Need<'a>,
        credential: &'a Credential,
    ) -> BoxFuture<'a, bool> {
        let _ = (need, credential);
        Box::pin(async { false })
    }

    /// Texts that must not be seen in an error, such as the secret of an application.
    fn secrets(&self) -> Vec<Secret> {
        Vec::new()
    }
}

/// What a credential is needed for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Need<'a> {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The tenant that the call is for, where one application serves many.
    pub tenant: Option<&'a str>,
    /// The way to the server.
    pub http: &'a Http,
    /// When the call must be over.
    pub deadline: Instant,
}

/// Something that lets a request in.
#[non_exhaustive]
pub struct Credential {
    /// What kind of credential it is; decides where it goes.
    pub kind: TokenKind,
    /// The credential itself.
    pub secret: Secret,
    // In a lock, so that a reference to a credential can be sent; never locked.
    beside: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Credential {
    /// A credential of a kind.
    pub fn new(kind: TokenKind, secret: impl Into<Secret>) -> Self {
        Self {
            kind,
            secret: secret.into(),
            beside: Mutex::default(),
        }
    }

    /// With work to be done beside the request, such as renewing a token that ends soon. It is
    /// polled only while the request is under way, and may be dropped at any time.
    #[must_use]
    pub fn with_beside(mut self, work: BoxFuture<'static, ()>) -> Self {
        self.beside = Mutex::new(Some(work));
        self
    }

    pub(crate) fn take_beside(&mut self) -> Option<BoxFuture<'static, ()>> {
        self.beside.get_mut().ok()?.take()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Credentials that do not change: tokens made elsewhere, API keys.
#[derive(Debug, Clone, Default)]
pub struct StaticTokens {
    tokens: Vec<(TokenKind, Secret)>,
    fallback: Option<Secret>,
    anonymous: bool,
}

impl StaticTokens {
    /// One token for every operation.
    pub fn any(token: impl Into<Secret>) -> Self {
        Self {
            fallback: Some(token.into()),
            ..Self::default()
        }
    }

    /// No token for any operation.
    #[must_use]
    pub fn anonymous() -> Self {
        Self {
            anonymous: true,
            ..Self::default()
        }
    }

    /// A token for the operations that take its kind. For HTTP Basic: `name:password`.
    #[must_use]
    pub fn with(mut self, kind: TokenKind, token: impl Into<Secret>) -> Self {
        self.tokens.push((kind, token.into()));
        self
    }

    fn pick(&self, kinds: &[TokenKind]) -> Result<Option<Credential>> {
        let known = |kind: &TokenKind| self.tokens.iter().find(|(known, _)| known == kind);
        if let Some((kind, secret)) = kinds.iter().find_map(known) {
            return Ok(Some(Credential::new(*kind, secret.clone())));
        }
        match (&self.fallback, kinds.first()) {
            (_, None) => Ok(None),
            (Some(secret), Some(kind)) => Ok(Some(Credential::new(*kind, secret.clone()))),
            (None, Some(_)) if self.anonymous => Ok(None),
            (None, Some(_)) => Err(no_credential(kinds)),
        }
    }
}

impl TokenProvider for StaticTokens {
    fn credential<'a>(&'a self, need: &'a Need<'a>) -> BoxFuture<'a, Result<Option<Credential>>> {
        Box::pin(std::future::ready(self.pick(need.operation.tokens)))
    }

    fn ready(&self, need: &Need<'_>) -> Option<Result<Option<Credential>>> {
        Some(self.pick(need.operation.tokens))
    }

    fn secrets(&self) -> Vec<Secret> {
        self.tokens
            .iter()
            .map(|(_, secret)| secret.clone())
            .chain(self.fallback.clone())
            .collect()
    }
}

/// The operation takes none of the credentials that there are.
pub(crate) fn no_credential(kinds: &[TokenKind]) -> Error {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let mut error = Error::new(
        ErrorClass::Auth,
        format!("the call needs a credential: {}", names.join(" or ")),
    );
    error.inner_mut().reached = crate::error::Reached::Nothing;
    error
}

/// The encoding that HTTP Basic asks for.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            if place <= group.len() {
                let digit = bits >> (18 - 6 * place) & 63;
                out.push(char::from(DIGITS[digit as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ];
        for (plain, encoded) in cases {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
