//! JSON written straight into bytes, for the one answer that is large.

/// Writes objects and lists; commas come by themselves.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            out: Vec::with_capacity(bytes),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    pub(super) fn open(&mut self, bracket: u8) {
        self.comma();
        self.out.push(bracket);
    }

    pub(super) fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
    }

    /// The name of a member; names need no escapes.
    pub(super) fn key(&mut self, name: &str) {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    pub(super) fn text(&mut self, text: &str) {
        self.comma();
        if text
            .bytes()
            .any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
        {
            let escaped = serde_json::to_string(text).expect("a text can always be written");
            self.out.extend_from_slice(escaped.as_bytes());
        } else {
            self.out.push(b'"');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b'"');
        }
    }

    /// A number, `true` or `false`.
    pub(super) fn bare(&mut self, value: impl std::fmt::Display) {
        use std::io::Write;
        self.comma();
        let _ = write!(self.out, "{value}");
    }

    /// A number as text.
    pub(super) fn digits(&mut self, value: impl std::fmt::Display) {
        use std::io::Write;
        self.comma();
        let _ = write!(self.out, "\"{value}\"");
    }

    pub(super) fn member(&mut self, name: &str, text: &str) {
        self.key(name);
        self.text(text);
    }

    fn comma(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':' | b',')) {
            self.out.push(b',');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_json() {
        let mut writer = Writer::default();
        writer.open(b'{');
        writer.member("a", "x:");
        writer.key("b");
        writer.open(b'[');
        writer.text("{");
        writer.bare(1);
        writer.digits(2);
        writer.text("\"\\\n\u{4e2d}");
        writer.close(b']');
        writer.key("c");
        writer.bare(true);
        writer.close(b'}');
        let value: serde_json::Value = serde_json::from_slice(&writer.finish()).unwrap();
        let expected =
            serde_json::json!({"a": "x:", "b": ["{", 1, "2", "\"\\\n\u{4e2d}"], "c": true});
        assert_eq!(value, expected);
    }
}
