//! An attendance server of one's own: it behaves like the real one where that is known.
//!
//! [`Sandbox::start`] serves real HTTP on a free port of the loopback address, from a thread of its own. Requests are
//! held against the same description that the client is made from.
//!
//! ```
//! # use attendance_api::sandbox::Sandbox;
//! # fn main() -> std::io::Result<()> {
//! let sandbox = Sandbox::start_blocking()?;
//! println!("{} {} {}", sandbox.base_url(), sandbox.app_id(), sandbox.app_secret());
//! # Ok(())
//! # }
//! ```

mod answer;
mod clock;
mod console;
mod contract;
mod control;
mod core;
mod courier;
mod delivery;
mod events;
mod fault;
mod http;
mod journal;
mod limit;
mod line;
mod page;
mod seed;
mod service;
mod shape;
mod switches;
mod text;
mod tokens;
mod world;

use console::{page_html, state_json};
pub use control::{Sandbox, SandboxBuilder, SeedError, User};
pub use delivery::{DeliveryAttempt, DeliveryPlan};
pub use events::{EmittedEvent, EventSink};
pub use fault::{Cut, Fault};
pub use journal::RecordedRequest;
pub use switches::{Guesses, ScopeErrorForm, Switches};

/// The smallest PNG: one transparent pixel. A face photo for tests.
pub const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0x60, 0, 0, 0, 5, 0, 1, 0xa5, 0xf6, 0x45, 0x40, 0, 0, 0, 0,
    b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];
