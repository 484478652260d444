//! The command line as a person meets it: in a small workspace of its own, with exit codes and files on disk.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SPEC: &str = include_str!("library.yaml");

/// A folder that looks like the workspace to xtask, gone when the test is.
struct Workspace(PathBuf);

impl Workspace {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let workspace = Self(root);
        workspace.put("xtask/Cargo.toml", "");
        workspace.put("spec/openapi.yaml", SPEC);
        workspace
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("folders can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        // From a folder below the root, and without what cargo says of this package.
        command
            .args(args)
            .current_dir(self.0.join("spec"))
            .env_remove("CARGO_MANIFEST_DIR");
        command
    }

    fn run(&self, args: &[&str]) -> (i32, String) {
        let output = self
            .command(args)
            .stdin(Stdio::null())
            .output()
            .expect("xtask can be started");
        (code(&output), text(&output))
    }

    /// The generated files with their texts.
    fn generated(&self) -> Vec<(PathBuf, String)> {
        let mut files: Vec<_> = std::fs::read_dir(self.0.join("attendance-api/src/generated"))
            .map(|entries| {
                entries
                    .map(|entry| entry.expect("an entry").path())
                    .collect()
            })
            .unwrap_or_default();
        files.sort();
        files
            .into_iter()
            .map(|path: PathBuf| (path.clone(), std::fs::read_to_string(path).expect("a text")))
            .collect()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn generate_writes_once() {
    let workspace = Workspace::new("once");
    let (code, said) = workspace.run(&["generate"]);
    assert_eq!(code, 0, "{said}");
    let names: Vec<_> = workspace
        .generated()
        .iter()
        .map(|(path, _)| file_name(path))
        .collect();
    assert!(
        names.contains(&"mod.rs".to_owned()) && names.contains(&"shelf.rs".to_owned()),
        "{names:?}"
    );
    let (code, said) = workspace.run(&["generate"]);
    assert!(
        code == 0 && said.contains("all as they should be"),
        "{said}"
    );
    assert_eq!(workspace.run(&["generate", "--check"]).0, 0);
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .expect("a file has a name")
        .to_string_lossy()
        .into_owned()
}

#[test]
fn check_tells_what_is_stale_and_writes_nothing() {
    let workspace = Workspace::new("stale");
    workspace.run(&["generate"]);
    let before = workspace.generated();
    workspace.put(
        "spec/openapi.yaml",
        &SPEC.replace("Reads a shelf", "Reads one shelf"),
    );
    let (code, said) = workspace.run(&["generate", "--check"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("shelf.rs: not as it would be generated") && said.contains("Reads one shelf"),
        "{said}"
    );
    assert_eq!(workspace.generated(), before);
}

#[test]
fn a_broken_description_changes_nothing() {
    let workspace = Workspace::new("broken");
    workspace.run(&["generate"]);
    let before = workspace.generated();
    for (from, to) in [
        ("#/components/schemas/Book", "#/components/schemas/Boook"),
        ("summary:", "sumary:"),
        ("get:", "get: ]"),
    ] {
        workspace.put("spec/openapi.yaml", &SPEC.replacen(from, to, 1));
        let (code, said) = workspace.run(&["generate"]);
        assert_eq!(code, 1, "{said}");
        let line = SPEC[..SPEC.find(from).expect("it is there")]
            .lines()
            .count();
        assert!(
            said.contains(&format!("--> spec/openapi.yaml:{line}:")),
            "{said}"
        );
        assert!(said.contains("as they were"), "{said}");
        assert_eq!(workspace.generated(), before);
    }
}

#[test]
fn what_is_not_generated_is_not_touched() {
    let workspace = Workspace::new("foreign");
    workspace.put("attendance-api/src/generated/shelf.rs", "fn by_hand() {}\n");
    let (code, said) = workspace.run(&["generate"]);
    assert!(
        code == 2 && said.contains("shelf.rs (not generated"),
        "{said}"
    );
    assert_eq!(
        workspace.read("attendance-api/src/generated/shelf.rs"),
        "fn by_hand() {}\n"
    );
    assert_eq!(workspace.generated().len(), 1);
}

#[test]
fn lint_answers_with_its_exit_code() {
    let workspace = Workspace::new("lint");
    let (code, said) = workspace.run(&["lint"]);
    assert_eq!(code, 0, "{said}");
    workspace.put(
        "spec/other.yaml",
        &SPEC
            .replacen("summary:", "sumary:", 1)
            .replace("openapi: 3.1.0", "openapi: 2.5"),
    );
    let (code, said) = workspace.run(&["lint", "other.yaml", "--message-format", "short"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.lines()
            .any(|line| line.starts_with("other.yaml:1:10: error[")),
        "{said}"
    );
    let (_, said) = workspace.run(&["lint", "other.yaml", "--message-format", "json"]);
    assert!(
        said.lines()
            .all(|line| line.starts_with('{') && line.ends_with('}')),
        "{said}"
    );
    for args in [
        &["lint", "missing.yaml"][..],
        &["lint", "."],
        &["lint", "--colour"],
        &["lint", "a", "b"],
        &[],
    ] {
        assert_eq!(workspace.run(args).0, 2, "{args:?}");
    }
}

#[test]
fn drift_tells_pages_from_the_description() {
    let workspace = Workspace::new("drift");
    let page = include_str!("../../tests/fuzz/seeds/page/shelf.md");
    workspace.put("old/get.md", page);
    workspace.put(
        "new/get.md",
        &page.replace(
            "| &nbsp;&nbsp;└ `open`",
            "| &nbsp;&nbsp;└ `owner` | `string` | 人 |\n| &nbsp;&nbsp;└ `open`",
        ),
    );
    let (code, said) = workspace.run(&["drift", "--docs", "../old", "--against", "../new"]);
    assert!(
        code == 1 && said.contains("+ answer `owner`: string"),
        "{said}"
    );
    assert_eq!(
        workspace
            .run(&["drift", "--docs", "../old", "--against", "../old"])
            .0,
        0
    );
    let (code, said) = workspace.run(&["drift", "--docs", "../old", "--format", "markdown"]);
    assert!(
        code == 1 && said.contains("### shelf.get (GET /api/v1/shelves/{})"),
        "{said}"
    );
    assert_eq!(
        workspace.run(&["drift", "--docs", "../spec"]).0,
        2,
        "no pages there"
    );
}

#[test]
fn watch_regenerates_at_every_save_until_its_input_ends() {
    let workspace = Workspace::new("watch");
    let mut command = workspace.command(&["generate", "--watch", "--message-format", "short"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xtask can be started");
    let mut said = BufReader::new(child.stderr.take().expect("it is piped"))
        .lines()
        .map_while(Result::ok);
    let mut until = |what: &str| {
        said.by_ref()
            .find(|line| line.contains(what))
            .unwrap_or_else(|| panic!("never said `{what}`"))
    };
    until("files written");
    workspace.put(
        "spec/openapi.yaml",
        &SPEC.replacen("#/components/schemas/Book", "#/components/schemas/Boook", 1),
    );
    until("error[dangling-ref]");
    until("as they were");
    workspace.put(
        "spec/openapi.yaml",
        &SPEC.replace("Reads a shelf", "Reads one shelf"),
    );
    until("shelf.rs written");
    child
        .stdin
        .take()
        .expect("it is piped")
        .write_all(b"\n")
        .expect("a line can be sent");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(
        workspace
            .generated()
            .iter()
            .any(|(_, text)| text.contains("Reads one shelf"))
    );
}

fn git(workspace: &Workspace, args: &[&str]) {
    let names = [
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@books.example",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "tag.gpgsign=false",
    ];
    let mut command = Command::new("git");
    let status = command
        .args(names)
        .args(args)
        .current_dir(&workspace.0)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    assert!(
        status.status().expect("git can be started").success(),
        "{args:?}"
    );
}

fn released(name: &str, version: &str) -> Workspace {
    let workspace = Workspace::new(name);
    workspace.put(
        "Cargo.toml",
        &format!("[workspace.package]\nversion = \"{version}\"\n"),
    );
    git(&workspace, &["init", "-q"]);
    git(&workspace, &["add", "-A"]);
    git(&workspace, &["commit", "-qm", "first"]);
    git(&workspace, &["tag", &format!("v{version}")]);
    workspace
}

const WITHOUT_OPEN: (&str, &str) = (
    "        open: {type: boolean, description: Whether readers may take books.}\n",
    "",
);
const WITH_FLOOR: (&str, &str) = (
    "        books:",
    "        floor: {type: integer, format: int32, x-unit: count, description: Which.}\n        books:",
);

#[test]
fn diff_tells_the_last_commit_from_the_working_tree() {
    let workspace = released("diff", "0.3.1");
    assert_eq!(workspace.run(&["diff"]).0, 0);
    workspace.put(
        "spec/openapi.yaml",
        &SPEC.replace(WITH_FLOOR.0, WITH_FLOOR.1),
    );
    let (code, said) = workspace.run(&["diff"]);
    assert!(
        code == 1 && said.contains("floor") && said.contains("shelf.get"),
        "{said}"
    );
    let (code, said) = workspace.run(&["diff", "v0.3.1", "openapi.yaml", "--format", "json"]);
    assert!(code == 1 && said.contains("\"minor\""), "{said}");
    assert_eq!(workspace.run(&["diff", "v0.3.1", "HEAD"]).0, 0);
    let (code, said) = workspace.run(&["diff", "v9"]);
    assert!(code == 2 && said.contains("`v9` is no file"), "{said}");
}

#[test]
fn diff_does_not_take_what_it_cannot_read_for_removed() {
    let workspace = released("diff-broken", "0.3.1");
    workspace.put("other/spec/openapi.yaml", SPEC);
    let folder = workspace.0.join("other").display().to_string();
    let (code, said) = workspace.run(&["diff", &folder]);
    assert_eq!(code, 0, "a folder is a state too: {said}");
    workspace.put("spec/openapi.yaml", &SPEC.replace("info: {", "info: [{"));
    let (code, said) = workspace.run(&["diff"]);
    let is_told = said.contains("[yaml-syntax]") && said.contains("cannot be compared");
    assert!(code == 2 && is_told && !said.contains("removed"), "{said}");
    let odd = SPEC.replace("x-retry: ", "x-retried: ");
    assert_ne!(odd, SPEC);
    workspace.put("spec/openapi.yaml", &odd);
    let (_, said) = workspace.run(&["diff"]);
    assert!(
        said.contains("errors; what they hide is not compared"),
        "{said}"
    );
}

#[test]
fn a_break_needs_a_version_that_says_so() {
    let workspace = released("release", "0.3.1");
    let release = |said: &str| {
        let (code, output) = workspace.run(&["diff", "--release"]);
        assert!(output.contains(said), "{output}");
        code
    };
    workspace.put(
        "spec/openapi.yaml",
        &SPEC.replace(WITH_FLOOR.0, WITH_FLOOR.1),
    );
    assert_eq!(release("0 of them break"), 0);
    workspace.put(
        "spec/openapi.yaml",
        &SPEC.replace(WITHOUT_OPEN.0, WITHOUT_OPEN.1),
    );
    assert_eq!(release("(from 0.3.1: 0.4.0)"), 1);
    // A commit alone changes nothing: the release is the tag.
    git(&workspace, &["commit", "-qam", "second"]);
    assert_eq!(release("the API breaks since v0.3.1"), 1);
    workspace.put("Cargo.toml", "[workspace.package]\nversion = \"0.4.0\"\n");
    assert_eq!(release("version 0.3.1 -> 0.4.0"), 0);
}

#[test]
fn before_the_first_release_nothing_can_break() {
    let workspace = released("unreleased", "0.1.0");
    git(&workspace, &["tag", "-d", "v0.1.0"]);
    workspace.put(
        "spec/openapi.yaml",
        &SPEC.replace(WITHOUT_OPEN.0, WITHOUT_OPEN.1),
    );
    let (code, said) = workspace.run(&["diff", "--release"]);
    assert!(code == 0 && said.contains("nothing was released"), "{said}");
}

#[test]
fn the_leading_number_of_a_version_tells_a_break() {
    use xtask::release::Version;
    let version = |text| Version::parse(text).unwrap_or_else(|| panic!("{text}"));
    let may = |old, new| version(new).may_break(version(old));
    for (old, new) in [
        ("1.2.3", "2.0.0"),
        ("0.2.3", "0.3.0"),
        ("0.2.3", "1.0.0"),
        ("0.0.3", "0.0.4"),
        ("0.9.9", "0.10.0"),
    ] {
        assert!(may(old, new), "{old} -> {new}");
    }
    for (old, new) in [
        ("1.2.3", "1.3.0"),
        ("0.2.3", "0.2.4"),
        ("1.2.3", "1.2.3"),
        ("2.0.0", "1.0.0"),
        ("0.10.0", "0.9.0"),
    ] {
        assert!(!may(old, new), "{old} -> {new}");
    }
    for text in ["1.2", "1.2.3.4", "v1.2.3", "a.b.c", ""] {
        assert_eq!(Version::parse(text), None, "{text}");
    }
    assert_eq!(version("1.2.3-rc.1+build"), version("1.2.3"));
}

#[test]
fn a_crate_from_another_description_has_all_it_needs() {
    let workspace = Workspace::new("standalone");
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let description = real.join("tests/fuzz/seeds/description/library.yaml");
    let out = workspace.0.join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .args(["generate", "--message-format", "short", "--spec"])
        .arg(&description)
        .arg("--out")
        .arg(&out);
    let output = command
        .current_dir(&real)
        .env_remove("CARGO_MANIFEST_DIR")
        .output()
        .expect("xtask can be started");
    assert_eq!(code(&output), 0, "{}", text(&output));
    let manifest = workspace.read("out/Cargo.toml");
    assert!(
        manifest.contains("name = \"library_client\"") && !manifest.contains("workspace"),
        "{manifest}"
    );
    let lib = workspace.read("out/src/lib.rs");
    assert!(
        lib.contains("mod generated;") && lib.contains("pub mod rt;"),
        "{lib}"
    );
    for foreign in ["sandbox", "feishu", "stats", "events"] {
        assert!(
            !out.join("src").join(foreign).exists(),
            "{foreign} knows our service"
        );
        assert!(!lib.contains(&format!("mod {foreign};")), "{lib}");
    }
    // Where the description lay is nobody's business.
    let header = workspace.read("out/src/generated/shelf.rs");
    assert!(
        header.starts_with("// @generated by codegen from library.yaml; do not edit.\n"),
        "{header}"
    );
    let tested = workspace.read("out/src/wire/date.rs");
    assert!(!tested.contains("#[cfg(test)]"), "tests stay behind");
}
