//! Findings as text: in full (as rustc shows them), short, or as JSON lines for editors.
//!
//! Guarantees: sorted by place; no control character of the input reaches the output; a line of any length costs little.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Snippet};

use super::locate::{Locator, Span};
use super::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{SourceMap, floor_char_boundary};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    #[default]
    Full,
    /// `file:line:col: error[id]: headline`
    Short,
    /// One JSON object a line.
    Json,
}

/// How findings are shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Renderer {
    pub format: Format,
    /// With colours, for a terminal. Of the full format only.
    pub color: bool,
}

struct Located<'d> {
    diagnostic: &'d Diagnostic,
    primary: Span,
    others: Vec<(Span, &'d Label)>,
}

impl Renderer {
    pub fn new(format: Format) -> Self {
        Self {
            format,
            color: false,
        }
    }

    /// All findings, sorted by place.
    pub fn render(&self, diagnostics: &Diagnostics, sources: &SourceMap) -> String {
        let mut locator = Locator::new(sources);
        let mut located: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| locate(&mut locator, diagnostic))
            .collect();
        located.sort_by(|a, b| order(a).cmp(&order(b)));
        let mut out = String::new();
        for item in &located {
            match self.format {
                Format::Full => out += &self.full(&mut locator, item),
                Format::Short => out += &short(item),
                Format::Json => out += &json(item),
            }
        }
        if diagnostics.dropped() > 0 && self.format != Format::Json {
            out += &format!("... and {} more findings\n", diagnostics.dropped());
        }
        out
    }

    fn full(&self, locator: &mut Locator<'_>, item: &Located<'_>) -> String {
        let diagnostic = item.diagnostic;
        let title = level(diagnostic.severity)
            .primary_title(clean(&diagnostic.headline))
            .id(diagnostic.id.name());
        let mut group = Group::with_title(title);
        let primary = (&item.primary, &diagnostic.primary, AnnotationKind::Primary);
        let others = item
            .others
            .iter()
            .map(|(span, label)| (span, *label, AnnotationKind::Context));
        for view in views(locator, std::iter::once(primary).chain(others)) {
            if let Some(origin) = view.origin {
                group = group.element(origin);
            }
            group = group.element(view.snippet);
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(clean(note)));
        }
        for help in &diagnostic.helps {
            group = group.element(Level::HELP.message(clean(help)));
        }
        let renderer = if self.color {
            annotate_snippets::Renderer::styled()
        } else {
            annotate_snippets::Renderer::plain()
        };
        renderer.render(&[group]) + "\n\n"
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

fn locate<'d>(locator: &mut Locator<'_>, diagnostic: &'d Diagnostic) -> Located<'d> {
    Located {
        diagnostic,
        primary: locator.span(&diagnostic.primary.spot),
        others: diagnostic
            .others
            .iter()
            .map(|label| (locator.span(&label.spot), label))
            .collect(),
    }
}

fn order<'l>(item: &'l Located<'_>) -> (&'l str, usize, Severity, &'static str, &'l str) {
    let diagnostic = item.diagnostic;
    (
        &item.primary.file,
        item.primary.bytes.start,
        diagnostic.severity,
        diagnostic.id.name(),
        &diagnostic.headline,
    )
}

/// Some lines of a file with their labels.
struct View {
    /// Of a cut line, whose columns the snippet cannot know.
    origin: Option<Origin<'static>>,
    snippet: Snippet<'static, Annotation<'static>>,
}

/// Of a longer line only the part around a label is looked at.
const LONGEST: usize = 4_000;
/// Labels that are more bytes apart are shown on their own.
const FARTHEST: usize = 100_000;

type Marked<'v> = (&'v Span, &'v Label, AnnotationKind);

/// One view a file; labels of one file whose lines are not too long share one.
fn views<'v>(locator: &mut Locator<'_>, labels: impl Iterator<Item = Marked<'v>>) -> Vec<View> {
    let mut files: Vec<(&str, Vec<Marked<'v>>)> = Vec::new();
    for label in labels {
        let file = label.0.file.as_str();
        match files.iter_mut().find(|(name, _)| *name == file) {
            Some((_, labels)) => labels.push(label),
            None => files.push((file, vec![label])),
        }
    }
    let mut views = Vec::new();
    for (file, labels) in files {
        let (text, lines) = locator.text(file);
        let first = labels.iter().map(|l| l.0.start.line).min().unwrap_or(1) - 1;
        let last = labels.iter().map(|l| l.0.start.line).max().unwrap_or(1) - 1;
        let window = lines.range(first).start..lines.range(last).end;
        let is_long =
            window.len() > FARTHEST || (first..=last).any(|line| lines.range(line).len() > LONGEST);
        if is_long {
            views.extend(labels.iter().map(|label| {
                let line = lines.range(label.0.start.line - 1);
                view(
                    text,
                    line.start,
                    cut(text, line, &label.0.bytes),
                    std::slice::from_ref(label),
                )
            }));
        } else {
            views.push(view(text, window.start, window.clone(), &labels));
        }
    }
    views
}

/// The part of a long line around a range.
fn cut(text: &str, line: Range<usize>, bytes: &Range<usize>) -> Range<usize> {
    if line.len() <= LONGEST {
        return line;
    }
    let start = floor_char_boundary(text, bytes.start.saturating_sub(40)).max(line.start);
    let end = floor_char_boundary(text, start + 120).min(line.end);
    start..end.max(start)
}

fn view(text: &str, line_start: usize, window: Range<usize>, labels: &[Marked<'_>]) -> View {
    let (first, ..) = labels[0];
    let line = labels.iter().map(|l| l.0.start.line).min().unwrap_or(1);
    let mut snippet = Snippet::source(clean(&text[window.clone()])).line_start(line);
    for (span, label, kind) in labels {
        let start = span.bytes.start.clamp(window.start, window.end) - window.start;
        let end = span.bytes.end.clamp(window.start, window.end) - window.start;
        let annotation = kind.span(start..end.max(start));
        let text = (!label.text.is_empty()).then(|| clean(&label.text));
        snippet = snippet.annotation(annotation.label(text));
    }
    let origin = Origin::path(first.file.clone())
        .line(first.start.line)
        .char_column(first.start.column);
    if window.start == line_start {
        View {
            origin: None,
            snippet: snippet.path(first.file.clone()),
        }
    } else {
        View {
            origin: Some(origin),
            snippet,
        }
    }
}

/// Replaces what could play tricks on a terminal by one visible character of as many bytes, so that offsets and columns stay true.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c.len_utf8() {
            _ if c == '\n' || c == '\t' || !is_control(c) => c,
            1 if c == '\r' => ' ',
            1 => '?',
            2 => '\u{bf}',
            _ => '\u{fffd}',
        })
        .collect()
}

/// Characters that steer a terminal or the direction of text instead of being seen.
pub(crate) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn short(item: &Located<'_>) -> String {
    let diagnostic = item.diagnostic;
    format!(
        "{}:{}:{}: {}[{}]: {}\n",
        item.primary.file,
        item.primary.start.line,
        item.primary.start.column,
        diagnostic.severity.as_str(),
        diagnostic.id,
        clean(&diagnostic.headline).replace('\n', " "),
    )
}

fn json(item: &Located<'_>) -> String {
    let diagnostic = item.diagnostic;
    let mut labels = vec![json_label(&item.primary, &diagnostic.primary, true)];
    labels.extend(
        item.others
            .iter()
            .map(|(span, label)| json_label(span, label, false)),
    );
    let object = serde_json::json!({
        "id": diagnostic.id.name(),
        "severity": diagnostic.severity.as_str(),
        "headline": diagnostic.headline,
        "labels": labels,
        "notes": diagnostic.notes,
        "helps": diagnostic.helps,
    });
    object.to_string() + "\n"
}

fn json_label(span: &Span, label: &Label, primary: bool) -> serde_json::Value {
    serde_json::json!({
        "file": span.file,
        "primary": primary,
        "text": label.text,
        "byte_start": span.bytes.start,
        "byte_end": span.bytes.end,
        "line_start": span.start.line,
        "column_start": span.start.column,
        "line_end": span.end.line,
        "column_end": span.end.column,
    })
}
