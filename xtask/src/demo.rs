//! `demo`: regenerates the crate, then runs the first example against the embedded sandbox server.

use std::path::Path;

use anyhow::Result;

use crate::cli::{Generate, MessageFormat, Messages};
use crate::{Outcome, check, generate};

pub(crate) fn run(root: &Path) -> Result<Outcome> {
    let messages = Messages {
        message_format: MessageFormat::Full,
    };
    let task = Generate {
        check: false,
        watch: false,
        spec: None,
        out: None,
        messages,
    };
    if generate::run(root, &task)? == Outcome::Findings {
        return Ok(Outcome::Findings);
    }
    eprintln!("building the example; the first time takes a minute");
    check::cargo(
        root,
        &[
            "run",
            "--quiet",
            "--package",
            "attendance-api",
            "--features",
            "sandbox",
            "--example",
            "quickstart",
        ],
    )
}
