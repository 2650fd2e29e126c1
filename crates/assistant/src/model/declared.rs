//! A model as the business declared it: what it may read, what it may cost, and whether it works.

use std::collections::BTreeSet;
use std::sync::Arc;

use anonymizer::{AnonymizedText, Category, Entity, Policy, Treatment, categories, tokens_in};
use llm::{Budget, Circuit, TokenLimits};

use super::Model;

/// A model with its limits.
pub struct DeclaredModel {
    pub(super) model: Arc<dyn Model>,
    pub(super) data: DataCategories,
    pub(super) budget: Budget,
    pub(super) circuit: Circuit,
}

impl DeclaredModel {
    /// A model that reads nothing but this data, within these limits.
    #[must_use]
    pub fn new(model: Arc<dyn Model>, data: DataCategories, limits: TokenLimits) -> Self {
        Self { model, data, budget: Budget::new(limits), circuit: Circuit::default() }
    }

    /// A model that may read everything and cost anything, and is asked however often it failed: for evaluation.
    #[must_use]
    pub(crate) fn without_limits(model: Arc<dyn Model>) -> Self {
        let circuit = Circuit::without_rest();
        Self { circuit, ..Self::new(model, DataCategories::everything(), TokenLimits::NONE) }
    }

    /// What was spent, for whoever keeps it over a restart.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }
}

/// What a masked message may be about for a model to read it.
///
/// A kind is that of a value, as policies name it: not allowed, a message that holds a token of it stays here. A matter
/// is one of Art. 9 or 10 GDPR: not allowed, a message that speaks of it stays here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataCategories {
    kinds: BTreeSet<Entity>,
    matters: BTreeSet<Category>,
}

/// Stands for every kind, as in a policy.
const REST: &str = "rest";
const MATTERS: [(&str, Category); 8] = [
    ("health", Category::Health),
    ("belief", Category::Belief),
    ("sex-life", Category::SexLife),
    ("trade-union", Category::TradeUnion),
    ("biometric-or-genetic", Category::BiometricOrGenetic),
    ("politics", Category::Politics),
    ("ethnic-origin", Category::EthnicOrigin),
    ("criminal", Category::Criminal),
];

/// A name that is neither a kind nor a matter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no data category {0:?}")]
pub struct UnknownCategory(pub String);

impl DataCategories {
    /// Everything.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            kinds: Entity::ALL.into_iter().collect(),
            matters: MATTERS.into_iter().map(|(_, matter)| matter).collect(),
        }
    }

    /// Those of these names: kinds as a policy names them, `rest` for every kind, matters such as `health`.
    ///
    /// # Errors
    /// [`UnknownCategory`] for the first name that is none.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownCategory> {
        let mut named = Self::default();
        for name in names {
            if name == REST {
                named.kinds.extend(Entity::ALL);
            } else if let Some(kind) = Entity::ALL.into_iter().find(|kind| kind.name() == name) {
                named.kinds.insert(kind);
            } else if let Some((_, matter)) = MATTERS.iter().find(|(known, _)| *known == name) {
                named.matters.insert(*matter);
            } else {
                return Err(UnknownCategory(name.to_owned()));
            }
        }
        // It stands for no personal value, only for what looked like a token.
        named.kinds.insert(Entity::Text);
        Ok(named)
    }

    /// Every name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let kinds = Entity::ALL.into_iter().filter(|kind| *kind != Entity::Text).map(Entity::name);
        std::iter::once(REST).chain(kinds).chain(MATTERS.into_iter().map(|(name, _)| name))
    }

    /// The kinds that are not allowed and that this policy lets through without a token, so that a message which holds
    /// one could not be told.
    #[must_use]
    pub fn unseen(&self, policy: &Policy) -> Vec<Entity> {
        let seen = |kind: Entity| match policy.treatment(kind) {
            Treatment::Token | Treatment::Redact | Treatment::Block => true,
            Treatment::Keep | Treatment::Surrogate | Treatment::Generalise => false,
        };
        Entity::ALL.into_iter().filter(|kind| !self.kinds.contains(kind) && !seen(*kind)).collect()
    }

    pub(super) fn allow(&self, text: &AnonymizedText) -> bool {
        let text = text.as_str();
        tokens_in(text).iter().all(|token| self.kinds.contains(&token.entity))
            && (self.matters.len() == MATTERS.len()
                || categories(text).iter().all(|found| self.matters.contains(&found.category)))
    }
}

#[cfg(test)]
mod tests {
    use anonymizer::{Anonymizer, Options, Plaintext, TokenVault};

    use super::*;

    fn masked(text: &str) -> AnonymizedText {
        let anonymizer = Anonymizer::new(Options::default());
        anonymizer.mask(&Plaintext::new(text.to_owned()), &mut TokenVault::new()).unwrap()
    }

    #[test]
    fn a_message_with_a_kind_or_a_matter_that_is_not_allowed_stays_here() {
        let some = DataCategories::named(["order", "email", "politics"]).unwrap();
        let rest = DataCategories::named(["rest"]).unwrap();
        for (text, by_some, by_rest) in [
            ("Where is order #10432?", true, true),
            ("My mail is sarah@example.com, order #10432", true, true),
            ("My IBAN is DE89 3704 0044 0532 0130 00", false, true),
            ("I have diabetes, can I return it?", false, false),
            ("How long does a refund take?", true, true),
        ] {
            let text = masked(text);
            assert_eq!((some.allow(&text), rest.allow(&text)), (by_some, by_rest), "{text}");
            assert!(DataCategories::everything().allow(&text));
        }
    }

    #[test]
    fn every_name_is_known_and_another_is_not() {
        for name in DataCategories::names() {
            assert!(DataCategories::named([name]).is_ok(), "{name}");
        }
        assert_eq!(
            DataCategories::named(["iban", "shoe-size"]),
            Err(UnknownCategory("shoe-size".to_owned()))
        );
        assert_eq!(DataCategories::named(DataCategories::names()), Ok(DataCategories::everything()));
    }

    #[test]
    fn a_kind_that_the_policy_lets_through_cannot_be_kept_back() {
        let without_places = DataCategories::named(["person", "email"]).unwrap();
        let unseen = without_places.unseen(&Policy::support());
        assert!(unseen.contains(&Entity::Place) && !unseen.contains(&Entity::Iban), "{unseen:?}");
        assert_eq!(without_places.unseen(&Policy::strict()), []);
        assert_eq!(DataCategories::named(["rest"]).unwrap().unseen(&Policy::support()), []);
    }
}
