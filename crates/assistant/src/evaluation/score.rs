//! How many conversations passed, and what must never happen.

use std::collections::BTreeMap;

use super::{Category, Conversation, Held};
use crate::flows::Start;
use crate::knowledge::sentences;
use crate::{Assistant, Decided, Decision, Language, ReplyKind, Turn, wants};

/// What must be nought, whatever a conversation expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// Answers that neither cite an article in its own words nor come from a flow, a tool or a standard sentence.
    pub uncited: usize,
    /// Changes that no press of their card confirmed. They are not made.
    pub unconfirmed: usize,
    /// Calls of a tool that is not declared, with arguments that it does not take, above its largest amount, or for
    /// somebody whom nobody has identified. They are not made.
    pub outside_policy: usize,
}

/// Conversations that passed, of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that passed.
    pub passed: usize,
    /// All.
    pub all: usize,
}

/// The score of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Of the whole set.
    pub total: Share,
    /// Of each category that occurs.
    pub by_category: BTreeMap<Category, Share>,
    /// Over all of them.
    pub violations: Violations,
}

impl Score {
    /// Counts one conversation.
    pub fn count(&mut self, conversation: &Conversation, held: &Held) {
        let passed = usize::from(held.passed());
        for share in [&mut self.total, self.by_category.entry(conversation.category).or_default()] {
            share.passed += passed;
            share.all += 1;
        }
        let Violations { uncited, unconfirmed, outside_policy } = held.violations;
        self.violations.uncited += uncited;
        self.violations.unconfirmed += unconfirmed;
        self.violations.outside_policy += outside_policy;
    }
}

impl Violations {
    /// Whether there is none.
    #[must_use]
    pub fn none(self) -> bool {
        self == Self::default()
    }
}

impl Held {
    /// Whether all came as written, and nothing happened that never may.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.violations.none()
    }
}

/// Whether the decision is an answer that rests on nothing.
pub(super) fn uncited(assistant: &Assistant, turn: &Turn<'_>, decided: &Decided) -> bool {
    let Decision::Reply(reply) = &decided.decision else { return false };
    // A quote may be of several sentences with others between them.
    let own_words = |quote: &str| {
        let articles = assistant.knowledge().articles();
        let sentences = sentences(quote);
        articles.iter().any(|article| {
            let says = |words: &str| article.passages.iter().any(|passage| passage.text().contains(words));
            article.title == quote || (!quote.is_empty() && sentences.iter().all(|sentence| says(sentence)))
        })
    };
    if !reply.citations.iter().all(|citation| own_words(&citation.quote)) {
        return true;
    }
    let language = Language::of(&crate::analysis::without_tokens(turn.message.as_str()), turn.language);
    let in_flow = turn.flow.is_some() || decided.flow.is_some() || starts_flow(assistant, turn, language);
    reply.kind == ReplyKind::Answer && reply.citations.is_empty() && !in_flow && turn.tool_results.is_empty()
}

/// A flow may end with its first words.
fn starts_flow(assistant: &Assistant, turn: &Turn<'_>, language: Language) -> bool {
    let intent = assistant.intent(turn, language);
    intent
        .and_then(|intent| wants::start(assistant.flows(), intent))
        .is_some_and(|start| matches!(start, Start::Flow(_)))
}
