//! The bundled description before validators of others, and as a mock that one of them makes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::kit::{self, node_tool, python_tool, told};
use crate::cli::{Bundle, MessageFormat, Messages};
use crate::{Outcome, bundle};

const PYTHON: &[&str] = &["openapi-spec-validator>=0.7,<1"];
const NODE: &[&str] = &[
    "@redocly/cli@2",
    "@stoplight/spectral-cli@6",
    "@stoplight/prism-cli@5",
];

/// Validators: errors count, warnings are theirs.
pub(super) fn validate(root: &Path) -> Result<Outcome> {
    let home = kit::home(root)?;
    let bundle = bundled(root, &home)?;
    let rules = home.join("spectral.yaml");
    fs::write(&rules, "extends: [\"spectral:oas\"]\n")?;
    kit::install_python(&home, PYTHON)?;
    kit::install_node(&home, NODE)?;
    let mut validator = python_tool(&home, "openapi-spec-validator");
    let mut redocly = node_tool(&home, "redocly");
    let mut spectral = node_tool(&home, "spectral");
    spectral.arg("lint").arg(&bundle).arg("-r").arg(&rules);
    Ok(kit::worst(&[
        told("openapi-spec-validator", validator.arg(&bundle))?,
        told(
            "Redocly",
            redocly
                .arg("lint")
                .arg(&bundle)
                .args(["--extends", "recommended"]),
        )?,
        told(
            "Spectral",
            spectral.args(["--fail-severity", "error", "--display-only-failures"]),
        )?,
    ]))
}

/// Prism answers every call with the description's example, and refuses one that does not fit the description.
pub(super) fn prism(root: &Path) -> Result<Outcome> {
    let home = kit::home(root)?;
    let bundle = bundled(root, &home)?;
    kit::install_node(&home, NODE)?;
    let port = kit::free_port()?;
    let log = fs::File::create(home.join("prism.log"))?;
    let mut command = node_tool(&home, "prism");
    command
        .args([
            "mock",
            "--errors",
            "--host",
            "127.0.0.1",
            "--port",
            &port.to_string(),
        ])
        .arg(&bundle);
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let mut server = command.spawn().context("Prism cannot be started")?;
    let outcome = kit::wait_for(port, &mut server).and_then(|()| call_everything(root, port));
    let _ = server.kill();
    let _ = server.wait();
    outcome.with_context(|| format!("Prism's log is {}", home.join("prism.log").display()))
}

fn call_everything(root: &Path, port: u16) -> Result<Outcome> {
    let mut tests = kit::cargo();
    tests.args([
        "test",
        "--package",
        "workspace-tests",
        "--test",
        "it",
        "every_operation_is",
        "--",
        "--nocapture",
    ]);
    tests
        .env("ATTENDANCE_E2E_URL", format!("http://127.0.0.1:{port}"))
        .current_dir(root);
    told("calls against Prism", &mut tests)
}

fn bundled(root: &Path, home: &Path) -> Result<PathBuf> {
    let out = home.join("attendance.json");
    let messages = Messages {
        message_format: MessageFormat::Full,
    };
    if bundle::run(
        root,
        &Bundle {
            spec: None,
            out: out.clone(),
            messages,
        },
    )? == Outcome::Findings
    {
        bail!("the description has errors");
    }
    Ok(out)
}
