//! The sandbox over real HTTP, row by row of what is known of the real service.

mod approvals;
mod archive;
mod caller;
mod client;
mod delivery;
mod events;
mod faces;
mod flows;
mod gate;
mod groups;
mod leave;
mod office;
mod order;
mod remedies;
mod schedules;
mod seeds;
mod server;
mod shifts;
mod stats;
mod switches;
mod tasks;
