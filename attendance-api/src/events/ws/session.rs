//! One connection: frames in, events to the dispatcher, acknowledgements and pings out, until it breaks or is to stop.
//!
//! An event is acknowledged when its handler has ended, with 200 or 500; what was not acknowledged when the connection
//! breaks is delivered again, and the dispatcher knows what was handled. A connection that shows no sign of life for
//! two ping intervals is dead, whatever the socket says.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};

use super::error::{ConnectError, ConnectErrorKind};
use super::fragments::Fragments;
use super::frame::{Frame, Header, METHOD_CONTROL, METHOD_DATA};
use super::settings::Settings;
use crate::event_set::EventSet;
use crate::events::dispatch::{Dispatcher, Hold, Outcome};
use crate::events::envelope::{self, Envelope};

/// The largest message and the largest event. Events are some kilobytes long.
const MAX_MESSAGE: usize = 2 << 20;
/// How long a frame may take to be written.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long handlers may go on before the connection is closed on request.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);
/// Acknowledgements that may be due at one time; what comes beyond is delivered again.
const MAX_DUE: usize = 4096;
/// A connection that lasted as long as this was a good one, even without events.
const BARREN: Duration = Duration::from_secs(10);
/// Frames in a row that nobody understands.
const MAX_BAD: u32 = 100;

/// How a connection ended.
pub(super) struct End {
    /// Why it broke; nothing if it was stopped on request.
    pub(super) error: Option<ConnectError>,
    /// Whether it broke soon and no event came of it.
    pub(super) was_barren: bool,
    /// The server's latest wishes.
    pub(super) settings: Settings,
}

/// Serves one connection until it ends. Dropping `stop`'s future is not enough; it must complete.
pub(super) async fn serve<S, E, F>(
    socket: S,
    service_id: i32,
    settings: Settings,
    dispatcher: &Dispatcher<E>,
    stop: Pin<&mut F>,
) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
    E: EventSet,
    F: Future<Output = ()>,
{
    let limits = WebSocketConfig::default()
        .read_buffer_size(16 << 10)
        .write_buffer_size(0)
        .max_write_buffer_size(4 << 20)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let socket = WebSocketStream::from_raw_socket(socket, Role::Client, Some(limits)).await;
    let now = Instant::now();
    let mut session = Session {
        socket,
        service_id,
        settings,
        dispatcher,
        fragments: Fragments::new(MAX_MESSAGE),
        due: FuturesUnordered::new(),
        next_ping: Box::pin(sleep_until(now)),
        dead_at: Box::pin(sleep_until(now + settings.patience())),
        acknowledged: 0,
        bad: 0,
    };
    let error = session.run(stop).await.err();
    End {
        error,
        was_barren: session.acknowledged == 0 && now.elapsed() < BARREN,
        settings: session.settings,
    }
}

struct Session<'a, S, E> {
    socket: WebSocketStream<S>,
    service_id: i32,
    settings: Settings,
    dispatcher: &'a Dispatcher<E>,
    fragments: Fragments,
    due: FuturesUnordered<Due>,
    next_ping: Pin<Box<Sleep>>,
    dead_at: Pin<Box<Sleep>>,
    /// Acknowledgements that were sent.
    acknowledged: u64,
    /// Messages in a row that were no frame.
    bad: u32,
}

/// An acknowledgement that is sent when its event has ended.
type Due = Pin<Box<dyn Future<Output = Frame> + Send>>;

/// What happens next.
enum Step {
    Stop,
    Acknowledge(Frame),
    Ping,
    Dead,
    Message(Option<Result<Message, tungstenite::Error>>),
}

impl<S, E> Session<'_, S, E>
where
    S: AsyncRead + AsyncWrite + Unpin,
    E: EventSet,
{
    async fn run<F: Future<Output = ()>>(
        &mut self,
        mut stop: Pin<&mut F>,
    ) -> Result<(), ConnectError> {
        loop {
            match poll_fn(|cx| self.poll_step(cx, stop.as_mut())).await {
                Step::Stop => return self.stop().await,
                Step::Acknowledge(frame) => {
                    self.send(&frame).await?;
                    self.acknowledged += 1;
                }
                Step::Ping => {
                    self.next_ping
                        .as_mut()
                        .reset(Instant::now() + self.settings.ping_interval);
                    self.send(&Frame::ping(self.service_id)).await?;
                }
                Step::Dead => return Err(lost("no sign of life")),
                Step::Message(Some(Ok(message))) => self.receive(message)?,
                Step::Message(Some(Err(error))) => return Err(lost("").with_source(error)),
                Step::Message(None) => return Err(lost("closed by the server")),
            }
        }
    }

    fn poll_step<F: Future<Output = ()>>(
        &mut self,
        cx: &mut Context<'_>,
        stop: Pin<&mut F>,
    ) -> Poll<Step> {
        if stop.poll(cx).is_ready() {
            return Poll::Ready(Step::Stop);
        }
        if let Poll::Ready(Some(frame)) = Pin::new(&mut self.due).poll_next(cx) {
            return Poll::Ready(Step::Acknowledge(frame));
        }
        if self.next_ping.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Step::Ping);
        }
        if let Poll::Ready(message) = self.socket.poll_next_unpin(cx) {
            return Poll::Ready(Step::Message(message));
        }
        self.dead_at.as_mut().poll(cx).map(|()| Step::Dead)
    }

    async fn send(&mut self, frame: &Frame) -> Result<(), ConnectError> {
        match timeout(
            WRITE_TIMEOUT,
            self.socket.send(Message::binary(frame.encode())),
        )
        .await
        {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(lost("").with_source(error)),
            Err(_) => Err(lost("the server takes nothing")),
        }
    }

    fn receive(&mut self, message: Message) -> Result<(), ConnectError> {
        self.dead_at
            .as_mut()
            .reset(Instant::now() + self.settings.patience());
        let Message::Binary(bytes) = message else {
            return Ok(());
        };
        match Frame::decode(&bytes) {
            Ok(frame) => {
                self.bad = 0;
                self.take(frame);
            }
            Err(_) => {
                self.bad += 1;
                tracing::warn!(
                    bytes = bytes.len(),
                    "a message of the long connection is no frame"
                );
            }
        }
        if self.bad > MAX_BAD {
            Err(lost("nothing but messages that are no frames"))
        } else {
            Ok(())
        }
    }

    fn take(&mut self, mut frame: Frame) {
        let payload = frame.payload.take().unwrap_or_default();
        match (frame.method, frame.header("type")) {
            (METHOD_CONTROL, Some("pong")) => self.take_settings(&payload),
            (METHOD_DATA, Some("event")) => {
                if let Some(document) = self.complete(&frame, payload) {
                    self.dispatch(frame, document);
                }
            }
            // Nobody acknowledges cards, and a ping of the server wants no answer.
            (method, kind) => tracing::debug!(method, kind, "a frame that is of no concern"),
        }
    }

    fn take_settings(&mut self, payload: &[u8]) {
        let Ok(config @ serde_json::Value::Object(_)) = serde_json::from_slice(payload) else {
            return;
        };
        let settings = Settings::read(&config);
        if settings.ping_interval != self.settings.ping_interval {
            self.next_ping
                .as_mut()
                .reset(Instant::now() + settings.ping_interval);
        }
        self.settings = settings;
        self.dead_at
            .as_mut()
            .reset(Instant::now() + settings.patience());
    }

    fn complete(&mut self, frame: &Frame, payload: Bytes) -> Option<Bytes> {
        let number = |key| {
            frame
                .header(key)
                .map_or(Some(None), |text| text.parse::<usize>().ok().map(Some))
        };
        match (number("sum")?.unwrap_or(1), number("seq")?.unwrap_or(0)) {
            (0 | 1, _) => Some(payload),
            (sum, seq) => self
                .fragments
                .add(frame.header("message_id")?, sum, seq, payload),
        }
    }

    fn dispatch(&mut self, frame: Frame, document: Bytes) {
        let started = Instant::now();
        if self.due.len() >= MAX_DUE {
            tracing::warn!("too many events are being handled, one is left to its redelivery");
            return;
        }
        let meta = match envelope::read(&document) {
            Ok(Envelope::Event { meta, .. } | Envelope::Ticket { meta, .. }) => meta,
            Ok(Envelope::Challenge { .. }) | Err(_) => {
                self.dispatcher.counters().refused.bump();
                tracing::warn!(
                    message_id = frame.header("message_id"),
                    "a payload of the long connection is no event"
                );
                return self.due.push(Box::pin(std::future::ready(acknowledgement(
                    frame, started, false,
                ))));
            }
        };
        let ended = self
            .dispatcher
            .submit(meta, document, Hold::UntilEnd)
            .ended();
        self.due.push(Box::pin(async move {
            let outcome: Outcome = ended.await;
            acknowledgement(frame, started, outcome.is_done())
        }));
    }

    /// Takes nothing more, lets handlers end and tells of their ends, closes.
    async fn stop(&mut self) -> Result<(), ConnectError> {
        let finish = async {
            while let Some(frame) = self.due.next().await {
                self.socket.send(Message::binary(frame.encode())).await?;
            }
            self.socket.close(None).await
        };
        if !matches!(timeout(STOP_TIMEOUT, finish).await, Ok(Ok(()))) {
            tracing::warn!(
                "the long connection was stopped before every event was acknowledged; they are delivered again"
            );
        }
        Ok(())
    }
}

/// The frame that came, with the time it took and the outcome in place of the payload.
fn acknowledgement(mut frame: Frame, started: Instant, is_done: bool) -> Frame {
    frame.headers.push(Header::new(
        "biz_rt",
        started.elapsed().as_millis().to_string(),
    ));
    frame.payload = Some(Bytes::from_static(if is_done {
        br#"{"code":200}"#
    } else {
        br#"{"code":500}"#
    }));
    frame
}

fn lost(message: &str) -> ConnectError {
    ConnectError::new(ConnectErrorKind::Lost, message)
}
