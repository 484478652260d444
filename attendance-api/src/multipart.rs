//! Multipart bodies: from parts to a payload that can be sent again and again.

use bytes::Bytes;

use crate::random;
use crate::transport::Payload;
use crate::wire::{File, View, to_text};

/// A part of a multipart body.
#[derive(Debug)]
pub struct Part {
    name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(Option<String>),
    File(Option<File>),
}

impl Part {
    /// A file; nothing for `None`.
    pub fn file(name: impl Into<String>, file: impl Into<Option<File>>) -> Self {
        Self { name: name.into(), content: Content::File(file.into()) }
    }

    /// A plain value; nothing for `None`.
    pub fn text(name: impl Into<String>, value: &dyn View) -> Self {
        Self { name: name.into(), content: Content::Text(to_text(value)) }
    }
}

/// Media type and content of a body of parts.
pub(crate) fn encode(parts: Vec<Part>) -> (String, Payload) {
    let boundary = format!("part-{:016x}{:016x}", random::next(), random::next());
    let mut payload = Payload::empty();
    for part in parts {
        let name = quoted(&part.name);
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        match part.content {
            Content::Text(Some(text)) => payload.push(format!("{head}\r\n\r\n{text}")),
            Content::File(Some(file)) => {
                let file_name = quoted(file.name().unwrap_or("file"));
                let media_type: String =
                    file.media_type().chars().filter(|c| !c.is_control()).collect();
                payload.push(format!(
                    "{head}; filename=\"{file_name}\"\r\nContent-Type: {media_type}\r\n\r\n"
                ));
                payload.push_file(&file);
            }
            Content::Text(None) | Content::File(None) => continue,
        }
        payload.push(Bytes::from_static(b"\r\n"));
    }
    payload.push(format!("--{boundary}--\r\n"));
    (format!("multipart/form-data; boundary={boundary}"), payload)
}

/// A name between quotation marks, as browsers write it.
fn quoted(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '"' => out.push_str("%22"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c if c.is_control() => out.push('_'),
            c => out.push(c),
        }
    }
    out
}
