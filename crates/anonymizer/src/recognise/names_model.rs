//! The larger model for names: a token classifier that is installed beside the program (Rampart, CC BY 4.0), and what
//! it says of each word.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use encoder::{Encoder, Scratch};

use crate::tagger::{Opinion, Opinions};

/// A model that knows given names, family names and the parts of addresses in seven languages. It is immutable: make
/// one and share it.
pub struct NamesModel {
    encoder: Encoder,
    /// What each of the encoder's labels stands for, in their order.
    classes: Vec<Class>,
    /// Room to work in, for as many threads as were ever busy at once.
    rooms: Mutex<Vec<Scratch>>,
}

/// The model has no label for a person's name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model {0} does not tell names")]
pub struct NoNames(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Person,
    /// What leads to a door.
    Address,
    Place,
    /// No name, or a value that has a form of its own.
    Other,
}

impl Class {
    fn of(label: &str) -> Self {
        match label.trim_start_matches("B-").trim_start_matches("I-") {
            "GIVEN_NAME" | "SURNAME" => Self::Person,
            "BUILDING_NUMBER" | "STREET_NAME" | "SECONDARY_ADDRESS" | "ZIP_CODE" => Self::Address,
            "CITY" | "STATE" => Self::Place,
            _ => Self::Other,
        }
    }
}

impl NamesModel {
    /// Takes a model with labels for names.
    ///
    /// # Errors
    /// When it has none.
    pub fn new(encoder: Encoder) -> Result<Self, NoNames> {
        let classes: Vec<Class> = encoder.labels().iter().map(|label| Class::of(label)).collect();
        if !classes.contains(&Class::Person) {
            return Err(NoNames(encoder.name().to_owned()));
        }
        Ok(Self { encoder, classes, rooms: Mutex::default() })
    }

    /// What it says of each part of a word.
    #[must_use]
    pub fn read(&self, text: &str) -> Opinions {
        let rooms = || self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = rooms().pop().unwrap_or_default();
        let mut parts = Vec::new();
        self.encoder.classify(&self.encoder.tokens(text), &mut room, |encoding| {
            let mut opinion = Opinion::default();
            for (class, share) in self.classes.iter().zip(encoding.probabilities) {
                match class {
                    Class::Person => opinion.person += share,
                    Class::Address => opinion.address += share,
                    Class::Place => opinion.place += share,
                    Class::Other => opinion.outside += share,
                }
            }
            parts.push((encoding.piece.range(), opinion));
        });
        rooms().push(room);
        Opinions::new(parts)
    }
}

impl fmt::Debug for NamesModel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NamesModel").field("name", &self.encoder.name()).finish_non_exhaustive()
    }
}
