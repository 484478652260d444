//! The journal: the last requests with their answers, to look at and to assert on.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

/// Requests kept; older ones are forgotten.
const KEPT: usize = 10_000;
/// Bytes of a request body kept.
const KEPT_BODY: usize = 64 << 10;
/// Bytes of all bodies kept; beyond, the oldest requests are forgotten.
const KEPT_BODIES: usize = 64 << 20;

/// A request that the sandbox answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Counts from 1, without gaps.
    pub number: u64,
    /// When it came, by the sandbox's clock, in milliseconds since 1970.
    pub at_millis: i64,
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path as it was sent.
    pub path: String,
    /// Query members in order, decoded.
    pub query: Vec<(String, String)>,
    /// Header names in lower case with their values. The token in `authorization` is kept: it is a sandbox's token.
    pub headers: Vec<(String, String)>,
    /// At most the first 64 KiB.
    pub body: Vec<u8>,
    /// The operation, such as `shift.get`; `auth.…` for token endpoints; none for a path that is not served.
    pub operation: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The `code` of the answer, if it has an envelope.
    pub code: Option<i64>,
    /// The log id that was sent with the answer.
    pub log_id: String,
    /// Whether the connection was cut in place of a whole answer.
    pub cut: bool,
}

impl RecordedRequest {
    /// The body as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The first query member of this name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The first header of this name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    requests: VecDeque<Arc<RecordedRequest>>,
    count: u64,
    bytes: usize,
}

impl Journal {
    pub(crate) fn next_number(&self) -> u64 {
        self.count + 1
    }

    pub(crate) fn push(&mut self, mut request: RecordedRequest) -> Arc<RecordedRequest> {
        self.count += 1;
        request.number = self.count;
        request.body.truncate(KEPT_BODY);
        request.body.shrink_to_fit();
        self.bytes += request.body.len();
        while self.requests.len() == KEPT || self.bytes > KEPT_BODIES {
            let oldest = self.requests.pop_front();
            self.bytes -= oldest.map_or(self.bytes, |oldest| oldest.body.len());
        }
        let request = Arc::new(request);
        self.requests.push_back(Arc::clone(&request));
        request
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<RecordedRequest>> {
        self.requests.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes = 0;
        self.requests.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(bytes: usize) -> RecordedRequest {
        RecordedRequest {
            number: 0,
            at_millis: 0,
            method: String::new(),
            path: String::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: vec![0; bytes],
            operation: None,
            status: 200,
            code: None,
            log_id: String::new(),
            cut: false,
        }
    }

    #[test]
    fn the_oldest_are_forgotten_by_count_and_by_size() {
        let mut journal = Journal::default();
        for _ in 0..KEPT + 5 {
            journal.push(request(1));
        }
        assert_eq!(journal.all().count(), KEPT);
        assert_eq!(journal.all().next().unwrap().number, 6);
        for _ in 0..KEPT_BODIES / KEPT_BODY + 10 {
            journal.push(request(KEPT_BODY * 2));
        }
        assert_eq!(journal.all().count(), KEPT_BODIES / KEPT_BODY);
    }
}
