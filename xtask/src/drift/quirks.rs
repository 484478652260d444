//! Quirks: which difference the spec explains, and with which sentence.

use std::collections::BTreeSet;

use super::compare::{Difference, Topic};
use super::facts::{Facts, Slot, Subject};
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
        let with_parent = || explained_with_parent(first, second, &outer);
        if let Some((_, sentence)) = here.or_else(around).or_else(with_parent) {
            return Some(sentence.clone());
        }
    }
    quirks()
        .find(|(at, sentence)| at.is_none() && names(sentence))
        .map(|(_, sentence)| sentence.clone())
}

/// A member of something whose members only one side tells shares the fate of the whole.
fn explained_with_parent<'a>(
    first: &'a Subject,
    second: &'a Subject,
    outer: &[Slot],
) -> Option<&'a (Option<Slot>, String)> {
    let tells_inside = |subject: &Subject, slot: &Slot| {
        subject
            .fields
            .iter()
            .any(|field| field.slot.parent().as_ref() == Some(slot))
    };
    let is_one_sided = |slot: &Slot| tells_inside(first, slot) != tells_inside(second, slot);
    let lonely: Vec<&Slot> = outer.iter().filter(|slot| is_one_sided(slot)).collect();
    let mut quirks = first.quirks.iter().chain(&second.quirks);
    quirks.find(|(at, _)| at.as_ref().is_some_and(|at| lonely.contains(&at)))
}

/// A value that the pages list for a member of the same name elsewhere is known to them.
pub(super) fn explain_by_siblings(found: &mut [Difference], pages: &Facts) {
    let mut listed: BTreeSet<(&str, &str)> = BTreeSet::new();
    for field in pages.subjects.values().flat_map(|subject| &subject.fields) {
        listed.extend(
            field
                .values
                .iter()
                .map(|value| (field.slot.leaf(), value.as_str())),
        );
    }
    for difference in found
        .iter_mut()
        .filter(|difference| difference.topic == Topic::Value)
    {
        let told = (difference.slot.as_ref(), difference.first.as_deref());
        if let (Some(slot), Some(value)) = told
            && listed.contains(&(slot.leaf(), value))
        {
            let sentence = "the pages list it for a member of this name elsewhere";
            difference
                .explained
                .get_or_insert_with(|| sentence.to_owned());
        }
    }
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
