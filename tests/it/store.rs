//! Writing a tree: complete or not at all, and nothing but our own files.

use std::collections::BTreeMap;

use xtask::store::{self, Files, MARK, Swap};

use crate::scratch::{Scratch, listing};

/// A tree of marked files.
pub(crate) fn tree(files: &[(&str, &str)]) -> Files {
    files
        .iter()
        .map(|(path, text)| {
            (
                (*path).to_owned(),
                format!("// {MARK} from a test.\n{text}\n"),
            )
        })
        .collect()
}

fn with(files: &Files, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut all = files.clone();
    all.extend(
        more.iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
    );
    all
}

#[test]
fn a_new_directory_holds_the_tree() {
    let scratch = Scratch::new("store-new");
    let root = scratch.path().join("deep/out");
    let files = tree(&[("mod.rs", "1"), ("wire/date.rs", "2")]);
    let done = store::write(&root, &files).expect("an empty place can be written");
    assert_eq!(done.written, ["mod.rs", "wire/date.rs"]);
    assert_eq!(
        listing(&scratch.path().join("deep")).len(),
        2,
        "nothing is left beside the tree"
    );
    assert_eq!(listing(&root), files);
}

#[test]
fn a_second_run_writes_nothing() {
    let scratch = Scratch::new("store-second");
    let root = scratch.path().join("out");
    let files = tree(&[("mod.rs", "1"), ("a.rs", "2")]);
    store::write(&root, &files).expect("first");
    let before = std::fs::metadata(root.join("a.rs"))
        .and_then(|found| found.modified())
        .expect("a time");
    let done = store::write(&root, &files).expect("second");
    assert_eq!(
        (done.written.len(), done.removed.len(), done.unchanged),
        (0, 0, 2)
    );
    assert_eq!(
        std::fs::metadata(root.join("a.rs"))
            .and_then(|found| found.modified())
            .expect("a time"),
        before
    );
}

/// As a power cut can leave them, since nothing is synced.
#[test]
fn files_without_anything_in_them_are_written_again() {
    let scratch = Scratch::new("store-hollow");
    let root = scratch.path().join("out");
    let files = tree(&[("a.rs", "1"), ("b.rs", "2"), ("c.rs", "3")]);
    store::write(&root, &files).expect("first");
    scratch.put("out/a.rs", "");
    scratch.put("out/b.rs", "\0\0\0");
    scratch.put("out/.keep", "");
    let done = store::write(&root, &files).expect("second");
    assert_eq!(done.written, ["a.rs", "b.rs"]);
    assert_eq!(listing(&root), with(&files, &[(".keep", "")]));
    scratch.put("out/c.rs", "");
    let done = store::write(&root, &files).expect("third");
    assert_eq!(done.written, ["c.rs"]);
    assert_eq!(listing(&root), with(&files, &[(".keep", "")]));
}

#[test]
fn unchanged_files_keep_their_time_when_others_change() {
    let scratch = Scratch::new("store-times");
    let root = scratch.path().join("out");
    store::write(&root, &tree(&[("a.rs", "1"), ("b.rs", "1"), ("c.rs", "1")])).expect("first");
    let before = std::fs::metadata(root.join("c.rs"))
        .and_then(|found| found.modified())
        .expect("a time");
    let done =
        store::write(&root, &tree(&[("a.rs", "2"), ("b.rs", "2"), ("c.rs", "1")])).expect("second");
    assert_eq!(done.written, ["a.rs", "b.rs"]);
    assert_eq!(
        std::fs::metadata(root.join("c.rs"))
            .and_then(|found| found.modified())
            .expect("a time"),
        before
    );
}

#[test]
fn removed_resources_disappear_with_their_folder() {
    let scratch = Scratch::new("store-removed");
    let root = scratch.path().join("out");
    store::write(
        &root,
        &tree(&[
            ("mod.rs", "1"),
            ("a.rs", "1"),
            ("old/b.rs", "1"),
            ("src/x/y.rs", "1"),
            ("src/lib.rs", ""),
        ]),
    )
    .expect("first");
    let files = tree(&[("mod.rs", "2"), ("src/lib.rs", "")]);
    let done = store::write(&root, &files).expect("second");
    // `old/` is no folder of the new tree, so it could be another package's: it is left alone.
    assert_eq!(done.removed, ["a.rs", "src/x/y.rs"]);
    assert!(!root.join("src/x").exists());
    assert_eq!(
        listing(&root).keys().collect::<Vec<_>>(),
        ["mod.rs", "old/b.rs", "src/lib.rs"]
    );
}

#[test]
fn files_of_others_stay_as_they_are() {
    let scratch = Scratch::new("store-foreign");
    let root = scratch.path().join("out");
    store::write(
        &root,
        &tree(&[("a.rs", "1"), ("b.rs", "1"), ("sub/c.rs", "1")]),
    )
    .expect("first");
    scratch.put("out/notes.txt", "mine");
    scratch.put("out/sub/notes.txt", "mine too");
    scratch.put(
        "out/target/debug/a.rs",
        &format!("// {MARK}: a copy that a build made\n"),
    );
    let files = tree(&[("a.rs", "2"), ("sub/d.rs", "1")]);
    let done = store::write(&root, &files).expect("second");
    assert_eq!(done.removed, ["b.rs", "sub/c.rs"]);
    let copy = format!("// {MARK}: a copy that a build made\n");
    let kept = [
        ("notes.txt", "mine"),
        ("sub/notes.txt", "mine too"),
        ("target/debug/a.rs", copy.as_str()),
    ];
    assert_eq!(listing(&root), with(&files, &kept));
}

#[test]
fn another_package_below_is_not_ours() {
    let scratch = Scratch::new("store-package");
    scratch.put("out/src/client/Cargo.toml", "[package]");
    scratch.put(
        "out/src/client/generated.rs",
        &format!("// {MARK} from elsewhere\n"),
    );
    let files = tree(&[("src/lib.rs", "1")]);
    store::write(&scratch.path().join("out"), &files).expect("write");
    assert!(scratch.path().join("out/src/client/generated.rs").exists());
}

#[test]
fn a_foreign_file_in_the_way_is_refused_before_anything_is_written() {
    let scratch = Scratch::new("store-refuse");
    scratch.put("out/b.rs", "fn by_hand() {}\n");
    let error = store::write(
        &scratch.path().join("out"),
        &tree(&[("a.rs", "1"), ("b.rs", "1")]),
    )
    .expect_err("b.rs is not ours");
    assert!(error.to_string().contains("b.rs (not generated"), "{error}");
    assert_eq!(
        listing(scratch.path()).keys().collect::<Vec<_>>(),
        ["out/b.rs"]
    );
}

#[test]
#[cfg(unix)]
fn symbolic_links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new("store-links");
    scratch.put("else/a.rs", &format!("// {MARK}\n"));
    scratch.put("out/keep.txt", "x");
    let root = scratch.path().join("out");
    symlink("../else/a.rs", root.join("a.rs")).expect("a link");
    symlink("../else", root.join("sub")).expect("a link");
    symlink("out", scratch.path().join("link")).expect("a link");
    for files in [tree(&[("a.rs", "1")]), tree(&[("sub/a.rs", "1")])] {
        let error = store::write(&root, &files).expect_err("a link is not ours");
        assert!(error.to_string().contains("symbolic link"), "{error}");
    }
    let error = store::write(&scratch.path().join("link"), &tree(&[("z.rs", "1")]))
        .expect_err("the root is a link");
    assert!(error.to_string().contains("symbolic link"), "{error}");
    store::write(&root, &tree(&[("x.rs", "1"), ("y.rs", "1")]))
        .expect("links beside the tree are no obstacle");
    assert_eq!(listing(&root)["sub"], "-> ../else");
    assert_eq!(listing(&root)["a.rs"], "-> ../else/a.rs");
    assert_eq!(scratch.read("else/a.rs"), format!("// {MARK}\n"));
}

#[test]
fn no_path_leaves_the_folder() {
    let scratch = Scratch::new("store-paths");
    let root = scratch.path().join("out");
    for path in [
        "../x.rs",
        "a/../../x.rs",
        "/x.rs",
        "",
        "a//b.rs",
        "./a.rs",
        "a\\b.rs",
        "C:x.rs",
        "a\0.rs",
        "a\n.rs",
    ] {
        let error = store::write(&root, &tree(&[(path, "1")])).expect_err(path);
        assert!(
            error.to_string().contains("not a path inside"),
            "{path}: {error}"
        );
    }
    for pair in [["a.rs", "A.rs"], ["a", "a/b.rs"], ["A", "a/b.rs"]] {
        store::write(&root, &tree(&[(pair[0], "1"), (pair[1], "1")]))
            .expect_err("one file where case does not count");
    }
    assert!(!root.exists());
}

/// A run that ends at each of its steps leaves the old tree or the new one, and the next run succeeds.
#[test]
fn ended_at_every_step_it_holds_one_of_the_two_trees() {
    let first = tree(&[
        ("mod.rs", "1"),
        ("a.rs", "1"),
        ("gone.rs", "1"),
        ("src/x.rs", "1"),
    ]);
    let second = tree(&[
        ("mod.rs", "2"),
        ("a.rs", "1"),
        ("new.rs", "2"),
        ("src/x.rs", "2"),
    ]);
    let one_file = tree(&[
        ("mod.rs", "3"),
        ("a.rs", "1"),
        ("new.rs", "2"),
        ("src/x.rs", "2"),
    ]);
    for swap in [Swap::Exchange, Swap::TwoRenames] {
        let mut steps = Vec::new();
        for stop_at in 0.. {
            let scratch = Scratch::new(&format!("store-steps-{swap:?}-{stop_at}"));
            let root = scratch.path().join("out");
            scratch.put("out/notes.txt", "mine");
            store::write(&root, &first).expect("the old tree");
            steps.clear();
            let ended = ends_at(&root, &second, swap, stop_at, &mut steps);
            check_after_end(&root, [&first, &second], steps.last().map(String::as_str));
            store::write(&root, &second).expect("the next run succeeds");
            assert_eq!(
                listing(scratch.path()).len(),
                second.len() + 1,
                "nothing is left behind"
            );
            ends_at(&root, &one_file, swap, stop_at, &mut steps);
            check_after_end(&root, [&second, &one_file], None);
            if !ended {
                break;
            }
        }
        assert!(steps.len() >= 4, "{steps:?}");
    }
}

fn ends_at(
    root: &std::path::Path,
    files: &Files,
    swap: Swap,
    stop_at: usize,
    steps: &mut Vec<String>,
) -> bool {
    let result = store::write_with(root, files, swap, &mut |step| {
        steps.push(step.to_owned());
        if steps.len() > stop_at {
            Err(std::io::Error::other("ended here").into())
        } else {
            Ok(())
        }
    });
    result.is_err()
}

fn check_after_end(root: &std::path::Path, trees: [&Files; 2], last_step: Option<&str>) {
    if last_step == Some("between the renames") {
        assert!(
            !root.exists(),
            "the one moment in which nothing is there, without an exchange"
        );
        return;
    }
    let found = listing(root);
    let notes = [("notes.txt", "mine")];
    assert!(
        trees.iter().any(|files| found == with(files, &notes)),
        "after {last_step:?}: {:?}",
        found.keys()
    );
}

#[test]
fn what_a_neighbour_adds_during_the_swap_survives() {
    let scratch = Scratch::new("store-race");
    let root = scratch.path().join("out");
    store::write(&root, &tree(&[("a.rs", "1"), ("b.rs", "1")])).expect("first");
    scratch.put("out/notes.txt", "old");
    let files = tree(&[("a.rs", "2"), ("b.rs", "2")]);
    store::write_with(&root, &files, Swap::Exchange, &mut |step| {
        if step == "staged" {
            // As editors save: a new file, renamed over the old one.
            scratch.put("out/notes.tmp", "new");
            std::fs::rename(root.join("notes.tmp"), root.join("notes.txt"))?;
            scratch.put("out/more/added.txt", "added");
        }
        Ok(())
    })
    .expect("write");
    assert_eq!(
        listing(&root),
        with(&files, &[("notes.txt", "new"), ("more/added.txt", "added")])
    );
}
