//! A Redis server of our own for each test: on a free port of this machine, without a file, gone with its handle.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const PASSWORD: &str = "the-redis-password";

pub(crate) struct Redis {
    child: Option<Child>,
    port: u16,
}

/// The program: what `REDIS_SERVER` names, or the one on the path.
pub(crate) fn program() -> Option<String> {
    let named = std::env::var("REDIS_SERVER")
        .ok()
        .filter(|name| !name.is_empty());
    let program = named.unwrap_or_else(|| "redis-server".to_owned());
    let found = Command::new(&program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    found
        .is_ok_and(|status| status.success())
        .then_some(program)
}

impl Redis {
    pub(crate) fn start() -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .expect("loopback is there")
            .port();
        let mut redis = Self { child: None, port };
        redis.start_again();
        redis
    }

    pub(crate) fn start_again(&mut self) {
        let child = Command::new(program().expect("tests run only with it"))
            .args([
                "--port",
                &self.port.to_string(),
                "--bind",
                "127.0.0.1",
                "--requirepass",
                PASSWORD,
            ])
            .args(["--save", "", "--appendonly", "no", "--loglevel", "warning"])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was there a moment ago");
        self.child = Some(child);
        let begin = Instant::now();
        while self
            .ask(&["PING"])
            .is_none_or(|answer| !answer.starts_with("+PONG"))
        {
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "Redis does not answer"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://:{PASSWORD}@127.0.0.1:{}/0", self.port)
    }

    /// As by a loss of power.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Its port stays open, but nothing answers; or answers again.
    pub(crate) fn freeze(&self, frozen: bool) {
        let child = self.child.as_ref().expect("it runs");
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let done = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(done.is_ok_and(|status| status.success()));
    }

    /// A command past the store, and the answer as it comes.
    pub(crate) fn ask(&self, words: &[&str]) -> Option<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .ok()?;
        let mut answer = send(&mut stream, &["AUTH", PASSWORD])?;
        if answer.starts_with("+OK") {
            answer = send(&mut stream, words)?;
        }
        Some(answer)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Reads until nothing more comes for a moment: good enough for a look.
fn send(stream: &mut TcpStream, words: &[&str]) -> Option<String> {
    let mut command = format!("*{}\r\n", words.len());
    for word in words {
        command.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    stream.write_all(command.as_bytes()).ok()?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend_from_slice(&part[..length]),
        }
        if !answer.starts_with(b"*") && answer.ends_with(b"\r\n") && !answer.starts_with(b"$") {
            break;
        }
    }
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
}
