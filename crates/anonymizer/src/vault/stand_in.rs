//! What stands for a value in masked texts, decided once for each spelling.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::{Entry, TokenVault};
use crate::surrogate::{self, Persona, Surrogates};
use crate::view::fold_value;
use crate::{Entity, Steps, Treatment, generalise};

/// Surrogates in one conversation at most; later values get tokens. Each new one is held against all values.
const MOST_SURROGATES: usize = 512;
/// How many surrogates are tried for a value until one is like nothing in the conversation.
const ATTEMPTS: usize = 16;

/// What stands for a spelling in masked texts.
#[derive(Clone, Zeroize, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StandIn {
    /// Not decided: the spelling is known and was not met yet. Its token can be restored.
    Undecided,
    /// Its token.
    Token,
    /// An invented value; its token where that would be misread.
    Surrogate(String),
    /// Something from which the value does not come back.
    Mark(String),
}

/// How a value of a text is to be replaced.
pub(crate) struct Choice<'a> {
    pub(crate) treatment: Treatment,
    pub(crate) steps: &'a Steps,
    /// The text that it stands in, folded: no surrogate is in it already.
    pub(crate) around: &'a str,
    pub(crate) surrogate: SurrogateHere,
}

/// Whether a surrogate can stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SurrogateHere {
    Readable,
    /// It would not be found again: a word goes on beside it, or another surrogate would be read.
    Misread,
}

/// What was written for a value.
pub(crate) struct Written {
    pub(crate) text: String,
    /// Whether the value comes back from it.
    pub(crate) comes_back: bool,
}

impl StandIn {
    pub(super) fn comes_back(&self) -> bool {
        match self {
            Self::Undecided | Self::Token | Self::Surrogate(_) => true,
            Self::Mark(_) => false,
        }
    }
}

impl TokenVault {
    /// What to write for a value, by its place in the vault or as a new one. What was decided for a spelling stays for
    /// the whole conversation.
    pub(crate) fn stand_in(
        &mut self,
        known: Option<usize>,
        entity: Entity,
        written: &str,
        choice: &Choice<'_>,
    ) -> Written {
        let position = known
            .filter(|position| *position < self.entries.len())
            .or_else(|| self.position_of(entity, written))
            .unwrap_or_else(|| self.add_value(entity, written));
        let nth = self.spelling_of(position, written);
        let decided = self.entries.get(position).and_then(|entry| entry.stand_ins.get(nth));
        if matches!(decided, Some(StandIn::Undecided)) {
            let stand_in = self.decide(position, written, choice);
            self.surrogates = OnceLock::new();
            self.generation += 1;
            if let Some(slot) = self.entries.get_mut(position).and_then(|entry| entry.stand_ins.get_mut(nth))
            {
                *slot = stand_in;
            }
        }
        match self.entries.get(position).and_then(|entry| entry.stand_ins.get(nth)) {
            Some(StandIn::Mark(mark)) => Written { text: mark.clone(), comes_back: false },
            Some(StandIn::Surrogate(surrogate)) if choice.surrogate == SurrogateHere::Readable => {
                Written { text: surrogate.clone(), comes_back: true }
            }
            _ => Written { text: self.token_of(position, nth), comes_back: true },
        }
    }

    fn decide(&mut self, position: usize, written: &str, choice: &Choice<'_>) -> StandIn {
        let entity = self.entity_at(position).unwrap_or(Entity::Text);
        match choice.treatment {
            Treatment::Keep | Treatment::Token => StandIn::Token,
            Treatment::Redact | Treatment::Block => StandIn::Mark(generalise::REDACTED.to_owned()),
            Treatment::Generalise => StandIn::Mark(generalise::generalise(entity, written, choice.steps)),
            Treatment::Surrogate => self
                .invent(position, entity, written, choice.around)
                .map_or(StandIn::Token, StandIn::Surrogate),
        }
    }

    /// A surrogate that is like no value of the conversation, no other surrogate and nothing in the text.
    fn invent(&mut self, position: usize, entity: Entity, written: &str, around: &str) -> Option<String> {
        let key = self.key.clone().filter(|_| self.entries.len() <= MOST_SURROGATES)?;
        if entity == Entity::Person {
            let entry = self.entries.get(position)?;
            let persona = entry.persona.clone().or_else(|| self.invent_persona(&key, entry, around))?;
            let surrogate = surrogate::spell(written, &entry.canonical, &persona);
            if let Some(entry) = self.entries.get_mut(position) {
                entry.persona = Some(persona);
            }
            return surrogate.filter(|surrogate| self.is_free(surrogate, around));
        }
        let attempts = (0..ATTEMPTS).filter_map(|attempt| surrogate::invent(&key, entity, written, attempt));
        attempts.into_iter().find(|surrogate| self.is_free(surrogate, around))
    }

    fn invent_persona(&self, key: &[u8; 32], entry: &Entry, around: &str) -> Option<Persona> {
        let taken = |persona: &Persona| {
            let others = self.entries.iter().filter_map(|other| other.persona.as_ref());
            others.into_iter().any(|other| other.0 == persona.0 || other.1 == persona.1)
        };
        let first = entry.spellings.first()?;
        (0..ATTEMPTS).filter_map(|attempt| surrogate::persona(key, first, attempt)).find(|persona| {
            !taken(persona) && self.is_free(&persona.0, around) && self.is_free(&persona.1, around)
        })
    }

    pub(super) fn is_free(&self, surrogate: &str, around: &str) -> bool {
        let folded = fold_value(surrogate);
        let mut hits = Vec::new();
        self.index().find(&folded, &mut hits);
        hits.is_empty() && !around.contains(&folded) && !self.surrogates().has(surrogate)
    }

    /// Every surrogate that was issued.
    pub(crate) fn surrogates(&self) -> Arc<Surrogates> {
        let build = || {
            let of = |entry: &Entry| {
                let (entity, id) = (entry.entity, entry.id);
                let surrogate = |(nth, stand_in): (u32, &StandIn)| match stand_in {
                    StandIn::Surrogate(surrogate) => Some((surrogate.clone(), (entity, id, nth))),
                    StandIn::Undecided | StandIn::Token | StandIn::Mark(_) => None,
                };
                (1..).zip(&entry.stand_ins).filter_map(surrogate).collect::<Vec<_>>()
            };
            Arc::new(Surrogates::new(self.entries.iter().flat_map(of)))
        };
        Arc::clone(self.surrogates.get_or_init(build))
    }
}
