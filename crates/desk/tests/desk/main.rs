//! The desk through its public door, with a real hub, real stores and a device that speaks MLS.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod conversation;
mod device;
mod faults;
mod flows;
mod hub_trust;
mod injection;
mod machine;
#[path = "../../../assistant/tests/it/obedient.rs"]
mod obedient;
mod people;
mod record;
mod staff;
mod world;
