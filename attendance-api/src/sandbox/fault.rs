//! Faults on demand: what the next calls of an operation meet in place of, or before, their answer.

use std::collections::VecDeque;
use std::time::Duration;

/// A fault for one call.
///
/// A fault is spent on the next call of its operation that passes the gate (token, shape, scope, rate).
#[derive(Debug, Clone, Default)]
#[must_use = "a fault does nothing until it is given to `Sandbox::fault`"]
pub struct Fault {
    pub(crate) delay: Option<Duration>,
    pub(crate) refusal: Option<(u16, i64, String)>,
    pub(crate) raw: Option<(u16, String, Vec<u8>)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) cut: Option<Cut>,
}

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// The operation is not carried out and nothing is sent.
    BeforeWork,
    /// The operation is carried out, and nothing is sent.
    BeforeHeaders,
    /// The operation is carried out; headers and half of the body are sent.
    MidBody,
}

impl Fault {
    /// A refusal with this HTTP status and code; the operation is not carried out.
    pub fn refusal(status: u16, code: i64) -> Self {
        Self::default().and_refusal(status, code, "injected by the sandbox")
    }

    /// An answer without an envelope, such as the page of a gateway.
    pub fn raw(status: u16, content_type: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            raw: Some((status, content_type.into(), body.into())),
            ..Self::default()
        }
    }

    /// The answer comes this much later.
    pub fn delay(delay: Duration) -> Self {
        Self {
            delay: Some(delay),
            ..Self::default()
        }
    }

    /// The connection is cut.
    pub fn cut(cut: Cut) -> Self {
        Self {
            cut: Some(cut),
            ..Self::default()
        }
    }

    /// Adds a refusal with its text.
    pub fn and_refusal(mut self, status: u16, code: i64, message: impl Into<String>) -> Self {
        self.refusal = Some((status, code, message.into()));
        self
    }

    /// Adds a delay.
    pub fn and_delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Adds a header to the answer.
    pub fn and_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// Faults that wait, by operation; `*` stands for any.
#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<(String, Fault)>);

impl Faults {
    pub(crate) fn push(&mut self, operation: &str, fault: Fault) {
        self.0.push_back((operation.to_owned(), fault));
    }

    pub(crate) fn take(&mut self, operation: &str) -> Option<Fault> {
        let place = self
            .0
            .iter()
            .position(|(name, _)| name == operation || name == "*")?;
        self.0.remove(place).map(|(_, fault)| fault)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
