//! The client: what all calls share.
//!
//! A clone shares everything: connections, tokens, limits, the budget of repetitions. Building
//! one does no I/O.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;

use crate::auth::{Secret, StaticTokens, TokenProvider};
use crate::call::RawCall;
use crate::error::{Error, Result};
use crate::exchange::Http;
use crate::http_client::{Proxy, ReqwestTransport};
use crate::limit::Limits;
use crate::operation::{Method, OperationInfo, Service, TokenKind};
use crate::rate_store::RateStore;
use crate::retry::{Budget, RetryPolicy};
use crate::transport::Transport;
use crate::wire::{Drift, Form, View, to_text};

/// A client of the service. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) service: &'static Service,
    pub(crate) http: Http,
    pub(crate) provider: Option<Arc<dyn TokenProvider>>,
    pub(crate) limits: Limits,
    pub(crate) budget: Budget,
    pub(crate) policy: RetryPolicy,
    pub(crate) timeout: Duration,
    #[allow(dead_code, reason = "a service may have no lists")]
    pub(crate) max_pages: usize,
    pub(crate) drift: Option<Mutex<Drift>>,
    defaults: Vec<(String, String)>,
}

/// Settings of a client.
#[must_use = "no client exists until it is built"]
pub struct ClientBuilder {
    service: &'static Service,
    base_url: Option<String>,
    provider: Option<Arc<dyn TokenProvider>>,
    transport: Option<Arc<dyn Transport>>,
    proxy: Proxy,
    user_agent: Option<String>,
    connect_timeout: Duration,
    idle_timeout: Duration,
    timeout: Duration,
    max_body: usize,
    max_pages: usize,
    policy: RetryPolicy,
    rate_limits: bool,
    rate_store: Option<Arc<dyn RateStore>>,
    drift: bool,
    defaults: Vec<(String, String)>,
}

impl Client {
    /// A call to an endpoint that this crate has no description of.
    ///
    /// `path` starts with `/`; its values must be encoded, see [`RawCall::segment`].
    pub fn raw(&self, method: Method, path: impl Into<String>) -> RawCall {
        RawCall::new(self, method, path.into())
    }

    /// Where answers differed from their description so far, each path under its operation;
    /// `None` unless the client collects that.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        let drift = self.0.drift.as_ref()?;
        Some(drift.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Where the server is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.http.base_url()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn default_for(&self, name: &str) -> Option<&str> {
        self.0
            .defaults
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Inner {
    pub(crate) fn add_drift(&self, info: &OperationInfo, found: &Drift) {
        if let Some(drift) = &self.drift {
            let prefix = format!("{}: ", info.id);
            drift
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .merge(&prefix, found);
        }
    }
}

impl fmt::Debug for Client {
    /// The service and its address; no credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("service", &self.0.service.name)
            .field("base_url", &self.0.http.base_url())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("service", &self.service.name)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Settings for a service, all at their defaults.
    pub fn new(service: &'static Service) -> Self {
        Self {
            service,
            base_url: None,
            provider: None,
            transport: None,
            proxy: Proxy::System,
            user_agent: None,
            connect_timeout: Duration::from_secs(3),
            idle_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            max_body: 8 * 1024 * 1024,
            max_pages: 10_000,
            policy: RetryPolicy::default(),
            rate_limits: true,
            rate_store: None,
            drift: false,
            defaults: Vec::new(),
        }
    }

    /// Where the server is: `https://host`, or `http://` for this machine only.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Where credentials come from.
    pub fn token_provider(mut self, provider: impl TokenProvider + 'static) -> Self {
        self.provider = Some(Arc::new(provider));
        self
    }

    pub(crate) fn take_provider(mut self) -> (Self, Option<Arc<dyn TokenProvider>>) {
        let provider = self.provider.take();
        (self, provider)
    }

    /// One token for all calls, made elsewhere. It is never renewed.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        self.token_provider(StaticTokens::any(token))
    }

    /// A credential for the calls that take its scheme. For HTTP Basic: `name:password`.
    pub fn credential(self, scheme: &'static str, secret: impl Into<Secret>) -> Self {
        self.token_provider(StaticTokens::default().with(TokenKind::of(scheme), secret))
    }

    /// The timeout for making a connection; 3 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the server may be silent; 10 s by default.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// The time for a whole call, all attempts included; 30 s by default.
    ///
    /// Sending a file counts, so that 30 s over a line of 1 MB/s are enough for 30 MB: give a call that uploads more
    /// its own time with `with_timeout`. While a file is sent, the idle timeout rests. Downloads are not bound by it: it
    /// ends with the head of the answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The largest answer, unpacked; 8 MiB by default. Files are not bound by it.
    pub fn max_body_bytes(mut self, most: usize) -> Self {
        self.max_body = most;
        self
    }

    /// The largest number of pages of one list; 10,000 by default.
    pub fn max_pages(mut self, most: usize) -> Self {
        self.max_pages = most;
        self
    }

    /// How often calls are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Whether calls keep to the documented rate limits; they do by default. A refusal of the
    /// server is waited out in any case.
    pub fn rate_limits(mut self, keep: bool) -> Self {
        self.rate_limits = keep;
        self
    }

    /// Keeps to the rate limits together with all who share this store, such as the workers of one application. Without
    /// it, and while it fails, each client keeps to them alone.
    pub fn rate_store(mut self, store: Arc<dyn RateStore>) -> Self {
        self.rate_store = Some(store);
        self
    }

    /// Whether to collect where answers differ from their description; off by default.
    pub fn collect_drift(mut self, collect: bool) -> Self {
        self.drift = collect;
        self
    }

    /// The `User-Agent`.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = Some(text.into());
        self
    }

    /// A proxy for all requests; without it, what the system says.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(url.into());
        self
    }

    /// No proxy, whatever the system says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// An HTTP client of your own: own roots, own proxy. See [`ReqwestTransport`].
    pub fn http_client(self, client: impl Into<ReqwestTransport>) -> Self {
        self.transport(client.into())
    }

    /// A transport of your own.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// A query parameter for all calls that have it and do not set it.
    #[doc(hidden)]
    pub fn default_query(mut self, name: &str, value: &dyn View) -> Self {
        self.defaults.retain(|(key, _)| key != name);
        self.defaults
            .extend(to_text(value, Form::Text).map(|value| (name.to_owned(), value)));
        self
    }

    /// The client. Does no I/O.
    ///
    /// # Errors
    ///
    /// If a setting is not legal.
    pub fn build(self) -> Result<Client> {
        let given = self
            .base_url
            .as_deref()
            .or(self.service.base_urls.first().copied());
        let base_url = checked_url(given.unwrap_or_default())?;
        let agent = self.user_agent.unwrap_or_else(|| {
            concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned()
        });
        let agent = HeaderValue::from_str(&agent)
            .map_err(|_| Error::input("the user agent cannot stand in a header"))?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::new(self.connect_timeout, &self.proxy)?),
        };
        let http = Http::new(
            self.service,
            transport,
            base_url,
            agent,
            self.idle_timeout,
            self.max_body,
        );
        Ok(Client(Arc::new(Inner {
            service: self.service,
            http,
            provider: self.provider,
            limits: Limits::new(self.rate_limits).shared_by(self.rate_store),
            budget: Budget::new(),
            policy: self.policy,
            timeout: self.timeout,
            max_pages: self.max_pages,
            drift: self.drift.then(Mutex::default),
            defaults: self.defaults,
        })))
    }
}

/// An address that credentials may be sent to, without a slash at its end.
fn checked_url(url: &str) -> Result<String> {
    let refuse = |text: &str| Err(Error::input(format!("the base URL {text}")));
    let Ok(parsed) = url.parse::<http::Uri>() else {
        return refuse("is not legal");
    };
    let (Some(scheme), Some(host)) = (parsed.scheme_str(), parsed.host()) else {
        return refuse("must start with `https://`");
    };
    if parsed
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return refuse("must not hold a user name");
    }
    if parsed.query().is_some() || url.contains('#') {
        return refuse("must not have a query");
    }
    match scheme {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return refuse("must start with `https://`, unless it is this machine"),
        _ => return refuse("must start with `https://`"),
    }
    Ok(url.trim_end_matches('/').to_owned())
}

fn is_loopback(host: &str) -> bool {
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_to_https_or_this_machine_only() {
        let legal = [
            "https://open.feishu.cn",
            "https://host:8443/prefix/",
            "http://127.0.0.1:80",
            "http://localhost:1",
            "http://[::1]:9",
        ];
        for url in legal {
            assert!(checked_url(url).is_ok(), "{url}");
        }
        let refused = [
            "",
            "open.feishu.cn",
            "http://open.feishu.cn",
            "ftp://127.0.0.1",
            "https://a:b@host",
            "https://host/?a=b",
            "http://127.0.0.1.evil.cn",
            "https://host/#x",
            "http://localhost.evil.cn",
        ];
        for url in refused {
            assert!(checked_url(url).is_err(), "{url}");
        }
        assert_eq!(
            checked_url("https://host/prefix/").unwrap(),
            "https://host/prefix"
        );
    }
}
