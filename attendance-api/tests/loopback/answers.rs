//! Answers that are slow, cut, broken, huge, or too many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use attendance_api::auth::{Credential, Need, TokenProvider};
use attendance_api::rt::{Reached, RetryPolicy};
use attendance_api::transport::BoxFuture;
use attendance_api::{Client, ErrorClass, ErrorKind, TokenKind};

use crate::support::{Act, Server, answer, builder, json, plain, read};

const OK: &str = r#"{"code":0,"msg":"success","data":{"a":1}}"#;

fn head(rest: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{rest}\r\n").into_bytes()
}

fn with(head: Vec<u8>, body: &[u8]) -> Vec<u8> {
    [head, body.to_vec()].concat()
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::always(Act::Write(json(OK))).await;
    let client = server.client();
    for _ in 0..50 {
        assert_eq!(read(&client).await.unwrap()["a"], 1);
    }
    assert_eq!(
        server
            .connections
            .load(std::sync::atomic::Ordering::Relaxed),
        1
    );
}

#[tokio::test]
async fn a_truncated_answer_is_never_a_success() {
    let length = format!("content-length: {}\r\n", OK.len());
    let chunk = format!("{:x}\r\n{}\r\n", OK.len(), OK);
    let chunked = "transfer-encoding: chunked\r\n";
    let cases: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"HTTP/1.1 200".to_vec(),
        head(&length)[..30].to_vec(),
        head(&length),
        with(head(&length), &OK.as_bytes()[..OK.len() - 1]),
        with(head("content-length: 10\r\n"), &OK.as_bytes()[..10]),
        with(head(chunked), b""),
        with(head(chunked), chunk.as_bytes()),
        with(head(chunked), &chunk.as_bytes()[..chunk.len() - 4]),
        with(head(chunked), format!("{chunk}0\r\n").as_bytes()),
        with(head(""), &OK.as_bytes()[..20]),
        with(head(""), b""),
    ];
    for bytes in cases {
        let server = Server::always(Act::WriteAndClose(bytes.clone())).await;
        let error = read(&server.client()).await.unwrap_err();
        let class = error.class();
        assert!(
            matches!(class, ErrorClass::Io | ErrorClass::Decode),
            "{}: {error:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[tokio::test]
async fn broken_http_is_an_error_in_time() {
    let long = format!("x-long: {}\r\n", "a".repeat(2_000_000));
    let many = "x-many: a\r\n".repeat(5_000);
    let cases: Vec<Vec<u8>> = vec![
        b"hello\r\n\r\n".to_vec(),
        b"HTTP/9.9 200 OK\r\n\r\n".to_vec(),
        b"HTTP/1.1 9999 OK\r\n\r\n".to_vec(),
        with(
            head("content-length: 5\r\ncontent-length: 6\r\n"),
            OK.as_bytes(),
        ),
        with(head("content-length: -1\r\n"), OK.as_bytes()),
        with(
            head("content-length: 99999999999999999999\r\n"),
            OK.as_bytes(),
        ),
        with(
            head("transfer-encoding: chunked\r\n"),
            b"zz\r\nabc\r\n0\r\n\r\n",
        ),
        with(
            head("transfer-encoding: chunked\r\n"),
            b"fffffffffffffffff\r\nabc",
        ),
        with(head("bad header\r\n"), OK.as_bytes()),
        with(head(&long), OK.as_bytes()),
        with(head(&many), OK.as_bytes()),
        vec![0; 1_000],
    ];
    for bytes in cases {
        let server = Server::always(Act::WriteAndClose(bytes.clone())).await;
        let begin = Instant::now();
        let error = read(&server.client()).await.unwrap_err();
        assert!(
            matches!(error.class(), ErrorClass::Io | ErrorClass::Decode),
            "{error:?}"
        );
        assert!(begin.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn a_surplus_answer_never_reaches_another_call() {
    let surplus = [
        json(OK),
        json(r#"{"code":0,"msg":"success","data":{"a":"WRONG"}}"#),
    ]
    .concat();
    let server = Server::always(Act::Write(surplus)).await;
    let client = server.client();
    for _ in 0..50 {
        match read(&client).await {
            Ok(data) => assert_eq!(data["a"], 1),
            Err(error) => assert_eq!(error.class(), ErrorClass::Io, "{error:?}"),
        }
    }
}

#[tokio::test]
async fn bytes_after_the_length_are_not_the_next_answer() {
    let longer = with(
        head("content-length: 10\r\n"),
        format!("{{\"code\":0}}{OK}").as_bytes(),
    );
    let server = Server::always(Act::Write(longer)).await;
    let client = server.client();
    for _ in 0..20 {
        match read(&client).await {
            Ok(data) => assert!(data.is_null()),
            Err(error) => assert_eq!(error.class(), ErrorClass::Io, "{error:?}"),
        }
    }
}

#[tokio::test]
async fn silence_and_drips_end_in_time() {
    let drip: Vec<Vec<u8>> = head("content-length: 5000\r\n")
        .chunks(1)
        .map(<[u8]>::to_vec)
        .collect();
    let body: Vec<Vec<u8>> = [
        vec![head("content-length: 5000\r\n")],
        vec![b" ".to_vec(); 5_000],
    ]
    .concat();
    let stall = vec![with(head("content-length: 50\r\n"), b"{"), Vec::new()];
    let cases = [
        Act::Hang,
        Act::Drip(drip, Duration::from_millis(100)),
        Act::Drip(body, Duration::from_millis(100)),
        Act::Drip(stall, Duration::from_secs(60)),
    ];
    for act in cases {
        let server = Server::always(act).await;
        let client = server
            .builder()
            .timeout(Duration::from_millis(1_500))
            .build()
            .unwrap();
        let begin = Instant::now();
        let error = read(&client).await.unwrap_err();
        assert_eq!(
            (error.class(), error.reached()),
            (ErrorClass::Timeout, Reached::Unknown)
        );
        assert!(
            begin.elapsed() < Duration::from_millis(2_000),
            "{:?}",
            begin.elapsed()
        );
    }
}

#[tokio::test]
async fn a_body_beyond_the_cap_is_refused() {
    let fits = format!(r#"{{"code":0,"data":"{}"}}"#, "a".repeat(90_000));
    let server = Server::always(Act::Write(json(&fits))).await;
    let client = server.builder().max_body_bytes(100_000).build().unwrap();
    assert!(read(&client).await.is_ok());
    let small = server.builder().max_body_bytes(90_000).build().unwrap();
    assert_eq!(
        read(&small).await.unwrap_err().class(),
        ErrorClass::TooLarge
    );
    let endless = Act::Flood(head(""), vec![b' '; 64 * 1024]);
    let server = Server::always(endless).await;
    let error = read(&server.client()).await.unwrap_err();
    assert_eq!(
        (error.class(), error.http_status()),
        (ErrorClass::TooLarge, Some(200))
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let trap = Server::always(Act::Write(json(OK))).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let bytes = format!(
            "HTTP/1.1 {status}\r\nlocation: http://{}/steal\r\ncontent-length: 0\r\n\r\n",
            trap.address
        );
        let server = Server::always(Act::Write(bytes.into_bytes())).await;
        assert_eq!(
            read(&server.client()).await.unwrap_err().class(),
            ErrorClass::Redirect
        );
    }
    assert!(trap.seen().await.is_empty());
}

#[tokio::test]
async fn resets_tell_how_far_the_request_came() {
    let server = Server::always(Act::Reset).await;
    let error = read(&server.client()).await.unwrap_err();
    assert_eq!(
        (error.class(), error.reached()),
        (ErrorClass::Io, Reached::Unknown)
    );
    assert!(std::error::Error::source(&error).is_some());
    // A port that nobody listens on.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let client = builder(&format!("http://{address}")).build().unwrap();
    let error = read(&client).await.unwrap_err();
    assert_eq!(
        (error.class(), error.reached()),
        (ErrorClass::Connect, Reached::Nothing)
    );
}

/// A port whose queue is full answers no further connection; so it is on Linux, elsewhere it may refuse.
#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_come_about_ends_after_three_seconds() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    let patience = Duration::from_millis(100);
    let mut waiting = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, patience) {
        waiting.push(stream);
    }
    let client = plain(&format!("http://{address}"));
    let begin = tokio::time::Instant::now();
    let error = client.shift().get("1").send().await.unwrap_err();
    assert_eq!(
        (error.class(), error.reached()),
        (ErrorClass::Connect, Reached::Nothing)
    );
    assert_eq!(begin.elapsed().as_secs(), 3);
}

#[tokio::test]
async fn a_connection_closed_while_idle_costs_no_call() {
    let server = Server::always(Act::WriteAndClose(json(OK))).await;
    let client = server.builder().retry(RetryPolicy::new()).build().unwrap();
    for _ in 0..30 {
        read(&client).await.unwrap();
    }
}

#[tokio::test]
async fn a_cut_answer_is_asked_for_again() {
    let server = Server::start(|number| match number {
        0 => Act::Reset,
        1 => Act::WriteAndClose(head("content-length: 100\r\n")),
        _ => Act::Write(json(OK)),
    })
    .await;
    let client = server.builder().retry(RetryPolicy::new()).build().unwrap();
    assert_eq!(read(&client).await.unwrap()["a"], 1);
    assert_eq!(server.seen().await.len(), 3);
}

#[tokio::test]
async fn html_on_every_status_is_told_with_the_status() {
    for (status, code) in [
        ("502 Bad Gateway", 502),
        ("404 Not Found", 404),
        ("200 OK", 200),
    ] {
        let server =
            Server::always(Act::Write(answer(status, "text/html", "<html>no</html>"))).await;
        let error = read(&server.client()).await.unwrap_err();
        assert_eq!(error.http_status(), Some(code));
        assert!(matches!(
            error.class(),
            ErrorClass::Http | ErrorClass::ContentType
        ));
    }
}

/// Every text of the collective code, as the documentation writes it, and its kind.
const TEXTS: [(&str, ErrorKind); 19] = [
    ("param invalid", ErrorKind::GeneralParamInvalid),
    ("no row affected", ErrorKind::NoRowAffected),
    ("the object already exists", ErrorKind::ObjectAlreadyExists),
    ("time calculation failed", ErrorKind::TimeCalculationFailed),
    ("rule does not exist", ErrorKind::RecordNotFound),
    ("shift can not be del", ErrorKind::ShiftInUse),
    ("operate too much flow", ErrorKind::TooManyFlows),
    ("shift does not exist", ErrorKind::ShiftNotFound),
    ("env count illegal", ErrorKind::TooManyLocations),
    ("auth no permission", ErrorKind::OperatorNotPermitted),
    (
        "failed to upload an image. Please upload a clear and complete image",
        ErrorKind::FacePhotoRejected,
    ),
    ("the object in tos not found", ErrorKind::StoredFileNotFound),
    (
        "the attendance result has been sealed and can not modify",
        ErrorKind::ResultSealed,
    ),
    ("time is invalid", ErrorKind::TimeInvalid),
    (
        "This API can only be accessed by Feishu People Enterprise Edition users.",
        ErrorKind::EnterpriseEditionRequired,
    ),
    ("name or employee_no invalid", ErrorKind::EmployeeNotFound),
    ("archive_rule_id not exist", ErrorKind::ArchiveRuleNotFound),
    ("rule not exist", ErrorKind::GroupNotFound),
    ("the rule cannot arrange!", ErrorKind::GroupNotScheduled),
];

#[tokio::test]
async fn each_text_of_the_collective_code_has_a_kind_of_its_own() {
    let texts = TEXTS.map(|(text, _)| text);
    let server = Server::start(move |number| {
        let text = texts
            .get(number)
            .copied()
            .unwrap_or("  something new, (really)!  ");
        let body = serde_json::json!({ "code": 1_220_600, "msg": text });
        Act::Write(answer("400 Bad", "application/json", &body.to_string()))
    })
    .await;
    let client = plain(&format!("http://{}", server.address));
    let mut kinds = Vec::new();
    for (text, kind) in TEXTS {
        let error = client.shift().delete("1").send().await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, text));
        assert_eq!(error.is_transient(), text == "no row affected", "{text}");
        assert!(!kinds.contains(&kind), "{kind:?} stands for two texts");
        kinds.push(kind);
    }
    let error = client.shift().delete("1").send().await.unwrap_err();
    assert!(!kinds.contains(&error.kind()) && !error.is_transient());
    assert_eq!(error.message(), "  something new, (really)!");
}

/// Gives user tokens, and counts how often another one is asked for.
#[derive(Clone, Default)]
struct Persons(Arc<AtomicUsize>);

impl TokenProvider for Persons {
    fn credential<'a>(
        &'a self,
        _: &'a Need<'a>,
    ) -> BoxFuture<'a, attendance_api::Result<Option<Credential>>> {
        Box::pin(async { Ok(Some(Credential::new(TokenKind::User, "u-some"))) })
    }

    fn refused<'a>(&'a self, _: &'a Need<'a>, _: &'a Credential) -> BoxFuture<'a, bool> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { true })
    }
}

#[tokio::test]
async fn another_token_is_asked_for_only_where_the_token_is_the_reason() {
    let cases = [
        (
            "Invalid access token for authorization",
            1,
            ErrorKind::UserAccessTokenInvalid,
        ),
        (
            "user access token not support",
            0,
            ErrorKind::UserAccessTokenNotSupported,
        ),
    ];
    for (message, renewals, kind) in cases {
        let body = format!(r#"{{"code":99991668,"msg":"{message}"}}"#);
        let server = Server::always(Act::Write(answer("400 Bad", "application/json", &body))).await;
        let persons = Persons::default();
        let client = Client::builder()
            .base_url(format!("http://{}", server.address))
            .no_proxy()
            .token_provider(persons.clone())
            .build()
            .unwrap();
        let error = client.shift().get("1").send().await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(persons.0.load(Ordering::Relaxed), renewals, "{message}");
        assert_eq!(server.seen().await.len(), 1 + renewals, "{message}");
    }
}
