//! Drift: from a folder of documentation pages and a spec to what each has and the other has not.
//!
//! Pages → facts ([`page`]), spec → facts ([`spec`]), facts against facts ([`compare`]), and a report. Two states of the
//! pages can be compared just so. Guarantees: nothing here touches the disk or knows a name of the service. Does not:
//! understand prose beyond the forms in [`prose`]; what a page says in free words is not compared.

pub mod facts;
pub mod page;
pub mod prose;
pub mod table;
mod words;

pub mod spec;

pub mod compare;
mod quirks;
pub mod report;

use std::collections::BTreeMap;

use facts::Facts;
use report::Report;

/// What a folder of pages tells. Pages that describe no operation and no event are counted, not kept.
pub fn read_pages(pages: &BTreeMap<String, String>) -> (Facts, usize) {
    let mut facts = Facts::default();
    for (name, text) in pages {
        facts.subjects.extend(page::read(name, text));
    }
    let others = pages.len() - facts.subjects.len();
    (facts, others)
}

/// Compares what we have with what is new.
pub fn report(first: (&str, &Facts), second: (&str, &Facts)) -> Report {
    let differences = compare::compare(first.1, second.1);
    let reworded = compare::other_words(first.1, second.1, &differences);
    Report {
        sides: (first.0.to_owned(), second.0.to_owned()),
        subjects: second.1.subjects.len().max(first.1.subjects.len()),
        differences,
        reworded,
        show_explained: false,
    }
}
