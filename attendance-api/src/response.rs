//! What a call gives: data, and what came with it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderMap;

use crate::call::Call;
use crate::error::{Error, ErrorClass, Result, clean};
use crate::exchange::Body;
use crate::execute::{Target, execute};
use crate::partial::{Partial, Problem};
use crate::request::Request;
use crate::wire::{Drift, Slot};

/// What an operation gives, as its call knows to receive it.
pub trait FromAnswer: Sized + Send + 'static {
    /// The data without what is around it.
    type Data: Send + 'static;

    #[doc(hidden)]
    fn receive(
        call: &Call,
        request: Request,
    ) -> impl Future<Output = Result<Response<Self>>> + Send;

    #[doc(hidden)]
    fn into_data(self) -> (Self::Data, Vec<Problem>);
}

impl<T: Slot + Default + Send + 'static> FromAnswer for T {
    type Data = T;

    async fn receive(call: &Call, request: Request) -> Result<Response<T>> {
        let mut response = Response {
            data: T::default(),
            meta: Meta::default(),
        };
        let target = Target::Data(&mut response.data);
        execute(call, request, target, &mut response.meta).await?;
        Ok(response)
    }

    fn into_data(self) -> (T, Vec<Problem>) {
        (self, Vec::new())
    }
}

impl<T: Slot + crate::wire::View + Default + Send + 'static> FromAnswer for Partial<T> {
    type Data = T;

    async fn receive(call: &Call, request: Request) -> Result<Response<Self>> {
        let info = request.info;
        let (mut data, mut meta) = (T::default(), Meta::default());
        execute(call, request, Target::Data(&mut data), &mut meta).await?;
        let data = Partial::new(info, data, &meta.message);
        Ok(Response { data, meta })
    }

    fn into_data(self) -> (T, Vec<Problem>) {
        self.into_parts()
    }
}

impl FromAnswer for Download {
    type Data = Download;

    async fn receive(call: &Call, request: Request) -> Result<Response<Self>> {
        let (mut body, mut meta) = (None, Meta::default());
        execute(call, request, Target::Body(&mut body), &mut meta).await?;
        let body = body.ok_or_else(|| Error::new(ErrorClass::Other, "there is no body"))?;
        let data = Download {
            file_name: file_name(&meta),
            meta: meta.clone(),
            body,
        };
        Ok(Response { data, meta })
    }

    fn into_data(self) -> (Self, Vec<Problem>) {
        (self, Vec::new())
    }
}

/// Data, and what came with it.
#[derive(Debug, Clone)]
pub struct Response<T> {
    pub(crate) data: T,
    pub(crate) meta: Meta,
}

/// What comes with data.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) message: String,
    /// The headers that may carry the id of the request.
    pub(crate) log_id_headers: &'static [&'static str],
    pub(crate) attempts: u32,
    pub(crate) drift: Option<Drift>,
    /// Kept on request only.
    pub(crate) body: Bytes,
}

impl<T> Response<T> {
    /// The data.
    #[must_use]
    pub fn data(&self) -> &T {
        &self.data
    }

    /// The data alone.
    #[must_use]
    pub fn into_data(self) -> T {
        self.data
    }

    /// Data, and what came with it.
    #[must_use]
    pub fn into_parts(self) -> (T, Meta) {
        (self.data, self.meta)
    }

    /// What came with the data.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.meta.status
    }

    /// A header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.meta.header(name)
    }

    /// The id that the server's support asks for.
    #[must_use]
    pub fn log_id(&self) -> Option<&str> {
        self.meta.log_id()
    }

    /// How often the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }

    /// Where the answer differs from its description; `None` unless the client collects that.
    #[must_use]
    pub fn drift(&self) -> Option<&Drift> {
        self.meta.drift.as_ref()
    }
}

impl Meta {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The text that came with the data.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers that are text.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// The id that the server's support asks for.
    #[must_use]
    pub fn log_id(&self) -> Option<&str> {
        log_id(self.log_id_headers, &self.headers)
    }

    /// How often the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Where the answer differs from its description; `None` unless the client collects that.
    #[must_use]
    pub fn drift(&self) -> Option<&Drift> {
        self.drift.as_ref()
    }
}

/// Longer ids of requests are cut.
const LONGEST_ID: usize = 128;

/// The id that the server's support asks for: the first of these headers that is not empty.
pub(crate) fn log_id<'a>(names: &[&str], headers: &'a HeaderMap) -> Option<&'a str> {
    names.iter().find_map(|name| {
        // Nothing but visible ASCII, spaces and tabs.
        let text = headers.get(*name)?.to_str().ok()?;
        let text = text[..text.len().min(LONGEST_ID)].trim();
        let text = text.split('\t').next().unwrap_or_default();
        (!text.is_empty()).then_some(text)
    })
}

/// An id that stands in a body, which may hold any text.
pub(crate) fn shown_id(text: &str) -> Option<String> {
    let id: String = clean(text).chars().take(LONGEST_ID).collect();
    (!id.is_empty()).then_some(id)
}

/// A file that comes piece by piece.
///
/// The deadline of the call ends with the head of the answer; after that, each piece must come
/// within the idle timeout.
#[derive(Debug)]
#[must_use = "the file is not read yet"]
pub struct Download {
    file_name: Option<String>,
    meta: Meta,
    body: Body,
}

impl Download {
    /// The name of the file, without any folder.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// The media type.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.meta.header("content-type")
    }

    /// The number of bytes, if the server told.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        self.meta
            .header("content-length")
            .and_then(|text| text.parse().ok())
    }

    /// Whether the server told that there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// If the connection breaks, or nothing comes for too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.body.chunk().await.transpose()
    }

    /// The whole file, up to a size.
    ///
    /// # Errors
    ///
    /// If the file is larger, the connection breaks, or nothing comes for too long.
    pub async fn bytes(mut self, most: usize) -> Result<Bytes> {
        self.body.read(most).await
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.body.poll_chunk(cx)
    }
}

/// The name in a `Content-Disposition` header: `filename*` first, then `filename`.
fn file_name(meta: &Meta) -> Option<String> {
    let value = meta.headers.get(http::header::CONTENT_DISPOSITION)?;
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut plain = None;
    for part in split_quoted(&text) {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let mut pieces = value.trim_matches('"').splitn(3, '\'');
                let (charset, _, encoded) = (pieces.next(), pieces.next(), pieces.next());
                if charset.is_some_and(|charset| charset.eq_ignore_ascii_case("utf-8"))
                    && let Some(name) = encoded.and_then(percent_decode)
                {
                    return base_name(&name);
                }
            }
            "filename" => plain = Some(value.trim_matches('"').replace("\\\"", "\"")),
            _ => {}
        }
    }
    base_name(&plain?)
}

/// The parts between semicolons, but not those inside quotation marks.
fn split_quoted(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn percent_decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == b'%' {
            let digits = text.get(index + 1..index + 3)?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            index += 3;
        } else {
            out.push(bytes[index]);
            index += 1;
        }
    }
    String::from_utf8(out).ok()
}

/// A name from outside must not lead into another folder.
fn base_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim();
    (!matches!(name, "" | "." | "..")).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_read_from_either_form() {
        let cases = [
            ("attachment; filename=\"face.jpg\"", Some("face.jpg")),
            ("attachment; filename=face.jpg", Some("face.jpg")),
            (
                "attachment; filename=\"a.jpg\"; filename*=UTF-8''%E5%BC%A0.jpg",
                Some("张.jpg"),
            ),
            (
                "attachment; filename*=utf-8'zh'%E5%BC%A0.jpg",
                Some("张.jpg"),
            ),
            (
                "attachment; filename*=UTF-8''%GG; filename=b.jpg",
                Some("b.jpg"),
            ),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"a;b.jpg\"", Some("a;b.jpg")),
            ("attachment; filename=\"..\"", None),
            ("attachment", None),
        ];
        for (header, expected) in cases {
            let mut meta = Meta::default();
            meta.headers
                .insert("content-disposition", header.parse().unwrap());
            assert_eq!(file_name(&meta).as_deref(), expected, "{header}");
        }
    }
}
