//! Near misses: which known name was probably meant.

/// The known name that is nearest to a word, if it is near enough to be a slip.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // A word longer than any keyword is no slip of one, and the distance below is quadratic.
    if word.len() > 64 {
        return None;
    }
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let folded = fold(word);
    let known: Vec<&str> = known.into_iter().take(MOST).collect();
    let slip = known
        .iter()
        .copied()
        .filter(|known| *known != word && known.len().abs_diff(word.len()) <= 2 * allowed + 2)
        .map(|known| (distance(&folded, &fold(known)), known))
        .filter(|(distance, known)| *distance <= allowed && *distance < known.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known);
    slip.or_else(|| abbreviated(word, &known))
}

/// `int` for `integer`: the one known name that goes on where the word ends.
fn abbreviated<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let mut longer = known
        .iter()
        .filter(|known| word.len() >= 3 && known.len() > word.len() && known.starts_with(word));
    longer.next().copied().filter(|_| longer.next().is_none())
}

/// Among more names than these the first are compared.
const MOST: usize = 300;

/// A help line for a near miss.
pub fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    nearest(word, known).map(meant)
}

pub(super) fn meant(known: &str) -> String {
    format!("did you mean `{known}`?")
}

/// Case and separators are the commonest slips; they should not count.
fn fold(word: &str) -> Vec<char> {
    word.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .take(64)
        .collect()
}

/// Edit distance with swaps of neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut table = vec![0; width * (a.len() + 1)];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let at = |i: usize, j: usize| table[i * width + j];
            let mut cost = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = at(i - 1, j - 1) + usize::from(a[i - 1] != b[j - 1]);
                replaced.min(at(i - 1, j) + 1).min(at(i, j - 1) + 1)
            };
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(at(i - 2, j - 2) + 1);
            }
            table[i * width + j] = cost;
        }
    }
    table[width * a.len() + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["required", "type", "operationId", "x-rate-limit"];
        assert_eq!(nearest("requird", known), Some("required"));
        assert_eq!(nearest("reqiured", known), Some("required"));
        assert_eq!(nearest("operation_id", known), Some("operationId"));
        assert_eq!(nearest("x-rate_limits", known), Some("x-rate-limit"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("operation", known), Some("operationId"));
        assert_eq!(nearest("int", ["integer", "interval"]), None);
        assert_eq!(nearest("int", ["string", "integer"]), Some("integer"));
    }
}
