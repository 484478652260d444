//! The long connection over real sockets: the search for an address, the handshake, and their refusals.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::peer::{Peer, Received, accept_key, address_answer};
use super::{ConnectErrorKind, Tally, document, eager, lock, tallying};
use crate::events::{ConnectError, LongConnection};

/// Reads the head of a request, and its body if it has one.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut byte = [0];
        stream.read_exact(&mut byte).await.expect("a request");
        request.push(byte[0]);
    }
    String::from_utf8(request).expect("requests are text")
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = header(head, "content-length").parse().unwrap_or(0);
    body.len() >= length
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let is_it = |line: &&str| {
        line.split_once(':')
            .is_some_and(|(key, _)| key.eq_ignore_ascii_case(name))
    };
    head.lines()
        .find(is_it)
        .and_then(|line| line.split_once(':'))
        .map_or("", |(_, value)| value.trim())
}

/// Answers one search for an address.
async fn answer_search(listener: &TcpListener, answer: &str) -> String {
    let (mut stream, _) = listener.accept().await.expect("a client");
    let request = read_request(&mut stream).await;
    stream.write_all(answer.as_bytes()).await.expect("a client");
    request
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn host(listener: &TcpListener) -> String {
    listener.local_addr().expect("a bound socket").to_string()
}

async fn listener() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port")
}

fn connection(listener: &TcpListener, tally: &Tally) -> LongConnection<crate::event_set::RawEvent> {
    LongConnection::builder("cli_1", "the secret", tallying(tally))
        .base_url(format!("http://{}", host(listener)))
        .build()
        .expect("an address on this machine")
}

#[tokio::test]
async fn an_event_comes_through_real_sockets() {
    let listener = listener().await;
    let tally = Tally::default();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(connection(&listener, &tally).run(async { drop(stopped.await) }));
    let answer = ok(&address_answer(
        &host(&listener),
        "/ws/v2",
        "d1",
        Some(&eager()),
    ));
    let search = answer_search(&listener, &answer).await;
    assert!(
        search.starts_with("POST /callback/ws/endpoint HTTP/1.1\r\n"),
        "{search}"
    );
    assert!(
        search.contains(r#"{"AppID":"cli_1","AppSecret":"the secret"}"#),
        "{search}"
    );
    let (mut stream, _) = listener.accept().await.expect("a client");
    let head = read_request(&mut stream).await;
    assert!(
        head.starts_with(
            "GET /ws/v2?device_id=d1&service_id=33554678&ticket=ticket-d1 HTTP/1.1\r\n"
        ),
        "{head}"
    );
    let accept = accept_key(header(&head, "sec-websocket-key"));
    let upgrade = format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: {accept}\r\n\r\n"
    );
    stream
        .write_all(upgrade.as_bytes())
        .await
        .expect("a client");
    let mut peer = Peer::new(stream).await;
    assert_eq!(peer.next().await, Some(Received::Ping));
    peer.send_event("m", &document("1"), 3)
        .await
        .expect("a client");
    assert_eq!(
        peer.next().await,
        Some(Received::Acknowledgement {
            message_id: "m".to_owned(),
            code: 200
        })
    );
    assert_eq!(lock(&tally).get("1"), Some(&1));
    drop(stop);
    running.await.expect("no panic").expect("an end in order");
}

async fn refused_with(answer: &str) -> ConnectError {
    let listener = listener().await;
    let running =
        tokio::spawn(connection(&listener, &Tally::default()).run(std::future::pending()));
    answer_search(&listener, answer).await;
    running.await.expect("no panic").expect_err("a refusal")
}

#[tokio::test]
async fn a_refused_search_is_an_error_with_its_code() {
    let error = refused_with(&ok(r#"{"code":1000040351,"msg":"Incorrect domain name"}"#)).await;
    assert_eq!(
        (error.kind(), error.code()),
        (ConnectErrorKind::WrongDomain, Some(1_000_040_351))
    );
    assert_eq!(
        error.to_string(),
        "the application belongs to the other brand's host (code 1000040351): Incorrect domain name"
    );
    let error = refused_with(&ok(r#"{"code":10003,"msg":"invalid param"}"#)).await;
    assert_eq!(error.kind(), ConnectErrorKind::Credentials);
}

/// What the first try to connect ends in, from the log line's point of view.
async fn handshake_with(answer: &str) -> ConnectError {
    let listener = listener().await;
    let serving = async {
        let found = ok(&address_answer(&host(&listener), "/ws", "d1", None));
        answer_search(&listener, &found).await;
        let (mut stream, _) = listener.accept().await.expect("a client");
        read_request(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.expect("a client");
        // Until the client has read the answer.
        let _ = stream.read(&mut [0; 16]).await;
    };
    let LongConnection {
        application,
        http,
        connect_timeout,
        ..
    } = connection(&listener, &Tally::default());
    let platform = super::super::Platform {
        application,
        http,
        connect_timeout,
    };
    let (result, ()) = tokio::join!(
        async {
            let result = super::Connect::connect(&platform).await.map(drop);
            drop(platform);
            result
        },
        serving
    );
    result.expect_err("a refusal")
}

#[tokio::test]
async fn a_refused_handshake_has_its_kind() {
    use ConnectErrorKind as Kind;
    let refusal = |status: &str, code: &str| {
        format!(
            "HTTP/1.1 400 Bad Request\r\nhandshake-status: {status}\r\nhandshake-msg: no\r\nhandshake-autherrcode: {code}\r\ncontent-length: 0\r\n\r\n"
        )
    };
    let cases = [
        (refusal("514", "1000040350"), Kind::TooManyConnections),
        (refusal("514", "1000040344"), Kind::Ticket),
        (refusal("403", ""), Kind::Forbidden),
        (refusal("500", ""), Kind::Server),
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
            Kind::Server,
        ),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n"
                .to_owned(),
            Kind::Server,
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n"
                .to_owned(),
            Kind::Answer,
        ),
    ];
    for (answer, expected) in cases {
        let error = handshake_with(&answer).await;
        assert_eq!(error.kind(), expected, "{answer}");
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("ticket-d1") && !shown.contains("the secret"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn an_unreachable_server_is_an_error_that_shows_no_secret() {
    let gone = listener().await;
    let connection = connection(&gone, &Tally::default());
    assert!(!format!("{connection:?}").contains("the secret"));
    let LongConnection {
        application,
        http,
        connect_timeout,
        ..
    } = connection;
    drop(gone);
    let platform = super::super::Platform {
        application,
        http,
        connect_timeout,
    };
    let error = super::Connect::connect(&platform)
        .await
        .map(drop)
        .expect_err("nobody listens");
    assert_eq!(error.kind(), ConnectErrorKind::Transport);
    assert!(!error.is_permanent());
    assert!(!format!("{error:?}").contains("the secret"));
}

#[test]
fn plain_addresses_of_other_machines_are_not_called() {
    let builder = || LongConnection::builder("cli_1", "s", tallying(&Tally::default()));
    for url in ["http://open.feishu.cn", "ftp://127.0.0.1", "nonsense"] {
        let error = builder().base_url(url).build().expect_err("refused");
        assert_eq!(error.kind(), ConnectErrorKind::Address);
    }
    assert!(builder().build().is_ok());
}
