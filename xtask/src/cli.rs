//! The command line: what can be asked, and how it is explained.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "Exit codes:\n  0  all is well\n  1  there are findings, differences or failed checks\n  2  the command line is wrong, or a file or program cannot be used";

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXIT_CODES, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub task: Task,
}

#[derive(Debug, Subcommand)]
pub enum Task {
    /// Compile the description into Rust
    ///
    /// Without options: `spec/` into `attendance-api/src/generated/`. The old files or the new ones are there at any moment;
    /// files that are not generated are never touched; a second run writes nothing.
    #[command(after_help = EXIT_CODES)]
    Generate(Generate),
    /// Show every finding of a description
    ///
    /// Our own is held to all rules. Another is read as somebody else's document: our rules on units, sources and the like
    /// are not for it, and what costs no more than a field or an operation is a warning. `--profile own` holds it to all.
    #[command(after_help = EXIT_CODES)]
    Lint(Lint),
    /// Write a description of several files as one OpenAPI document
    #[command(after_help = EXIT_CODES)]
    Bundle(Bundle),
    /// Tell how the API changed, with a semver verdict
    ///
    /// OLD and NEW are files, folders or git revisions. Default: the last commit against the working tree.
    #[command(after_help = EXIT_CODES)]
    Diff(Diff),
    /// Compare folders of documentation pages with the description, or with each other
    #[command(after_help = EXIT_CODES)]
    Drift(Drift),
    /// Explain a finding by its id, such as `unknown-key`
    #[command(after_help = EXIT_CODES)]
    Explain {
        /// Without it: list all ids
        id: Option<String>,
    },
    /// Everything that must hold before a change is merged, cheap first
    #[command(after_help = EXIT_CODES)]
    Check(Check),
    /// Build the client with each feature alone and in usual combinations, without a warning
    #[command(after_help = EXIT_CODES)]
    Features(Features),
    /// Regenerate, then make first calls through the embedded sandbox server
    #[command(after_help = EXIT_CODES)]
    Demo,
    /// Run tools that none of us wrote against the description and the crate (installs them below `target/`)
    #[command(after_help = EXIT_CODES)]
    Interop {
        /// Which; without it: list them
        what: Option<String>,
        /// Handed to a script
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct Generate {
    /// Write nothing; fail if a file is not as it would be generated
    #[arg(long, conflicts_with = "watch")]
    pub check: bool,
    /// Go on: regenerate at every change of a file, until interrupted
    #[arg(long)]
    pub watch: bool,
    /// Another description; writes a crate that stands alone
    #[arg(long, value_name = "FILE", requires = "out")]
    pub spec: Option<PathBuf>,
    /// The folder of that crate
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub messages: Messages,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct Messages {
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = MessageFormat::Full)]
    pub message_format: MessageFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// With the text and a caret
    Full,
    /// One line each: `file:line:column: severity[id]: headline`
    Short,
    /// One JSON object a line, for editors
    Json,
}

#[derive(Debug, Args)]
pub struct Lint {
    /// Another description; default: our own
    pub spec: Option<PathBuf>,
    /// Whose rules hold; default: `own` for our own, `foreign` for another
    #[arg(long, value_enum)]
    pub profile: Option<Rules>,
    #[command(flatten)]
    pub messages: Messages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rules {
    /// All of ours
    Own,
    /// Those of OpenAPI, leniently
    Foreign,
}

#[derive(Debug, Args)]
pub struct Bundle {
    /// Another description; default: our own
    pub spec: Option<PathBuf>,
    /// Where to write it, as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub messages: Messages,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Args)]
pub struct Diff {
    /// File, folder or git revision; default: HEAD
    pub old: Option<String>,
    /// File, folder or git revision; default: the working tree
    pub new: Option<String>,
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Judge the working tree against OLD (default: the newest tag `v*`): fail if it breaks what the version does not tell
    #[arg(long, conflicts_with = "new")]
    pub release: bool,
}

#[derive(Debug, Args)]
pub struct Drift {
    /// Folder of pages in Markdown
    #[arg(long, value_name = "DIR")]
    pub docs: PathBuf,
    /// A later state of the pages: compare the two states, not the description
    #[arg(long, value_name = "DIR")]
    pub against: Option<PathBuf>,
    /// Another description; default: our own
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    pub spec: Option<PathBuf>,
    /// Also list what the description explains
    #[arg(long)]
    pub explained: bool,
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

#[derive(Debug, Args)]
pub struct Check {
    /// Compare the API with this revision; default: the newest tag `v*` before the working tree
    #[arg(long, value_name = "REVISION")]
    pub base: Option<String>,
    /// Do only what is quick: no clippy, no tests, no documentation
    #[arg(long)]
    pub quick: bool,
}

#[derive(Debug, Args)]
pub struct Features {
    /// Leave out what has this feature; `native-tls` needs a library of the system
    #[arg(long, value_name = "FEATURE")]
    pub without: Vec<String>,
}
