//! The few operations outside attendance that a set-up check asks: what the bot is, which scopes are granted.

use serde_json::{Value, json};

use crate::sandbox::answer::Answer;
use crate::sandbox::tokens::App;

/// Scopes that the check can ask about although none is granted at the start.
const KNOWN: [&str; 4] = [
    "attendance:rule",
    "attendance:rule:readonly",
    "attendance:task",
    "attendance:task:readonly",
];

/// The operation name of such a path.
pub(crate) fn endpoint(method: &str, path: &str) -> Option<&'static str> {
    match (method, path) {
        ("GET", "/open-apis/bot/v3/info") => Some("bot.info"),
        ("GET", "/open-apis/application/v6/scopes") => Some("application.scopes"),
        _ => None,
    }
}

pub(crate) fn serve(operation: &str, app: &App) -> Answer {
    let value = match operation {
        "bot.info" => json!({
            "code": 0,
            "msg": "ok",
            "bot": {
                "activate_status": 2,
                "app_name": "Sandbox",
                "avatar_url": "",
                "ip_white_list": app.addresses,
                "open_id": "ou_5a0db0c5f1b6a9e8c7d6e5f4a3b2c1d0",
            },
        }),
        _ => json!({ "code": 0, "msg": "success", "data": { "scopes": scopes(app) } }),
    };
    Answer::json(
        200,
        0,
        serde_json::to_vec(&value).expect("a JSON value can always be written"),
    )
}

fn scopes(app: &App) -> Vec<Value> {
    let mut names: Vec<&str> = KNOWN.to_vec();
    names.extend(
        app.scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| !KNOWN.contains(scope)),
    );
    names
        .iter()
        .map(|name| json!({ "scope_name": name, "grant_status": if app.scopes.contains(*name) { 1 } else { 2 } }))
        .collect()
}
