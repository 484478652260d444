//! The sandbox over real HTTP, row by row of what is known of the real service.

mod caller;
mod gate;
mod server;
