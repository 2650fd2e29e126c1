//! The assistant as the desk would run it, on trial.

use std::path::PathBuf;

use anonymizer::Anonymizer;
use anyhow::{Context, Result};
use assistant::evaluation::Conversation;
use assistant::{Assistant, Business, Embedder};
use tokio::runtime::Runtime;

use super::compare::Comparison;
use crate::config::Config;
use crate::content::{Content, Published};
use crate::data::{DataFolder, Part};
use crate::evaluate::WITHOUT_SENTENCES;
use crate::evaluate::held::{Model, Run, Scripted, Stage};
use crate::parts::desk::{VECTORS, anonymizer_options, policy};
use crate::terminal::{Progress, tell, warn};
use crate::{models, runtime};

/// The models, the policy and the public values of one installation.
pub(super) struct Trial<'a> {
    config: &'a Config,
    anonymizer: Anonymizer,
    /// With the desk's folder.
    embedder: Option<(Embedder, PathBuf)>,
    runtime: Runtime,
    progress: Progress,
}

impl<'a> Trial<'a> {
    pub(super) fn new(config: &'a Config, data: &DataFolder, business: &Business) -> Result<Self> {
        let desk = &config.desk;
        let options = anonymizer_options(desk, business, models::names(data)?);
        let embedder = match models::installed_sentences(data)? {
            Some(embedder) => {
                let folder = data.part(Part::Desk)?;
                embedder.remember(&folder.join(VECTORS));
                Some((embedder, folder))
            }
            None => {
                warn(WITHOUT_SENTENCES);
                None
            }
        };
        Ok(Self {
            config,
            anonymizer: Anonymizer::with_policy(policy(&desk.policy)?, options),
            embedder,
            runtime: runtime()?,
            progress: Progress::new(),
        })
    }

    /// Holds the set with what would be live and, where some fail, with what is.
    pub(super) fn compare<'c>(
        self,
        after: Content,
        now: &Published,
        conversations: &'c [Conversation],
    ) -> Result<Comparison<'c>> {
        let runs = self.stage().runs(self.assistant(after)?, conversations)?;
        let mut comparison = Comparison::of(&runs);
        if runs.iter().any(|run| run.held.iter().any(|(_, held)| !held.passed())) {
            match Content::load(self.config, now) {
                Ok(now) => self.beside(now, &runs, &mut comparison)?,
                Err(error) => {
                    self.progress.at("");
                    tell(&format!(
                        "The desk cannot start with what is live now, so there is nothing to lose: {error:#}"
                    ));
                }
            }
        }
        self.keep_vectors();
        Ok(comparison)
    }

    fn beside<'c>(&self, now: Content, runs: &[Run<'c>], comparison: &mut Comparison<'c>) -> Result<()> {
        let of = |model| runs.iter().find(|run| run.model == model);
        let (stage, assistant) = (self.stage(), self.assistant(now)?);
        if let Some(run) = of(Model::None) {
            comparison.compare(run, |conversations| stage.alone(&assistant, conversations))?;
        }
        if let Some(run) = of(Model::Scripted) {
            let scripted = Scripted::new(assistant);
            comparison.compare(run, |conversations| stage.scripted(&scripted, conversations))?;
        }
        Ok(())
    }

    fn stage(&self) -> Stage<'_> {
        Stage { runtime: &self.runtime, anonymizer: &self.anonymizer, progress: &self.progress }
    }

    fn assistant(&self, content: Content) -> Result<Assistant> {
        self.progress.at("reading the articles and learning the intents");
        let Content { business, knowledge, flows } = content;
        let embedder = self.embedder.as_ref().map(|(embedder, _)| embedder);
        let knowledge = match embedder {
            Some(embedder) => knowledge.with_meaning(embedder),
            None => knowledge,
        };
        Assistant::new(knowledge, business).with_flows(flows, embedder).context("learn the intents")
    }

    /// What was embedded now need not be embedded again. A desk that runs keeps its own.
    fn keep_vectors(&self) {
        if let Some((embedder, folder)) = &self.embedder
            && let Ok(_lock) = DataFolder::lock(folder)
        {
            // The next change takes a little longer without them.
            let _ = embedder.keep(&folder.join(VECTORS));
        }
    }
}
