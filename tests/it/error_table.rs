//! The error table as its readers rely on it: names, words and the few cases that may be repeated.

use std::collections::{BTreeMap, BTreeSet};

use codegen::Profile;
use codegen::diagnostic::{Format, Renderer};
use codegen::source::SourceMap;
use serde_yaml::Value;

use crate::spec_text;

/// All entries with `code`, and the entries of `messages` behind them.
fn entries() -> Vec<Value> {
    let table: Value =
        serde_yaml::from_str(&spec_text("errors.yaml")).expect("the error table is YAML");
    table["codes"]
        .as_sequence()
        .expect("`codes` is a list")
        .clone()
}

fn messages() -> Vec<Value> {
    let of_entry = |entry: &Value| {
        entry
            .get("messages")
            .and_then(Value::as_sequence)
            .cloned()
            .unwrap_or_default()
    };
    entries().iter().flat_map(of_entry).collect()
}

fn text<'a>(entry: &'a Value, key: &str) -> &'a str {
    entry[key]
        .as_str()
        .unwrap_or_else(|| panic!("{entry:?} has no {key}"))
}

#[test]
fn the_generator_reads_the_table_without_a_finding() {
    let index = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nx-error-table: {$ref: errors.yaml}\npaths: {}\n";
    let mut sources = SourceMap::default();
    sources.add("openapi.yaml", index);
    sources.add("errors.yaml", spec_text("errors.yaml"));
    let (api, diagnostics) = codegen::read(&sources, "openapi.yaml", Profile::Strict);
    let format = Renderer {
        format: Format::Full,
        color: false,
    };
    assert!(
        diagnostics.is_empty(),
        "{}",
        format.render(&diagnostics, &sources)
    );
    let errors = api.expect("a description without findings").errors;
    assert_eq!(errors.len(), entries().len());
    assert_eq!(
        errors
            .iter()
            .map(|entry| entry.messages.len())
            .sum::<usize>(),
        messages().len()
    );
}

#[test]
fn names_are_unique_over_codes_and_messages() {
    let mut seen = BTreeSet::new();
    for entry in entries().iter().chain(&messages()) {
        let name = text(entry, "name");
        assert!(seen.insert(name.to_owned()), "{name} stands twice");
        let upper_camel = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(upper_camel, "{name} is not UpperCamel");
    }
}

#[test]
fn a_number_has_one_entry_for_an_operation() {
    let mut claims: BTreeMap<i64, Vec<BTreeSet<String>>> = BTreeMap::new();
    for entry in entries() {
        let operations = entry
            .get("operations")
            .and_then(Value::as_sequence)
            .cloned()
            .unwrap_or_default();
        let operations = operations
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        claims
            .entry(entry["code"].as_i64().expect("a number"))
            .or_default()
            .push(operations);
    }
    for (code, claims) in claims {
        let general = claims
            .iter()
            .filter(|operations| operations.is_empty())
            .count();
        assert!(
            general <= 1,
            "{code} has {general} entries without operations"
        );
        let claimed: usize = claims.iter().map(BTreeSet::len).sum();
        let distinct: BTreeSet<&String> = claims.iter().flatten().collect();
        assert_eq!(
            claimed,
            distinct.len(),
            "two entries of {code} claim one operation"
        );
    }
}

#[test]
fn every_failure_has_a_remedy_in_two_languages() {
    for entry in entries().iter().chain(&messages()) {
        let name = text(entry, "name");
        let (en, zh) = (text(&entry["remedy"], "en"), text(&entry["remedy"], "zh"));
        assert!(en.is_ascii() && en.ends_with('.'), "{name}: {en}");
        assert!(
            zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && zh.ends_with('。'),
            "{name}: {zh}"
        );
        assert!(text(entry, "meaning").ends_with('.'), "{name}");
    }
}

#[test]
fn of_the_collective_code_only_a_lost_update_may_be_repeated() {
    let entries = entries();
    let told_apart: Vec<&Value> = entries
        .iter()
        .filter(|e| e.get("messages").is_some())
        .collect();
    let codes: Vec<_> = told_apart.iter().map(|e| e["code"].as_i64()).collect();
    assert_eq!(codes, [Some(1_220_600), Some(99_991_668)]);
    let messages = told_apart[0]["messages"].as_sequence().expect("a list");
    let texts: BTreeSet<&str> = messages
        .iter()
        .map(|message| text(message, "text"))
        .collect();
    assert_eq!(messages.len(), texts.len(), "a text is there twice");
    assert!(texts.len() >= 19);
    let repeated: Vec<&str> = messages
        .iter()
        .filter(|m| text(m, "retry") != "never")
        .map(|m| text(m, "text"))
        .collect();
    assert_eq!(repeated, ["no row affected"]);
}

#[test]
fn the_texts_of_the_collective_code_stay_apart_under_lenient_matching() {
    let fold = |text: &str| text.trim().trim_end_matches(['.', '!']).to_lowercase();
    let messages = messages();
    let folded: BTreeSet<String> = messages
        .iter()
        .map(|message| fold(text(message, "text")))
        .collect();
    assert_eq!(folded.len(), messages.len());
}

#[test]
fn what_may_be_repeated_fits_what_helps() {
    for entry in entries().iter().chain(&messages()) {
        let (name, retry, action) = (
            text(entry, "name"),
            text(entry, "retry"),
            text(entry, "action"),
        );
        let fits = match retry {
            "never" => !matches!(action, "backoff" | "wait_reset"),
            "backoff" => matches!(action, "backoff" | "resend_app_ticket"),
            "refresh-token" => action == "refresh_token",
            "wait-reset" => action == "wait_reset",
            "by-message" => entry.get("messages").is_some(),
            other => panic!("{name}: unknown retry {other}"),
        };
        assert!(fits, "{name}: {retry} with {action}");
    }
}
