//! Tests of the runtime without a network: a sample resource, a scripted transport, and a clock
//! that stands still.

mod calls;
mod decode;
mod doctor;
mod limit;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the sample is as the generator writes it"
)]
mod sample;
#[allow(dead_code, reason = "a script has more than the tests need")]
mod script;
mod tokens;
