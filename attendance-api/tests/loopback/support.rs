//! A server of raw bytes on loopback: it reads whole requests and answers by a script.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use attendance_api::rt;
use attendance_api::{Client, ClientBuilder, Json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

/// What the server does with one request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Writes this and keeps the connection.
    Write(Vec<u8>),
    /// Writes this and closes.
    WriteAndClose(Vec<u8>),
    /// Writes pieces with pauses between them; then closes.
    Drip(Vec<Vec<u8>>, Duration),
    /// Writes one piece again and again, until the other side is gone.
    Flood(Vec<u8>, Vec<u8>),
    /// Closes at once, with a reset.
    Reset,
    /// Says nothing.
    Hang,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Server {
    /// A server that asks a function what to do, by the number of the request.
    pub(crate) async fn start(act: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::new(AtomicUsize::new(0));
        let act = Arc::new(act);
        tokio::spawn({
            let (requests, connections) = (Arc::clone(&requests), Arc::clone(&connections));
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::Relaxed);
                    let (requests, count, act) =
                        (Arc::clone(&requests), Arc::clone(&count), Arc::clone(&act));
                    tokio::spawn(async move {
                        serve(stream, &requests, || {
                            act(count.fetch_add(1, Ordering::Relaxed))
                        })
                        .await;
                    });
                }
            }
        });
        Self {
            address,
            requests,
            connections,
        }
    }

    pub(crate) async fn always(act: Act) -> Self {
        Self::start(move |_| act.clone()).await
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(&format!("http://{}", self.address))
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) async fn seen(&self) -> Vec<String> {
        self.requests.lock().await.clone()
    }
}

pub(crate) fn builder(base_url: &str) -> ClientBuilder {
    ClientBuilder::new(&SERVICE)
        .base_url(base_url)
        .no_proxy()
        .token("t-the-secret-token")
        .timeout(Duration::from_secs(3))
        .idle_timeout(Duration::from_millis(700))
        .retry(rt::RetryPolicy::none())
}

/// The typed client with nothing of its own going on: one attempt, no waiting for turns, the usual timeouts.
pub(crate) fn plain(base_url: &str) -> Client {
    Client::builder()
        .base_url(base_url)
        .no_proxy()
        .token("t-token")
        .rate_limits(false)
        .retry(rt::RetryPolicy::none())
        .build()
        .unwrap()
}

/// A call that only reads.
pub(crate) async fn read(client: &Client) -> rt::Result<Json> {
    client.raw(rt::Method::Get, "/open-apis/thing").send().await
}

pub(crate) fn json(body: &str) -> Vec<u8> {
    answer("200 OK", "application/json", body)
}

pub(crate) fn answer(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

async fn serve(mut stream: TcpStream, requests: &Mutex<Vec<String>>, next: impl Fn() -> Act) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        requests.lock().await.push(request);
        match next() {
            Act::Write(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Act::WriteAndClose(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Act::Drip(pieces, pause) => {
                for piece in pieces {
                    if stream.write_all(&piece).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
                return;
            }
            Act::Flood(head, piece) => {
                if stream.write_all(&head).await.is_ok() {
                    while stream.write_all(&piece).await.is_ok() {}
                }
                return;
            }
            Act::Reset => {
                let _ = stream.set_zero_linger();
                return;
            }
            Act::Hang => std::future::pending().await,
        }
    }
}

/// One request with its body, as text; `None` when the other side is gone.
async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    let head = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, buffer).await?;
    };
    let text = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let end = match length {
        Some(length) => {
            let length: usize = length;
            while buffer.len() < head + length {
                more(stream, buffer).await?;
            }
            head + length
        }
        None if text.contains("transfer-encoding: chunked") => loop {
            if let Some(end) = find(&buffer[head..], b"0\r\n\r\n") {
                break head + end + 5;
            }
            more(stream, buffer).await?;
        },
        None => head,
    };
    let request = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    Some(request)
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut chunk = vec![0; 64 * 1024];
    let count = stream.read(&mut chunk).await.ok()?;
    buffer.extend_from_slice(&chunk[..count]);
    (count > 0).then_some(())
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

pub(crate) static OPERATION: rt::OperationInfo = rt::OperationInfo {
    id: "thing.get",
    retry: rt::RetryClass::Read,
    tokens: &[rt::TokenKind::Tenant],
    envelope: rt::Envelope::Members {
        code: "code",
        message: "msg",
        data: "data",
    },
    ..rt::OperationInfo::EMPTY
};

pub(crate) static SERVICE: rt::Service = rt::Service {
    name: "thing",
    operations: &[&OPERATION],
    ..rt::Service::EMPTY
};
