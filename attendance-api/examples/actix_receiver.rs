//! Events by callback in an actix-web server.
//!
//! `FEISHU_ENCRYPT_KEY=.. FEISHU_VERIFICATION_TOKEN=.. cargo run --example actix_receiver --features actix`

use actix_web::{App, HttpRequest, HttpServer, web};
use attendance_api::events::{BoxError, Delivery, Dispatcher, EventHandler, RawEvent};

fn main() -> Result<(), BoxError> {
    actix_web::rt::System::new().block_on(serve())
}

async fn serve() -> Result<(), BoxError> {
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
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(events.clone()))
            .default_service(web::to(receive))
    })
    .bind(("127.0.0.1", 8080))?;
    println!("listening on http://127.0.0.1:8080");
    Ok(server.run().await?)
}

async fn receive(
    events: web::Data<EventHandler<RawEvent>>,
    request: HttpRequest,
    payload: web::Payload,
) -> actix_web::HttpResponse {
    events.handle_actix(request, payload).await
}
