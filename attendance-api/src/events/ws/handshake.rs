//! Turns an HTTP connection of reqwest into a WebSocket: one TLS, one proxy setting, one root store for the whole crate.
//!
//! The framing itself is tungstenite's. The key of the handshake and its answer guard against servers that speak no
//! WebSocket; they are no secret, so a plain SHA-1 and a fair random number do.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Response, StatusCode, Upgraded};

use super::endpoint::{Endpoint, transport};
use super::error::{ConnectError, ConnectErrorKind};

/// Asks for the connection at `endpoint`.
pub(super) async fn upgrade(
    http: &reqwest::Client,
    endpoint: &Endpoint,
) -> Result<Upgraded, ConnectError> {
    let mut nonce = [0; 16];
    nonce
        .chunks_exact_mut(8)
        .for_each(|half| half.copy_from_slice(&crate::random::next().to_ne_bytes()));
    let key = STANDARD.encode(nonce);
    let request = http
        .get(endpoint.url.clone())
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", &key);
    let response = request.send().await.map_err(transport)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(refusal(&response));
    }
    if header(&response, "sec-websocket-accept") != accept_key(&key) {
        return Err(ConnectError::new(
            ConnectErrorKind::Answer,
            "the handshake is not answered as WebSocket",
        ));
    }
    response.upgrade().await.map_err(transport)
}

/// What a server answers to the key of a handshake.
pub(super) fn accept_key(key: &str) -> String {
    let mut text = key.as_bytes().to_vec();
    text.extend_from_slice(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(sha1(&text))
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Reads the headers in which the server says why it refuses. The HTTP status alone tells nothing.
fn refusal(response: &Response) -> ConnectError {
    let number = |name| header(response, name).trim().parse::<i64>().ok();
    let status = response.status();
    let message = match header(response, "handshake-msg") {
        "" => status.as_str(),
        message => message,
    };
    let (kind, code) = match (number("handshake-status"), number("handshake-autherrcode")) {
        (Some(514), Some(1_000_040_350)) => {
            (ConnectErrorKind::TooManyConnections, Some(1_000_040_350))
        }
        (Some(514), code) => (ConnectErrorKind::Ticket, code),
        (Some(403), code) => (ConnectErrorKind::Forbidden, code),
        (_, code) => (ConnectErrorKind::Server, code),
    };
    let error = ConnectError::new(kind, message);
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

fn sha1(text: &[u8]) -> [u8; 20] {
    let mut state = [
        0x6745_2301_u32,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    let mut padded = text.to_vec();
    padded.push(0x80);
    // Zeros up to eight bytes before the end of a block, where the length stands.
    padded.resize((text.len() + 8) / 64 * 64 + 56, 0);
    padded.extend_from_slice(&(text.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        sha1_block(&mut state, block);
    }
    let mut hash = [0; 20];
    for (bytes, word) in hash.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

fn sha1_block(state: &mut [u32; 5], block: &[u8]) {
    let mut words = [0_u32; 80];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for index in 16..80 {
        words[index] =
            (words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16])
                .rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (index, word) in words.into_iter().enumerate() {
        let (mixed, constant) = match index {
            0..20 => (b & c | !b & d, 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => (b & c | b & d | c & d, 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6),
        };
        let next = a
            .rotate_left(5)
            .wrapping_add(mixed)
            .wrapping_add(e)
            .wrapping_add(constant)
            .wrapping_add(word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
        *sum = sum.wrapping_add(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_a_key_is_the_one_of_the_rfc() {
        assert_eq!(
            accept_key("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    #[test]
    fn sha1_is_right_around_the_end_of_a_block() {
        let hex = |text: &str| {
            sha1(text.as_bytes())
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        assert_eq!(hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        for (length, expected) in SHA1_OF_A {
            assert_eq!(hex(&"a".repeat(*length)), *expected, "{length}");
        }
    }

    /// Made with Python's hashlib.
    const SHA1_OF_A: &[(usize, &str)] = &[
        (54, "b05d71c64979cb95fa74a33cdb31a40d258ae02e"),
        (55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
        (56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
        (57, "f08f24908d682555111be7ff6f004e78283d989a"),
        (63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
        (64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
        (65, "11655326c708d70319be2610e8a57d9a5b959d3b"),
        (119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"),
        (120, "f34c1488385346a55709ba056ddd08280dd4c6d6"),
        (128, "ad5b3fdbcb526778c2839d2f151ea753995e26a0"),
    ];
}
