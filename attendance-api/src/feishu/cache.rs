//! One token that is kept and renewed for all who need it.
//!
//! Guarantees: however many callers need a token, one renewal is under way; a caller who goes
//! away does not stop it, as whoever is left drives it on; a caller with a valid token never
//! waits. A token that the server refuses is dropped by its value. After a failed renewal the
//! failure is given out for a while, so that an outage is not a storm.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use tokio::time::{Instant, sleep};

use super::store::{StoredToken, TokenStore};
use crate::auth::{Credential, Secret};
use crate::error::{Error, ErrorClass, Reached, Result};
use crate::error_table::ErrorRetry;
use crate::exchange::Http;
use crate::operation::TokenKind;
use crate::random;
use crate::transport::BoxFuture;

/// With less than this left, the server gives a new token; with more, the same one again.
const RENEW_BELOW: Duration = Duration::from_secs(1_800);
/// Part of the time below, so that not all processes renew at once.
const JITTER: Duration = Duration::from_secs(300);
/// A token without a usable end is taken to live this long.
const LEAST_LIFE: Duration = Duration::from_secs(60);
/// No token lives longer.
const LONGEST_LIFE: Duration = Duration::from_secs(86_400);
/// So close to its end a token is not sent any more: it might end on its way.
const MARGIN: Duration = Duration::from_secs(5);
/// A renewal that nobody drove for so long is given up.
const STALE: Duration = Duration::from_secs(30);
/// How long to wait for another process that has the lock or its successor.
const LOCK_PATIENCE: Duration = Duration::from_secs(15);
/// How often to look whether another process has renewed the token.
const LOCK_POLL: Duration = Duration::from_millis(100);
/// The time for one request to the token endpoint.
pub(crate) const FETCH_TIME: Duration = Duration::from_secs(10);
const FETCH_ATTEMPTS: u32 = 5;

/// Gets one new token.
pub(crate) trait Fetch: Send + Sync {
    fn fetch<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Fetched>>;
}

/// A token as the server gave it.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub(crate) secret: Secret,
    /// Whole seconds left, as the server said.
    pub(crate) seconds: Option<i64>,
}

#[derive(Clone)]
pub(crate) struct TokenCache(Arc<Inner>);

struct Inner {
    kind: TokenKind,
    key: String,
    owner: String,
    fetch: Box<dyn Fetch>,
    store: Option<Arc<dyn TokenStore>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    flight: Option<Flight>,
    flights: u64,
    failure: Option<Failure>,
    refused: Option<(Secret, Instant)>,
}

#[derive(Clone)]
struct Token {
    secret: Secret,
    end: Instant,
    renew_from: Instant,
}

#[derive(Clone)]
struct Flight {
    number: u64,
    started: Instant,
    outcome: Shared<BoxFuture<'static, Outcome>>,
}

type Outcome = Result<Secret, Arc<Error>>;

struct Failure {
    error: Arc<Error>,
    until: Instant,
    in_a_row: u32,
}

enum Step {
    Have(Secret, Option<Flight>),
    Wait(Flight),
    Failed(Arc<Error>),
}

impl TokenCache {
    pub(crate) fn new(
        kind: TokenKind,
        key: String,
        fetch: impl Fetch + 'static,
        store: Option<Arc<dyn TokenStore>>,
    ) -> Self {
        Self(Arc::new(Inner {
            kind,
            key,
            owner: format!("{:016x}", random::next()),
            fetch: Box::new(fetch),
            store,
            state: Mutex::default(),
        }))
    }

    /// Puts a token in that came from elsewhere.
    pub(crate) fn put(&self, secret: Secret, life: Duration) {
        let token = Token::new(secret, Instant::now(), life);
        self.0.state().token = Some(token);
    }

    /// A token that is still good, got anew if need be.
    pub(crate) async fn credential(&self, http: &Http) -> Result<Credential> {
        let step = self.step(http);
        let (secret, flight) = match step {
            Step::Have(secret, flight) => (secret, flight),
            Step::Wait(flight) => (flight.outcome.await.map_err(|error| share(&error))?, None),
            Step::Failed(error) => return Err(share(&error)),
        };
        let credential = Credential::new(self.0.kind, secret);
        Ok(match flight {
            Some(flight) => credential.with_beside(Box::pin(async move {
                // A failure is noted where it happens; this caller has a token.
                let _ = flight.outcome.await;
            })),
            None => credential,
        })
    }

    /// The same, if there is nothing to wait for and nothing to renew.
    pub(crate) fn ready(&self) -> Option<Credential> {
        let now = Instant::now();
        let state = self.0.state();
        let token = state
            .token
            .as_ref()
            .filter(|token| now < token.renew_from)?;
        Some(Credential::new(self.0.kind, token.secret.clone()))
    }

    /// The server refused a token. Tells whether there may be another one.
    pub(crate) async fn refused(&self, secret: &Secret) -> bool {
        let now = Instant::now();
        let again = {
            let mut state = self.0.state();
            let is_current = state
                .token
                .as_ref()
                .is_some_and(|token| token.secret == *secret);
            // The server gave out once more what it refuses: asking again gives nothing else.
            let hopeless = is_current
                && state.refused.as_ref().is_some_and(|(refused, since)| {
                    refused == secret && now < *since + Duration::from_secs(5)
                });
            if is_current && !hopeless {
                state.token = None;
                state.refused = Some((secret.clone(), now));
            }
            !hopeless
        };
        if again && let Some(store) = &self.0.store {
            note(store.delete_if_equal(&self.0.key, secret).await);
        }
        again
    }

    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.0
            .state()
            .token
            .iter()
            .map(|token| token.secret.clone())
            .collect()
    }

    fn step(&self, http: &Http) -> Step {
        let now = Instant::now();
        let mut state = self.0.state();
        let cooling = state.failure.as_ref().filter(|failure| now < failure.until);
        let cooling = cooling.map(|failure| Arc::clone(&failure.error));
        match state.token.clone().filter(|token| token.end > now) {
            Some(token) if now < token.renew_from || cooling.is_some() => {
                Step::Have(token.secret, None)
            }
            Some(token) => Step::Have(token.secret, Some(self.flight(&mut state, http))),
            None => match cooling {
                Some(error) => Step::Failed(error),
                None => Step::Wait(self.flight(&mut state, http)),
            },
        }
    }

    /// The renewal that is under way, or a new one.
    fn flight(&self, state: &mut State, http: &Http) -> Flight {
        let now = Instant::now();
        if let Some(flight) = &state.flight
            && now < flight.started + STALE
        {
            return flight.clone();
        }
        state.flights += 1;
        let number = state.flights;
        let (inner, http) = (Arc::clone(&self.0), http.clone());
        let work: BoxFuture<'static, Outcome> = Box::pin(async move {
            let outcome = inner.renew(&http, now).await;
            inner.landed(number, outcome)
        });
        let flight = Flight {
            number,
            started: now,
            outcome: work.shared(),
        };
        state.flight = Some(flight.clone());
        flight
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what a renewal brought.
    fn landed(&self, number: u64, outcome: Result<Token>) -> Outcome {
        let mut state = self.state();
        if state
            .flight
            .as_ref()
            .is_some_and(|flight| flight.number == number)
        {
            state.flight = None;
        }
        match outcome {
            Ok(token) => {
                let secret = token.secret.clone();
                state.token = Some(token);
                state.failure = None;
                Ok(secret)
            }
            Err(error) => {
                tracing::warn!(class = ?error.class(), "no token");
                let error = Arc::new(error);
                let in_a_row = state.failure.as_ref().map_or(0, |failure| failure.in_a_row) + 1;
                // Wrong credentials do not come right by themselves, but someone may correct them.
                let first = if is_final(&error) { 1_000 } else { 250 };
                let pause = Duration::from_millis(first << in_a_row.min(6));
                let until = Instant::now() + pause;
                state.failure = Some(Failure {
                    error: Arc::clone(&error),
                    until,
                    in_a_row,
                });
                Err(error)
            }
        }
    }

    /// A token from the store, or else from the server.
    async fn renew(&self, http: &Http, started: Instant) -> Result<Token> {
        let Some(store) = &self.store else {
            return self.fetch(http, started).await;
        };
        if let Some(token) = self.stored(&**store).await {
            return Ok(token);
        }
        let has_lock = self.lock(&**store).await;
        // Whoever had the lock before has put its token into the store, unless it failed or died.
        if let Some(token) = self.stored(&**store).await {
            if has_lock {
                note(store.unlock(&self.key, &self.owner).await);
            }
            return Ok(token);
        }
        let outcome = self.fetch(http, started).await;
        if let Ok(token) = &outcome {
            let remaining = token.end.saturating_duration_since(Instant::now()) + MARGIN;
            let stored = StoredToken {
                secret: token.secret.clone(),
                remaining,
            };
            note(store.put(&self.key, &stored).await);
        }
        if has_lock {
            note(store.unlock(&self.key, &self.owner).await);
        }
        outcome
    }

    /// Waits until no other process is renewing, or until one that died would have lost the lock and the next one have
    /// renewed. Without the lock the work goes on all the same.
    async fn lock(&self, store: &dyn TokenStore) -> bool {
        let last = Instant::now() + LOCK_PATIENCE;
        loop {
            match note(store.lock(&self.key, &self.owner, FETCH_TIME).await) {
                Some(true) => return true,
                Some(false) if Instant::now() < last => sleep(LOCK_POLL).await,
                Some(false) | None => return false,
            }
            if self.stored(store).await.is_some() {
                return false;
            }
        }
    }

    /// A token of the store that is worth having.
    async fn stored(&self, store: &dyn TokenStore) -> Option<Token> {
        let stored = note(store.get(&self.key).await)??;
        let is_refused = {
            let state = self.state();
            let current = state
                .token
                .as_ref()
                .is_some_and(|token| token.secret == stored.secret);
            current
                || state
                    .refused
                    .as_ref()
                    .is_some_and(|(refused, _)| *refused == stored.secret)
        };
        let is_good = usable(&stored.secret).is_ok() && stored.remaining > MARGIN && !is_refused;
        is_good.then(|| Token::new(stored.secret, Instant::now(), stored.remaining))
    }

    /// A token from the server, asked a few times.
    async fn fetch(&self, http: &Http, started: Instant) -> Result<Token> {
        // After a failure, one attempt is enough to see whether it is over.
        let most = if self.state().failure.is_some() {
            1
        } else {
            FETCH_ATTEMPTS
        };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let error = match self.fetch.fetch(http).await {
                Ok(fetched) => {
                    usable(&fetched.secret)?;
                    return Ok(Token::fetched(fetched, started));
                }
                Err(error) => error,
            };
            if attempts >= most || is_final(&error) {
                return Err(error.with_attempts(attempts));
            }
            let pause = Duration::from_millis(125) * 2_u32.pow(attempts);
            let wait = pause
                .mul_f64(0.5 + random::unit() / 2.0)
                .max(error.retry_after().unwrap_or_default());
            // Whoever waits for the token has a deadline of its own, and wants to know before it.
            if started.elapsed() + wait > FETCH_TIME + FETCH_TIME / 4 {
                return Err(error.with_attempts(attempts));
            }
            sleep(wait).await;
        }
    }
}

impl Token {
    /// The life counts from before the request: what the server says may be late.
    fn fetched(fetched: Fetched, started: Instant) -> Self {
        let seconds = fetched
            .seconds
            .and_then(|seconds| u64::try_from(seconds).ok())
            .unwrap_or(0);
        Self::new(
            fetched.secret,
            started,
            Duration::from_secs(seconds.min(LONGEST_LIFE.as_secs())),
        )
    }

    fn new(secret: Secret, from: Instant, life: Duration) -> Self {
        let life = life.clamp(LEAST_LIFE, LONGEST_LIFE);
        let end = from + (life - MARGIN);
        let early = RENEW_BELOW - JITTER.mul_f64(random::unit());
        // A token that came with less than that is as new as it gets.
        let early = early.min(life / 4);
        Self {
            secret,
            end,
            renew_from: end.checked_sub(early).unwrap_or(from),
        }
    }
}

/// Whether a token can be sent at all.
fn usable(secret: &Secret) -> Result<()> {
    if secret.fits_header() && secret.expose().len() <= 16 * 1024 {
        return Ok(());
    }
    Err(Error::new(
        ErrorClass::Auth,
        "the server gave a token that cannot be sent",
    ))
}

/// Whether asking again would only give the same answer.
fn is_final(error: &Error) -> bool {
    match error.class() {
        ErrorClass::Connect | ErrorClass::Io | ErrorClass::Timeout | ErrorClass::RateLimit => false,
        ErrorClass::Http => !matches!(error.http_status(), Some(500..)),
        _ => match error.table_retry() {
            Some(retry) => !matches!(retry, ErrorRetry::Backoff | ErrorRetry::WaitReset),
            None => !matches!(error.http_status(), Some(500..)),
        },
    }
}

/// One failure for many callers. None of their requests was sent.
fn share(error: &Arc<Error>) -> Error {
    let mut copy = Error::shared(error);
    copy.inner_mut().reached = Reached::Nothing;
    copy
}

/// A store that fails stops nothing, and tells of it itself.
pub(super) fn note<T>(outcome: Result<T, super::store::StoreError>) -> Option<T> {
    outcome
        .inspect_err(|_| tracing::debug!("the token store failed"))
        .ok()
}

/// A part of a key that tells secrets apart without telling them: too short to find one by, or to know one again.
pub(crate) fn fingerprint(secret: &Secret) -> String {
    let hash = secret
        .expose()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}
