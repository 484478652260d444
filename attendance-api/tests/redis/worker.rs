//! A worker: a process of its own with a client, told over its input how many calls to make.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use attendance_api::Client;
use attendance_api::feishu::App;
use attendance_api::redis::RedisStore;

pub(crate) const APP_ID: &str = "cli_a";
pub(crate) const SECRET: &str = "the-app-secret";

pub(crate) fn store(redis: &str) -> RedisStore {
    RedisStore::new(redis, APP_ID).expect("the address is legal")
}

/// A client as each worker has it; with the rate shared, if there is one.
pub(crate) fn client(base_url: &str, store: &RedisStore, with_rate: bool) -> Client {
    let app = App::new(APP_ID, SECRET).token_store(Arc::new(store.clone()));
    let mut builder = Client::builder()
        .base_url(base_url)
        .no_proxy()
        .token_provider(app)
        .rate_limits(with_rate);
    if with_rate {
        builder = builder.rate_store(Arc::new(store.clone()));
    }
    builder.build().expect("the settings are legal")
}

/// So many calls at once; what failed.
pub(crate) async fn calls(client: &Client, count: usize) -> Vec<attendance_api::Error> {
    let calls: Vec<_> = (0..count)
        .map(|_| tokio::spawn(client.shift().get("1").send()))
        .collect();
    let mut errors = Vec::new();
    for call in calls {
        errors.extend(call.await.expect("a call does not panic").err());
    }
    errors
}

/// For each number on a line: so many calls at once, and a line with how many failed.
pub(crate) fn work(words: &[String]) {
    let [base_url, redis, rate] = words else {
        panic!("a worker takes three arguments")
    };
    super::block_on(async {
        let client = client(base_url, &store(redis), rate == "rate");
        for line in std::io::stdin().lines() {
            let count = line
                .expect("the parent writes text")
                .parse()
                .expect("it writes a number");
            let errors = calls(&client, count).await;
            if let Some(first) = errors.first() {
                eprintln!("worker: {first}");
            }
            println!("{}", errors.len());
        }
    });
}

/// The parent's end of a worker.
pub(crate) struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    pub(crate) fn start(base_url: &str, redis: &str, rate: &str) -> Self {
        Self::trusting(None, base_url, redis, rate)
    }

    /// One that trusts the certificate in a file, and no other.
    pub(crate) fn trusting(
        certificate: Option<&Path>,
        base_url: &str,
        redis: &str,
        rate: &str,
    ) -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let mut child = Command::new(program)
            .args(["worker", base_url, redis, rate])
            .envs(certificate.map(|file| ("SSL_CERT_FILE", file)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it can be started again");
        let input = child.stdin.take().expect("it was asked for");
        let output = BufReader::new(child.stdout.take().expect("it was asked for"));
        Self {
            child,
            input,
            output,
        }
    }

    pub(crate) fn begin(&mut self, calls: usize) {
        writeln!(self.input, "{calls}").expect("the worker reads");
    }

    /// How many of its calls failed.
    pub(crate) fn end(&mut self) -> usize {
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .expect("the worker writes text");
        line.trim().parse().expect("the worker writes a number")
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        let _ = self.child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// So many calls of each worker, all at once; how many failed.
pub(crate) fn together(workers: &mut [Worker], calls: usize) -> usize {
    workers.iter_mut().for_each(|worker| worker.begin(calls));
    workers.iter_mut().map(Worker::end).sum()
}
