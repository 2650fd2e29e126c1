//! The crate through its public door.

mod groups;
mod messages;
mod soak;
mod states;
mod welcomes;
mod world;
