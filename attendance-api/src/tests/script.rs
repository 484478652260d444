//! A transport that answers by a script and remembers what it was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;

use crate::client::ClientBuilder;
use crate::transport::{
    BoxFuture, Incoming, Payload, Transport, TransportError, TransportErrorKind,
};

/// What happens to one request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Json(u16, String),
    Reply(u16, Vec<(&'static str, String)>, Bytes),
    Fail(TransportErrorKind),
    Hang,
    Late(Duration, Box<Step>),
}

pub(crate) type Answer = Arc<dyn Fn(&Sent) -> Step + Send + Sync>;

/// A request as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) host: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

#[derive(Clone)]
pub(crate) struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    otherwise: Answer,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Script {
    /// One step after the other; then hangs.
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.into_iter().collect())),
            otherwise: Arc::new(|_| Step::Hang),
            sent: Arc::default(),
        }
    }

    /// Every request by a function.
    pub(crate) fn answering(answer: impl Fn(&Sent) -> Step + Send + Sync + 'static) -> Self {
        Self {
            otherwise: Arc::new(answer),
            ..Self::new([])
        }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> ClientBuilder {
        super::sample::builder()
            .base_url("http://127.0.0.1:9")
            .token("t-static-token")
            .transport(self.clone())
    }
}

pub(crate) fn ok(data: &str) -> Step {
    Step::Json(
        200,
        format!(r#"{{"code":0,"msg":"success","data":{data}}}"#),
    )
}

pub(crate) fn code(status: u16, code: i64, msg: &str) -> Step {
    Step::Json(
        status,
        serde_json::json!({ "code": code, "msg": msg }).to_string(),
    )
}

impl Transport for Script {
    fn send(
        &self,
        request: http::Request<Payload>,
    ) -> BoxFuture<'_, Result<http::Response<Incoming>, TransportError>> {
        let (head, payload) = request.into_parts();
        let sent = Sent {
            host: head.uri.host().unwrap_or_default().to_owned(),
            method: head.method.to_string(),
            target: head
                .uri
                .path_and_query()
                .map(ToString::to_string)
                .unwrap_or_default(),
            headers: head.headers,
            body: payload.in_memory().unwrap_or_default(),
        };
        self.sent.lock().unwrap().push(sent.clone());
        let step = self.steps.lock().unwrap().pop_front();
        let step = step.unwrap_or_else(|| (self.otherwise)(&sent));
        Box::pin(play(step))
    }
}

async fn play(mut step: Step) -> Result<http::Response<Incoming>, TransportError> {
    while let Step::Late(pause, then) = step {
        tokio::time::sleep(pause).await;
        step = *then;
    }
    let (status, headers, body) = match step {
        Step::Json(status, body) => (
            status,
            vec![("content-type", "application/json".to_owned())],
            body.into(),
        ),
        Step::Reply(status, headers, body) => (status, headers, body),
        Step::Fail(kind) => return Err(TransportError::new(kind, "by the script")),
        Step::Hang | Step::Late(..) => std::future::pending().await,
    };
    let mut answer = http::Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(name, value);
    }
    Ok(answer.body(Incoming::from(body)).unwrap())
}
