//! `generate`: from a description on disk to generated files on disk.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use similar::TextDiff;

use crate::check::seconds;
use crate::cli::{Generate, MessageFormat};
use crate::inputs::{self, Input};
use crate::outputs::Output;
use crate::store::{self, Plan, Written};
use crate::{Outcome, outputs, pipeline, project, watch};

pub(crate) fn run(root: &Path, task: &Generate) -> Result<Outcome> {
    let load = || match &task.spec {
        Some(file) => inputs::file(file),
        None => inputs::own(root),
    };
    if !task.watch {
        let begin = Instant::now();
        return once(root, task, begin, load()?);
    }
    eprintln!("watching; Enter ends it");
    watch::watch(load, |input| {
        match once(root, task, Instant::now(), input) {
            Ok(_) => Ok(()),
            // The person mends what is in the way, and saves again.
            Err(error) => {
                eprintln!("error: {error:#}");
                Ok(())
            }
        }
    })?;
    Ok(Outcome::Fine)
}

fn once(root: &Path, task: &Generate, begin: Instant, input: Input) -> Result<Outcome> {
    let outputs = match &task.out {
        Some(out) => {
            let compiled = pipeline::compile(input);
            pipeline::report(&compiled.read, task.messages.message_format)?;
            outputs::standalone(root, out, &compiled)?
        }
        None => {
            let (compiled, beside) = pipeline::compile_own(input);
            pipeline::report(&compiled.read, task.messages.message_format)?;
            outputs::own(root, compiled, beside)?
        }
    };
    let Some(outputs) = outputs else {
        eprintln!("nothing was generated; the files on disk are as they were");
        return Ok(Outcome::Findings);
    };
    let mut outcome = Outcome::Fine;
    for output in &outputs {
        let done = if task.check {
            compare(output)?
        } else {
            write(output, begin, task.messages.message_format)?
        };
        outcome = outcome.worse(done);
    }
    Ok(outcome)
}

fn write(output: &Output, begin: Instant, format: MessageFormat) -> Result<Outcome> {
    let done = store::write(&output.dir, &output.files)?;
    if format != MessageFormat::Json {
        eprintln!(
            "{}: {} ({})",
            project::shown(&output.dir),
            told(&done),
            seconds(begin.elapsed())
        );
    }
    for note in &done.notes {
        eprintln!("note: {note}");
    }
    Ok(Outcome::Fine)
}

fn told(done: &Written) -> String {
    if done.written.is_empty() && done.removed.is_empty() {
        return format!("{} files, all as they should be", done.unchanged);
    }
    let name = |paths: &[String], verb: &str| match paths {
        [] => None,
        [path] => Some(format!("{path} {verb}")),
        paths => Some(format!("{} files {verb}", paths.len())),
    };
    let parts = [
        name(&done.written, "written"),
        name(&done.removed, "removed"),
        (done.unchanged > 0).then(|| format!("{} unchanged", done.unchanged)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How many lines of difference to show before only counting.
const SHOWN: usize = 60;

fn compare(output: &Output) -> Result<Outcome> {
    let plan = store::plan(&output.dir, &output.files)?;
    if plan.is_clean() {
        return Ok(Outcome::Fine);
    }
    let mut room = SHOWN;
    for path in &plan.write {
        let missing = plan.missing.contains(path);
        eprintln!(
            "{}: {}",
            project::shown(&output.dir.join(path)),
            if missing {
                "missing"
            } else {
                "not as it would be generated"
            }
        );
        if !missing {
            room = room.saturating_sub(show_difference(output, path, room));
        }
    }
    for path in &plan.remove {
        eprintln!(
            "{}: no longer generated",
            project::shown(&output.dir.join(path))
        );
    }
    eprintln!("{}; run `cargo xtask generate`", count(&plan));
    Ok(Outcome::Findings)
}

fn count(plan: &Plan) -> String {
    let n = plan.write.len() + plan.remove.len();
    if n == 1 {
        "1 file differs".to_owned()
    } else {
        format!("{n} files differ")
    }
}

/// Prints the beginning of a difference; answers the number of lines.
fn show_difference(output: &Output, path: &str, room: usize) -> usize {
    let found = std::fs::read_to_string(output.dir.join(path)).unwrap_or_default();
    let diff = TextDiff::from_lines(&found, &output.files[path]);
    let text = diff.unified_diff().context_radius(1).to_string();
    let lines: Vec<&str> = text.lines().take(room).collect();
    lines
        .iter()
        .for_each(|line| eprintln!("    {}", line.chars().take(160).collect::<String>()));
    lines.len()
}
