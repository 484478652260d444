//! Comparison: two sides' facts, and where they differ.
//!
//! What one side does not tell is no difference. Of the two, the first is what we have (the spec, or the old pages), the
//! second what is new.

use std::collections::BTreeSet;

use super::facts::{Facts, Field, Key, Limits, Slot, Subject};
use super::{prose, quirks, words};

/// One thing that the two sides tell differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub key: Key,
    /// What people call the operation or event.
    pub name: String,
    pub slot: Option<Slot>,
    pub topic: Topic,
    /// What the first side tells; `None` if nothing.
    pub first: Option<String>,
    pub second: Option<String>,
    /// The sentence of the spec that explains it.
    pub explained: Option<String>,
}

impl Difference {
    /// Read from free words, so worth a look, but not certain.
    pub fn is_hint(&self) -> bool {
        matches!(
            self.topic,
            Topic::Deprecated | Topic::Default | Topic::Sampled
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Subject,
    Member,
    /// A member that a sample shows and no table lists.
    Sampled,
    Type,
    Required,
    Value,
    Least,
    Most,
    Default,
    Deprecated,
    ErrorCode,
    HttpStatus,
    /// An error code that is told to be retired, or no longer.
    Retirement,
    Scope,
    FieldScope,
    Token,
    AppType,
    RateLimit,
}

/// All differences, by operation, in the order of the second side.
pub fn compare(first: &Facts, second: &Facts) -> Vec<Difference> {
    let mut found = Vec::new();
    for (key, subject) in &second.subjects {
        match first.subjects.get(key) {
            Some(other) => compare_subjects(key, other, subject, &mut found),
            None => found.push(whole(key, subject, None, Some(key.to_string()))),
        }
    }
    for (key, subject) in first
        .subjects
        .iter()
        .filter(|(key, _)| !second.subjects.contains_key(key))
    {
        found.push(whole(key, subject, Some(key.to_string()), None));
    }
    quirks::explain_by_siblings(&mut found, second);
    found
}

/// Subjects of both sides that differ in nothing but words.
pub fn other_words(first: &Facts, second: &Facts, differences: &[Difference]) -> Vec<String> {
    let differs = |key: &Key| differences.iter().any(|difference| difference.key == *key);
    let pairs = second
        .subjects
        .iter()
        .filter_map(|(key, subject)| Some((key, subject, first.subjects.get(key)?)));
    let reworded = pairs.filter(|(key, new, old)| new.wording != old.wording && !differs(key));
    reworded
        .map(|(_, subject, _)| subject.name.clone())
        .collect()
}

fn whole(
    key: &Key,
    subject: &Subject,
    first: Option<String>,
    second: Option<String>,
) -> Difference {
    let explained = subject
        .quirks
        .iter()
        .find(|(slot, _)| slot.is_none())
        .map(|(_, sentence)| sentence.clone());
    Difference {
        key: key.clone(),
        name: subject.name.clone(),
        slot: None,
        topic: Topic::Subject,
        first,
        second,
        explained,
    }
}

fn compare_subjects(key: &Key, first: &Subject, second: &Subject, found: &mut Vec<Difference>) {
    let mut pair = Pair {
        key,
        first,
        second,
        found,
    };
    pair.sets(
        Topic::RateLimit,
        &texts(&first.rate_limits),
        &texts(&second.rate_limits),
    );
    pair.sets(Topic::AppType, &first.app_types, &second.app_types);
    pair.sets(Topic::Token, &first.tokens, &second.tokens);
    pair.sets(Topic::Scope, &first.scopes, &second.scopes);
    pair.sets(Topic::FieldScope, &first.field_scopes, &second.field_scopes);
    pair.fields();
    pair.samples();
    pair.errors();
}

fn texts<T: ToString>(set: &BTreeSet<T>) -> BTreeSet<String> {
    set.iter().map(T::to_string).collect()
}

struct Pair<'a> {
    key: &'a Key,
    first: &'a Subject,
    second: &'a Subject,
    found: &'a mut Vec<Difference>,
}

impl Pair<'_> {
    fn push(
        &mut self,
        topic: Topic,
        slot: Option<&Slot>,
        first: Option<String>,
        second: Option<String>,
    ) {
        let mut difference = Difference {
            key: self.key.clone(),
            name: better_name(self.first, self.second).to_owned(),
            slot: slot.cloned(),
            topic,
            first,
            second,
            explained: None,
        };
        difference.explained = quirks::explanation(self.first, self.second, &difference);
        self.found.push(difference);
    }

    /// Members of sets; a set that one side leaves empty is not told by it.
    fn sets(&mut self, topic: Topic, first: &BTreeSet<String>, second: &BTreeSet<String>) {
        if first.is_empty() || second.is_empty() {
            return;
        }
        self.set_members(topic, None, first, second);
    }

    fn set_members(
        &mut self,
        topic: Topic,
        slot: Option<&Slot>,
        first: &BTreeSet<String>,
        second: &BTreeSet<String>,
    ) {
        second
            .difference(first)
            .for_each(|new| self.push(topic, slot, None, Some(new.clone())));
        first
            .difference(second)
            .for_each(|gone| self.push(topic, slot, Some(gone.clone()), None));
    }

    fn fields(&mut self) {
        for field in &self.second.fields {
            match self.first.field(&field.slot) {
                Some(other) => self.field(other, field),
                None if is_below_open(self.first, &field.slot) => {}
                None => self.push(
                    Topic::Member,
                    Some(&field.slot),
                    None,
                    Some(field.ty.to_string()),
                ),
            }
        }
        for field in &self.first.fields {
            let told = self.second.field(&field.slot).is_some()
                || self.second.samples.contains_key(&field.slot);
            if !told && !is_below_open(self.second, &field.slot) {
                self.push(
                    Topic::Member,
                    Some(&field.slot),
                    Some(field.ty.to_string()),
                    None,
                );
            }
        }
    }

    fn field(&mut self, first: &Field, second: &Field) {
        let slot = Some(&second.slot);
        if !first.ty.agrees(&second.ty) {
            self.push(
                Topic::Type,
                slot,
                Some(first.ty.to_string()),
                Some(second.ty.to_string()),
            );
        }
        if let (Some(old), Some(new)) = (first.required, second.required)
            && old != new
        {
            self.push(
                Topic::Required,
                slot,
                Some(required(old)),
                Some(required(new)),
            );
        }
        if first.deprecated != second.deprecated {
            let told = |deprecated: bool| {
                Some(if deprecated { "deprecated" } else { "in use" }.to_owned())
            };
            self.push(
                Topic::Deprecated,
                slot,
                told(first.deprecated),
                told(second.deprecated),
            );
        }
        // Without a list in the page, its words may name values in some form that nobody can read.
        if !second.values.is_empty() {
            let sampled = self.second.samples.get(&second.slot);
            let shown = |value: &&String| {
                prose::mentions(&second.prose, value)
                    || sampled.is_some_and(|sampled| sampled.contains(*value))
            };
            let told: BTreeSet<String> = second
                .values
                .iter()
                .chain(first.values.iter().filter(shown))
                .cloned()
                .collect();
            self.set_members(Topic::Value, slot, &first.values, &told);
        }
        self.limits(first, second);
        if first.default != second.default && !(tells_default(first) && tells_default(second)) {
            self.push(
                Topic::Default,
                slot,
                first.default.clone(),
                second.default.clone(),
            );
        }
    }

    fn limits(&mut self, first: &Field, second: &Field) {
        let least = |limits: &Limits| limits.least;
        let most = |limits: &Limits| limits.most;
        self.limit(Topic::Least, first, second, least);
        self.limit(Topic::Most, first, second, most);
    }

    fn limit(
        &mut self,
        topic: Topic,
        first: &Field,
        second: &Field,
        end: impl Fn(&Limits) -> Option<f64>,
    ) {
        let (old, new) = (end(&first.limits), end(&second.limits));
        let told = |value: Option<f64>, other: &Field| {
            value.is_none_or(|value| prose::mentions(&other.prose, &value.to_string()))
        };
        let in_words = (old.is_none() && told(new, first)) || (new.is_none() && told(old, second));
        if old != new && !in_words {
            self.push(
                topic,
                Some(&second.slot),
                old.map(|n| n.to_string()),
                new.map(|n| n.to_string()),
            );
        }
    }

    fn samples(&mut self) {
        let known = |subject: &Subject, slot: &Slot| {
            subject.field(slot).is_some()
                || subject.samples.contains_key(slot)
                || is_below_open(subject, slot)
        };
        for slot in self.second.samples.keys() {
            // A member inside one that is missing itself says nothing more.
            let parent_missing = slot
                .parent()
                .is_some_and(|parent| !known(self.first, &parent));
            if !known(self.first, slot) && self.second.field(slot).is_none() && !parent_missing {
                self.push(
                    Topic::Sampled,
                    Some(slot),
                    None,
                    Some("in the sample only".to_owned()),
                );
            }
        }
    }

    fn errors(&mut self) {
        for (code, new) in &self.second.errors {
            let Some(old) = self.first.errors.get(code) else {
                self.push(
                    Topic::ErrorCode,
                    None,
                    None,
                    Some(error(*code, new.retired)),
                );
                continue;
            };
            if old.retired != new.retired {
                self.push(
                    Topic::Retirement,
                    None,
                    Some(error(*code, old.retired)),
                    Some(error(*code, new.retired)),
                );
            }
            if !old.http.is_empty() && !new.http.is_subset(&old.http) {
                self.push(
                    Topic::HttpStatus,
                    None,
                    Some(statuses(*code, &old.http)),
                    Some(statuses(*code, &new.http)),
                );
            }
        }
        for (code, old) in self
            .first
            .errors
            .iter()
            .filter(|(code, _)| !self.second.errors.contains_key(code))
        {
            self.push(
                Topic::ErrorCode,
                None,
                Some(error(*code, old.retired)),
                None,
            );
        }
    }
}

/// An operation id says more than the file of a page.
fn better_name<'a>(first: &'a Subject, second: &'a Subject) -> &'a str {
    if first.name.ends_with(".md") {
        &second.name
    } else {
        &first.name
    }
}

fn is_below_open(subject: &Subject, slot: &Slot) -> bool {
    let parents = std::iter::successors(slot.parent(), Slot::parent);
    parents
        .into_iter()
        .any(|parent| subject.field(&parent).is_some_and(|field| field.open))
}

fn tells_default(field: &Field) -> bool {
    field.default.is_some()
        || words::DEFAULTS_TO
            .iter()
            .any(|word| field.prose.contains(word))
}

fn required(required: bool) -> String {
    if required { "required" } else { "optional" }.to_owned()
}

fn error(code: i64, retired: bool) -> String {
    format!("{code}{}", if retired { " (retired)" } else { "" })
}

fn statuses(code: i64, http: &BTreeSet<u16>) -> String {
    format!(
        "{code} with HTTP {}",
        http.iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    )
}
