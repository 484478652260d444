//! The reader of documentation pages on any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| workspace_tests::hostile::page(data));
