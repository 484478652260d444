//! A caller of a few lines: blocking, HTTP/1.1, one connection a call.

use std::io::{Read, Write};
use std::net::TcpStream;

use attendance_api::sandbox::Sandbox;
use serde_json::{Value, json};

/// A sandbox with a token for it.
pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    pub(crate) token: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> i64 {
        self.json["code"].as_i64().unwrap_or(-1)
    }

    pub(crate) fn msg(&self) -> &str {
        self.json["msg"].as_str().unwrap_or_default()
    }

    pub(crate) fn data(&self) -> &Value {
        &self.json["data"]
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!((self.status, self.code()), (200, 0), "{}", self.json);
        self.json["data"].clone()
    }

    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: i64, text: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.json);
        assert!(self.msg().contains(text), "{} lacks {text}", self.json);
    }
}

impl Caller {
    pub(crate) fn new() -> Self {
        Self::with(Sandbox::start_blocking().unwrap())
    }

    pub(crate) fn with(sandbox: Sandbox) -> Self {
        let mut caller = Self {
            sandbox,
            token: String::new(),
        };
        caller.renew();
        caller
    }

    pub(crate) fn renew(&mut self) {
        let body =
            json!({"app_id": self.sandbox.app_id(), "app_secret": self.sandbox.app_secret()});
        let path = "/open-apis/auth/v3/tenant_access_token/internal";
        let answer = self
            .raw("POST", path, &[], body.to_string().as_bytes())
            .unwrap();
        self.token = answer.json["tenant_access_token"]
            .as_str()
            .unwrap()
            .to_owned();
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[])
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[])
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body.to_string().as_bytes())
    }

    /// A call below `/open-apis/attendance/v1`, with the token.
    pub(crate) fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let path = format!("/open-apis/attendance/v1{path}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json; charset=utf-8"),
        ];
        self.raw(method, &path, &headers, body).unwrap()
    }

    /// A call as it stands; `None` if the connection ended before the headers did.
    pub(crate) fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.sandbox.port())).unwrap();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut all = Vec::new();
        // A cut connection may end in a reset; what came before counts.
        let _ = stream.read_to_end(&mut all);
        let end = all.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let bytes = all[end + 4..].to_vec();
        Some(Answer {
            status: head.split(' ').nth(1)?.parse().ok()?,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
            headers: head,
            bytes,
        })
    }
}
