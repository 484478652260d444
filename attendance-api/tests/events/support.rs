//! A small set of events, keys, and deliveries as Feishu makes them.

use std::sync::{Arc, Mutex};

use attendance_api::events::{
    BoxError, CallbackRequest, CallbackResponse, Delivery, Dispatcher, DispatcherBuilder,
    EncryptKey, EventDocument, EventHandler, EventSet, RawEvent,
};
use attendance_api::rt;

pub(crate) const KEY: &str = "test encrypt key";
pub(crate) const TOKEN: &str = "test-verification-token";
pub(crate) const NOW: u64 = 1_760_000_600;
pub(crate) const FLOW: &str = "attendance.user_flow.created_v1";

/// Stands for the generated `Event`, in the same shape.
#[derive(Debug, Clone)]
pub(crate) enum TestEvent {
    Flow(Box<Flow>),
    Unknown(RawEvent),
}

#[derive(Clone, Default)]
pub(crate) struct Flow {
    pub(crate) event: FlowEvent,
}

#[derive(Clone, Default)]
pub(crate) struct FlowEvent {
    pub(crate) employee_id: String,
}

impl rt::Members for Flow {
    const FIELDS: &'static [rt::Field] = &[rt::Field("event", rt::REQUIRED)];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.event,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.event,
            _ => return None,
        })
    }
}
rt::record!(Flow);

impl rt::Members for FlowEvent {
    const FIELDS: &'static [rt::Field] = &[rt::Field("employee_id", rt::REQUIRED)];

    fn slot(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.employee_id,
            _ => return None,
        })
    }

    fn view(&self, index: usize) -> Option<&dyn rt::View> {
        Some(match index {
            0 => &self.employee_id,
            _ => return None,
        })
    }
}
rt::record!(FlowEvent);

impl EventSet for TestEvent {
    const TYPES: &'static [&'static str] = &[FLOW];

    fn decode(index: usize, document: &[u8]) -> rt::Result<Self> {
        Ok(match index {
            0 => Self::Flow(Box::new(rt::decode_event(document)?)),
            _ => Self::Unknown(RawEvent::parse(document)?),
        })
    }

    fn unknown(raw: RawEvent) -> Self {
        Self::Unknown(raw)
    }
}

impl EventDocument for Flow {
    const TYPE: &'static str = FLOW;
    type Set = TestEvent;

    fn from_event(event: TestEvent) -> Option<Self> {
        match event {
            TestEvent::Flow(flow) => Some(*flow),
            TestEvent::Unknown(_) => None,
        }
    }
}

/// The ids that handlers saw, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn push(&self, id: &str) {
        self.0
            .lock()
            .expect("no test panics while it holds the lock")
            .push(id.to_owned());
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.0
            .lock()
            .expect("no test panics while it holds the lock")
            .clone()
    }

    pub(crate) fn builder(&self) -> DispatcherBuilder<TestEvent> {
        let seen = self.clone();
        Dispatcher::builder().otherwise(move |delivery: Delivery<TestEvent>| {
            seen.push(&delivery.meta.event_id);
            async { Ok::<_, BoxError>(()) }
        })
    }
}

pub(crate) fn handler(dispatcher: Dispatcher<TestEvent>) -> EventHandler<TestEvent> {
    EventHandler::builder(dispatcher)
        .encrypt_key(KEY)
        .verification_token(TOKEN)
        .clock(|| NOW)
        .build()
        .expect("a key is set")
}

pub(crate) fn document(id: &str, event_type: &str) -> String {
    format!(
        r#"{{"schema":"2.0","header":{{"event_id":"{id}","token":"{TOKEN}","create_time":"1760000522417","event_type":"{event_type}","tenant_key":"t1","app_id":"cli_1"}},"event":{{"employee_id":"e1","type":5}}}}"#
    )
}

pub(crate) fn challenge(token: &str) -> String {
    format!(r#"{{"challenge":"c-1","token":"{token}","type":"url_verification"}}"#)
}

/// A delivery that can be spoiled in every part before it is sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parts {
    pub(crate) method: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Parts {
    pub(crate) fn signed(document: &str) -> Self {
        Self::signed_at(document, NOW - 60, KEY)
    }

    pub(crate) fn signed_at(document: &str, timestamp: u64, key: &str) -> Self {
        let key = EncryptKey::new(key);
        let body = format!(
            r#"{{"encrypt":"{}"}}"#,
            key.encrypt(document.as_bytes(), iv(document))
        );
        Self::sign(body, &timestamp.to_string(), "590213377", &key)
    }

    pub(crate) fn sign(body: String, timestamp: &str, nonce: &str, key: &EncryptKey) -> Self {
        let signature = key.sign(timestamp, nonce, body.as_bytes());
        let headers = [
            ("X-Lark-Request-Timestamp", timestamp),
            ("X-Lark-Request-Nonce", nonce),
            ("X-Lark-Signature", &signature),
        ];
        Self {
            method: "POST".to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.into()))
                .to_vec(),
            body: body.into_bytes(),
        }
    }

    pub(crate) fn request(&self) -> CallbackRequest {
        let request = CallbackRequest::new(&self.method, self.body.clone());
        self.headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        })
    }

    pub(crate) async fn send(&self, handler: &EventHandler<TestEvent>) -> CallbackResponse {
        handler.handle(self.request()).await
    }
}

/// An IV that differs with the document; tests need no better.
fn iv(document: &str) -> [u8; 16] {
    let sum = document.bytes().fold(7_u128, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    sum.to_le_bytes()
}

/// Small repeatable random numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }
}
