//! `interop semver`: what `diff` says of each kind of change beside what cargo-semver-checks says of the two crates.
//!
//! The kinds are those of `tests/fixtures/diff/kinds.yaml`, each an edit of the description beside it. Where the two verdicts differ, the
//! table there has to say why; where we call broken what that tool does not see, a caller that no longer compiles proves it.
//! Our own side of the table is held by `cargo test`; this task holds the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use codegen::diff::{Verdict, diff, verdict};
use codegen::ir::Client;
use serde_json::Value;

use super::kit::{self, cargo, must};
use crate::{Outcome, inputs, outputs, pipeline, store};

const FIXTURE: &str = "tests/fixtures/diff";
const FILES: [&str; 2] = ["openapi.yaml", "errors.yaml"];
const TOOL: &str = "cargo-semver-checks";

/// One kind of change, as the table tells it.
struct Kind {
    name: String,
    from: String,
    to: String,
    /// What the tool says, as far as the table knows.
    expected: String,
    why: String,
    /// A caller that compiles before the change and not after it.
    caller: Option<String>,
}

pub(super) fn run(root: &Path) -> Result<Outcome> {
    let bench = Bench::new(root)?;
    let kinds = kinds(root)?;
    let before = bench.take(root, &Kind::nothing(), "old.json")?;
    bench.callers_compile(&kinds)?;
    let mut outcome = Outcome::Fine;
    println!("| change | diff | semver-checks | why they differ |\n|---|---|---|---|");
    for kind in &kinds {
        let after = bench.take(root, kind, "new.json")?;
        let ours = verdict(&diff(&before, &after)).map_or("none", Verdict::name);
        let theirs = bench.judge()?;
        println!("| {} | {ours} | {theirs} | {} |", kind.name, kind.why);
        for fault in bench.faults(kind, ours, theirs)? {
            eprintln!("interop: {}: {fault}", kind.name);
            outcome = Outcome::Findings;
        }
    }
    Ok(outcome)
}

impl Kind {
    fn nothing() -> Self {
        Self {
            name: "nothing".to_owned(),
            from: String::new(),
            to: String::new(),
            expected: "none".to_owned(),
            why: String::new(),
            caller: None,
        }
    }

    fn of(value: &Value, reasons: &Value) -> Result<Self> {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let need = |key: &str| text(key).with_context(|| format!("{value} lacks `{key}`"));
        let why = match text("why") {
            None => String::new(),
            Some(key) => reasons[&key]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("there is no reason `{key}`"))?,
        };
        Ok(Self {
            name: need("kind")?,
            from: need("from")?,
            to: need("to")?,
            expected: need("semver-checks")?,
            why,
            caller: text("caller"),
        })
    }
}

fn kinds(root: &Path) -> Result<Vec<Kind>> {
    let path = root.join(FIXTURE).join("kinds.yaml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let table: Value =
        serde_yaml::from_str(&text).with_context(|| format!("{} is no YAML", path.display()))?;
    let kinds = table["kinds"].as_array().context("the table has kinds")?;
    kinds
        .iter()
        .map(|kind| Kind::of(kind, &table["reasons"]))
        .collect()
}

/// Where crates are made and compared.
struct Bench {
    home: PathBuf,
    tool: PathBuf,
}

impl Bench {
    fn new(root: &Path) -> Result<Self> {
        let home = kit::home(root)?.join("semver");
        for part in ["spec", "library", "caller/src"] {
            fs::create_dir_all(home.join(part))?;
        }
        // The versions that the workspace was tested with, which are on this machine already.
        fs::copy(root.join("Cargo.lock"), home.join("library/Cargo.lock"))?;
        let tool = tool(&home)?;
        Ok(Self { home, tool })
    }

    /// Generates the library after an edit, and writes down what it offers.
    fn take(&self, root: &Path, kind: &Kind, name: &str) -> Result<Client> {
        self.edit(root, kind)?;
        let input = inputs::file(&self.home.join("spec/openapi.yaml"))?;
        let compiled = pipeline::compile(input);
        let client = compiled.made.as_ref().map(|(client, _)| client.clone());
        let client =
            client.with_context(|| format!("{}: the edited description has errors", kind.name))?;
        let outputs = outputs::standalone(root, &self.home.join("library"), &compiled)?;
        for output in outputs.unwrap_or_default() {
            store::write(&output.dir, &output.files)?;
        }
        let mut rustdoc = self.cargo("library");
        rustdoc.args([
            "rustdoc",
            "--quiet",
            "--offline",
            "--lib",
            "--",
            "-Zunstable-options",
            "--output-format=json",
        ]);
        rustdoc.args([
            "--document-private-items",
            "--document-hidden-items",
            "--cap-lints=allow",
        ]);
        // The JSON form is unstable; the tool itself asks a stable compiler for it in this way.
        rustdoc.env("RUSTC_BOOTSTRAP", "1");
        quiet(&kind.name, &mut rustdoc)?;
        let made = self
            .home
            .join(format!("target/doc/{}.json", compiled.crate_name));
        fs::copy(&made, self.home.join(name))
            .with_context(|| format!("cannot read {}", made.display()))?;
        Ok(client)
    }

    fn edit(&self, root: &Path, kind: &Kind) -> Result<()> {
        let mut hits = 0;
        for file in FILES {
            let text = fs::read_to_string(root.join(FIXTURE).join(file))?;
            hits += text.matches(&kind.from).count();
            let text = if kind.from.is_empty() {
                text
            } else {
                text.replacen(&kind.from, &kind.to, 1)
            };
            fs::write(self.home.join("spec").join(file), text)?;
        }
        if hits == 0 {
            bail!("{}: nothing to replace", kind.name);
        }
        Ok(())
    }

    fn cargo(&self, package: &str) -> Command {
        let mut command = cargo();
        command
            .current_dir(self.home.join(package))
            .env("CARGO_TARGET_DIR", self.home.join("target"));
        command
    }

    /// What the tool asks for, if the next version were to be a patch.
    fn judge(&self) -> Result<&'static str> {
        let mut command = Command::new(&self.tool);
        command.args([
            "semver-checks",
            "check-release",
            "--release-type",
            "patch",
            "--color",
            "never",
        ]);
        command
            .arg("--baseline-rustdoc")
            .arg(self.home.join("old.json"));
        command
            .arg("--current-rustdoc")
            .arg(self.home.join("new.json"));
        let output = command
            .output()
            .with_context(|| format!("{TOOL} cannot be started"))?;
        let told = String::from_utf8_lossy(&output.stderr);
        let summary = told
            .lines()
            .find(|line| line.trim_start().starts_with("Summary"));
        match summary {
            Some(line) if line.contains("new major version") => Ok("major"),
            Some(line) if line.contains("new minor version") => Ok("minor"),
            Some(line) if line.contains("no semver update") => Ok("none"),
            _ => bail!("{TOOL} gave no verdict:\n{told}"),
        }
    }

    /// What the table has wrong.
    fn faults(&self, kind: &Kind, ours: &str, theirs: &str) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        if theirs != kind.expected {
            faults.push(format!(
                "the table has `semver-checks: {}`, the tool says {theirs}",
                kind.expected
            ));
        }
        if !agree(ours, theirs) && kind.why.is_empty() {
            faults.push(format!(
                "diff says {ours}, the tool {theirs}, and the table does not say why"
            ));
        }
        if let Some(caller) = &kind.caller {
            self.write_caller(&[caller])?;
            if self
                .cargo("caller")
                .args(["check", "--quiet", "--offline"])
                .output()?
                .status
                .success()
            {
                faults.push("its caller still compiles".to_owned());
            }
        }
        Ok(faults)
    }

    /// Before any change, all callers do.
    fn callers_compile(&self, kinds: &[Kind]) -> Result<()> {
        let manifest = "[package]\nname = \"caller\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nlibrary_client = { path = \"../library\" }\n\n[workspace]\n";
        fs::write(self.home.join("caller/Cargo.toml"), manifest)?;
        fs::copy(
            self.home.join("library/Cargo.lock"),
            self.home.join("caller/Cargo.lock"),
        )?;
        let callers: Vec<&String> = kinds
            .iter()
            .filter_map(|kind| kind.caller.as_ref())
            .collect();
        self.write_caller(&callers)?;
        quiet(
            "the callers",
            self.cargo("caller").args(["check", "--quiet", "--offline"]),
        )
    }

    fn write_caller(&self, callers: &[&String]) -> Result<()> {
        let body = |(n, text): (usize, &&String)| {
            format!(
                "pub fn caller{n}(client: &library_client::Client) {{\n    use library_client::*;\n{text}}}\n"
            )
        };
        let text: String = callers.iter().enumerate().map(body).collect();
        fs::write(
            self.home.join("caller/src/lib.rs"),
            format!("#![allow(unused)]\n{text}"),
        )?;
        Ok(())
    }
}

/// A patch asks for nothing that the tool could see.
fn agree(ours: &str, theirs: &str) -> bool {
    ours == theirs || (ours, theirs) == ("patch", "none")
}

/// The tool of the machine, or one of our own.
fn tool(home: &Path) -> Result<PathBuf> {
    if Command::new(TOOL)
        .args(["semver-checks", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
    {
        return Ok(TOOL.into());
    }
    let own = home.join("bin").join(TOOL);
    if !own.exists() {
        must(
            "cargo install",
            cargo()
                .args(["install", TOOL, "--locked", "--root"])
                .arg(home),
        )?;
    }
    Ok(own)
}

/// Runs a program; what it says is shown only if it fails.
fn quiet(what: &str, command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("{what}: cannot be started"))?;
    if !output.status.success() {
        bail!("{what}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
