//! An event handler inside a handler of actix-web 4.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::{CallbackRequest, CallbackResponse, EventHandler, Refusal};
use crate::event_set::EventSet;

impl<E: EventSet> EventHandler<E> {
    /// Answers one request of actix-web, reading its body itself, up to its own limit.
    pub async fn handle_actix(&self, request: HttpRequest, payload: Payload) -> HttpResponse {
        let answer = match payload.to_bytes_limited(self.max_body()).await {
            Ok(Ok(body)) => self.handle(callback(&request, body)).await,
            Ok(Err(_)) | Err(_) => self.refuse(Refusal::TooLarge),
        };
        into_actix(answer)
    }
}

fn callback(request: &HttpRequest, body: bytes::Bytes) -> CallbackRequest {
    let start = CallbackRequest::new(request.method().as_str(), body);
    request
        .headers()
        .iter()
        .fold(start, |callback, (name, value)| {
            callback.header(name.as_str(), value.as_bytes())
        })
}

fn into_actix(answer: CallbackResponse) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .content_type(answer.content_type)
        .body(answer.body)
}
