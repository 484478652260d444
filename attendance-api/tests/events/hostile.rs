//! Hostile text under a good signature, and hostile bodies without a key: nothing panics, and what passes is one JSON value
//! with the right token, byte for byte as it was sent.
//!
//! A run tries a small, fixed row. `EVENT_FUZZ=1000000 FUZZ_SEED=7 cargo test --release` tries a long one of its own.

use attendance_api::events::{CallbackRequest, Dispatcher, EncryptKey, EventHandler, EventSet};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::support::{
    FLOW, KEY, NOW, Parts, Random, TOKEN, TestEvent, challenge, document, handler,
};

/// What has meant trouble to readers of JSON, and the members that the envelope is made of.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"\\ud800",
    b"\\u0000",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"1e999",
    b"-0",
    b"18446744073709551616",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"{",
    b"}",
    b"[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":",
    b",",
    b" \t\r\n",
    b"/**/",
    b"\0",
    b"\"header\":{},",
    b"\"header\":null,",
    b"\"event\":[],",
    b"\"event_id\":\"x\",",
    b"\"event_id\":7,",
    b"\"token\":\"test-verification-token\",",
    b"\"token\":\"\",",
    b"\"type\":\"url_verification\",",
    b"\"type\":\"app_ticket\",",
    b"\"uuid\":\"u\",",
    b"\"app_ticket\":\"t\",",
    b"\"challenge\":{},",
    b"\"schema\":\"2.0\",",
    b"\"\\u0074oken\":\"x\",",
    b"\"encrypt\":\"x\",",
];

const TICKET: &str = r#"{"uuid":"u1","token":"test-verification-token","ts":"1760000540.1","type":"event_callback","event":{"app_id":"cli_1","app_ticket":"t","type":"app_ticket"}}"#;

fn rounds() -> usize {
    number("EVENT_FUZZ").map_or(20_000, |rounds| rounds as usize)
}

/// A row of random numbers of its own for each test and each `FUZZ_SEED`.
fn random(salt: u64) -> Random {
    let seed = number("FUZZ_SEED").unwrap_or(1);
    Random((seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt) | 1)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn texts() -> [String; 4] {
    [
        document("e-1", FLOW),
        document("e-2", "another.type_v1"),
        challenge(TOKEN),
        TICKET.to_owned(),
    ]
}

/// One to six changes of any kind.
fn bend(data: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(6) {
        let from = random.below(data.len() + 1);
        let to = (from + random.below(40)).min(data.len());
        match random.below(7) {
            0 if from < data.len() => data[from] ^= 1 << random.below(8),
            1 => data.truncate(from),
            2 => drop(data.drain(from..to)),
            3 => {
                let copy = data[from..to].to_vec();
                let at = random.below(data.len() + 1);
                data.splice(at..at, copy);
            }
            4 if from < data.len() => data[from] = random.next() as u8,
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                let end = if random.below(2) == 0 { from } else { to };
                data.splice(from..end, word.iter().copied());
            }
        }
    }
}

/// What must hold for a text that passed.
fn check_passed(text: &[u8], passed: &[u8]) {
    let shown = String::from_utf8_lossy(text);
    assert_eq!(passed, text, "{shown}");
    assert!(
        serde_json::from_slice::<IgnoredAny>(text).is_ok(),
        "passed, but is not one JSON value: {shown}"
    );
    if let Ok(value) = serde_json::from_slice::<Value>(text) {
        let tokens = [value.pointer("/header/token"), value.get("token")];
        assert!(
            tokens.contains(&Some(&Value::from(TOKEN))),
            "passed without the token: {shown}"
        );
    }
    // What it decodes to is of no interest, but that it ends.
    let _ = TestEvent::decode(0, passed);
    let _ = TestEvent::decode(1, passed);
}

/// Tries bent texts until there were enough; some of them must pass, or nothing was tested.
fn try_all(salt: u64, seeds: &[Vec<u8>], mut attempt: impl FnMut(&[u8]) -> bool) {
    let mut random = random(salt);
    let mut passed = 0;
    for _ in 0..rounds() {
        let mut data = seeds[random.below(seeds.len())].clone();
        bend(&mut data, &mut random);
        passed += usize::from(attempt(&data));
    }
    assert!(passed > rounds() / 1000, "only {passed} passed");
    println!("{} tried, {passed} passed", rounds());
}

#[test]
fn any_text_under_a_good_signature_ends_well() {
    let handler = handler(Dispatcher::builder().build());
    let key = EncryptKey::new(KEY);
    let seeds = texts().map(String::into_bytes);
    try_all(1, &seeds, |text| {
        let body = format!(r#"{{"encrypt":"{}"}}"#, key.encrypt(text, [5; 16]));
        let parts = Parts::sign(body, &NOW.to_string(), "n", &key);
        let passed = handler.inspect(&parts.request());
        if let Ok(passed) = &passed {
            check_passed(text, passed);
        }
        passed.is_ok()
    });
}

#[test]
fn any_body_under_a_good_signature_ends_well() {
    let handler = handler(Dispatcher::builder().build());
    let key = EncryptKey::new(KEY);
    let texts = texts();
    let seeds = texts
        .each_ref()
        .map(|text| {
            format!(
                r#"{{ "encrypt": "{}" }}"#,
                key.encrypt(text.as_bytes(), [5; 16])
            )
        })
        .map(String::into_bytes);
    try_all(2, &seeds, |body| {
        let signature = key.sign(&NOW.to_string(), "n", body);
        let request = CallbackRequest::new("POST", body.to_vec())
            .header("X-Lark-Request-Timestamp", NOW.to_string())
            .header("X-Lark-Request-Nonce", "n")
            .header("X-Lark-Signature", signature);
        let passed = handler.inspect(&request);
        if let Ok(passed) = &passed {
            assert!(
                serde_json::from_slice::<IgnoredAny>(body).is_ok(),
                "{}",
                String::from_utf8_lossy(body)
            );
            check_passed(&passed.clone(), passed);
        }
        passed.is_ok()
    });
}

#[test]
fn any_plain_body_ends_well() {
    let handler = EventHandler::builder(Dispatcher::<TestEvent>::builder().build())
        .verification_token(TOKEN)
        .build()
        .expect("a token is set");
    let seeds = texts().map(String::into_bytes);
    try_all(3, &seeds, |body| {
        let passed = handler.inspect(&CallbackRequest::new("POST", body.to_vec()));
        if let Ok(passed) = &passed {
            check_passed(body, passed);
        }
        passed.is_ok()
    });
}
