//! Measures the sandbox: a tenant of 10,000 people with a year of schedules and punches.
//!
//! `cargo run --release -p attendance-api --features sandbox --example sandbox_bars [PEOPLE]`

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use attendance_api::sandbox::Sandbox;
use serde_json::{Value, json};

const CALLS: usize = 40;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people: u64 = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 10_000,
    };
    let before = resident_mib();
    let begun = Instant::now();
    let sandbox = Sandbox::builder().seed(tenant(people)).start_blocking()?;
    let started = begun.elapsed();
    let after = resident_mib();
    sandbox.rate_limit_off();
    let state = call(&sandbox, "GET", "/__sandbox/state", "", "")?;
    let state: Value = serde_json::from_slice(&state)?;
    println!(
        "{people} people, {} planned days, {} punches",
        state["counts"]["planned days"], state["counts"]["punches"]
    );
    println!("start   {:.0} ms", millis(started));
    println!("memory  {:.0} MiB ({before:.0} before)", after - before);
    let (median, worst, bytes) = queries(&sandbox, people)?;
    println!(
        "query   50 people, 30 days: median {:.2} ms, worst of {CALLS} {:.2} ms, {bytes} bytes",
        millis(median),
        millis(worst)
    );
    Ok(())
}

/// Half of the people work a week plan, half by schedule; everybody punched for a year.
fn tenant(people: u64) -> Value {
    let half = people / 2;
    let shift = json!({
        "shift_id": "7001",
        "shift_name": "Day",
        "punch_time_rule": [{
            "on_time": "9:00", "off_time": "18:00", "late_minutes_as_late": 5, "late_minutes_as_lack": 60,
            "early_minutes_as_early": 5, "early_minutes_as_lack": 60, "on_advance_minutes": 60, "off_delay_minutes": 120,
        }],
    });
    json!({
        "now": "2026-03-04 12:00:00",
        "users": [{"id": "boss"}],
        "generate_users": {"count": people, "departments": ["od-root"]},
        "shifts": [shift],
        "groups": [
            {"group_id": "8001", "group_name": "All", "group_type": 2, "punch_day_shift_ids": [], "bind_dept_ids": ["od-root"],
             "group_leader_ids": ["boss"]},
            {"group_id": "8002", "group_name": "Office", "punch_day_shift_ids": ["7001", "7001", "7001", "7001", "7001", "0", "0"],
             "group_leader_ids": ["boss"], "bind_user_ids": (1..=half).map(|number| format!("u{number}")).collect::<Vec<_>>()},
        ],
        "schedules": [
            {"group_id": "8001", "from": 20250305, "to": 20260304, "shift_ids": ["7001", "7001", "7001", "7001", "7001", "0", "0"]},
        ],
        "fill_punches": {"from": 20250305, "to": 20260304},
    })
}

/// Median and worst time of a query over one warm connection, and the bytes of its answer.
fn queries(
    sandbox: &Sandbox,
    people: u64,
) -> Result<(Duration, Duration, usize), Box<dyn std::error::Error>> {
    let body = json!({"app_id": sandbox.app_id(), "app_secret": sandbox.app_secret()}).to_string();
    let answer = call(
        sandbox,
        "POST",
        "/open-apis/auth/v3/tenant_access_token/internal",
        "",
        &body,
    )?;
    let answer: Value = serde_json::from_slice(&answer)?;
    let token = answer["tenant_access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let path = "/open-apis/attendance/v1/user_tasks/query?employee_type=employee_id";
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port()))?;
    stream.set_nodelay(true)?;
    let mut times = Vec::new();
    let mut bytes = 0;
    for round in 0..CALLS as u64 {
        let first = people / 4 + round * 50;
        let ids: Vec<String> = (0..50)
            .map(|number| format!("u{}", (first + number) % people + 1))
            .collect();
        let body = json!({"user_ids": ids, "check_date_from": 20260201, "check_date_to": 20260302})
            .to_string();
        let begun = Instant::now();
        let answer = send(&mut stream, "POST", path, &token, &body)?;
        times.push(begun.elapsed());
        bytes = answer.len();
    }
    times.sort();
    Ok((times[CALLS / 2], times[CALLS - 1], bytes))
}

fn call(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    token: &str,
    body: &str,
) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port()))?;
    send(&mut stream, method, path, token, body)
}

fn send(
    stream: &mut TcpStream,
    method: &str,
    path: &str,
    token: &str,
    body: &str,
) -> std::io::Result<Vec<u8>> {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes())?;
    let mut all = Vec::with_capacity(2 << 20);
    let mut chunk = vec![0; 256 << 10];
    loop {
        let count = stream.read(&mut chunk)?;
        all.extend_from_slice(&chunk[..count]);
        if let Some(end) = all
            .windows(4)
            .take(1024)
            .position(|four| four == b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if all.len() >= end + 4 + length {
                return Ok(all.split_off(end + 4));
            }
        }
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Resident memory; 0 where the system does not tell it this way.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|text| text.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(0.0, |kib| kib / 1024.0)
}
