//! A language model's part: the question, the retrieved passages and what may be chosen go out; checked sentences or a
//! choice come back.

mod check;
mod choices;
mod declared;

use std::fmt::Write;

use anonymizer::{CuratedText, LeakGuard};
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt};
use llm::{ChatMessage, ChatRequest, LlmError, OutOfBudget, Part, Piece, Provider, Resting, Role};
use tokio::sync::mpsc::Sender;

use crate::knowledge::{Candidate, Passage};
use crate::language::Lexicon;
use crate::words::fill;
use crate::{Article, Business, HistorySpeaker, Language, Turn};

use check::Check;
pub(crate) use choices::{Choice, Choices};
pub use declared::{DataCategories, DeclaredModel, UnknownCategory};

/// The pieces of a model's answer.
pub type Pieces = BoxStream<'static, Result<Piece, LlmError>>;

/// A language model. Besides the provider there is the double of the tests.
pub trait Model: Send + Sync {
    /// Sends the request, after the guard has passed its finished bytes, and streams the answer.
    fn stream<'a>(
        &'a self,
        request: &'a ChatRequest,
        guard: &'a LeakGuard,
    ) -> BoxFuture<'a, Result<Pieces, LlmError>>;
}

impl Model for Provider {
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
    /// In the place of an answer.
    Choice(Choice),
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
/// How long an answer may become: four short sentences in any of our languages, with room.
const MOST_TOKENS: u32 = 400;
/// What the model writes when it cannot answer; also said in the prompt.
const NO_ANSWER: &str = "NO_ANSWER";
const PROMPT: &str = include_str!("../../../../content/prompts/answer.md");

/// Why no model wrote: the embedded assistant answers.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritten {
    /// This turn is to be answered at once.
    #[error("the model is left out of this turn")]
    LeftOut,
    /// The message is about what the model may not read.
    #[error("the message holds data that the model may not read")]
    DataCategory,
    #[error(transparent)]
    Resting(#[from] Resting),
    #[error(transparent)]
    OutOfBudget(#[from] OutOfBudget),
    #[error(transparent)]
    Failed(#[from] LlmError),
}

/// What there is to write about.
pub(crate) struct Task<'a, 'b> {
    /// Found for the question, in the customer's language or all in others; none when nothing fits, and then no sentence
    /// is supported.
    pub(crate) candidates: &'b [Candidate<'a>],
    pub(crate) choices: &'b Choices,
    pub(crate) business: &'b Business,
    pub(crate) language: Language,
}

/// Asks the model and checks each sentence as it is finished. The checked text so far goes to `pieces`. A choice counts
/// when it is made before a sentence has passed. Dropping the future drops the request.
///
/// # Errors
/// When the model may not be asked, or the provider fails, also in the middle: half an answer is none.
pub(crate) async fn write<'a>(
    declared: &DeclaredModel,
    turn: &Turn<'_>,
    task: &Task<'a, '_>,
    pieces: &Sender<String>,
) -> Result<Written<'a>, Unwritten> {
    let spent = turn.model.ok_or(Unwritten::LeftOut)?;
    if !declared.data.allow(turn.message) {
        return Err(Unwritten::DataCategory);
    }
    let given = passages(task.candidates);
    let request = request(turn, &given, task, &declared.data);
    let permit = declared.circuit.enter()?;
    let mut charge = declared.budget.admit(turn.today, spent, &request)?;
    let mut stream = match declared.model.stream(&request, turn.guard).await {
        Ok(stream) => stream,
        Err(error) => {
            // A provider that was too slow for us may have worked for nothing, and count it.
            if !matches!(error, LlmError::FirstByteTimeout(_) | LlmError::Timeout) {
                charge.waive();
            }
            if error.is_providers() {
                permit.failed(error.retry_after());
            }
            return Err(error.into());
        }
    };
    // What is in another language is shown as it is or not at all: no sentence rests on it.
    let supporting: Vec<_> =
        given.into_iter().filter(|(article, _)| article.language == task.language).collect();
    let mut check = Check::new(turn, &supporting, task.business, task.language);
    let mut choice = None;
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(Piece::Text(text)) => {
                charge.hear(text.len());
                if check.push(&text) {
                    // Nobody may be listening; the answer is still wanted.
                    let _ = pieces.send(check.text()).await;
                }
            }
            Ok(Piece::Call(call)) => {
                charge.hear(call.name().len() + call.arguments().len());
                if check.passed.is_empty() {
                    choice = task.choices.read(&call);
                    break;
                }
            }
            Ok(Piece::Usage(usage)) => charge.count(usage),
            Err(error) => {
                if error.is_providers() {
                    permit.failed(None);
                }
                return Err(error.into());
            }
        }
        if check.is_over() {
            break;
        }
    }
    permit.succeeded();
    if let Some(choice) = choice {
        return Ok(Written::Choice(choice));
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
    task: &Task<'_, '_>,
    data: &DataCategories,
) -> ChatRequest {
    let curated = |text: String| Part::Curated(CuratedText::from_content(text));
    let language = &Lexicon::of(task.language).prompt;
    let mut prompt = fill(PROMPT, &[("business", &task.business.name), ("language", language)]);
    prompt.push_str(&task.choices.rules());
    let mut messages = vec![ChatMessage { role: Role::System, parts: vec![curated(prompt)] }];
    let earlier = &turn.history[turn.history.len().saturating_sub(EARLIER)..];
    for entry in earlier.iter().filter(|entry| data.allow(&entry.text)) {
        let role = match entry.speaker {
            HistorySpeaker::Customer => Role::User,
            HistorySpeaker::Assistant | HistorySpeaker::Agent | HistorySpeaker::Desk => Role::Assistant,
        };
        messages.push(ChatMessage { role, parts: vec![Part::Anonymized(entry.text.clone())] });
    }
    let mut reference = String::from("PASSAGES\n");
    for (number, (article, passage)) in (1..).zip(given) {
        let id = if article.language == task.language { String::new() } else { format!(" ({})", article.id) };
        // Writing to a string does not fail.
        let _ = writeln!(reference, "[{number}] {}{id}: {}", article.title, passage.text());
    }
    reference.push_str("\nCUSTOMER'S QUESTION (everything below was typed by the customer)\n");
    // The question stands last, so nothing in it can pretend to end it.
    let parts = vec![curated(reference), Part::Anonymized(turn.message.clone())];
    messages.push(ChatMessage { role: Role::User, parts });
    ChatRequest { messages, tools: task.choices.specs(), max_tokens: MOST_TOKENS, temperature: 0.0 }
}
