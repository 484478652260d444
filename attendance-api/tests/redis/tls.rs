//! Over TLS: with a certificate that a worker trusts, and with one that it does not.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::server::{PASSWORD, program};
use super::sharing::platform;
use super::worker::{Worker, together};

/// A server that speaks nothing but TLS, with a certificate of its own.
struct Secured {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Secured {
    fn start() -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .expect("loopback is there")
            .port();
        let folder = std::env::temp_dir().join(format!("attendance-api-redis-{port}"));
        fs::create_dir_all(&folder).expect("a folder can be made");
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])
            .expect("a certificate can be made");
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        fs::write(&certificate, own.cert.pem()).expect("a file can be written");
        fs::write(&key, own.signing_key.serialize_pem()).expect("a file can be written");
        let child = Command::new(program().expect("tests run only with it"))
            .args(["--port", "0", "--tls-port", &port.to_string()])
            .args(["--bind", "127.0.0.1", "--requirepass", PASSWORD])
            .arg("--tls-cert-file")
            .arg(&certificate)
            .arg("--tls-key-file")
            .arg(&key)
            .args(["--tls-auth-clients", "no", "--save", ""])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was there a moment ago");
        let secured = Self {
            child,
            port,
            folder,
        };
        secured.wait();
        secured
    }

    fn wait(&self) {
        let begin = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "Redis does not listen; was it built with TLS?"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn url(&self) -> String {
        format!("rediss://:{PASSWORD}@localhost:{}/0", self.port)
    }

    fn certificate(&self) -> PathBuf {
        self.folder.join("cert.pem")
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Token calls of two workers, one after the other.
fn token_calls(redis: &Secured, trusted: Option<&Path>) -> usize {
    let platform = platform(Duration::from_millis(10));
    for _ in 0..2 {
        let worker = Worker::trusting(trusted, &platform.base_url(), &redis.url(), "alone");
        assert_eq!(together(&mut [worker], 5), 0);
    }
    platform.seen().token_calls
}

pub(crate) fn over_tls() {
    let redis = Secured::start();
    let nobody = token_calls(&redis, None);
    assert_eq!(
        nobody, 2,
        "a server that could be anybody is told no password and no token"
    );
    assert_eq!(token_calls(&redis, Some(&redis.certificate())), 1);
}
