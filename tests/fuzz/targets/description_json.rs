//! The whole generator on any bytes, as JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| workspace_tests::hostile::description("main.json", data));
