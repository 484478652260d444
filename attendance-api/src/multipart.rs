//! Multipart bodies: from parts to a payload that can be sent again and again.

use bytes::Bytes;

use crate::random;
use crate::transport::Payload;
use crate::wire::{File, Form, Sight, View, to_text, to_value};

/// A member of a multipart body: any number of parts under one name.
#[derive(Debug)]
pub struct Part {
    name: String,
    contents: Vec<Content>,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Json(String),
    File(File),
}

impl Part {
    /// A file.
    pub fn file(name: impl Into<String>, file: File) -> Self {
        Self {
            name: name.into(),
            contents: vec![Content::File(file)],
        }
    }

    /// Any number of files under one name.
    pub fn files<'a>(name: impl Into<String>, files: impl IntoIterator<Item = &'a File>) -> Self {
        let contents = files.into_iter().cloned().map(Content::File).collect();
        Self {
            name: name.into(),
            contents,
        }
    }

    /// A plain value: no part for `None`, one for each item of a list.
    pub fn text(name: impl Into<String>, value: &dyn View) -> Self {
        let contents = match value.sight() {
            Sight::List { list, .. } => (0..list.len())
                .filter_map(|index| list.at(index).and_then(|item| to_text(item, Form::Text)))
                .map(Content::Text)
                .collect(),
            _ => to_text(value, Form::Text)
                .into_iter()
                .map(Content::Text)
                .collect(),
        };
        Self {
            name: name.into(),
            contents,
        }
    }

    /// A value as a JSON document; no part for `None`.
    pub fn json(name: impl Into<String>, value: &dyn View) -> Self {
        let contents = match value.sight() {
            Sight::Nothing => Vec::new(),
            _ => to_value(value)
                .into_iter()
                .map(|json| Content::Json(json.to_string()))
                .collect(),
        };
        Self {
            name: name.into(),
            contents,
        }
    }
}

/// Media type and content of a body of parts.
pub(crate) fn encode(parts: Vec<Part>) -> (String, Payload) {
    let boundary = format!("part-{:016x}{:016x}", random::next(), random::next());
    let mut payload = Payload::empty();
    for part in parts {
        let name = quoted(&part.name);
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        for content in part.contents {
            match content {
                Content::Text(text) => payload.push(format!("{head}\r\n\r\n{text}")),
                Content::Json(text) => payload.push(format!(
                    "{head}\r\nContent-Type: application/json\r\n\r\n{text}"
                )),
                Content::File(file) => push_file(&mut payload, &head, &file),
            }
            payload.push(Bytes::from_static(b"\r\n"));
        }
    }
    payload.push(format!("--{boundary}--\r\n"));
    (format!("multipart/form-data; boundary={boundary}"), payload)
}

fn push_file(payload: &mut Payload, head: &str, file: &File) {
    let file_name = quoted(file.name().unwrap_or("file"));
    let media_type: String = file
        .media_type()
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    payload.push(format!(
        "{head}; filename=\"{file_name}\"\r\nContent-Type: {media_type}\r\n\r\n"
    ));
    payload.push_file(file);
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
