//! A callback that writes down every event it handles, one JSON line each.
//!
//! `--port N --encrypt-key K --verification-token T --calls FILE [--now UNIX_SECONDS] [--max-age SECONDS]`
//!
//! Serves at `/` on the loopback address and prints its port. `--now` stands in for the clock, for recorded deliveries.
//! An event is acknowledged once its line is in the file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use attendance_api::events::{
    BoxError, CallbackRequest, CallbackResponse, Delivery, Dispatcher, EventHandler, RawEvent,
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

const USAGE: &str = "usage: webhook_receiver --port N --encrypt-key K --verification-token T --calls FILE \
                     [--now UNIX_SECONDS] [--max-age SECONDS]";

#[derive(Default)]
struct Options {
    port: u16,
    encrypt_key: String,
    verification_token: String,
    calls: String,
    now: Option<u64>,
    max_age: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let options = parse(std::env::args().skip(1)).map_err(|error| format!("{error}\n{USAGE}"))?;
    let handler = event_handler(&options)?;
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(stream, handler.clone()))),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, BoxError> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        match &*name {
            "--port" => options.port = value.parse()?,
            "--encrypt-key" => options.encrypt_key = value,
            "--verification-token" => options.verification_token = value,
            "--calls" => options.calls = value,
            "--now" => options.now = Some(value.parse()?),
            "--max-age" => options.max_age = Some(value.parse()?),
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    if options.calls.is_empty() {
        Err("--calls is missing".into())
    } else {
        Ok(options)
    }
}

fn event_handler(options: &Options) -> Result<EventHandler<RawEvent>, BoxError> {
    let file = Arc::new(Mutex::new(
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&options.calls)?,
    ));
    let dispatcher = Dispatcher::builder()
        .otherwise(move |delivery: Delivery<RawEvent>| {
            let written = write_down(&file, &delivery);
            async move { written }
        })
        .build();
    let mut builder = EventHandler::builder(dispatcher)
        .encrypt_key(&options.encrypt_key)
        .verification_token(&options.verification_token);
    if let Some(now) = options.now {
        builder = builder.clock(move || now);
    }
    if let Some(seconds) = options.max_age {
        builder = builder.max_age(Duration::from_secs(seconds));
    }
    Ok(builder.build()?)
}

fn write_down(file: &Mutex<File>, delivery: &Delivery<RawEvent>) -> Result<(), BoxError> {
    let meta = &delivery.meta;
    let mut line =
        serde_json::json!({ "event_id": meta.event_id, "event_type": meta.event_type }).to_string();
    line.push('\n');
    let mut file = file.lock().map_err(|_| "an earlier write panicked")?;
    file.write_all(line.as_bytes())?;
    Ok(())
}

async fn serve(stream: tokio::net::TcpStream, handler: EventHandler<RawEvent>) {
    let service = service_fn(move |request| answer(handler.clone(), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(10))
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        eprintln!("connection: {error}");
    }
}

/// What any server has to do: give method, headers and raw body, send back status, headers and body.
async fn answer(
    handler: EventHandler<RawEvent>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
    let (parts, body) = request.into_parts();
    // One byte more than the limit: whether that is too much is for the handler to say.
    let body = match Limited::new(body, handler.max_body() + 1).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::from(vec![0; handler.max_body() + 1]),
    };
    let callback = CallbackRequest::new(parts.method.as_str(), body).headers(&parts.headers);
    let CallbackResponse {
        status,
        content_type,
        body,
        ..
    } = handler.handle(callback).await;
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(Full::new(body))
}
