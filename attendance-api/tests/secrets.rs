//! Nothing that is printed holds a secret: not errors, not logs of the client or of what it uses.
//!
//! A program of its own, as the log sink is that of the whole process.

#[allow(dead_code, reason = "shared with the tests of `loopback`")]
#[path = "loopback/support.rs"]
mod support;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use attendance_api::ClientBuilder;
use attendance_api::feishu::App;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use support::{Act, SERVICE, Server, answer, json, read};

/// Keeps every field of every event and span as text.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Keep<'a>(&'a mut String);

impl Visit for Keep<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Keep(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Keep(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = self.0.lock().unwrap();
        let _ = write!(text, "\n{}:", event.metadata().target());
        event.record(&mut Keep(&mut text));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let _ = write!(
            self.0.lock().unwrap(),
            "\n{}: {}",
            record.target(),
            record.args()
        );
    }

    fn flush(&self) {}
}

#[tokio::test(flavor = "current_thread")]
async fn no_secret_is_printed_anywhere() {
    let log = Everything::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    log::set_logger(Box::leak(Box::new(log.clone()))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let grant = r#"{"code":0,"tenant_access_token":"t-granted-token","expire":7200}"#;
    let server = Server::start(move |number| match number {
        0 => Act::Write(answer("500 Oops", "text/plain", "secret is the-app-secret")),
        1 => Act::Write(json(grant)),
        2 => Act::Write(json(
            r#"{"code":99991663,"msg":"token t-granted-token is dead"}"#,
        )),
        3 => Act::Reset,
        _ => Act::Hang,
    })
    .await;
    let app = App::new("cli_a", "the-app-secret");
    let builder = ClientBuilder::new(&SERVICE).base_url(format!("http://{}", server.address));
    let builder = builder
        .no_proxy()
        .token_provider(app.clone())
        .idle_timeout(std::time::Duration::from_millis(200));
    let mut shown = format!("{builder:?} {app:?}");
    let client = builder.build().unwrap();
    for _ in 0..4 {
        let error = read(&client).await.unwrap_err();
        let _ = write!(
            shown,
            "\n{error}\n{error:?}\n{:?} {client:?}",
            error.troubleshooter()
        );
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            let _ = write!(shown, "\n{error}\n{error:?}");
            source = error.source();
        }
    }
    let log = log.0.lock().unwrap().clone();
    assert!(
        log.contains("hyper_util") && log.contains("operation="),
        "the log is empty"
    );
    assert!(
        log.contains("reqwest::connect: "),
        "what goes through `log` is missing"
    );
    for secret in ["the-app-secret", "t-granted-token"] {
        assert!(!shown.contains(secret), "{shown}");
        assert!(!log.contains(secret), "{log}");
    }
    assert!(
        server.seen().await[0].contains("the-app-secret"),
        "the server got the secret"
    );
}
