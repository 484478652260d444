//! The one error of the client.
//!
//! It tells which operation failed, what the server said, and what to do; never a secret.
//! Text of the server is shown without control characters and cut at 8 KiB.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error_table::{
    ErrorAction, ErrorCategory, ErrorEntry, ErrorRetry, Lang, Meaning, MessageEntry,
};
use crate::partial::Problem;
use crate::wire::Json;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed. One pointer wide.
pub struct Error(Box<Inner>);

pub(crate) struct Inner {
    pub(crate) class: ErrorClass,
    pub(crate) operation: &'static str,
    pub(crate) code: Option<ErrorCode>,
    pub(crate) status: Option<u16>,
    pub(crate) message: String,
    pub(crate) log_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) reached: Reached,
    pub(crate) meaning: Meaning,
    pub(crate) details: Json,
    pub(crate) problems: Vec<Problem>,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failure, by where they arise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// No connection could be made: the server saw nothing.
    Connect,
    /// The connection broke.
    Io,
    /// The time was up.
    Timeout,
    /// Too many calls.
    RateLimit,
    /// The credentials were refused, or there is no token.
    Auth,
    /// The server answered with an error code.
    Api,
    /// The server answered with an HTTP status and nothing that can be read.
    Http,
    /// The answer is not what the description says.
    Decode,
    /// The answer is of another media type.
    ContentType,
    /// The answer is larger than allowed.
    TooLarge,
    /// The server points elsewhere; redirects are not followed.
    Redirect,
    /// The pages of a list do not end.
    Pagination,
    /// The request cannot be built from the values given.
    Input,
    /// Anything else.
    Other,
}

/// How far a request came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reached {
    /// The server did nothing.
    Nothing,
    /// Nobody knows whether the server did what was asked.
    Unknown,
    /// The server answered.
    Answered,
}

/// The number by which the server names an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(pub i64);

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A field that the server refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The field.
    pub field: String,
    /// The rule that it breaks.
    pub description: String,
}

impl Error {
    pub(crate) fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        let reached = match class {
            ErrorClass::Connect | ErrorClass::Input => Reached::Nothing,
            ErrorClass::Io | ErrorClass::Timeout | ErrorClass::Other => Reached::Unknown,
            ErrorClass::RateLimit
            | ErrorClass::Auth
            | ErrorClass::Api
            | ErrorClass::Http
            | ErrorClass::Decode
            | ErrorClass::ContentType
            | ErrorClass::TooLarge
            | ErrorClass::Redirect
            | ErrorClass::Pagination => Reached::Answered,
        };
        Self(Box::new(Inner {
            class,
            operation: "",
            code: None,
            status: None,
            message: message.into(),
            log_id: None,
            attempts: 0,
            retry_after: None,
            reached,
            meaning: Meaning::default(),
            details: Json::Null,
            problems: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Input, message)
    }

    /// The same failure for another caller.
    pub(crate) fn shared(error: &Arc<Self>) -> Self {
        let inner = &error.0;
        Self(Box::new(Inner {
            message: inner.message.clone(),
            log_id: inner.log_id.clone(),
            details: inner.details.clone(),
            problems: inner.problems.clone(),
            source: inner
                .source
                .as_ref()
                .map(|_| Box::new(SharedSource(Arc::clone(error))) as _),
            class: inner.class,
            operation: inner.operation,
            code: inner.code,
            status: inner.status,
            attempts: inner.attempts,
            retry_after: inner.retry_after,
            reached: inner.reached,
            meaning: inner.meaning,
        }))
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_operation(mut self, operation: &'static str) -> Self {
        if self.0.operation.is_empty() {
            self.0.operation = operation;
        }
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn inner_mut(&mut self) -> &mut Inner {
        &mut self.0
    }

    /// The kind of failure, by where it arose.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// The operation that failed, `resource.method`; empty outside of one.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The error code of the server.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.0.code
    }

    /// The HTTP status of the last answer.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.status
    }

    /// What the server said, or what went wrong here.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The id that the server's support asks for.
    #[must_use]
    pub fn log_id(&self) -> Option<&str> {
        self.0.log_id.as_deref()
    }

    /// How often the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long to wait before the next try, if the server named a time.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the server may have done what was asked.
    #[must_use]
    pub fn reached(&self) -> Reached {
        self.0.reached
    }

    /// What to do about it; empty if there is nothing known.
    #[must_use]
    pub fn remedy(&self, lang: Lang) -> &str {
        self.0.meaning.remedy(lang)
    }

    /// The entry of the error table.
    #[must_use]
    pub fn entry(&self) -> Option<&'static ErrorEntry> {
        self.0.meaning.entry
    }

    /// The entry of the message, where the error table tells meanings apart by their text.
    #[must_use]
    pub fn message_entry(&self) -> Option<&'static MessageEntry> {
        self.0.meaning.message
    }

    /// The name of the error in the error table.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        self.0.meaning.name()
    }

    /// What the error is about, by the error table.
    #[must_use]
    pub fn category(&self) -> Option<ErrorCategory> {
        self.0.meaning.category()
    }

    /// What to do about it, by the error table.
    #[must_use]
    pub fn action(&self) -> Option<ErrorAction> {
        self.0.meaning.action()
    }

    pub(crate) fn table_retry(&self) -> Option<ErrorRetry> {
        self.0.meaning.retry()
    }

    /// The index of the generated `ErrorKind`; [`u16::MAX`] for none.
    #[doc(hidden)]
    #[must_use]
    pub fn kind_index(&self) -> u16 {
        self.0.meaning.kind()
    }

    /// The time was up.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.class == ErrorClass::Timeout
    }

    /// No connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.0.class == ErrorClass::Connect
    }

    /// The credentials were refused, or there is no token.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.0.class == ErrorClass::Auth
    }

    /// Too many calls.
    #[must_use]
    pub fn is_rate_limit(&self) -> bool {
        self.0.class == ErrorClass::RateLimit
    }

    /// The same call may succeed later, and repeating it is up to the caller.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.0.class {
            ErrorClass::Connect | ErrorClass::Io | ErrorClass::Timeout | ErrorClass::RateLimit => {
                true
            }
            ErrorClass::Http => matches!(self.0.status, Some(500 | 502 | 503 | 504)),
            ErrorClass::Api | ErrorClass::Auth => {
                matches!(
                    self.0.meaning.retry(),
                    Some(ErrorRetry::Backoff | ErrorRetry::WaitReset)
                )
            }
            ErrorClass::Decode
            | ErrorClass::ContentType
            | ErrorClass::TooLarge
            | ErrorClass::Redirect
            | ErrorClass::Pagination
            | ErrorClass::Input
            | ErrorClass::Other => false,
        }
    }

    /// The scopes of which one is missing, in the order of the answer, each once.
    #[must_use]
    pub fn missing_scopes(&self) -> Vec<String> {
        scopes(&self.0.details, &self.0.message, self.0.meaning.category())
    }

    /// The fields that the server refused.
    #[must_use]
    pub fn field_violations(&self) -> Vec<FieldViolation> {
        let text = |item: &Json, name: &str| clean(item[name].as_str().unwrap_or_default());
        let items = self.0.details["field_violations"].as_array();
        items
            .into_iter()
            .flatten()
            .map(|item| FieldViolation {
                field: text(item, "field"),
                description: text(item, "description"),
            })
            .collect()
    }

    /// A sentence of the server with a link to its search for causes.
    #[must_use]
    pub fn troubleshooter(&self) -> Option<String> {
        self.0.details["troubleshooter"].as_str().map(clean)
    }

    /// The parts that the server refused, where the error names them.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if !inner.operation.is_empty() {
            write!(f, "{}: ", inner.operation)?;
        }
        f.write_str(&inner.message)?;
        let mut notes = Vec::new();
        if let Some(code) = inner.code {
            let name = inner
                .meaning
                .name()
                .map(|name| format!(" {name}"))
                .unwrap_or_default();
            notes.push(format!("code {code}{name}"));
        }
        if let Some(status) = inner.status {
            notes.push(format!("HTTP {status}"));
        }
        if let Some(log_id) = &inner.log_id {
            notes.push(format!("log id {log_id}"));
        }
        if inner.attempts > 1 {
            notes.push(format!("{} attempts", inner.attempts));
        }
        if inner.reached == Reached::Unknown && inner.attempts > 0 {
            notes.push("outcome unknown".to_owned());
        }
        if !notes.is_empty() {
            write!(f, " ({})", notes.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let mut out = f.debug_struct("Error");
        out.field("class", &inner.class)
            .field("operation", &inner.operation)
            .field("code", &inner.code)
            .field("name", &inner.meaning.name())
            .field("http_status", &inner.status)
            .field("message", &inner.message)
            .field("log_id", &inner.log_id)
            .field("attempts", &inner.attempts)
            .field("reached", &inner.reached)
            .field("retry_after", &inner.retry_after);
        if let Some(source) = &inner.source {
            out.field("source", &source.to_string());
        }
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// The source of an error that several callers got.
struct SharedSource(Arc<Error>);

impl SharedSource {
    fn source_of(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

impl fmt::Display for SharedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source_of()
            .map_or(Ok(()), |source| fmt::Display::fmt(source, f))
    }
}

impl fmt::Debug for SharedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source_of()
            .map_or(Ok(()), |source| fmt::Debug::fmt(source, f))
    }
}

impl StdError for SharedSource {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source_of().and_then(StdError::source)
    }
}

/// Server text for people: no control or direction characters, at most 8 KiB.
pub(crate) fn clean(text: &str) -> String {
    const MOST: usize = 8 * 1024;
    let mut out = String::new();
    for c in text.chars() {
        let c = match c {
            '\u{200e}'
            | '\u{200f}'
            | '\u{061c}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                continue;
            }
            '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        };
        if out.len() + c.len_utf8() > MOST {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Scopes out of any of the forms in which they come.
fn scopes(details: &Json, message: &str, category: Option<ErrorCategory>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |scope: &str| {
        let scope = clean(scope.trim());
        if !scope.is_empty() && !found.contains(&scope) {
            found.push(scope);
        }
    };
    for item in details["permission_violations"]
        .as_array()
        .into_iter()
        .flatten()
    {
        for name in ["subject", "scope"] {
            if let Some(scope) = item[name].as_str() {
                add(scope);
            }
        }
    }
    let is_permission = matches!(category, Some(ErrorCategory::Permission) | None);
    if is_permission && message.to_lowercase().contains("scope") {
        let listed = message
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'));
        for scope in listed
            .map_or("", |(scopes, _)| scopes)
            .split([',', '，', ' ', '"'])
        {
            add(scope);
        }
    }
    found
}
