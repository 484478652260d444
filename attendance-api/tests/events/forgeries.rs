//! Deliveries that are forged, altered, replayed, lengthened or downgraded: none passes, and all get one answer.

use attendance_api::events::{
    CallbackRequest, CallbackResponse, Dispatcher, EncryptKey, EventHandler, Refusal,
};

use crate::support::{
    FLOW, KEY, NOW, Parts, Random, Seen, TOKEN, TestEvent, challenge, document, handler,
};

fn refusal_of(parts: &Parts) -> Option<Refusal> {
    handler(Dispatcher::builder().build())
        .inspect(&parts.request())
        .err()
}

fn good() -> Parts {
    Parts::signed(&document("e-1", FLOW))
}

fn with_header(mut parts: Parts, name: &str, value: &str) -> Parts {
    parts.headers.retain(|(known, _)| !known.ends_with(name));
    parts.headers.push((format!("X-Lark-{name}"), value.into()));
    parts
}

fn encrypted(text: &str) -> String {
    format!(
        r#"{{"encrypt":"{}"}}"#,
        EncryptKey::new(KEY).encrypt(text.as_bytes(), [3; 16])
    )
}

fn signed_body(body: String) -> Parts {
    Parts::sign(body, &NOW.to_string(), "n", &EncryptKey::new(KEY))
}

#[tokio::test]
async fn a_good_delivery_passes() {
    assert_eq!(refusal_of(&good()), None);
}

#[tokio::test]
async fn each_fault_is_found_and_all_answers_are_the_same() {
    let plain = document("e-1", FLOW);
    let wrong_token = plain.replace(TOKEN, "test-verification-tokem");
    let empty_token = plain.replace(TOKEN, "");
    let body = || encrypted(&plain);
    let bare = |body: &str| Parts {
        method: "POST".into(),
        headers: Vec::new(),
        body: body.into(),
    };
    let mut repeated = good();
    repeated.headers.push(repeated.headers[2].clone());
    let faults = [
        (
            Parts {
                method: "GET".into(),
                ..good()
            },
            Refusal::Method,
        ),
        (
            Parts {
                method: "post".into(),
                ..good()
            },
            Refusal::Method,
        ),
        (
            signed_body(" ".repeat(1 << 20) + &body()),
            Refusal::TooLarge,
        ),
        (repeated, Refusal::Headers),
        (
            with_header(good(), "Signature", &"0".repeat(64)),
            Refusal::Signature,
        ),
        (with_header(good(), "Signature", ""), Refusal::Signature),
        (
            with_header(good(), "Request-Nonce", "590213378"),
            Refusal::Signature,
        ),
        (
            with_header(good(), "Request-Timestamp", "1760000541"),
            Refusal::Signature,
        ),
        (
            with_header(good(), "Request-Timestamp", "176000054"),
            Refusal::Timestamp,
        ),
        (
            with_header(good(), "Request-Timestamp", "+176000054"),
            Refusal::Timestamp,
        ),
        (
            Parts::signed_at(&plain, NOW, "another key"),
            Refusal::Signature,
        ),
        (
            Parts::signed_at(&plain, NOW - 8 * 3600 - 1, KEY),
            Refusal::Age,
        ),
        (Parts::signed_at(&plain, NOW + 301, KEY), Refusal::Age),
        (signed_body(plain.clone()), Refusal::NotEncrypted),
        (
            signed_body(r#"{"encrypt":null}"#.into()),
            Refusal::NotEncrypted,
        ),
        (
            signed_body(r#"{"encrypt":"A"}"#.into()),
            Refusal::Ciphertext,
        ),
        (signed_body(r#"{"encrypt":""}"#.into()), Refusal::Ciphertext),
        (signed_body(body() + "{}"), Refusal::Json),
        (signed_body(format!("\u{feff}{}", body())), Refusal::Json),
        (
            signed_body(body().replace('}', r#","encrypt":"x"}"#)),
            Refusal::Json,
        ),
        (signed_body(format!("[{}]", body())), Refusal::Json),
        (
            signed_body(encrypted(&format!("{plain}{plain}"))),
            Refusal::PlainJson,
        ),
        (signed_body(encrypted("{}")), Refusal::Shape),
        (signed_body(encrypted("[]")), Refusal::Shape),
        (
            signed_body(encrypted(&plain.replace("e-1", ""))),
            Refusal::Shape,
        ),
        (signed_body(encrypted(&wrong_token)), Refusal::Token),
        (signed_body(encrypted(&empty_token)), Refusal::Token),
        (bare(&plain), Refusal::NotEncrypted),
        (bare(&challenge(TOKEN)), Refusal::NotEncrypted),
        (bare(&encrypted(&challenge("another"))), Refusal::Token),
        (bare(&body()), Refusal::Unsigned),
        (bare(&encrypted(&"x".repeat(4000))), Refusal::Unsigned),
        (bare("not json"), Refusal::Json),
        (bare(""), Refusal::Json),
    ];
    let seen = Seen::default();
    let handler = handler(seen.builder().build());
    let mut answers = Vec::new();
    for (parts, expected) in &faults {
        assert_eq!(
            refusal_of(parts),
            Some(*expected),
            "{}",
            String::from_utf8_lossy(&parts.body)
        );
        answers.push(parts.send(&handler).await);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].status, 403);
    assert!(seen.ids().is_empty());
    assert_eq!(handler.dispatcher().stats().refused, faults.len() as u64);
}

#[tokio::test]
async fn a_body_may_be_written_in_any_way_that_json_allows() {
    let body = encrypted(&document("e-1", FLOW));
    let text = body
        .trim_start_matches(r#"{"encrypt":""#)
        .trim_end_matches(r#""}"#);
    let escaped: String = text
        .chars()
        .map(|letter| format!("\\u{:04x}", u32::from(letter)))
        .collect();
    for body in [
        format!(" {{ \"encrypt\" :\t\"{text}\" }}\r\n"),
        format!(r#"{{"encrypt":"{}"}}"#, text.replace('/', r"\/")),
        format!(r#"{{"encrypt":"{escaped}"}}"#),
        format!(r#"{{"\u0065ncrypt":"{text}","more":[1]}}"#),
    ] {
        assert_eq!(refusal_of(&signed_body(body.clone())), None, "{body}");
    }
}

#[tokio::test]
async fn one_header_without_the_others_is_refused() {
    for missing in 0..2 {
        let mut parts = good();
        parts.headers.remove(missing);
        assert_eq!(refusal_of(&parts), Some(Refusal::Headers));
    }
    let mut parts = good();
    parts.headers.remove(2);
    assert_eq!(refusal_of(&parts), Some(Refusal::Unsigned));
}

#[tokio::test]
async fn digits_cannot_move_between_timestamp_and_nonce() {
    let parts = good();
    let joined = format!("{}590213377", NOW - 60);
    for cut in (0..=joined.len()).filter(|cut| *cut != 10) {
        let moved = with_header(parts.clone(), "Request-Timestamp", &joined[..cut]);
        let moved = with_header(moved, "Request-Nonce", &joined[cut..]);
        assert_eq!(refusal_of(&moved), Some(Refusal::Timestamp));
    }
}

/// Appends to a signed body without the key, as a bare SHA-256 allows: the hash goes on where the old one ended.
#[tokio::test]
async fn a_body_lengthened_behind_its_signature_is_refused() {
    let parts = good();
    let signed_bytes = 10 + "590213377".len() + KEY.len() + parts.body.len();
    let mut glue = vec![0x80];
    glue.resize(1 + (119 - signed_bytes % 64) % 64, 0);
    glue.extend_from_slice(&(signed_bytes as u64 * 8).to_be_bytes());
    let mut lengthened = parts.clone();
    lengthened.body.extend_from_slice(&glue);
    lengthened.body.extend_from_slice(br#"{"encrypt":""}"#);
    // What a forger would compute from the old signature, made here with the key.
    let key = EncryptKey::new(KEY);
    let signature = key.sign(&(NOW - 60).to_string(), "590213377", &lengthened.body);
    let lengthened = with_header(lengthened, "Signature", &signature);
    assert_eq!(refusal_of(&lengthened), Some(Refusal::Json));
}

#[tokio::test]
async fn the_url_check_is_answered_plain_only_without_a_key() {
    let plain = EventHandler::builder(Dispatcher::<TestEvent>::builder().build())
        .verification_token(TOKEN)
        .build()
        .expect("a token is set");
    let ask = |body: String| CallbackRequest::new("POST", body);
    let answer = plain.handle(ask(challenge(TOKEN))).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (200, &br#"{"challenge":"c-1"}"#[..])
    );
    assert_eq!(plain.handle(ask(challenge("other"))).await.status, 403);
    assert_eq!(
        plain.inspect(&ask(encrypted(&challenge(TOKEN)))).err(),
        Some(Refusal::NoKey)
    );
    let nasty = challenge(TOKEN).replace("c-1", r#"\",\"x\":\"\u0000"#);
    let answer: serde_json::Value =
        serde_json::from_slice(&plain.handle(ask(nasty)).await.body).expect("the answer is JSON");
    assert_eq!(
        answer,
        serde_json::json!({ "challenge": "\",\"x\":\"\u{0}" })
    );
    let encrypted = ask(encrypted(&challenge(TOKEN)));
    assert_eq!(
        handler(Dispatcher::builder().build())
            .handle(encrypted)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_event_of_another_application_is_refused_if_asked() {
    let handler = EventHandler::builder(Dispatcher::<TestEvent>::builder().build())
        .encrypt_key(KEY)
        .app_id("cli_2")
        .clock(|| NOW)
        .build()
        .expect("a key is set");
    assert_eq!(
        handler.inspect(&good().request()).err(),
        Some(Refusal::AppId)
    );
}

#[test]
fn a_handler_that_could_verify_nothing_is_not_built() {
    let builder = || EventHandler::builder(Dispatcher::<TestEvent>::builder().build());
    assert!(builder().build().is_err());
    assert!(
        builder()
            .encrypt_key("")
            .verification_token("")
            .build()
            .is_err()
    );
}

#[test]
fn nothing_shows_a_secret() {
    let handler = handler(Dispatcher::builder().build());
    let shown = format!(
        "{handler:?} {:#?} {:?}",
        good().request(),
        EncryptKey::new(KEY)
    );
    assert!(!shown.contains(KEY) && !shown.contains(TOKEN), "{shown}");
}

/// How many spoiled deliveries a run tries. A release run with `EVENT_FORGERIES=1000000` takes a few seconds.
fn rounds() -> usize {
    std::env::var("EVENT_FORGERIES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_000)
}

/// Another row of spoiled deliveries for each `FUZZ_SEED`.
fn seed() -> u64 {
    std::env::var("FUZZ_SEED")
        .ok()
        .and_then(|text| text.parse::<u64>().ok())
        .map_or(0x5eed, |seed| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
}

/// Spoils one delivery in one of many ways; only the untouched one may pass.
fn spoil(parts: &mut Parts, random: &mut Random) {
    match random.below(10) {
        0 => {
            let at = random.below(parts.body.len());
            parts.body[at] ^= 1 << random.below(8);
        }
        1 => parts.body.truncate(random.below(parts.body.len())),
        2 => parts
            .body
            .extend((0..1 + random.below(80)).map(|_| b"{}\x80\0 \"\xff"[random.below(7)])),
        3 => {
            let (from, to) = (
                random.below(parts.body.len()),
                random.below(parts.body.len()),
            );
            parts.body.swap(from, to);
        }
        4 => {
            let header = random.below(3);
            let value = &mut parts.headers[header].1;
            let at = random.below(value.len());
            value[at] ^= 1 << random.below(8);
        }
        5 => {
            let header = random.below(3);
            parts.headers[header].1.pop();
        }
        6 => {
            let header = random.below(parts.headers.len());
            parts.headers.remove(header);
        }
        7 => {
            let header = parts.headers[random.below(3)].clone();
            parts.headers.push(header);
        }
        8 => parts.headers.swap(0, 1),
        _ => {
            let body = encrypted(&document("forged", FLOW));
            parts.body = body.into_bytes();
        }
    }
}

#[tokio::test]
async fn no_spoiled_delivery_is_ever_accepted() {
    let seen = Seen::default();
    let handler = handler(seen.builder().build());
    let refused = Parts {
        method: "GET".into(),
        ..good()
    }
    .send(&handler)
    .await;
    let originals = [
        good(),
        Parts::signed(&challenge(TOKEN)),
        Parts::signed(&document("e-2", "another.type_v1")),
    ];
    let mut random = Random(seed());
    let mut tried = 0;
    while tried < rounds() {
        let original = &originals[random.below(originals.len())];
        let mut parts = original.clone();
        for _ in 0..1 + random.below(3) {
            if parts.headers.len() >= 3
                && !parts.body.is_empty()
                && parts.headers.iter().all(|header| !header.1.is_empty())
            {
                spoil(&mut parts, &mut random);
            }
        }
        if is_still_good(&parts, original) {
            continue;
        }
        tried += 1;
        let answer: CallbackResponse = parts.send(&handler).await;
        assert_eq!(answer, refused, "{parts:?}");
    }
    assert!(seen.ids().is_empty());
}

/// Whether nothing that counts was spoiled. Headers may come in any order. The URL check needs no signature, and without
/// one only its token protects it: a bit that is turned in the IV turns one in the text that is sent back.
fn is_still_good(parts: &Parts, original: &Parts) -> bool {
    let sorted = |parts: &Parts| {
        let mut headers = parts.headers.clone();
        headers.sort();
        headers
    };
    let is_challenge = original.body.len() < 300;
    let is_unsigned = !parts
        .headers
        .iter()
        .any(|(name, _)| name == "X-Lark-Signature");
    (parts.body == original.body && sorted(parts) == sorted(original))
        || (is_challenge && is_unsigned)
}
