//! The handle: starts and stops the server, and turns every knob it has.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::core::{Core, LogLine, Shared};
use super::courier;
use super::delivery::{DeliveryAttempt, DeliveryPlan};
use super::events::{EmittedEvent, EventSink};
use super::fault::Fault;
use super::http::Server;
use super::journal::RecordedRequest;
use super::limit::{Fixed, Policy};
use super::seed;
use super::service::changes::{Watch, days_around, punched, with_changes};
use super::switches::Switches;
use super::tokens::{App, Tokens};
use super::world::World;
use super::world::calendar::from_yyyymmdd;
use super::world::flows::{Detail, State};
use super::world::people::IdKind;

const APP_ID: &str = "cli_a1b2c3d4e5f60789";
const APP_SECRET: &str = "sandboxSecret0123456789abcdefghi";

/// The scopes of the attendance operations, all granted at the start.
const SCOPES: [&str; 5] = [
    "attendance:rule",
    "attendance:rule:readonly",
    "attendance:task",
    "attendance:task:readonly",
    "contact:user.employee_id:readonly",
];

/// A running server. Dropping it ends the server at once; [`stop`](Self::stop) lets it answer what is under way.
#[derive(Debug)]
pub struct Sandbox {
    core: Shared,
    server: Server,
}

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

/// An employee of the sandbox.
#[derive(Debug, Clone)]
#[must_use = "an employee is nobody until `Sandbox::add_users`"]
pub struct User(serde_json::Value);

impl User {
    /// An employee with this employee id, who is also called so.
    pub fn new(id: impl Into<String>) -> Self {
        let id: String = id.into();
        Self(serde_json::json!({ "id": id }))
    }

    /// The name.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.with("name", name.into())
    }

    /// The employee number.
    pub fn employee_no(self, number: impl Into<String>) -> Self {
        self.with("employee_no", number.into())
    }

    /// The departments, from the own one to the root.
    pub fn departments<D: Into<String>>(self, departments: impl IntoIterator<Item = D>) -> Self {
        let list: Vec<String> = departments.into_iter().map(Into::into).collect();
        self.with("departments", list)
    }

    /// Outside the data range of the app.
    pub fn hidden(self) -> Self {
        self.with("hidden", true)
    }

    /// An attendance administrator.
    pub fn admin(self) -> Self {
        self.with("admin", true)
    }

    /// Has left; this was the last working day (`yyyyMMdd`).
    pub fn left(self, day: u32) -> Self {
        self.with("left", day)
    }

    fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.0[name] = value.into();
        self
    }
}

/// What is wrong with a seed.
#[derive(Debug, Clone)]
pub struct SeedError(String);

impl std::fmt::Display for SeedError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}

fn read_yaml(text: &str) -> Result<serde_json::Value, SeedError> {
    serde_yaml::from_str(text).map_err(|error| SeedError(error.to_string()))
}

impl Sandbox {
    /// Starts a server on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// When the port or the thread cannot be had, or the seed is wrong.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// The same for programs without a runtime.
    ///
    /// # Errors
    ///
    /// When the port or the thread cannot be had, or the seed is wrong.
    pub fn start_blocking() -> io::Result<Self> {
        Self::builder().start_blocking()
    }

    /// Settings first.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Where it serves, such as `http://127.0.0.1:38211`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The port it serves on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.address.port()
    }

    /// The id of the one app that the sandbox knows.
    #[must_use]
    pub fn app_id(&self) -> &str {
        APP_ID
    }

    /// The secret of that app.
    #[must_use]
    pub fn app_secret(&self) -> &str {
        APP_SECRET
    }

    /// A client of this sandbox, with its application's credentials; people are named by employee id.
    ///
    /// # Errors
    ///
    /// When the HTTP client of this machine cannot be set up.
    pub fn client(&self) -> crate::Result<crate::Client> {
        self.client_builder().build()
    }

    /// The builder behind [`client`](Self::client), to be changed before it is built.
    pub fn client_builder(&self) -> crate::ClientBuilder {
        crate::Client::builder()
            .base_url(self.base_url())
            .app(self.app_id(), self.app_secret())
            .employee_type(crate::EmployeeType::EmployeeId)
            .no_proxy()
    }

    /// The tenant it plays, as a store app names it.
    #[must_use]
    pub fn tenant_key(&self) -> &str {
        super::tokens::TENANT_KEY
    }

    /// Ends the server after the answers that are under way.
    pub fn stop(self) {
        self.server.finish();
    }

    /// The operations it serves, such as `shift.get`.
    #[must_use]
    pub fn operations(&self) -> Vec<&'static str> {
        let contract = self.core.contract();
        contract
            .operations
            .iter()
            .map(|operation| operation.id.as_str())
            .collect()
    }
}

/// Time.
impl Sandbox {
    /// The time it is in the sandbox, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.core.lock().clock.seconds()
    }

    /// Sets the clock, in seconds since 1970, and stops it there. Tokens, rate limits and results all go by it.
    pub fn set_now(&self, seconds: i64) {
        self.core
            .lock()
            .clock
            .stand_at(seconds.saturating_mul(1000));
    }

    /// Moves the clock. A running clock stops where it then is.
    pub fn advance(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.core.lock().clock.advance(millis);
        self.core.wake.notify_one();
    }
}

/// Faults.
impl Sandbox {
    /// The next call of this operation is refused with this HTTP status and code. `*` means any operation; token
    /// endpoints are `auth.tenant_access_token_internal` and so on.
    pub fn fail_next(&self, operation: &str, status: u16, code: i64) {
        self.fault(operation, Fault::refusal(status, code));
    }

    /// The next call of this operation meets this fault. Faults of one operation are spent in order.
    pub fn fault(&self, operation: &str, fault: Fault) {
        self.core.lock().faults.push(operation, fault);
    }

    /// Forgets all faults that wait.
    pub fn clear_faults(&self) {
        self.core.lock().faults.clear();
    }

    /// Every token handed out so far stops working.
    pub fn revoke_tokens(&self) {
        let mut inner = self.core.lock();
        let keep = inner.switches.token_endpoint_repeats_revoked;
        inner.tokens.revoke_all(keep);
    }

    /// Applies no rate limit.
    pub fn rate_limit_off(&self) {
        self.core.lock().limits.policy = Policy::Off;
    }

    /// Applies this limit to every operation, whatever its description says.
    pub fn rate_limit(&self, calls: usize, seconds: u64) {
        self.core.lock().limits.policy = Policy::Fixed(Fixed { calls, seconds });
    }

    /// Applies the limits of the descriptions, as at the start.
    pub fn rate_limit_as_described(&self) {
        self.core.lock().limits.policy = Policy::AsDescribed;
    }

    /// Changes switches.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.core.lock().switches);
    }
}

/// The tenant.
impl Sandbox {
    /// Adds what a seed describes: a JSON object with `users`, `shifts`, `groups`, `schedules`, `punches` and more.
    ///
    /// # Errors
    ///
    /// Where the seed is wrong; what stands before that place was added.
    pub fn seed(&self, seed: &serde_json::Value) -> Result<(), SeedError> {
        let mut inner = self.core.lock();
        if let Some(now) = seed::begins(seed).map_err(SeedError)? {
            inner.clock.stand_at(now.saturating_mul(1000));
        }
        let now = inner.clock.seconds();
        seed::plant(&mut inner.world, seed, now).map_err(SeedError)
    }

    /// The same from YAML.
    ///
    /// # Errors
    ///
    /// Where the text is not YAML, or the seed is wrong.
    pub fn seed_yaml(&self, text: &str) -> Result<(), SeedError> {
        self.seed(&read_yaml(text)?)
    }

    /// Adds employees.
    pub fn add_users(&self, users: impl IntoIterator<Item = User>) {
        let rows: Vec<serde_json::Value> = users.into_iter().map(|user| user.0).collect();
        self.seed(&serde_json::json!({ "users": rows }))
            .expect("a `User` always has what a seed needs");
    }

    /// Seals a period, as an administrator does: from then on nothing in it can be changed. Days are `yyyyMMdd`.
    ///
    /// # Panics
    ///
    /// If one of the two is no day.
    pub fn seal(&self, from: u32, to: u32) {
        self.seed(&serde_json::json!({ "sealed": [{ "from": from, "to": to }] }))
            .expect("both ends are days");
    }

    /// Lets an employee punch by himself at this moment, in seconds since 1970, and raises the events of it.
    /// Returns the id of the record.
    ///
    /// # Panics
    ///
    /// If there is no such employee.
    pub fn punch(&self, employee_id: &str, seconds: i64) -> String {
        self.punch_with(employee_id, seconds, Detail::default())
    }

    /// The same, away from the places of the group; it waits for approval.
    ///
    /// # Panics
    ///
    /// If there is no such employee.
    pub fn punch_outside(&self, employee_id: &str, seconds: i64) -> String {
        let detail = Detail {
            is_field: true,
            state: State::Pending,
            ..Detail::default()
        };
        self.punch_with(employee_id, seconds, detail)
    }

    fn punch_with(&self, employee_id: &str, seconds: i64, detail: Detail) -> String {
        let mut guard = self.core.lock();
        let inner = &mut *guard;
        let user = inner
            .world
            .people
            .find(IdKind::EmployeeId, employee_id)
            .unwrap_or_else(|| panic!("there is no employee {employee_id}"));
        let time = u32::try_from(seconds).expect("a time between 1970 and 2106");
        let watch = Watch {
            switches: &inner.switches,
            now: inner.clock.seconds(),
        };
        let days = days_around(&inner.world, user, seconds);
        let flow = with_changes(watch, &mut inner.world, user, days, |world| {
            world.flows.add(user, time, detail)
        });
        punched(watch, &mut inner.world, user, flow);
        let happened = inner.emit();
        drop(guard);
        happened.hand_out(&self.core);
        flow.id.to_string()
    }

    /// Says that Feishu's own approval keeps the overtime of an employee on a day (`yyyyMMdd`).
    ///
    /// # Panics
    ///
    /// If there is no such employee or day.
    pub fn own_overtime(&self, employee_id: &str, day: u32) {
        let world = &mut self.core.lock().world;
        let user = world
            .people
            .find(IdKind::EmployeeId, employee_id)
            .expect("there is such an employee");
        let day = from_yyyymmdd(i64::from(day)).expect("there is such a day");
        world.approvals.own_overtime.insert((user, day));
    }

    /// The cells of an archive report that were written for an employee, by column code.
    #[must_use]
    pub fn archived(
        &self,
        rule: &str,
        month: &str,
        employee_id: &str,
    ) -> Option<std::collections::BTreeMap<String, String>> {
        let inner = self.core.lock();
        let user = inner.world.people.find(IdKind::EmployeeId, employee_id)?;
        inner
            .world
            .archive
            .reports
            .get(&(rule.to_owned(), month.to_owned(), user))
            .cloned()
    }
}

/// Events.
impl Sandbox {
    /// Tells this sink of every event from now on.
    pub fn on_event(&self, sink: impl EventSink + 'static) {
        self.core.lock().events.sinks.push(Arc::new(sink));
    }

    /// The last 10,000 events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Arc<EmittedEvent>> {
        self.core.lock().events.all().cloned().collect()
    }

    /// Sets how events are delivered: to a callback, with an encrypt key or without, twice, in scattered order.
    ///
    /// Events also go to a long connection while one is open. A try that is not acknowledged with 200 within three
    /// seconds is repeated 15 s, 5 min, 1 h and 6 h later by the sandbox's clock, so [`advance`](Self::advance) brings
    /// it about.
    pub fn deliver(&self, change: impl FnOnce(&mut DeliveryPlan)) {
        change(&mut self.core.lock().deliveries.plan);
    }

    /// Sends the challenge that the console sends when a callback is saved. Blocks for a second at most.
    ///
    /// # Errors
    ///
    /// What the callback answered in place of the challenge.
    pub fn check_callback(&self) -> Result<(), String> {
        let plan = self.core.lock().deliveries.plan.clone();
        let token = self.verification_token();
        // A thread and a runtime of its own, so that it may be called from inside another runtime.
        let checked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            runtime.block_on(courier::challenge(&plan, token))
        });
        checked
            .join()
            .unwrap_or_else(|_| Err("the challenge panicked".to_owned()))
    }

    /// Delivers what is held back.
    pub fn flush_events(&self) {
        self.core.lock().flush = true;
        self.core.wake.notify_one();
    }

    /// Every try to deliver an event so far.
    #[must_use]
    pub fn deliveries(&self) -> Vec<DeliveryAttempt> {
        self.core.lock().deliveries.attempts.clone()
    }

    /// How many long connections are open.
    #[must_use]
    pub fn long_connections(&self) -> usize {
        self.core.lock().deliveries.lines()
    }

    /// The token that every event carries.
    #[must_use]
    pub fn verification_token(&self) -> &'static str {
        super::events::VERIFICATION_TOKEN
    }
}

/// The app and who it acts for.
impl Sandbox {
    /// Takes a scope from the app.
    pub fn revoke_scope(&self, scope: &str) {
        self.core.lock().tokens.apps[0].scopes.remove(scope);
    }

    /// Grants a scope to the app.
    pub fn grant_scope(&self, scope: &str) {
        self.core.lock().tokens.apps[0]
            .scopes
            .insert(scope.to_owned());
    }

    /// Lets only these addresses call; an empty list lets everyone in.
    pub fn allow_addresses<A: Into<String>>(&self, addresses: impl IntoIterator<Item = A>) {
        self.core.lock().tokens.apps[0].addresses = addresses.into_iter().map(Into::into).collect();
    }

    /// The ticket that a store app is sent by event.
    #[must_use]
    pub fn app_ticket(&self) -> String {
        self.core.lock().tokens.apps[0].ticket.clone()
    }

    /// A code as the sign-in page hands it out when this employee agrees; good for one user token.
    #[must_use]
    pub fn authorization_code(&self, employee_id: &str) -> String {
        self.core.lock().tokens.authorization_code(employee_id)
    }
}

/// The journal.
impl Sandbox {
    /// The last 10,000 requests, oldest first, token endpoints included.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<RecordedRequest>> {
        self.core.lock().journal.all().cloned().collect()
    }

    /// Those of one operation.
    #[must_use]
    pub fn requests_of(&self, operation: &str) -> Vec<Arc<RecordedRequest>> {
        let inner = self.core.lock();
        let of = |request: &&Arc<RecordedRequest>| request.operation.as_deref() == Some(operation);
        inner.journal.all().filter(of).cloned().collect()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.core.lock().journal.clear();
    }

    /// Asserts that an operation was called this often since the journal was cleared.
    ///
    /// # Panics
    ///
    /// If it was not; the text lists what was called.
    #[track_caller]
    pub fn assert_calls(&self, operation: &str, count: usize) {
        let found = self.requests_of(operation).len();
        if found == count {
            return;
        }
        let lines: Vec<String> = self
            .requests()
            .iter()
            .map(|request| {
                let name = request.operation.as_deref().unwrap_or("-");
                format!(
                    "  {} {} {name} -> {}",
                    request.method, request.path, request.status
                )
            })
            .collect();
        panic!(
            "{operation} was called {found} times, not {count}; the journal:\n{}",
            lines.join("\n")
        );
    }
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
