//! `interop`: tools that none of us wrote, run against the description and the crate. Opt-in: they need the package
//! registries, Python and Node.
//!
//! Everything is installed below `target/interop/`. Scripts in `xtask/interop/` are run as they are.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::check::seconds;
use crate::cli::{Bundle, MessageFormat, Messages};
use crate::{Outcome, bundle};

const PYTHON_PACKAGES: &[&str] = &["openapi-spec-validator>=0.7,<1"];
const NODE_PACKAGES: &[&str] = &[
    "@redocly/cli@2",
    "@stoplight/spectral-cli@6",
    "@stoplight/prism-cli@5",
];
/// Time for a server to open its port.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(root: &Path, what: Option<&str>) -> Result<Outcome> {
    match what {
        None => list(root),
        Some("oracle") => oracle(root),
        Some("prism") => prism(root),
        Some(script) => run_script(root, script),
    }
}

fn list(root: &Path) -> Result<Outcome> {
    println!("oracle   openapi-spec-validator, Redocly and Spectral on the bundled description");
    println!(
        "prism    Prism serves the bundled description; the client makes its calls against it"
    );
    for script in scripts(root)? {
        println!(
            "{:8} {}",
            script.file_stem().unwrap_or_default().to_string_lossy(),
            first_comment(&script)
        );
    }
    Ok(Outcome::Fine)
}

fn scripts(root: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(root.join("xtask/interop")) else {
        return Ok(Vec::new());
    };
    let mut scripts = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    scripts.retain(|path| program(path).is_some());
    scripts.sort();
    Ok(scripts)
}

/// What runs a script.
fn program(script: &Path) -> Option<&'static str> {
    match script.extension()?.to_str()? {
        "sh" => Some("bash"),
        "py" => Some("python3"),
        "mjs" | "js" => Some("node"),
        _ => None,
    }
}

fn first_comment(script: &Path) -> String {
    let text = fs::read_to_string(script).unwrap_or_default();
    let mut lines = text.lines().filter(|line| !line.starts_with("#!"));
    lines
        .next()
        .unwrap_or_default()
        .trim_start_matches(['#', '/', '"', ' '])
        .trim_end_matches('"')
        .to_owned()
}

fn run_script(root: &Path, name: &str) -> Result<Outcome> {
    let scripts = scripts(root)?;
    let script = scripts
        .iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == name));
    let script = script.with_context(|| {
        format!("there is no `{name}`; `cargo xtask interop` lists what there is")
    })?;
    let home = home(root)?;
    let program = program(script).expect("only scripts that something runs are listed");
    told(
        name,
        Command::new(program)
            .arg(script)
            .current_dir(root)
            .env("INTEROP_DIR", home),
    )
}

/// The folder for everything that is installed or made here.
fn home(root: &Path) -> Result<PathBuf> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let home = target.join("interop");
    fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
    Ok(home)
}

fn oracle(root: &Path) -> Result<Outcome> {
    let home = home(root)?;
    let bundle = bundled(root, &home)?;
    let rules = home.join("spectral.yaml");
    fs::write(&rules, "extends: [\"spectral:oas\"]\n")?;
    install_python(&home)?;
    install_node(&home)?;
    let outcomes = [
        told(
            "openapi-spec-validator",
            Command::new(home.join("py/bin/openapi-spec-validator")).arg(&bundle),
        )?,
        told(
            "Redocly",
            node_tool(&home, "redocly")
                .arg("lint")
                .arg(&bundle)
                .args(["--extends", "recommended"]),
        )?,
        told(
            "Spectral",
            node_tool(&home, "spectral")
                .arg("lint")
                .arg(&bundle)
                .arg("-r")
                .arg(&rules)
                .args(["--fail-severity", "error", "--display-only-failures"]),
        )?,
    ];
    Ok(if outcomes.contains(&Outcome::Findings) {
        Outcome::Findings
    } else {
        Outcome::Fine
    })
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

fn node_tool(home: &Path, name: &str) -> Command {
    let mut command = Command::new(home.join("npm/node_modules/.bin").join(name));
    command
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .current_dir(home);
    command
}

fn install_python(home: &Path) -> Result<()> {
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
        Command::new(home.join("py/bin/pip"))
            .args(["install", "--quiet"])
            .args(PYTHON_PACKAGES),
    )
}

fn install_node(home: &Path) -> Result<()> {
    let dir = home.join("npm");
    fs::create_dir_all(&dir)?;
    // Without scripts: these packages need none, and one of them only counts its users.
    let flags = [
        "install",
        "--prefix",
        ".",
        "--ignore-scripts",
        "--no-fund",
        "--no-audit",
        "--no-save",
        "--silent",
    ];
    must(
        "npm install",
        Command::new("npm")
            .args(flags)
            .args(NODE_PACKAGES)
            .current_dir(dir),
    )
}

fn must(what: &str, command: &mut Command) -> Result<()> {
    match told(what, command)? {
        Outcome::Fine => Ok(()),
        Outcome::Findings => bail!("{what} failed"),
    }
}

fn told(what: &str, command: &mut Command) -> Result<Outcome> {
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

/// Prism answers every call with the description's example, and refuses one that does not fit the description.
fn prism(root: &Path) -> Result<Outcome> {
    let home = home(root)?;
    let bundle = bundled(root, &home)?;
    install_node(&home)?;
    let port = free_port()?;
    let log = fs::File::create(home.join("prism.log"))?;
    let mut command = node_tool(&home, "prism");
    command
        .args([
            "mock",
            "--errors",
            "--port",
            &port.to_string(),
            "--host",
            "127.0.0.1",
        ])
        .arg(&bundle);
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let mut server = command.spawn().context("Prism cannot be started")?;
    let outcome = wait_for(port, &mut server).and_then(|()| call_everything(root, port));
    let _ = server.kill();
    let _ = server.wait();
    outcome.with_context(|| format!("Prism's log is {}", home.join("prism.log").display()))
}

fn call_everything(root: &Path, port: u16) -> Result<Outcome> {
    let mut tests = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    tests.args([
        "test",
        "--package",
        "workspace-tests",
        "--test",
        "it",
        "every_operation",
    ]);
    tests
        .env("ATTENDANCE_E2E_URL", format!("http://127.0.0.1:{port}"))
        .current_dir(root);
    told("calls against Prism", &mut tests)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

fn wait_for(port: u16, server: &mut Child) -> Result<()> {
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
