//! The cursor of a run in parts: which parts were answered, as text that can be stored.
//!
//! `1:<fingerprint>:<low>:<a,b,c>` says that all parts below `low` were answered, and `a`, `b`, `c` above it.

use std::collections::BTreeSet;

/// The parts handed out as answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    low: usize,
    above: BTreeSet<usize>,
}

impl Cursor {
    #[inline]
    pub(crate) fn contains(&self, index: usize) -> bool {
        index < self.low || self.above.contains(&index)
    }

    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.low + self.above.len()
    }

    #[inline]
    pub(crate) fn insert(&mut self, index: usize) {
        self.above.insert(index);
        while self.above.remove(&self.low) {
            self.low += 1;
        }
    }

    #[inline]
    pub(crate) fn to_text(&self, fingerprint: u64) -> String {
        let above: Vec<String> = self.above.iter().map(usize::to_string).collect();
        format!("1:{fingerprint:016x}:{}:{}", self.low, above.join(","))
    }

    /// Reads a cursor of the run that `fingerprint` names and that has `total` parts.
    #[inline]
    pub(crate) fn parse(text: &str, fingerprint: u64, total: usize) -> Result<Self, String> {
        let malformed = || "the text is no cursor of a run".to_owned();
        let parts: Vec<&str> = text.split(':').collect();
        let [version, print, low, above] = parts[..] else {
            return Err(malformed());
        };
        if version != "1" {
            return Err(format!(
                "the cursor has version `{version}`, this program reads 1"
            ));
        }
        if print != format!("{fingerprint:016x}") {
            return Err(
                "the cursor belongs to a run over other entries, days or options".to_owned(),
            );
        }
        let mut cursor = Self {
            low: low.parse().map_err(|_| malformed())?,
            above: BTreeSet::new(),
        };
        for index in above.split(',').filter(|index| !index.is_empty()) {
            cursor.insert(index.parse().map_err(|_| malformed())?);
        }
        let last = cursor.above.last().map_or(cursor.low, |index| index + 1);
        match cursor.low.max(last) <= total {
            true => Ok(cursor),
            false => Err("the cursor names parts that this run does not have".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_in_any_order_survive_the_text() {
        let mut cursor = Cursor::default();
        for index in [3, 0, 1, 7] {
            cursor.insert(index);
        }
        assert_eq!(cursor.to_text(10), "1:000000000000000a:2:3,7");
        assert_eq!(
            Cursor::parse(&cursor.to_text(10), 10, 8),
            Ok(cursor.clone())
        );
        assert_eq!(cursor.count(), 4);
        assert!(cursor.contains(1) && !cursor.contains(2) && cursor.contains(7));
    }

    #[test]
    fn a_cursor_of_another_run_is_refused() {
        for text in [
            "",
            "1:0",
            "2:000000000000000a:0:",
            "1:000000000000000b:0:",
            "1:000000000000000a:9:",
            "1:000000000000000a:0:8",
            "1:000000000000000a:x:",
        ] {
            assert!(Cursor::parse(text, 10, 8).is_err(), "{text}");
        }
    }
}
