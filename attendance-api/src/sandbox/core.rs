//! The core: from one read request to one answer, with every check in the order of the real service.
//!
//! token, address, shape, scope, rate, fault, service. No I/O and no waiting here; `http` does both.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Failure, Outcome, Reply, finish};
use super::clock::Clock;
use super::contract::{self, Checked, Contract, Operation, Violation, Weight};
use super::fault::{Cut, Fault, Faults};
use super::journal::{Journal, RecordedRequest};
use super::limit::Limits;
use super::switches::Switches;
use super::text::{Scatter, query_pairs};
use super::tokens::{self, Tokens};

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
    log: Option<LogLine>,
}

pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) switches: Switches,
    scatter: Scatter,
}

impl Core {
    pub(crate) fn new(
        tokens: Tokens,
        switches: Switches,
        clock: Clock,
        log: Option<LogLine>,
    ) -> Self {
        Self {
            contract: Contract::bundled(),
            log,
            inner: Mutex::new(Inner {
                clock,
                tokens,
                limits: Limits::new(),
                faults: Faults::default(),
                journal: Journal::default(),
                switches,
                scatter: Scatter::new(0x6c6f67),
            }),
        }
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

    /// Answers a request and writes it into the journal.
    pub(crate) fn serve(&self, incoming: Incoming) -> Served {
        let mut inner = self.lock();
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
        drop(inner);
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
        let Some((operation, path)) = self.contract.route(&incoming.method, &incoming.path) else {
            let answer = Answer::text(404, "text/plain", "404 page not found");
            return (None, answer.into());
        };
        let served = self.serve_operation(inner, operation, &path, incoming, log_id);
        (Some(operation.id.clone()), served)
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
            finish(
                self.work(inner, operation, &admitted),
                log_id,
                &inner.switches,
            )
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
        let caller = inner.tokens.caller(
            incoming.header("authorization"),
            &operation.security,
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
        check_shape(&checked)?;
        tokens::check_scopes(
            &inner.tokens.apps[caller.app],
            caller.user.is_some(),
            &operation.security,
            &inner.switches,
        )?;
        let status = inner.switches.rate_limit_status;
        inner
            .limits
            .admit(caller.app, &operation.id, operation.rate, now, status)?;
        Ok(Admitted { checked })
    }

    fn work(&self, _inner: &mut Inner, operation: &Operation, admitted: &Admitted) -> Outcome {
        check_limits(&admitted.checked)?;
        Ok(from_example(operation))
    }
}

/// A request that passed the gate.
struct Admitted {
    checked: Checked,
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

fn check_shape(checked: &Checked) -> Result<(), Failure> {
    if checked.unreadable {
        return Err(Failure::new(400, 9499, "Bad Request: the body is not JSON"));
    }
    let found = of_weight(checked, Weight::Shape);
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::field_violations(&found))
}

/// Limits of body members are the service's business: 1220001, with the first one in the text.
fn check_limits(checked: &Checked) -> Result<(), Failure> {
    match of_weight(checked, Weight::Limit).first() {
        None => Ok(()),
        Some(first) => Err(Failure::new(
            400,
            1_220_001,
            format!("param is invalid: {} {}", first.field, first.description),
        )),
    }
}

fn of_weight(checked: &Checked, weight: Weight) -> Vec<&Violation> {
    checked
        .violations
        .iter()
        .filter(|violation| violation.weight == weight)
        .collect()
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

impl std::fmt::Debug for Core {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Core").finish_non_exhaustive()
    }
}

pub(crate) type Shared = Arc<Core>;
