//! The fixtures of the generator's output, so that all of it is compiled.

#[rustfmt::skip]
#[path = "../fixtures/output/additional/modules.rs"]
pub mod additional;
#[rustfmt::skip]
#[path = "../fixtures/output/batch/modules.rs"]
pub mod batch;
#[rustfmt::skip]
#[path = "../fixtures/output/bodies/modules.rs"]
pub mod bodies;
#[rustfmt::skip]
#[path = "../fixtures/output/client_defaults/modules.rs"]
pub mod client_defaults;
#[rustfmt::skip]
#[path = "../fixtures/output/contents/modules.rs"]
pub mod contents;
#[rustfmt::skip]
#[path = "../fixtures/output/documentation/modules.rs"]
pub mod documentation;
#[rustfmt::skip]
#[path = "../fixtures/output/enums/modules.rs"]
pub mod enums;
#[rustfmt::skip]
#[path = "../fixtures/output/envelope/modules.rs"]
pub mod envelope;
#[rustfmt::skip]
#[path = "../fixtures/output/formats/modules.rs"]
pub mod formats;
#[rustfmt::skip]
#[path = "../fixtures/output/maps/modules.rs"]
pub mod maps;
#[rustfmt::skip]
#[path = "../fixtures/output/multipart/modules.rs"]
pub mod multipart;
#[rustfmt::skip]
#[path = "../fixtures/output/obstacle_course/modules.rs"]
pub mod obstacle_course;
#[rustfmt::skip]
#[path = "../fixtures/output/operations/modules.rs"]
pub mod operations;
#[rustfmt::skip]
#[path = "../fixtures/output/pagination/modules.rs"]
pub mod pagination;
#[rustfmt::skip]
#[path = "../fixtures/output/parameters/modules.rs"]
pub mod parameters;
#[rustfmt::skip]
#[path = "../fixtures/output/presence/modules.rs"]
pub mod presence;
#[rustfmt::skip]
#[path = "../fixtures/output/recursion/modules.rs"]
pub mod recursion;
#[rustfmt::skip]
#[path = "../fixtures/output/security/modules.rs"]
pub mod security;
#[rustfmt::skip]
#[path = "../fixtures/output/shared_parts/modules.rs"]
pub mod shared_parts;
#[rustfmt::skip]
#[path = "../fixtures/output/unions/modules.rs"]
pub mod unions;
