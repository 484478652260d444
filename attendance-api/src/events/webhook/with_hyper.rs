//! An event handler as a service of hyper 1, for any body.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper::service::Service;

use super::{CallbackRequest, CallbackResponse, EventHandler, Refusal};
use crate::event_set::EventSet;

impl<E: EventSet> EventHandler<E> {
    /// Answers one request, reading no more of its body than the limit and one piece.
    pub async fn handle_http<B>(&self, request: http::Request<B>) -> http::Response<Full<Bytes>>
    where
        B: Body<Data = Bytes>,
    {
        let (parts, body) = request.into_parts();
        let answer = match collect(body, self.max_body()).await {
            Some(body) => {
                self.handle(
                    CallbackRequest::new(parts.method.as_str(), body).headers(&parts.headers),
                )
                .await
            }
            None => self.refuse(Refusal::TooLarge),
        };
        into_http(answer)
    }
}

impl<E, B> Service<http::Request<B>> for EventHandler<E>
where
    E: EventSet,
    B: Body<Data = Bytes> + Send + 'static,
{
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: http::Request<B>) -> Self::Future {
        let handler = self.clone();
        Box::pin(async move { Ok(handler.handle_http(request).await) })
    }
}

/// The whole body, or nothing if it is longer than `limit` or breaks off.
async fn collect<B: Body<Data = Bytes>>(body: B, limit: usize) -> Option<Bytes> {
    let mut body = std::pin::pin!(body);
    let mut collected = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        if collected.len() + data.len() > limit {
            return None;
        }
        collected.extend_from_slice(&data);
    }
    Some(collected.freeze())
}

fn into_http(answer: CallbackResponse) -> http::Response<Full<Bytes>> {
    let content_type = http::HeaderValue::from_static(answer.content_type);
    let mut response = http::Response::new(Full::new(answer.body));
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, content_type);
    response
}
