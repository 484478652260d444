//! The reader of YAML alone, on any bytes: many times quicker than the whole generator.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| workspace_tests::hostile::reader("main.yaml", data));
