//! Skeleton.

#[cfg(feature = "sandbox")]
pub mod sandbox;

#[doc(hidden)]
pub mod event_set;
#[cfg(any(feature = "webhook", feature = "ws"))]
pub mod events;
