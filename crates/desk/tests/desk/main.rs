//! The desk through its public door, with a real hub, real stores and a device that speaks MLS.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

#[path = "../../../llm/tests/aimock/mod.rs"]
mod aimock;
mod codes;
mod conversation;
mod device;
mod faults;
mod flows;
mod hub_trust;
mod injection;
mod machine;
mod model;
mod model_stop;
#[path = "../../../assistant/tests/it/obedient.rs"]
mod obedient;
mod people;
mod record;
mod relay;
mod staff;
mod vectors;
mod world;
