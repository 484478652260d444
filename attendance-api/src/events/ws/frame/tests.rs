//! The codec against known frames and against prost.

use proptest::prelude::*;
use prost::Message;

use super::*;

/// The same message for the oracle.
#[derive(Clone, PartialEq, Message)]
struct OracleFrame {
    #[prost(uint64, required, tag = "1")]
    seq_id: u64,
    #[prost(uint64, required, tag = "2")]
    log_id: u64,
    #[prost(int32, required, tag = "3")]
    service: i32,
    #[prost(int32, required, tag = "4")]
    method: i32,
    #[prost(message, repeated, tag = "5")]
    headers: Vec<OracleHeader>,
    #[prost(string, optional, tag = "6")]
    payload_encoding: Option<String>,
    #[prost(string, optional, tag = "7")]
    payload_type: Option<String>,
    #[prost(bytes = "vec", optional, tag = "8")]
    payload: Option<Vec<u8>>,
    #[prost(string, optional, tag = "9")]
    log_id_new: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct OracleHeader {
    #[prost(string, required, tag = "1")]
    key: String,
    #[prost(string, required, tag = "2")]
    value: String,
}

impl From<&Frame> for OracleFrame {
    fn from(frame: &Frame) -> Self {
        let header = |header: &Header| OracleHeader {
            key: header.key.clone(),
            value: header.value.clone(),
        };
        Self {
            seq_id: frame.seq_id,
            log_id: frame.log_id,
            service: frame.service,
            method: frame.method,
            headers: frame.headers.iter().map(header).collect(),
            payload_encoding: frame.payload_encoding.clone(),
            payload_type: frame.payload_type.clone(),
            payload: frame.payload.as_ref().map(|payload| payload.to_vec()),
            log_id_new: frame.log_id_new.clone(),
        }
    }
}

fn frames() -> impl Strategy<Value = Frame> {
    let header = (".{0,8}", ".{0,8}").prop_map(|(key, value)| Header { key, value });
    let numbers = (any::<u64>(), any::<u64>(), any::<i32>(), any::<i32>());
    let texts = (
        prop::option::of(".{0,9}"),
        prop::option::of(".{0,9}"),
        prop::option::of(".{0,9}"),
    );
    let payload = prop::option::of(prop::collection::vec(any::<u8>(), 0..300));
    (numbers, prop::collection::vec(header, 0..6), texts, payload).prop_map(
        |(numbers, headers, texts, payload)| Frame {
            seq_id: numbers.0,
            log_id: numbers.1,
            service: numbers.2,
            method: numbers.3,
            headers,
            payload_encoding: texts.0,
            payload_type: texts.1,
            payload: payload.map(Bytes::from),
            log_id_new: texts.2,
        },
    )
}

fn hex(text: &str) -> Bytes {
    let digits: Vec<u8> = text
        .bytes()
        .map(|byte| (byte as char).to_digit(16).expect("a hexadecimal digit") as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

#[test]
fn a_ping_is_what_the_official_clients_send() {
    let ping = Frame::ping(33_554_678);
    assert_eq!(
        ping.encode(),
        hex("0800100018f681801020002a0c0a0474797065120470696e67")
    );
    let with_empty_texts = hex("0800100018f681801020002a0c0a0474797065120470696e6732003a004a00");
    let decoded = Frame::decode(&with_empty_texts).expect("a frame");
    assert_eq!(
        (decoded.header("type"), decoded.service),
        (Some("ping"), 33_554_678)
    );
    assert_eq!(decoded.encode(), with_empty_texts);
}

#[test]
fn a_surplus_of_headers_is_no_frame() {
    let headers = |count| vec![Header::default(); count];
    let full = Frame {
        headers: headers(MAX_HEADERS),
        ..Frame::default()
    };
    assert_eq!(Frame::decode(&full.encode().into()), Ok(full));
    let surplus = Frame {
        headers: headers(MAX_HEADERS + 1),
        ..Frame::default()
    };
    assert_eq!(Frame::decode(&surplus.encode().into()), Err(BadFrame));
}

#[test]
fn groups_are_skipped_and_must_close() {
    // Field 10, a group that holds a number and a group; then seq_id 5.
    let skipped = Frame::decode(&hex("53080153545408 05".replace(' ', "").as_str()).slice(..))
        .map(|frame| frame.seq_id);
    assert_eq!(skipped, Ok(5));
    for open in [
        "53",
        "530801",
        "5308015c",
        "54",
        "5353535353535353535353535353535353535353",
    ] {
        assert_eq!(Frame::decode(&hex(open)), Err(BadFrame), "{open}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn what_we_write_is_what_prost_writes_and_reads(frame in frames()) {
        let bytes = frame.encode();
        prop_assert_eq!(&OracleFrame::from(&frame).encode_to_vec(), &bytes);
        prop_assert_eq!(Frame::decode(&bytes.into()), Ok(frame));
    }

    #[test]
    fn spoiled_frames_are_read_as_prost_reads_them(frame in frames(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = frame.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len() * 2).max(1));
        compare(bytes)?;
    }

    #[test]
    fn any_bytes_are_read_as_prost_reads_them(bytes in prop::collection::vec(prop_oneof![0_u8..80, any::<u8>()], 0..60)) {
        compare(bytes)?;
    }
}

/// How many cases a property tries; set `FRAME_CASES` for more in a release run.
fn cases() -> u32 {
    std::env::var("FRAME_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2000)
}

fn compare(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let expected = OracleFrame::decode(&*bytes);
    let ours = Frame::decode(&bytes.into());
    prop_assert_eq!(ours.as_ref().map(OracleFrame::from).ok(), expected.ok());
    Ok(())
}
