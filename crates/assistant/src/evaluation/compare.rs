//! What conversations said of a change, as it is written down beside the change.

use serde::{Deserialize, Serialize};

use super::Score;

/// The figures of a set that was held once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Conversations that went as written.
    pub passed: usize,
    /// All of them.
    pub all: usize,
    /// As [`super::Violations::uncited`].
    pub uncited: usize,
    /// As [`super::Violations::unconfirmed`].
    pub unconfirmed: usize,
    /// As [`super::Violations::outside_policy`].
    pub outside_policy: usize,
}

/// The figures with a change, and those of the same set without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// With the change.
    pub after: Figures,
    /// Without it; `None` when it was clear, before the whole set was held, that it is not better without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Figures>,
}

/// What an evaluation said of a change, and why the change was made in spite of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluated {
    /// Where the conversations came from, for people.
    pub conversations: String,
    /// Without a language model.
    pub alone: Compared,
    /// With what the conversations have under `model`, where some do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scripted: Option<Compared>,
    /// Why the change was made although it made the assistant worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite_drop: Option<String>,
}

impl From<&Score> for Figures {
    fn from(score: &Score) -> Self {
        Self {
            passed: score.total.passed,
            all: score.total.all,
            uncited: score.violations.uncited,
            unconfirmed: score.violations.unconfirmed,
            outside_policy: score.violations.outside_policy,
        }
    }
}

impl Figures {
    /// Whether these are worse than those of the same set `before`: fewer passed, or more happened that never may.
    #[must_use]
    pub fn is_below(self, before: Self) -> bool {
        self.passed < before.passed
            || self.uncited > before.uncited
            || self.unconfirmed > before.unconfirmed
            || self.outside_policy > before.outside_policy
    }
}

impl Compared {
    /// Whether the change makes it worse.
    #[must_use]
    pub fn is_drop(self) -> bool {
        self.before.is_some_and(|before| self.after.is_below(before))
    }
}

impl Evaluated {
    /// Whether the change makes it worse, with a model or without.
    #[must_use]
    pub fn is_drop(&self) -> bool {
        self.alone.is_drop() || self.scripted.is_some_and(Compared::is_drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Figures = Figures { passed: 5, all: 6, uncited: 0, unconfirmed: 0, outside_policy: 1 };

    #[test]
    fn fewer_that_pass_or_more_that_never_may_happen_is_a_drop_and_nothing_else_is() {
        let below = |change: fn(&mut Figures)| {
            let mut after = GOOD;
            change(&mut after);
            after.is_below(GOOD)
        };
        assert!(
            !below(|_| {}) && !below(|after| after.passed = 6) && !below(|after| after.outside_policy = 0)
        );
        assert!(below(|after| after.passed = 4) && below(|after| after.uncited = 1));
        assert!(below(|after| after.unconfirmed = 1) && below(|after| after.outside_policy = 2));
        // More that pass do not make up for one that never may happen.
        assert!(below(|after| (after.passed, after.unconfirmed) = (6, 1)));
    }

    #[test]
    fn a_drop_with_the_scripted_model_alone_is_a_drop() {
        let same = Compared { after: GOOD, before: None };
        let worse = Compared { after: Figures { passed: 4, ..GOOD }, before: Some(GOOD) };
        let evaluated = |scripted| Evaluated {
            conversations: "here".to_owned(),
            alone: same,
            scripted,
            despite_drop: None,
        };
        assert!(!evaluated(None).is_drop() && !evaluated(Some(same)).is_drop());
        assert!(evaluated(Some(worse)).is_drop());
        let text = serde_json::to_string(&evaluated(Some(worse))).unwrap();
        assert_eq!(serde_json::from_str::<Evaluated>(&text).unwrap(), evaluated(Some(worse)));
    }
}
