//! One binary for all tests that cross rooms.
#![forbid(unsafe_code)]

mod calls;
mod diagnostics;
mod diff;
mod documents;
mod drift;
mod e2e;
mod error_table;
mod every_operation;
mod example_server;
mod examples;
mod fresh;
mod fuzz_smoke;
mod hostile;
mod laws;
mod names;
mod one_cause;
mod output;
#[allow(dead_code, unreachable_pub, clippy::wrong_self_convention)]
mod output_modules;
mod promises;
#[rustfmt::skip]
mod round_trips;
mod scratch;
mod seam;
mod store;
mod store_kill;
mod variations;
mod x_keys;

/// What the generated code of the fixtures stands on.
pub use attendance_api::rt;

/// A file of the spec.
fn spec_text(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../spec")
        .join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Our own description, as meant.
fn own_api() -> codegen::resolve::api::Api {
    let root = xtask::project::root().expect("the tests run inside the workspace");
    let read =
        xtask::pipeline::read(xtask::inputs::own(&root).expect("the description can be read"));
    read.api.expect("the description has a root")
}
