//! A server on loopback that answers each operation with the example of the description.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use codegen::resolve::api::{Answer, Api};

/// Serves until the process ends; connections are closed after each answer.
pub(crate) struct ExampleServer {
    port: u16,
}

/// Method, parts of the path, and the answer.
type Route = (String, Vec<String>, Vec<u8>);

impl ExampleServer {
    pub(crate) fn start(api: &Api) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let port = listener
            .local_addr()
            .expect("a listener has an address")
            .port();
        let routes: Arc<Vec<Route>> = Arc::new(api.operations.iter().map(route).collect());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let routes = Arc::clone(&routes);
                thread::spawn(move || serve(stream, &routes));
            }
        });
        Self { port }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn route(operation: &codegen::resolve::api::Operation) -> Route {
    let answer = match &operation.answer {
        Answer::Json { example, .. } => {
            example.clone().unwrap_or_default().to_string().into_bytes()
        }
        Answer::Empty | Answer::Text | Answer::Bytes { .. } => b"bytes".to_vec(),
    };
    let method = format!("{:?}", operation.method).to_uppercase();
    (
        method,
        operation.path.split('/').map(str::to_owned).collect(),
        answer,
    )
}

fn serve(stream: TcpStream, routes: &[Route]) {
    let mut reader = BufReader::new(&stream);
    let mut head = String::new();
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if head.is_empty() {
            head.clone_from(&line);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let (status, answer) = match find(&head, routes) {
        Some(answer) => ("200 OK", answer),
        None => ("404 Not Found", &b"{}"[..]),
    };
    let kind = if answer.starts_with(b"{") {
        "application/json"
    } else {
        "application/octet-stream"
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    let _ = (&stream).write_all(&[head.as_bytes(), answer].concat());
}

/// Fixed parts of a path win over parameters: `/shifts/query` is no `/shifts/{shift_id}`.
fn find<'r>(head: &str, routes: &'r [Route]) -> Option<&'r [u8]> {
    let mut words = head.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let parts: Vec<&str> = target.split('?').next()?.split('/').collect();
    let fits = |(_, path, _): &&Route| {
        path.len() == parts.len()
            && path
                .iter()
                .zip(&parts)
                .all(|(part, found)| part.starts_with('{') || part == found)
    };
    let fixed = |(_, path, _): &&Route| path.iter().filter(|part| !part.starts_with('{')).count();
    let routes = routes
        .iter()
        .filter(|(known, _, _)| known == method)
        .filter(fits);
    routes
        .max_by_key(fixed)
        .map(|(_, _, answer)| answer.as_slice())
}
