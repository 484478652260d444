//! The text of an event, read as far as every event is alike: who it is, which type, which token.
//!
//! Knows the two forms that Feishu sends (schema 2.0 with a `header`, the older 1.0 with `uuid`) and the URL check
//! (`challenge`). Borrows from the text and skips the payload, which is decoded later and only if somebody wants it.
//! Exactly one JSON value is allowed, and no member of the envelope twice: the signature of a callback is a bare hash,
//! so text that was appended must not pass.
//! Does not: check a token or a signature.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What stands around an event: its id, its type and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventMeta {
    /// The id by which copies of one event are known (`header.event_id`, in the 1.0 form `uuid`).
    pub event_id: String,
    /// The type, such as `attendance.user_flow.created_v1`.
    pub event_type: String,
    /// When the event came about, as it was sent: seconds, milliseconds or microseconds. Empty if it was not told.
    pub create_time: String,
    /// The tenant in which it happened. Empty if it was not told.
    pub tenant_key: String,
    /// The application that subscribed. Empty if it was not told.
    pub app_id: String,
}

impl EventMeta {
    /// When the event came about. Sources disagree on the unit of `create_time`, so it is told by magnitude.
    pub fn created_at(&self) -> Option<SystemTime> {
        let whole = self.create_time.split('.').next()?;
        let number: u64 = whole.parse().ok()?;
        let since = match number {
            0..=99_999_999_999 => Duration::from_secs(number),
            100_000_000_000..=99_999_999_999_999 => Duration::from_millis(number),
            100_000_000_000_000..=99_999_999_999_999_999 => Duration::from_micros(number),
            _ => Duration::from_nanos(number),
        };
        UNIX_EPOCH.checked_add(since)
    }
}

/// What a text turned out to be.
#[derive(Debug)]
pub(crate) enum Envelope<'a> {
    /// The check of the request URL: `challenge` is to be sent back.
    Challenge {
        challenge: Cow<'a, str>,
        token: Cow<'a, str>,
    },
    /// The ticket of a store application, sent every hour.
    Ticket {
        meta: EventMeta,
        token: Cow<'a, str>,
        ticket: Cow<'a, str>,
    },
    /// Any other event.
    Event {
        meta: EventMeta,
        token: Cow<'a, str>,
    },
}

/// Why a text is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// Not UTF-8, not JSON, more than one value, or a member of the envelope twice.
    Json,
    /// JSON, but without the members that every event has.
    Shape,
}

/// Reads `text` as one document.
pub(crate) fn read(text: &[u8]) -> Result<Envelope<'_>, Malformed> {
    let text = std::str::from_utf8(text).map_err(|_| Malformed::Json)?;
    let document: Document<'_> =
        serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Malformed::Shape,
            _ => Malformed::Json,
        })?;
    document.classify().ok_or(Malformed::Shape)
}

/// The member `encrypt` of the outer body, if it is the text that it must be.
pub(crate) fn read_encrypted(body: &[u8]) -> Result<Option<Cow<'_, str>>, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| Malformed::Json)?;
    let outer: Outer<'_> = serde_json::from_str(text).map_err(|_| Malformed::Json)?;
    Ok(outer.encrypt)
}

#[derive(Default)]
struct Document<'a> {
    schema: Text<'a>,
    header: Option<Header<'a>>,
    uuid: Text<'a>,
    ts: Text<'a>,
    token: Text<'a>,
    kind: Text<'a>,
    challenge: Text<'a>,
    event: Option<Inner<'a>>,
}

#[derive(Default)]
struct Header<'a> {
    event_id: Text<'a>,
    event_type: Text<'a>,
    token: Text<'a>,
    create_time: Text<'a>,
    tenant_key: Text<'a>,
    app_id: Text<'a>,
}

/// What the 1.0 form keeps inside `event`.
#[derive(Default)]
struct Inner<'a> {
    kind: Text<'a>,
    app_id: Text<'a>,
    tenant_key: Text<'a>,
    app_ticket: Text<'a>,
}

#[derive(Default)]
struct Outer<'a> {
    encrypt: Option<Cow<'a, str>>,
}

impl<'a> Document<'a> {
    fn classify(self) -> Option<Envelope<'a>> {
        if self.kind.is("url_verification") {
            let challenge = self.challenge.0?;
            return Some(Envelope::Challenge {
                challenge,
                token: self.token.or_empty(),
            });
        }
        match self.header {
            // A 2.0 event may hold `event.type`, a number of its own; only the header names the type.
            Some(header) if self.schema.0.is_some() => header.classify(),
            _ => classify_v1(self.uuid, self.ts, self.token, self.event?),
        }
    }
}

impl<'a> Header<'a> {
    fn classify(self) -> Option<Envelope<'a>> {
        let meta = EventMeta {
            event_id: self.event_id.required()?,
            event_type: self.event_type.required()?,
            create_time: self.create_time.or_empty().into_owned(),
            tenant_key: self.tenant_key.or_empty().into_owned(),
            app_id: self.app_id.or_empty().into_owned(),
        };
        Some(Envelope::Event {
            meta,
            token: self.token.or_empty(),
        })
    }
}

fn classify_v1<'a>(
    uuid: Text<'a>,
    ts: Text<'a>,
    token: Text<'a>,
    event: Inner<'a>,
) -> Option<Envelope<'a>> {
    let meta = EventMeta {
        event_id: uuid.required()?,
        event_type: event.kind.required()?,
        create_time: ts.or_empty().into_owned(),
        tenant_key: event.tenant_key.or_empty().into_owned(),
        app_id: event.app_id.or_empty().into_owned(),
    };
    let token = token.or_empty();
    Some(match event.app_ticket.0 {
        Some(ticket) if meta.event_type == "app_ticket" && !ticket.is_empty() => Envelope::Ticket {
            meta,
            token,
            ticket,
        },
        _ => Envelope::Event { meta, token },
    })
}

/// A text, or nothing. Numbers count as their digits; every other kind of value is nothing.
#[derive(Default)]
struct Text<'a>(Option<Cow<'a, str>>);

impl<'a> Text<'a> {
    fn is(&self, expected: &str) -> bool {
        self.0.as_deref() == Some(expected)
    }

    fn or_empty(self) -> Cow<'a, str> {
        self.0.unwrap_or_default()
    }

    fn required(self) -> Option<String> {
        self.0.filter(|text| !text.is_empty()).map(Cow::into_owned)
    }
}

/// An object of which some members are wanted.
trait Members<'de>: Default {
    /// Reads the member if it is wanted; `false` leaves its value unread.
    fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error>;
}

impl<'de> Members<'de> for Document<'de> {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "schema" => self.schema.fill(map),
            "header" => fill_object(&mut self.header, map),
            "uuid" => self.uuid.fill(map),
            "ts" => self.ts.fill(map),
            "token" => self.token.fill(map),
            "type" => self.kind.fill(map),
            "challenge" => self.challenge.fill(map),
            "event" => fill_object(&mut self.event, map),
            _ => Ok(false),
        }
    }
}

impl<'de> Members<'de> for Header<'de> {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "event_id" => self.event_id.fill(map),
            "event_type" => self.event_type.fill(map),
            "token" => self.token.fill(map),
            "create_time" => self.create_time.fill(map),
            "tenant_key" => self.tenant_key.fill(map),
            "app_id" => self.app_id.fill(map),
            _ => Ok(false),
        }
    }
}

impl<'de> Members<'de> for Inner<'de> {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "type" => self.kind.fill(map),
            "app_id" => self.app_id.fill(map),
            "tenant_key" => self.tenant_key.fill(map),
            "app_ticket" => self.app_ticket.fill(map),
            _ => Ok(false),
        }
    }
}

impl<'de> Members<'de> for Outer<'de> {
    fn member<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        if key != "encrypt" {
            return Ok(false);
        }
        if self.encrypt.is_some() {
            return Err(A::Error::custom("a member is there twice"));
        }
        self.encrypt = map.next_value::<Text<'de>>()?.0;
        Ok(true)
    }
}

impl<'de> Text<'de> {
    fn fill<A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<bool, A::Error> {
        if self.0.is_some() {
            return Err(A::Error::custom("a member is there twice"));
        }
        *self = map.next_value()?;
        Ok(true)
    }
}

fn fill_object<'de, T: Members<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<bool, A::Error> {
    if slot.is_some() {
        return Err(A::Error::custom("a member is there twice"));
    }
    *slot = Some(map.next_value::<Object<T>>()?.0);
    Ok(true)
}

/// Reads an object into `T`; any other kind of value is an object without members.
struct Object<T>(T);

macro_rules! deserialize_object {
    ($($ty:ident),*) => {$(
        impl<'de> Deserialize<'de> for $ty<'de> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // The outermost value must be an object, unlike the ones inside.
                deserializer.deserialize_map(ObjectVisitor(Self::default()))
            }
        }
    )*};
}
deserialize_object!(Document, Outer);

impl<'de, T: Members<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(LooseVisitor(ObjectVisitor(T::default())))
            .map(Object)
    }
}

struct ObjectVisitor<T>(T);

impl<'de, T: Members<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<T, A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if !self
                .0
                .member(key.0.as_deref().unwrap_or_default(), &mut map)?
            {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(self.0)
    }
}

struct LooseVisitor<T>(ObjectVisitor<T>);

macro_rules! ignore_scalars {
    ($value:expr => $($method:ident: $ty:ty),*) => {
        $(fn $method<E>(self, _: $ty) -> Result<Self::Value, E> { Ok($value(self)) })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok($value(self)) }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($value(self))
        }
    };
}

impl<'de, T: Members<'de>> Visitor<'de> for LooseVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        self.0.visit_map(map)
    }

    ignore_scalars!((|this: Self| this.0.0) => visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }

    ignore_scalars!((|_| Text(None)) => visit_bool: bool, visit_i64: i64, visit_f64: f64);
}
