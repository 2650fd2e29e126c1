//! Finds what identifies a person in a message, puts a token in its place and the value back into the answer.
//!
//! Purpose: [`Anonymizer::mask`] turns [`Plaintext`] into [`AnonymizedText`], the only text that may go to a
//! language model; [`TokenVault::restore`], [`StreamRestorer`] and [`JsonRestorer`] turn the answer back; [`LeakGuard`] looks
//! once more at the finished bytes before they leave.
//! Boundary: no I/O, no clock, no randomness, no runtime; imports only `encoder`.
//! Invariants:
//! - Only this crate makes [`AnonymizedText`].
//! - `restore(mask(text))` is `text`, for every text, and however the stream is cut.
//! - No value of the vault with four digits or six letters is left in a masked text, but for a name that is also
//!   a common word, written as that word ("may", "summer").
//! - A token is issued once for a value and stays for the whole conversation; what a customer typed to look like
//!   a token is hidden behind a token of its own and comes back as typed.
//! - [`Plaintext`], [`TokenVault`], [`LeakGuard`] show nothing in `Debug` and have no `Display` or `Serialize`.

mod categories;
mod entity;
mod generalise;
mod guard;
mod history;
mod irreversible;
mod mask;
mod names;
mod policy;
mod recognise;
mod resolve;
mod restore;
mod restore_json;
mod surrogate;
mod tagger;
mod text;
mod token;
mod values;
mod vault;
mod view;

pub use categories::{Category, SentenceCategory, categories};
pub use entity::Entity;
pub use guard::{Leak, LeakGuard};
pub use irreversible::IrreversibleText;
pub use mask::{Anonymizer, Blocked, Explanation, Options, Span, Speaker};
pub use policy::{AddressStep, AgeStep, DateStep, Policy, PolicyError, PolicyFault, Steps, Treatment};
pub use recognise::names_model::{NamesModel, NoNames};
pub use restore::{Restored, StreamRestorer};
pub use restore_json::JsonRestorer;
#[doc(hidden)]
pub use tagger::training as tagger_training;
pub use text::{AnonymizedText, CuratedText, Plaintext};
pub use token::{TokenInText, tokens_in};
pub use vault::{TokenVault, VaultError};

#[cfg(test)]
mod tests;
