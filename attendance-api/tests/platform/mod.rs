//! A platform on loopback that counts: token calls, sends, and what arrives in any window of a second.
//!
//! It knows one good token at a time, answers a call after its latency, and refuses what exceeds its limit. It runs in a
//! thread of its own, so that what the client does does not move the times at which calls arrive.

#![allow(dead_code, reason = "each user needs a part of it")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

const SECOND: Duration = Duration::from_secs(1);
const TOKEN_PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";

#[derive(Clone)]
pub(crate) struct Platform {
    address: SocketAddr,
    state: Arc<State>,
}

/// How it behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Behaviour {
    /// From the arrival of a call to its answer.
    pub(crate) latency: Duration,
    /// Calls in any window of a second.
    pub(crate) limit: usize,
}

struct State {
    behaviour: Behaviour,
    token: AtomicUsize,
    token_calls: AtomicUsize,
    dead: AtomicUsize,
    arrivals: Mutex<Arrivals>,
}

#[derive(Default)]
struct Arrivals {
    window: VecDeque<Instant>,
    all: Vec<Instant>,
    refused: usize,
}

/// What came in.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) token_calls: usize,
    /// Calls with a token that is not good.
    pub(crate) dead: usize,
    /// Calls with a good token, refused ones included.
    pub(crate) calls: usize,
    /// Calls beyond the limit.
    pub(crate) refused: usize,
    /// Most calls in any window of a second, refused ones included.
    pub(crate) most: usize,
    /// From the arrival of the first call to that of the last.
    pub(crate) took: Duration,
}

impl Platform {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback is there");
        listener
            .set_nonblocking(true)
            .expect("sockets can be made so");
        let address = listener.local_addr().expect("it is bound");
        let state = Arc::new(State {
            behaviour,
            token: AtomicUsize::new(1),
            token_calls: AtomicUsize::new(0),
            dead: AtomicUsize::new(0),
            arrivals: Mutex::default(),
        });
        let serving = Arc::clone(&state);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime
                .expect("a runtime can be made")
                .block_on(serve(listener, serving));
        });
        Self { address, state }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Another token is good from now on.
    pub(crate) fn revoke(&self) {
        self.state.token.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn seen(&self) -> Seen {
        let arrivals = self.state.arrivals();
        let all = &arrivals.all;
        let within = |first: &Instant| {
            all.iter()
                .filter(|at| *at >= first && **at < *first + SECOND)
                .count()
        };
        let took = match (all.first(), all.last()) {
            (Some(first), Some(last)) => *last - *first,
            _ => Duration::ZERO,
        };
        Seen {
            token_calls: self.state.token_calls.load(Ordering::SeqCst),
            dead: self.state.dead.load(Ordering::SeqCst),
            calls: all.len(),
            refused: arrivals.refused,
            most: all.iter().map(within).max().unwrap_or(0),
            took,
        }
    }

    /// Forgets what came in.
    pub(crate) fn clear(&self) {
        self.state.token_calls.store(0, Ordering::SeqCst);
        self.state.dead.store(0, Ordering::SeqCst);
        *self.state.arrivals() = Arrivals::default();
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("it is nonblocking");
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let state = Arc::clone(&state);
                async move { Ok::<_, Infallible>(state.answer(request).await) }
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

impl State {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let now = Instant::now();
        if request.uri().path() == TOKEN_PATH {
            return self.grant().await;
        }
        let authorization = request.headers().get("authorization").cloned();
        let good = format!("Bearer {}", self.token());
        if authorization.is_none_or(|given| given.as_bytes() != good.as_bytes()) {
            self.dead.fetch_add(1, Ordering::SeqCst);
            return reply(
                400,
                &json!({"code": 99_991_663, "msg": "Invalid access token"}),
            );
        }
        if let Some(wait) = self.arrivals().refuse(now, self.behaviour.limit) {
            let mut refusal = reply(
                429,
                &json!({"code": 99_991_400, "msg": "request trigger frequency limit"}),
            );
            let seconds = wait.as_secs() + 1;
            refusal
                .headers_mut()
                .insert("x-ogw-ratelimit-reset", seconds.into());
            return refusal;
        }
        let rows = rows(request).await;
        tokio::time::sleep_until((now + self.behaviour.latency).into()).await;
        answer(
            200,
            format!(r#"{{"code":0,"msg":"success","data":{{"user_task_results":[{rows}]}}}}"#),
        )
    }

    /// The good token, after a while in which others may ask as well.
    async fn grant(&self) -> Response<Full<Bytes>> {
        self.token_calls.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.behaviour.latency).await;
        reply(
            200,
            &json!({"code": 0, "msg": "ok", "tenant_access_token": self.token(), "expire": 7200}),
        )
    }

    fn token(&self) -> String {
        format!("t-good-token-{}", self.token.load(Ordering::SeqCst))
    }

    fn arrivals(&self) -> std::sync::MutexGuard<'_, Arrivals> {
        self.arrivals
            .lock()
            .expect("nothing panics while it is held")
    }
}

impl Arrivals {
    /// Counts a call; the wait, if it is one too many.
    fn refuse(&mut self, now: Instant, limit: usize) -> Option<Duration> {
        self.all.push(now);
        while self
            .window
            .front()
            .is_some_and(|first| *first + SECOND <= now)
        {
            self.window.pop_front();
        }
        if self.window.len() < limit {
            self.window.push_back(now);
            return None;
        }
        self.refused += 1;
        Some(
            self.window
                .front()
                .map_or(SECOND, |first| *first + SECOND - now),
        )
    }
}

/// A row for each person and day of a query; none for other calls. As text, so that the server costs little.
async fn rows(request: Request<Incoming>) -> String {
    let body = request
        .into_body()
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let query: Value = serde_json::from_slice(&body).unwrap_or_default();
    let day = |name: &str| query[name].as_i64().unwrap_or(0);
    let (from, to) = (day("check_date_from"), day("check_date_to"));
    let mut rows = String::new();
    for person in query["user_ids"].as_array().into_iter().flatten() {
        for day in from..=to {
            let comma = if rows.is_empty() { "" } else { "," };
            rows.push_str(&format!(
                r#"{comma}{{"result_id":"1","user_id":{person},"day":{day},"records":[]}}"#
            ));
        }
    }
    rows
}

fn reply(status: u16, body: &Value) -> Response<Full<Bytes>> {
    answer(status, body.to_string())
}

fn answer(status: u16, body: String) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json; charset=utf-8")
        .body(Full::new(Bytes::from(body)))
        .expect("the parts are legal")
}
