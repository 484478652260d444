//! Skeleton.

// FIXME: the allowance goes when the operations with state use the rest of `answer`.
#[cfg(feature = "sandbox")]
#[allow(dead_code)]
pub mod sandbox;

#[doc(hidden)]
pub mod event_set;
#[cfg(any(feature = "webhook", feature = "ws"))]
pub mod events;
