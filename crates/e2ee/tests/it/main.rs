//! The crate through its public door.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests")]

mod foreign;
mod groups;
mod messages;
mod rogue;
mod rules;
mod soak;
mod states;
mod welcomes;
mod world;
