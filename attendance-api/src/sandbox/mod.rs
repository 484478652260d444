//! An attendance server of one's own: it behaves like the real one where that is known.
//!
//! [`Sandbox::start`] serves real HTTP on a free port of the loopback address, from a thread of its own. Requests are
//! held against the same description that the client is made from.
//!
//! ```
//! use attendance_api::sandbox::{Fault, Sandbox, User};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::builder().empty().now(1_772_596_800).start_blocking()?;
//! sandbox.add_users([User::new("e1").name("Ann"), User::new("boss").admin()]);
//! sandbox.fail_next("shift.list", 500, 1_225_000);
//! let client = sandbox.client()?;
//! // ... calls of `client`, then:
//! sandbox.assert_calls("shift.list", 0);
//! # Ok(())
//! # }
//! ```
//!
//! - **State**: [`Sandbox::seed`] describes a tenant, [`Sandbox::punch`] lets somebody punch. Results are judged when they
//!   are asked for, by the plans, punches, approvals and corrections of that moment.
//! - **Time**: the computer's, until [`Sandbox::set_now`] stops it. Tokens, limits, results and repeated events go by it.
//! - **Faults**: [`Sandbox::fault`] refuses, delays or cuts a coming call; [`Switches`] choose among behaviours that the
//!   sources disagree on.
//! - **Events**: [`Sandbox::events`] keeps them, [`Sandbox::on_event`] tells them, [`Sandbox::deliver`] sends them to a
//!   callback; a long connection gets them when it is open.
//! - **Looking**: [`Sandbox::requests`] for tests; for people a page at [`Sandbox::base_url`].
//!
//! The program `attendance-sandbox` serves the same for clients in any language.
//!
//! # Seeds
//!
//! A JSON object, or the same in YAML. Every member is optional, an unknown one is refused. Days are `yyyyMMdd`, or small
//! numbers that count from today (`-1` is yesterday).
//!
//! | member | what it holds |
//! |---|---|
//! | `now` | `2026-03-02 09:00:00` in Shanghai, or seconds: the clock stands there |
//! | `users` | `id`, and if wanted `employee_no`, `open_id`, `name`, `departments` (own to root), `hidden`, `admin`, `joined`, `left` |
//! | `generate_users` | `count`, `prefix`, `departments`: people `u1`, `u2`, ... |
//! | `shifts` | bodies of `shift.create`, with `shift_id` if it is to be known |
//! | `groups` | `group` of `group.create`, with `group_id` if it is to be known; they rule the past too |
//! | `schedules` | `group_id`, `from`, `to`, `shift_ids` (they take turns; `0` is rest), `users` (all members without it) |
//! | `fill_punches` | `from`, `to`, `users`: punches by the plans, a few of them late, early or missing, the same in every run |
//! | `punches` | `user_id`, `time` (`2026-03-02 08:55`), `location_name`, `comment`, `is_field`, `pending` |
//! | `archive_rules` | `id`, `name`, `columns` (`code`, `title`, `upper_titles`) |
//! | `leave_grants` | `employment_id`, `leave_type_id`, `quantity`, `effective`, `expires`, `id`, `left`, `unit`, `source` (1 the system, 2 by hand) |
//! | `sealed` | `from`, `to` of periods in which nothing can be changed |
//! | `began` | the day on which the tenant began with attendance |
//!
//! # Limits
//!
//! No calendars of holidays, no carrying over from a late evening to the next morning (`late_off_late_on_rule`), no breaks
//! in working time. Zones are the common ones and written offsets.

mod builder;
mod control;
mod planting;

mod core;
mod gate;
mod http;

mod contract;
mod limit;
mod tokens;

mod service;

mod seed;
mod world;

mod courier;
mod delivery;
mod events;
mod line;

mod clock;
mod fault;
mod journal;
mod switches;

mod answer;
mod console;
mod page;
mod shape;
mod text;

pub use builder::SandboxBuilder;
pub use control::Sandbox;
pub use delivery::{DeliveryAttempt, DeliveryPlan};
pub use events::{EmittedEvent, EventSink};
pub use fault::{Cut, Fault};
pub use journal::RecordedRequest;
pub use planting::{SeedError, User};
pub use switches::{Guesses, ScopeErrorForm, Switches};

/// The smallest PNG: one transparent pixel. A face photo for tests.
pub const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0x60, 0, 0, 0, 5, 0, 1, 0xa5, 0xf6, 0x45, 0x40, 0, 0, 0, 0,
    b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];
