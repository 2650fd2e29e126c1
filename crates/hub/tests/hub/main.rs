//! The hub through its public door: real sockets, a real store in a file, a clock that the tests move.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(
    clippy::disallowed_methods,
    reason = "a test is a program of its own: it starts tasks and processes"
)]

mod bad_input;
mod crash;
mod desk;
mod http;
mod limits;
mod locked;
mod log_safety;
mod order;
mod sockets;
mod storage;
mod support;
mod tls;
