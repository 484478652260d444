//! Opens a captured callback body and says which check fails.
//!
//! `decrypt --encrypt-key K [--verification-token T] [--timestamp S --nonce N --signature HEX] [FILE]`
//!
//! Reads the body from FILE or from standard input, byte for byte as it was received; exits with 1 if a check fails.
//! For a person at a desk: a server must never tell its callers what this program tells.

use std::io::{Read, Write};
use std::process::ExitCode;

use attendance_api::events::{BoxError, DecryptError, EncryptKey};
use serde_json::Value;

const USAGE: &str = "usage: decrypt --encrypt-key K [--verification-token T] [--timestamp S --nonce N --signature HEX] [FILE]";

#[derive(Default)]
struct Options {
    encrypt_key: String,
    verification_token: Option<String>,
    timestamp: Option<String>,
    nonce: Option<String>,
    signature: Option<String>,
    file: Option<String>,
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)).and_then(|options| Ok((read(&options)?, options))) {
        Ok((body, options)) => run(&body, &options),
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            ExitCode::from(2)
        }
    }
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
            "--verification-token" => options.verification_token = Some(value),
            "--timestamp" => options.timestamp = Some(value),
            "--nonce" => options.nonce = Some(value),
            "--signature" => options.signature = Some(value),
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    if options.encrypt_key.is_empty() {
        Err("--encrypt-key is missing".into())
    } else {
        Ok(options)
    }
}

fn read(options: &Options) -> Result<Vec<u8>, BoxError> {
    let mut body = Vec::new();
    match &options.file {
        Some(file) => body = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?,
        None => drop(std::io::stdin().read_to_end(&mut body)?),
    }
    Ok(body)
}

fn run(body: &[u8], options: &Options) -> ExitCode {
    let key = EncryptKey::new(&options.encrypt_key);
    let signature = check_signature(&key, body, options);
    let document = open(&key, body);
    let token = document
        .as_ref()
        .map_or(Ok("not reached".into()), |document| {
            check_token(document, options)
        });
    report("signature", &signature);
    report(
        "decryption",
        &document
            .as_ref()
            .map(|_| "good".to_owned())
            .map_err(Clone::clone),
    );
    report("token", &token);
    if let Ok(document) = &document {
        // Nobody to read it, such as a pager that was closed, is no fault.
        let _ = writeln!(std::io::stdout(), "{document:#}");
    }
    if signature.is_ok() && document.is_ok() && token.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn report(check: &str, result: &Result<String, String>) {
    match result {
        Ok(remark) => eprintln!("{check}: {remark}"),
        Err(fault) => eprintln!("{check}: FAILED, {fault}"),
    }
}

fn check_signature(key: &EncryptKey, body: &[u8], options: &Options) -> Result<String, String> {
    let (timestamp, nonce, signature) =
        match (&options.timestamp, &options.nonce, &options.signature) {
            (Some(timestamp), Some(nonce), Some(signature)) => (timestamp, nonce, signature),
            (None, None, None) => {
                return Ok("not checked; the URL check has none, every event has one".into());
            }
            _ => return Err("timestamp, nonce and signature belong together".into()),
        };
    if timestamp.len() != 10 || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the timestamp is not exactly ten digits".into());
    }
    if key.verify(
        timestamp.as_bytes(),
        nonce.as_bytes(),
        body,
        signature.as_bytes(),
    ) {
        return Ok(format!("good, made at {timestamp}"));
    }
    let lower = signature.to_ascii_lowercase();
    Err(
        if key.verify(
            timestamp.as_bytes(),
            nonce.as_bytes(),
            body,
            lower.as_bytes(),
        ) {
            "good but for its upper-case digits; Feishu sends lower case".into()
        } else if key.verify(
            timestamp.as_bytes(),
            nonce.as_bytes(),
            body.trim_ascii(),
            signature.as_bytes(),
        ) {
            "good without the white space around the body; capture the body unchanged".into()
        } else {
            "it does not belong to this body, timestamp, nonce and key".into()
        },
    )
}

fn open(key: &EncryptKey, body: &[u8]) -> Result<Value, String> {
    let outer: Value = serde_json::from_slice(body)
        .map_err(|error| format!("the body is not one JSON value: {error}"))?;
    let encrypted = match outer.get("encrypt").and_then(Value::as_str) {
        Some(encrypted) => encrypted,
        None => return Err("the body has no text `encrypt`: it is not encrypted".into()),
    };
    let text = key.decrypt(encrypted).map_err(|error| match error {
        DecryptError::Padding => {
            "the padding is wrong: another Encrypt Key, or an altered text".to_owned()
        }
        _ => "`encrypt` is not base64 of whole blocks: a part is missing".to_owned(),
    })?;
    serde_json::from_slice(&text)
        .map_err(|error| format!("the decrypted text is not one JSON value: {error}"))
}

fn check_token(document: &Value, options: &Options) -> Result<String, String> {
    let token = document
        .pointer("/header/token")
        .or_else(|| document.get("token"))
        .and_then(Value::as_str);
    match (&options.verification_token, token) {
        (None, _) => Ok("not checked".into()),
        (Some(expected), Some(token)) if expected == token => Ok("good".into()),
        (Some(_), Some(_)) => Err("the document has another Verification Token".into()),
        (Some(_), None) => Err("the document has no Verification Token".into()),
    }
}
