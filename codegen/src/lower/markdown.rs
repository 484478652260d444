//! From the Markdown of a description to lines that rustdoc renders as meant, and that never run as a test.
//!
//! A line stays a line. Brackets and angle brackets lose their meaning for rustdoc, bare addresses become links, and
//! every code block becomes a `text` block.

use std::borrow::Cow;

/// The lines of `text`, without blank lines at either end.
pub(crate) fn to_rustdoc(text: &str) -> Vec<String> {
    let clean = clean(text);
    let mut lines = Vec::new();
    let mut fence: Option<Fence> = None;
    for line in clean.lines() {
        lines.push(match &fence {
            Some(open) if open.is_closed_by(line) => {
                let close = open.mark();
                fence = None;
                close
            }
            Some(_) => line.trim_end().to_owned(),
            None => match Fence::opened_by(line) {
                Some(open) => {
                    let mark = format!("{}text", open.mark());
                    fence = Some(open);
                    mark
                }
                None => prose(line),
            },
        });
    }
    lines.extend(fence.map(|open| open.mark()));
    trim_blank(lines)
}

/// One line of prose, from a text that may hold several.
pub(crate) fn to_rustdoc_line(text: &str) -> String {
    let clean = clean(text);
    let words: Vec<&str> = clean.split_whitespace().collect();
    prose(&words.join(" "))
}

/// A value in a code span, whatever backticks it holds.
pub(crate) fn code_span(value: &str) -> String {
    let clean = clean(value).replace('\n', " ");
    let longest = clean.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let mark = "`".repeat(longest + 1);
    let pad = if clean.starts_with('`') || clean.ends_with('`') || clean.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{mark}{pad}{clean}{pad}{mark}")
}

/// Line ends become one kind; what would break or disguise the printed source is removed.
fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || !is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ");
    text.chars()
        .filter(|c| *c == '\n' || !is_hidden(*c))
        .collect()
}

fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn trim_blank(lines: Vec<String>) -> Vec<String> {
    let is_text = |line: &String| !line.trim().is_empty();
    let Some(first) = lines.iter().position(is_text) else {
        return Vec::new();
    };
    let last = lines.iter().rposition(is_text).unwrap_or(first);
    lines
        .into_iter()
        .skip(first)
        .take(last + 1 - first)
        .collect()
}

/// A code block's opening line.
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    /// Only at the start of a line: a fence behind a list mark or a quote is written as text.
    fn opened_by(line: &str) -> Option<Self> {
        let rest = line.trim_start();
        let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = rest.chars().take_while(|c| *c == mark).count();
        let info_is_fine = mark == '~' || !rest[length..].contains('`');
        (length >= 3 && info_is_fine).then_some(Self { mark, length })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let rest = line.trim();
        rest.chars().all(|c| c == self.mark) && rest.chars().count() >= self.length
    }

    fn mark(&self) -> String {
        self.mark.to_string().repeat(self.length)
    }
}

/// Prose cannot become a code block: it is indented by three spaces at most, and holds no run of spaces.
fn prose(line: &str) -> String {
    let text = line.trim_start();
    let indent = (line.len() - text.len()).min(3);
    let mut prose = " ".repeat(indent);
    if !text.contains("  ") && !text.ends_with(' ') {
        escape(text, &mut prose);
        return prose;
    }
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    escape(&words.join(" "), &mut prose);
    prose
}

/// Escapes a line outside of its code spans.
fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(mark) = rest.bytes().next() {
        let taken = match mark {
            b'`' => take_span(rest, out),
            b'\\' => take_escaped(rest, out),
            b'[' => take_link(rest, out),
            b'~' if rest.starts_with("~~~") => take_marked(rest, 3, out),
            b'h' if is_address(rest) => take_address(rest, out),
            b'<' if is_address(&rest[1..]) => take_bracketed(rest, out),
            b'<' | b']' => take_marked(rest, 1, out),
            _ => take_plain(rest, out),
        };
        rest = &rest[taken..];
    }
}

/// The first character, and all behind it that mean nothing.
fn take_plain(rest: &str, out: &mut String) -> usize {
    let means = |byte: &u8| matches!(byte, b'`' | b'\\' | b'[' | b'~' | b'h' | b'<' | b']');
    let plain = rest.bytes().skip(1).position(|byte| means(&byte));
    let length = plain.map_or(rest.len(), |at| at + 1);
    out.push_str(&rest[..length]);
    length
}

/// `count` ASCII marks that shall be read as text.
fn take_marked(rest: &str, count: usize, out: &mut String) -> usize {
    for c in rest[..count].chars() {
        out.push('\\');
        out.push(c);
    }
    count
}

/// A code span, or backticks that open none.
fn take_span(rest: &str, out: &mut String) -> usize {
    let length = rest.chars().take_while(|c| *c == '`').count();
    let mark = &rest[..length];
    let mut from = length;
    while let Some(found) = rest[from..].find('`').map(|at| from + at) {
        let run = rest[found..].chars().take_while(|c| *c == '`').count();
        if run == length {
            let end = found + run;
            out.push_str(mark);
            out.push_str(&rest[length..end]);
            return end;
        }
        from = found + run;
    }
    take_marked(rest, length, out)
}

fn take_escaped(rest: &str, out: &mut String) -> usize {
    match rest[1..].chars().next() {
        Some(next) if next.is_ascii_punctuation() => {
            out.push('\\');
            out.push(next);
            2
        }
        _ => take_marked(rest, 1, out),
    }
}

/// `[text](https://…)` stays a link; any other bracket is text.
fn take_link(rest: &str, out: &mut String) -> usize {
    let link = rest
        .find("](")
        .filter(|at| !rest[1..*at].contains(['[', ']', '`', '<', '\\']));
    let Some(middle) = link.filter(|at| is_address(&rest[at + 2..])) else {
        return take_marked(rest, 1, out);
    };
    let target = &rest[middle + 2..];
    match target.find([')', ' ', '<', '>', '`', '"']) {
        Some(end) if target[end..].starts_with(')') => {
            let whole = middle + 2 + end + 1;
            out.push_str(&rest[..whole]);
            whole
        }
        _ => take_marked(rest, 1, out),
    }
}

fn is_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn take_address(rest: &str, out: &mut String) -> usize {
    let end = rest.find(|c: char| {
        !c.is_ascii_graphic()
            || matches!(
                c,
                '<' | '>' | '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '\\' | '*'
            )
    });
    let address = &rest[..end.unwrap_or(rest.len())];
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '_']);
    out.push('<');
    out.push_str(address);
    out.push('>');
    address.len()
}

/// `<https://…>` is a link already.
fn take_bracketed(rest: &str, out: &mut String) -> usize {
    match rest.find([' ', '>', '`']) {
        Some(end) if rest[end..].starts_with('>') => {
            out.push_str(&rest[..=end]);
            end + 1
        }
        _ => take_marked(rest, 1, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_lines() {
        assert_eq!(
            to_rustdoc("\n\nOne.\n\nTwo\nlines.\n\n"),
            ["One.", "", "Two", "lines."]
        );
    }

    #[test]
    fn marks_that_mean_something_to_rustdoc_are_escaped() {
        let cases = [
            ("a range [from, to)", r"a range \[from, to)"),
            ("Vec<T> or </div>", r"Vec\<T> or \</div>"),
            ("keep `a[0]<b>` as is", "keep `a[0]<b>` as is"),
            ("one ` tick", r"one \` tick"),
            ("``two ` ticks``", "``two ` ticks``"),
            (r"a \[b\]", r"a \[b\]"),
            (r"C:\x", r"C:\\x"),
            ("see https://a.b/c?d=1.", "see <https://a.b/c?d=1>."),
            ("see <https://a.b/c>", "see <https://a.b/c>"),
            ("[text](https://a.b/c) ok", "[text](https://a.b/c) ok"),
            ("[text](Other)", r"\[text\](Other)"),
            ("[x]: https://a.b", r"\[x\]: <https://a.b>"),
            ("见 https://a.b/文档", "见 <https://a.b/>文档"),
        ];
        for (text, expected) in cases {
            assert_eq!(to_rustdoc_line(text), expected);
        }
    }

    #[test]
    fn no_block_of_code_survives_as_a_test() {
        let cases: [(&str, &[&str]); 7] = [
            ("```rust\npanic!()\n```", &["```text", "panic!()", "```"]),
            ("~~~\n```\n~~~", &["~~~text", "```", "~~~"]),
            ("```\nopen", &["```text", "open", "```"]),
            ("    panic!()", &["   panic!()"]),
            ("\tpanic!()", &["   panic!()"]),
            ("-     panic!()", &["- panic!()"]),
            ("> ```\n> panic!()", &[r"> \`\`\`", "> panic!()"]),
        ];
        for (text, expected) in cases {
            assert_eq!(to_rustdoc(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_hides_is_removed() {
        assert_eq!(to_rustdoc("a\rb\0c\u{202e}d\u{feff}"), ["a", "bcd"]);
        assert_eq!(to_rustdoc("*/ \" \\\" #[x]"), [r#"*/ " \" #\[x\]"#]);
    }

    #[test]
    fn code_spans_hold_any_value() {
        let cases = [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("", "`  `"),
            ("x\r\ny", "`x y`"),
        ];
        for (value, expected) in cases {
            assert_eq!(code_span(value), expected);
        }
    }
}
