//! A call's own settings, and calls to endpoints without a description.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::Secret;
use crate::client::Client;
use crate::error::{Error, ErrorClass, Result};
use crate::operation::{
    AnswerKind, Envelope, Method, Operation, OperationInfo, RetryClass, TokenKind,
};
use crate::partial::Problem;
use crate::request::{Request, percent};
use crate::response::{FromAnswer, Response};
use crate::retry::RetryPolicy;
use crate::wire::Json;

/// The client of a call, and what the caller set for this call alone.
#[derive(Clone)]
pub struct Call {
    client: Client,
    options: Option<Box<CallOptions>>,
}

/// What the caller set for one call.
#[derive(Clone, Default)]
pub(crate) struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) token: Option<Secret>,
    pub(crate) tenant: Option<String>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) members: Vec<(String, Json)>,
    pub(crate) keep_body: bool,
}

static NO_OPTIONS: CallOptions = CallOptions {
    timeout: None,
    token: None,
    tenant: None,
    retry: None,
    headers: Vec::new(),
    query: Vec::new(),
    members: Vec::new(),
    keep_body: false,
};

impl Call {
    /// A call without settings of its own.
    #[must_use]
    pub fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            options: None,
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn options(&self) -> &CallOptions {
        self.options.as_deref().unwrap_or(&NO_OPTIONS)
    }

    fn set(&mut self) -> &mut CallOptions {
        self.options.get_or_insert_default()
    }

    pub(crate) fn default_query(&self, name: &str) -> Option<&str> {
        self.client.default_for(name)
    }

    /// The time for the whole call, all attempts included.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.set().timeout = Some(timeout);
    }

    /// A token for this call alone.
    pub fn set_token(&mut self, token: Secret) {
        self.set().token = Some(token);
    }

    /// The tenant that the call is for.
    pub fn set_tenant(&mut self, tenant: String) {
        self.set().tenant = Some(tenant);
    }

    /// How often the call is repeated.
    pub fn set_retry(&mut self, retry: RetryPolicy) {
        self.set().retry = Some(retry);
    }

    /// A header of this call.
    pub fn add_header(&mut self, name: String, value: String) {
        self.set().headers.push((name, value));
    }

    /// A query parameter that the description does not know.
    pub fn add_query(&mut self, name: String, value: String) {
        self.set().query.push((name, value));
    }

    /// A member of the JSON body that the description does not know.
    pub fn add_body_member(&mut self, name: String, value: Json) {
        self.set().members.push((name, value));
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.options();
        f.debug_struct("Call")
            .field("client", &self.client)
            .field("timeout", &options.timeout)
            .field("retry", &options.retry)
            .finish_non_exhaustive()
    }
}

/// The settings that every call takes.
#[doc(hidden)]
#[macro_export]
macro_rules! __rt_call_options {
    ($ty:ident) => {
        impl $ty {
            /// The time for the whole call, all attempts included. A large file over a slow line needs more than the
            /// default: sending it counts.
            #[inline]
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.call.set_timeout(timeout);
                self
            }

            /// How often the call is repeated.
            #[inline]
            pub fn with_retry(mut self, retry: $crate::rt::RetryPolicy) -> Self {
                self.call.set_retry(retry);
                self
            }

            /// A token for this call alone, instead of the client's. It is never renewed.
            #[inline]
            pub fn with_token(mut self, token: impl Into<$crate::rt::Secret>) -> Self {
                self.call.set_token(token.into());
                self
            }

            /// The tenant that the call is for, where one application serves many.
            #[inline]
            pub fn with_tenant(mut self, tenant: impl Into<::std::string::String>) -> Self {
                self.call.set_tenant(tenant.into());
                self
            }

            /// A header.
            #[inline]
            pub fn with_header(
                mut self,
                name: impl Into<::std::string::String>,
                value: impl Into<::std::string::String>,
            ) -> Self {
                self.call.add_header(name.into(), value.into());
                self
            }

            /// A query parameter that this crate does not know.
            #[inline]
            pub fn with_query(
                mut self,
                name: impl Into<::std::string::String>,
                value: impl Into<::std::string::String>,
            ) -> Self {
                self.call.add_query(name.into(), value.into());
                self
            }

            /// A member of the JSON body that this crate does not know.
            #[inline]
            pub fn with_body_member(
                mut self,
                name: impl Into<::std::string::String>,
                value: impl Into<$crate::rt::Json>,
            ) -> Self {
                self.call.add_body_member(name.into(), value.into());
                self
            }
        }
    };
}

/// Sends a call and gives its data.
///
/// # Errors
///
/// Whatever goes wrong; see [`Error`].
pub async fn send<O: Operation>(operation: O) -> Result<O::Output> {
    send_full(operation).await.map(Response::into_data)
}

/// Sends a call and gives its data with what came with it.
///
/// # Errors
///
/// Whatever goes wrong; see [`Error`].
pub async fn send_full<O: Operation>(operation: O) -> Result<Response<O::Output>> {
    let request = operation
        .request()
        .map_err(|error| error.with_operation(O::INFO.id))?;
    O::Output::receive(operation.call(), request).await
}

/// What an operation gives, without what is around it.
pub(crate) type Data<O> = <<O as Operation>::Output as FromAnswer>::Data;

/// Sends a call and gives its data, with the parts that failed.
#[allow(dead_code, reason = "a service may have no lists")]
pub(crate) async fn send_data<O: Operation>(operation: O) -> Result<(Data<O>, Vec<Problem>)> {
    send(operation).await.map(FromAnswer::into_data)
}

/// A call to an endpoint that this crate has no description of.
///
/// Token, timeout, repetition and errors are those of every call.
#[derive(Debug, Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct RawCall {
    call: Call,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Json>,
    retry: RetryClass,
    token: Option<TokenKind>,
}

impl RawCall {
    pub(crate) fn new(client: &Client, method: Method, path: String) -> Self {
        let retry = match method {
            Method::Get | Method::Head | Method::Options | Method::Trace => RetryClass::Read,
            Method::Post | Method::Put | Method::Patch | Method::Delete => RetryClass::Append,
        };
        let call = Call::new(client);
        Self {
            call,
            method,
            path,
            query: Vec::new(),
            body: None,
            retry,
            token: None,
        }
    }

    /// A query parameter.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// A JSON body.
    ///
    /// # Errors
    ///
    /// If the value has no JSON form.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_value(body)
            .map_err(|error| Error::input("the body has no JSON form").with_source(error))?;
        self.body = Some(body);
        Ok(self)
    }

    /// Says that sending it twice does no harm, so that it is repeated after a failure.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.retry = if idempotent {
            RetryClass::Idempotent
        } else {
            RetryClass::Append
        };
        self
    }

    /// Which kind of token it takes; without it, the kind that most operations take.
    pub fn token_kind(mut self, kind: TokenKind) -> Self {
        self.token = Some(kind);
        self
    }

    /// Sends the call and gives its data as JSON.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong; see [`Error`].
    pub async fn send(self) -> Result<Json> {
        self.send_full().await.map(Response::into_data)
    }

    /// Sends the call and reads its data into a type.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong; see [`Error`].
    pub async fn send_as<T: DeserializeOwned>(self) -> Result<T> {
        let data = self.send().await?;
        serde_json::from_value(data).map_err(|_| {
            Error::new(
                ErrorClass::Decode,
                "the data does not fit the type asked for",
            )
            .with_operation(RAW)
        })
    }

    /// Sends the call and gives its data as JSON, with what came with it.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong; see [`Error`].
    pub async fn send_full(self) -> Result<Response<Json>> {
        let request = self.request().map_err(|error| error.with_operation(RAW))?;
        Json::receive(&self.call, request).await
    }

    /// Sends the call and gives the whole answer, with what stands around its data.
    #[allow(dead_code, reason = "a service may have no doctor")]
    pub(crate) async fn send_whole(mut self) -> Result<Json> {
        self.call.set().keep_body = true;
        let response = self.send_full().await?;
        let document = serde_json::from_slice(&response.meta.body);
        document.map_err(|error| {
            Error::new(ErrorClass::Decode, "the answer cannot be read")
                .with_source(error)
                .with_operation(RAW)
        })
    }

    fn request(&self) -> Result<Request> {
        let service = self.call.client().inner().service;
        let usual = service
            .operations
            .first()
            .copied()
            .unwrap_or(&OperationInfo::EMPTY);
        let token = self.token.or(usual.tokens.first().copied());
        let form = path_form(&self.path);
        let info = raw_info((self.method, self.retry, token, usual.envelope, form));
        let is_plain =
            |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '\\' | '"' | '<' | '>');
        let folds = |part: &str| {
            matches!(
                part.to_ascii_lowercase().replace("%2e", ".").as_str(),
                "." | ".."
            )
        };
        let is_path = self.path.starts_with('/') && !self.path.starts_with("//");
        if !is_path || !self.path.chars().all(is_plain) || self.path.split('/').any(folds) {
            return Err(Error::input(
                "the path must start with `/`, be encoded, and have no query",
            ));
        }
        let mut request = Request::raw(info, self.path.clone());
        for (name, value) in &self.query {
            request.query(name, value);
        }
        if let Some(body) = &self.body {
            request.json(body)?;
        }
        Ok(request)
    }
}

crate::__rt_call_options!(RawCall);

impl RawCall {
    /// Encodes a value that is to be one segment of the path.
    #[must_use]
    pub fn segment(value: &str) -> String {
        percent(value)
    }
}

pub(crate) const RAW: &str = "raw";

type RawKey = (Method, RetryClass, Option<TokenKind>, Envelope, String);

/// Endpoints that are told apart, so that a refusal by one does not stop the others.
const MOST_FORMS: usize = 512;

/// A path with `{}` for what looks like the id of something.
fn path_form(path: &str) -> String {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_word = |part: &str| {
        part.len() <= 40
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || b"_-".contains(&byte))
    };
    let parts = path.split('/');
    let form = parts.map(|part| {
        if is_version(part) || is_word(part) {
            part
        } else {
            "{}"
        }
    });
    form.collect::<Vec<_>>().join("/")
}

/// The facts of a raw call. There are few of them in a program, and they live as long as it does.
fn raw_info(mut key: RawKey) -> &'static OperationInfo {
    static KNOWN: LazyLock<Mutex<HashMap<RawKey, &'static OperationInfo>>> =
        LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_FORMS && !known.contains_key(&key) {
        key.4.clear();
    }
    let (method, retry, token, envelope, path) = key.clone();
    known.entry(key).or_insert_with(|| {
        let tokens: &'static [TokenKind] = match token {
            Some(token) => Box::leak(Box::new([token])),
            None => &[],
        };
        Box::leak(Box::new(OperationInfo {
            id: RAW,
            method,
            path: Box::leak(path.into_boxed_str()),
            retry,
            tokens,
            envelope,
            answer: AnswerKind::Json,
            ..OperationInfo::EMPTY
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_told_apart_by_the_form_of_their_path() {
        let same = [
            "/open-apis/attendance/v1/shifts/6919",
            "/open-apis/attendance/v1/shifts/a%2Fb",
        ];
        for path in same {
            assert_eq!(path_form(path), "/open-apis/attendance/v1/shifts/{}");
        }
        assert_eq!(
            path_form("/open-apis/contact/v3/users"),
            "/open-apis/contact/v3/users"
        );
        let info = |path: &str| {
            let form = path_form(path);
            raw_info((Method::Get, RetryClass::Read, None, Envelope::None, form))
        };
        assert!(std::ptr::eq(info("/a/1"), info("/a/2")));
        assert!(!std::ptr::eq(info("/a/1"), info("/b/1")));
        for number in 0..2 * MOST_FORMS {
            let digits = number
                .to_string()
                .bytes()
                .map(|digit| char::from(digit + 49))
                .collect::<String>();
            info(&format!("/many/{digits}"));
        }
        assert_eq!(info("/one/more").path, "");
    }
}
