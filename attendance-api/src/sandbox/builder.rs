//! The builder: settings that hold from the start, and the start.

use std::io;
use std::sync::Arc;

use super::clock::Clock;
use super::control::Sandbox;
use super::core::{Core, LogLine};
use super::http::Server;
use super::journal::RecordedRequest;
use super::planting::{SeedError, read_yaml};
use super::seed;
use super::switches::Switches;
use super::tokens::{App, Tokens};
use super::world::World;

pub(super) const APP_ID: &str = "cli_a1b2c3d4e5f60789";
pub(super) const APP_SECRET: &str = "sandboxSecret0123456789abcdefghi";

/// The scopes of the attendance operations, all granted at the start.
const SCOPES: [&str; 5] = [
    "attendance:rule",
    "attendance:rule:readonly",
    "attendance:task",
    "attendance:task:readonly",
    "contact:user.employee_id:readonly",
];

/// Settings that hold from the start.
#[must_use = "a builder does nothing until `start`"]
#[derive(Default)]
pub struct SandboxBuilder {
    port: u16,
    switches: Switches,
    now_millis: Option<i64>,
    store_app: bool,
    log: Option<LogLine>,
    seed: Option<serde_json::Value>,
}

impl SandboxBuilder {
    /// The port; any free one if it is not set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Behaviour from the start.
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }

    /// A clock that stands at this time, in seconds since 1970.
    pub fn now(mut self, seconds: i64) -> Self {
        self.now_millis = Some(seconds.saturating_mul(1000));
        self
    }

    /// The app is a store app: it needs an app ticket, see [`Sandbox::app_ticket`].
    pub fn store_app(mut self) -> Self {
        self.store_app = true;
        self
    }

    /// Begins with what this seed describes and nothing else; see [`Sandbox::seed`].
    pub fn seed(mut self, seed: serde_json::Value) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The same from YAML.
    ///
    /// # Errors
    ///
    /// When the text is not YAML.
    pub fn seed_yaml(self, text: &str) -> Result<Self, SeedError> {
        Ok(self.seed(read_yaml(text)?))
    }

    /// Begins with an empty tenant, which has only the default shift.
    pub fn empty(self) -> Self {
        self.seed(serde_json::json!({}))
    }

    /// Is told of every request after its answer is made.
    pub fn on_request(mut self, log: impl Fn(&RecordedRequest) + Send + Sync + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// When the port or the thread cannot be had, or the seed is wrong.
    pub async fn start(self) -> io::Result<Sandbox> {
        self.start_blocking()
    }

    /// Starts the server; needs no runtime.
    ///
    /// # Errors
    ///
    /// When the port or the thread cannot be had, or the seed is wrong.
    pub fn start_blocking(self) -> io::Result<Sandbox> {
        let mut clock = Clock::default();
        let seed = self.seed.unwrap_or_else(|| {
            serde_json::from_str(seed::DEFAULT).expect("the default seed is JSON")
        });
        let begins = seed::begins(&seed).map_err(bad_seed)?;
        if let Some(millis) = self
            .now_millis
            .or(begins.map(|now| now.saturating_mul(1000)))
        {
            clock.stand_at(millis);
        }
        let mut world = World::default();
        seed::plant(&mut world, &seed, clock.seconds()).map_err(bad_seed)?;
        let app = App {
            id: APP_ID.to_owned(),
            secret: APP_SECRET.to_owned(),
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            store: self.store_app,
            addresses: Vec::new(),
            ticket: "sandboxTicket0000000000000000000000000000".to_owned(),
        };
        let core = Arc::new(Core::new(
            Tokens::new(app),
            self.switches,
            clock,
            world,
            self.log,
        ));
        let server = Server::start(Arc::clone(&core), self.port)?;
        Ok(Sandbox { core, server })
    }
}

fn bad_seed(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

impl std::fmt::Debug for SandboxBuilder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SandboxBuilder")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
