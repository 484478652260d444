//! What becomes of an event: once to its handler, acknowledged if that succeeded, and only then.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use attendance_api::events::{
    Acknowledge, AppTicket, BoxError, Claim, Delivery, Dispatcher, EventHandler, EventMeta,
    EventStore, MemoryStore, Outcome, StoreFuture,
};
use tokio::sync::{Mutex, Notify};

use crate::support::{FLOW, Flow, KEY, NOW, Parts, Seen, TOKEN, TestEvent, document, handler};

type Handled = Result<(), BoxError>;

#[tokio::test]
async fn an_event_reaches_the_handler_of_its_type_decoded() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let flows = Arc::clone(&seen);
    let dispatcher = Dispatcher::builder()
        .on_event(move |flow: Flow, meta: EventMeta| {
            let flows = Arc::clone(&flows);
            async move {
                flows
                    .lock()
                    .await
                    .push((flow.event.employee_id, meta.tenant_key));
                Handled::Ok(())
            }
        })
        .build();
    assert_eq!(
        dispatcher.dispatch(document("1", FLOW)).await.ok(),
        Some(Outcome::Handled)
    );
    assert_eq!(
        dispatcher
            .dispatch(document("2", "other.type_v1"))
            .await
            .ok(),
        Some(Outcome::Unhandled)
    );
    assert_eq!(*seen.lock().await, [("e1".to_owned(), "t1".to_owned())]);
    assert!(dispatcher.dispatch("{}").await.is_err());
}

#[tokio::test]
async fn an_unknown_type_keeps_its_text() {
    let text = document("1", "attendance.later.added_v7");
    let expected = text.clone();
    let dispatcher = Dispatcher::builder()
        .on(
            "attendance.later.added_v7",
            move |delivery: Delivery<TestEvent>| {
                let TestEvent::Unknown(raw) = delivery.event else {
                    panic!("the type is not known")
                };
                assert_eq!(raw.document(), expected.as_bytes());
                async { Handled::Ok(()) }
            },
        )
        .build();
    assert_eq!(dispatcher.dispatch(text).await.ok(), Some(Outcome::Handled));
}

#[tokio::test]
async fn a_payload_that_does_not_decode_comes_raw_and_is_counted() {
    let dispatcher = Seen::default().builder().build();
    let text = document("1", FLOW).replace(r#""e1""#, "{}");
    assert_eq!(dispatcher.dispatch(text).await.ok(), Some(Outcome::Handled));
    assert_eq!(dispatcher.stats().undecodable, 1);
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_neither_acknowledged_nor_remembered() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let dispatcher = Dispatcher::builder()
        .on(FLOW, move |_: Delivery<TestEvent>| {
            let call = count.fetch_add(1, Ordering::SeqCst);
            async move {
                match call {
                    0 => Err("the database is away".into()),
                    1 => panic!("a bug"),
                    2 => {
                        tokio::time::sleep(Duration::from_secs(3600)).await;
                        Handled::Ok(())
                    }
                    _ => Ok(()),
                }
            }
        })
        .build();
    let handler = handler(dispatcher);
    let parts = Parts::signed(&document("1", FLOW));
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(parts.send(&handler).await.status);
        tokio::time::sleep(Duration::from_secs(120)).await;
    }
    assert_eq!(statuses, [500, 500, 503, 200, 200]);
    assert_eq!(calls.load(Ordering::SeqCst), 4);
    let stats = handler.dispatcher().stats();
    assert_eq!(
        (
            stats.failed,
            stats.panicked,
            stats.timed_out,
            stats.handled,
            stats.duplicates
        ),
        (1, 1, 1, 1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_goes_on_and_the_redelivery_finds_its_event_handled() {
    let dispatcher = Dispatcher::builder()
        .on(FLOW, |_: Delivery<TestEvent>| async {
            tokio::time::sleep(Duration::from_secs(10)).await;
            Handled::Ok(())
        })
        .build();
    let handler = handler(dispatcher);
    let parts = Parts::signed(&document("1", FLOW));
    assert_eq!(parts.send(&handler).await.status, 503);
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(parts.send(&handler).await.status, 200);
    assert_eq!(handler.dispatcher().stats().handled, 1);
}

#[tokio::test]
async fn a_full_queue_is_not_acknowledged_and_nothing_waits() {
    let gate = Arc::new(Notify::new());
    let wait = Arc::clone(&gate);
    let dispatcher = Dispatcher::builder()
        .on(FLOW, move |_: Delivery<TestEvent>| {
            let wait = Arc::clone(&wait);
            async move {
                wait.notified().await;
                Handled::Ok(())
            }
        })
        .queue(2)
        .build();
    let handler = EventHandler::builder(dispatcher)
        .encrypt_key(KEY)
        .acknowledge(Acknowledge::OnAcceptance)
        .clock(|| NOW)
        .build()
        .expect("a key is set");
    let send = async |id: &str| {
        Parts::signed(&document(id, FLOW))
            .send(&handler)
            .await
            .status
    };
    assert_eq!(
        [send("1").await, send("2").await, send("3").await],
        [200, 200, 503]
    );
    assert_eq!(
        send("1").await,
        200,
        "a copy of an accepted event needs no room"
    );
    gate.notify_waiters();
    while handler.dispatcher().stats().handled < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(send("3").await, 200);
    gate.notify_one();
    handler.dispatcher().close().await;
    assert_eq!(handler.dispatcher().stats().handled, 3);
    assert_eq!(send("4").await, 503);
}

#[tokio::test(start_paused = true)]
async fn an_accepted_event_is_answered_long_before_it_is_handled() {
    let dispatcher = Dispatcher::builder()
        .on(FLOW, |_: Delivery<TestEvent>| async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Handled::Ok(())
        })
        .concurrency(1_000)
        .build();
    let handler = EventHandler::builder(dispatcher)
        .encrypt_key(KEY)
        .acknowledge(Acknowledge::OnAcceptance)
        .clock(|| NOW)
        .build()
        .expect("a key is set");
    for number in 0..1_000 {
        let begin = tokio::time::Instant::now();
        let parts = Parts::signed(&document(&number.to_string(), FLOW));
        assert_eq!(parts.send(&handler).await.status, 200);
        assert!(begin.elapsed() < Duration::from_millis(50));
    }
    assert_eq!(handler.dispatcher().stats().handled, 0);
    handler.dispatcher().close().await;
    assert_eq!(handler.dispatcher().stats().handled, 1_000);
}

#[tokio::test(start_paused = true)]
async fn an_event_acknowledged_on_acceptance_is_tried_again_here() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let dispatcher = Dispatcher::builder()
        .on(FLOW, move |_: Delivery<TestEvent>| {
            let call = count.fetch_add(1, Ordering::SeqCst);
            async move {
                if call < 2 {
                    Err(BoxError::from("not yet"))
                } else {
                    Ok(())
                }
            }
        })
        .build();
    let handler = EventHandler::builder(dispatcher)
        .encrypt_key(KEY)
        .acknowledge(Acknowledge::OnAcceptance)
        .clock(|| NOW)
        .build()
        .expect("a key is set");
    assert_eq!(
        Parts::signed(&document("1", FLOW))
            .send(&handler)
            .await
            .status,
        200
    );
    handler.dispatcher().close().await;
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    assert_eq!(handler.dispatcher().stats().lost, 0);
}

#[tokio::test]
async fn copies_that_come_together_share_one_handling() {
    let seen = Seen::default();
    let handler = handler(seen.builder().build());
    let parts = Parts::signed(&document("1", FLOW));
    let answers = futures_util::future::join_all((0..50).map(|_| parts.send(&handler))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(seen.ids(), ["1"]);
    assert_eq!(handler.dispatcher().stats().duplicates, 49);
}

#[tokio::test]
async fn a_ticket_goes_to_its_taker() {
    let tickets = Arc::new(Mutex::new(Vec::<AppTicket>::new()));
    let taken = Arc::clone(&tickets);
    let handler = EventHandler::builder(Dispatcher::<TestEvent>::builder().build())
        .verification_token(TOKEN)
        .on_app_ticket(move |ticket| {
            let taken = Arc::clone(&taken);
            async move {
                taken.lock().await.push(ticket);
                if taken.lock().await.len() == 1 {
                    Err(BoxError::from("the store is away"))
                } else {
                    Ok(())
                }
            }
        })
        .build()
        .expect("a token is set");
    let body = format!(
        r#"{{"ts":"1502199207.7171419","uuid":"u1","token":"{TOKEN}","type":"event_callback","event":{{"type":"app_ticket","app_id":"cli_1","app_ticket":"ticket-1","tenant_key":""}}}}"#
    );
    let send = async || {
        handler
            .handle(attendance_api::events::CallbackRequest::new(
                "POST",
                body.clone(),
            ))
            .await
            .status
    };
    assert_eq!([send().await, send().await], [500, 200]);
    let tickets = tickets.lock().await;
    assert_eq!(
        (&*tickets[1].app_id, tickets[1].ticket.expose()),
        ("cli_1", "ticket-1")
    );
    assert!(!format!("{tickets:?}").contains("ticket-1"));
}

/// Keeps documents, as a database would, over the end of a process.
#[derive(Debug, Default)]
struct Durable {
    ids: MemoryStore,
    open: std::sync::Mutex<Vec<(String, String)>>,
}

impl Durable {
    fn open(&self) -> std::sync::MutexGuard<'_, Vec<(String, String)>> {
        self.open.lock().expect("nothing panics with the lock")
    }
}

impl EventStore for Durable {
    fn claim<'a>(
        &'a self,
        event_id: &'a str,
        document: &'a str,
        _lease: Duration,
    ) -> StoreFuture<'a, Claim> {
        self.open().push((event_id.to_owned(), document.to_owned()));
        self.ids.claim(event_id, document, Duration::ZERO)
    }

    fn complete<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        self.open().retain(|(id, _)| id != event_id);
        self.ids.complete(event_id)
    }

    fn release<'a>(&'a self, event_id: &'a str) -> StoreFuture<'a, ()> {
        self.open().retain(|(id, _)| id != event_id);
        self.ids.release(event_id)
    }

    fn pending(&self) -> StoreFuture<'_, Vec<String>> {
        let documents = self
            .open()
            .drain(..)
            .map(|(_, document)| document)
            .collect();
        Box::pin(std::future::ready(Ok(documents)))
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
}

fn hanging(store: Arc<Durable>) -> Dispatcher<TestEvent> {
    Dispatcher::builder()
        .on(FLOW, |_: Delivery<TestEvent>| {
            std::future::pending::<Handled>()
        })
        .store(store)
        .build()
}

#[test]
fn a_crash_before_the_end_of_handling_leaves_the_event_to_its_redelivery() {
    let store = Arc::new(Durable::default());
    let parts = Parts::signed(&document("1", FLOW));
    let crashing = runtime();
    let answer = crashing.block_on(async {
        let handler = handler(hanging(Arc::clone(&store) as Arc<Durable>));
        let patience = Duration::from_millis(20);
        tokio::time::timeout(patience, parts.send(&handler))
            .await
            .map(|answer| answer.status)
    });
    assert!(answer.is_err(), "nothing was acknowledged");
    drop(crashing);
    let seen = Seen::default();
    let status = runtime().block_on(async {
        let handler = handler(seen.builder().store(store).build());
        parts.send(&handler).await.status
    });
    assert_eq!((status, seen.ids()), (200, vec!["1".to_owned()]));
}

#[test]
fn a_durable_store_gives_back_what_was_acknowledged_before_a_crash() {
    let store = Arc::new(Durable::default());
    let crashing = runtime();
    let status = crashing.block_on(async {
        let handler = EventHandler::builder(hanging(Arc::clone(&store)))
            .encrypt_key(KEY)
            .acknowledge(Acknowledge::OnAcceptance)
            .clock(|| NOW)
            .build()
            .expect("a key is set");
        Parts::signed(&document("1", FLOW))
            .send(&handler)
            .await
            .status
    });
    assert_eq!(status, 200);
    drop(crashing);
    let seen = Seen::default();
    let recovered = runtime().block_on(seen.builder().store(store).build().recover());
    assert_eq!(
        (recovered.ok(), seen.ids()),
        (Some(1), vec!["1".to_owned()])
    );
}

/// A store that is down.
#[derive(Debug)]
struct Down;

impl EventStore for Down {
    fn claim<'a>(&'a self, _: &'a str, _: &'a str, _: Duration) -> StoreFuture<'a, Claim> {
        Box::pin(std::future::ready(Err("down".into())))
    }

    fn complete<'a>(&'a self, _: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(Err("down".into())))
    }

    fn release<'a>(&'a self, _: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(Err("down".into())))
    }
}

#[tokio::test]
async fn without_its_store_an_event_is_neither_handled_nor_acknowledged() {
    let seen = Seen::default();
    let handler = handler(seen.builder().store(Arc::new(Down)).build());
    assert_eq!(
        Parts::signed(&document("1", FLOW))
            .send(&handler)
            .await
            .status,
        503
    );
    assert!(seen.ids().is_empty());
    assert_eq!(handler.dispatcher().stats().store_errors, 1);
}
