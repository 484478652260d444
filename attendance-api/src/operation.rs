//! What the runtime knows of an operation: data that the generator writes.

use crate::call::Call;
use crate::error::Result;
use crate::error_table::{ErrorOverride, ErrorTable};
use crate::request::Request;
use crate::response::FromAnswer;

/// A call with its parameters, ready to be sent.
pub trait Operation: Clone + Send + Sync + 'static {
    /// What the call gives.
    type Output: FromAnswer;
    /// The facts of the operation.
    const INFO: &'static OperationInfo;
    /// Client and options of the call.
    fn call(&self) -> &Call;
    /// Client and options of the call.
    fn call_mut(&mut self) -> &mut Call;
    /// The request, without credentials.
    ///
    /// # Errors
    ///
    /// If a value cannot be sent, or a required one is missing.
    fn request(&self) -> Result<Request>;
}

/// The facts of an operation.
#[derive(Debug)]
pub struct OperationInfo {
    /// `resource.method`
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{name}` for parameters.
    pub path: &'static str,
    /// What a repetition does.
    pub retry: RetryClass,
    /// How often it may be called.
    pub rate_limit: Option<RateLimit>,
    /// Which credentials it takes; any one will do.
    pub tokens: &'static [TokenKind],
    /// Which scopes it needs; any one will do.
    pub scopes: &'static [&'static str],
    /// The documented error codes.
    pub errors: &'static [i64],
    /// Codes that mean something of their own here.
    pub overrides: &'static [ErrorOverride],
    /// What a success brings.
    pub answer: AnswerKind,
    /// What an answer is wrapped in.
    pub envelope: Envelope,
    /// Where a success says that parts failed.
    pub partial: &'static [PartialRule],
    /// Where the request carries keys that make a repetition safe: `rows[].key`, for several lists with `, ` between.
    pub idempotency_key: Option<&'static str>,
    /// The page that documents it.
    pub source: &'static str,
}

impl OperationInfo {
    /// Nothing known: the base that every description starts from.
    pub const EMPTY: Self = Self {
        id: "",
        method: Method::Get,
        path: "/",
        retry: RetryClass::Append,
        rate_limit: None,
        tokens: &[],
        scopes: &[],
        errors: &[],
        overrides: &[],
        answer: AnswerKind::Json,
        envelope: Envelope::None,
        partial: &[],
        idempotency_key: None,
        source: "",
    };
}

/// The facts of a service: its operations, its servers, its error table.
#[derive(Debug)]
pub struct Service {
    /// A short name.
    pub name: &'static str,
    /// Where it is served; the first is the default.
    pub base_urls: &'static [&'static str],
    /// What its error codes mean.
    pub errors: &'static ErrorTable,
    /// All its operations.
    pub operations: &'static [&'static OperationInfo],
    /// The security schemes that its credentials are made for.
    pub schemes: &'static [Scheme],
    /// Answer headers that carry the id of a request, best first.
    pub log_id_headers: &'static [&'static str],
    /// Answer headers that carry the seconds to wait after a refusal, best first.
    pub reset_headers: &'static [&'static str],
}

impl Service {
    /// Nothing known: the base that every description starts from.
    pub const EMPTY: Self = Self {
        name: "",
        base_urls: &[],
        errors: &ErrorTable { entries: &[] },
        operations: &[],
        schemes: &[],
        // Spellings of the gateways met so far; a header that does not come does no harm.
        log_id_headers: &["x-tt-logid", "x-request-id", "request-id"],
        reset_headers: &["x-ogw-ratelimit-reset", "retry-after"],
    };
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of HTTP")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Trace,
}

impl Method {
    pub(crate) fn to_http(self) -> http::Method {
        match self {
            Self::Get => http::Method::GET,
            Self::Head => http::Method::HEAD,
            Self::Post => http::Method::POST,
            Self::Put => http::Method::PUT,
            Self::Patch => http::Method::PATCH,
            Self::Delete => http::Method::DELETE,
            Self::Options => http::Method::OPTIONS,
            Self::Trace => http::Method::TRACE,
        }
    }
}

/// What sending a request twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryClass {
    /// Nothing is changed.
    Read,
    /// The second time changes nothing more.
    Idempotent,
    /// The second time writes the same over it.
    Overwrite,
    /// The second time adds another one: never repeated blindly.
    Append,
}

/// So many calls in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RateLimit {
    /// Calls in the window.
    pub calls: u32,
    /// Length of the window.
    pub seconds: u32,
}

/// A kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// For an organisation.
    Tenant,
    /// For a person.
    User,
    /// For the application itself.
    App,
    /// A security scheme by its name.
    Scheme(&'static str),
}

impl TokenKind {
    /// The kind of a security scheme, by its name.
    #[must_use]
    pub const fn of(scheme: &'static str) -> Self {
        match scheme.as_bytes() {
            b"tenant_access_token" => Self::Tenant,
            b"user_access_token" => Self::User,
            b"app_access_token" => Self::App,
            _ => Self::Scheme(scheme),
        }
    }

    /// The name of the security scheme.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant_access_token",
            Self::User => "user_access_token",
            Self::App => "app_access_token",
            Self::Scheme(name) => name,
        }
    }
}

/// A security scheme of the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// Its name, by which operations ask for it.
    pub name: &'static str,
    /// Where its credential goes.
    pub kind: SchemeKind,
}

/// Where the credential of a scheme goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// `Authorization: Bearer ..`
    Bearer,
    /// `Authorization: Basic ..`; the credential is `name:password`, encoded.
    Basic,
    /// A header of that name.
    ApiKeyHeader(&'static str),
    /// A query parameter of that name.
    ApiKeyQuery(&'static str),
    /// A cookie of that name.
    ApiKeyCookie(&'static str),
    /// Somewhere outside of the request, such as a client certificate.
    Outside,
}

/// What a success brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerKind {
    /// A JSON document.
    Json,
    /// Nothing that matters.
    Empty,
    /// A file.
    Bytes,
    /// Plain text.
    Text,
}

/// What an answer is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Envelope {
    /// The document is the data.
    None,
    /// An object with these members: a number (0 is success), a text, and the data.
    Members {
        /// The member with the number.
        code: &'static str,
        /// The member with the text.
        message: &'static str,
        /// The member with the data.
        data: &'static str,
    },
}

/// Where a success says that parts failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartialRule {
    /// In a list of the answer.
    List {
        /// Where the list stands in the data.
        path: &'static str,
        /// What its items mean.
        meaning: &'static str,
    },
    /// In the message of a success: `[a-b, c-d]`.
    RowList {
        /// What the rows mean.
        meaning: &'static str,
    },
    /// In the message of a success: `{a: [x, y], b: [z]}`.
    RowMap {
        /// What the rows mean.
        meaning: &'static str,
    },
    /// In the message of a success: `{"a": "reason", "b": "reason"}`.
    IdMap {
        /// What the rows mean.
        meaning: &'static str,
    },
    /// In the message of an error, as a JSON object of lists.
    Error {
        /// The code of that error.
        code: i64,
        /// What its parts mean.
        meaning: &'static str,
    },
}
