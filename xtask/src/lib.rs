//! The hands of the workspace: everything that touches the disk, calls git or starts a program.
//!
//! `codegen` decides and spells; this crate reads what it needs, writes what it made, and tells a person about it.
#![forbid(unsafe_code)]

pub mod cli;
pub mod project;

pub mod inputs;
pub mod outputs;
pub mod pipeline;
pub mod store;

mod bundle;
mod check;
mod demo;
mod diff;
mod drift_task;
mod explain;
mod features;
mod foreign;
mod generate;
mod interop;
mod lint;
mod manifest;
mod watch;

pub mod drift;
pub mod release;

use anyhow::Result;

use cli::{Cli, Task};

/// How a task ended, if it could be done at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Fine,
    /// Findings, differences or failed checks.
    Findings,
}

impl Outcome {
    /// The exit code; 2 is for an error.
    pub fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
        }
    }

    fn worse(self, other: Self) -> Self {
        if self == Self::Findings { self } else { other }
    }
}

/// Does what the command line says.
pub fn run(cli: Cli) -> Result<Outcome> {
    let root = project::root()?;
    match cli.task {
        Task::Generate(task) => generate::run(&root, &task),
        Task::Lint(task) => lint::run(&root, &task),
        Task::Bundle(task) => bundle::run(&root, &task),
        Task::Diff(task) => diff::run(&root, &task),
        Task::Drift(task) => drift_task::run(&root, &task),
        Task::Explain { id } => explain::run(&root, id.as_deref()),
        Task::Check(task) => check::run(&root, &task),
        Task::Features(task) => features::run(&root, &task),
        Task::Demo => demo::run(&root),
        Task::Interop { what, args } => interop::run(&root, what.as_deref(), &args),
    }
}
