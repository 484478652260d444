//! The handle: starts and stops the server, and turns every knob it has.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::builder::{APP_ID, APP_SECRET, SandboxBuilder};
use super::core::Shared;
use super::courier;
use super::delivery::{DeliveryAttempt, DeliveryPlan};
use super::events::{EmittedEvent, EventSink};
use super::fault::Fault;
use super::http::Server;
use super::journal::RecordedRequest;
use super::limit::{Fixed, Policy};
use super::planting::{SeedError, User, read_yaml};
use super::seed;
use super::service::changes::{Watch, days_around, punched, with_changes};
use super::switches::Switches;
use super::world::calendar::from_yyyymmdd;
use super::world::flows::{Detail, State};
use super::world::people::IdKind;

/// A running server. Dropping it ends the server at once; [`stop`](Self::stop) lets it answer what is under way.
#[derive(Debug)]
pub struct Sandbox {
    pub(super) core: Shared,
    pub(super) server: Server,
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
    /// Adds what a seed describes; its members are listed at the top of [this module](crate::sandbox).
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

    /// The last 10,000 tries to deliver an event, in the order in which they ended.
    #[must_use]
    pub fn deliveries(&self) -> Vec<DeliveryAttempt> {
        self.core
            .lock()
            .deliveries
            .attempts
            .iter()
            .cloned()
            .collect()
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
