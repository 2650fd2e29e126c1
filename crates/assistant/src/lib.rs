//! The assistant: answers from the business's own articles, looks orders up, and knows when not to.
//!
//! Purpose: [`Assistant::decide`] turns one masked message into one [`Decision`]. It works without a language
//! model: what it says is then the articles' own sentences, standard sentences and filled templates. With a
//! model, each sentence of the model is checked against the passages that it was given.
//! Boundary: sees only `AnonymizedText`; keeps no state; calls no tool itself (the desk does, with the verified
//! customer's own id); does not know who holds the conversation (the desk asks it only while it may speak).
//! Invariants:
//! - An answer from the knowledge base carries at least one [`Citation`] whose quote is the article's own words.
//! - A sentence of a model reaches nobody before code has found its numbers, names and words in a cited passage.
//! - A tool call never carries the customer's id, and what it gives back becomes words by a template.
//! - Every text that leaves went through [`sanitise`]: no HTML, no image, links to declared hosts only.
//! - A request for a person, danger, a legal threat or anger is handed over at once, before anything is searched.

mod analysis;
mod assistant;
mod business;
mod choice;
mod clarify;
mod code;
mod decision;
mod embedding;
pub mod evaluation;
mod extract;
mod files;
mod flows;
mod grounding;
mod in_flow;
mod intents;
mod knowledge;
mod language;
mod model;
mod orders;
mod sanitise;
mod signals;
mod summary;
mod tools;
mod wants;
mod words;
mod yaml;

pub use assistant::Assistant;
pub use business::{Business, BusinessError, McpDeclaration};
pub use code::CodeSentence;
pub use decision::{
    AssistantError, Card, Citation, Decided, Decision, DraftReply, HandOffReason, HistoryEntry,
    HistorySpeaker, Identification, ReplyKind, ToolCall, ToolOutcome, ToolResult, Turn,
};
pub use embedding::Embedder;
pub use files::FilesError;
pub use flows::{
    Ending, Flow, FlowProblem, FlowState, Flows, FlowsError, Input, Intent, Known, Progress, Setting, Start,
    Why, library as flow_library, schema as flows_schema,
};
pub use intents::{Example, Guess, Intents, IntentsError};
pub use knowledge::{
    Article, ArticleProblem, Audience, Candidate, Knowledge, KnowledgeError, Meaning, Passage, Reader,
    Retrieved, SearchError, Signals, Weights, Zone, checks, import, library, vectors,
};
pub use language::Language;
pub use model::{DataCategories, DeclaredModel, Model, Pieces, UnknownCategory};
pub use sanitise::{sanitise, without_links};
pub use tools::{
    AmountForm, Arguments, Carrier, Confirm, Effect, IdentityLevel, KeySupport, Method, OwnId, Parameter,
    ParameterKind, Pattern, Place, Presence, Tool, ToolLimits, ToolLock, Tools, WrongArgument,
};
