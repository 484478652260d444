//! A set of ids that forgets: the last `capacity` ones, none longer than it was asked to.
//!
//! Made of generations. New ids go to the youngest; when that is full or has lasted an eighth of the memory, it is sealed.
//! Whole generations are dropped from the old end, so forgetting costs nothing per id, and no time is kept per id:
//! an id takes 17 bytes and the slack of its hash table, at most 39 bytes.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::time::{Duration, Instant};

/// A keyed 128-bit hash of an id. Two ids with one hash would lose an event; at 10^6 ids that is one chance in 10^26.
pub(crate) type Digest = [u64; 2];

const GENERATIONS: usize = 8;

#[derive(Debug)]
pub(crate) struct RecentIds {
    capacity: usize,
    memory: Duration,
    /// Oldest first; the last one takes new ids.
    generations: VecDeque<Generation>,
}

#[derive(Debug)]
struct Generation {
    ids: HashSet<Digest, BuildHasherDefault<FirstWord>>,
    opened: Instant,
    /// When its youngest id came in.
    latest: Instant,
}

impl RecentIds {
    pub(crate) fn new(capacity: usize, memory: Duration) -> Self {
        Self {
            capacity: capacity.max(1),
            memory,
            generations: VecDeque::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.generations
            .iter()
            .map(|generation| generation.ids.len())
            .sum()
    }

    pub(crate) fn contains(&mut self, id: &Digest, now: Instant) -> bool {
        self.forget(now);
        self.generations
            .iter()
            .rev()
            .any(|generation| generation.ids.contains(id))
    }

    pub(crate) fn insert(&mut self, id: Digest, now: Instant) {
        self.forget(now);
        if self
            .generations
            .back()
            .is_none_or(|youngest| self.is_sealed(youngest, now))
        {
            self.generations.push_back(Generation {
                ids: HashSet::default(),
                opened: now,
                latest: now,
            });
        }
        if let Some(youngest) = self.generations.back_mut() {
            youngest.ids.insert(id);
            youngest.latest = now;
        }
    }

    fn is_sealed(&self, generation: &Generation, now: Instant) -> bool {
        generation.ids.len() >= self.capacity.div_ceil(GENERATIONS)
            || now.saturating_duration_since(generation.opened) >= self.memory / GENERATIONS as u32
    }

    fn forget(&mut self, now: Instant) {
        while let Some(oldest) = self.generations.front() {
            let is_past = now.saturating_duration_since(oldest.latest) >= self.memory;
            let is_surplus = self.len() - oldest.ids.len() >= self.capacity;
            if !is_past && !is_surplus {
                break;
            }
            self.generations.pop_front();
        }
    }
}

/// The ids are hashes already: their first word serves as the hash of the table.
#[derive(Debug, Default)]
struct FirstWord(u64);

impl Hasher for FirstWord {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // `[u64; 2]` arrives as its sixteen bytes.
        let mut word = [0; 8];
        let taken = bytes.len().min(8);
        word[..taken].copy_from_slice(&bytes[..taken]);
        self.0 = u64::from_ne_bytes(word);
    }

    fn write_usize(&mut self, _length: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn id(number: u64) -> Digest {
        [number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number]
    }

    #[test]
    fn an_id_is_kept_for_its_time_and_no_more_than_an_eighth_longer() {
        let start = Instant::now();
        let mut ids = RecentIds::new(1000, 8 * HOUR);
        ids.insert(id(1), start);
        ids.insert(id(2), start + HOUR / 2);
        assert!(ids.contains(&id(1), start + 8 * HOUR));
        assert!(!ids.contains(&id(1), start + 9 * HOUR));
        assert_eq!(ids.len(), 0);
    }

    #[test]
    fn the_last_ids_up_to_the_capacity_are_known_and_memory_stays_bounded() {
        let now = Instant::now();
        let mut ids = RecentIds::new(1000, 8 * HOUR);
        for number in 0..50_000 {
            ids.insert(id(number), now);
            assert!(ids.len() <= 1125);
        }
        assert!((49_000..50_000).all(|number| ids.contains(&id(number), now)));
        assert!(!ids.contains(&id(40_000), now));
    }

    #[test]
    fn the_table_hash_is_the_first_word() {
        use std::hash::{BuildHasher, BuildHasherDefault};
        let hash = |digest: Digest| BuildHasherDefault::<FirstWord>::default().hash_one(digest);
        assert_eq!(hash([7, 1]), hash([7, 2]));
        assert_ne!(hash([7, 1]), hash([8, 1]));
    }

    #[test]
    fn a_million_ids_fit_into_64_mib() {
        let now = Instant::now();
        let mut ids = RecentIds::new(1_000_000, 8 * HOUR);
        (0..1_200_000).for_each(|number| ids.insert(id(number), now));
        // A bucket of the table is the id and a control byte; tables have a power of two of buckets, filled to 7/8 at most.
        let bytes: usize = ids
            .generations
            .iter()
            .map(|generation| (generation.ids.capacity() * 8 / 7).next_power_of_two() * 17)
            .sum();
        assert!(ids.len() >= 1_000_000);
        assert!(bytes < 64 << 20, "{bytes}");
    }
}
