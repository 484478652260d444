//! `check`: everything that must hold before a change is merged. Cheap things first; the first that fails ends the run
//! after its own kind: all quick ones are told together, the slow ones stand alone.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::cli::{Check, Generate, Lint, MessageFormat, Messages};
use crate::{Outcome, diff, generate, inputs, lint, outputs, pipeline, store};

/// Features beside the default ones with which everything is built. Not `native-tls`: it needs a library of the system.
const FEATURES: &str = "attendance-api/sandbox,attendance-api/webhook,attendance-api/ws,\
    attendance-api/axum,attendance-api/hyper,attendance-api/actix,attendance-api/serde,\
    attendance-api/gzip,attendance-api/redis-rustls,attendance-api/blocking,\
    attendance-api/jiff-02,attendance-api/chrono-04,attendance-api/time-03";

pub(crate) fn run(root: &Path, check: &Check) -> Result<Outcome> {
    let begin = Instant::now();
    let mut steps = Steps::default();
    steps.program("format", root, &["fmt", "--all", "--check"])?;
    let messages = Messages {
        message_format: MessageFormat::Full,
    };
    steps.task("lint of the description", || {
        lint::run(
            root,
            &Lint {
                spec: None,
                profile: None,
                messages,
            },
        )
    })?;
    let fresh = Generate {
        check: true,
        watch: false,
        spec: None,
        out: None,
        messages,
    };
    steps.task("generated files are fresh", || generate::run(root, &fresh))?;
    steps.task("no break without a version", || {
        diff::check_release(root, check.base.as_deref())
    })?;
    if !check.quick && steps.failed.is_empty() {
        slow(root, &mut steps)?;
    }
    Ok(steps.finish(begin.elapsed()))
}

fn slow(root: &Path, steps: &mut Steps) -> Result<()> {
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        FEATURES,
        "--",
        "-D",
        "warnings",
    ];
    let test = ["test", "--workspace", "--features", FEATURES];
    let doc = ["doc", "--workspace", "--no-deps", "--features", FEATURES];
    for (name, args) in [
        ("clippy", &clippy[..]),
        ("tests", &test),
        ("documentation", &doc),
    ] {
        if steps.failed.is_empty() {
            steps.program(name, root, args)?;
        }
    }
    if steps.failed.is_empty() {
        steps.task("a crate from another description stands alone", || {
            stands_alone(root)
        })?;
    }
    Ok(())
}

/// A description that is not ours, with most of what descriptions have.
const OTHER_DESCRIPTION: &str = "tests/fuzz/seeds/description/library.yaml";

/// How somebody names what was generated, also where a module of the runtime has the same name.
const USES: &str = "
use library_client::api::auth::{AuthApi, AuthAuthCards};
use library_client::shelf::ShelfApi;

pub fn cards(client: &library_client::Client) -> (AuthApi, AuthAuthCards, ShelfApi) {
    (client.auth(), client.auth().auth_cards(), client.shelf())
}

fn main() {}
";

/// Generates a crate outside of the workspace, and lets the compiler look at it.
fn stands_alone(root: &Path) -> Result<Outcome> {
    let out =
        std::env::temp_dir().join(format!("attendance-api-standalone-{}", std::process::id()));
    let outcome = compile_standalone(root, &out);
    let _ = std::fs::remove_dir_all(&out);
    outcome
}

fn compile_standalone(root: &Path, out: &Path) -> Result<Outcome> {
    let compiled = pipeline::compile(inputs::file(&root.join(OTHER_DESCRIPTION))?);
    let Some(outputs) = outputs::standalone(root, out, &compiled)? else {
        return Ok(Outcome::Findings);
    };
    for output in outputs {
        store::write(&output.dir, &output.files)?;
    }
    let uses = out.join("examples");
    std::fs::create_dir_all(&uses)?;
    std::fs::write(uses.join("uses.rs"), USES).context("cannot write an example")?;
    // The same versions as in the workspace, so that nothing new is fetched or built.
    std::fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock"))
        .context("cannot copy Cargo.lock")?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args([
            "check",
            "--quiet",
            "--offline",
            "--lib",
            "--examples",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(out);
    let status = command.status().context("cargo check cannot be started")?;
    Ok(if status.success() {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

#[derive(Default)]
struct Steps {
    failed: Vec<&'static str>,
    done: usize,
}

impl Steps {
    fn program(&mut self, name: &'static str, root: &Path, args: &[&str]) -> Result<()> {
        eprintln!("check: {name} (cargo {})", args.join(" "));
        self.task(name, || cargo(root, args))
    }

    fn task(&mut self, name: &'static str, task: impl FnOnce() -> Result<Outcome>) -> Result<()> {
        let begin = Instant::now();
        let outcome = task()?;
        self.done += 1;
        let word = match outcome {
            Outcome::Fine => "ok",
            Outcome::Findings => "FAILED",
        };
        eprintln!("check: {name}: {word} ({})", seconds(begin.elapsed()));
        self.failed
            .extend((outcome == Outcome::Findings).then_some(name));
        Ok(())
    }

    fn finish(self, took: Duration) -> Outcome {
        if self.failed.is_empty() {
            eprintln!("check: all {} steps passed ({})", self.done, seconds(took));
            return Outcome::Fine;
        }
        eprintln!(
            "check: failed: {} ({})",
            self.failed.join(", "),
            seconds(took)
        );
        Outcome::Findings
    }
}

pub(crate) fn seconds(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{} ms", took.as_millis())
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}

/// Runs cargo in the workspace, with its output as it comes.
pub(crate) fn cargo(root: &Path, args: &[&str]) -> Result<Outcome> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(args)
        .current_dir(root)
        .env("RUSTDOCFLAGS", rustdoc_flags())
        .status();
    let status = status.with_context(|| format!("cargo {} cannot be started", args[0]))?;
    Ok(if status.success() {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

fn rustdoc_flags() -> String {
    std::env::var("RUSTDOCFLAGS").unwrap_or_else(|_| "-D warnings".to_owned())
}
