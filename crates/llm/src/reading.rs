//! From the bytes of an answer to its pieces, whatever the format: everything here is bounded and nothing waits.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use serde::de::DeserializeOwned;

use crate::error::LlmError;
use crate::sse::SseParser;
use crate::wire::Api;

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// More words.
    Text(String),
    /// The model asks for a tool. Whether anything happens is for the caller to decide.
    Call(ToolUse),
    /// What the provider has counted so far. Not every provider does.
    Usage(Usage),
}

/// A finished request of the model for one of the tools that it was offered, or for one that it made up.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolUse {
    name: String,
    arguments: String,
}

impl ToolUse {
    /// A request with these arguments, for doubles.
    ///
    /// # Errors
    /// [`LlmError::BadCall`] when the arguments are no JSON object.
    pub fn new(name: String, arguments: String) -> Result<Self, LlmError> {
        // Without parameters some models send nothing at all.
        let arguments = if arguments.trim().is_empty() { "{}".to_owned() } else { arguments };
        match serde_json::from_str::<BTreeMap<String, serde::de::IgnoredAny>>(&arguments) {
            Ok(_) => Ok(Self { name, arguments }),
            Err(_) => Err(LlmError::BadCall),
        }
    }

    /// The tool's name as the model wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The arguments: the text of a JSON object, and nothing more is known of it.
    #[must_use]
    pub fn arguments(&self) -> &str {
        &self.arguments
    }

    /// The arguments as what the tool expects.
    ///
    /// # Errors
    /// [`LlmError::BadCall`] when they are something else.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, LlmError> {
        serde_json::from_str(&self.arguments).map_err(|_| LlmError::BadCall)
    }
}

// A model may repeat in its arguments whatever it was told.
impl fmt::Debug for ToolUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToolUse(***)")
    }
}

/// Tokens as the provider counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of the request.
    pub input: u64,
    /// Of the answer.
    pub output: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

/// Most tools that one answer may ask for.
const MOST_CALLS: usize = 8;
/// Longest name of a tool, in bytes.
const LONGEST_NAME: usize = 64;

/// An answer on its way from bytes to pieces.
pub(crate) struct Reading {
    api: Api,
    parser: Option<SseParser>,
    ready: VecDeque<Result<Piece, LlmError>>,
    state: State,
    /// Calls that are not finished, by their place in the answer.
    calls: BTreeMap<u32, (String, String)>,
    begun: usize,
    usage: Usage,
    taken: usize,
    limit: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// The model said that it is done; the provider may still send counts.
    Finished,
    Over,
}

impl Reading {
    /// `limit` bounds a line of the stream, an event, and all words and arguments together, in bytes.
    pub(crate) fn new(api: Api, limit: usize) -> Self {
        Self {
            api,
            parser: Some(SseParser::new(limit)),
            ready: VecDeque::new(),
            state: State::Reading,
            calls: BTreeMap::new(),
            begun: 0,
            usage: Usage::default(),
            taken: 0,
            limit,
        }
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        // Out for the moment, because each event changes what is around it.
        let Some(mut parser) = self.parser.take() else { return };
        let mut events = Vec::new();
        if parser.push(bytes, &mut events).is_err() {
            return self.fail(LlmError::ReplyTooLarge { limit: self.limit });
        }
        for event in events {
            if self.is_over() {
                return;
            }
            if let Err(error) = self.api.read(&event, self) {
                return self.fail(error);
            }
        }
        self.parser = Some(parser);
    }

    /// The stream ended.
    pub(crate) fn end(&mut self, error: Option<reqwest::Error>) {
        if self.state == State::Reading {
            self.ready.push_back(Err(LlmError::Interrupted(error.map(reqwest::Error::without_url))));
        }
        self.close();
    }

    pub(crate) fn fail(&mut self, error: LlmError) {
        self.close();
        self.ready.push_back(Err(error));
    }

    pub(crate) fn next(&mut self) -> Option<Result<Piece, LlmError>> {
        self.ready.pop_front()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    pub(crate) fn text(&mut self, text: String) -> Result<(), LlmError> {
        if text.is_empty() {
            return Ok(());
        }
        self.take(text.len())?;
        self.ready.push_back(Ok(Piece::Text(text)));
        Ok(())
    }

    /// A call begins at this place; one that was open there is finished.
    pub(crate) fn begin_call(&mut self, place: u32, name: &str) -> Result<(), LlmError> {
        self.finish_call(place)?;
        self.begun += 1;
        if self.begun > MOST_CALLS || name.len() > LONGEST_NAME {
            return Err(LlmError::BadCall);
        }
        self.take(name.len())?;
        self.calls.insert(place, (name.to_owned(), String::new()));
        Ok(())
    }

    pub(crate) fn extend_call(&mut self, place: u32, arguments: &str) -> Result<(), LlmError> {
        if arguments.is_empty() {
            return Ok(());
        }
        self.take(arguments.len())?;
        let (_, known) = self.calls.get_mut(&place).ok_or(LlmError::BadCall)?;
        known.push_str(arguments);
        Ok(())
    }

    pub(crate) fn finish_call(&mut self, place: u32) -> Result<(), LlmError> {
        if let Some((name, arguments)) = self.calls.remove(&place) {
            self.ready.push_back(Ok(Piece::Call(ToolUse::new(name, arguments)?)));
        }
        Ok(())
    }

    /// The model is done: what is open is whole.
    pub(crate) fn finish(&mut self) -> Result<(), LlmError> {
        self.state = State::Finished;
        let places: Vec<u32> = self.calls.keys().copied().collect();
        places.into_iter().try_for_each(|place| self.finish_call(place))
    }

    pub(crate) fn usage(&mut self, usage: Usage) {
        if usage != self.usage {
            self.usage = usage;
            self.ready.push_back(Ok(Piece::Usage(usage)));
        }
    }

    pub(crate) fn known_usage(&self) -> Usage {
        self.usage
    }

    /// Nothing more is read.
    pub(crate) fn close(&mut self) {
        self.state = State::Over;
    }

    fn take(&mut self, bytes: usize) -> Result<(), LlmError> {
        self.taken += bytes;
        if self.taken > self.limit { Err(LlmError::ReplyTooLarge { limit: self.limit }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
