//! Prose: from the text of a description cell to the values, limits and defaults that it tells.
//!
//! Takes what has a form (lists after a lead-in, ranges in code marks) and leaves the rest as words.

use std::collections::BTreeSet;

use super::facts::Limits;
use super::words;

/// The text without links, tags and marks, on one line.
pub fn plain(cell: &str) -> String {
    let text = without_links(cell).replace("<br>", " ").replace("**", "");
    let text = text
        .replace("&nbsp;", " ")
        .replace("&emsp;", " ")
        .replace('\\', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `[text](address)` becomes `text`.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let Some(open) = before.rfind('[') else {
            plain.push_str(&rest[..before.len() + 2]);
            rest = after;
            continue;
        };
        plain.push_str(&before[..open]);
        plain.push_str(&before[open + 1..]);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

/// The values that a description lists; empty if it lists none.
pub fn values(cell: &str) -> BTreeSet<String> {
    let text = plain(cell);
    if let Some(listed) = words::VALUES
        .iter()
        .find_map(|lead| after_lead(&text, lead))
    {
        let found = [
            dashed(listed),
            starred(listed),
            in_brackets(listed),
            named(listed),
        ];
        if let Some(found) = found.into_iter().find(|found| !found.is_empty()) {
            return found;
        }
    }
    let text = until_next_lead(&text);
    [dashed(text), starred(text), named(text)]
        .into_iter()
        .find(|found| found.len() > 1)
        .unwrap_or_default()
}

/// What follows `lead` and a colon, up to the next lead-in.
fn after_lead<'a>(text: &'a str, lead: &str) -> Option<&'a str> {
    let after = text.split_once(lead)?.1.trim_start();
    let after = after.strip_prefix(['：', ':'])?;
    Some(until_next_lead(after))
}

fn until_next_lead(text: &str) -> &str {
    let ends = [words::EXAMPLE, words::DEFAULT, words::RULES]
        .into_iter()
        .filter_map(|lead| text.find(lead))
        .min();
    &text[..ends.unwrap_or(text.len())]
}

/// ``- `value`: meaning - `value`: meaning``
fn dashed(text: &str) -> BTreeSet<String> {
    let items = text
        .split("- `")
        .skip(1)
        .filter_map(|item| item.split_once('`'));
    items
        .map(|(value, _)| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .collect()
}

/// `* value：meaning * value：meaning`, with or without code marks or quotes.
fn starred(text: &str) -> BTreeSet<String> {
    text.split("* ")
        .skip(1)
        .filter_map(|item| token(item.trim_start_matches(['`', '"', '“', ' '])))
        .collect()
}

/// `【Value（meaning），Value（meaning）】`
fn in_brackets(text: &str) -> BTreeSet<String> {
    let Some(inner) = text
        .split_once('【')
        .and_then(|(_, rest)| rest.split_once('】'))
    else {
        return BTreeSet::new();
    };
    inner
        .0
        .split(['，', ','])
        .filter_map(|item| token(item.trim()))
        .collect()
}

/// `value：meaning value：meaning`, where a word's meaning is in another script; the time `7:00` is no item.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, colon) in text.match_indices([':', '：']) {
        let before = text[..at].trim_end_matches('`');
        let start = before.rfind(|c| !is_token_part(c)).map_or(0, |at| {
            at + before[at..].chars().next().map_or(0, char::len_utf8)
        });
        let meaning = text[at + colon.len()..].trim_start();
        let is_number = before[start..].bytes().all(|byte| byte.is_ascii_digit());
        let explained = meaning.starts_with(|c: char| {
            if is_number {
                !c.is_ascii_digit()
            } else {
                !c.is_ascii()
            }
        });
        let follows_text =
            before[..start].ends_with(['.', '/', '-']) && !before[..start].ends_with("- ");
        if start < before.len() && explained && !follows_text {
            found.insert(before[start..].to_owned());
        }
    }
    found
}

/// The value at the beginning of an item.
fn token(item: &str) -> Option<String> {
    let end = item.find(|c| !is_token_part(c)).unwrap_or(item.len());
    (end > 0).then(|| item[..end].to_owned())
}

fn is_token_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The default that a description sets in code marks.
pub fn default(cell: &str) -> Option<String> {
    let after = cell.split_once(&format!("**{}**", words::DEFAULT))?.1;
    let after = after
        .trim_start_matches(['：', ':', ' '])
        .strip_prefix('`')?;
    after
        .split_once('`')
        .map(|(value, _)| value.trim_matches('"').to_owned())
}

/// The limits that a description sets as rules.
pub fn limits(cell: &str) -> Limits {
    let Some((_, rules)) = cell.split_once(words::RULES) else {
        return Limits::default();
    };
    let mut limits = Limits::default();
    if let Some(range) = words::RANGE.iter().find_map(|lead| rule(rules, lead)) {
        let mut ends = range.split(['～', '~']).map(number);
        limits.least = ends.next().flatten();
        limits.most = ends.next().flatten();
    }
    limits.most = limits.most.or_else(|| {
        words::LONGEST
            .iter()
            .find_map(|lead| number(rule(rules, lead)?))
    });
    limits.least = limits.least.or_else(|| {
        words::SHORTEST
            .iter()
            .find_map(|lead| number(rule(rules, lead)?))
    });
    limits
}

fn rule<'a>(rules: &'a str, lead: &str) -> Option<&'a str> {
    let after = rules
        .split_once(lead)?
        .1
        .trim_start_matches(['：', ':', ' ']);
    Some(after.split("<br>").next().unwrap_or(after))
}

fn number(text: &str) -> Option<f64> {
    text.trim()
        .trim_start_matches('`')
        .split(['`', ' '])
        .next()?
        .parse()
        .ok()
}

/// Whether the words before any list say that the member is no longer used; a list may retire a value of its own.
pub fn retires_member(cell: &str) -> bool {
    let lists = words::VALUES
        .iter()
        .filter_map(|lead| cell.find(lead))
        .min();
    let opening = &cell[..lists.unwrap_or(cell.len())];
    words::RETIRED_MEMBER
        .iter()
        .any(|phrase| opening.contains(phrase))
}

pub fn retires_code(cell: &str) -> bool {
    let cell = cell.to_lowercase();
    words::RETIRED_CODE
        .iter()
        .any(|phrase| cell.contains(phrase))
}

/// Whether the words name this number or value by itself.
pub fn mentions(prose: &str, value: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    prose.match_indices(value).any(|(at, found)| {
        let before = prose[..at].chars().next_back();
        let after = prose[at + found.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
