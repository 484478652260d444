//! The whole generator on any bytes, as YAML.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| workspace_tests::hostile::description("main.yaml", data));
