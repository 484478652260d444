//! A server that speaks TLS with a certificate that nobody vouches for.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use attendance_api::{Client, ErrorClass, RetryPolicy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::json;

fn acceptor() -> TlsAcceptor {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])
        .expect("a certificate can be made");
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("certificate and key belong together");
    TlsAcceptor::from(Arc::new(config))
}

/// Counts the connections and the requests that it can read.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: AtomicUsize,
}

async fn serve(listener: TcpListener, seen: Arc<Seen>) {
    let acceptor = acceptor();
    while let Ok((stream, _)) = listener.accept().await {
        seen.connections.fetch_add(1, Ordering::SeqCst);
        let Ok(mut stream) = acceptor.accept(stream).await else {
            continue;
        };
        if matches!(stream.read(&mut [0; 4096]).await, Ok(1..)) {
            seen.requests.fetch_add(1, Ordering::SeqCst);
            let answer = json(r#"{"code":0,"msg":"ok","data":{}}"#);
            let _ = stream.write_all(&answer).await;
        }
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("loopback is there");
    let port = listener.local_addr().expect("it is bound").port();
    let seen = Arc::new(Seen::default());
    tokio::spawn(serve(listener, Arc::clone(&seen)));
    let client = Client::builder()
        .base_url(format!("https://localhost:{port}"))
        .no_proxy()
        .token("t-static-token")
        .retry(RetryPolicy::none())
        .build()
        .expect("the settings are legal");
    let error = client
        .shift()
        .get("1")
        .send()
        .await
        .expect_err("the server could be anybody");
    assert_eq!(error.class(), ErrorClass::Connect, "{error:?}");
    assert!(seen.connections.load(Ordering::SeqCst) > 0);
    assert_eq!(seen.requests.load(Ordering::SeqCst), 0, "nothing was sent");
}
