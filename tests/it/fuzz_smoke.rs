//! The functions of `tests/fuzz`, on variants of a few seeds: few, but the same ones in every run.

use workspace_tests::hostile;
use workspace_tests::mutate::Mutator;

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
