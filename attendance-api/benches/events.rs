//! What a callback costs beside the bare SHA-256, AES-256-CBC and serde_json of the same bytes, on one core.
//!
//! `cargo bench -p attendance-api --bench events --no-default-features --features webhook`
//!
//! Bare is: hash the body, read it as JSON, decrypt the blocks, read the text as JSON. Not in it, though no receiver can
//! do without: base64, the checks, finding the event's id and type. The goal is 1.3 times the bare cost.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aes::cipher::array::{Array, sizes::U16};
use aes::cipher::{BlockModeDecrypt, InnerIvInit, KeyInit};
use attendance_api::events::{
    CallbackRequest, Dispatcher, EncryptKey, Event, EventHandler, EventSet,
};
use base64::Engine;
use serde_json::Value;
use sha2::{Digest, Sha256};

const KEY: &str = "bench encrypt key";
const NOW: u64 = 1_760_000_600;
const TIMESTAMP: &str = "1760000600";

fn main() {
    println!(
        "{:>9}  {:>10}  {:>10}  {:>6}",
        "document", "ours", "bare", "ratio"
    );
    for entries in [1, 4, 16, 64] {
        let sample = Sample::new(&document(entries));
        let handler = EventHandler::builder(Dispatcher::<Event>::builder().build())
            .encrypt_key(KEY)
            .verification_token("token")
            .clock(|| NOW)
            .build()
            .expect("a key is set");
        // The best of many short turns: a busy machine disturbs most of them, but not all.
        let mut ours = Duration::MAX;
        let mut bare = Duration::MAX;
        for _ in 0..1000 {
            ours = ours.min(time(|| sample.receive(&handler)));
            bare = bare.min(time(|| sample.bare()));
        }
        let ratio = ours.as_secs_f64() / bare.as_secs_f64();
        println!(
            "{:>7} B  {ours:>10.2?}  {bare:>10.2?}  {ratio:>6.2}",
            sample.document_bytes
        );
    }
}

/// The time of one call, from forty.
fn time(mut call: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..40 {
        call();
    }
    start.elapsed() / 40
}

struct Sample {
    document_bytes: usize,
    body: bytes::Bytes,
    signature: String,
    blocks: Vec<u8>,
    cipher: aes::Aes256Dec,
}

impl Sample {
    fn new(document: &str) -> Self {
        let key = EncryptKey::new(KEY);
        let encrypted = key.encrypt(document.as_bytes(), [9; 16]);
        let body = format!(r#"{{"encrypt":"{encrypted}"}}"#);
        let blocks = base64::engine::general_purpose::STANDARD
            .decode(&encrypted)
            .expect("base64 of our own");
        Self {
            document_bytes: document.len(),
            signature: key.sign(TIMESTAMP, "nonce", body.as_bytes()),
            body: body.into(),
            blocks,
            cipher: aes::Aes256Dec::new(&Sha256::digest(KEY)),
        }
    }

    fn receive(&self, handler: &EventHandler<Event>) {
        let request = CallbackRequest::new("POST", self.body.clone())
            .header("X-Lark-Request-Timestamp", TIMESTAMP)
            .header("X-Lark-Request-Nonce", "nonce")
            .header("X-Lark-Signature", &self.signature);
        let document = handler.inspect(&request).expect("the sample is good");
        black_box(Event::decode(1, &document).expect("an event"));
    }

    fn bare(&self) {
        black_box(Sha256::digest(&self.body));
        black_box(serde_json::from_slice::<Value>(&self.body).expect("JSON"));
        let mut blocks = self.blocks.clone();
        let (rest, _) = Array::<u8, U16>::slice_as_chunks_mut(&mut blocks[16..]);
        cbc::Decryptor::inner_iv_init(self.cipher.clone(), &Array([9; 16])).decrypt_blocks(rest);
        let padding = usize::from(blocks[blocks.len() - 1]);
        black_box(
            serde_json::from_slice::<Value>(&blocks[16..blocks.len() - padding]).expect("JSON"),
        );
    }
}

/// A change of results with so many entries: usual ones have one or two.
fn document(entries: usize) -> String {
    let change = r#"{"before_status":"Lack","before_supplement":"None","current_status":"Normal","current_supplement":"CardReplacement","index":1,"work_type":"on"}"#;
    let changes = vec![change; entries].join(",");
    format!(
        r#"{{"schema":"2.0","header":{{"event_id":"0c9d8e7f6a5b4c3d2e1f001122334455","token":"token","create_time":"1760003600031","event_type":"attendance.user_task.updated_v1","tenant_key":"1d4f7a2b9c3e5086","app_id":"cli_a1b2c3d4e5f60718"}},"event":{{"date":20251009,"employee_id":"e7k2m9x4","employee_no":"N-1042","group_id":"7431190028845219842","shift_id":"7431188110274658308","status_changes":[{changes}],"task_id":"7559340011227783170","time_zone":"Asia/Shanghai"}}}}"#
    )
}
