//! Tokens on a paused clock: one renewal for all, dropped by value, never a storm.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::sample::{self, ShiftApi};
use super::script::{Script, Sent, Step, code, ok};
use crate::client::Client;
use crate::error::ErrorClass;
use crate::feishu::{
    App, MemoryStore, StoreApp, StoreError, StoredToken, TokenStore, UserGrant, UserTokens,
};
use crate::transport::{BoxFuture, TransportErrorKind};

const DEAD: &str = "Invalid access token for authorization.";
const TENANT: &str = "/open-apis/auth/v3/tenant_access_token/internal";

/// A server that knows which token is good.
#[derive(Default)]
struct Server {
    good: Mutex<String>,
    token_calls: AtomicUsize,
    sends: Mutex<HashMap<String, usize>>,
}

impl Server {
    fn with_token(token: &str) -> Arc<Self> {
        Arc::new(Self {
            good: Mutex::new(token.to_owned()),
            ..Self::default()
        })
    }

    fn token_calls(&self) -> usize {
        self.token_calls.load(Ordering::Relaxed)
    }

    fn set_good(&self, token: &str) {
        *self.good.lock().unwrap() = token.to_owned();
    }

    fn most_sends(&self) -> usize {
        self.sends
            .lock()
            .unwrap()
            .values()
            .copied()
            .max()
            .unwrap_or(0)
    }

    /// Answers an API call by its token.
    fn api(&self, sent: &Sent) -> Step {
        *self
            .sends
            .lock()
            .unwrap()
            .entry(sent.target.clone())
            .or_default() += 1;
        let good = format!("Bearer {}", self.good.lock().unwrap());
        if sent.headers["authorization"] == good.as_str() {
            ok(r#"{"shift_id":"1"}"#)
        } else {
            code(400, 99_991_663, DEAD)
        }
    }

    /// Gives out the good token.
    fn grant(&self, life: &str) -> Step {
        self.token_calls.fetch_add(1, Ordering::Relaxed);
        let token = self.good.lock().unwrap();
        Step::Json(
            200,
            format!(r#"{{"code":0,"msg":"ok","tenant_access_token":"{token}","expire":{life}}}"#),
        )
    }
}

fn late(step: Step) -> Step {
    Step::Late(Duration::from_millis(100), Box::new(step))
}

fn is_token(sent: &Sent) -> bool {
    sent.target == TENANT
}

/// A client of an application, on a script.
fn client(answer: impl Fn(&Sent) -> Step + Send + Sync + 'static) -> Client {
    with_app(App::new("cli_a", "the-app-secret"), answer)
}

fn with_app(app: App, answer: impl Fn(&Sent) -> Step + Send + Sync + 'static) -> Client {
    let script = Script::answering(answer);
    let builder = sample::builder()
        .base_url("http://127.0.0.1:9")
        .rate_limits(false);
    builder
        .transport(script)
        .token_provider(app)
        .build()
        .unwrap()
}

fn serving(server: &Arc<Server>, life: &'static str) -> Client {
    let server = Arc::clone(server);
    client(move |sent| {
        late(if is_token(sent) {
            server.grant(life)
        } else {
            server.api(sent)
        })
    })
}

/// So many calls at once; their errors.
async fn storm(client: &Client, calls: usize) -> Vec<crate::Error> {
    let tasks: Vec<_> = (0..calls)
        .map(|index| {
            let call = ShiftApi::new(client.clone()).get(index.to_string());
            tokio::spawn(call.send())
        })
        .collect();
    let mut errors = Vec::new();
    for task in tasks {
        errors.extend(task.await.unwrap().err());
    }
    errors
}

#[tokio::test(start_paused = true)]
async fn a_cold_start_makes_one_token_call() {
    let server = Server::with_token("t-1");
    let errors = storm(&serving(&server, "7200"), 1_000).await;
    assert!(errors.is_empty(), "{:?}", errors[0]);
    assert_eq!(server.token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_revoked_under_load_is_renewed_once() {
    let server = Server::with_token("t-1");
    let client = serving(&server, "7200");
    assert!(storm(&client, 1).await.is_empty());
    server.set_good("t-2");
    server.sends.lock().unwrap().clear();
    let errors = storm(&client, 500).await;
    assert!(errors.is_empty(), "{:?}", errors[0]);
    assert_eq!(server.token_calls(), 2);
    assert!(server.most_sends() <= 2);
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_renewed_once_for_all() {
    let server = Server::with_token("t-1");
    let client = serving(&server, "7200");
    assert!(storm(&client, 1).await.is_empty());
    sleep(Duration::from_secs(7_200)).await;
    assert!(storm(&client, 1_000).await.is_empty());
    assert_eq!(server.token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dead_token_that_comes_again_ends_in_its_error() {
    let server = Server::with_token("t-dead");
    let granting = Arc::clone(&server);
    let client = client(move |sent| {
        if is_token(sent) {
            granting.grant("7200")
        } else {
            *granting
                .sends
                .lock()
                .unwrap()
                .entry(sent.target.clone())
                .or_default() += 1;
            code(200, 99_991_663, DEAD)
        }
    });
    for error in storm(&client, 20).await {
        assert_eq!(error.code().map(|code| code.0), Some(99_991_663));
        assert_eq!(error.class(), ErrorClass::Auth);
        assert!(error.attempts() <= 2);
    }
    assert!(server.most_sends() <= 2);
    let calls = server.token_calls();
    assert!(calls <= 2, "{calls}");
    // One call after the other makes no storm either.
    for index in 0..20 {
        let error = ShiftApi::new(client.clone())
            .get(format!("late{index}"))
            .send()
            .await
            .unwrap_err();
        assert!(error.attempts() <= 2);
    }
    assert!(server.token_calls() <= 3, "{}", server.token_calls());
}

#[tokio::test(start_paused = true)]
async fn renewal_ahead_of_time_keeps_nobody_waiting() {
    let server = Server::with_token("t-1");
    let granting = Arc::clone(&server);
    let client = client(move |sent| {
        if is_token(sent) {
            Step::Late(Duration::from_secs(5), Box::new(granting.grant("7200")))
        } else {
            late(granting.api(sent))
        }
    });
    assert!(storm(&client, 1).await.is_empty());
    // With more than 30 minutes left, nothing is renewed.
    sleep(Duration::from_secs(5_390)).await;
    assert!(storm(&client, 10).await.is_empty());
    assert_eq!(server.token_calls(), 1);
    sleep(Duration::from_secs(310)).await;
    for _ in 0..100 {
        let begin = Instant::now();
        assert!(storm(&client, 3).await.is_empty());
        assert_eq!(begin.elapsed(), Duration::from_millis(100));
    }
    assert_eq!(server.token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failing_renewal_with_a_valid_token_fails_no_call() {
    let server = Server::with_token("t-1");
    let granting = Arc::clone(&server);
    let client = client(move |sent| {
        if !is_token(sent) {
            late(granting.api(sent))
        } else if granting.token_calls() == 0 {
            granting.grant("1700")
        } else {
            granting.token_calls.fetch_add(1, Ordering::Relaxed);
            Step::Json(500, "{}".to_owned())
        }
    });
    for _ in 0..150 {
        assert!(storm(&client, 2).await.is_empty());
        sleep(Duration::from_secs(10)).await;
    }
    assert!(server.token_calls() > 1);
    assert!(server.token_calls() < 150, "{}", server.token_calls());
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_that_is_down_for_good_is_not_stormed() {
    for down in [
        Step::Json(500, "down".to_owned()),
        Step::Fail(TransportErrorKind::Connect),
        Step::Hang,
    ] {
        let server = Arc::new(Server::default());
        let granting = Arc::clone(&server);
        let client = client(move |sent| {
            assert!(is_token(sent), "a call went out without a token");
            granting.token_calls.fetch_add(1, Ordering::Relaxed);
            down.clone()
        });
        assert_eq!(storm(&client, 100).await.len(), 100);
        for _ in 0..100 {
            assert_eq!(storm(&client, 1).await.len(), 1);
        }
        assert!(server.token_calls() <= 30, "{}", server.token_calls());
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_of_the_token_endpoint_is_waited_out() {
    let server = Server::with_token("t-1");
    let granting = Arc::clone(&server);
    let client = client(move |sent| {
        if !is_token(sent) {
            granting.api(sent)
        } else if granting.token_calls() < 2 {
            granting.token_calls.fetch_add(1, Ordering::Relaxed);
            Step::Json(503, "<html>".to_owned())
        } else {
            granting.grant("7200")
        }
    });
    let errors = storm(&client, 50).await;
    assert!(errors.is_empty(), "{:?}", errors[0]);
    assert_eq!(server.token_calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_client_recovers_when_the_token_endpoint_does() {
    let server = Server::with_token("t-1");
    let up = Arc::new(AtomicUsize::new(0));
    let (granting, switch) = (Arc::clone(&server), Arc::clone(&up));
    let client = client(
        move |sent| match (is_token(sent), switch.load(Ordering::Relaxed)) {
            (false, _) => granting.api(sent),
            (true, 0) => Step::Fail(TransportErrorKind::Connect),
            (true, _) => granting.grant("7200"),
        },
    );
    assert_eq!(storm(&client, 5).await.len(), 5);
    up.store(1, Ordering::Relaxed);
    sleep(Duration::from_secs(2)).await;
    assert!(storm(&client, 5).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn odd_token_answers_send_nothing_unusable() {
    let huge = format!(
        r#"{{"code":0,"tenant_access_token":"{}","expire":7200}}"#,
        "x".repeat(2_000_000)
    );
    let refused = [
        r#"{"code":0,"expire":7200}"#,
        r#"{"code":0,"tenant_access_token":"","expire":7200}"#,
        r#"{"code":0,"tenant_access_token":null}"#,
        r#"{"code":0,"tenant_access_token":"a\r\nb","expire":7200}"#,
        r#"{"code":0,"tenant_access_token":"张"}"#,
        r#"{"code":0,"tenant_access_token":{"a":1}}"#,
        r#"{"tenant_access_token":"t-1"}"#,
        "",
        "[]",
        "null",
        &huge,
    ];
    for answer in refused {
        let body = answer.to_owned();
        let client = client(move |sent| {
            assert!(is_token(sent), "an unusable token was sent");
            Step::Json(200, body.clone())
        });
        let errors = storm(&client, 10).await;
        assert_eq!(errors.len(), 10, "{}", &answer[..answer.len().min(60)]);
        assert!(errors[0].to_string().len() < 9_000);
    }
}

#[tokio::test(start_paused = true)]
async fn an_odd_life_does_not_cost_a_token_call_a_call() {
    for life in [
        "0",
        "-1",
        "\"7200\"",
        "\"soon\"",
        "null",
        "1e300",
        "9223372036854775807",
        "99999999999999999999",
        "[]",
        "1.5",
    ] {
        let server = Server::with_token("t-1");
        let client = serving(&server, life);
        for _ in 0..20 {
            let errors = storm(&client, 5).await;
            assert!(errors.is_empty(), "{life}: {:?}", errors[0]);
        }
        assert_eq!(server.token_calls(), 1, "{life}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_told_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let client = client(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        late(code(200, 10_015, "wrong app secret: the-app-secret"))
    });
    let errors = storm(&client, 50).await;
    assert_eq!((errors.len(), calls.load(Ordering::Relaxed)), (50, 1));
    let mut text = format!("{client:?}");
    for error in &errors {
        text.push_str(&format!("{error} {error:?} {:?}", error.problems()));
    }
    assert!(!text.contains("the-app-secret"));
    assert_eq!(errors[0].code().map(|code| code.0), Some(10_015));
}

#[tokio::test(start_paused = true)]
async fn the_others_get_their_token_when_the_leader_goes() {
    let server = Server::with_token("t-1");
    let client = serving(&server, "7200");
    let leader = tokio::spawn(ShiftApi::new(client.clone()).get("leader").send());
    sleep(Duration::from_millis(10)).await;
    let others = tokio::spawn({
        let client = client.clone();
        async move { storm(&client, 50).await }
    });
    sleep(Duration::from_millis(10)).await;
    leader.abort();
    assert!(others.await.unwrap().is_empty());
    assert_eq!(server.token_calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn random_cancellations_leave_nothing_locked() {
    let server = Server::with_token("t-1");
    let client = serving(&server, "60");
    for round in 0..10_000_u64 {
        let pause = Duration::from_millis(crate::random::next() % 250);
        let call = ShiftApi::new(client.clone()).get(round.to_string()).send();
        let _ = timeout(pause, call).await;
        if round % 100 == 0 {
            sleep(Duration::from_secs(61)).await;
        }
    }
    assert!(storm(&client, 100).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_nobody_drove_is_given_up() {
    let server = Server::with_token("t-1");
    let client = serving(&server, "7200");
    let lonely = ShiftApi::new(client.clone()).get("1").send();
    assert!(timeout(Duration::from_millis(50), lonely).await.is_err());
    sleep(Duration::from_secs(8_000)).await;
    assert!(storm(&client, 1).await.is_empty());
    assert_eq!(server.token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn clients_share_a_store() {
    let server = Server::with_token("t-1");
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
    for _ in 0..5 {
        let app = App::new("cli_a", "the-app-secret").token_store(Arc::clone(&store));
        let granting = Arc::clone(&server);
        let client = with_app(app, move |sent| {
            if is_token(sent) {
                granting.grant("7200")
            } else {
                granting.api(sent)
            }
        });
        assert!(storm(&client, 10).await.is_empty());
    }
    assert_eq!(server.token_calls(), 1);
    // Another secret is another application, as far as tokens go.
    let app = App::new("cli_a", "another-secret").token_store(store);
    let granting = Arc::clone(&server);
    let client = with_app(app, move |sent| {
        if is_token(sent) {
            granting.grant("7200")
        } else {
            granting.api(sent)
        }
    });
    assert!(storm(&client, 10).await.is_empty());
    assert_eq!(server.token_calls(), 2);
}

/// A store between processes: its lock knows owners, and holds until it is given back.
#[derive(Default)]
struct Between {
    values: MemoryStore,
    locks: Mutex<HashMap<String, String>>,
}

impl TokenStore for Between {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        self.values.get(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        token: &'a StoredToken,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.values.put(key, token)
    }

    fn delete_if_equal<'a>(
        &'a self,
        key: &'a str,
        secret: &'a crate::Secret,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.values.delete_if_equal(key, secret)
    }

    fn lock<'a>(
        &'a self,
        key: &'a str,
        owner: &'a str,
        _: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let mut locks = self.locks.lock().unwrap();
        let is_free = !locks.contains_key(key);
        if is_free {
            locks.insert(key.to_owned(), owner.to_owned());
        }
        Box::pin(async move { Ok(is_free) })
    }

    fn unlock<'a>(&'a self, key: &'a str, owner: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        let mut locks = self.locks.lock().unwrap();
        locks.retain(|locked, holder| locked != key || holder != owner);
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(start_paused = true)]
async fn of_many_workers_one_renews() {
    let server = Server::with_token("t-1");
    let store = Arc::new(Between::default());
    let workers: Vec<Client> = (0..4)
        .map(|_| {
            let app = App::new("cli_a", "the-app-secret").token_store(store.clone());
            let server = Arc::clone(&server);
            with_app(app, move |sent| {
                late(if is_token(sent) {
                    server.grant("7200")
                } else {
                    server.api(sent)
                })
            })
        })
        .collect();
    for round in 1..=3 {
        server.set_good(&format!("t-{round}"));
        let storms = workers.iter().map(|worker| storm(worker, 250));
        for errors in futures_util::future::join_all(storms).await {
            assert!(errors.is_empty(), "{}", errors[0]);
        }
        assert_eq!(server.token_calls(), round);
        assert!(store.locks.lock().unwrap().is_empty());
    }
    // A holder that never gives the lock back is waited for, but not for ever.
    let key = "the lock of a process that died".to_owned();
    let locked = store.clone();
    server.set_good("t-4");
    let begin = Instant::now();
    let hold = tokio::spawn(async move {
        sleep(Duration::from_millis(50)).await;
        let mut locks = locked.locks.lock().unwrap();
        locks.values_mut().for_each(|owner| owner.clone_from(&key));
    });
    assert!(storm(&workers[0], 1).await.is_empty());
    hold.await.unwrap();
    assert!(storm(&workers[1], 1).await.is_empty());
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_stops_nothing() {
    struct Broken;

    fn broken<T>() -> BoxFuture<'static, Result<T, StoreError>> {
        Box::pin(async { Err("the store is down".into()) })
    }

    impl TokenStore for Broken {
        fn get<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
            broken()
        }

        fn put<'a>(
            &'a self,
            _: &'a str,
            _: &'a StoredToken,
        ) -> BoxFuture<'a, Result<(), StoreError>> {
            broken()
        }

        fn delete_if_equal<'a>(
            &'a self,
            _: &'a str,
            _: &'a crate::Secret,
        ) -> BoxFuture<'a, Result<(), StoreError>> {
            broken()
        }

        fn lock<'a>(
            &'a self,
            _: &'a str,
            _: &'a str,
            _: Duration,
        ) -> BoxFuture<'a, Result<bool, StoreError>> {
            broken()
        }
    }

    let server = Server::with_token("t-1");
    let granting = Arc::clone(&server);
    let app = App::new("cli_a", "the-app-secret").token_store(Arc::new(Broken));
    let client = with_app(app, move |sent| {
        if is_token(sent) {
            granting.grant("7200")
        } else {
            granting.api(sent)
        }
    });
    assert!(storm(&client, 10).await.is_empty());
    server.set_good("t-2");
    assert!(storm(&client, 10).await.is_empty());
    assert_eq!(server.token_calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_store_app_asks_for_its_ticket_and_for_a_new_one() {
    let app = StoreApp::new("cli_s", "the-app-secret").tenant("tenant-1");
    let resends = Arc::new(AtomicUsize::new(0));
    let (count, pushed) = (Arc::clone(&resends), app.clone());
    let script = Script::answering(move |sent| {
        let body: crate::Json = serde_json::from_slice(&sent.body).unwrap_or_default();
        match sent.target.as_str() {
            "/open-apis/auth/v3/app_ticket/resend" => {
                let number = count.fetch_add(1, Ordering::Relaxed) + 1;
                pushed.put_app_ticket(format!("ticket-{number}"));
                code(200, 0, "success")
            }
            "/open-apis/auth/v3/app_access_token" if body["app_ticket"] == "ticket-2" => {
                Step::Json(
                    200,
                    r#"{"code":0,"app_access_token":"a-1","expire":7140}"#.to_owned(),
                )
            }
            "/open-apis/auth/v3/app_access_token" => code(200, 10_012, "get app access token fail"),
            "/open-apis/auth/v3/tenant_access_token" => {
                assert_eq!(body["app_access_token"], "a-1");
                let token = format!("t-{}", body["tenant_key"].as_str().unwrap());
                Step::Json(
                    200,
                    format!(r#"{{"code":0,"tenant_access_token":"{token}","expire":7140}}"#),
                )
            }
            _ => {
                let token = sent.headers["authorization"].to_str().unwrap().to_owned();
                ok(&format!(r#"{{"shift_id":"{token}"}}"#))
            }
        }
    });
    let builder = sample::builder()
        .base_url("http://127.0.0.1:9")
        .transport(script.clone());
    let client = builder.token_provider(app).build().unwrap();
    let shifts = ShiftApi::new(client);
    assert_eq!(
        shifts.get("1").send().await.unwrap().shift_id,
        "Bearer t-tenant-1"
    );
    assert_eq!(
        shifts
            .get("1")
            .with_tenant("tenant-2")
            .send()
            .await
            .unwrap()
            .shift_id,
        "Bearer t-tenant-2"
    );
    assert_eq!(resends.load(Ordering::Relaxed), 2);
    let app_calls = script
        .sent()
        .iter()
        .filter(|sent| sent.target.ends_with("/app_access_token"))
        .count();
    assert_eq!(app_calls, 2);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_pushed_to_one_worker_serves_the_others() {
    let store = Arc::new(MemoryStore::new());
    let worker = || StoreApp::new("cli_s", "the-app-secret").token_store(store.clone());
    let (one, other, third) = (worker(), worker(), worker());
    let resends = Arc::new(AtomicUsize::new(0));
    let (count, pushed) = (Arc::clone(&resends), other.clone());
    let script = Script::answering(move |sent| {
        let body: crate::Json = serde_json::from_slice(&sent.body).unwrap_or_default();
        match sent.target.as_str() {
            "/open-apis/auth/v3/app_ticket/resend" => {
                count.fetch_add(1, Ordering::Relaxed);
                let pushed = pushed.clone();
                tokio::spawn(async move {
                    sleep(Duration::from_secs(1)).await;
                    pushed.share_app_ticket("ticket-2").await;
                });
                code(200, 0, "success")
            }
            "/open-apis/auth/v3/app_access_token" if body["app_ticket"] == "ticket-1" => {
                code(200, 10_012, "get app access token fail")
            }
            "/open-apis/auth/v3/app_access_token" => {
                assert_eq!(body["app_ticket"], "ticket-2");
                Step::Json(
                    200,
                    r#"{"code":0,"app_access_token":"a-1","expire":7140}"#.to_owned(),
                )
            }
            "/open-apis/auth/v3/tenant_access_token" => Step::Json(
                200,
                r#"{"code":0,"tenant_access_token":"t-1","expire":7140}"#.to_owned(),
            ),
            _ => ok("{}"),
        }
    });
    let call = async |app: StoreApp, tenant: &str| {
        let builder = sample::builder()
            .base_url("http://127.0.0.1:9")
            .transport(script.clone());
        let client = builder.token_provider(app).build().unwrap();
        ShiftApi::new(client)
            .get("1")
            .with_tenant(tenant)
            .send()
            .await
            .unwrap();
    };
    let begin = Instant::now();
    call(one, "tenant-1").await;
    assert!(begin.elapsed() < Duration::from_secs(2));
    // When that token is over, a worker with a ticket from long ago finds the one that the others have.
    sleep(Duration::from_secs(8_000)).await;
    third.put_app_ticket("ticket-1");
    call(third, "tenant-2").await;
    assert_eq!(resends.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_app_without_a_ticket_says_so() {
    let script = Script::answering(|_| code(200, 0, "success"));
    let app = StoreApp::new("cli_s", "the-app-secret").tenant("tenant-1");
    let builder = sample::builder()
        .base_url("http://127.0.0.1:9")
        .transport(script);
    let shifts = ShiftApi::new(builder.token_provider(app).build().unwrap());
    let error = shifts.get("1").send().await.unwrap_err();
    assert!(error.to_string().contains("app_ticket"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_tokens_of_a_person_are_rotated_and_kept() {
    let rotated = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&rotated);
    let grant = UserGrant::new("u-0", Duration::from_secs(7_200)).refresh_token("r-0");
    let tokens = UserTokens::oauth("cli_a", "the-app-secret", grant, move |grant| {
        keep.lock()
            .unwrap()
            .push(grant.refresh_token.as_ref().unwrap().expose().to_owned());
    })
    .unwrap();
    let script = Script::answering(|sent| {
        if sent.target == "/open-apis/authen/v2/oauth/token" {
            let body: crate::Json = serde_json::from_slice(&sent.body).unwrap();
            let number: u32 = body["refresh_token"].as_str().unwrap()[2..]
                .parse()
                .unwrap();
            let next = number + 1;
            return Step::Json(
                200,
                format!(
                    r#"{{"code":0,"access_token":"u-{next}","expires_in":7200,"refresh_token":"r-{next}","token_type":"Bearer"}}"#
                ),
            );
        }
        let token = sent.headers["authorization"].to_str().unwrap().to_owned();
        ok(&format!(r#"{{"shift_id":"{token}"}}"#))
    });
    let builder = sample::builder()
        .base_url("http://127.0.0.1:9")
        .transport(script);
    let shifts = ShiftApi::new(builder.token("t-static").user(tokens).build().unwrap());
    assert_eq!(
        shifts.get("1").send().await.unwrap().shift_id,
        "Bearer t-static"
    );
    assert_eq!(shifts.mine().send().await.unwrap().shift_id, "Bearer u-0");
    sleep(Duration::from_secs(7_200)).await;
    assert_eq!(shifts.mine().send().await.unwrap().shift_id, "Bearer u-1");
    sleep(Duration::from_secs(7_200)).await;
    assert_eq!(shifts.mine().send().await.unwrap().shift_id, "Bearer u-2");
    assert_eq!(*rotated.lock().unwrap(), ["r-1", "r-2"]);
}

#[tokio::test(start_paused = true)]
async fn oauth_failures_keep_their_words() {
    let grant = UserGrant::new("u-0", Duration::ZERO).refresh_token("r-0");
    let tokens = UserTokens::oauth("cli_a", "the-app-secret", grant, |_| {}).unwrap();
    let script = Script::answering(|_| {
        let body = r#"{"code":20037,"error":"invalid_grant","error_description":"The refresh token has expired."}"#;
        Step::Json(400, body.to_owned())
    });
    let builder = sample::builder()
        .base_url("http://127.0.0.1:9")
        .transport(script);
    let shifts = ShiftApi::new(builder.user(tokens).build().unwrap());
    let error = shifts.mine().send().await.unwrap_err();
    assert_eq!(error.code().map(|code| code.0), Some(20_037));
    assert!(
        error.to_string().contains("The refresh token has expired."),
        "{error}"
    );
}
