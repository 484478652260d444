//! Bodies without an end, plain and packed: refused at the cap, with little memory beside it.
//!
//! A binary of its own, since its allocator counts for the whole process: client and server together.

#[allow(dead_code, reason = "shared with the other loopback tests")]
#[path = "loopback/support.rs"]
mod support;

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::time::{Duration, Instant};

use attendance_api::ErrorClass;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use support::{Act, Server, read};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MIB: isize = 1024 * 1024;

/// What a client may take above idle for one answer.
const MOST: isize = 64 * MIB;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_an_end_takes_little_memory() {
    let head = |rest: &str| {
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{rest}\r\n").into_bytes()
    };
    let (begin, again) = bomb();
    let unpacked = [head("content-encoding: gzip\r\n"), begin].concat();
    #[cfg_attr(
        not(feature = "gzip"),
        allow(
            unused_mut,
            reason = "a client that cannot unpack refuses by the media type"
        )
    )]
    let mut cases = vec![
        ("spaces", head(""), vec![b' '; 64 * 1024]),
        (
            "a text that never ends",
            [head(""), b"{\"code\":0,\"data\":\"".to_vec()].concat(),
            vec![b'a'; 64 * 1024],
        ),
        (
            "a length that is a lie",
            head("content-length: 9000000000000000000\r\n"),
            vec![b' '; 64 * 1024],
        ),
    ];
    #[cfg(feature = "gzip")]
    cases.push((
        "gzip of nothing but zeros",
        unpacked.clone(),
        again.repeat(256),
    ));
    for (name, head, piece) in cases {
        let server = Server::always(Act::Flood(head, piece)).await;
        let client = server.client();
        let peak = Peak::start();
        let start = Instant::now();
        let error = read(&client).await.expect_err(name);
        let (took, above) = (start.elapsed(), peak.end());
        assert_eq!(error.class(), ErrorClass::TooLarge, "{name}: {error:?}");
        assert!(took < Duration::from_secs(3), "{name}: {took:?}");
        assert!(above <= MOST, "{name}: {} MiB above idle", above / MIB);
        // It read up to the cap, so the figure says something.
        assert!(above >= 7 * MIB, "{name}: {above} bytes above idle");
    }
    // Without the feature the packed bytes are no JSON, and their number is bounded like any other's.
    #[cfg(not(feature = "gzip"))]
    {
        let server = Server::always(Act::Flood(unpacked, again.repeat(256))).await;
        let error = read(&server.client()).await.expect_err("packed");
        assert!(
            matches!(
                error.class(),
                ErrorClass::TooLarge | ErrorClass::ContentType
            ),
            "{error:?}"
        );
    }
}

/// Watches the heap from a thread of its own.
struct Peak {
    before: isize,
    most: Arc<AtomicIsize>,
    stop: Arc<AtomicBool>,
    watch: std::thread::JoinHandle<()>,
}

impl Peak {
    fn start() -> Self {
        let (before, most, stop) = (
            live(),
            Arc::new(AtomicIsize::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let (seen, done) = (Arc::clone(&most), Arc::clone(&stop));
        let watch = std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                seen.fetch_max(live(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        Self {
            before,
            most,
            stop,
            watch,
        }
    }

    fn end(self) -> isize {
        self.stop.store(true, Ordering::Relaxed);
        self.watch.join().expect("watching does not panic");
        self.most.load(Ordering::Relaxed) - self.before
    }
}

/// Bytes on the heap; what is allocated anew in place is in both figures already.
fn live() -> isize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.cast_signed() - stats.bytes_deallocated.cast_signed()
}

/// A gzip stream in two parts: how it begins, and what may follow any number of times, 159 zeros a byte.
fn bomb() -> (Vec<u8>, Vec<u8>) {
    let mut bits = Bits::default();
    bits.low_first(0b0, 1); // not the last block
    bits.low_first(0b01, 2); // fixed codes
    bits.high_first(0b0011_0000, 8); // the byte 0
    bits.zeros(); // fills the third byte
    let begin = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff][..], &bits.bytes()].concat();
    let mut bits = Bits::default();
    (0..8).for_each(|_| bits.zeros());
    (begin, bits.bytes())
}

#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn low_first(&mut self, value: u32, count: u32) {
        self.0
            .extend((0..count).map(|place| value >> place & 1 == 1));
    }

    fn high_first(&mut self, value: u32, count: u32) {
        self.0
            .extend((0..count).rev().map(|place| value >> place & 1 == 1));
    }

    /// 258 times the last byte: length code 285, distance code 0; 13 bits.
    fn zeros(&mut self) {
        self.high_first(0b1100_0101, 8);
        self.high_first(0, 5);
    }

    fn bytes(&self) -> Vec<u8> {
        assert_eq!(self.0.len() % 8, 0, "whole bytes");
        let byte = |bits: &[bool]| {
            bits.iter()
                .rev()
                .fold(0, |byte, bit| byte << 1 | u8::from(*bit))
        };
        self.0.chunks(8).map(byte).collect()
    }
}
