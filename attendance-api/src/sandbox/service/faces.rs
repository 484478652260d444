//! Face photos: files, and which one belongs to whom.

use serde_json::{Value, json};

use super::{Call, read_seconds, strings, text};
use crate::sandbox::answer::{Outcome, Reply, general, invalid};

pub(super) fn upload(call: &mut Call<'_>) -> Outcome {
    let name = call.parameter("file_name").to_owned();
    let Some(content) = part(call, "file") else {
        return invalid("the form has no part named file");
    };
    if !is_image(content) {
        return general("failed to upload an image. Please upload a clear and complete image");
    }
    let content = content.to_vec();
    let number: u64 = call.world.new_id().parse().unwrap_or(0);
    let id = format!(
        "{:016x}{:016x}",
        crate::sandbox::text::mix(number),
        crate::sandbox::text::mix(!number)
    );
    call.world.faces.files.insert(id.clone(), (name, content));
    Ok(Reply::Data(json!({ "file": { "file_id": id } })))
}

/// The first bytes of the formats that a photo comes in.
fn is_image(content: &[u8]) -> bool {
    let begins: [&[u8]; 5] = [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF8",
        b"BM",
        b"RIFF",
    ];
    begins.iter().any(|begin| content.starts_with(begin))
}

/// The content of a part of a multipart form.
fn part<'a>(call: &Call<'a>, name: &str) -> Option<&'a [u8]> {
    let content_type = call.incoming.header("content-type")?;
    let boundary = content_type
        .split(';')
        .find_map(|word| word.trim().strip_prefix("boundary="))?;
    let mark = format!("--{}", boundary.trim_matches('"'));
    let body = call.incoming.body.as_slice();
    let mut at = find(body, mark.as_bytes(), 0)? + mark.len();
    loop {
        let end = find(body, format!("\r\n{mark}").as_bytes(), at)?;
        let part = &body[at..end];
        let head_end = find(part, b"\r\n\r\n", 0)?;
        let head = String::from_utf8_lossy(&part[..head_end]);
        if head.contains(&format!("name=\"{name}\"")) || head.contains(&format!("name={name}")) {
            return Some(&part[head_end + 4..]);
        }
        at = end + 2 + mark.len();
    }
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(wanted.len())
        .position(|window| window == wanted)
        .map(|place| place + from)
}

pub(super) fn download(call: &mut Call<'_>) -> Outcome {
    match call.world.faces.files.get(call.parameter("file_id")) {
        Some((name, content)) => Ok(Reply::File {
            name: name.clone(),
            content: content.clone(),
        }),
        None => general("the object in tos not found"),
    }
}

pub(super) fn modify(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let setting = &call.body["user_setting"];
    if !setting.is_object() {
        return invalid("user_setting is required");
    }
    let user = call.user(kind, text(setting, "user_id"))?;
    let key = text(setting, "face_key");
    if !call.world.faces.files.contains_key(key) {
        return general("the object in tos not found");
    }
    let stamp = match text(setting, "face_key_update_time") {
        "" => call.now,
        _ => read_seconds(&setting["face_key_update_time"])?,
    };
    call.world
        .faces
        .of
        .insert(user, (key.to_owned(), stamp.to_string()));
    Ok(Reply::Data(
        json!({ "user_setting": row(text(setting, "user_id"), key, &stamp.to_string()) }),
    ))
}

pub(super) fn query(call: &mut Call<'_>) -> Outcome {
    let kind = call.id_kind()?;
    let users = call.users(kind, &call.body["user_ids"])?;
    let list: Vec<Value> = strings(&call.body["user_ids"])
        .zip(users)
        .filter_map(|(id, user)| {
            call.world
                .faces
                .of
                .get(&user)
                .map(|(key, stamp)| row(id, key, stamp))
        })
        .collect();
    Ok(Reply::Data(json!({ "user_settings": list })))
}

fn row(user: &str, key: &str, stamp: &str) -> Value {
    json!({ "user_id": user, "face_key": key, "face_key_update_time": stamp })
}
