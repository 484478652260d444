//! A log sink that shows everything, so that a secret in any log line can be found.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

pub(crate) fn install() {
    // Only a second sink could be in the way, and there is none.
    let _ = tracing::subscriber::set_global_default(Stderr::default());
    // reqwest and the check of certificates speak through `log`.
    let _ = log::set_logger(&Records);
    log::set_max_level(log::LevelFilter::Trace);
}

struct Records;

impl log::Log for Records {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        Line(format!(
            "{} {} {}",
            record.level(),
            record.target(),
            record.args()
        ))
        .print();
    }

    fn flush(&self) {}
}

#[derive(Default)]
struct Stderr {
    spans: AtomicU64,
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Line {
    fn of(metadata: &Metadata<'_>) -> Self {
        Self(format!(
            "{} {} {}",
            metadata.level(),
            metadata.target(),
            metadata.name()
        ))
    }

    fn print(self) {
        let _ = writeln!(std::io::stderr().lock(), "{}", self.0);
    }
}

impl Subscriber for Stderr {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line::of(span.metadata());
        span.record(&mut line);
        line.print();
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line(String::from("RECORD"));
        values.record(&mut line);
        line.print();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::of(event.metadata());
        event.record(&mut line);
        line.print();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
