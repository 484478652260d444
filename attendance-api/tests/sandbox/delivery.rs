//! Delivery of events: to a callback, over a long connection, again and again.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use attendance_api::events::{
    BoxError, Delivery, Dispatcher, EncryptKey, LongConnection, RawEvent,
};
use attendance_api::sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::office::{at, office};

/// A request that the callback got: its head, and its body as JSON.
type Got = (String, Vec<u8>);

/// Answers each request with the next status of the list, the last one for good, and keeps what came.
fn callback(statuses: &'static [u16]) -> (String, Arc<Mutex<Vec<Got>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let got: Arc<Mutex<Vec<Got>>> = Arc::default();
    let kept = Arc::clone(&got);
    std::thread::spawn(move || {
        for (index, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let (head, body) = read(&mut stream);
            let value: Value = serde_json::from_slice(&body).unwrap();
            kept.lock().unwrap().push((head, body));
            let status = statuses[index.min(statuses.len() - 1)];
            let answer = json!({ "challenge": value["challenge"] }).to_string();
            let head = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                answer.len()
            );
            stream.write_all((head + &answer).as_bytes()).unwrap();
        }
    });
    (url, got)
}

fn read(stream: &mut std::net::TcpStream) -> Got {
    let mut all = Vec::new();
    let mut byte = [0];
    while !all.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        all.push(byte[0]);
    }
    let head = String::from_utf8(all).unwrap().to_ascii_lowercase();
    let length = header(&head, "content-length").parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .unwrap_or_default()
        .trim()
}

/// Waits until something holds; deliveries happen on another thread.
#[track_caller]
fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it did not happen"
        );
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

fn delivering(plan: impl FnOnce(&mut attendance_api::sandbox::DeliveryPlan)) -> Caller {
    let caller = office();
    caller.sandbox.deliver(plan);
    caller
}

#[test]
fn an_event_goes_to_the_callback_as_it_is() {
    let (url, got) = callback(&[200]);
    let caller = delivering(|plan| plan.callback = Some(url));
    caller.sandbox.punch("e1", at(3, 9, 30));
    until(|| caller.sandbox.deliveries().len() == 2);
    let mut documents: Vec<Value> = got
        .lock()
        .unwrap()
        .iter()
        .map(|(_, body)| serde_json::from_slice(body).unwrap())
        .collect();
    documents.sort_by_key(|document| document["header"]["event_type"].to_string());
    let mut events = caller.sandbox.events();
    events.sort_by_key(|event| event.event_type.clone());
    assert_eq!(documents[0], events[0].document);
    assert_eq!(documents[1], events[1].document);
    assert!(
        caller
            .sandbox
            .deliveries()
            .iter()
            .all(|attempt| attempt.is_delivered())
    );
}

#[test]
fn with_a_key_it_is_encrypted_and_signed() {
    let (url, got) = callback(&[200]);
    let caller = delivering(|plan| {
        plan.callback = Some(url);
        plan.encrypt_key = Some("key".to_owned());
    });
    caller.sandbox.punch("e1", at(3, 9, 30));
    until(|| got.lock().unwrap().len() == 2);
    let (head, body) = got.lock().unwrap()[0].clone();
    let key = EncryptKey::new("key");
    let part = |name| header(&head, name).as_bytes();
    assert!(key.verify(
        part("x-lark-request-timestamp"),
        part("x-lark-request-nonce"),
        &body,
        part("x-lark-signature")
    ));
    let value: Value = serde_json::from_slice(&body).unwrap();
    let document: Value =
        serde_json::from_slice(&key.decrypt(value["encrypt"].as_str().unwrap()).unwrap()).unwrap();
    assert_eq!(document["schema"], "2.0");
}

#[test]
fn what_is_not_acknowledged_comes_again_by_the_sandboxs_clock() {
    let (url, _) = callback(&[500, 500, 500, 200]);
    let caller = delivering(|plan| plan.callback = Some(url));
    caller
        .sandbox
        .switch(|switches| switches.guesses.events_for_imports = false);
    crate::office::import_all(&caller, &[crate::office::import("e1", at(3, 9, 30))]);
    for (tries, pause) in [(1, 15), (2, 300), (3, 3600)] {
        until(|| caller.sandbox.deliveries().len() == tries);
        caller.sandbox.advance(Duration::from_secs(pause - 1));
        assert_eq!(caller.sandbox.deliveries().len(), tries);
        caller.sandbox.advance(Duration::from_secs(1));
    }
    until(|| caller.sandbox.deliveries().len() == 4);
    let tries = caller.sandbox.deliveries();
    assert_eq!(
        tries
            .iter()
            .map(|attempt| attempt.status)
            .collect::<Vec<_>>(),
        [Some(500), Some(500), Some(500), Some(200)]
    );
    assert!(
        tries
            .iter()
            .all(|attempt| attempt.event_id == tries[0].event_id)
    );
}

#[test]
fn events_come_twice_and_in_scattered_order_on_demand() {
    let (url, got) = callback(&[200]);
    let caller = delivering(|plan| {
        plan.callback = Some(url);
        plan.duplicate_every = 2;
        plan.hold = 100;
    });
    for minute in 0..8 {
        caller.sandbox.punch("nobody", at(3, 9, minute));
    }
    assert_eq!(got.lock().unwrap().len(), 0);
    caller.sandbox.flush_events();
    until(|| caller.sandbox.deliveries().len() == 12);
    let sent: Vec<String> = caller
        .sandbox
        .deliveries()
        .iter()
        .map(|attempt| attempt.event_id.clone())
        .collect();
    let made: Vec<String> = caller
        .sandbox
        .events()
        .iter()
        .map(|event| event.event_id.clone())
        .collect();
    let mut once = sent.clone();
    once.sort();
    once.dedup();
    assert_eq!((sent.len(), once.len(), made.len()), (12, 8, 8));
    let mut firsts: Vec<&String> = Vec::new();
    for id in &sent {
        if !firsts.contains(&id) {
            firsts.push(id);
        }
    }
    assert_ne!(firsts, made.iter().collect::<Vec<_>>());
}

#[test]
fn the_challenge_of_a_new_callback_is_sent_and_checked() {
    let (url, _) = callback(&[200, 500]);
    let caller = delivering(|plan| plan.callback = Some(url));
    caller.sandbox.check_callback().unwrap();
    assert!(caller.sandbox.check_callback().unwrap_err().contains("500"));
}

#[test]
fn the_ticket_of_a_store_app_comes_by_event() {
    let (url, got) = callback(&[200]);
    let caller = Caller::with(Sandbox::builder().store_app().start_blocking().unwrap());
    caller.sandbox.deliver(|plan| plan.callback = Some(url));
    let body =
        json!({"app_id": caller.sandbox.app_id(), "app_secret": caller.sandbox.app_secret()})
            .to_string();
    caller
        .raw(
            "POST",
            "/open-apis/auth/v3/app_ticket/resend",
            &[],
            body.as_bytes(),
        )
        .unwrap();
    until(|| got.lock().unwrap().len() == 1);
    let document: Value = serde_json::from_slice(&got.lock().unwrap()[0].1).unwrap();
    assert_eq!(document["event"]["type"], "app_ticket");
    assert_eq!(document["event"]["app_ticket"], caller.sandbox.app_ticket());
}

/// A client of the long connection that fails on the first event it sees, then keeps them all.
fn connect(caller: &Caller) -> (Arc<Mutex<Vec<String>>>, tokio::sync::oneshot::Sender<()>) {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let failed = Arc::new(Mutex::new(false));
    let dispatcher: Dispatcher<RawEvent> = Dispatcher::builder()
        .otherwise(move |delivery: Delivery<RawEvent>| {
            let fails = !std::mem::replace(&mut *failed.lock().unwrap(), true);
            if !fails {
                kept.lock().unwrap().push(delivery.meta.event_id);
            }
            async move {
                if fails {
                    Err(BoxError::from("not yet"))
                } else {
                    Ok(())
                }
            }
        })
        .build();
    let connection = LongConnection::builder(
        caller.sandbox.app_id(),
        caller.sandbox.app_secret(),
        dispatcher,
    )
    .base_url(caller.sandbox.base_url())
    .build()
    .unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime
            .block_on(connection.run(async { drop(stopped.await) }))
            .unwrap();
    });
    until(|| caller.sandbox.long_connections() == 1);
    (seen, stop)
}

#[test]
fn events_go_over_a_long_connection_in_pieces_and_again_until_handled() {
    let caller = office();
    caller.sandbox.deliver(|plan| plan.fragments = 3);
    let (seen, stop) = connect(&caller);
    caller.sandbox.punch("e1", at(3, 9, 30));
    until(|| caller.sandbox.deliveries().len() == 2);
    let statuses: Vec<Option<u16>> = caller
        .sandbox
        .deliveries()
        .iter()
        .map(|attempt| attempt.status)
        .collect();
    assert!(
        statuses.contains(&Some(500)) && statuses.contains(&Some(200)),
        "{statuses:?}"
    );
    caller.sandbox.advance(Duration::from_secs(15));
    until(|| seen.lock().unwrap().len() == 2);
    drop(stop);
    until(|| caller.sandbox.long_connections() == 0);
    caller.sandbox.stop();
}

#[test]
fn a_long_connection_is_refused_without_the_secret_a_ticket_or_on_demand() {
    let caller = office();
    let search = |secret: &str| {
        let body = json!({"AppID": caller.sandbox.app_id(), "AppSecret": secret}).to_string();
        caller
            .raw("POST", "/callback/ws/endpoint", &[], body.as_bytes())
            .unwrap()
    };
    assert_eq!(search("wrong").code(), 10_015);
    let url = search(caller.sandbox.app_secret()).data()["URL"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        url.starts_with(&caller.sandbox.base_url().replace("http", "ws"))
            || url.starts_with("ws://sandbox/"),
        "{url}"
    );
    let refused = caller
        .raw(
            "GET",
            "/ws/v2?device_id=x&ticket=y",
            &[("sec-websocket-key", "k")],
            b"",
        )
        .unwrap();
    assert_eq!(
        (refused.status, refused.header("handshake-status")),
        (403, Some("514"))
    );
    caller
        .sandbox
        .fault("ws.endpoint", Fault::refusal(200, 1_000_040_343));
    assert_eq!(search(caller.sandbox.app_secret()).code(), 1_000_040_343);
}
