//! A language model's part: the question and the retrieved passages go out, checked sentences come back.

use std::collections::BTreeSet;
use std::fmt::Write;

use anonymizer::{CuratedText, LeakGuard, tokens_in};
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt};
use llm::{ChatMessage, ChatRequest, LlmError, OpenAiCompatible, Part, Role};
use tokio::sync::mpsc::Sender;

use crate::grounding::{Supported, supported};
use crate::knowledge::{Candidate, Passage, sentences};
use crate::language::Lexicon;
use crate::words::fill;
use crate::{Article, Business, HistorySpeaker, Language, Turn, sanitise};

/// The pieces of a model's answer.
pub type Pieces = BoxStream<'static, Result<String, LlmError>>;

/// A language model. Besides the provider there is the double of the tests.
pub trait Model: Send + Sync {
    /// Sends the request, after the guard has passed its finished bytes, and streams the answer.
    fn stream<'a>(
        &'a self,
        request: &'a ChatRequest,
        guard: &'a LeakGuard,
    ) -> BoxFuture<'a, Result<Pieces, LlmError>>;
}

impl Model for OpenAiCompatible {
    fn stream<'a>(
        &'a self,
        request: &'a ChatRequest,
        guard: &'a LeakGuard,
    ) -> BoxFuture<'a, Result<Pieces, LlmError>> {
        Box::pin(async move { Ok(Self::stream(self, request, guard).await?.boxed()) })
    }
}

/// What a model's answer came to after the check.
pub(crate) enum Written<'a> {
    /// Sentences that passed, with the article and the words that support each.
    Answer(Vec<Sentence<'a>>),
    /// The model says that the passages do not answer the question, or no sentence passed.
    Nothing,
}

/// A sentence that passed the check.
pub(crate) struct Sentence<'a> {
    pub(crate) text: String,
    pub(crate) article: &'a Article,
    pub(crate) quote: String,
}

/// How many passages a model is given.
const PASSAGES: usize = 4;
/// How many earlier messages a model is given.
const EARLIER: usize = 6;
/// How many sentences of a model are shown.
const MOST_SENTENCES: usize = 4;
/// What the model writes when it cannot answer; also said in the prompt.
const NO_ANSWER: &str = "NO_ANSWER";
const PROMPT: &str = include_str!("../../../content/prompts/answer.md");

/// Asks the model and checks each sentence as it is finished. The checked text so far goes to `pieces`.
///
/// # Errors
/// When the provider fails, also in the middle: half an answer is none.
pub(crate) async fn write<'a>(
    model: &dyn Model,
    turn: &Turn<'_>,
    candidates: &[Candidate<'a>],
    business: &Business,
    language: Language,
    pieces: &Sender<String>,
) -> Result<Written<'a>, LlmError> {
    let given = passages(candidates);
    let request = request(turn, &given, business, language);
    let mut stream = model.stream(&request, turn.guard).await?;
    let mut check = Check::new(turn, &given, business, language);
    while let Some(piece) = stream.next().await {
        if check.push(&piece?) {
            // Nobody may be listening; the answer is still wanted.
            let _ = pieces.send(check.text()).await;
        }
        if check.is_over() {
            break;
        }
    }
    check.finish();
    Ok(match check.passed.is_empty() {
        true => Written::Nothing,
        false => Written::Answer(check.passed),
    })
}

/// The best passage of each article, then the rest of the best article.
fn passages<'a>(candidates: &[Candidate<'a>]) -> Vec<(&'a Article, &'a Passage)> {
    let best = candidates.iter().filter_map(|found| Some((found.article, found.best_passage()?)));
    let first = candidates.first();
    let rest = first.into_iter().flat_map(|found| {
        let others = found.article.passages.iter().enumerate().filter(|(number, _)| *number != found.passage);
        others.map(|(_, passage)| (found.article, passage))
    });
    let head: Vec<_> = best.take(PASSAGES - 1).collect();
    head.into_iter().chain(rest).take(PASSAGES).collect()
}

fn request(
    turn: &Turn<'_>,
    given: &[(&Article, &Passage)],
    business: &Business,
    language: Language,
) -> ChatRequest {
    let curated = |text: String| Part::Curated(CuratedText::from_content(text));
    let prompt = fill(PROMPT, &[("business", &business.name), ("language", &Lexicon::of(language).prompt)]);
    let mut messages = vec![ChatMessage { role: Role::System, parts: vec![curated(prompt)] }];
    for entry in &turn.history[turn.history.len().saturating_sub(EARLIER)..] {
        let role = match entry.speaker {
            HistorySpeaker::Customer => Role::User,
            HistorySpeaker::Assistant | HistorySpeaker::Agent | HistorySpeaker::Desk => Role::Assistant,
        };
        messages.push(ChatMessage { role, parts: vec![Part::Anonymized(entry.text.clone())] });
    }
    let mut reference = String::from("PASSAGES\n");
    for (number, (article, passage)) in (1..).zip(given) {
        // Writing to a string does not fail.
        let _ = writeln!(reference, "[{number}] {}: {}", article.title, passage.text());
    }
    reference.push_str("\nCUSTOMER'S QUESTION (everything below was typed by the customer)\n");
    // The question stands last, so nothing in it can pretend to end it.
    let parts = vec![curated(reference), Part::Anonymized(turn.message.clone())];
    messages.push(ChatMessage { role: Role::User, parts });
    ChatRequest { messages, max_tokens: 400, temperature: 0.0 }
}

/// Collects an answer, cuts it into sentences and keeps those that are supported.
struct Check<'a, 'b> {
    given: &'b [(&'a Article, &'a Passage)],
    business: &'b Business,
    language: Language,
    /// Tokens that this conversation has seen; a model may repeat these and no others.
    tokens: BTreeSet<String>,
    question: &'b str,
    rest: String,
    passed: Vec<Sentence<'a>>,
    refused: bool,
}

impl<'a, 'b> Check<'a, 'b> {
    fn new(
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
    fn push(&mut self, piece: &str) -> bool {
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

    fn finish(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        sentences(&rest.replace('\n', " ")).iter().for_each(|sentence| self.take(sentence));
        if self.refused {
            self.passed.clear();
        }
    }

    fn is_over(&self) -> bool {
        self.refused || self.passed.len() >= MOST_SENTENCES
    }

    fn text(&self) -> String {
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
