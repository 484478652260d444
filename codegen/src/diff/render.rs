//! Changes as text for a terminal, Markdown for a changelog, and JSON for programs.

use serde_json::json;

use super::{Change, Verdict, verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Markdown,
    Json,
}

pub fn render(changes: &[Change], format: Format) -> String {
    match format {
        Format::Text => render_text(changes),
        Format::Markdown => render_markdown(changes),
        Format::Json => render_json(changes),
    }
}

/// By operation, in the order of the first change of each.
fn groups(changes: &[Change]) -> Vec<(String, Vec<&Change>)> {
    let mut groups: Vec<(String, Vec<&Change>)> = Vec::new();
    for change in changes {
        let heading = heading(change);
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, group)) => group.push(change),
            None => groups.push((heading, vec![change])),
        }
    }
    groups
}

/// Few operations are named, many are counted.
fn heading(change: &Change) -> String {
    match change.subjects.as_slice() {
        [] => "the client".to_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        subjects => subjects.join(", "),
    }
}

fn render_text(changes: &[Change]) -> String {
    let mut text = String::new();
    for (heading, group) in groups(changes) {
        text.push_str(&format!("{heading}\n"));
        for change in group {
            text.push_str(&format!(
                "  {:<5}  {}\n",
                change.verdict.name(),
                change.text
            ));
        }
        text.push('\n');
    }
    text + &summary(changes)
}

/// How many of each, and what they ask for.
fn summary(changes: &[Change]) -> String {
    let Some(verdict) = verdict(changes) else {
        return "no change\n".to_owned();
    };
    let count = |verdict| {
        changes
            .iter()
            .filter(|change| change.verdict == verdict)
            .count()
    };
    let (major, minor, patch) = (
        count(Verdict::Major),
        count(Verdict::Minor),
        count(Verdict::Patch),
    );
    format!(
        "{major} major, {minor} minor, {patch} patch: the next version is a {} version\n",
        verdict.name()
    )
}

fn render_markdown(changes: &[Change]) -> String {
    let sections = [
        (Verdict::Major, "Breaking"),
        (Verdict::Minor, "Added or changed"),
        (Verdict::Patch, "Words and limits"),
    ];
    let mut text = String::new();
    for (verdict, title) in sections {
        let chosen: Vec<Change> = changes
            .iter()
            .filter(|change| change.verdict == verdict)
            .cloned()
            .collect();
        if chosen.is_empty() {
            continue;
        }
        text.push_str(&format!("### {title}\n\n"));
        for (heading, group) in groups(&chosen) {
            text.push_str(&format!(
                "- **{heading}**: {}\n",
                group
                    .iter()
                    .map(|change| change.text.as_str())
                    .collect::<Vec<_>>()
                    .join("; ")
            ));
        }
        text.push('\n');
    }
    if text.is_empty() {
        "No change.\n".to_owned()
    } else {
        text.trim_end().to_owned() + "\n"
    }
}

fn render_json(changes: &[Change]) -> String {
    let list: Vec<_> = changes
        .iter()
        .map(|change| json!({"verdict": change.verdict.name(), "kind": change.kind, "subjects": change.subjects, "text": change.text}))
        .collect();
    let document = json!({"verdict": verdict(changes).map(Verdict::name), "changes": list});
    format!("{document:#}\n")
}
