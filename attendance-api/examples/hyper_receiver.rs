//! Events by callback in a bare hyper server.
//!
//! `FEISHU_ENCRYPT_KEY=.. FEISHU_VERIFICATION_TOKEN=.. cargo run --example hyper_receiver --features hyper`

use attendance_api::events::{BoxError, Delivery, Dispatcher, EventHandler, RawEvent};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let dispatcher = Dispatcher::builder()
        .otherwise(|delivery: Delivery<RawEvent>| async move {
            println!("{} {}", delivery.meta.event_type, delivery.meta.event_id);
            Ok::<_, BoxError>(())
        })
        .build();
    let events = EventHandler::builder(dispatcher)
        .encrypt_key(std::env::var("FEISHU_ENCRYPT_KEY").unwrap_or_default())
        .verification_token(std::env::var("FEISHU_VERIFICATION_TOKEN").unwrap_or_default())
        .build()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8080)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        // The handler is a hyper service: one clone for each connection.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), events.clone()));
    }
}
