//! Page tokens: opaque to the caller, the place of the last row to us.

use serde_json::{Map, Value, json};

use super::answer::{Failure, invalid};
use super::text::mix;

/// Cuts one page from rows in the order of their numbers. `list` is the member that gets them.
pub(crate) fn page<T>(
    operation: &str,
    list: &str,
    parameters: &Map<String, Value>,
    default_size: u64,
    rows: impl Iterator<Item = (u64, T)>,
    write: impl Fn(T) -> Value,
) -> Result<Value, Failure> {
    let size = parameters
        .get("page_size")
        .and_then(Value::as_u64)
        .unwrap_or(default_size);
    let after = match parameters.get("page_token").and_then(Value::as_str) {
        None => None,
        Some(token) => match read_token(operation, token) {
            Some(place) => Some(place),
            None => return invalid("page_token is invalid"),
        },
    };
    let mut rest = rows.filter(|(number, _)| after.is_none_or(|after| *number > after));
    let mut items = Vec::new();
    let mut last = 0;
    for (number, row) in rest
        .by_ref()
        .take(usize::try_from(size).unwrap_or(usize::MAX))
    {
        last = number;
        items.push(write(row));
    }
    let more = rest.next().is_some();
    let mut data = json!({ list: items, "has_more": more });
    if more {
        data["page_token"] = json!(write_token(operation, last));
    }
    Ok(data)
}

fn write_token(operation: &str, place: u64) -> String {
    let mask = mask(operation);
    let mut bytes = (place ^ mask).to_be_bytes().to_vec();
    bytes.extend_from_slice(&mix(place.wrapping_add(mask)).to_be_bytes());
    base64(&bytes)
}

fn read_token(operation: &str, token: &str) -> Option<u64> {
    let mask = mask(operation);
    let bytes = base64_decode(token)?;
    let place = u64::from_be_bytes(bytes.get(..8)?.try_into().ok()?) ^ mask;
    let seal = u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?);
    (bytes.len() == 16 && seal == mix(place.wrapping_add(mask))).then_some(place)
}

/// A token of one list is of no use for another.
fn mask(operation: &str) -> u64 {
    operation
        .bytes()
        .fold(7, |sum, byte| mix(sum ^ u64::from(byte)))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0_u8; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            if place > chunk.len() {
                out.push('=');
            } else {
                out.push(char::from(
                    ALPHABET[(bits >> (18 - 6 * place)) as usize & 63],
                ));
            }
        }
    }
    out
}

/// Undoes [`base64`].
pub(crate) fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_comes_back() {
        for text in ["", "a", "ab", "abc", "abcd", "\u{ff}\u{fe}"] {
            assert_eq!(
                base64_decode(&base64(text.as_bytes())).unwrap(),
                text.as_bytes()
            );
        }
        assert_eq!(base64(b"hello"), "aGVsbG8=");
        assert!(base64_decode("a*b").is_none());
    }
}
