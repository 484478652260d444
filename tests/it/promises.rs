//! The table of promises names tests that exist.

use std::fs;
use std::path::Path;

#[test]
fn every_promise_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let table = fs::read_to_string(root.join("attendance-api/tests/README.md"))
        .expect("the table is there");
    let mut sources = String::new();
    for folder in ["attendance-api/src", "attendance-api/tests", "tests/it"] {
        gather(&root.join(folder), &mut sources);
    }
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("Promise |"))
        .collect();
    assert!(rows.len() > 25, "only {} rows", rows.len());
    for row in rows {
        let names = row.split('`').skip(1).step_by(2);
        let missing: Vec<&str> = names
            .clone()
            .filter(|name| !is_there(&root, &sources, name))
            .collect();
        assert!(names.count() > 0, "no test: {row}");
        assert_eq!(missing, [""; 0], "{row}");
    }
}

fn is_there(root: &Path, sources: &str, name: &str) -> bool {
    match name.strip_suffix(".rs") {
        Some(_) => root.join("attendance-api").join(name).exists(),
        None => sources.contains(&format!("fn {name}(")),
    }
}

fn gather(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            gather(&path, sources);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            sources.push_str(&fs::read_to_string(&path).expect("it is text"));
        }
    }
}
