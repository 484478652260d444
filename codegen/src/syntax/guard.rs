//! What is refused from the stream of YAML events, before any value is built.
//!
//! A small text can stand for gigabytes of values by its anchors, or for a stack overflow by its depth.
//! Specifications need neither anchors nor tags.

use std::ops::{ControlFlow, Range};

use saphyr_parser::{Event, ScalarStyle};

use super::load::{MAX_DEPTH, MAX_NODES};
use super::scalars;
use crate::diagnostic::{Diagnostic, Id, Spot};
use crate::source::yaml::{self, Indentation};

/// The findings in a YAML text. Values may be built only if `is_refused` is false.
pub(super) struct Guard {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) is_refused: bool,
}

pub(super) fn guard(path: &str, text: &str, base: usize, indentation: Indentation) -> Guard {
    let start = || State {
        path,
        base,
        open: Vec::new(),
        nodes: 0,
        documents: 0,
        findings: Vec::new(),
        is_refused: false,
    };
    let (mut state, fault) = yaml::walk(text, indentation, start, State::event);
    if let Some(fault) = fault {
        let finding = syntax(path, text, base, &fault);
        state.findings.push(finding);
        state.is_refused = true;
    }
    Guard {
        findings: state.findings,
        is_refused: state.is_refused,
    }
}

/// A fault of the YAML parser, told as well as we can.
fn syntax(path: &str, text: &str, base: usize, fault: &yaml::Fault) -> Diagnostic {
    let spot = |range: Range<usize>| Spot::Bytes {
        file: path.to_owned(),
        range: range.start + base..range.end + base,
    };
    let is_met = fault.message.contains("found a tab");
    let tab =
        tab_before(text, fault.byte).or_else(|| tab_after(text, fault.byte).filter(|_| is_met));
    if let Some(tab) = tab {
        return Diagnostic::new(
            Id::TabIndentation,
            spot(tab..tab + 1),
            "a tab indents this line",
        )
        .label("YAML allows spaces only")
        .help("replace the tab by spaces");
    }
    // The scanner looks ahead, and meets the depth before we do.
    if fault.message.contains("recursion limit") {
        let headline = format!("values are nested more than {MAX_DEPTH} deep");
        return Diagnostic::new(Id::TooDeep, spot(fault.byte..fault.byte + 1), headline);
    }
    Diagnostic::new(
        Id::YamlSyntax,
        spot(fault.byte..fault.byte + 1),
        format!("this is no YAML: {}", fault.message),
    )
    .label("the reader gave up here")
    .maybe_help(remedy(&fault.message).map(str::to_owned))
}

/// What is behind most faults of a kind; the parser tells what it met, not what was meant.
fn remedy(message: &str) -> Option<&'static str> {
    const REMEDIES: [(&str, &str); 7] = [
        (
            "did not find expected key",
            "the keys of one object begin in one column: compare with the lines above",
        ),
        (
            "did not find expected '-'",
            "the items of one list begin in one column: compare with the lines above",
        ),
        (
            "mapping values are not allowed",
            "a text that holds `: ` needs quotes; else compare the indentation with the lines above",
        ),
        (
            "trailing content after",
            "nothing follows the closing quote of a text; a quote inside is written `\\\"`",
        ),
        (
            "illegal placement of ':'",
            "is a bracket, a brace or a quote above not closed?",
        ),
        (
            "indentation in quoted scalar",
            "is the closing quote missing?",
        ),
        (
            "unexpected end of stream",
            "is a closing quote or bracket missing?",
        ),
    ];
    let found = REMEDIES.iter().find(|(part, _)| message.contains(part));
    found.map(|(_, remedy)| *remedy)
}

/// A tab in the indentation of the line of a fault, or of the line before it.
fn tab_before(text: &str, byte: usize) -> Option<usize> {
    let this = line_start(text, byte);
    let before = line_start(text, this.saturating_sub(1));
    [this, before]
        .into_iter()
        .find_map(|start| indenting_tab(text, start))
}

/// The first tab that indents a line behind a fault: the reader blames the text in front of it.
fn tab_after(text: &str, byte: usize) -> Option<usize> {
    let this = line_start(text, byte);
    let mut lines = text[this..]
        .match_indices('\n')
        .map(|(end, _)| this + end + 1);
    lines.find_map(|start| indenting_tab(text, start))
}

fn line_start(text: &str, byte: usize) -> usize {
    let end = crate::source::floor_char_boundary(text, byte);
    text[..end].rfind('\n').map_or(0, |at| at + 1)
}

fn indenting_tab(text: &str, line: usize) -> Option<usize> {
    let rest = &text[line..];
    let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    rest[..indent].find('\t').map(|tab| line + tab)
}

struct State<'a> {
    path: &'a str,
    base: usize,
    open: Vec<Open>,
    nodes: usize,
    documents: usize,
    findings: Vec<Diagnostic>,
    is_refused: bool,
}

struct Open {
    is_list: bool,
    wants_key: bool,
}

impl State<'_> {
    fn event(&mut self, event: &Event<'_>, range: Range<usize>) -> ControlFlow<()> {
        match event {
            Event::DocumentStart(_) => return self.document(range),
            Event::Alias(_) => {
                self.refuse(
                    Id::YamlAnchor,
                    range.clone(),
                    "an alias stands for a value written elsewhere",
                )
                .push_help("write the value out, or use `$ref`");
                self.value();
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.properties(*anchor, tag.is_some(), range.clone());
                self.scalar(text, *style, range.clone());
            }
            Event::SequenceStart(anchor, tag) => {
                self.properties(*anchor, tag.is_some(), range.clone());
                return self.start(true, range);
            }
            Event::MappingStart(anchor, tag) => {
                self.properties(*anchor, tag.is_some(), range.clone());
                return self.start(false, range);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        self.count(range)
    }

    fn document(&mut self, range: Range<usize>) -> ControlFlow<()> {
        self.documents += 1;
        if self.documents < 2 {
            return ControlFlow::Continue(());
        }
        self.refuse(
            Id::SeveralDocuments,
            range,
            "a second YAML document starts here",
        )
        .push_help("put it into a file of its own");
        ControlFlow::Break(())
    }

    fn properties(&mut self, anchor: usize, has_tag: bool, range: Range<usize>) {
        let range = range.start..range.start + 1;
        if anchor > 0 {
            self.refuse(Id::YamlAnchor, range.clone(), "this value has an anchor")
                .push_help("write the value out where it is needed, or use `$ref`");
        }
        if has_tag {
            self.refuse(Id::YamlTag, range, "this value has a tag")
                .push_help("remove the tag; quote the value if it shall be a text");
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, range: Range<usize>) {
        let is_key = self.value();
        if style != ScalarStyle::Plain {
            return;
        }
        if is_key && text == "<<" {
            self.refuse(
                Id::YamlMergeKey,
                range,
                "a merge key copies members from elsewhere",
            )
            .push_help("write the members out, or use `allOf` with a `$ref`");
            return;
        }
        // A status code or another number as a key means its digits to every reader.
        let is_plain_number =
            is_key && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        if let Some(why) = scalars::ambiguity(text).filter(|_| !is_plain_number) {
            let finding = self.finding(
                Id::AmbiguousScalar,
                range,
                format!("`{text}` without quotes is ambiguous"),
            );
            let remedy = match scalars::as_boolean(text) {
                Some(value) => format!("write `{value}`, or \"{text}\" if it is a text"),
                None => format!("write \"{text}\" if it is a text"),
            };
            self.findings.push(finding.label(why).help(remedy));
        }
    }

    fn start(&mut self, is_list: bool, range: Range<usize>) -> ControlFlow<()> {
        if self.value() {
            self.refuse(Id::KeyNotText, range, "a key is a list or an object")
                .push_help("only texts can be keys");
            return ControlFlow::Break(());
        }
        self.open.push(Open {
            is_list,
            wants_key: true,
        });
        if self.open.len() > MAX_DEPTH {
            let headline = format!("values are nested more than {MAX_DEPTH} deep");
            self.refuse(Id::TooDeep, range, headline);
            return ControlFlow::Break(());
        }
        self.count(range)
    }

    fn count(&mut self, range: Range<usize>) -> ControlFlow<()> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return ControlFlow::Continue(());
        }
        let headline = format!("the file holds more than {MAX_NODES} values");
        self.refuse(Id::TooLarge, range, headline);
        ControlFlow::Break(())
    }

    /// Steps over a value; whether it is a key.
    fn value(&mut self) -> bool {
        let Some(open) = self.open.last_mut().filter(|open| !open.is_list) else {
            return false;
        };
        let is_key = open.wants_key;
        open.wants_key = !is_key;
        is_key
    }

    fn finding(&self, id: Id, range: Range<usize>, headline: impl Into<String>) -> Diagnostic {
        let spot = Spot::Bytes {
            file: self.path.to_owned(),
            range: range.start + self.base..range.end + self.base,
        };
        Diagnostic::new(id, spot, headline)
    }

    fn refuse(
        &mut self,
        id: Id,
        range: Range<usize>,
        headline: impl Into<String>,
    ) -> &mut Diagnostic {
        self.is_refused = true;
        let finding = self.finding(id, range, headline);
        self.findings.push(finding);
        self.findings.last_mut().expect("one was pushed")
    }
}

impl Diagnostic {
    fn push_help(&mut self, text: &str) {
        self.helps.push(text.to_owned());
    }
}
