//! One suite for both engines: every promise of the store, kept on SQLCipher and on PostgreSQL alike.
//!
//! PostgreSQL is the server that SOTTO_TEST_POSTGRES names, else one of our own, started for the test.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise, and are told by the environment where PostgreSQL is"
)]

mod conformance {
    mod desk;
    mod faults;
    mod hub;
    mod inventory;
    mod keys;
    mod postgres;
    mod secrecy;
    mod staff;
    mod vectors;
    mod world;
}
