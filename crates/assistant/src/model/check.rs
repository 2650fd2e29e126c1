//! What of a model's words may be shown: cut into sentences, each held against the passages.

use std::collections::BTreeSet;

use anonymizer::tokens_in;

use super::{MOST_SENTENCES, NO_ANSWER, Sentence};
use crate::grounding::{Supported, supported};
use crate::knowledge::{Passage, sentences};
use crate::{Article, Business, Language, Turn, sanitise};

/// Collects an answer, cuts it into sentences and keeps those that are supported.
pub(super) struct Check<'a, 'b> {
    given: &'b [(&'a Article, &'a Passage)],
    business: &'b Business,
    language: Language,
    /// Tokens that this conversation has seen; a model may repeat these and no others.
    tokens: BTreeSet<String>,
    question: &'b str,
    rest: String,
    pub(super) passed: Vec<Sentence<'a>>,
    refused: bool,
}

impl<'a, 'b> Check<'a, 'b> {
    pub(super) fn new(
        turn: &'b Turn<'_>,
        given: &'b [(&'a Article, &'a Passage)],
        business: &'b Business,
        language: Language,
    ) -> Self {
        let seen = turn.history.iter().map(|entry| entry.text.as_str()).chain([turn.message.as_str()]);
        let tokens = seen.flat_map(tokens_in).map(|token| token.text).collect();
        let question = turn.message.as_str();
        Self {
            given,
            business,
            language,
            tokens,
            question,
            rest: String::new(),
            passed: Vec::new(),
            refused: false,
        }
    }

    /// Takes a piece; true when a sentence was added.
    pub(super) fn push(&mut self, piece: &str) -> bool {
        self.rest.push_str(piece);
        let mut complete = sentences(&self.rest.replace('\n', " "));
        let Some(last) = complete.pop() else {
            return false;
        };
        if complete.is_empty() {
            return false;
        }
        // The sentence goes on with the next piece, after the blank that this one may have ended with.
        let blank = self.rest.ends_with(char::is_whitespace);
        self.rest = last;
        if blank {
            self.rest.push(' ');
        }
        let before = self.passed.len();
        complete.iter().for_each(|sentence| self.take(sentence));
        self.passed.len() > before
    }

    pub(super) fn finish(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        sentences(&rest.replace('\n', " ")).iter().for_each(|sentence| self.take(sentence));
        if self.refused {
            self.passed.clear();
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.refused || self.passed.len() >= MOST_SENTENCES
    }

    pub(super) fn text(&self) -> String {
        let sentences: Vec<&str> = self.passed.iter().map(|sentence| sentence.text.as_str()).collect();
        sentences.join(" ")
    }

    fn take(&mut self, sentence: &str) {
        if sentence.contains(NO_ANSWER) {
            self.refused = true;
        }
        if self.is_over() {
            return;
        }
        let known = |token: &str| self.tokens.contains(token);
        if let Some(Supported { text, passage, quote }) =
            supported(sentence, self.given, self.question, &known, self.language)
            && let Some((article, _)) = self.given.get(passage)
        {
            let text = sanitise(&text, &self.business.hosts);
            self.passed.push(Sentence { text, article, quote });
        }
    }
}
