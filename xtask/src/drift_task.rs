//! `drift`: reads the folders and the description, and prints what [`crate::drift`] makes of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::cli::{Drift, ReportFormat};
use crate::drift::facts::Facts;
use crate::drift::report::Report;
use crate::drift::{read_pages, report, spec};
use crate::{Outcome, inputs, pipeline};

pub(crate) fn run(root: &Path, task: &Drift) -> Result<Outcome> {
    let mut report = match &task.against {
        Some(newer) => report(
            ("old pages", &pages(&task.docs)?),
            ("new pages", &pages(newer)?),
        ),
        None => report(
            ("spec", &described(root, task)?),
            ("pages", &pages(&task.docs)?),
        ),
    };
    report.show_explained = task.explained;
    print(&report, task.format)?;
    Ok(if report.open().next().is_some() {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
}

fn print(report: &Report, format: ReportFormat) -> Result<()> {
    let text = match format {
        ReportFormat::Text => report.text(),
        ReportFormat::Markdown => report.markdown(),
        ReportFormat::Json => report.json(),
    };
    std::io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .context("cannot print")
}

fn described(root: &Path, task: &Drift) -> Result<Facts> {
    let input = match &task.spec {
        Some(file) => inputs::file(file)?,
        None => inputs::own(root)?,
    };
    let read = pipeline::read(input);
    match &read.api {
        Some(api) => Ok(spec::read(api)),
        None => bail!("the description cannot be read; `cargo xtask lint` says why"),
    }
}

fn pages(dir: &Path) -> Result<Facts> {
    let mut texts = BTreeMap::new();
    collect(dir, "", &mut texts)?;
    let (facts, others) = read_pages(&texts);
    if facts.subjects.is_empty() {
        bail!(
            "{} holds no page that describes an operation or an event",
            dir.display()
        );
    }
    eprintln!(
        "{}: {} operations and events, {others} other pages",
        dir.display(),
        facts.subjects.len()
    );
    Ok(facts)
}

fn collect(dir: &Path, prefix: &str, texts: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), texts)?;
        } else if name.ends_with(".md") {
            let bytes = fs::read(entry.path())
                .with_context(|| format!("cannot read {}", entry.path().display()))?;
            texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(())
}
