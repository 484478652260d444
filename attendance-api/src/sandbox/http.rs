//! HTTP/1.1 on loopback: reads requests whole, asks the core, sends answers, late or cut short where a fault says so.
//!
//! The server has a thread and a runtime of its own, so it answers blocking tests as well as asynchronous ones, and
//! a paused clock of a test's runtime does not stop it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming as HyperBody, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;

use super::answer::Answer;
use super::core::{Incoming, Served, Shared};
use super::courier;
use super::fault::Cut;

/// The largest request body; more is refused with 413.
const MAX_BODY: usize = 32 << 20;
/// How long a clean shutdown waits for answers that are under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    order: watch::Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Serve,
    /// Answer what is under way, then end.
    Finish,
    /// End at once.
    Drop,
}

impl Server {
    /// Binds the port (0: any free one) and serves from a thread of its own.
    pub(crate) fn start(core: Shared, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let (order, orders) = watch::channel(Order::Serve);
        let thread = std::thread::Builder::new()
            .name("attendance-sandbox".to_owned())
            .spawn(move || runtime.block_on(accept(listener, core, orders)))?;
        Ok(Self {
            address,
            order,
            thread: Some(thread),
        })
    }

    /// Answers what is under way and ends.
    pub(crate) fn finish(mut self) {
        self.end(Order::Finish);
    }

    fn end(&mut self, order: Order) {
        // The thread may have ended already; then nobody listens.
        let _ = self.order.send(order);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(Order::Drop);
    }
}

async fn accept(listener: TcpListener, core: Shared, mut orders: watch::Receiver<Order>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let courier = tokio::spawn(courier::carry(Arc::clone(&core)));
    let (busy, mut idle) = watch::channel(());
    loop {
        let next = {
            let accepting = pin!(listener.accept());
            let ordered = pin!(orders.changed());
            match select(accepting, ordered).await {
                Either::Left((next, _)) => next,
                Either::Right(_) => break,
            }
        };
        // A failed accept means too few file handles; a pause keeps it from spinning.
        let Ok((stream, peer)) = next else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let connection = serve(
            stream,
            peer,
            Arc::clone(&core),
            orders.clone(),
            busy.subscribe(),
        );
        tokio::spawn(connection);
    }
    drop(listener);
    if *orders.borrow() == Order::Finish {
        // Every connection holds a receiver; when the last is gone, all answers are out.
        let _ = idle.borrow_and_update();
        drop(idle);
        let _ = tokio::time::timeout(PATIENCE, busy.closed()).await;
    }
    courier.abort();
}

async fn serve(
    stream: tokio::net::TcpStream,
    peer: SocketAddr,
    core: Shared,
    mut orders: watch::Receiver<Order>,
    _busy: watch::Receiver<()>,
) {
    let service = service_fn(move |request| {
        let core = Arc::clone(&core);
        let address = peer.ip().to_string();
        async move { respond(&core, request, address).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(60))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ordered = pin!(orders.changed());
    if let Either::Right(_) = select(connection.as_mut(), ordered).await {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// A connection that is to be cut before its headers.
#[derive(Debug)]
struct CutOff;

impl std::fmt::Display for CutOff {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the sandbox cut the connection")
    }
}

impl std::error::Error for CutOff {}

async fn respond(
    core: &Shared,
    mut request: Request<HyperBody>,
    address: String,
) -> Result<Response<Sending>, CutOff> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return Ok(response(
            Answer::text(413, "text/plain", "the body is too large"),
            None,
        ));
    };
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let Served { answer, delay, cut } = core.serve(Incoming {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: body.to_bytes().to_vec(),
        address,
    });
    if answer.status == 101 {
        tokio::spawn(hold_line(Arc::clone(core), upgrade));
    }
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    match cut {
        Some(Cut::BeforeWork | Cut::BeforeHeaders) => Err(CutOff),
        other => Ok(response(answer, other)),
    }
}

/// Takes a long connection over once its handshake is out.
async fn hold_line(core: Shared, upgrade: hyper::upgrade::OnUpgrade) {
    // A client that leaves during the handshake has no line.
    if let Ok(socket) = upgrade.await {
        courier::hold_line(core, TokioIo::new(socket)).await;
    }
}

fn response(answer: Answer, cut: Option<Cut>) -> Response<Sending> {
    let mut response = Response::new(Sending::new(answer.body, cut.is_some()));
    *response.status_mut() = http::StatusCode::from_u16(answer.status)
        .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let own = answer
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    for (name, value) in own.chain(answer.extra) {
        // A header that cannot be written is left out; only a fault can ask for one.
        if let (Ok(name), Ok(value)) = (
            http::HeaderName::try_from(name),
            http::HeaderValue::try_from(value),
        ) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A body that is sent whole, or breaks off half-way while its length promised more.
struct Sending {
    left: Option<Bytes>,
    length: u64,
    cut: bool,
    flushed: bool,
}

impl Sending {
    fn new(body: Vec<u8>, cut: bool) -> Self {
        let length = body.len() as u64;
        let mut body = Bytes::from(body);
        if cut {
            body.truncate(body.len() / 2);
        }
        Self {
            left: Some(body).filter(|body| !body.is_empty()),
            length,
            cut,
            flushed: false,
        }
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        let this = self.get_mut();
        match this.left.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            // The connection writes out what it has when the body makes it wait.
            None if this.cut && !this.flushed => {
                this.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            None if this.cut => Poll::Ready(Some(Err(CutOff))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none() && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
