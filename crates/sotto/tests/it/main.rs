//! The program through its own door: the command line.

mod commands;
mod doctor;
mod program;
mod sandbox;
mod up;
