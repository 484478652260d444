//! A program through which anything, in any language, can drive the client.
//!
//! It reads one JSON object on stdin, carries out the calls in it through one client, phase by
//! phase, prints a JSON line for each call on stdout, and logs everything at TRACE on stderr.
//!
//! ```text
//! {"base_url", "app_id", "app_secret", "concurrency": 8, "pause_ms": 0,
//!  "config": {"connect_timeout_ms", "read_timeout_ms", "call_timeout_ms", "max_attempts",
//!             "max_body_bytes", "max_pages"},
//!  "phases": [[call, ...], [call, ...]]}
//! ```

mod calls;
#[cfg(feature = "ws")]
mod listen;
mod log;

use std::error::Error;
use std::io::Read as _;
use std::time::{Duration, Instant};

use attendance_api::{Client, EmployeeType, RetryPolicy};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    log::install();
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let plan: Value = serde_json::from_str(&text)?;
    let client = client(&plan)?;
    let concurrency = plan["concurrency"]
        .as_u64()
        .map_or(Ok(8), usize::try_from)?
        .max(1);
    let pause = Duration::from_millis(plan["pause_ms"].as_u64().unwrap_or(0));
    let phases = plan["phases"].as_array().map_or(&[][..], Vec::as_slice);
    for (index, phase) in phases.iter().enumerate() {
        if index > 0 {
            tokio::time::sleep(pause).await;
        }
        let calls = phase.as_array().map_or(&[][..], Vec::as_slice);
        let mut lines = futures_util::stream::iter(calls)
            .map(|call| run(&client, &plan, call))
            .buffer_unordered(concurrency);
        while let Some(line) = lines.next().await {
            println!("{line}");
        }
    }
    Ok(())
}

fn client(plan: &Value) -> Result<Client, Box<dyn Error>> {
    let text = |name: &str| plan[name].as_str().unwrap_or_default().to_owned();
    let config = &plan["config"];
    let millis = |name: &str| config[name].as_u64().map(Duration::from_millis);
    let count = |name: &str| config[name].as_u64().map(usize::try_from).transpose();
    let mut builder = Client::builder()
        .base_url(text("base_url"))
        .app(text("app_id"), text("app_secret"))
        .employee_type(EmployeeType::EmployeeId);
    if let Some(timeout) = millis("connect_timeout_ms") {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(timeout) = millis("read_timeout_ms") {
        builder = builder.idle_timeout(timeout);
    }
    if let Some(timeout) = millis("call_timeout_ms") {
        builder = builder.timeout(timeout);
    }
    if let Some(attempts) = config["max_attempts"].as_u64() {
        builder = builder.retry(RetryPolicy::new().max_attempts(u32::try_from(attempts)?));
    }
    if let Some(most) = count("max_body_bytes")? {
        builder = builder.max_body_bytes(most);
    }
    if let Some(most) = count("max_pages")? {
        builder = builder.max_pages(most);
    }
    Ok(builder.build()?)
}

/// Carries out one call; gives the line to print.
async fn run(client: &Client, plan: &Value, call: &Value) -> Value {
    let begin = Instant::now();
    let outcome = match call["op"].as_str().unwrap_or_default() {
        "user_tasks.query" => calls::user_tasks_query(client, call).await,
        "user_tasks.batch" => calls::user_tasks_batch(client, call).await,
        "shifts.get" => calls::shifts_get(client, call).await,
        "groups.list_all" => calls::groups_list_all(client, call).await,
        "user_flows.batch_create" => calls::user_flows_batch_create(client, call).await,
        #[cfg(feature = "ws")]
        "ws.listen" => listen::listen(plan, call).await,
        _ => Ok(json!({ "unsupported": true })),
    };
    let _ = plan;
    let mut line = outcome.unwrap_or_else(|failure| failure);
    line["id"] = call["id"].clone();
    line["ms"] = json!(u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX));
    line
}
