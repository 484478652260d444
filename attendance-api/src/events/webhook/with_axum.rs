//! An event handler as a route of axum 0.8.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any};

use super::{CallbackRequest, CallbackResponse, EventHandler, Refusal};
use crate::event_set::EventSet;

impl<E: EventSet> EventHandler<E> {
    /// The handler as a route: `Router::new().route("/events", handler.into_axum())`.
    ///
    /// It reads the body itself, up to its own limit. Do not put a layer before it that changes the body.
    pub fn into_axum<S: Clone + Send + Sync + 'static>(self) -> MethodRouter<S> {
        any(move |request: Request| {
            let handler = self.clone();
            async move { handler.handle_axum(request).await }
        })
    }

    async fn handle_axum(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let answer = match axum::body::to_bytes(body, self.max_body()).await {
            Ok(body) => {
                self.handle(
                    CallbackRequest::new(parts.method.as_str(), body).headers(&parts.headers),
                )
                .await
            }
            Err(_) => self.refuse(Refusal::TooLarge),
        };
        answer.into_response()
    }
}

impl IntoResponse for CallbackResponse {
    fn into_response(self) -> Response {
        let status = axum::http::StatusCode::from_u16(self.status).unwrap_or_default();
        (status, self.headers(), self.body).into_response()
    }
}
