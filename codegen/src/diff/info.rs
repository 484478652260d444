//! Changes of what the runtime knows of an operation: where it goes, how often, with which rights, and which codes it gives.
//!
//! Programs go on compiling after all of these. Kinds of errors are compared by name: their numbers shift with every entry.

use super::Verdict;
use super::operations::{Told, endpoint};
use super::pairs::pair;
use crate::ir::{ErrorOverride, ErrorTable, Name, Operation, RateLimit};

/// The tables that the codes of the old and of the new operation refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables<'a> {
    pub old: &'a ErrorTable,
    pub new: &'a ErrorTable,
}

pub(super) fn compare_info(
    old: &Operation,
    new: &Operation,
    tables: Tables<'_>,
    told: &mut Told<'_>,
) {
    let (was, is) = (&old.info, &new.info);
    if (was.method, &was.path) != (is.method, &is.path) {
        told.push(
            Verdict::Minor,
            "endpoint",
            format!("calls {}, no longer {}", endpoint(new), endpoint(old)),
        );
    }
    if was.retry != is.retry {
        told.push(
            Verdict::Minor,
            "retry",
            format!("repeated as {:?}, no longer as {:?}", is.retry, was.retry),
        );
    }
    if was.idempotency_keys != is.idempotency_keys {
        told.push(
            Verdict::Minor,
            "idempotency-key",
            "another member makes a repetition safe",
        );
    }
    if was.rate_limit != is.rate_limit {
        let (was, is) = (spell_rate(was.rate_limit), spell_rate(is.rate_limit));
        let text = format!("its rate limit is {is}, no longer {was}");
        told.push(Verdict::Patch, "rate-limit", text);
    }
    compare_words("scope", &was.scopes, &is.scopes, told);
    compare_words("token", &was.tokens, &is.tokens, told);
    compare_codes(old, new, tables, told);
}

fn spell_rate(limit: Option<RateLimit>) -> String {
    match limit {
        None => "not known".to_owned(),
        Some(RateLimit { calls, seconds: 1 }) => format!("{calls} a second"),
        Some(RateLimit { calls, seconds }) => format!("{calls} in {seconds} seconds"),
    }
}

/// Lists of words that the service knows and no program names.
fn compare_words(what: &str, old: &[String], new: &[String], told: &mut Told<'_>) {
    let kind = if what == "scope" {
        ("scope-added", "scope-removed")
    } else {
        ("token-added", "token-removed")
    };
    let pairs = pair(old, new, Clone::clone);
    for word in pairs.added {
        told.push(Verdict::Minor, kind.0, format!("{what} `{word}` added"));
    }
    for word in pairs.removed {
        told.push(Verdict::Minor, kind.1, format!("{what} `{word}` removed"));
    }
}

fn compare_codes(old: &Operation, new: &Operation, tables: Tables<'_>, told: &mut Told<'_>) {
    let pairs = pair(&old.info.errors, &new.info.errors, |code| *code);
    let mut push = |kind, text| told.push(Verdict::Patch, kind, text);
    for code in pairs.added {
        push("code-added", format!("code `{code}` added"));
    }
    for code in pairs.removed {
        push("code-removed", format!("code `{code}` removed"));
    }
    for (code, _) in pairs.both {
        let was = Said::of(*code, &old.info.overrides, tables.old);
        let is = Said::of(*code, &new.info.overrides, tables.new);
        match (was.is_retired, is.is_retired) {
            (true, false) => push("code-added", format!("code `{code}` is in use again")),
            (false, true) => push("code-removed", format!("code `{code}` retired")),
            (true, true) | (false, false) => {}
        }
        if was.words != is.words {
            push(
                "code-meaning",
                format!("code `{code}` is explained differently here"),
            );
        }
    }
}

/// What an operation says of a code beside the table.
struct Said<'a> {
    is_retired: bool,
    words: Words<'a>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Words<'a> {
    http: &'a [u16],
    kind: Option<&'a Name>,
    texts: [Option<&'a String>; 3],
}

impl<'a> Said<'a> {
    fn of(code: i64, overrides: &'a [ErrorOverride], table: &'a ErrorTable) -> Self {
        let found = overrides.iter().find(|other| other.code == code);
        Self {
            is_retired: found.is_some_and(|found| found.retired),
            words: found.map_or_else(Words::default, |found| Words::of(found, table)),
        }
    }
}

impl<'a> Words<'a> {
    fn of(said: &'a ErrorOverride, table: &'a ErrorTable) -> Self {
        Self {
            http: &said.http,
            kind: said
                .kind
                .and_then(|index| table.kinds.get(index))
                .map(|kind| &kind.name),
            texts: [
                said.meaning.as_ref(),
                said.remedy_en.as_ref(),
                said.remedy_zh.as_ref(),
            ],
        }
    }
}
