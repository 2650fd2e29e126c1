//! Why something was found: for people who look after the recognisers, and for those who ask.

use std::ops::Range;

use super::heard::in_turn;
use super::{Anonymizer, Span};
use crate::recognise::{Candidate, Scene};
use crate::view::View;
use crate::{Plaintext, TokenVault};

/// A span, what speaks for it, and what gave way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What was found.
    pub span: Span,
    /// Whether its check digits are right, where it has some.
    pub check: Option<bool>,
    /// The word beside it that says what it is, in bytes of the text.
    pub cue: Option<Range<usize>>,
    /// Whether the message before asked for such a value.
    pub asked: bool,
    /// Whether it is a value that the conversation knew already.
    pub known: bool,
    /// What else was found at the same place, the best first.
    pub others: Vec<Span>,
}

impl Anonymizer {
    /// What [`Self::detect`] finds, and why.
    #[must_use]
    pub fn explain(&self, text: &Plaintext, vault: &TokenVault) -> Vec<Explanation> {
        let normal = View::normal(text.reveal());
        let scene = in_turn(&normal, &vault.turn);
        let mut candidates = Vec::new();
        let all = || self.recognisers.iter().chain(self.models.iter());
        all().for_each(|recogniser| recogniser.find(&scene, &mut candidates));
        let spans = self.detect(text, vault).into_iter();
        spans.map(|span| self.explanation(span, &scene, &normal, &candidates)).collect()
    }

    fn explanation(
        &self,
        span: Span,
        scene: &Scene<'_>,
        normal: &View<'_>,
        candidates: &[Candidate],
    ) -> Explanation {
        let mut reason = None;
        let mut others = Vec::new();
        for candidate in candidates {
            let range = normal.origin(candidate.range.clone());
            if range.start >= span.range.end || range.end <= span.range.start {
                continue;
            }
            if candidate.recogniser == span.recogniser && candidate.entity == span.entity && reason.is_none()
            {
                reason = self.recognisers.iter().find_map(|recogniser| recogniser.reason(scene, candidate));
                continue;
            }
            let Candidate { entity, score, recogniser, .. } = *candidate;
            others.push(Span { range, entity, score, recogniser });
        }
        others.sort_by_key(|other| std::cmp::Reverse(other.score));
        let reason = reason.unwrap_or_default();
        Explanation {
            check: reason.check,
            cue: reason.cue.map(|cue| normal.origin(cue)),
            asked: scene.expects(span.entity),
            known: span.recogniser == "known",
            span,
            others,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entity, Options};

    #[test]
    fn check_digits_cues_and_what_gave_way_are_told() {
        let anonymizer = Anonymizer::new(Options::default()).without_models();
        let explain = |text: &str, vault: &TokenVault| {
            let text = Plaintext::new(text.to_owned());
            anonymizer.explain(&text, vault)
        };
        let text = "my card is 4111 1111 1111 1112";
        let card = &explain(text, &TokenVault::new())[0];
        assert_eq!((card.span.entity, card.check), (Entity::Card, Some(false)));
        assert_eq!(card.cue.clone().map(|cue| &text[cue]), Some("card"));

        let text = "NHS number 943 476 5919";
        let number = &explain(text, &TokenVault::new())[0];
        assert_eq!((number.span.recogniser, number.check), ("uk-nhs", Some(true)));
        assert_eq!(number.cue.clone().map(|cue| &text[cue]), Some("NHS number"));
        assert!(!number.others.contains(&number.span));

        let mut vault = TokenVault::new();
        vault.know(Entity::Person, "Tom Lippe");
        assert!(explain("Lippe here", &vault)[0].known);
        vault.expect(Entity::Order);
        assert!(explain("10432", &vault)[0].asked);
    }
}
