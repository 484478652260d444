//! Where things are in this workspace.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root document of our own description, from the workspace's root.
pub const SPEC: &str = "spec/openapi.yaml";
/// The folder whose generated files are checked in.
pub const GENERATED: &str = "attendance-api/src/generated";
/// The folder of the tests that cross rooms.
pub const TESTS: &str = "tests/it";

/// What our own crate is called in Rust.
pub const CRATE: &str = "attendance_api";

/// The workspace's root, from whatever directory the command was called.
pub fn root() -> Result<PathBuf> {
    if let Some(package) = std::env::var_os("CARGO_MANIFEST_DIR") {
        let root = PathBuf::from(package).parent().map(Path::to_path_buf);
        if let Some(root) = root.filter(|root| is_root(root)) {
            return Ok(root);
        }
    }
    let here = std::env::current_dir().context("there is no current directory")?;
    let above = here
        .ancestors()
        .find(|dir| is_root(dir))
        .map(Path::to_path_buf);
    above.context(
        "this is not inside the workspace: no folder above has both `xtask/Cargo.toml` and `spec/`",
    )
}

fn is_root(dir: &Path) -> bool {
    dir.join("xtask/Cargo.toml").is_file() && dir.join("spec").is_dir()
}

/// A path as a person would write it: from the current directory if it lies below, else whole.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
