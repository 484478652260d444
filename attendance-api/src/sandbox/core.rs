//! The core: from one read request to one answer, with every check in the order of the real service.
//!
//! token, address, shape, scope, rate, fault, service. No I/O and no waiting here; `http` does both.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Failure, Outcome, Reply, finish};
use super::clock::Clock;
use super::console::{page_html, state_json};
use super::contract::{self, Checked, Contract, Operation, Requirement};
use super::delivery::{Deliveries, Due};
use super::events::{EmittedEvent, Events};
use super::fault::{Cut, Fault, Faults};
use super::gate::{accepted, check_limits, check_shape};
use super::journal::{Journal, RecordedRequest};
use super::limit::Limits;
use super::line;
use super::service::{self, Call};
use super::switches::Switches;
use super::text::{Scatter, query_pairs};
use super::tokens::{self, Caller, Tokens};
use super::world::World;

/// A request, read whole.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) address: String,
}

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// An answer and how it is to be sent.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) answer: Answer,
    pub(crate) delay: Option<Duration>,
    pub(crate) cut: Option<Cut>,
}

impl From<Answer> for Served {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            delay: None,
            cut: None,
        }
    }
}

pub(crate) type LogLine = Box<dyn Fn(&RecordedRequest) + Send + Sync>;

pub(crate) struct Core {
    contract: &'static Contract,
    inner: Mutex<Inner>,
    /// Wakes whoever carries events.
    pub(crate) wake: tokio::sync::Notify,
    log: Option<LogLine>,
}

pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) switches: Switches,
    pub(crate) world: World,
    pub(crate) events: Events,
    pub(crate) deliveries: Deliveries,
    /// Let nothing be held back any longer.
    pub(crate) flush: bool,
    scatter: Scatter,
}

impl Core {
    pub(crate) fn new(
        tokens: Tokens,
        switches: Switches,
        clock: Clock,
        world: World,
        log: Option<LogLine>,
    ) -> Self {
        Self {
            contract: Contract::bundled(),
            wake: tokio::sync::Notify::new(),
            log,
            inner: Mutex::new(Inner {
                clock,
                tokens,
                limits: Limits::new(),
                faults: Faults::default(),
                journal: Journal::default(),
                switches,
                world,
                events: Events::default(),
                deliveries: Deliveries::default(),
                flush: false,
                scatter: Scatter::new(0x6c6f67),
            }),
        }
    }

    /// Notes how a try to deliver an event ended.
    pub(crate) fn ended(&self, due: &Due, status: Option<u16>) {
        let mut inner = self.lock();
        let now = inner.clock.millis();
        inner.deliveries.ended(due, status, now);
    }

    pub(crate) fn contract(&self) -> &'static Contract {
        self.contract
    }

    /// A test that panicked while it held the lock has failed already; others go on.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Answers a request and writes it into the journal; looking at the sandbox's own page leaves no trace there.
    pub(crate) fn serve(&self, incoming: Incoming) -> Served {
        let mut inner = self.lock();
        if let Some(answer) = own_page(&inner, &incoming) {
            return answer.into();
        }
        let log_id = inner.log_id();
        let (operation, mut served) = self.answer(&mut inner, &incoming, &log_id);
        served.answer.headers.push(("x-tt-logid", log_id.clone()));
        let entry = RecordedRequest {
            number: 0,
            at_millis: inner.clock.millis(),
            method: incoming.method,
            path: incoming.path,
            query: query_pairs(&incoming.query),
            headers: incoming.headers,
            body: incoming.body,
            operation,
            status: served.answer.status,
            code: served.answer.code,
            log_id,
            cut: served.cut.is_some(),
        };
        let entry = inner.journal.push(entry);
        let happened = inner.emit();
        drop(inner);
        happened.hand_out(self);
        if let Some(log) = &self.log {
            log(&entry);
        }
        served
    }

    fn answer(
        &self,
        inner: &mut Inner,
        incoming: &Incoming,
        log_id: &str,
    ) -> (Option<String>, Served) {
        if let Some(name) = tokens::endpoint(&incoming.method, &incoming.path) {
            return (
                Some(name.to_owned()),
                inner.serve_token(name, incoming, log_id),
            );
        }
        if let Some((name, served)) = self.long_connection(inner, incoming, log_id) {
            return (Some(name.to_owned()), served);
        }
        if let Some(name) = service::extra_endpoint(&incoming.method, &incoming.path) {
            return (
                Some(name.to_owned()),
                inner.serve_extra(name, incoming, log_id),
            );
        }
        let Some((operation, path)) = self.contract.route(&incoming.method, &incoming.path) else {
            let answer = Answer::text(404, "text/plain", "404 page not found");
            return (None, answer.into());
        };
        let served = self.serve_operation(inner, operation, &path, incoming, log_id);
        (Some(operation.id.clone()), served)
    }

    /// The search for the address of a long connection, and the handshake there.
    fn long_connection(
        &self,
        inner: &mut Inner,
        incoming: &Incoming,
        log_id: &str,
    ) -> Option<(&'static str, Served)> {
        let name = match (incoming.method.as_str(), incoming.path.as_str()) {
            ("POST", "/callback/ws/endpoint") => "ws.endpoint",
            ("GET", line::PATH) => "ws.handshake",
            _ => return None,
        };
        let fault = inner.faults.take(name);
        let served = inner.with_fault(fault, log_id, |inner| match name {
            "ws.endpoint" => line::endpoint(inner, incoming),
            _ => line::handshake(inner, incoming),
        });
        Some((name, served))
    }

    fn serve_operation(
        &self,
        inner: &mut Inner,
        operation: &Operation,
        path: &[(String, String)],
        incoming: &Incoming,
        log_id: &str,
    ) -> Served {
        let admitted = match self.gate(inner, operation, path, incoming) {
            Ok(admitted) => admitted,
            Err(failure) => return finish(Err(failure), log_id, &inner.switches).into(),
        };
        let fault = inner.faults.take(&operation.id);
        inner.with_fault(fault, log_id, |inner| {
            let outcome = work(inner, operation, &admitted, incoming);
            finish(outcome, log_id, &inner.switches)
        })
    }

    /// Everything that happens before the service sees a request.
    fn gate(
        &self,
        inner: &mut Inner,
        operation: &Operation,
        path: &[(String, String)],
        incoming: &Incoming,
    ) -> Result<Admitted, Failure> {
        let now = inner.clock.millis();
        let accepted = accepted(operation, &inner.switches);
        let caller = inner.tokens.caller(
            incoming.header("authorization"),
            &accepted,
            now.div_euclid(1000),
        )?;
        inner.check_address(caller.app, &incoming.address)?;
        let checked = contract::check(
            self.contract,
            operation,
            path,
            &query_pairs(&incoming.query),
            &|name| incoming.header(name).map(str::to_owned),
            &incoming.body,
        );
        check_shape(operation, &checked)?;
        tokens::check_scopes(
            &inner.tokens.apps[caller.app],
            caller.user.is_some(),
            &accepted,
            &inner.switches,
        )?;
        let status = inner.switches.rate_limit_status;
        inner
            .limits
            .admit(caller.app, &operation.id, operation.rate, now, status)?;
        Ok(Admitted { checked, caller })
    }
}

/// The service itself.
fn work(
    inner: &mut Inner,
    operation: &Operation,
    admitted: &Admitted,
    incoming: &Incoming,
) -> Outcome {
    check_limits(operation, &admitted.checked)?;
    let Some(handler) = service::handler(&operation.id) else {
        return Ok(from_example(operation));
    };
    let mut call = Call {
        operation,
        parameters: &admitted.checked.parameters,
        body: &admitted.checked.body,
        incoming,
        caller: &admitted.caller,
        switches: &inner.switches,
        now: inner.clock.seconds(),
        world: &mut inner.world,
    };
    handler(&mut call)
}

/// The page that shows the state, and the data behind it.
fn own_page(inner: &Inner, incoming: &Incoming) -> Option<Answer> {
    match (incoming.method.as_str(), incoming.path.as_str()) {
        ("GET", "/") => Some(Answer::text(200, "text/html; charset=utf-8", page_html())),
        ("GET", "/__sandbox/state") => Some(Answer::text(
            200,
            "application/json; charset=utf-8",
            state_json(inner),
        )),
        ("GET", "/favicon.ico") => Some(Answer::text(204, "text/plain", "")),
        _ => None,
    }
}

/// A request that passed the gate.
struct Admitted {
    checked: Checked,
    caller: Caller,
}

impl Inner {
    fn log_id(&mut self) -> String {
        let number = self.journal.next_number();
        let tail = self.scatter.hex(18).to_uppercase();
        format!("{}{number:08}{tail}", self.clock.seconds())
    }

    fn check_address(&self, app: usize, address: &str) -> Result<(), Failure> {
        let allowed = &self.tokens.apps[app].addresses;
        if allowed.is_empty() || allowed.iter().any(|one| one == address) {
            return Ok(());
        }
        let message = format!("ip {address} is denied by app setting");
        Err(Failure::new(400, 99_991_401, message))
    }

    /// Puts what happened into events; they are handed out when the lock is gone.
    pub(crate) fn emit(&mut self) -> Emission {
        let now = self.clock.millis();
        let app = &self.tokens.apps[0].id.clone();
        let happened = std::mem::take(&mut self.world.happened);
        let mut events: Vec<Arc<EmittedEvent>> = happened
            .into_iter()
            .map(|(event_type, event)| self.events.record(event_type, event, app, now))
            .collect();
        if let Some(ticket) = self.tokens.take_resent() {
            events.push(self.events.record_ticket(&ticket, app, now));
        }
        for event in &events {
            self.deliveries.add(event, now);
        }
        Emission {
            events,
            sinks: self.events.sinks.clone(),
        }
    }

    fn serve_extra(&mut self, name: &str, incoming: &Incoming, log_id: &str) -> Served {
        let tenant = [Requirement {
            scheme: "tenant_access_token".to_owned(),
            scopes: Vec::new(),
        }];
        let now = self.clock.seconds();
        let caller = self
            .tokens
            .caller(incoming.header("authorization"), &tenant, now);
        let admitted = caller.and_then(|caller| {
            self.check_address(caller.app, &incoming.address)?;
            Ok(caller.app)
        });
        let app = match admitted {
            Ok(app) => app,
            Err(failure) => return finish(Err(failure), log_id, &self.switches).into(),
        };
        let fault = self.faults.take(name);
        self.with_fault(fault, log_id, |inner| {
            service::serve_extra(name, &inner.tokens.apps[app])
        })
    }

    fn serve_token(&mut self, name: &str, incoming: &Incoming, log_id: &str) -> Served {
        let fault = self.faults.take(name);
        let now = self.clock.seconds();
        self.with_fault(fault, log_id, |inner| {
            inner.tokens.serve(name, &incoming.body, now)
        })
    }

    /// Lets `work` happen, or what the fault puts in its place.
    fn with_fault(
        &mut self,
        fault: Option<Fault>,
        log_id: &str,
        work: impl FnOnce(&mut Self) -> Answer,
    ) -> Served {
        let Some(fault) = fault else {
            return work(self).into();
        };
        let mut answer = if fault.cut == Some(Cut::BeforeWork) {
            Answer::text(500, "text/plain", "")
        } else if let Some((status, content_type, body)) = fault.raw {
            Answer::text(status, &content_type, body)
        } else if let Some((status, code, message)) = fault.refusal {
            finish(
                Err(Failure::new(status, code, message)),
                log_id,
                &self.switches,
            )
        } else {
            work(self)
        };
        answer.extra.extend(fault.headers);
        Served {
            answer,
            delay: fault.delay,
            cut: fault.cut,
        }
    }
}

/// An operation that the sandbox has no state for answers the description's example.
fn from_example(operation: &Operation) -> Reply {
    if operation.binary {
        return Reply::File {
            name: "file".to_owned(),
            content: super::PIXEL.to_vec(),
        };
    }
    let data = operation.example.as_ref().map_or_else(
        || Value::Object(serde_json::Map::new()),
        |example| example["data"].clone(),
    );
    Reply::Data(data)
}

/// Events on their way to those who listen.
pub(crate) struct Emission {
    events: Vec<Arc<EmittedEvent>>,
    sinks: Vec<Arc<dyn super::events::EventSink>>,
}

impl Emission {
    pub(crate) fn hand_out(self, core: &Core) {
        if !self.events.is_empty() {
            core.wake.notify_one();
        }
        for event in &self.events {
            self.sinks.iter().for_each(|sink| sink.deliver(event));
        }
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Core").finish_non_exhaustive()
    }
}

pub(crate) type Shared = Arc<Core>;
