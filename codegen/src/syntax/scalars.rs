//! Unquoted YAML scalars that another reader would take for something else.

/// Why a scalar without quotes is ambiguous, if it is.
pub(super) fn ambiguity(text: &str) -> Option<&'static str> {
    if text.len() > 40 || text.is_empty() {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if as_boolean(text).is_some() {
        return Some("older YAML readers take it for a boolean");
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return matches!(lower.trim_start_matches(['-', '+']), ".inf" | ".nan")
            .then_some("JSON has no such number");
    }
    if is_date(digits) {
        return Some("many YAML readers take it for a date");
    }
    if is_sexagesimal(digits) {
        return Some("older YAML readers take it for a number to the base of 60");
    }
    if digits.contains('_') && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return Some("older YAML readers take it for a number");
    }
    if digits.len() > 1 && digits.starts_with('0') && is_number_of_some_base(digits) {
        return Some("whether this is octal, decimal or text depends on the reader");
    }
    if is_exponent(digits) {
        return Some("some YAML readers take it for a number, some for a text");
    }
    if digits.bytes().all(|b| b.is_ascii_digit())
        && digits.parse::<u64>().is_ok_and(|n| n > 1 << 53)
        || digits.len() > 19 && digits.bytes().all(|b| b.is_ascii_digit())
    {
        return Some("readers that keep numbers as floats change its last digits");
    }
    None
}

/// What YAML 1.1 takes these words for.
pub(super) fn as_boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "on" => Some(true),
        "no" | "off" => Some(false),
        _ => None,
    }
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let is_digits = |part: Option<&str>, from: usize, to: usize| {
        part.is_some_and(|p| {
            (from..=to).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit())
        })
    };
    let day = day.map(|day| day.split(['T', 't', ' ']).next().unwrap_or(day));
    is_digits(year, 4, 4) && is_digits(month, 1, 2) && is_digits(day, 1, 2)
}

fn is_sexagesimal(text: &str) -> bool {
    let mut parts = text.split(':');
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let leads = parts.next().is_some_and(is_digits);
    let rest: Vec<&str> = parts.collect();
    leads && !rest.is_empty() && rest.iter().all(|part| part.len() <= 2 && is_digits(part))
}

fn is_number_of_some_base(text: &str) -> bool {
    let rest = &text[1..];
    let is_prefixed = rest.starts_with(['x', 'o', 'b', 'X']);
    if is_prefixed {
        return rest.len() > 1 && rest[1..].bytes().all(|b| b.is_ascii_hexdigit());
    }
    rest.bytes().all(|b| b.is_ascii_digit())
}

fn is_exponent(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    !mantissa.contains('.')
        && mantissa.bytes().all(|b| b.is_ascii_digit())
        && !exponent.is_empty()
        && exponent.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_disagree_about_these() {
        for text in [
            "12:30",
            "26:00:00",
            "2024-01-01",
            "2024-1-1T00:00:00Z",
            "0777",
            "009",
            "0x1F",
            "0o17",
            "yes",
            "On",
            "1_000",
            "1e3",
            "9007199254740993",
            "123456789012345678901234567890",
            ".inf",
            "-.INF",
        ] {
            assert!(ambiguity(text).is_some(), "{text}");
        }
    }

    #[test]
    fn readers_agree_about_these() {
        for text in [
            "",
            "true",
            "null",
            "12",
            "-3",
            "1.5",
            "1.0.0",
            "0",
            "0.5",
            "3.1.0",
            "2024",
            "a:b",
            "12:30 and more",
            "1.5e3",
            "in: path",
            "9007199254740992",
            "200",
            "/a/{b}",
            "onward",
            "12:345",
        ] {
            assert_eq!(ambiguity(text), None, "{text}");
        }
    }
}
