//! Face files.

use attendance_api::sandbox::PIXEL;
use serde_json::json;

use crate::caller::{Answer, Caller};
use crate::office::{TYPE, office};

fn upload(caller: &Caller, content: &[u8]) -> Answer {
    let mut body = b"--mark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.png\"\r\nContent-Type: image/png\r\n\r\n".to_vec();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--mark--\r\n");
    let bearer = format!("Bearer {}", caller.token);
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "multipart/form-data; boundary=mark"),
    ];
    caller
        .raw(
            "POST",
            "/open-apis/attendance/v1/files/upload?file_name=f.png",
            &headers,
            &body,
        )
        .unwrap()
}

#[test]
fn a_file_comes_back_as_raw_bytes() {
    let caller = office();
    let data = upload(&caller, PIXEL).ok();
    let id = data["file"]["file_id"].as_str().unwrap();
    let answer = caller.get(&format!("/files/{id}/download"));
    assert_eq!((answer.status, answer.bytes.as_slice()), (200, PIXEL));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"f.png\"")
    );
}

#[test]
fn what_is_no_image_is_refused() {
    let text = "failed to upload an image. Please upload a clear and complete image";
    upload(&office(), b"hello").refused(400, 1_220_600, text);
}

#[test]
fn an_unknown_file_is_not_found() {
    let caller = office();
    caller
        .get("/files/none/download")
        .refused(400, 1_220_600, "the object in tos not found");
    let body = json!({"user_setting": {"user_id": "e1", "face_key": "none"}});
    let answer = caller.post(&format!("/user_settings/modify?{TYPE}"), body);
    answer.refused(400, 1_220_600, "the object in tos not found");
}

#[test]
fn settings_are_read_by_a_get_with_a_body_of_100_ids_at_most() {
    let caller = office();
    let key = upload(&caller, PIXEL).ok()["file"]["file_id"].clone();
    let body = json!({"user_setting": {"user_id": "e1", "face_key": key, "face_key_update_time": "1772596800"}});
    caller
        .post(&format!("/user_settings/modify?{TYPE}"), body)
        .ok();
    let ask = |ids: Vec<&str>| {
        caller.send(
            "GET",
            &format!("/user_settings/query?{TYPE}"),
            json!({ "user_ids": ids }).to_string().as_bytes(),
        )
    };
    let data = ask(vec!["e1", "e2"]).ok();
    assert_eq!(
        data["user_settings"],
        json!([{"user_id": "e1", "face_key": key, "face_key_update_time": "1772596800"}])
    );
    ask(vec!["e1"; 101]).refused(400, 1_220_001, "user_ids");
}
