//! From a whole answer to data or an error.
//!
//! The outcome is a function of HTTP status, media type, code and data together; the order of
//! the questions matters and is that of [`judge`].

use std::time::Duration;

use crate::error::{Error, ErrorClass, ErrorCode, Result, clean};
use crate::error_table::{ErrorCategory, ErrorRetry};
use crate::exchange::Answer;
use crate::operation::{AnswerKind, Envelope, OperationInfo, Service};
use crate::partial::problems_of_error;
use crate::response;
use crate::wire::{
    Atom, DecodeError, Drift, Field, Fit, Json, PLAIN, Record, Shape, Slot, View, decode,
    decode_members,
};

/// What a success says beside its data.
#[derive(Debug, Default)]
pub(crate) struct Success {
    pub(crate) message: String,
}

/// Puts the data of an answer into `data`, or says why there is none.
pub(crate) fn judge(
    service: &'static Service,
    info: &'static OperationInfo,
    answer: &Answer,
    data: &mut dyn Slot,
    drift: Option<&mut Drift>,
) -> Result<Success> {
    let outcome = match info.envelope {
        Envelope::Members {
            code,
            message,
            data: member,
        } => {
            let names = Names {
                code,
                message,
                data: member,
            };
            open(service, info, &names, answer, Content::Data(data), drift)
        }
        Envelope::None => bare(info, answer, data, drift),
    };
    outcome.map_err(|error| annotate(error, service, answer))
}

/// An answer that is to be an error, such as that to a request for a file.
pub(crate) fn refusal(
    service: &'static Service,
    info: &'static OperationInfo,
    answer: &Answer,
) -> Error {
    match judge(service, info, answer, &mut (), None) {
        Err(error) => error,
        Ok(_) => {
            let error = Error::new(ErrorClass::ContentType, "a document came instead of a file");
            annotate(error, service, answer)
        }
    }
}

/// Whether the answer is the file itself.
pub(crate) fn is_file(status: u16, content_type: Option<&str>) -> bool {
    (200..300).contains(&status) && !content_type.is_some_and(is_json)
}

/// Puts the members of an answer that has no envelope around them into `members`.
pub(crate) fn judge_members(
    service: &'static Service,
    info: &'static OperationInfo,
    names: &Names,
    answer: &Answer,
    members: &mut dyn Record,
) -> Result<()> {
    let outcome = open(
        service,
        info,
        names,
        answer,
        Content::Members(members),
        None,
    );
    outcome
        .map(|_| ())
        .map_err(|error| annotate(error, service, answer))
}

/// How the members of an envelope are called.
pub(crate) struct Names {
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) data: &'static str,
}

/// The members of an envelope.
#[derive(Default)]
struct Head {
    code: Option<i64>,
    message: Option<String>,
    error: Json,
    description: Option<String>,
}

/// What stands in an envelope.
enum Content<'a> {
    /// Under one member.
    Data(&'a mut dyn Slot),
    /// Beside the code.
    Members(&'a mut dyn Record),
}

impl Content<'_> {
    fn again(&mut self) -> Content<'_> {
        match self {
            Content::Data(slot) => Content::Data(&mut **slot),
            Content::Members(record) => Content::Members(&mut **record),
        }
    }
}

/// An envelope and the place for what is in it.
struct Opened<'a> {
    head: Head,
    content: Content<'a>,
}

impl Record for Opened<'_> {
    fn fields(&self) -> &'static [Field] {
        &[]
    }

    fn slot(&mut self, index: usize) -> Option<&mut dyn Slot> {
        match (index, &mut self.content) {
            (0, _) => Some(&mut self.head.code),
            (1, _) => Some(&mut self.head.message),
            (2, _) => Some(&mut self.head.error),
            (3, _) => Some(&mut self.head.description),
            (4, Content::Data(slot)) => Some(&mut **slot),
            (_, Content::Data(_)) => None,
            (_, Content::Members(record)) => record.slot(index - 4),
        }
    }

    fn view(&self, _: usize) -> Option<&dyn View> {
        None
    }
}

fn read(
    names: &Names,
    body: &[u8],
    content: Content<'_>,
    drift: Option<&mut Drift>,
) -> Result<Head, DecodeError> {
    let plain = |name| Field(name, PLAIN);
    let [code, message] = [names.code, names.message].map(plain);
    let [error, description] = ["error", "error_description"].map(plain);
    let with_data = [code, message, error, description, plain(names.data)];
    let with_members;
    let fields = match &content {
        Content::Data(_) => &with_data[..],
        Content::Members(record) => {
            with_members = [&with_data[..4], record.fields()].concat();
            &with_members
        }
    };
    let mut opened = Opened {
        head: Head::default(),
        content,
    };
    decode_members(body, fields, &mut opened, drift)?;
    Ok(opened.head)
}

fn open(
    service: &'static Service,
    info: &'static OperationInfo,
    names: &Names,
    answer: &Answer,
    mut content: Content<'_>,
    drift: Option<&mut Drift>,
) -> Result<Success> {
    let is_success = (200..300).contains(&answer.status);
    if is_success && answer.body.is_empty() && info.answer == AnswerKind::Empty {
        return Ok(Success::default());
    }
    if !may_be_json(answer) {
        return Err(not_json(answer));
    }
    let head = match read(names, &answer.body, content.again(), drift) {
        Ok(head) => head,
        // The data may be odd because the answer is an error: look at the code alone.
        Err(error) => match read(names, &answer.body, Content::Data(&mut ()), None) {
            Ok(head) if head.code.is_some_and(|code| code != 0) => head,
            Ok(_) | Err(_) if is_success => return Err(undecodable(error)),
            Ok(_) | Err(_) => return Err(http_error(answer)),
        },
    };
    let message = head.message.or(head.description).unwrap_or_default();
    match head.code {
        Some(0) if is_success => Ok(Success { message }),
        Some(0) | None if !is_success => Err(http_error(answer)),
        Some(code) if code != 0 => {
            Err(api_error(service, info, code, &message, head.error, answer))
        }
        _ => {
            let text = format!("the answer has no `{}`", names.code);
            Err(Error::new(ErrorClass::Decode, text))
        }
    }
}

fn bare(
    info: &'static OperationInfo,
    answer: &Answer,
    data: &mut dyn Slot,
    drift: Option<&mut Drift>,
) -> Result<Success> {
    if !(200..300).contains(&answer.status) {
        return Err(http_error(answer));
    }
    match info.answer {
        AnswerKind::Empty => Ok(Success::default()),
        AnswerKind::Text | AnswerKind::Bytes => {
            let text = String::from_utf8_lossy(&answer.body);
            let fit = match data.shape() {
                Shape::Scalar(scalar) => scalar.put(Atom::Text(text)),
                _ => Fit::Taken,
            };
            match fit {
                Fit::Misfit(expected) => Err(Error::new(
                    ErrorClass::Decode,
                    format!("expected {expected}, found text"),
                )),
                Fit::Taken | Fit::Unknown | Fit::Empty => Ok(Success::default()),
            }
        }
        AnswerKind::Json if answer.status == 204 => Ok(Success::default()),
        AnswerKind::Json if !may_be_json(answer) => Err(not_json(answer)),
        AnswerKind::Json => decode(&answer.body, data, "", drift)
            .map(|()| Success::default())
            .map_err(undecodable),
    }
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return true;
    }
    let kind = match media_type.rsplit_once('+') {
        Some((_, suffix)) => return suffix.eq_ignore_ascii_case("json"),
        None => media_type.split_once('/'),
    };
    kind.is_some_and(|(tree, kind)| {
        kind.eq_ignore_ascii_case("json") && tree.eq_ignore_ascii_case("text")
    })
}

/// Without a media type, a brace speaks for JSON.
fn may_be_json(answer: &Answer) -> bool {
    match answer.header("content-type") {
        Some(content_type) => is_json(content_type),
        None => answer
            .body
            .trim_ascii_start()
            .first()
            .is_some_and(|byte| matches!(byte, b'{' | b'[')),
    }
}

fn not_json(answer: &Answer) -> Error {
    if !(200..300).contains(&answer.status) {
        return http_error(answer);
    }
    let found = answer
        .header("content-type")
        .map_or_else(|| "no media type".to_owned(), clean);
    Error::new(
        ErrorClass::ContentType,
        format!("expected JSON, found {found}: {}", excerpt(answer)),
    )
}

fn undecodable(error: DecodeError) -> Error {
    let text = format!("the answer cannot be read: {error}");
    Error::new(ErrorClass::Decode, clean(&text)).with_source(error)
}

fn http_error(answer: &Answer) -> Error {
    let (class, text) = match answer.status {
        300..=399 => (
            ErrorClass::Redirect,
            "redirects are not followed".to_owned(),
        ),
        429 => (ErrorClass::RateLimit, "too many calls".to_owned()),
        401 | 403 if answer.body.is_empty() => (ErrorClass::Auth, "refused".to_owned()),
        401 => (ErrorClass::Auth, excerpt(answer)),
        _ => (ErrorClass::Http, excerpt(answer)),
    };
    let status = http::StatusCode::from_u16(answer.status).ok();
    let reason = status
        .and_then(|status| status.canonical_reason())
        .unwrap_or("no known status");
    Error::new(
        class,
        if text.is_empty() {
            reason.to_owned()
        } else {
            text
        },
    )
}

/// The beginning of a body, for people.
fn excerpt(answer: &Answer) -> String {
    const MOST: usize = 300;
    let text = clean(&String::from_utf8_lossy(
        &answer.body[..answer.body.len().min(4 * MOST)],
    ));
    text.chars().take(MOST).collect()
}

fn api_error(
    service: &'static Service,
    info: &'static OperationInfo,
    code: i64,
    message: &str,
    details: Json,
    answer: &Answer,
) -> Error {
    let meaning = service.errors.look_up(Some(info), code, message);
    let class = match (meaning.category(), meaning.retry()) {
        (Some(ErrorCategory::RateLimit), _) | (_, Some(ErrorRetry::WaitReset)) => {
            ErrorClass::RateLimit
        }
        _ if answer.status == 429 => ErrorClass::RateLimit,
        (Some(ErrorCategory::Auth | ErrorCategory::Credential), _)
        | (_, Some(ErrorRetry::RefreshToken)) => ErrorClass::Auth,
        _ => ErrorClass::Api,
    };
    let text = clean(message);
    let mut error = Error::new(
        class,
        if text.is_empty() {
            "no message".to_owned()
        } else {
            text
        },
    );
    let inner = error.inner_mut();
    inner.code = Some(ErrorCode(code));
    inner.meaning = meaning;
    inner.problems = problems_of_error(info.partial, code, message);
    // Some answers carry the id in the body only.
    let log_id = details["log_id"].as_str().or(details["logid"].as_str());
    inner.log_id = log_id.and_then(response::shown_id);
    inner.details = details;
    error
}

/// Adds what the head of the answer says.
fn annotate(mut error: Error, service: &'static Service, answer: &Answer) -> Error {
    let inner = error.inner_mut();
    inner.status = Some(answer.status);
    if let Some(log_id) = log_id(service, answer) {
        inner.log_id = Some(log_id);
    }
    if inner.class == ErrorClass::RateLimit || answer.status == 503 {
        inner.retry_after = reset(service, answer);
    }
    error
}

/// The id that the server's support asks for.
pub(crate) fn log_id(service: &Service, answer: &Answer) -> Option<String> {
    response::log_id(service.log_id_headers, &answer.headers).map(str::to_owned)
}

/// How long the server asks to wait: whole seconds, at most a day.
fn reset(service: &Service, answer: &Answer) -> Option<Duration> {
    let mut values = service
        .reset_headers
        .iter()
        .filter_map(|name| answer.header(name));
    let seconds: u64 = values.find_map(|value| value.trim().parse().ok())?;
    Some(Duration::from_secs(seconds.min(86_400)))
}
