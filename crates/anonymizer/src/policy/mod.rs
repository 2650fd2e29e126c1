//! What a business decides about its customers' values, in one TOML file: what becomes of each kind, what is its own
//! and no secret, what is always one, and what only it writes.
//!
//! A file is read once, at start. Everything in it that is wrong is told at once, with its line and what to write
//! instead. The business's own recognisers carry examples; an example that fails refuses the policy.

mod check;
mod denied;
mod own;
mod raw;

use std::collections::BTreeMap;
use std::fmt;

use crate::Entity;
use crate::recognise::Recogniser;

#[cfg(test)]
pub(crate) use check::can_be;
pub(crate) use denied::Denied;
pub(crate) use own::{OwnRecogniser, OwnRecognisers};

/// What becomes of a value in a masked text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It stays as it is. A value that the vault knows already is still masked.
    Keep,
    /// A token stands for it, and becomes the value again in an answer.
    Token,
    /// An invented value of the same kind stands for it, and becomes the value again in an answer. A vault without a
    /// key ([`crate::TokenVault::keyed`]), a value that nothing can be invented for and a place where the invented one
    /// would be misread get a token.
    Surrogate,
    /// A coarser value stands for it: the month, a span of ages, an area. It does not become the value again.
    Generalise,
    /// A mark stands for it. It does not become the value again.
    Redact,
    /// A message with such a value may not go to a model at all: masking it fails.
    Block,
}

impl Treatment {
    pub(crate) const ALL: [(&'static str, Self); 6] = [
        ("keep", Self::Keep),
        ("token", Self::Token),
        ("surrogate", Self::Surrogate),
        ("generalise", Self::Generalise),
        ("redact", Self::Redact),
        ("block", Self::Block),
    ];
}

/// How far a date is generalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateStep {
    /// To its month.
    #[default]
    Month,
    /// To its year.
    Year,
}

/// How far an age is generalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgeStep {
    /// To ten years.
    #[default]
    Decade,
    /// Ages over 89 are one; the others stay (45 CFR 164.514(b)(2)(i)(C)).
    Over89,
}

/// How far an address is generalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressStep {
    /// To a mark that says no more than that it was a place.
    #[default]
    Area,
    /// To the first three digits of a postcode of the United States, where more than 20,000 people live there (45 CFR
    /// 164.514(b)(2)(i)(B)).
    Zip3,
}

/// How far values are generalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Dates, of birth too.
    pub dates: DateStep,
    /// Ages.
    pub ages: AgeStep,
    /// Addresses and places.
    pub addresses: AddressStep,
}

/// A checked policy. The default is [`Policy::support`].
#[derive(Clone)]
pub struct Policy {
    pub(crate) treatments: BTreeMap<Entity, Treatment>,
    pub(crate) rest: Treatment,
    pub(crate) minimum_score: u8,
    pub(crate) steps: Steps,
    pub(crate) allowed: Vec<String>,
    denied: Vec<(Entity, String)>,
    own: Vec<OwnRecogniser>,
}

impl Policy {
    /// The policies that come with the program, by name, with the text of their files in `content/policies/`.
    pub const BUILT_IN: [(&'static str, &'static str); 3] = [
        ("support", include_str!("../../../../content/policies/support.toml")),
        ("strict", include_str!("../../../../content/policies/strict.toml")),
        ("hipaa", include_str!("../../../../content/policies/hipaa.toml")),
    ];

    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`] with everything that is wrong in it: a key or a word that there is not, a treatment that a kind
    /// cannot have, a pattern that is none or too large, an example that fails.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        check::policy(raw::read(text)?, text)
    }

    /// A policy that comes with the program.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = Self::BUILT_IN.into_iter().find(|(known, _)| *known == name)?;
        Some(Self::parse(text).expect("a test reads each of them"))
    }

    /// For a support desk: what leads to a person becomes a token; towns, companies, dates and ages stay.
    #[must_use]
    pub fn support() -> Self {
        Self::built_in("support").expect("it is one of the built-in ones")
    }

    /// Everything becomes a token.
    #[must_use]
    pub fn strict() -> Self {
        Self::built_in("strict").expect("it is one of the built-in ones")
    }

    /// What becomes of values of a kind. Text that only looks like a token is always hidden behind one.
    #[must_use]
    pub fn treatment(&self, entity: Entity) -> Treatment {
        if entity == Entity::Text {
            return Treatment::Token;
        }
        self.treatments.get(&entity).copied().unwrap_or(self.rest)
    }

    /// The same finds, and a token for each.
    pub(crate) fn with_all_tokens(&self) -> Self {
        Self { treatments: BTreeMap::new(), rest: Treatment::Token, ..self.clone() }
    }

    /// The business's own recognisers, ready to run.
    pub(crate) fn recognisers(&self) -> Vec<Box<dyn Recogniser>> {
        let mut all: Vec<Box<dyn Recogniser>> = Vec::new();
        if !self.own.is_empty() {
            all.push(Box::new(OwnRecognisers::new(self.own.clone())));
        }
        if !self.denied.is_empty() {
            all.push(Box::new(Denied::new(&self.denied)));
        }
        all
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::support()
    }
}

/// Lists of values are left out: a denied one may be a secret of the business.
impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("treatments", &self.treatments)
            .field("rest", &self.rest)
            .field("minimum_score", &self.minimum_score)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

/// Why a policy is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy is refused:\n{}", .faults.iter().map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n"))]
pub struct PolicyError {
    /// Everything that is wrong, in the order of the file.
    pub faults: Vec<PolicyFault>,
}

/// One thing that is wrong in a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

#[cfg(test)]
mod tests;
