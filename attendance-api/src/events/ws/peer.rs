//! The other side of a long connection: what a stand-in for the platform needs to send events and to see what became of them.
//!
//! A server answers the search for an address with [`address_answer`], answers the handshake with 101 and [`accept_key`],
//! and gives the socket to [`Peer::new`].
//! Does not: keep events or send them again; that is the server's policy.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::frame::{Frame, Header, METHOD_CONTROL, METHOD_DATA};

/// The service number of the addresses that are given out.
const SERVICE: i32 = 33_554_678;

/// The server's end of one connection.
#[derive(Debug)]
pub struct Peer<S> {
    socket: WebSocketStream<S>,
    sent: u64,
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Received {
    /// A ping; answer it with [`Peer::pong`].
    Ping,
    /// What became of a message: 200 handled, 500 not.
    Acknowledgement {
        /// The message.
        message_id: String,
        /// 200 or 500.
        code: u16,
    },
    /// Something else.
    Other,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// Takes over a socket after the handshake.
    pub async fn new(socket: S) -> Self {
        Self {
            socket: WebSocketStream::from_raw_socket(socket, Role::Server, None).await,
            sent: 0,
        }
    }

    /// Sends an event, cut into `parts` frames.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub async fn send_event(
        &mut self,
        message_id: &str,
        document: &str,
        parts: usize,
    ) -> std::io::Result<()> {
        for frame in event_frames(message_id, document, parts) {
            self.send(frame).await?;
        }
        Ok(())
    }

    /// Answers a ping, with new settings if there are any: `{"ReconnectCount", "ReconnectInterval", "ReconnectNonce",
    /// "PingInterval"}`, in seconds.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub async fn pong(&mut self, settings: Option<&serde_json::Value>) -> std::io::Result<()> {
        let frame = Frame {
            service: SERVICE,
            method: METHOD_CONTROL,
            headers: vec![Header::new("type", "pong")],
            payload: settings.map(|settings| settings.to_string().into()),
            ..Frame::default()
        };
        self.send(frame.encode().into()).await
    }

    /// The next thing that the client sends; nothing when it is gone.
    pub async fn next(&mut self) -> Option<Received> {
        loop {
            if let Message::Binary(bytes) = self.socket.next().await?.ok()? {
                return Some(Frame::decode(&bytes).map_or(Received::Other, |frame| read(&frame)));
            }
        }
    }

    /// Sends a binary message as it is, a frame or none.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub async fn send(&mut self, message: Bytes) -> std::io::Result<()> {
        self.sent += 1;
        self.socket
            .send(Message::Binary(message))
            .await
            .map_err(std::io::Error::other)
    }

    /// How many messages were sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Closes the connection in order.
    ///
    /// # Errors
    ///
    /// The client is gone.
    pub async fn close(&mut self) -> std::io::Result<()> {
        self.socket.close(None).await.map_err(std::io::Error::other)
    }
}

/// The messages that bring one event, cut into `parts`.
pub fn event_frames(message_id: &str, document: &str, parts: usize) -> Vec<Bytes> {
    let parts = parts.clamp(1, document.len().max(1));
    let size = document.len().div_ceil(parts).max(1);
    let pieces: Vec<&[u8]> = document.as_bytes().chunks(size).collect();
    let frame = |(seq, piece): (usize, &&[u8])| {
        let headers = [
            ("type", "event".to_owned()),
            ("message_id", message_id.to_owned()),
            ("sum", pieces.len().to_string()),
            ("seq", seq.to_string()),
            ("trace_id", format!("trace-{message_id}")),
            ("timestamp", unix_millis().to_string()),
        ];
        let frame = Frame {
            seq_id: seq as u64 + 1,
            log_id: 7,
            service: SERVICE,
            method: METHOD_DATA,
            headers: headers.map(|(key, value)| Header::new(key, value)).to_vec(),
            payload: Some(Bytes::copy_from_slice(piece)),
            ..Frame::default()
        };
        frame.encode().into()
    };
    pieces.iter().enumerate().map(frame).collect()
}

/// What a server answers in `Sec-WebSocket-Accept` to a `Sec-WebSocket-Key`.
pub fn accept_key(key: &str) -> String {
    super::handshake::accept_key(key)
}

/// The answer to the search for an address. `host` is `127.0.0.1:PORT`, `path` where the handshake is expected.
pub fn address_answer(
    host: &str,
    path: &str,
    device_id: &str,
    settings: Option<&serde_json::Value>,
) -> String {
    let url = format!(
        "ws://{host}{path}?device_id={device_id}&service_id={SERVICE}&ticket=ticket-{device_id}"
    );
    let mut data = serde_json::json!({ "URL": url });
    if let Some(settings) = settings {
        data["ClientConfig"] = settings.clone();
    }
    serde_json::json!({ "code": 0, "msg": "", "data": data }).to_string()
}

fn read(frame: &Frame) -> Received {
    match (frame.method, frame.header("type")) {
        (METHOD_CONTROL, Some("ping")) => Received::Ping,
        (METHOD_DATA, Some("event")) => {
            let payload: serde_json::Value =
                serde_json::from_slice(frame.payload.as_deref().unwrap_or_default())
                    .unwrap_or_default();
            let code = payload["code"]
                .as_u64()
                .and_then(|code| u16::try_from(code).ok())
                .unwrap_or_default();
            Received::Acknowledgement {
                message_id: frame.header("message_id").unwrap_or_default().to_owned(),
                code,
            }
        }
        _ => Received::Other,
    }
}

fn unix_millis() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}
