//! Events from the outside: what a callback or a long connection brings, and what handlers see of it.

#[cfg(all(feature = "axum", feature = "hyper"))]
mod adapters;
mod dispatching;
mod forgeries;
mod hostile;
mod support;
mod vectors;
mod volume;
