//! Events: from what Feishu sends to your handler, by callback or by long connection.
//!
//! One [`Dispatcher`] serves both ways: it knows each event's type, gives it to the handler that wants it, once per event
//! id, and contains what goes wrong there.
//!
//! The documents are types, [`Event`] is one of them, with or without these features:
//!
//! - Feature `webhook`: [`EventHandler`] verifies, decrypts and answers callbacks in any HTTP server.
//! - Feature `ws`: [`LongConnection`] fetches the events over a WebSocket that the application opens itself.
//!
//! Feishu delivers at least once and in no order: 15 s, 5 min, 1 h and 6 h after a delivery that was not acknowledged, and
//! now and then twice without need. Handlers see each event id once, see [`EventStore`].
// Without the features their links lead to the list of features.
#![cfg_attr(
    not(any(feature = "webhook", feature = "ws")),
    doc = "",
    doc = " [`Dispatcher`]: crate",
    doc = " [`EventStore`]: crate"
)]
#![cfg_attr(not(feature = "webhook"), doc = "", doc = " [`EventHandler`]: crate")]
#![cfg_attr(not(feature = "ws"), doc = "", doc = " [`LongConnection`]: crate")]

#[cfg(feature = "webhook")]
mod crypto;
#[cfg(any(feature = "webhook", feature = "ws"))]
mod dispatch;
#[cfg(any(feature = "webhook", feature = "ws"))]
#[cfg_attr(
    not(feature = "webhook"),
    allow(dead_code, reason = "tokens and tickets come by callback only")
)]
mod envelope;
#[cfg(any(feature = "webhook", feature = "ws"))]
mod ids;
#[cfg(any(feature = "webhook", feature = "ws"))]
mod shared;
#[cfg(any(feature = "webhook", feature = "ws"))]
mod stats;
#[cfg(any(feature = "webhook", feature = "ws"))]
mod store;
#[cfg(feature = "webhook")]
mod webhook;
#[cfg(feature = "ws")]
mod ws;

#[cfg(feature = "webhook")]
pub use self::crypto::{DecryptError, EncryptKey};
#[cfg(any(feature = "webhook", feature = "ws"))]
pub use self::dispatch::{Delivery, Dispatcher, DispatcherBuilder, NotAnEvent, Outcome};
#[cfg(any(feature = "webhook", feature = "ws"))]
pub use self::envelope::EventMeta;
#[cfg(any(feature = "webhook", feature = "ws"))]
pub use self::shared::SharedStore;
#[cfg(any(feature = "webhook", feature = "ws"))]
pub use self::stats::EventStats;
#[cfg(any(feature = "webhook", feature = "ws"))]
pub use self::store::{BoxError, Claim, DEFAULT_MEMORY, EventStore, MemoryStore, StoreFuture};
#[cfg(feature = "webhook")]
pub use self::webhook::{
    Acknowledge, AppTicket, CallbackRequest, CallbackResponse, DEFAULT_MAX_AGE, DEFAULT_MAX_BODY,
    EventHandler, EventHandlerBuilder, NothingToVerify, Refusal,
};
#[cfg(all(feature = "ws", any(test, feature = "sandbox")))]
pub use self::ws::peer;
#[cfg(feature = "ws")]
pub use self::ws::{ConnectError, ConnectErrorKind, LongConnection, LongConnectionBuilder};
pub use crate::event_set::{EventDocument, EventSet, RawEvent};
pub use crate::generated::events::*;
