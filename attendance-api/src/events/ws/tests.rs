//! The long connection against a platform in memory, with a paused clock.

mod loopback;

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use bytes::Bytes;
use serde_json::json;
use tokio::io::{DuplexStream, ReadBuf, duplex};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::peer::{Peer, Received, event_frames};
use super::*;
use crate::event_set::RawEvent;
use crate::events::{BoxError, Delivery};

/// Gives each connection to the test as a server's socket.
struct Memory {
    connections: mpsc::UnboundedSender<DuplexStream>,
    settings: serde_json::Value,
    /// What the next tries end in, last one first.
    refusals: Mutex<Vec<ConnectErrorKind>>,
}

impl Connect for Memory {
    type Socket = DuplexStream;

    async fn connect(&self) -> Result<(DuplexStream, Endpoint), ConnectError> {
        if let Some(kind) = lock(&self.refusals).pop() {
            return Err(ConnectError::new(kind, "refused"));
        }
        let (client, server) = duplex(1 << 16);
        let gone = |_| ConnectError::new(ConnectErrorKind::Transport, "the test is over");
        self.connections.send(server).map_err(gone)?;
        let endpoint = Endpoint {
            url: Url::parse("https://h.example/").expect("a URL"),
            service_id: 7,
            device_id: "d".to_owned(),
            settings: Some(Settings::read(&self.settings)),
        };
        Ok((client, endpoint))
    }
}

fn memory(settings: serde_json::Value) -> (Memory, mpsc::UnboundedReceiver<DuplexStream>) {
    let (connections, accepted) = mpsc::unbounded_channel();
    (
        Memory {
            connections,
            settings,
            refusals: Mutex::default(),
        },
        accepted,
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nothing panics with the lock")
}

type Tally = Arc<Mutex<BTreeMap<String, u32>>>;

/// Counts the successes of each event; fails the first call of an event whose id ends with `f`.
fn tallying(tally: &Tally) -> Dispatcher<RawEvent> {
    let tally = Arc::clone(tally);
    let failed = Mutex::new(Vec::new());
    Dispatcher::builder()
        .otherwise(move |delivery: Delivery<RawEvent>| {
            let id = delivery.meta.event_id;
            let fails = id.ends_with('f') && !lock(&failed).contains(&id);
            if fails {
                lock(&failed).push(id);
            } else {
                *lock(&tally).entry(id).or_default() += 1;
            }
            async move {
                if fails {
                    Err(BoxError::from("not yet"))
                } else {
                    Ok(())
                }
            }
        })
        .build()
}

fn document(id: &str) -> String {
    format!(
        r#"{{"schema":"2.0","header":{{"event_id":"{id}","token":"","create_time":"1","event_type":"a.b_v1","tenant_key":"t","app_id":"c"}},"event":{{"n":1}}}}"#
    )
}

/// Runs a connection beside the test and stops it at the end.
struct Running {
    stop: Arc<Notify>,
    task: tokio::task::JoinHandle<Result<(), ConnectError>>,
}

fn start(connector: Memory, dispatcher: Dispatcher<RawEvent>) -> Running {
    let stop = Arc::new(Notify::new());
    let stopped = Arc::clone(&stop);
    let task =
        tokio::spawn(
            async move { keep_up(&connector, &dispatcher, pin!(stopped.notified())).await },
        );
    Running { stop, task }
}

impl Running {
    async fn stop(self) -> Result<(), ConnectError> {
        self.stop.notify_one();
        self.task.await.expect("the connection does not panic")
    }
}

fn eager() -> serde_json::Value {
    json!({"ReconnectCount": -1, "ReconnectInterval": 1, "ReconnectNonce": 0, "PingInterval": 120})
}

#[tokio::test(start_paused = true)]
async fn an_event_is_handled_and_acknowledged() {
    let tally = Tally::default();
    let (connector, mut accepted) = memory(eager());
    let running = start(connector, tallying(&tally));
    let mut peer = Peer::new(accepted.recv().await.expect("a connection")).await;
    assert_eq!(
        peer.next().await,
        Some(Received::Ping),
        "a ping comes first"
    );
    peer.pong(None).await.expect("a client");
    for (id, parts) in [("whole", 1), ("parted", 5)] {
        peer.send_event(id, &document(id), parts)
            .await
            .expect("a client");
        let expected = Received::Acknowledgement {
            message_id: id.to_owned(),
            code: 200,
        };
        assert_eq!(peer.next().await, Some(expected));
    }
    assert_eq!(lock(&tally).values().copied().collect::<Vec<_>>(), [1, 1]);
    running.stop().await.expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_and_its_redelivery_is_handled() {
    let tally = Tally::default();
    let (connector, mut accepted) = memory(eager());
    let running = start(connector, tallying(&tally));
    let mut peer = Peer::new(accepted.recv().await.expect("a connection")).await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        peer.send_event("m", &document("1f"), 1)
            .await
            .expect("a client");
        while let Some(received) = peer.next().await {
            if let Received::Acknowledgement { code, .. } = received {
                codes.push(code);
                break;
            }
        }
    }
    assert_eq!(codes, [500, 200, 200]);
    assert_eq!(lock(&tally).get("1f"), Some(&1));
    running.stop().await.expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_event_is_refused_or_ignored_and_the_connection_stays() {
    let tally = Tally::default();
    let (connector, mut accepted) = memory(eager());
    let running = start(connector, tallying(&tally));
    let mut peer = Peer::new(accepted.recv().await.expect("a connection")).await;
    assert_eq!(peer.next().await, Some(Received::Ping));
    peer.send(Bytes::from_static(b"\xff\xff no frame"))
        .await
        .expect("a client");
    peer.send(Bytes::new()).await.expect("a client");
    peer.send_event("bad", "not json", 1)
        .await
        .expect("a client");
    assert_eq!(
        peer.next().await,
        Some(Received::Acknowledgement {
            message_id: "bad".to_owned(),
            code: 500
        })
    );
    peer.send_event(
        "check",
        r#"{"challenge":"c","token":"","type":"url_verification"}"#,
        1,
    )
    .await
    .expect("a client");
    assert_eq!(
        peer.next().await,
        Some(Received::Acknowledgement {
            message_id: "check".to_owned(),
            code: 500
        })
    );
    peer.send_event("good", &document("good"), 1)
        .await
        .expect("a client");
    assert_eq!(
        peer.next().await,
        Some(Received::Acknowledgement {
            message_id: "good".to_owned(),
            code: 200
        })
    );
    running.stop().await.expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn pings_follow_the_interval_and_silence_ends_the_connection() {
    let (connector, mut accepted) = memory(json!({"ReconnectNonce": 0, "PingInterval": 90}));
    let running = start(connector, tallying(&Tally::default()));
    let mut peer = Peer::new(accepted.recv().await.expect("a connection")).await;
    let start = Instant::now();
    assert_eq!(peer.next().await, Some(Received::Ping));
    peer.pong(Some(&json!({"PingInterval": 30, "ReconnectNonce": 0})))
        .await
        .expect("a client");
    let mut pings = Vec::new();
    while let Some(Received::Ping) = peer.next().await {
        pings.push(start.elapsed().as_secs());
    }
    // Two intervals and ten seconds after the last sign of life the client hangs up.
    assert_eq!((pings, start.elapsed().as_secs()), (vec![30, 60], 70));
    accepted.recv().await.expect("another connection");
    running.stop().await.expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_up_at_once_is_called_less_and_less() {
    let (connector, mut accepted) = memory(eager());
    let running = start(connector, tallying(&Tally::default()));
    let start = Instant::now();
    for _ in 0..12 {
        drop(accepted.recv().await.expect("a connection"));
    }
    assert!(
        start.elapsed() > Duration::from_secs(100),
        "{:?}",
        start.elapsed()
    );
    running.stop().await.expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn refusals_are_waited_out_or_end_the_connection() {
    let (connector, mut accepted) = memory(eager());
    let tries = [
        ConnectErrorKind::Transport,
        ConnectErrorKind::Server,
        ConnectErrorKind::Ticket,
        ConnectErrorKind::Answer,
    ];
    lock(&connector.refusals).extend(tries);
    let start_time = Instant::now();
    let running = start(connector, tallying(&Tally::default()));
    accepted
        .recv()
        .await
        .expect("a connection after four tries");
    assert!(start_time.elapsed() >= Duration::from_secs(1 + 2 + 4 + 8));
    running.stop().await.expect("an end in order");
    for kind in [
        ConnectErrorKind::Credentials,
        ConnectErrorKind::WrongDomain,
        ConnectErrorKind::TooManyConnections,
        ConnectErrorKind::Forbidden,
    ] {
        let (connector, _accepted) = memory(eager());
        lock(&connector.refusals).push(kind);
        let ended = keep_up(
            &connector,
            &tallying(&Tally::default()),
            pin!(std::future::pending()),
        )
        .await;
        assert_eq!(ended.err().map(|error| error.kind()), Some(kind));
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_can_limit_the_tries() {
    let (connector, mut accepted) =
        memory(json!({"ReconnectCount": 2, "ReconnectInterval": 5, "ReconnectNonce": 0}));
    let running = tokio::spawn(async move {
        let first = connector.connect().await;
        lock(&connector.refusals).extend([ConnectErrorKind::Transport; 9]);
        let connector = Once {
            first: Mutex::new(first.ok()),
            then: connector,
        };
        keep_up(
            &connector,
            &tallying(&Tally::default()),
            pin!(std::future::pending()),
        )
        .await
    });
    drop(accepted.recv().await.expect("a connection"));
    let ended = running.await.expect("no panic");
    assert_eq!(
        ended.err().map(|error| error.kind()),
        Some(ConnectErrorKind::Transport)
    );
}

/// One good connection, then what `then` says.
struct Once {
    first: Mutex<Option<(DuplexStream, Endpoint)>>,
    then: Memory,
}

impl Connect for Once {
    type Socket = DuplexStream;

    async fn connect(&self) -> Result<(DuplexStream, Endpoint), ConnectError> {
        let first = lock(&self.first).take();
        match first {
            Some(connection) => Ok(connection),
            None => self.then.connect().await,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_handlers_end_and_tells_of_it() {
    let (connector, mut accepted) = memory(eager());
    let dispatcher = Dispatcher::builder()
        .otherwise(|_: Delivery<RawEvent>| async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            Ok::<_, BoxError>(())
        })
        .build();
    let running = start(connector, dispatcher);
    let mut peer = Peer::new(accepted.recv().await.expect("a connection")).await;
    assert_eq!(peer.next().await, Some(Received::Ping));
    peer.send_event("m", &document("1"), 1)
        .await
        .expect("a client");
    tokio::time::sleep(Duration::from_millis(10)).await;
    let (received, ended) = tokio::join!(
        async {
            let acknowledgement = peer.next().await;
            (acknowledgement, peer.next().await)
        },
        running.stop()
    );
    ended.expect("an end in order");
    assert_eq!(
        received,
        (
            Some(Received::Acknowledgement {
                message_id: "m".to_owned(),
                code: 200
            }),
            None
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_pause_and_a_try_to_connect_too() {
    let (connector, _accepted) = memory(eager());
    lock(&connector.refusals).push(ConnectErrorKind::Transport);
    let running = start(connector, tallying(&Tally::default()));
    tokio::time::sleep(Duration::from_millis(10)).await;
    running.stop().await.expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn messages_that_are_no_frames_end_the_connection_after_a_while() {
    let (connector, mut accepted) = memory(eager());
    let running = start(connector, tallying(&Tally::default()));
    let mut peer = Peer::new(accepted.recv().await.expect("a connection")).await;
    while peer.send(Bytes::from_static(b"\xff")).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!((100..1000).contains(&peer.sent()), "{}", peer.sent());
    running.stop().await.expect("an end in order");
}

#[tokio::test(start_paused = true)]
async fn a_message_larger_than_the_limit_ends_the_connection() {
    let (connector, mut accepted) = memory(eager());
    let running = start(connector, tallying(&Tally::default()));
    let mut server = accepted.recv().await.expect("a connection");
    // The head of a binary message that announces an exbibyte.
    let head = [&[0x82, 127][..], &(1_u64 << 60).to_be_bytes()].concat();
    tokio::io::AsyncWriteExt::write_all(&mut server, &head)
        .await
        .expect("a client");
    accepted.recv().await.expect("another connection");
    running.stop().await.expect("an end in order");
}

/// A server's socket that breaks after so many bytes to the client, or so many from it.
struct Cut {
    socket: DuplexStream,
    left: usize,
    heard: usize,
}

impl AsyncRead for Cut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Nothing read is the end of the stream.
        let mut bytes = vec![0; buffer.remaining().min(self.heard)];
        if bytes.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let mut part = ReadBuf::new(&mut bytes);
        let read = Pin::new(&mut self.socket).poll_read(cx, &mut part);
        let count = part.filled().len();
        buffer.put_slice(part.filled());
        self.heard -= count;
        read
    }
}

impl AsyncWrite for Cut {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = bytes.len().min(self.left);
        if allowed == 0 {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = Pin::new(&mut self.socket).poll_write(cx, &bytes[..allowed]);
        if let Poll::Ready(Ok(count)) = written {
            self.left -= count;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// One connection that breaks; what was acknowledged with 200 leaves `open`.
async fn serve_until_cut(cut: Cut, open: &mut Vec<String>) {
    let mut peer = Peer::new(cut).await;
    let mut sending = open.clone().into_iter();
    let mut awaited = 0;
    loop {
        let whole = match sending.next() {
            Some(id) => {
                let parts = 1 + id.len() % 3;
                awaited += 1;
                peer.send_event(&id, &document(&id), parts).await.is_ok()
            }
            None => true,
        };
        // A client that saw only part of a message waits for the rest, so the break must not wait for it.
        let received = if whole && (awaited > 0) {
            peer.next().await
        } else {
            return;
        };
        match received {
            Some(Received::Acknowledgement {
                message_id,
                code: 200,
            }) => {
                awaited -= 1;
                open.retain(|id| *id != message_id);
            }
            Some(Received::Acknowledgement { .. }) => awaited -= 1,
            Some(Received::Ping | Received::Other) => {}
            None => return,
        }
    }
}

/// Where to cut a conversation: at every frame boundary, just before and after it, and at every fourth byte.
fn cuts(ids: &[&str]) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut end = 0;
    for frame in ids
        .iter()
        .flat_map(|id| event_frames(id, &document(id), 1 + id.len() % 3))
    {
        // The head of a WebSocket frame of this size is four bytes long.
        let start = end;
        end = start + 4 + frame.len();
        cuts.extend(
            (start.max(1)..end).filter(|cut| cut % 4 == 0 || cut - start < 6 || end - cut < 2),
        );
    }
    cuts.push(end);
    cuts
}

#[tokio::test(start_paused = true)]
async fn a_connection_cut_anywhere_loses_nothing_that_was_not_acknowledged() {
    for cut in cuts(&["1", "22", "333", "4f"]) {
        let tally = Tally::default();
        let (connector, mut accepted) = memory(eager());
        let running = start(connector, tallying(&tally));
        let mut open = ["1", "22", "333", "4f"].map(str::to_owned).to_vec();
        let mut limit = cut;
        while !open.is_empty() {
            let cut = Cut {
                socket: accepted.recv().await.expect("a connection"),
                left: limit,
                heard: usize::MAX,
            };
            serve_until_cut(cut, &mut open).await;
            // The next connection holds a little longer, so that each run ends.
            limit += 211;
        }
        running.stop().await.expect("an end in order");
        let tally = lock(&tally);
        assert_eq!(tally.len(), 4, "cut at {cut}");
        assert!(
            tally.values().all(|successes| *successes == 1),
            "cut at {cut}: {tally:?}"
        );
    }
}

/// The handler succeeded, but the server does not hear of it, or hears half: it sends the event again, and nothing is
/// handled twice.
#[tokio::test(start_paused = true)]
async fn an_acknowledgement_cut_anywhere_makes_nothing_happen_twice() {
    let ids = ["1", "22", "333", "4f"];
    let mut deliveries = 0;
    for cut in 0..500 {
        let tally = Tally::default();
        let (connector, mut accepted) = memory(eager());
        let running = start(connector, tallying(&tally));
        let mut open = ids.map(str::to_owned).to_vec();
        let mut limit = cut;
        while !open.is_empty() {
            let cut = Cut {
                socket: accepted.recv().await.expect("a connection"),
                left: usize::MAX,
                heard: limit,
            };
            deliveries += open.len();
            serve_until_cut(cut, &mut open).await;
            limit += 211;
        }
        running.stop().await.expect("an end in order");
        let tally = lock(&tally);
        assert_eq!(tally.len(), ids.len(), "cut at {cut}");
        assert!(
            tally.values().all(|successes| *successes == 1),
            "cut at {cut}: {tally:?}"
        );
    }
    assert!(deliveries > 500 * (ids.len() + 1), "nothing was cut off");
}
