//! The guide of the spec against the generator's closed lists: what is documented and what is read are the same.

use std::collections::BTreeSet;

use codegen::syntax::extensions::{EXTENSIONS, FORMATS};

use crate::spec_text;

#[test]
fn the_guide_lists_the_keys_that_the_generator_reads() {
    let documented = first_cells(section("## The `x-` keys"));
    let read: BTreeSet<String> = EXTENSIONS
        .iter()
        .map(|extension| extension.key.to_owned())
        .collect();
    assert_eq!(
        documented, read,
        "left: spec/README.md, right: the list in codegen::syntax::extensions"
    );
}

#[test]
fn the_guide_lists_the_formats_that_the_generator_reads() {
    let documented = first_cells(section("## Formats"));
    let read: BTreeSet<String> = FORMATS.iter().map(|&format| format.to_owned()).collect();
    assert_eq!(
        documented, read,
        "left: spec/README.md, right: the list in codegen::syntax::extensions"
    );
}

#[test]
fn the_guide_says_where_each_key_belongs() {
    for extension in EXTENSIONS {
        let row = format!("| `{}` | ", extension.key);
        let rest = section("## The `x-` keys")
            .split_once(&row)
            .map(|(_, rest)| rest.to_owned());
        let rest = rest.unwrap_or_else(|| panic!("{} has no row", extension.key));
        let documented: Vec<&str> = rest
            .split('|')
            .next()
            .expect("a cell")
            .trim()
            .split(", ")
            .collect();
        let read: Vec<&str> = extension
            .homes
            .iter()
            .map(|home| without_article(home))
            .collect();
        assert_eq!(
            documented, read,
            "left: spec/README.md on {}, right: codegen",
            extension.key
        );
    }
}

#[test]
fn no_key_is_documented_twice() {
    let rows = rows(section("## The `x-` keys"));
    let keys: Vec<String> = rows.iter().flat_map(|row| in_backticks(row)).collect();
    let distinct: BTreeSet<&String> = keys.iter().collect();
    assert_eq!(keys.len(), distinct.len(), "{keys:?}");
}

fn without_article(home: &str) -> &str {
    home.split_once(' ').map_or(home, |(_, noun)| noun)
}

/// The guide from a heading to the next one.
fn section(heading: &str) -> String {
    let guide = spec_text("README.md");
    let (_, rest) = guide
        .split_once(heading)
        .unwrap_or_else(|| panic!("spec/README.md has no `{heading}`"));
    let end = rest.find("\n## ").unwrap_or(rest.len());
    rest[..end].to_owned()
}

/// What stands in backticks in the first cell of each row of a section's tables.
fn first_cells(section: String) -> BTreeSet<String> {
    rows(section)
        .iter()
        .flat_map(|row| in_backticks(row))
        .collect()
}

/// The first cells of all rows, heads and rules left out.
fn rows(section: String) -> Vec<String> {
    let cells = section.lines().filter_map(|line| {
        line.strip_prefix("| ")?
            .split('|')
            .next()
            .map(str::to_owned)
    });
    cells.filter(|cell| cell.contains('`')).collect()
}

fn in_backticks(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}
