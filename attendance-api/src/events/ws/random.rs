//! Random numbers that spread load and fill nonces. Not for secrets.

use std::hash::{BuildHasher, RandomState};

/// A random word: every `RandomState` has a key of its own.
pub(super) fn word() -> u64 {
    RandomState::new().hash_one(std::time::Instant::now())
}

/// A random part of one, in `0.0..1.0`.
pub(super) fn part() -> f64 {
    (word() >> 11) as f64 / (1_u64 << 53) as f64
}
