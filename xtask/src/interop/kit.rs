//! What all of these need: a folder, installed packages, running a program and saying how it went, waiting for a port.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::Outcome;
use crate::check::seconds;

/// Time for a server to open its port.
const PATIENCE: Duration = Duration::from_secs(60);

/// Build products, wherever cargo puts them.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// The folder for everything that is installed or made here.
pub(super) fn home(root: &Path) -> Result<PathBuf> {
    let home = target(root).join("interop");
    fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
    Ok(home)
}

pub(super) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program that [`install_node`] installed.
pub(super) fn node_tool(home: &Path, name: &str) -> Command {
    let mut command = Command::new(home.join("npm/node_modules/.bin").join(name));
    command
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .current_dir(home);
    command
}

/// A program that [`install_python`] installed.
pub(super) fn python_tool(home: &Path, name: &str) -> Command {
    Command::new(home.join("py/bin").join(name))
}

pub(super) fn install_python(home: &Path, packages: &[&str]) -> Result<()> {
    if !home.join("py/bin/pip").exists() {
        must(
            "python3 -m venv",
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(home.join("py")),
        )?;
    }
    must(
        "pip install",
        python_tool(home, "pip")
            .args(["install", "--quiet"])
            .args(packages),
    )
}

pub(super) fn install_node(home: &Path, packages: &[&str]) -> Result<()> {
    let dir = home.join("npm");
    fs::create_dir_all(&dir)?;
    if !dir.join("package.json").exists() {
        fs::write(dir.join("package.json"), "{\"private\": true}\n")?;
    }
    // Without scripts: these packages need none, and one of them only counts its users.
    let flags = [
        "install",
        "--ignore-scripts",
        "--no-fund",
        "--no-audit",
        "--silent",
    ];
    must(
        "npm install",
        Command::new("npm")
            .args(flags)
            .args(packages)
            .current_dir(dir),
    )
}

pub(super) fn must(what: &str, command: &mut Command) -> Result<()> {
    match told(what, command)? {
        Outcome::Fine => Ok(()),
        Outcome::Findings => bail!("{what} failed"),
    }
}

/// Runs a program, and says how it went.
pub(super) fn told(what: &str, command: &mut Command) -> Result<Outcome> {
    let begin = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("{what} cannot be started"))?;
    let word = if status.success() { "ok" } else { "FAILED" };
    eprintln!("interop: {what}: {word} ({})", seconds(begin.elapsed()));
    Ok(if status.success() {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

pub(super) fn worst(outcomes: &[Outcome]) -> Outcome {
    outcomes
        .iter()
        .fold(Outcome::Fine, |worst, outcome| worst.worse(*outcome))
}

pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

pub(super) fn wait_for(port: u16, server: &mut Child) -> Result<()> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(());
        }
        if let Some(status) = server.try_wait()? {
            bail!("the server ended at once ({status})");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!(
        "the server did not open port {port} in {} s",
        PATIENCE.as_secs()
    )
}
