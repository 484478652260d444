//! The checks of a callback, in the order in which they cost least and tell least.
//!
//! Size, then signature and age, then decryption, then the envelope and its token. With an Encrypt Key nothing plain is
//! accepted, and nothing unsigned but the URL check, which Feishu does not sign. The path of the URL check decrypts for
//! anybody who asks: it does the same work for good and bad padding.
//! Does not: keep ids; a copy of a good delivery passes.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::request::{CallbackRequest, Header};
use super::{AppTicket, DEFAULT_MAX_AGE, DEFAULT_MAX_BODY};
use crate::auth::Secret;
use crate::events::crypto::{Decrypted, EncryptKey, same_text};
use crate::events::envelope::{self, Envelope, EventMeta, Malformed};

/// How far a sender's clock may run ahead.
const MAX_AHEAD: Duration = Duration::from_secs(300);

/// The URL check is some hundred bytes long; what is unsigned and longer is not decrypted.
const MAX_UNSIGNED: usize = 4096;

const MAX_NONCE: usize = 256;

/// Why a callback was refused. For logs and diagnosis only: every refusal gets the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Not a POST.
    Method,
    /// The body is larger than the limit.
    TooLarge,
    /// A signature, timestamp or nonce header comes more than once, or one of them without the others.
    Headers,
    /// The timestamp is not exactly ten digits.
    Timestamp,
    /// The signature does not belong to the body.
    Signature,
    /// The delivery is too old, or from the future.
    Age,
    /// The body is not exactly one JSON value.
    Json,
    /// An Encrypt Key is set, but the body is not encrypted.
    NotEncrypted,
    /// The body is encrypted, but no Encrypt Key is set.
    NoKey,
    /// The encrypted text is not base64 of an IV and whole blocks.
    Ciphertext,
    /// The padding of the decrypted text is wrong: the Encrypt Key differs, or the text was altered.
    Padding,
    /// The decrypted text is not exactly one JSON value.
    PlainJson,
    /// The document lacks what every event has.
    Shape,
    /// Only the URL check may come unsigned.
    Unsigned,
    /// The Verification Token differs.
    Token,
    /// The event is for another application.
    AppId,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the method is not POST",
            Self::TooLarge => "the body is too large",
            Self::Headers => "the signature headers are incomplete or repeated",
            Self::Timestamp => "the timestamp is not exactly ten digits",
            Self::Signature => "the signature does not belong to the body",
            Self::Age => "the delivery is too old, or from the future",
            Self::Json => "the body is not exactly one JSON value",
            Self::NotEncrypted => "the body is not encrypted, though an Encrypt Key is set",
            Self::NoKey => "the body is encrypted, but no Encrypt Key is set",
            Self::Ciphertext => "the encrypted text is not base64 of whole blocks",
            Self::Padding => "the padding of the decrypted text is wrong",
            Self::PlainJson => "the decrypted text is not exactly one JSON value",
            Self::Shape => "the document lacks what every event has",
            Self::Unsigned => "the delivery is not signed",
            Self::Token => "the Verification Token differs",
            Self::AppId => "the event is for another application",
        })
    }
}

impl std::error::Error for Refusal {}

/// What the checks compare with.
pub(super) struct Checks {
    pub(super) key: Option<EncryptKey>,
    pub(super) token: Option<Secret>,
    pub(super) app_id: Option<String>,
    pub(super) max_age: Duration,
    pub(super) max_body: usize,
}

/// What passed.
pub(super) enum Passed {
    Challenge(String),
    Ticket(AppTicket),
    Event(EventMeta),
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            key: None,
            token: None,
            app_id: None,
            max_age: DEFAULT_MAX_AGE,
            max_body: DEFAULT_MAX_BODY,
        }
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks")
            .field("is_encrypted", &self.key.is_some())
            .field("has_token", &self.token.is_some())
            .field("app_id", &self.app_id)
            .field("max_age", &self.max_age)
            .field("max_body", &self.max_body)
            .finish()
    }
}

impl Checks {
    /// All checks. Gives the plain text of the document beside what it is.
    pub(super) fn pass(
        &self,
        request: &CallbackRequest,
        now: u64,
    ) -> Result<(Passed, Bytes), Refusal> {
        let document = self.open(request, now)?;
        let is_signed = self.key.is_none() || request.signature != Header::Missing;
        let envelope = envelope::read(&document).map_err(|malformed| self.malformed(malformed))?;
        if !is_signed && !matches!(envelope, Envelope::Challenge { .. }) {
            return Err(Refusal::Unsigned);
        }
        let passed = match envelope {
            Envelope::Challenge { challenge, token } => {
                self.check_token(&token)?;
                Passed::Challenge(challenge.into_owned())
            }
            Envelope::Ticket {
                meta,
                token,
                ticket,
            } => {
                self.check_token(&token)?;
                self.check_app(&meta.app_id)?;
                Passed::Ticket(AppTicket {
                    app_id: meta.app_id,
                    ticket: Secret::new(ticket),
                })
            }
            Envelope::Event { meta, token } => {
                self.check_token(&token)?;
                self.check_app(&meta.app_id)?;
                Passed::Event(meta)
            }
        };
        Ok((passed, document))
    }

    /// The checks up to the plain text of the document.
    fn open(&self, request: &CallbackRequest, now: u64) -> Result<Bytes, Refusal> {
        if !request.is_post {
            return Err(Refusal::Method);
        }
        if request.body.len() > self.max_body {
            return Err(Refusal::TooLarge);
        }
        let Some(key) = &self.key else {
            return open_plain(&request.body);
        };
        if request.signature == Header::Missing {
            if request.body.len() > MAX_UNSIGNED {
                return Err(Refusal::Unsigned);
            }
        } else {
            self.check_signature(key, request, now)?;
        }
        open_encrypted(key, &request.body).map(Bytes::from)
    }

    fn check_signature(
        &self,
        key: &EncryptKey,
        request: &CallbackRequest,
        now: u64,
    ) -> Result<(), Refusal> {
        let (Header::Once(timestamp), Header::Once(nonce), Header::Once(signature)) =
            (&request.timestamp, &request.nonce, &request.signature)
        else {
            return Err(Refusal::Headers);
        };
        if nonce.len() > MAX_NONCE {
            return Err(Refusal::Headers);
        }
        // A bare hash does not know where the timestamp ends and the nonce begins; the fixed length tells.
        let seconds = ten_digits(timestamp).ok_or(Refusal::Timestamp)?;
        if !key.verify(timestamp, nonce, &request.body, signature) {
            return Err(Refusal::Signature);
        }
        let is_fresh = seconds <= now.saturating_add(MAX_AHEAD.min(self.max_age).as_secs())
            && now <= seconds.saturating_add(self.max_age.as_secs());
        if is_fresh { Ok(()) } else { Err(Refusal::Age) }
    }

    fn check_token(&self, token: &str) -> Result<(), Refusal> {
        match &self.token {
            Some(expected) if !same_text(expected.expose(), token) => Err(Refusal::Token),
            _ => Ok(()),
        }
    }

    fn check_app(&self, app_id: &str) -> Result<(), Refusal> {
        match &self.app_id {
            Some(expected) if expected != app_id => Err(Refusal::AppId),
            _ => Ok(()),
        }
    }

    fn malformed(&self, malformed: Malformed) -> Refusal {
        match malformed {
            Malformed::Shape => Refusal::Shape,
            Malformed::Json if self.key.is_some() => Refusal::PlainJson,
            Malformed::Json => Refusal::Json,
        }
    }
}

fn open_plain(body: &Bytes) -> Result<Bytes, Refusal> {
    match envelope::read_encrypted(body) {
        Ok(Some(_)) => Err(Refusal::NoKey),
        Ok(None) => Ok(body.clone()),
        Err(_) => Err(Refusal::Json),
    }
}

fn open_encrypted(key: &EncryptKey, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let decrypted = match usual_form(body).and_then(|encrypted| key.decrypt_blocks(encrypted)) {
        Some(decrypted) => decrypted,
        None => decrypt_any_form(key, body)?,
    };
    if !decrypted.is_padded {
        // Read it all the same: the time to an answer must not tell a bad padding from a bad text.
        let _ = std::hint::black_box(envelope::read(&decrypted.text));
        return Err(Refusal::Padding);
    }
    Ok(decrypted.text)
}

/// The text in `{"encrypt":"…"}`, as Feishu writes it. What is base64 between these bytes is one JSON text without escapes,
/// so the body need not be read as JSON as well.
fn usual_form(body: &[u8]) -> Option<&[u8]> {
    body.strip_prefix(br#"{"encrypt":""#)?
        .strip_suffix(br#""}"#)
}

fn decrypt_any_form(key: &EncryptKey, body: &[u8]) -> Result<Decrypted, Refusal> {
    let encrypted = envelope::read_encrypted(body)
        .map_err(|_| Refusal::Json)?
        .ok_or(Refusal::NotEncrypted)?;
    key.decrypt_blocks(encrypted.as_bytes())
        .ok_or(Refusal::Ciphertext)
}

fn ten_digits(text: &[u8]) -> Option<u64> {
    if text.len() != 10 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        text.iter()
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0')),
    )
}
