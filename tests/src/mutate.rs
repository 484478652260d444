//! A small mutator: from seeds to an endless row of broken variants, the same row every time.

/// Words that have meant trouble to readers of descriptions.
const DICTIONARY: &[&str] = &[
    "$ref: '#/components/schemas/A'",
    "\"$ref\": \"#\"",
    "$ref: 'main.yaml'",
    "&a [*a, *a]",
    "<<: *a",
    "!!binary",
    "---\n",
    "\t",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "*/ #[x]",
    "```rust\npanic!()\n```",
    "Self",
    "r#type",
    "../../x",
    "_",
    "🙂",
    "1e999",
    "18446744073709551616",
    "-0",
    "null",
    "{}",
    "[]",
    "''",
    "allOf: []",
    "enum: []",
    "type: [string, 'null']",
    "additionalProperties: true",
    "nullable: true",
    "{id}",
    "x-batch: {list: a, max: 0}",
    "[[[[[[[[[[[[[[[[[[[[",
    "{a: {a: {a: {a: {a: {a:",
];

/// Makes variants of seeds.
pub struct Mutator {
    state: u64,
}

impl Mutator {
    /// The same seed number gives the same row.
    pub fn new(seed: u64) -> Self {
        Self { state: seed | 1 }
    }

    /// A variant of one of the seeds, with one to eight changes.
    pub fn variant(&mut self, seeds: &[&str]) -> Vec<u8> {
        let mut data = seeds[self.below(seeds.len())].as_bytes().to_vec();
        for _ in 0..=self.below(8) {
            self.change(&mut data, seeds);
        }
        data
    }

    fn change(&mut self, data: &mut Vec<u8>, seeds: &[&str]) {
        let (from, to) = self.range(data.len());
        match self.below(8) {
            0 => data.truncate(from),
            1 => drop(data.drain(from..to)),
            2 => {
                let copy = data[from..to].to_vec();
                let at = self.below(data.len() + 1);
                data.splice(at..at, copy);
            }
            3 => data.splice(from..to, [self.next() as u8]).for_each(drop),
            4 => self.reindent(data, from),
            5 => {
                let other = seeds[self.below(seeds.len())].as_bytes();
                let (start, end) = self.range(other.len());
                data.splice(from..from, other[start..end].iter().copied());
            }
            _ => {
                let word = DICTIONARY[self.below(DICTIONARY.len())].bytes();
                let end = if self.below(2) == 0 { from } else { to };
                data.splice(from..end, word);
            }
        }
    }

    /// More or less space at the beginning of a line: in YAML another structure.
    fn reindent(&mut self, data: &mut Vec<u8>, from: usize) {
        let Some(line) = data[from..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|at| from + at + 1)
        else {
            return;
        };
        if self.below(2) == 0 {
            data.splice(line..line, std::iter::repeat_n(b' ', 2));
        } else if data[line..].starts_with(b"  ") {
            data.drain(line..line + 2);
        }
    }

    /// A short stretch within `len`.
    fn range(&mut self, len: usize) -> (usize, usize) {
        let from = self.below(len + 1);
        (from, (from + self.below(40)).min(len))
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// xorshift64*
    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }
}
