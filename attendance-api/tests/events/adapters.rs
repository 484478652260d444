//! The adapters pass on what they got, and read no more than they must.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::Service;

use crate::support::{FLOW, Parts, Seen, document, handler};

fn http_request(parts: &Parts) -> http::Request<Full<Bytes>> {
    let mut request = http::Request::post("/")
        .body(Full::new(parts.body.clone().into()))
        .expect("a plain request");
    for (name, value) in &parts.headers {
        let name: http::HeaderName = name.parse().expect("a header name");
        request.headers_mut().append(
            name,
            http::HeaderValue::from_bytes(value).expect("a header value"),
        );
    }
    request
}

fn deliveries() -> [(Parts, u16); 4] {
    let good = Parts::signed(&document("1", FLOW));
    let mut repeated = good.clone();
    repeated.headers.push(repeated.headers[2].clone());
    let large = Parts {
        body: vec![b' '; (1 << 20) + 1],
        ..good.clone()
    };
    let spoiled = Parts {
        body: b"{}".to_vec(),
        ..good.clone()
    };
    [(good, 200), (repeated, 403), (large, 403), (spoiled, 403)]
}

#[tokio::test]
async fn hyper_hands_over_method_headers_and_body() {
    let seen = Seen::default();
    let service = handler(seen.builder().build());
    for (parts, expected) in deliveries() {
        let response = service
            .call(http_request(&parts))
            .await
            .expect("the service does not fail");
        assert_eq!(response.status(), expected);
        assert_eq!(
            response.headers()["content-type"],
            "application/json; charset=utf-8"
        );
        assert!(
            response
                .into_body()
                .collect()
                .await
                .expect("a body")
                .to_bytes()
                .starts_with(b"{\"msg\"")
        );
    }
    assert_eq!(seen.ids(), ["1"]);
}

#[tokio::test]
async fn axum_hands_over_method_headers_and_body() {
    let seen = Seen::default();
    let router = axum::Router::new().route("/events", handler(seen.builder().build()).into_axum());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a port is free");
    let url = format!(
        "http://{}/events",
        listener.local_addr().expect("a bound socket")
    );
    tokio::spawn(async { axum::serve(listener, router).await });
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    for (parts, expected) in deliveries() {
        let mut request = client.post(&url).body(parts.body.clone());
        for (name, value) in &parts.headers {
            request = request.header(name, value.clone());
        }
        let status = request.send().await.expect("the server answers").status();
        assert_eq!(status, expected);
    }
    assert_eq!(seen.ids(), ["1"]);
}
