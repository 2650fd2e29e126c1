//! The crate through its public door.

mod foreign;
mod groups;
mod messages;
mod rogue;
mod rules;
mod soak;
mod states;
mod welcomes;
mod world;
