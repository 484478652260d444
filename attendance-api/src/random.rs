//! Random numbers for jitter and boundaries: not for secrets.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// A number that nobody expects.
pub(crate) fn next() -> u64 {
    SEED.hash_one(COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A number in `[0, 1)`.
pub(crate) fn unit() -> f64 {
    (next() >> 11) as f64 / (1_u64 << 53) as f64
}
