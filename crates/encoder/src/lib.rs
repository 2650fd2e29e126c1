//! Small text encoders on the CPU: which label each word piece of a text has, and what a text is about.
//!
//! Purpose: [`Encoder`] runs a model of the MiniLM family (six layers of 384) that was converted to [`ModelFile`]:
//! [`Encoder::classify`] gives probabilities for each word piece and its last hidden state, [`Encoder::embed`] one
//! vector for a text. [`multilingual::Multilingual`] gives a vector for a text in any of sixteen languages, by a model of
//! another kind.
//! Boundary: no I/O, no clock, no randomness, no threads; imports no other crate of the project. It knows nothing of
//! what labels mean.
//! Invariants:
//! - Every back end gives the same bits: products are added up as integers, and what is done in floating point has one
//!   order of operations, without fused ones, on every machine.
//! - A file is checked whole when it is loaded; after that nothing depends on what it holds. No file and no text makes
//!   it panic.
//! - Cost and memory are bounded: time is linear in the text, and a window of at most [`WINDOW`] pieces is worked on at
//!   a time, whatever the text's length (128 in the other kind of model).
//! - `unsafe` is only in `multiply` (intrinsics), each use with the reason why it is sound.

mod encoder;
mod file;
mod floats;
mod layer;
mod matrix;
pub mod multilingual;
mod multiply;
mod tokens;
mod vocabulary;

pub use encoder::{Encoder, Encoding, OVERLAP, WINDOW};
pub use file::{Dimensions, LayerFile, MatrixFile, ModelError, ModelFile, Source};
pub use layer::Scratch;
pub use multiply::Backend;
pub use tokens::{Piece, Tokens};
