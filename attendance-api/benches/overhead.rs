//! What a call costs beside reqwest and serde written by hand, on the same server.
//!
//! `cargo bench -p attendance-api --bench overhead` prints ratios: time of a small call one at a time and 64 side by side,
//! allocations of a call, CPU time and peak memory of one large answer (50 people, 31 days). Below 1.00 is cheaper than
//! by hand. Both sides run turn by turn in one process, so that a noisy machine disturbs both; each figure is a median.
//!
//! By hand means: what a careful person writes who needs these two calls. One reqwest client with the limits of time that
//! ours has by default (connecting 3 s, silence 10 s, whole call 30 s), no redirects that would carry the token away, a user
//! agent, `bearer_auth`, the whole body read and then `serde_json::from_slice` into derived types of the members that this
//! server sends, and a look at `code`. It has no limit of size, no repetition, no rate limit, no log id and no message of
//! the server in its errors; we have all of them, at their defaults, but for the rate limit, which would stop the benchmark.
//! `bare` is the same with a timeout of 30 s and nothing else, for those who find the first one too careful.
//!
//! `--serve` and `--calls ours|hand|bare BASE COUNT` run server and one side in processes of their own, for a profiler.

use std::alloc::System;
use std::time::{Duration, Instant};

use attendance_api::{Client, Date};
use serde::Deserialize;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: usize = 15;
/// Short, so that what disturbs one side soon disturbs the other.
const SHORT_ROUNDS: usize = 400;

fn main() {
    if std::env::args().any(|word| word == "--serve") {
        println!("{}", serve());
        std::thread::park();
    }
    let words: Vec<String> = std::env::args().collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["--peak", side, base, ..] => peak(side, base),
        ["--calls", side, base, calls] => alone(side, base, calls.parse().expect("a number")),
        _ => compare(),
    }
}

/// One side alone, for a profiler.
fn alone(side: &str, base: &str, calls: usize) {
    match side {
        "ours" => runtime().block_on(many(&Ours::new(base), 1, calls)),
        "bare" => runtime().block_on(many(&ByHand::bare(base), 1, calls)),
        _ => runtime().block_on(many(&ByHand::new(base), 1, calls)),
    }
}

fn compare() {
    let base = serve();
    let runtime = runtime();
    let (ours, hand, bare) = (Ours::new(&base), ByHand::new(&base), ByHand::bare(&base));
    for (name, concurrency, calls) in [("one at a time", 1, 50), ("64 side by side", 64, 320)] {
        let [mut ours_cost, mut hand_cost, mut bare_cost] =
            [Costs::default(), Costs::default(), Costs::default()];
        for _ in 0..SHORT_ROUNDS {
            ours_cost.add(|| runtime.block_on(many(&ours, concurrency, calls)));
            hand_cost.add(|| runtime.block_on(many(&hand, concurrency, calls)));
            bare_cost.add(|| runtime.block_on(many(&bare, concurrency, calls)));
        }
        let (time, cpu) = ours_cost.against(hand_cost.clone());
        let (bare_time, bare_cpu) = ours_cost.against(bare_cost);
        println!(
            "small call, {name}: {time:.3} of the time by hand, {cpu:.3} of its CPU (bare: {bare_time:.3}, {bare_cpu:.3})"
        );
    }
    let allocations = |work: &dyn Fn()| {
        let region = Region::new(ALLOCATOR);
        work();
        region.change().allocations as f64 / 200.0
    };
    let ours_count = allocations(&|| runtime.block_on(many(&ours, 1, 200)));
    let hand_count = allocations(&|| runtime.block_on(many(&hand, 1, 200)));
    let bare_count = allocations(&|| runtime.block_on(many(&bare, 1, 200)));
    println!(
        "small call: {:.3} of the allocations by hand ({ours_count:.0} against {hand_count:.0}, bare {bare_count:.0}; server's included)",
        ours_count / hand_count,
    );
    let ratio = median(|| {
        let ours = time(|| assert_eq!(runtime.block_on(ours.large()), 50 * 31));
        let hand = time(|| assert_eq!(runtime.block_on(hand.large()), 50 * 31));
        ours.as_secs_f64() / hand.as_secs_f64()
    });
    println!(
        "large answer ({:.1} MB): {ratio:.3} of the time by hand",
        large_body().len() as f64 / 1e6
    );
    let [ours, hand] = ["ours", "hand"].map(|side| peak_of_child(side, &base));
    println!(
        "large answer: {:.3} of the peak memory by hand ({ours} kB against {hand} kB)",
        ours as f64 / hand as f64
    );
}

/// One side of the comparison.
trait Side: Clone + Send + 'static {
    fn small(&self) -> impl Future<Output = usize> + Send;
    fn large(&self) -> impl Future<Output = usize> + Send;
}

async fn many<S: Side>(side: &S, concurrency: usize, calls: usize) {
    let workers: Vec<_> = (0..concurrency)
        .map(|_| {
            let side = side.clone();
            tokio::spawn(async move {
                for _ in 0..calls / concurrency {
                    assert_eq!(side.small().await, 1);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("a worker does not panic");
    }
}

#[derive(Clone)]
struct Ours(Client);

impl Ours {
    fn new(base: &str) -> Self {
        let client = Client::builder()
            .base_url(base)
            .token("t-bench")
            .employee_type("employee_id")
            .rate_limits(false)
            .no_proxy()
            .build();
        Self(client.expect("the client has all it needs"))
    }
}

impl Side for Ours {
    async fn small(&self) -> usize {
        let shift = self.0.shift().get("6919358778597097404").send().await;
        shift.expect("the server answers").punch_time_rule.len()
    }

    async fn large(&self) -> usize {
        let (from, to) = (day(2026, 7, 1), day(2026, 7, 31));
        let answer = self.0.user_task().query(people(), from, to).send().await;
        let (data, problems) = answer.expect("the server answers").into_parts();
        assert!(problems.is_empty());
        data.user_task_results.len()
    }
}

fn day(year: i32, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("this is a day")
}

/// What a careful person writes without this crate: the members that the answer has, as their own types.
#[derive(Clone)]
struct ByHand {
    client: reqwest::Client,
    base: String,
    token: String,
}

#[derive(Deserialize)]
struct Envelope<T> {
    code: i64,
    #[allow(dead_code)]
    msg: String,
    data: T,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct HandShift {
    shift_id: String,
    shift_name: String,
    punch_times: Option<i64>,
    is_flexible: Option<bool>,
    punch_time_rule: Vec<HandRule>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct HandRule {
    on_time: Option<String>,
    off_time: Option<String>,
    late_minutes_as_late: Option<i64>,
    late_minutes_as_lack: Option<i64>,
    on_advance_minutes: Option<i64>,
    early_minutes_as_early: Option<i64>,
    early_minutes_as_lack: Option<i64>,
    off_delay_minutes: Option<i64>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct HandTasks {
    user_task_results: Vec<HandTask>,
    invalid_user_ids: Option<Vec<String>>,
    unauthorized_user_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct HandTask {
    result_id: String,
    user_id: String,
    employee_name: Option<String>,
    day: i64,
    group_id: Option<String>,
    shift_id: Option<String>,
    records: Vec<HandRecord>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct HandRecord {
    check_in_record_id: Option<String>,
    check_in_record: Option<HandFlow>,
    check_out_record_id: Option<String>,
    check_out_record: Option<HandFlow>,
    check_in_result: Option<String>,
    check_out_result: Option<String>,
    check_in_result_supplement: Option<String>,
    check_out_result_supplement: Option<String>,
    check_in_shift_time: Option<String>,
    check_out_shift_time: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct HandFlow {
    user_id: String,
    creator_id: Option<String>,
    location_name: Option<String>,
    check_time: Option<String>,
    comment: Option<String>,
    record_id: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    ssid: Option<String>,
    bssid: Option<String>,
    is_field: Option<bool>,
    is_wifi: Option<bool>,
    #[serde(rename = "type")]
    kind: Option<i64>,
    photo_urls: Option<Vec<String>>,
    device_id: Option<String>,
    check_result: Option<String>,
}

impl ByHand {
    fn new(base: &str) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .user_agent("payroll/1.0")
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .read_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30));
        Self::with(client, base)
    }

    fn bare(base: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy();
        Self::with(client.timeout(Duration::from_secs(30)), base)
    }

    fn with(client: reqwest::ClientBuilder, base: &str) -> Self {
        Self {
            client: client.build().expect("the client has all it needs"),
            base: base.to_owned(),
            token: "t-bench".to_owned(),
        }
    }

    async fn answer<T: serde::de::DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> T {
        let request = request.bearer_auth(&self.token);
        let answer = request.send().await.expect("the server answers");
        let bytes = answer.bytes().await.expect("the server answers");
        let envelope: Envelope<T> = serde_json::from_slice(&bytes).expect("the answer is JSON");
        assert_eq!(envelope.code, 0);
        envelope.data
    }
}

impl Side for ByHand {
    async fn small(&self) -> usize {
        let url = format!(
            "{}/open-apis/attendance/v1/shifts/6919358778597097404",
            self.base
        );
        let shift: HandShift = self.answer(self.client.get(url)).await;
        shift.punch_time_rule.len()
    }

    async fn large(&self) -> usize {
        let url = format!(
            "{}/open-apis/attendance/v1/user_tasks/query?employee_type=employee_id",
            self.base
        );
        let body = serde_json::json!({
            "user_ids": people(), "check_date_from": 20_260_701, "check_date_to": 20_260_731,
        });
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(body.to_string());
        let tasks: HandTasks = self.answer(request).await;
        tasks.user_task_results.len()
    }
}

fn people() -> Vec<String> {
    (0..50).map(|person| format!("e{person:07}")).collect()
}

fn small_body() -> String {
    let rule = r#"{"on_time":"9:00","off_time":"18:00","late_minutes_as_late":5,"late_minutes_as_lack":60,"on_advance_minutes":60,"early_minutes_as_early":5,"early_minutes_as_lack":60,"off_delay_minutes":240}"#;
    format!(
        r#"{{"code":0,"msg":"success","data":{{"shift_id":"6919358778597097404","shift_name":"Early shift","punch_times":1,"is_flexible":false,"punch_time_rule":[{rule}]}}}}"#
    )
}

/// In the order of the documentation, as the service writes it.
fn large_body() -> String {
    let days = |person: String| (1..=31).map(move |day| task(&person, day));
    let tasks: Vec<String> = people().into_iter().flat_map(days).collect();
    format!(
        r#"{{"code":0,"msg":"success","data":{{"user_task_results":[{}],"invalid_user_ids":[],"unauthorized_user_ids":[]}}}}"#,
        tasks.join(",")
    )
}

fn task(person: &str, day: i64) -> String {
    let flow = |time: i64| {
        let time = 1_782_867_600 + day * 86_400 + time;
        format!(
            r#"{{"user_id":"{person}","creator_id":"{person}","location_name":"西溪园区三号楼","check_time":"{time}","comment":"","record_id":"67093593136{person}{day}","longitude":30.28994,"latitude":120.04509,"ssid":"office-wifi","bssid":"b0:b8:67:5c:1d:72","is_field":false,"is_wifi":true,"type":0,"photo_urls":["https://example.com/photo/6840389754748502021"],"device_id":"99e0609ee053448596502691a81428654d7ded64c7bd85acd982d26b3636c37d","check_result":""}}"#
        )
    };
    let (check_in, check_out) = (flow(0), flow(32_400));
    let record = format!(
        r#"{{"check_in_record_id":"6709359313699356941","check_in_record":{check_in},"check_out_record_id":"6709359313699356942","check_out_record":{check_out},"check_in_result":"Normal","check_out_result":"Normal","check_in_result_supplement":"None","check_out_result_supplement":"None","check_in_shift_time":"1609722000","check_out_shift_time":"1609754400"}}"#
    );
    let date = 20_260_700 + day;
    format!(
        r#"{{"result_id":"67093593{person}{day}","user_id":"{person}","employee_name":"张三","day":{date},"group_id":"6737202939523236110","shift_id":"6753520403404030215","records":[{record}]}}"#
    )
}

/// A server of two answers, in a thread of its own.
fn serve() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener
        .set_nonblocking(true)
        .expect("the listener can be polled");
    let base = format!(
        "http://{}",
        listener.local_addr().expect("the listener has an address")
    );
    std::thread::spawn(move || {
        runtime().block_on(async move {
            let listener = TcpListener::from_std(listener).expect("the runtime runs");
            let [small, large] = [small_body(), large_body()].map(http_answer);
            let (small, large): (&'static [u8], &'static [u8]) = (small.leak(), large.leak());
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_all(stream, small, large));
            }
        });
    });
    base
}

fn http_answer(body: String) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nx-tt-logid: 2026\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}

async fn answer_all(mut stream: TcpStream, small: &'static [u8], large: &'static [u8]) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    loop {
        let Some(end) = request_end(&buffer) else {
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => continue,
            }
        };
        let answer = if buffer.starts_with(b"GET") {
            small
        } else {
            large
        };
        buffer.drain(..end);
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

fn request_end(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head])
        .ok()?
        .to_ascii_lowercase();
    let length = text
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next());
    let end = head + length.map_or(0, |length| length.parse().unwrap_or(0));
    (buffer.len() >= end).then_some(end)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be had")
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(round: impl FnMut() -> f64) -> f64 {
    let mut rounds = round;
    let mut ratios: Vec<f64> = (0..=ROUNDS).map(|_| rounds()).collect();
    // The first one warms up.
    ratios.remove(0);
    middle(&mut ratios)
}

fn middle(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What many short rounds took.
#[derive(Default, Clone)]
struct Costs {
    time: Vec<f64>,
    cpu: Vec<f64>,
}

impl Costs {
    fn add(&mut self, work: impl FnOnce()) {
        let cpu = thread_cpu();
        self.time.push(time(work).as_secs_f64());
        self.cpu.push(thread_cpu() - cpu);
    }

    /// The ratios of the medians.
    fn against(&mut self, mut other: Self) -> (f64, f64) {
        (
            middle(&mut self.time) / middle(&mut other.time),
            middle(&mut self.cpu) / middle(&mut other.cpu),
        )
    }
}

/// Nanoseconds that this thread has computed; the server has its own. `NaN` where there is no procfs.
fn thread_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(f64::NAN)
}

/// Runs one side alone in a process of its own, which prints its peak.
fn peak_of_child(side: &str, base: &str) -> u64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = std::process::Command::new(program)
        .args(["--peak", side, base])
        .output();
    let text = String::from_utf8(output.expect("the program runs").stdout).unwrap_or_default();
    text.trim().parse().expect("the child prints its peak")
}

fn peak(side: &str, base: &str) {
    let runtime = runtime();
    let rounds = std::env::args()
        .nth(4)
        .and_then(|word| word.parse().ok())
        .unwrap_or(3);
    for _ in 0..rounds {
        let rows = match side {
            "ours" => runtime.block_on(Ours::new(base).large()),
            _ => runtime.block_on(ByHand::new(base).large()),
        };
        assert_eq!(rows, 50 * 31);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!(
        "{}",
        peak.map_or("0", |peak| peak.trim().trim_end_matches(" kB"))
    );
}
