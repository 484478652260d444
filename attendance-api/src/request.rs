//! Requests: from a call's values to path, query, headers and body.
//!
//! Guarantees: every path value is one encoded segment or refused, and no value can add a
//! header or a parameter. Lacks credentials: those are added when it is sent.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::call::Call;
use crate::error::{Error, Result};
use crate::multipart::{self, Part};
use crate::operation::OperationInfo;
use crate::styles::{self, PathStyle, QueryStyle};
use crate::transport::Payload;
use crate::wire::{Field, Form, Json, Sight, View, encode, to_text, to_value};

/// A request without credentials.
#[derive(Debug)]
pub struct Request {
    pub(crate) info: &'static OperationInfo,
    /// Path and query, encoded, with `{name}` for what is still to come.
    target: Cow<'static, str>,
    pub(crate) headers: HeaderMap,
    body: Body,
    keyed: bool,
    refused: Option<Error>,
}

#[derive(Debug)]
enum Body {
    None,
    Json(Vec<u8>),
    Other {
        content_type: String,
        payload: Payload,
    },
}

impl Request {
    /// An empty request for an operation.
    #[must_use]
    pub fn new(info: &'static OperationInfo) -> Self {
        Self {
            info,
            target: Cow::Borrowed(info.path),
            headers: HeaderMap::new(),
            body: Body::None,
            keyed: false,
            refused: None,
        }
    }

    pub(crate) fn raw(info: &'static OperationInfo, path: String) -> Self {
        Self {
            target: Cow::Owned(path),
            ..Self::new(info)
        }
    }

    /// Puts a value into the path, as one segment.
    ///
    /// # Errors
    ///
    /// If the value is empty, `.` or `..`: URL parsers fold these away, encoded or not.
    pub fn path(&mut self, name: &str, value: &dyn View) -> Result<()> {
        self.path_as(name, value, Form::Text, PathStyle::Simple)
    }

    /// Puts a value into the path, written as its field says.
    ///
    /// # Errors
    ///
    /// As [`Request::path`].
    pub fn path_field(&mut self, field: Field, value: &dyn View) -> Result<()> {
        self.path_as(
            field.name(),
            value,
            text_form(field.form()),
            PathStyle::Simple,
        )
    }

    /// Puts a value into the path in a certain style.
    ///
    /// # Errors
    ///
    /// As [`Request::path`].
    pub fn path_styled(&mut self, name: &str, value: &dyn View, style: PathStyle) -> Result<()> {
        self.path_as(name, value, Form::Text, style)
    }

    fn path_as(
        &mut self,
        name: &str,
        value: &dyn View,
        form: Form,
        style: PathStyle,
    ) -> Result<()> {
        let old = &*self.target;
        let place = placeholder(old, name);
        let (before, after) = place.unwrap_or((old, ""));
        let mut target = String::with_capacity(old.len() + ROOM);
        target.push_str(before);
        styles::path(&mut target, name, value, form, style);
        if is_folded_away(&target[before.len()..]) {
            return Err(Error::input(format!(
                "`{name}` cannot be empty, `.` or `..`"
            )));
        }
        if place.is_some() {
            target.push_str(after);
            self.target = Cow::Owned(target);
        }
        Ok(())
    }

    /// Adds a query parameter; nothing for `None` and empty lists, one for each item of a list.
    pub fn query(&mut self, name: &str, value: &dyn View) {
        self.query_as(name, value, Form::Text, QueryStyle::Repeat);
    }

    /// Adds a query parameter, written as its field says.
    pub fn query_field(&mut self, field: Field, value: &dyn View) {
        self.query_as(
            field.name(),
            value,
            text_form(field.form()),
            QueryStyle::Repeat,
        );
    }

    /// Adds a query parameter in a certain style.
    pub fn query_styled(&mut self, name: &str, value: &dyn View, style: QueryStyle) {
        self.query_as(name, value, Form::Text, style);
    }

    fn query_as(&mut self, name: &str, value: &dyn View, form: Form, style: QueryStyle) {
        match styles::scalar(value, form) {
            Some(text) => self.push_query(name, &text),
            None => styles::query(name, value, form, style)
                .iter()
                .for_each(|(name, value)| self.push_query(name, value)),
        }
    }

    fn push_query(&mut self, name: &str, value: &str) {
        let joint = if self.target.contains('?') { '&' } else { '?' };
        if let Cow::Borrowed(path) = self.target {
            let mut target = String::with_capacity(path.len() + ROOM);
            target.push_str(path);
            self.target = Cow::Owned(target);
        }
        push_pair(self.target.to_mut(), joint, name, value);
    }

    fn has_query(&self, name: &str) -> bool {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|pair| {
            let key = pair.split('=').next().unwrap_or_default();
            key == name || key.contains('%') && key == percent(name)
        })
    }

    /// Adds a query parameter that is a JSON document.
    ///
    /// # Errors
    ///
    /// If a number has no JSON form.
    pub fn query_json(&mut self, name: &str, value: &dyn View) -> Result<()> {
        if !matches!(value.sight(), Sight::Nothing) {
            let json = to_value(value).map_err(no_json)?;
            self.push_query(name, &json.to_string());
        }
        Ok(())
    }

    /// Fills a query parameter that is still missing from the defaults of the client.
    ///
    /// # Errors
    ///
    /// If it is required and there is no default.
    pub fn default_query(&mut self, name: &str, call: &Call, required: bool) -> Result<()> {
        if self.has_query(name) {
            return Ok(());
        }
        match call.default_query(name) {
            Some(value) => self.push_query(name, value),
            None if required => {
                return Err(Error::input(format!(
                    "`{name}` is required: set it on the call, or for all calls on the client"
                )));
            }
            None => {}
        }
        Ok(())
    }

    /// Sets a header; nothing for `None`.
    ///
    /// # Errors
    ///
    /// If the value cannot stand in a header, such as one with a line break.
    pub fn header(&mut self, name: &str, value: &dyn View) -> Result<()> {
        match styles::simple(value, Form::Text) {
            Some(text) => self.set_header(name, &text),
            None => Ok(()),
        }
    }

    /// Sets a header, written as its field says.
    ///
    /// # Errors
    ///
    /// As [`Request::header`].
    pub fn header_field(&mut self, field: Field, value: &dyn View) -> Result<()> {
        match styles::simple(value, text_form(field.form())) {
            Some(text) => self.set_header(field.name(), &text),
            None => Ok(()),
        }
    }

    /// Sets a cookie; nothing for `None`.
    ///
    /// # Errors
    ///
    /// If the header cannot be built.
    pub fn cookie(&mut self, name: &str, value: &dyn View) -> Result<()> {
        let Some(text) = styles::simple(value, Form::Text) else {
            return Ok(());
        };
        let before = self
            .headers
            .get(http::header::COOKIE)
            .and_then(|value| value.to_str().ok());
        let joint = before
            .map(|before| format!("{before}; "))
            .unwrap_or_default();
        let cookie = format!("{joint}{}={}", percent(name), percent(&text));
        self.set_header("cookie", &cookie)
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) -> Result<()> {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::input("a header name is not legal"))?;
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| Error::input(format!("the value of header `{key}` is not legal")))?;
        self.headers.insert(key, value);
        Ok(())
    }

    /// Sets a JSON body; none for `None`.
    ///
    /// # Errors
    ///
    /// If a number has no JSON form.
    pub fn json(&mut self, value: &dyn View) -> Result<()> {
        if matches!(value.sight(), Sight::Nothing) {
            return Ok(());
        }
        self.body = Body::Json(encode(value).map_err(no_json)?);
        self.keyed = self
            .info
            .idempotency_key
            .is_some_and(|path| every_row_has(value, path));
        Ok(())
    }

    /// Sets a form body; none for `None`.
    ///
    /// # Errors
    ///
    /// None today.
    pub fn form(&mut self, value: &dyn View) -> Result<()> {
        if !matches!(value.sight(), Sight::Nothing) {
            let pairs = styles::query("", value, Form::Text, QueryStyle::Members);
            self.other(
                "application/x-www-form-urlencoded",
                Payload::from(encode_query(&pairs)),
            );
        }
        Ok(())
    }

    /// Sets a text body; none for `None`.
    pub fn text(&mut self, value: &dyn View) {
        if let Some(text) = to_text(value, Form::Text) {
            self.other("text/plain; charset=utf-8", Payload::from(text));
        }
    }

    /// Sets a body of bytes; none for `None`.
    pub fn bytes(&mut self, content_type: &str, content: impl Into<Option<Bytes>>) {
        if let Some(content) = content.into() {
            self.other(content_type, Payload::from(content));
        }
    }

    /// Sets a body of parts; they are read anew for each attempt.
    pub fn multipart(&mut self, parts: Vec<Part>) {
        let (content_type, payload) = multipart::encode(parts);
        self.other(&content_type, payload);
    }

    fn other(&mut self, content_type: &str, payload: Payload) {
        if HeaderValue::from_str(content_type).is_err() {
            self.refused = Some(Error::input("the media type of the body is not legal"));
        }
        self.body = Body::Other {
            content_type: content_type.to_owned(),
            payload,
        };
    }

    /// Adds what the caller of an operation gave beside its parameters.
    pub(crate) fn extend(
        &mut self,
        query: &[(String, String)],
        headers: &[(String, String)],
        members: &[(String, Json)],
    ) -> Result<()> {
        for (name, value) in query {
            self.push_query(name, value);
        }
        for (name, value) in headers {
            self.set_header(name, value)?;
        }
        if members.is_empty() {
            return Ok(());
        }
        let mut body = match &self.body {
            Body::None => Json::Object(serde_json::Map::new()),
            Body::Json(text) => serde_json::from_slice(text).unwrap_or_default(),
            Body::Other { .. } => return Err(Error::input("only a JSON body takes more members")),
        };
        let Some(object) = body.as_object_mut() else {
            return Err(Error::input("only an object takes more members"));
        };
        object.extend(members.iter().cloned());
        self.body = Body::Json(body.to_string().into_bytes());
        Ok(())
    }

    /// Whether every row carries a key that makes a repetition safe.
    pub(crate) fn is_keyed(&self) -> bool {
        self.keyed
    }

    /// Path and query.
    pub(crate) fn target(self) -> Cow<'static, str> {
        self.target
    }

    /// Media type and content.
    pub(crate) fn finish(&mut self) -> Result<(Option<HeaderValue>, Payload)> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        Ok(match std::mem::replace(&mut self.body, Body::None) {
            Body::None => (None, Payload::empty()),
            Body::Json(text) => {
                let json = HeaderValue::from_static("application/json; charset=utf-8");
                (Some(json), Payload::from(text))
            }
            Body::Other {
                content_type,
                payload,
            } => (HeaderValue::from_str(&content_type).ok(), payload),
        })
    }
}

fn no_json(error: serde_json::Error) -> Error {
    Error::input("a value has no JSON form").with_source(error)
}

/// Whether a segment vanishes when a path is read. Some servers and proxies decode before they fold the path.
fn is_folded_away(segment: &str) -> bool {
    if !segment.is_empty() && !segment.starts_with(['.', '%']) {
        return false;
    }
    let plain = segment
        .to_ascii_lowercase()
        .replace("%25", "%")
        .replace("%2e", ".");
    matches!(plain.as_str(), "" | "." | "..")
}

/// A field's form, where everything is text.
fn text_form(form: Form) -> Form {
    match form {
        Form::Natural | Form::Text => Form::Text,
        Form::Number => Form::Number,
        Form::Dashed => Form::Dashed,
    }
}

/// What the values of a call usually need in the address.
const ROOM: usize = 64;

fn encode_query(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        push_pair(&mut out, '&', name, value);
    }
    out.drain(..out.len().min(1));
    out
}

pub(crate) fn push_pair(out: &mut String, joint: char, name: &str, value: &str) {
    out.push(joint);
    push_percent(out, name);
    out.push('=');
    push_percent(out, value);
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub(crate) fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_percent(&mut out, text);
    out
}

pub(crate) fn push_percent(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let stays =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    if text.bytes().all(stays) {
        return out.push_str(text);
    }
    for byte in text.bytes() {
        if stays(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// What stands before and after `{name}`.
fn placeholder<'a>(path: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    loop {
        let open = from + path[from..].find('{')?;
        let rest = &path[open + 1..];
        match rest
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('}'))
        {
            Some(after) => return Some((&path[..open], after)),
            None => from = open + 1,
        }
    }
}

/// Whether a key stands at `path` (`rows[].key`) in every row, and there is a row.
/// Several paths are separated by `,`; then every row of every list counts.
fn every_row_has(value: &dyn View, path: &str) -> bool {
    let Ok(json) = to_value(value) else {
        return false;
    };
    let mut rows = 0;
    let complete = path
        .split(',')
        .all(|path| row_keys(&json, path.trim(), &mut rows));
    complete && rows > 0
}

fn row_keys(json: &Json, path: &str, rows: &mut usize) -> bool {
    match path.split_once("[].") {
        Some((list, rest)) => {
            let items = list.split('.').fold(json, |json, name| &json[name]);
            items
                .as_array()
                .is_none_or(|items| items.iter().all(|row| row_keys(row, rest, rows)))
        }
        None => {
            *rows += 1;
            let key = path.split('.').fold(json, |json, name| &json[name]);
            key.as_str().is_some_and(|key| !key.is_empty()) || key.is_number()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Method;

    static GET: OperationInfo = OperationInfo {
        id: "thing.get",
        path: "/things/{id}/parts",
        ..OperationInfo::EMPTY
    };
    static POST: OperationInfo = OperationInfo {
        id: "thing.add",
        method: Method::Post,
        path: "/things",
        idempotency_key: Some("rows[].key"),
        ..OperationInfo::EMPTY
    };

    fn target(id: &str) -> Option<String> {
        let mut request = Request::new(&GET);
        request.path("id", &id.to_owned()).ok()?;
        Some(request.target().into_owned())
    }

    #[test]
    fn a_path_value_is_one_segment_or_refused() {
        for id in ["", ".", "..", "%2e", "%2E%2e", ".%2e"] {
            assert_eq!(target(id), None, "{id}");
        }
        let hostile = [
            "../x?y",
            "a/b",
            "a\\b",
            "a#b",
            "a b",
            "%2f",
            "a%00b",
            "\r\nX: y",
            "😀",
            "{id}",
            "a;b",
            "...",
            "%252e%252e",
            "a?b=c&d",
            "//",
            "@host",
            "\u{202e}x",
            "\0",
        ];
        for id in hostile {
            let target = target(id).unwrap();
            let segment = target
                .strip_prefix("/things/")
                .unwrap()
                .strip_suffix("/parts")
                .unwrap();
            let legal = |c: char| c.is_ascii_alphanumeric() || "-_.~%".contains(c);
            assert!(segment.chars().all(legal), "{id:?} became {segment}");
        }
        assert_eq!(target("../x?y").unwrap(), "/things/..%2Fx%3Fy/parts");
    }

    #[test]
    fn lists_repeat_and_nothing_is_left_out() {
        let mut request = Request::raw(&GET, "/x".to_owned());
        request.query("a", &vec!["1".to_owned(), "2&3".to_owned()]);
        request.query("b", &None::<String>);
        request.query("c", &Vec::<String>::new());
        request.query("d", &true);
        request.query_styled("e", &vec![1_i64, 2], QueryStyle::Comma);
        assert_eq!(request.target(), "/x?a=1&a=2%263&d=true&e=1%2C2");
    }

    #[test]
    fn no_value_adds_a_header() {
        let mut request = Request::new(&GET);
        for value in ["a\r\nX-Evil: 1", "a\nb", "a\0b", "\u{7f}"] {
            assert!(
                request.header("X-Thing", &value.to_owned()).is_err(),
                "{value:?}"
            );
        }
        assert!(request.headers.is_empty());
        request.header("X-Thing", &"张三".to_owned()).unwrap();
        assert_eq!(request.headers.len(), 1);
    }

    #[test]
    fn a_write_is_keyed_when_every_row_is() {
        let keyed = |body: Json| {
            let mut request = Request::new(&POST);
            request.json(&body).unwrap();
            request.is_keyed()
        };
        assert!(keyed(
            serde_json::json!({"rows": [{"key": "a"}, {"key": "b"}]})
        ));
        assert!(!keyed(
            serde_json::json!({"rows": [{"key": "a"}, {"key": ""}]})
        ));
        assert!(!keyed(serde_json::json!({"rows": [{"key": "a"}, {}]})));
        assert!(!keyed(serde_json::json!({"rows": []})));
        assert!(!keyed(serde_json::json!({})));
    }

    #[test]
    fn a_write_of_several_lists_is_keyed_when_every_row_of_all_is() {
        static MANY: OperationInfo = OperationInfo {
            idempotency_key: Some("day.outs[].key, day.trips[].key"),
            ..POST
        };
        let keyed = |body: Json| {
            let mut request = Request::new(&MANY);
            request.json(&body).unwrap();
            request.is_keyed()
        };
        let row = |key: &str| serde_json::json!({"key": key});
        assert!(keyed(serde_json::json!({"day": {"outs": [row("a")]}})));
        assert!(keyed(
            serde_json::json!({"day": {"outs": [row("a")], "trips": [row("b"), row("c")]}})
        ));
        assert!(!keyed(
            serde_json::json!({"day": {"outs": [row("a")], "trips": [row("b"), {}]}})
        ));
        assert!(!keyed(serde_json::json!({"day": {"outs": [{}]}})));
        assert!(!keyed(serde_json::json!({"day": {}})));
    }
}
