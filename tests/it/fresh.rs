//! The checked-in generated files are what the description gives today, byte for byte.

use xtask::{inputs, outputs, pipeline, project, store};

/// Everything that `cargo xtask generate` would write, compared with the disk.
#[test]
fn generated_files_are_fresh() {
    let root = project::root().expect("the tests run inside the workspace");
    let input = inputs::own(&root).expect("the description can be read");
    let (compiled, beside) = pipeline::compile_own(input);
    let outputs = outputs::own(&root, compiled, beside).expect("everything can be put together");
    for output in outputs.expect("the description has no errors; `cargo xtask lint` shows them") {
        let plan = store::plan(&output.dir, &output.files).expect("the disk can be compared");
        let stale: Vec<_> = plan.write.iter().chain(&plan.remove).collect();
        assert!(
            stale.is_empty(),
            "run `cargo xtask generate`: {stale:?} in {}",
            output.dir.display()
        );
    }
}
