//! The functions of `tests/fuzz`, on variants of a few seeds: few, but the same ones in every run.

use serde_json::Value;
use workspace_tests::hostile;
use workspace_tests::mutate::Mutator;

use crate::documents;

const YAML: &str = include_str!("../fuzz/seeds/description/library.yaml");
const JSON: &str = include_str!("../fuzz/seeds/description/library.json");
const PAGE: &str = include_str!("../fuzz/seeds/page/shelf.md");

#[test]
fn no_variant_of_a_yaml_description_panics() {
    let mut mutator = Mutator::new(1);
    hostile::description("main.yaml", YAML.as_bytes());
    (0..800).for_each(|_| hostile::description("main.yaml", &mutator.variant(&[YAML])));
}

#[test]
fn no_variant_of_a_json_description_panics() {
    let mut mutator = Mutator::new(2);
    hostile::description("main.json", JSON.as_bytes());
    (0..800).for_each(|_| hostile::description("main.json", &mutator.variant(&[JSON])));
}

#[test]
fn no_variant_of_a_page_panics() {
    let mut mutator = Mutator::new(3);
    (0..3000).for_each(|_| hostile::page(&mutator.variant(&[PAGE])));
}

#[test]
fn variants_differ_and_repeat() {
    let row = |seed| {
        let mut mutator = Mutator::new(seed);
        (0..50)
            .map(|_| mutator.variant(&[YAML, JSON]))
            .collect::<Vec<_>>()
    };
    assert_eq!(row(7), row(7));
    let distinct: std::collections::BTreeSet<_> = row(7).into_iter().collect();
    assert!(distinct.len() > 45, "{}", distinct.len());
}

/// Every answer, body and event of the description: what is read can be written, and reads the same again.
///
/// `ANSWER_FUZZ=1000000 FUZZ_SEED=7 cargo test --release` tries a longer row of its own.
#[test]
fn no_variant_of_a_document_panics() {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let rounds = number("ANSWER_FUZZ").unwrap_or(8000);
    let mut mutator = Mutator::new(number("FUZZ_SEED").unwrap_or(4) * 2 + 1);
    let documents = documents::all();
    let texts: Vec<String> = documents
        .iter()
        .map(|document| document.example.to_string())
        .collect();
    let mut read = 0;
    for round in 0..rounds {
        let at = round as usize % documents.len();
        let variant = mutator.variant(&[&texts[at]]);
        let Ok(once) = documents[at].again_text(&variant) else {
            continue;
        };
        read += 1;
        let twice = documents[at].again_text(&once);
        let json = |text: &[u8]| -> Value {
            serde_json::from_slice(text).expect("what is written is JSON")
        };
        assert!(
            twice.is_ok_and(|twice| json(&once) == json(&twice)),
            "{}: {}",
            documents[at],
            String::from_utf8_lossy(&variant)
        );
    }
    assert!(read > rounds / 100, "only {read} were read");
    println!("{rounds} tried, {read} read");
}
