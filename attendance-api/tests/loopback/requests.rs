//! What goes over the wire.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use attendance_api::rt::{self, Method};
use attendance_api::{File, FileSource, Json};

use crate::support::{Act, Server, json};

const OK: &str = r#"{"code":0,"msg":"success","data":{}}"#;

#[tokio::test]
async fn a_get_may_have_a_body() {
    let server = Server::always(Act::Write(json(OK))).await;
    let call = server
        .client()
        .raw(Method::Get, "/open-apis/query")
        .query("a", "1&2");
    call.json(&serde_json::json!({"user_ids": ["u"]}))
        .unwrap()
        .send()
        .await
        .unwrap();
    let seen = &server.seen().await[0];
    assert!(
        seen.starts_with("GET /open-apis/query?a=1%262 HTTP/1.1\r\n"),
        "{seen}"
    );
    assert!(seen.ends_with("\r\n\r\n{\"user_ids\":[\"u\"]}"), "{seen}");
    assert!(seen.contains("content-type: application/json; charset=utf-8\r\n"));
    assert!(seen.contains("user-agent: attendance-api/"));
}

#[tokio::test]
async fn a_post_may_have_none() {
    let server = Server::always(Act::Write(json(OK))).await;
    server
        .client()
        .raw(Method::Post, "/open-apis/query")
        .send()
        .await
        .unwrap();
    let seen = &server.seen().await[0].to_lowercase();
    assert!(
        seen.starts_with("post /open-apis/query http/1.1\r\n"),
        "{seen}"
    );
    assert!(!seen.contains("content-type"), "{seen}");
}

/// Content that is made while it is read.
struct Zeros {
    size: u64,
    opened: Arc<AtomicUsize>,
}

impl FileSource for Zeros {
    fn open(&self) -> std::io::Result<Box<dyn Read + Send>> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(std::io::repeat(b'0').take(self.size)))
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}

#[derive(Clone)]
struct Upload {
    call: rt::Call,
    file: File,
}

static UPLOAD: rt::OperationInfo = rt::OperationInfo {
    id: "file.upload",
    method: Method::Post,
    path: "/open-apis/upload",
    retry: rt::RetryClass::Idempotent,
    tokens: &[rt::TokenKind::Tenant],
    envelope: rt::Envelope::Members {
        code: "code",
        message: "msg",
        data: "data",
    },
    ..rt::OperationInfo::EMPTY
};

impl rt::Operation for Upload {
    type Output = Json;
    const INFO: &'static rt::OperationInfo = &UPLOAD;

    fn call(&self) -> &rt::Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut rt::Call {
        &mut self.call
    }

    fn request(&self) -> rt::Result<rt::Request> {
        let mut request = rt::Request::new(&UPLOAD);
        request.multipart(vec![rt::Part::file("file", self.file.clone())]);
        Ok(request)
    }
}

#[tokio::test]
async fn a_file_is_streamed_and_can_be_sent_again() {
    let server = Server::start(|number| match number {
        0 => Act::WriteAndClose(crate::support::answer("503 Down", "text/plain", "")),
        _ => Act::Write(json(OK)),
    })
    .await;
    let client = server
        .builder()
        .retry(rt::RetryPolicy::new())
        .build()
        .unwrap();
    let opened = Arc::new(AtomicUsize::new(0));
    let source = Zeros {
        size: 3_000_000,
        opened: Arc::clone(&opened),
    };
    let file = File::source("face.jpg", source);
    rt::send(Upload {
        call: rt::Call::new(&client),
        file,
    })
    .await
    .unwrap();
    let seen = server.seen().await;
    assert_eq!((seen.len(), opened.load(Ordering::Relaxed)), (2, 2));
    for request in seen {
        assert!(
            request.contains("content-length: 3000"),
            "{}",
            &request[..300]
        );
        assert_eq!(request.matches('0').count() / 1_000, 3_000);
    }
}

#[tokio::test]
async fn a_file_that_is_shorter_than_it_said_is_an_error() {
    struct Liar;

    impl FileSource for Liar {
        fn open(&self) -> std::io::Result<Box<dyn Read + Send>> {
            Ok(Box::new(std::io::empty()))
        }

        fn size(&self) -> Option<u64> {
            Some(1_000)
        }
    }

    let server = Server::always(Act::Write(json(OK))).await;
    let file = File::source("face.jpg", Liar);
    let call = rt::Call::new(&server.client());
    assert!(rt::send(Upload { call, file }).await.is_err());
}

#[tokio::test]
async fn a_file_on_disk_is_read_when_it_is_sent() {
    let server = Server::always(Act::Write(json(OK))).await;
    let path = std::env::temp_dir().join(format!("attendance-api-{}.jpg", std::process::id()));
    std::fs::write(&path, "JPEG").unwrap();
    let file = File::path(&path).unwrap();
    assert_eq!((file.media_type(), file.len()), ("image/jpeg", Some(4)));
    rt::send(Upload {
        call: rt::Call::new(&server.client()),
        file,
    })
    .await
    .unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(server.seen().await[0].contains("Content-Type: image/jpeg\r\n\r\nJPEG\r\n"));
    assert!(File::path(&path).is_err());
}
