//! Two lists side by side, by a key.

/// What is only on the left, only on the right, and on both sides.
pub(super) struct Pairs<'a, T> {
    pub removed: Vec<&'a T>,
    pub added: Vec<&'a T>,
    pub both: Vec<(&'a T, &'a T)>,
}

impl<'a, T> Pairs<'a, T> {
    /// Pairs of what is left over, by another key: what a program calls the same, although the wire does not.
    pub(super) fn rest_by<K: PartialEq>(&mut self, key: impl Fn(&T) -> K) -> Vec<(&'a T, &'a T)> {
        let rest = pair(
            std::mem::take(&mut self.removed),
            std::mem::take(&mut self.added),
            key,
        );
        self.removed = rest.removed;
        self.added = rest.added;
        rest.both
    }
}

pub(super) fn pair<'a, T, K: PartialEq>(
    old: impl IntoIterator<Item = &'a T>,
    new: impl IntoIterator<Item = &'a T>,
    key: impl Fn(&T) -> K,
) -> Pairs<'a, T> {
    let mut old: Vec<(K, &T)> = old.into_iter().map(|item| (key(item), item)).collect();
    let mut pairs = Pairs {
        removed: Vec::new(),
        added: Vec::new(),
        both: Vec::new(),
    };
    for item in new {
        let wanted = key(item);
        match old.iter().position(|(key, _)| *key == wanted) {
            Some(index) => pairs.both.push((old.remove(index).1, item)),
            None => pairs.added.push(item),
        }
    }
    pairs.removed = old.into_iter().map(|(_, item)| item).collect();
    pairs
}
