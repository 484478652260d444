//! What a caller may put in: ids that mean something to a path, a query or a header, and rows of all kinds.

use attendance_api::ErrorClass;

use crate::support::{Act, Server, json, plain};

const PATH: &str = "/open-apis/attendance/v1/shifts/";

/// Sent as one segment that decodes to exactly this.
const ENCODED: [&str; 20] = [
    "a/b",
    "../x",
    "./",
    "../",
    "a?b=c",
    "a#b",
    "a%2fb",
    "a b",
    "a+b",
    "a\\b",
    "...",
    "排班",
    "🙂",
    "a\r\nX-Evil: 1",
    "a\tb",
    "a\0b",
    "a;b=c",
    "a&b",
    "\u{202e}abc",
    "{shift_id}",
];
/// Empty, or folded away by whoever reads addresses, so refused.
const REFUSED: [&str; 6] = ["", ".", "..", "%2e%2e", "%2E", ".%2e"];

#[tokio::test]
async fn hostile_ids_are_one_encoded_segment_or_refused() {
    let server = Server::always(Act::Write(json(r#"{"code":0,"msg":"ok","data":{}}"#))).await;
    let client = plain(&format!("http://{}", server.address));
    for id in ENCODED {
        client
            .shift()
            .get(id)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{id:?}: {error}"));
    }
    let long = "x".repeat(5_000);
    client
        .shift()
        .get(&long)
        .send()
        .await
        .expect("a long one is an id as well");
    let seen = server.seen().await;
    assert_eq!(seen.len(), ENCODED.len() + 1);
    let lines = seen[0].lines().count();
    for (request, id) in seen.iter().zip(ENCODED.into_iter().chain([long.as_str()])) {
        let target = request.split(' ').nth(1).unwrap_or_default();
        let segment = target
            .strip_prefix(PATH)
            .unwrap_or_else(|| panic!("{id:?} became {target}"));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$'()*,:@%".contains(&byte);
        assert!(segment.bytes().all(is_plain), "{id:?} became {segment}");
        assert_eq!(decoded(segment), id.as_bytes(), "{segment}");
        assert!(!matches!(segment, "." | ".."), "{id:?}");
        assert_eq!(request.lines().count(), lines, "{id:?} added a line");
    }
    for id in REFUSED {
        let error = client.shift().get(id).send().await.expect_err(id);
        assert_eq!(error.class(), ErrorClass::Input, "{id:?}");
    }
    assert_eq!(
        server.seen().await.len(),
        seen.len(),
        "a refused id was sent"
    );
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(&tail[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    bytes
}
