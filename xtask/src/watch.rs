//! `generate --watch`: looks at the description again and again, and generates whenever its text changes.
//!
//! The texts themselves are compared: a description is small, and an editor's ways of saving cannot deceive it.

use std::io::{IsTerminal, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

use crate::inputs::Input;

const PAUSE: Duration = Duration::from_millis(200);

/// Calls `work` with each new state of what `load` reads, until the person presses Enter or standard input ends.
pub(crate) fn watch(
    load: impl Fn() -> Result<Input>,
    mut work: impl FnMut(Input) -> Result<()>,
) -> Result<()> {
    let stop = stop_on_input();
    let mut last = None;
    let mut trouble = String::new();
    while !stop.load(Ordering::Relaxed) {
        match load() {
            Ok(input) if last.as_ref() != Some(&input.sources.files) => {
                last = Some(input.sources.files.clone());
                trouble.clear();
                work(input)?;
            }
            Ok(_) => {}
            // In the middle of a save the root can be away for a moment; say so once, and go on.
            Err(error) if trouble != error.to_string() => {
                trouble = error.to_string();
                eprintln!("watch: {error:#}");
            }
            Err(_) => {}
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// True once a line or the end of a terminal or pipe was read. Other inputs (`/dev/null`, files) say nothing.
fn stop_on_input() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    if !can_stop() {
        return stop;
    }
    let told = Arc::clone(&stop);
    std::thread::spawn(move || {
        let _ = std::io::stdin().lock().read(&mut [0]);
        told.store(true, Ordering::Relaxed);
    });
    stop
}

#[cfg(unix)]
fn can_stop() -> bool {
    let stdin = std::io::stdin();
    let is_pipe = rustix::fs::fstat(&stdin).is_ok_and(|found| {
        rustix::fs::FileType::from_raw_mode(found.st_mode) == rustix::fs::FileType::Fifo
    });
    stdin.is_terminal() || is_pipe
}

#[cfg(not(unix))]
fn can_stop() -> bool {
    std::io::stdin().is_terminal()
}
