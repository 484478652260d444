//! Releases: against which state a change is judged, and whether the version says enough about it.
//!
//! The base is the newest tag `v<version>` that the current commit descends from; before the first release there is none,
//! and everything may change. The versions are those of `[workspace.package]` at the base and in the working tree.

use std::path::Path;

use anyhow::{Context, Result};

use crate::inputs::git;

/// The revision to compare with, if there is one.
pub fn base(root: &Path) -> Option<String> {
    let tag = git(
        root,
        &[
            "describe",
            "--tags",
            "--abbrev=0",
            "--match",
            "v[0-9]*",
            "HEAD",
        ],
    )
    .ok()?;
    Some(tag.trim().to_owned())
}

/// The version in the workspace's manifest at a revision.
pub fn version_at(root: &Path, revision: &str) -> Result<Version> {
    let manifest = git(
        root,
        &["cat-file", "blob", &format!("{revision}:Cargo.toml")],
    )?;
    version(&manifest)
        .with_context(|| format!("Cargo.toml at {revision} has no [workspace.package] version"))
}

/// The version in the workspace's manifest as it is.
pub fn version_now(root: &Path) -> Result<Version> {
    let manifest =
        std::fs::read_to_string(root.join("Cargo.toml")).context("cannot read Cargo.toml")?;
    version(&manifest).context("Cargo.toml has no [workspace.package] version")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Version {
    /// `1.2.3`, with or without `-pre` or `+build`.
    pub fn parse(text: &str) -> Option<Self> {
        let core = text.split(['-', '+']).next()?;
        let mut parts = core.split('.').map(|part| part.parse().ok());
        let version = Self {
            major: parts.next()??,
            minor: parts.next()??,
            patch: parts.next()??,
        };
        parts.next().is_none().then_some(version)
    }

    /// Whether a user who asked for `old` keeps `old` when `self` comes out, so that `self` may break things.
    pub fn may_break(self, old: Self) -> bool {
        let leading = |version: Self| match (version.major, version.minor) {
            (0, 0) => (0, 0, version.patch),
            (0, minor) => (0, minor, 0),
            (major, _) => (major, 0, 0),
        };
        leading(self) > leading(old)
    }
}

/// The version in the section `[workspace.package]` of a manifest.
pub fn version(manifest: &str) -> Option<Version> {
    let section = manifest.split_once("[workspace.package]")?.1;
    let lines = section
        .lines()
        .take_while(|line| !line.trim_start().starts_with('['));
    let value = lines
        .filter_map(|line| line.split_once('='))
        .find(|(key, _)| key.trim() == "version")?
        .1;
    Version::parse(value.trim().trim_matches('"'))
}
