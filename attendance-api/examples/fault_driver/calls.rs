//! The calls of the contract. A failure is a line as well.

use attendance_api::user_flow::UserFlowInput;
use attendance_api::{Client, Date, Error, ErrorClass, Problem, UnixSeconds};
use serde_json::{Value, json};

/// The line of a success, or that of a failure.
pub(crate) type Line = Result<Value, Value>;

pub(crate) async fn user_tasks_query(client: &Client, call: &Value) -> Line {
    let (from, to) = days(call)?;
    let mut query = client.user_task().query(texts(&call["users"]), from, to);
    if let Some(ignore) = call["ignore_invalid"].as_bool() {
        query = query.ignore_invalid_users(ignore);
    }
    let (data, _) = query
        .send()
        .await
        .map_err(|error| failure(&error))?
        .into_parts();
    Ok(json!({
        "ok": true,
        "count": data.user_task_results.len(),
        "invalid": data.invalid_user_ids,
        "unauthorized": data.unauthorized_user_ids,
    }))
}

pub(crate) async fn user_tasks_batch(client: &Client, call: &Value) -> Line {
    let (from, to) = days(call)?;
    let batches = client
        .user_task()
        .query(texts(&call["users"]), from, to)
        .batches();
    let collected = batches.collect().await;
    match collected.failed.first() {
        Some(failed) => Err(failure(&failed.error)),
        None => Ok(success(collected.items.len())),
    }
}

pub(crate) async fn shifts_get(client: &Client, call: &Value) -> Line {
    let id = call["shift_id"].as_str().unwrap_or_default();
    client
        .shift()
        .get(id)
        .send()
        .await
        .map(|_| success(1))
        .map_err(|error| failure(&error))
}

pub(crate) async fn groups_list_all(client: &Client, call: &Value) -> Line {
    let mut list = client.group().list();
    if let Some(size) = call["page_size"].as_i64() {
        list = list.page_size(size);
    }
    let groups = list.items().try_collect().await;
    groups
        .map(|groups| success(groups.len()))
        .map_err(|error| failure(&error))
}

pub(crate) async fn user_flows_batch_create(client: &Client, call: &Value) -> Line {
    let records = call["records"].as_array().into_iter().flatten().map(record);
    let sent = client.user_flow().batch_create(records).send().await;
    let (data, problems) = sent.map_err(|error| failure(&error))?.into_parts();
    let failed: Vec<String> = problems.iter().map(told).collect();
    Ok(json!({ "ok": true, "count": data.flow_records.len(), "failed": failed }))
}

fn record(record: &Value) -> UserFlowInput {
    let user = record["user_id"].as_str().unwrap_or_default();
    let input = UserFlowInput::new(
        user,
        user,
        "office",
        UnixSeconds::new(1_611_476_284),
        "import",
    );
    match record["idempotent_id"].as_str() {
        Some(key) => input.idempotent_id(key),
        None => input,
    }
}

fn told(problem: &Problem) -> String {
    if problem.subject.is_empty() {
        problem.detail.clone()
    } else {
        problem.subject.clone()
    }
}

fn success(count: usize) -> Value {
    json!({ "ok": true, "count": count })
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items
        .map(|item| {
            item.as_str()
                .map_or_else(|| item.to_string(), str::to_owned)
        })
        .collect()
}

fn days(call: &Value) -> Result<(Date, Date), Value> {
    let day = |name: &str| {
        let text = call[name]
            .as_str()
            .map_or_else(|| call[name].to_string(), str::to_owned);
        text.parse::<Date>().map_err(
            |error| json!({ "ok": false, "kind": "input", "msg": format!("{name}: {error}") }),
        )
    };
    Ok((day("from")?, day("to")?))
}

/// The line of a failure.
pub(crate) fn failure(error: &Error) -> Value {
    let variant = error.message_entry().map_or("Unknown", |entry| entry.name);
    json!({
        "ok": false,
        "kind": kind(error.class()),
        "code": error.code().map(|code| code.0),
        "http": error.http_status(),
        "msg": error.message(),
        "display": error.to_string(),
        "debug": format!("{error:?}"),
        "variant": variant,
        "scopes": error.missing_scopes(),
    })
}

fn kind(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Connect => "connect",
        ErrorClass::Io => "io",
        ErrorClass::Timeout => "timeout",
        ErrorClass::RateLimit => "rate_limit",
        ErrorClass::Auth => "auth",
        ErrorClass::Api => "api",
        ErrorClass::Http => "http",
        ErrorClass::Decode => "decode",
        ErrorClass::ContentType => "content_type",
        ErrorClass::TooLarge => "too_large",
        ErrorClass::Redirect => "redirect",
        ErrorClass::Pagination => "pagination",
        ErrorClass::Input => "input",
        _ => "other",
    }
}
