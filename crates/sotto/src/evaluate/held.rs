//! Conversations that are held: several at the same time, since none knows of another.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anonymizer::Anonymizer;
use anyhow::Result;
use assistant::evaluation::{self, Conversation, Held, Needs, Score, ScriptedModel};
use assistant::{Assistant, AssistantError};
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::terminal::Progress;

/// What answers besides the articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Model {
    None,
    /// What the conversations have under `model`.
    Scripted,
}

/// The set held once.
pub(crate) struct Run<'a> {
    pub(crate) model: Model,
    pub(crate) held: Vec<(&'a Conversation, Held)>,
}

/// What conversations are held with, besides the assistant.
pub(crate) struct Stage<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) anonymizer: &'a Anonymizer,
    pub(crate) progress: &'a Progress,
}

/// An assistant with a model that the conversations play.
pub(crate) struct Scripted {
    assistant: Assistant,
    script: Arc<ScriptedModel>,
}

/// The conversations that are held with this model; none when there is nothing to hold with it.
pub(crate) fn held_with(model: Model, conversations: &[Conversation]) -> Option<Vec<&Conversation>> {
    match model {
        Model::None => {
            Some(conversations.iter().filter(|conversation| conversation.needs == Needs::Nothing).collect())
        }
        Model::Scripted => {
            conversations.iter().any(Conversation::is_scripted).then(|| conversations.iter().collect())
        }
    }
}

impl Stage<'_> {
    /// Holds the set without a model, and again with the model of the files when there is one in them.
    pub(crate) fn runs<'a>(
        &self,
        assistant: Assistant,
        conversations: &'a [Conversation],
    ) -> Result<Vec<Run<'a>>> {
        let alone = held_with(Model::None, conversations).unwrap_or_default();
        let mut runs = vec![Run { model: Model::None, held: self.alone(&assistant, alone)? }];
        if let Some(all) = held_with(Model::Scripted, conversations) {
            let held = self.scripted(&Scripted::new(assistant), all)?;
            runs.push(Run { model: Model::Scripted, held });
        }
        Ok(runs)
    }

    /// Holds these with an assistant that has no model.
    pub(crate) fn alone<'a>(
        &self,
        assistant: &Assistant,
        conversations: Vec<&'a Conversation>,
    ) -> Result<Vec<(&'a Conversation, Held)>> {
        self.each(conversations, |conversation| {
            self.runtime.block_on(evaluation::run(assistant, self.anonymizer, conversation))
        })
    }

    /// Holds these with the model that they play.
    pub(crate) fn scripted<'a>(
        &self,
        scripted: &Scripted,
        conversations: Vec<&'a Conversation>,
    ) -> Result<Vec<(&'a Conversation, Held)>> {
        let Scripted { assistant, script } = scripted;
        self.each(conversations, |conversation| {
            let held = evaluation::run_scripted(assistant, script, self.anonymizer, conversation);
            self.runtime.block_on(held)
        })
    }

    /// In the order of the conversations, whichever ends first.
    fn each<'a>(
        &self,
        conversations: Vec<&'a Conversation>,
        hold: impl Fn(&'a Conversation) -> Result<Held, AssistantError> + Sync,
    ) -> Result<Vec<(&'a Conversation, Held)>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut held = Vec::new();
            while let at = next.fetch_add(1, Ordering::Relaxed)
                && let Some(conversation) = conversations.get(at)
            {
                held.push((at, hold(conversation)?));
                self.progress.step("holding the conversations", conversations.len());
            }
            Ok::<_, AssistantError>(held)
        };
        let workers = thread::available_parallelism().map_or(1, NonZero::get).min(conversations.len());
        let mut all = thread::scope(|scope| {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::new();
            for worker in workers {
                match worker.join() {
                    Ok(held) => all.extend(held?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok::<_, AssistantError>(all)
        })?;
        all.sort_unstable_by_key(|(at, _)| *at);
        Ok(conversations.into_iter().zip(all.into_iter().map(|(_, held)| held)).collect())
    }
}

impl Scripted {
    pub(crate) fn new(assistant: Assistant) -> Self {
        let script = Arc::new(ScriptedModel::default());
        Self { assistant: assistant.with_model(script.clone()), script }
    }
}

impl Run<'_> {
    pub(crate) fn score(&self) -> Score {
        score(&self.held)
    }
}

/// The score of what was held.
pub(crate) fn score(held: &[(&Conversation, Held)]) -> Score {
    let mut score = Score::default();
    held.iter().for_each(|(conversation, held)| score.count(conversation, held));
    score
}
