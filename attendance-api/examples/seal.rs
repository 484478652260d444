//! Makes a callback as Feishu would send it, for trying a handler by hand.
//!
//! `seal --encrypt-key K [--timestamp S] [--nonce N] [--curl URL] [FILE]`
//!
//! Reads a document from FILE or from standard input; prints headers and body as JSON, or a curl command for URL.

use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};

use attendance_api::events::{BoxError, EncryptKey};

#[derive(Default)]
struct Options {
    encrypt_key: String,
    timestamp: Option<String>,
    nonce: Option<String>,
    curl: Option<String>,
    file: Option<String>,
}

fn main() -> Result<(), BoxError> {
    let options = parse(std::env::args().skip(1))?;
    let mut document = Vec::new();
    match &options.file {
        Some(file) => document = std::fs::read(file)?,
        None => _ = std::io::stdin().read_to_end(&mut document)?,
    }
    let key = EncryptKey::new(&options.encrypt_key);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)?
        .as_secs()
        .to_string();
    let timestamp = options.timestamp.unwrap_or(now);
    let nonce = options.nonce.unwrap_or_else(|| random().to_string());
    let iv = (u128::from(random()) << 64 | u128::from(random())).to_ne_bytes();
    let body = serde_json::json!({ "encrypt": key.encrypt(&document, iv) }).to_string();
    let signature = key.sign(&timestamp, &nonce, body.as_bytes());
    match options.curl {
        Some(url) => println!(
            "curl '{url}' -H 'Content-Type: application/json' -H 'X-Lark-Request-Timestamp: {timestamp}' \
             -H 'X-Lark-Request-Nonce: {nonce}' -H 'X-Lark-Signature: {signature}' -d '{body}'"
        ),
        None => {
            let headers = serde_json::json!({
                "Content-Type": "application/json",
                "X-Lark-Request-Timestamp": timestamp,
                "X-Lark-Request-Nonce": nonce,
                "X-Lark-Signature": signature,
            });
            println!(
                "{}",
                serde_json::json!({ "headers": headers, "body": body })
            );
        }
    }
    Ok(())
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, BoxError> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        if !name.starts_with("--") {
            options.file = Some(name);
            continue;
        }
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        match &*name {
            "--encrypt-key" => options.encrypt_key = value,
            "--timestamp" => options.timestamp = Some(value),
            "--nonce" => options.nonce = Some(value),
            "--curl" => options.curl = Some(value),
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    if options.encrypt_key.is_empty() {
        Err("--encrypt-key is missing".into())
    } else {
        Ok(options)
    }
}

/// Every `RandomState` has a key of its own. Good enough for a try; a platform takes a generator for secrets.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}
