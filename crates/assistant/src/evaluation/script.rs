//! A language model that says what the file of conversations says: what the assistant makes of an answer can be
//! written down without asking a provider.

use std::cell::RefCell;
use std::collections::BTreeMap;

use anonymizer::LeakGuard;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use llm::{ChatRequest, LlmError, Piece, ToolUse};

use crate::{Model, Pieces};

/// What the model does in one turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It answers.
    Text(String),
    /// It begins to answer, and the connection ends.
    BreaksOff(String),
    /// It chooses: what was offered under this name, with one argument or none.
    Chooses { what: String, argument: Option<(String, String)> },
    /// It does not answer at all.
    Fails,
}

/// A model that says what the turn under way has under `model`, and that it has no answer where there is nothing. Several
/// conversations may be held with it at the same time: each has its own turn.
#[derive(Default)]
pub struct ScriptedModel(());

#[derive(Default)]
struct Turned {
    says: Option<Said>,
    asked: bool,
}

tokio::task_local! {
    /// The turn of the conversation that is being held.
    static TURNED: RefCell<Turned>;
}

/// Whether the assistant asked the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Yes,
    No,
}

/// What the prompt asks a model to write when the passages hold no answer.
const NO_ANSWER: &str = "NO_ANSWER";
/// Characters of one piece: sentences come apart in the middle, as a provider's do.
const PIECE: usize = 17;

impl ScriptedModel {
    /// Holds one conversation, in which the turns are its own.
    pub(super) async fn during<T>(conversation: impl Future<Output = T>) -> T {
        TURNED.scope(RefCell::default(), conversation).await
    }

    /// The next turn begins.
    pub(super) fn turn(&self, says: Option<Said>) {
        turned(|turned| *turned = Turned { says, asked: false });
    }

    pub(super) fn asked(&self) -> Asked {
        if turned(|turned| turned.asked) { Asked::Yes } else { Asked::No }
    }
}

/// Outside of a conversation there is a turn in which nothing is said.
fn turned<T>(change: impl FnOnce(&mut Turned) -> T) -> T {
    if TURNED.try_with(|_| ()).is_err() {
        return change(&mut Turned::default());
    }
    TURNED.with(|turned| change(&mut turned.borrow_mut()))
}

impl Model for ScriptedModel {
    fn stream<'a>(&'a self, _: &'a ChatRequest, _: &'a LeakGuard) -> BoxFuture<'a, Result<Pieces, LlmError>> {
        let says = turned(|turned| {
            turned.asked = true;
            turned.says.clone()
        });
        Box::pin(async move {
            let mut items = match &says {
                Some(Said::Text(text) | Said::BreaksOff(text)) => pieces(text),
                Some(Said::Chooses { what, argument }) => vec![chosen(what, argument.as_ref())],
                Some(Said::Fails) => return Err(LlmError::Timeout),
                None => pieces(NO_ANSWER),
            };
            if let Some(Said::BreaksOff(_)) = says {
                items.push(Err(LlmError::Interrupted(None)));
            }
            Ok(stream::iter(items).boxed())
        })
    }
}

fn pieces(text: &str) -> Vec<Result<Piece, LlmError>> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(PIECE).map(|piece| Ok(Piece::Text(piece.iter().collect()))).collect()
}

fn chosen(what: &str, argument: Option<&(String, String)>) -> Result<Piece, LlmError> {
    let arguments: BTreeMap<&str, &str> = argument.iter().map(|(name, value)| (&**name, &**value)).collect();
    let arguments = serde_json::to_string(&arguments).unwrap_or_default();
    Ok(Piece::Call(ToolUse::new(what.to_owned(), arguments)?))
}
