//! `features`: the client with each of its features alone and in the combinations that people use, from `Cargo.toml` to
//! warnings.
//!
//! The rest of the workspace is built with most features at once, which hides what is missing or unused when only some are
//! on. Clippy looks at the library only; the documentation is built without features, where links break first.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::Outcome;
use crate::check::{cargo, seconds};
use crate::cli::Features;

const CRATE: &str = "attendance-api";

/// What is on together in programs, beside the default features: each once, and no TLS of our choice.
const COMBINATIONS: &[&str] = &[
    "rustls,http2,system-proxy",
    "rustls,blocking",
    "rustls,gzip,jiff-02,chrono-04,time-03",
    "webhook,ws",
    "rustls,axum,ws",
    "rustls,sandbox,blocking",
    "axum,hyper,actix,sandbox,gzip",
];

pub(crate) fn run(root: &Path, task: &Features) -> Result<Outcome> {
    let mut sets = vec![String::new()];
    sets.extend(names(root)?);
    sets.extend(COMBINATIONS.iter().map(|set| (*set).to_owned()));
    sets.retain(|set| {
        !set.split(',')
            .any(|name| task.without.iter().any(|without| without == name))
    });
    let begin = Instant::now();
    let mut failed = Vec::new();
    for set in &sets {
        if clippy(root, set)? == Outcome::Findings {
            failed.push(shown(set));
        }
    }
    for set in ["", "ws"] {
        if documentation(root, set)? == Outcome::Findings {
            failed.push(format!("documentation with {}", shown(set)));
        }
    }
    let took = seconds(begin.elapsed());
    if failed.is_empty() {
        eprintln!("features: {} sets without a warning ({took})", sets.len());
        return Ok(Outcome::Fine);
    }
    eprintln!("features: failed: {} ({took})", failed.join("; "));
    Ok(Outcome::Findings)
}

fn clippy(root: &Path, set: &str) -> Result<Outcome> {
    eprintln!("features: {}", shown(set));
    let what = ["clippy", "--quiet", "-p", CRATE, "--lib"];
    let features = ["--no-default-features", "--features", set];
    cargo(
        root,
        &[&what[..], &features, &["--", "-D", "warnings"]].concat(),
    )
}

fn documentation(root: &Path, set: &str) -> Result<Outcome> {
    eprintln!("features: documentation with {}", shown(set));
    let what = ["doc", "--quiet", "-p", CRATE, "--lib", "--no-deps"];
    cargo(
        root,
        &[&what[..], &["--no-default-features", "--features", set]].concat(),
    )
}

fn shown(set: &str) -> String {
    if set.is_empty() {
        "no feature".to_owned()
    } else {
        set.to_owned()
    }
}

/// The features that the crate declares, without the ones that stand for optional dependencies.
fn names(root: &Path) -> Result<Vec<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root)
        .output()
        .context("cargo metadata cannot be started")?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata did not write JSON")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let features = packages
        .filter(|package| package["name"] == CRATE)
        .find_map(|package| package["features"].as_object())
        .with_context(|| format!("the workspace has no package {CRATE}"))?;
    Ok(features
        .keys()
        .filter(|name| *name != "default")
        .cloned()
        .collect())
}
