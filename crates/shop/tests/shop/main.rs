//! The shop's service through its public door.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod contract;
mod orders;
mod service;
