//! The connection to Redis: made when it is needed, made again when it broke, left alone while the server is away.
//!
//! Guarantees: a command ends within its time, whatever the server does; while the server is away commands fail at once
//! but for one that tries again now and then; an error tells a kind and never a word of what was sent, since Redis repeats
//! the arguments of a command that it refuses.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, RedisError};
use tokio::time::{Instant, timeout};

/// How long the server is left alone after a failure: doubled from one to the next.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(16);
/// A server that answers, but with refusals, is told of once in this time.
const TOLD_FOR: Duration = Duration::from_secs(60);

pub(super) struct Link {
    client: Client,
    timeout: Duration,
    line: Mutex<Line>,
    /// Held by the one who makes the connection.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Line {
    up: Option<Up>,
    connections: u64,
    /// How often the server was lost.
    losses: u64,
    away: Option<Away>,
    refusal_told: Option<Instant>,
}

#[derive(Clone)]
struct Up {
    number: u64,
    connection: MultiplexedConnection,
}

#[derive(Clone, Copy)]
struct Away {
    pause: Duration,
    until: Instant,
}

/// Why a command brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server is left alone for the moment.
    Away,
    TimedOut,
    /// What the connection failed with, by kind.
    Connection(String),
    /// The first word of the server's refusal, such as `NOAUTH`.
    Refused(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away => f.write_str("Redis cannot be reached at the moment"),
            Self::TimedOut => f.write_str("Redis did not answer in time"),
            Self::Connection(kind) => write!(f, "the connection to Redis failed: {kind}"),
            Self::Refused(code) => write!(f, "Redis refused a command: {code}"),
        }
    }
}

impl std::error::Error for Failure {}

impl Link {
    pub(super) fn new(url: &str, timeout: Duration) -> Result<Self, &'static str> {
        if url.starts_with("rediss:") && !cfg!(feature = "redis-rustls") {
            return Err("an address with `rediss://` needs the feature `redis-rustls`");
        }
        let client =
            Client::open(url).map_err(|_| "the address of the Redis server is not legal")?;
        #[cfg(feature = "redis-rustls")]
        choose_cryptography(&client);
        Ok(Self {
            client,
            timeout,
            line: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        })
    }

    /// One command. It may be sent twice, if the first time the connection turned out to be broken.
    pub(super) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failure> {
        let losses = self.line().losses;
        let mut number = 0;
        let outcome = timeout(self.timeout, self.attempts(command, &mut number)).await;
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(failure)) => {
                self.note(number, losses, &failure);
                Err(failure)
            }
            Err(_elapsed) => {
                self.note(number, losses, &Failure::TimedOut);
                Err(Failure::TimedOut)
            }
        }
    }

    async fn attempts<T: FromRedisValue>(
        &self,
        command: &Cmd,
        number: &mut u64,
    ) -> Result<T, Failure> {
        let up = self.up(0).await?;
        *number = up.number;
        match ask(&up, command).await {
            // A connection breaks while it is idle, such as when the server starts anew: that is not an outage yet.
            Err(Failure::Connection(_)) => {
                let up = self.up(up.number).await?;
                *number = up.number;
                ask(&up, command).await
            }
            outcome => outcome,
        }
    }

    /// A connection made after the one with the number `broken`.
    async fn up(&self, broken: u64) -> Result<Up, Failure> {
        if let Some(up) = self.ready(broken)? {
            return Ok(up);
        }
        let _alone = self.connecting.lock().await;
        if let Some(up) = self.ready(broken)? {
            return Ok(up);
        }
        // From here on others need not wait for the outcome, if the last one was bad.
        if let Some(away) = &mut self.line().away {
            away.until = Instant::now() + self.timeout;
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(failure)?;
        Ok(self.line().arrived(connection))
    }

    fn ready(&self, broken: u64) -> Result<Option<Up>, Failure> {
        let line = self.line();
        if let Some(up) = line.up.as_ref().filter(|up| up.number > broken) {
            return Ok(Some(up.clone()));
        }
        if line.away.is_some_and(|away| Instant::now() < away.until) {
            return Err(Failure::Away);
        }
        Ok(None)
    }

    /// Draws the consequences of a failure on the connection with this number; 0 if there was none. When the command began,
    /// the server had been lost so many times.
    fn note(&self, number: u64, losses: u64, failure: &Failure) {
        match failure {
            Failure::Away => {}
            Failure::TimedOut | Failure::Connection(_) => self.line().lost(number, losses, failure),
            Failure::Refused(code) => self.line().refused(number, code),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn arrived(&mut self, connection: MultiplexedConnection) -> Up {
        self.connections += 1;
        if self.away.take().is_some() {
            tracing::info!("Redis can be reached again");
        }
        let up = Up {
            number: self.connections,
            connection,
        };
        self.up = Some(up.clone());
        up
    }

    fn lost(&mut self, number: u64, losses: u64, failure: &Failure) {
        // Many commands fail together; the first of them says it for all.
        if self.losses != losses || self.up.as_ref().is_some_and(|up| up.number > number) {
            return;
        }
        self.losses += 1;
        self.up = None;
        let pause = match self.away {
            Some(away) => (away.pause * 2).min(LONGEST_PAUSE),
            None => {
                tracing::warn!(reason = %failure, "Redis cannot be reached: each process goes on by itself");
                FIRST_PAUSE
            }
        };
        self.away = Some(Away {
            pause,
            until: Instant::now() + pause,
        });
    }

    fn refused(&mut self, number: u64, code: &str) {
        // After a failover the old primary refuses to write, and another one stands behind its name.
        if matches!(code, "READONLY" | "LOADING" | "MASTERDOWN" | "CLUSTERDOWN")
            && self.up.as_ref().is_some_and(|up| up.number == number)
        {
            self.up = None;
        }
        let now = Instant::now();
        if self.refusal_told.is_none_or(|told| now >= told + TOLD_FOR) {
            self.refusal_told = Some(now);
            tracing::warn!(
                code,
                "Redis refuses commands: each process goes on by itself"
            );
        }
    }
}

/// With several libraries of cryptography in a program and none chosen, or with none at all, rustls would panic.
#[cfg(feature = "redis-rustls")]
fn choose_cryptography(client: &Client) {
    use rustls_023::crypto::{CryptoProvider, aws_lc_rs};

    let is_tls = matches!(
        client.get_connection_info().addr(),
        redis::ConnectionAddr::TcpTls { .. }
    );
    if is_tls && CryptoProvider::get_default().is_none() {
        // If somebody else was quicker, theirs is as good.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

async fn ask<T: FromRedisValue>(up: &Up, command: &Cmd) -> Result<T, Failure> {
    let mut connection = up.connection.clone();
    command.query_async(&mut connection).await.map_err(failure)
}

/// The kind of a failure, and nothing of its text.
fn failure(error: RedisError) -> Failure {
    match error.kind() {
        ErrorKind::Io if error.is_timeout() => Failure::TimedOut,
        ErrorKind::Io => Failure::Connection(io_kind(&error)),
        ErrorKind::AuthenticationFailed => Failure::Refused("the password or the user".to_owned()),
        ErrorKind::Server(_) | ErrorKind::Extension => {
            Failure::Refused(word(error.code().unwrap_or("ERR")))
        }
        // Not Redis at all, or another protocol: the connection is of no use.
        _ => Failure::Connection("the answer cannot be read".to_owned()),
    }
}

fn io_kind(error: &RedisError) -> String {
    let kind = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<std::io::Error>())
        .map(std::io::Error::kind);
    kind.map_or_else(|| "broken".to_owned(), |kind| kind.to_string())
}

/// The code of a refusal: capital letters, as Redis has them; anything else might be an argument.
fn word(code: &str) -> String {
    let is_code =
        !code.is_empty() && code.len() <= 16 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code {
        code.to_owned()
    } else {
        "ERR".to_owned()
    }
}
