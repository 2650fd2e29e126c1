//! What a message wants: one of the intents of the business's flows, told from everything that an article answers.

use std::collections::BTreeMap;

use crate::flows::Start;
use crate::{Embedder, Example, Flows, Intents, IntentsError, Knowledge, Language};

/// From which confidence on an intent is taken for what the customer wants.
const SURE: f32 = 0.5;
/// Before the id of an article, as the intent of what it answers. No name in a file has a blank.
const ARTICLE: &str = "article ";
/// Most questions of articles that are learnt from in one language.
const MOST_QUESTIONS: usize = 400;

/// Tells intents in the languages that have examples and whose texts the encoder understands.
pub(crate) struct Wants(BTreeMap<Language, Intents>);

impl Wants {
    /// Learns from the flows' examples, and from the articles' questions what is none of them.
    pub(crate) fn learn(
        flows: &Flows,
        knowledge: &Knowledge,
        embedder: &Embedder,
    ) -> Result<Self, IntentsError> {
        let mut heads = BTreeMap::new();
        for language in Language::ALL.into_iter().filter(|language| embedder.knows(*language)) {
            let mut examples = flows.examples(|of| of == language);
            if examples.is_empty() {
                continue;
            }
            let articles = knowledge.articles().iter().filter(|article| article.language == language);
            let questions: Vec<(&String, &String)> = articles
                .flat_map(|article| {
                    article.questions.iter().chain([&article.title]).map(|text| (&article.id, text))
                })
                .filter(|(_, text)| example_of(flows, text).is_none())
                .collect();
            let step = questions.len().div_ceil(MOST_QUESTIONS).max(1);
            // Each article by itself: all of them as one would outweigh the few examples of an intent.
            examples.extend(
                questions
                    .into_iter()
                    .step_by(step)
                    .map(|(id, text)| Example { text: text.clone(), intent: format!("{ARTICLE}{id}") }),
            );
            match Intents::train(&examples, language, embedder) {
                Ok(head) => drop(heads.insert(language, head)),
                // One intent and no article: there is nothing to tell apart, and its example alone begins it.
                Err(IntentsError::TooFewIntents(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self(heads))
    }

    /// The intent that the text surely has.
    pub(crate) fn sure(&self, text: &str, language: Language) -> Option<&str> {
        let guess = self.0.get(&language)?.guess(text, 1).into_iter().next()?;
        (!guess.intent.starts_with(ARTICLE) && guess.confidence >= SURE).then_some(guess.intent)
    }
}

/// The intent that has the text among its examples, but for case and marks: what is left without an encoder.
pub(crate) fn example_of<'a>(flows: &'a Flows, text: &str) -> Option<&'a str> {
    let said = plain(text);
    let same = |texts: &Vec<String>| texts.iter().any(|example| plain(example) == said);
    flows.intents().find(|intent| intent.examples.values().any(same)).map(|intent| &*intent.name)
}

fn plain(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// What an intent starts.
pub(crate) fn start<'a>(flows: &'a Flows, intent: &str) -> Option<&'a Start> {
    flows.intent(intent).map(|intent| &intent.starts)
}
