//! Answers: what a handler decides, and the HTTP form that it gets.

use serde_json::{Value, json};

use super::contract::Violation;
use super::shape::shape;
use super::switches::{ScopeErrorForm, Switches};

/// A finished answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) code: Option<i64>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Headers that a fault adds.
    pub(crate) extra: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What an operation hands back when it succeeds.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The `data` member.
    Data(Value),
    /// Success with a message that tells of rows that were not taken.
    Partly(Value, String),
    /// The `data` member, already written.
    Written(Vec<u8>),
    /// A file.
    File { name: String, content: Vec<u8> },
}

/// A refusal.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Members of the `error` object beside the log id.
    pub(crate) details: Value,
}

pub(crate) type Outcome = Result<Reply, Failure>;

pub(crate) fn fail<T>(code: i64, message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::new(400, code, message))
}

/// Code 1220001: a parameter that the service itself refuses.
pub(crate) fn invalid<T>(what: impl Into<String>) -> Result<T, Failure> {
    fail(1_220_001, what)
}

/// Code 1220600: told apart by its text only.
pub(crate) fn general<T>(text: &str) -> Result<T, Failure> {
    fail(1_220_600, text)
}

impl Failure {
    pub(crate) fn new(status: u16, code: i64, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: Vec::new(),
            details: json!({}),
        }
    }

    /// The gateway's answer to a request that does not have the described shape.
    pub(crate) fn field_violations(violations: &[&Violation]) -> Self {
        let rows: Vec<Value> = violations
            .iter()
            .map(|violation| {
                let mut row = json!({
                    "field": violation.field,
                    "description": violation.description,
                });
                if let Some(value) = &violation.value {
                    row["value"] = json!(value);
                }
                row
            })
            .collect();
        let mut failure = Self::new(400, 99_992_402, "field validation failed");
        failure.details = json!({ "field_violations": rows });
        failure
    }

    pub(crate) fn missing_scope(scopes: &[String], user: bool, switches: &Switches) -> Self {
        let (code, kind) = if user {
            (99_991_679, "action_privilege_required")
        } else {
            (99_991_672, "action_scope_required")
        };
        let list = scopes.join(", ");
        let english = format!("Access denied. One of the following scopes is required: [{list}].");
        let mut failure = Self::new(400, code, english);
        let rows: Vec<Value> = scopes
            .iter()
            .map(|scope| json!({ "type": kind, "subject": scope }))
            .collect();
        match switches.scope_error_form {
            ScopeErrorForm::Object => failure.details = json!({ "permission_violations": rows }),
            ScopeErrorForm::TextOnly => {}
            ScopeErrorForm::ChineseText => {
                failure.message = format!(
                    "{} 应用尚未开通所需的应用身份权限：[{list}]",
                    failure.message
                );
            }
        }
        failure
    }
}

/// Puts a reply or a refusal into the envelope.
pub(crate) fn finish(outcome: Outcome, log_id: &str, switches: &Switches) -> Answer {
    match outcome.map(|reply| shaped(reply, switches)) {
        Ok(Reply::Data(data)) => success(&switches.msg_on_success, &to_bytes(&data)),
        Ok(Reply::Partly(data, message)) => success(&message, &to_bytes(&data)),
        Ok(Reply::Written(data)) => success(&switches.msg_on_success, &data),
        Ok(Reply::File { name, content }) => file(&name, content),
        Err(failure) => refusal(failure, log_id, switches),
    }
}

fn shaped(reply: Reply, switches: &Switches) -> Reply {
    if !switches.shape_answers() {
        return reply;
    }
    match reply {
        Reply::Data(mut data) => {
            shape(switches, &mut data);
            Reply::Data(data)
        }
        Reply::Partly(mut data, message) => {
            shape(switches, &mut data);
            Reply::Partly(data, message)
        }
        Reply::Written(bytes) => {
            let mut data = serde_json::from_slice(&bytes).unwrap_or_default();
            shape(switches, &mut data);
            Reply::Data(data)
        }
        Reply::File { .. } => reply,
    }
}

fn success(message: &str, data: &[u8]) -> Answer {
    let head = format!("{{\"code\":0,\"msg\":{},\"data\":", json!(message));
    let mut body = Vec::with_capacity(head.len() + data.len() + 1);
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(data);
    body.push(b'}');
    Answer::json(200, 0, body)
}

fn file(name: &str, content: Vec<u8>) -> Answer {
    let safe: String = name
        .chars()
        .map(|letter| match letter {
            '"' | '\\' => '_',
            letter if letter.is_ascii_graphic() || letter == ' ' => letter,
            _ => '_',
        })
        .collect();
    Answer {
        status: 200,
        code: None,
        headers: vec![
            ("content-type", "application/octet-stream".to_owned()),
            (
                "content-disposition",
                format!("attachment; filename=\"{safe}\""),
            ),
        ],
        extra: Vec::new(),
        body: content,
    }
}

fn refusal(failure: Failure, log_id: &str, switches: &Switches) -> Answer {
    let mut error = failure.details;
    error["log_id"] = json!(log_id);
    let body = json!({
        "code": failure.code,
        "msg": failure.message,
        "error": error,
    });
    let status = if switches.http_200_for_errors {
        200
    } else {
        failure.status
    };
    let mut answer = Answer::json(status, failure.code, to_bytes(&body));
    answer.headers.extend(failure.headers);
    answer
}

impl Answer {
    pub(crate) fn json(status: u16, code: i64, body: Vec<u8>) -> Self {
        Self {
            status,
            code: Some(code),
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            extra: Vec::new(),
            body,
        }
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            code: None,
            headers: vec![("content-type", content_type.to_owned())],
            extra: Vec::new(),
            body: body.into(),
        }
    }
}

fn to_bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("a JSON value can always be written")
}
