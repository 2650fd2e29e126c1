//! The program through its own door: the command line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod anonymizer;
mod commands;
mod conversations;
mod doctor;
mod documents;
mod flows;
mod knowledge;
mod program;
mod publishing;
mod sandbox;
mod tools;
mod up;
