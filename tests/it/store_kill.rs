//! Killed at any moment, a writer leaves one of the two trees.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use xtask::store::{self, Files, MARK};

use crate::scratch::{Scratch, listing};

const CHILD: &str = "STORE_KILL_CHILD";
const READY: &str = "the writer writes now";
const ROUNDS: u64 = 150;

/// This test starts itself again as the writer that it kills.
#[test]
#[cfg(unix)]
fn killed_at_any_moment_the_old_tree_or_the_new_one_is_there() {
    if let Some(root) = std::env::var_os(CHILD) {
        write_for_ever(Path::new(&root));
    }
    let scratch = Scratch::new("store-kill");
    let root = scratch.path().join("out");
    store::write(&root, &numbered(1)).expect("the first tree");
    scratch.put("out/notes.txt", "mine");
    let mut seen = BTreeMap::new();
    for round in 0..ROUNDS {
        kill_a_writer(&root, round);
        let found = listing(&root);
        let generation = [1, 2]
            .into_iter()
            .find(|n| found == with_notes(numbered(*n)));
        let generation =
            generation.unwrap_or_else(|| panic!("round {round}: neither tree: {:?}", found.keys()));
        *seen.entry(generation).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 2, "the kills hit both trees: {seen:?}");
    let left_over = scratch.path().join(".out.codegen");
    store::write(&root, &numbered(2)).expect("the next run mends and writes");
    assert!(!left_over.exists());
    assert_eq!(listing(scratch.path()).len(), numbered(2).len() + 1);
}

fn kill_a_writer(root: &Path, round: u64) {
    let mut child = Command::new(std::env::current_exe().expect("this program has a path"))
        .args([
            "--nocapture",
            "--exact",
            "store_kill::killed_at_any_moment_the_old_tree_or_the_new_one_is_there",
        ])
        .env(CHILD, root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program can be started again");
    wait_until_it_writes(&mut child);
    // The one sleep of the tests: the moment of the kill has to be some moment. Any moment must do.
    std::thread::sleep(Duration::from_micros(round * 7_919 % 15_000));
    child.kill().expect("a child of ours can be killed");
    child.wait().expect("and waited for");
}

fn wait_until_it_writes(child: &mut Child) {
    let output = child.stdout.take().expect("its output is piped");
    let told = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains(READY));
    assert!(told, "the writer ended before it began");
}

fn write_for_ever(root: &Path) -> ! {
    println!("{READY}");
    for n in (1..=2).cycle() {
        store::write(root, &numbered(n)).expect("the writer writes");
    }
    unreachable!("a cycle has no end")
}

/// Two trees that share some files, change most, and add and remove others.
fn numbered(n: u32) -> Files {
    let file = |i: u32| {
        let text = if i.is_multiple_of(5) { 0 } else { n };
        (
            format!("part{}/file{i}.rs", i % 3),
            format!(
                "// {MARK} from a test.\n{}\n",
                text.to_string().repeat(4000)
            ),
        )
    };
    (n * 4..40 + n * 4).map(file).collect()
}

fn with_notes(mut files: Files) -> Files {
    files.insert("notes.txt".to_owned(), "mine".to_owned());
    files
}
