//! Puts the parts of a message together, in bounded memory whatever is sent.
//!
//! A message in `sum` parts comes as `sum` frames with one `message_id` and the part's index. Sets that stay incomplete are
//! dropped after a while, and the oldest make room for new ones; Feishu sends again what was not acknowledged.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

/// More parts than this are no message.
const MAX_PARTS: usize = 1024;
/// How many incomplete sets are kept.
const MAX_SETS: usize = 64;
/// How long an incomplete set is kept. The official clients wait five to twenty seconds.
const MAX_AGE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Fragments {
    max_bytes: usize,
    /// Oldest first.
    sets: VecDeque<Set>,
}

#[derive(Debug)]
struct Set {
    message_id: String,
    since: Instant,
    parts: Vec<Option<Bytes>>,
    missing: usize,
    bytes: usize,
}

impl Fragments {
    /// Keeps parts of `max_bytes` at most, over all sets.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            sets: VecDeque::new(),
        }
    }

    /// Adds part `index` of `sum`; gives the message if that was the last one.
    pub(super) fn add(
        &mut self,
        message_id: &str,
        sum: usize,
        index: usize,
        part: Bytes,
    ) -> Option<Bytes> {
        let now = Instant::now();
        self.sets
            .retain(|set| now.duration_since(set.since) < MAX_AGE);
        if index >= sum || sum > MAX_PARTS || part.len() > self.max_bytes {
            return None;
        }
        // Parts that disagree on their number are of two messages, of which the later one counts.
        self.sets
            .retain(|set| set.message_id != message_id || set.parts.len() == sum);
        let at = match self
            .sets
            .iter()
            .position(|set| set.message_id == message_id)
        {
            Some(at) => at,
            None => {
                self.sets.push_back(Set::new(message_id, sum));
                self.sets.len() - 1
            }
        };
        if self.sets[at].put(index, &part) {
            return self.sets.remove(at).map(Set::join);
        }
        self.shrink();
        None
    }

    fn shrink(&mut self) {
        while self.sets.len() > MAX_SETS || self.bytes() > self.max_bytes {
            self.sets.pop_front();
        }
    }

    fn bytes(&self) -> usize {
        self.sets.iter().map(|set| set.bytes).sum()
    }
}

impl Set {
    fn new(message_id: &str, sum: usize) -> Self {
        let since = Instant::now();
        Self {
            message_id: message_id.to_owned(),
            since,
            parts: vec![None; sum],
            missing: sum,
            bytes: message_id.len(),
        }
    }

    /// Keeps a part; tells whether it was the last one.
    fn put(&mut self, index: usize, part: &[u8]) -> bool {
        // A slice of a frame would hold the whole frame in memory.
        match self.parts[index].replace(Bytes::copy_from_slice(part)) {
            Some(old) => self.bytes -= old.len(),
            None => self.missing -= 1,
        }
        self.bytes += part.len();
        self.missing == 0
    }

    fn join(self) -> Bytes {
        let mut message = BytesMut::new();
        self.parts
            .iter()
            .flatten()
            .for_each(|part| message.extend_from_slice(part));
        message.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[tokio::test]
    async fn parts_join_in_their_order_whatever_order_they_come_in() {
        let mut fragments = Fragments::new(100);
        assert_eq!(fragments.add("m", 3, 2, part("c")), None);
        assert_eq!(fragments.add("other", 2, 0, part("x")), None);
        assert_eq!(fragments.add("m", 3, 0, part("a")), None);
        assert_eq!(fragments.add("m", 3, 0, part("A")), None);
        assert_eq!(fragments.add("m", 3, 1, part("")), Some(part("Ac")));
        assert_eq!(fragments.sets.len(), 1);
    }

    #[tokio::test]
    async fn odd_numbers_are_dropped() {
        let mut fragments = Fragments::new(100);
        for (sum, index) in [
            (0, 0),
            (2, 2),
            (2, usize::MAX),
            (usize::MAX, 0),
            (MAX_PARTS + 1, 0),
        ] {
            assert_eq!(fragments.add("m", sum, index, part("x")), None);
        }
        assert!(fragments.sets.is_empty());
        assert_eq!(fragments.add("m", 2, 0, part("x")), None);
        assert_eq!(fragments.add("m", 3, 1, part("y")), None);
        assert_eq!(fragments.sets.len(), 1);
        assert_eq!(fragments.sets[0].parts.len(), 3);
    }

    #[tokio::test]
    async fn a_flood_of_parts_stays_within_its_bounds() {
        let mut fragments = Fragments::new(10_000);
        for number in 0..10_000 {
            fragments.add(
                &format!("m{number}"),
                1024,
                7,
                Bytes::from(vec![0; number % 400]),
            );
            assert!(fragments.sets.len() <= MAX_SETS && fragments.bytes() <= 10_000);
        }
        assert_eq!(
            fragments.add("large", 2, 0, Bytes::from(vec![0; 10_001])),
            None
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_set_is_forgotten() {
        let mut fragments = Fragments::new(100);
        fragments.add("m", 2, 0, part("a"));
        tokio::time::advance(MAX_AGE).await;
        assert_eq!(fragments.add("m", 2, 1, part("b")), None);
        assert_eq!(fragments.add("m", 2, 0, part("a")), Some(part("ab")));
    }
}
