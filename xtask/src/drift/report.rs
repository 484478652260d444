//! Reports: differences as text for a terminal, Markdown for an issue, JSON for a program.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::json;

use super::compare::{Difference, Topic};

/// Everything that a comparison found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What the two sides are called: `spec` and `pages`, say.
    pub sides: (String, String),
    pub subjects: usize,
    pub differences: Vec<Difference>,
    /// Names of subjects with nothing but other words.
    pub reworded: Vec<String>,
    /// Whether to list what the spec explains.
    pub show_explained: bool,
}

impl Report {
    /// Differences that nothing explains.
    pub fn open(&self) -> impl Iterator<Item = &Difference> {
        self.unexplained()
            .filter(|difference| !difference.is_hint())
    }

    /// Differences that were read from free words.
    pub fn hints(&self) -> impl Iterator<Item = &Difference> {
        self.unexplained().filter(|difference| difference.is_hint())
    }

    fn unexplained(&self) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(|difference| difference.explained.is_none())
    }

    pub fn text(&self) -> String {
        let mut out = format!(
            "+ only in {}   - only in {}   ~ {} -> {}\n",
            self.sides.1, self.sides.0, self.sides.0, self.sides.1
        );
        self.each_subject(|name, differences| {
            let _ = write!(out, "\n{name}\n");
            for difference in differences {
                let _ = writeln!(
                    out,
                    "  {} {}",
                    direction(difference).sign(),
                    told(difference)
                );
            }
        });
        let _ = write!(out, "\n{}", self.summary());
        out
    }

    pub fn markdown(&self) -> String {
        let mut out = String::new();
        self.each_subject(|name, differences| {
            let _ = write!(out, "### {name}\n\n");
            for difference in differences {
                let _ = writeln!(
                    out,
                    "- {}: {}",
                    direction(difference).word(),
                    told(difference)
                );
            }
            out.push('\n');
        });
        out + &self.summary()
    }

    pub fn json(&self) -> String {
        let differences: Vec<_> = self.differences.iter().map(as_json).collect();
        let report = json!({
            "first": self.sides.0,
            "second": self.sides.1,
            "subjects": self.subjects,
            "differences": differences,
            "reworded": self.reworded,
        });
        format!("{report:#}\n")
    }

    fn each_subject(&self, mut show: impl FnMut(&str, &[&Difference])) {
        let shown: Vec<&Difference> = self
            .differences
            .iter()
            .filter(|difference| self.show_explained || difference.explained.is_none())
            .collect();
        for group in shown.chunk_by(|a, b| a.key == b.key) {
            show(&format!("{} ({})", group[0].name, group[0].key), group);
        }
    }

    /// A few lines with the counts.
    pub fn summary(&self) -> String {
        let open: Vec<&Difference> = self.open().collect();
        let mut lines = Vec::new();
        for topic in open
            .iter()
            .map(|difference| difference.topic)
            .collect::<BTreeSet<_>>()
        {
            lines.extend(self.counts(&open, topic));
        }
        if lines.is_empty() {
            lines.push("no difference".to_owned());
        }
        let explained = self
            .differences
            .iter()
            .filter(|difference| difference.explained.is_some())
            .count();
        let hints = self.hints().count();
        lines
            .extend((hints > 0).then(|| format!("{hints} read from free words, worth a look (?)")));
        lines.extend((explained > 0).then(|| format!("{explained} more that the spec explains")));
        lines.extend(
            (!self.reworded.is_empty())
                .then(|| format!("{} with other words only", self.reworded.len())),
        );
        lines.push(format!("{} operations and events compared", self.subjects));
        lines.join("\n") + "\n"
    }

    fn counts(&self, open: &[&Difference], topic: Topic) -> Vec<String> {
        let count = |kind: &str, test: fn(&Difference) -> bool| {
            let found: Vec<_> = open
                .iter()
                .filter(|difference| difference.topic == topic && test(difference))
                .collect();
            let places = found
                .iter()
                .map(|difference| &difference.key)
                .collect::<BTreeSet<_>>()
                .len();
            let place = if places == 1 {
                "operation"
            } else {
                "operations"
            };
            (!found.is_empty()).then(|| {
                format!(
                    "{} {} {kind} ({places} {place})",
                    found.len(),
                    topic_name(topic, found.len())
                )
            })
        };
        let added = count(&format!("only in {}", self.sides.1), |difference| {
            difference.first.is_none()
        });
        let gone = count(&format!("only in {}", self.sides.0), |difference| {
            difference.second.is_none()
        });
        let changed = count("changed", |difference| {
            difference.first.is_some() && difference.second.is_some()
        });
        [added, gone, changed].into_iter().flatten().collect()
    }
}

fn as_json(difference: &Difference) -> serde_json::Value {
    json!({
        "subject": difference.name,
        "key": difference.key.to_string(),
        "part": difference.slot.as_ref().map(|slot| slot.part.to_string()),
        "path": difference.slot.as_ref().map(|slot| &slot.path),
        "topic": topic_name(difference.topic, 1),
        "first": difference.first,
        "second": difference.second,
        "explained": difference.explained,
        "hint": difference.is_hint(),
    })
}

/// Whether a difference adds, takes away or changes something.
fn direction(difference: &Difference) -> Direction {
    match (&difference.first, &difference.second) {
        (None, Some(_)) => Direction::Added,
        (Some(_), None) => Direction::Gone,
        _ => Direction::Changed,
    }
}

enum Direction {
    Added,
    Gone,
    Changed,
}

impl Direction {
    fn sign(&self) -> char {
        match self {
            Self::Added => '+',
            Self::Gone => '-',
            Self::Changed => '~',
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Gone => "gone",
            Self::Changed => "changed",
        }
    }
}

/// A difference in words, without its direction.
fn told(difference: &Difference) -> String {
    let place = difference
        .slot
        .as_ref()
        .map_or(String::new(), |slot| format!("{slot}: "));
    let topic = match difference.topic {
        Topic::Member | Topic::Sampled | Topic::Subject => String::new(),
        topic => format!("{} ", topic_name(topic, 1)),
    };
    let sides: Vec<&str> = [&difference.first, &difference.second]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let told = format!("{place}{topic}{}", sides.join(" -> "));
    let told = if difference.is_hint() {
        format!("{told}   (?)")
    } else {
        told
    };
    match &difference.explained {
        Some(sentence) => format!("{told}   (explained: {sentence})"),
        None => told,
    }
}

fn topic_name(topic: Topic, count: usize) -> &'static str {
    let (one, many) = match topic {
        Topic::Subject => ("operation or event", "operations or events"),
        Topic::Member => ("field", "fields"),
        Topic::Sampled => ("field of a sample", "fields of samples"),
        Topic::Type => ("type", "types"),
        Topic::Required => ("required flag", "required flags"),
        Topic::Value => ("value", "values"),
        Topic::Least => ("lower limit", "lower limits"),
        Topic::Most => ("upper limit", "upper limits"),
        Topic::Default => ("default", "defaults"),
        Topic::Deprecated => ("deprecation", "deprecations"),
        Topic::ErrorCode => ("error code", "error codes"),
        Topic::HttpStatus => ("HTTP status", "HTTP statuses"),
        Topic::Retirement => ("retired error code", "retired error codes"),
        Topic::Scope => ("scope", "scopes"),
        Topic::FieldScope => ("field scope", "field scopes"),
        Topic::Token => ("token kind", "token kinds"),
        Topic::AppType => ("application type", "application types"),
        Topic::RateLimit => ("rate limit", "rate limits"),
    };
    if count == 1 { one } else { many }
}
