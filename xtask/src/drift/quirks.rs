//! Quirks: which difference the spec explains, and with which sentence.

use super::compare::{Difference, Topic};
use super::facts::{Slot, Subject};
use super::prose;

/// The sentence that explains a difference: one at the very place, or one further out that names it.
pub(super) fn explanation(
    first: &Subject,
    second: &Subject,
    difference: &Difference,
) -> Option<String> {
    if matches!(difference.topic, Topic::ErrorCode | Topic::Retirement) && tells_retired(difference)
    {
        return Some("retired".to_owned());
    }
    let quirks = || first.quirks.iter().chain(&second.quirks);
    let subject = difference.slot.as_ref().map_or_else(
        || told_word(difference),
        |slot| slot.leaf().trim_end_matches("[]").to_owned(),
    );
    let names = |sentence: &str| prose::mentions(sentence, &subject);
    if let Some(slot) = &difference.slot {
        let here = quirks().find(|(at, _)| at.as_ref() == Some(slot));
        let outer: Vec<Slot> = std::iter::successors(slot.parent(), Slot::parent).collect();
        let around = || {
            quirks().find(|(at, sentence)| {
                at.as_ref().is_some_and(|at| outer.contains(at)) && names(sentence)
            })
        };
        if let Some((_, sentence)) = here.or_else(around) {
            return Some(sentence.clone());
        }
    }
    quirks()
        .find(|(at, sentence)| at.is_none() && names(sentence))
        .map(|(_, sentence)| sentence.clone())
}

/// A code that the spec keeps as retired may be missing from the pages, or be told as retired there.
fn tells_retired(difference: &Difference) -> bool {
    difference.second.is_none()
        && difference
            .first
            .as_ref()
            .is_some_and(|first| first.ends_with("(retired)"))
}

/// The code, scope or other word that a difference without a place is about.
fn told_word(difference: &Difference) -> String {
    let told = difference
        .first
        .as_deref()
        .or(difference.second.as_deref())
        .unwrap_or_default();
    told.split(' ').next().unwrap_or_default().to_owned()
}
