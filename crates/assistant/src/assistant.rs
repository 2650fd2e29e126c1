//! The way from a message to a decision, top to bottom.

use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use crate::analysis::{stems, without_tokens};
use crate::clarify::{self, MOST_OFFERED};
use crate::extract::extract;
use crate::knowledge::{Article, Candidate, Passage, Retrieved, Zone};
use crate::model::{self, Choice, Choices, Sentence, Task as Writing, Unwritten, Written};
use crate::signals::{Signal, alarm, says};
use crate::summary::{Task, summary};
use crate::wants::{self, Wants};
use crate::words::Words;
use crate::{
    AssistantError, Business, Citation, Decided, Decision, DeclaredModel, DraftReply, Embedder, FlowState,
    Flows, HandOffReason, Identification, IntentsError, Knowledge, Language, Model, ReplyKind, ToolResult,
    Turn, orders, sanitise,
};

/// More characters do not fit a button on a telephone.
const LONGEST_QUICK_REPLY: usize = 100;

/// Answers for one business. Cheap to share behind an `Arc`.
pub struct Assistant {
    knowledge: Knowledge,
    business: Business,
    flows: Flows,
    wants: Option<Wants>,
    model: Option<DeclaredModel>,
}

impl Assistant {
    /// An assistant over these articles and tools.
    #[must_use]
    pub fn new(knowledge: Knowledge, business: Business) -> Self {
        Self { knowledge, business, flows: Flows::default(), wants: None, model: None }
    }

    /// The same assistant with flows. With an encoder it tells what a message wants by what the examples mean; without
    /// one an intent is known by its examples word for word.
    ///
    /// # Errors
    /// When there are more intents or examples than can be told apart.
    pub fn with_flows(self, flows: Flows, embedder: Option<&Embedder>) -> Result<Self, IntentsError> {
        let learn = |embedder| Wants::learn(&flows, &self.knowledge, embedder);
        let wants = embedder.map(learn).transpose()?;
        Ok(Self { flows, wants, ..self })
    }

    /// The same assistant with a language model that phrases the answers, without limits.
    #[must_use]
    pub fn with_model(self, model: Arc<dyn Model>) -> Self {
        self.with_declared(DeclaredModel::without_limits(model))
    }

    /// The same assistant with a language model as the business declared it.
    #[must_use]
    pub fn with_declared(self, model: DeclaredModel) -> Self {
        Self { model: Some(model), ..self }
    }

    /// The model, when there is one.
    #[must_use]
    pub fn model(&self) -> Option<&DeclaredModel> {
        self.model.as_ref()
    }

    pub(crate) fn flows(&self) -> &Flows {
        &self.flows
    }

    pub(crate) fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// What the business declared: the desk looks the tools up here.
    #[must_use]
    pub fn business(&self) -> &Business {
        &self.business
    }

    /// Decides what to do about `turn.message`. While a model writes, the checked text so far goes to `pieces`,
    /// whole each time; the decision's text replaces it.
    ///
    /// # Errors
    /// When the index fails. A model that fails is no error: the articles answer.
    pub async fn decide(&self, turn: &Turn<'_>, pieces: &Sender<String>) -> Result<Decided, AssistantError> {
        let language = Language::of(&without_tokens(turn.message.as_str()), turn.language);
        // Whoever was asked to sign in, and writes instead, wants something else.
        let elsewhere = |state: &FlowState| {
            state.waits_for_result()
                && turn.tool_results.is_empty()
                && turn.identification == Identification::Unknown
        };
        match turn.flow.filter(|state| !elsewhere(state)) {
            Some(state) => self.in_flow(turn, state.clone(), language, pieces).await,
            None => self.outside(turn, language, pieces).await,
        }
    }

    async fn outside(
        &self,
        turn: &Turn<'_>,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Decided, AssistantError> {
        let words = Words::of(language);
        if let Some(result) = turn.tool_results.last() {
            return Ok(self.report(turn, result, words).into());
        }
        if let Some(reason) = alarm(turn.message.as_str()) {
            return Ok(self.hand_off(turn, reason, &[], words).into());
        }
        if let Some(sentence) = small_talk(turn.message.as_str(), words) {
            return Ok(self.reply(sentence, Vec::new(), ReplyKind::SmallTalk).into());
        }
        let offered = clarify::offered(turn.history, &self.knowledge, turn.reader());
        if let Some(article) = clarify::chosen(turn.message.as_str(), &offered) {
            return Ok(self.chosen(article).into());
        }
        if !offered.is_empty() && says(turn.message.as_str(), Signal::NoneOfThese) {
            return Ok(self.hand_off(turn, HandOffReason::NotUnderstood, &[], words).into());
        }
        if self.is_about_an_order(turn, language) {
            return Ok(self.look_up(turn, words).into());
        }
        if let Some(decided) = self.begun(turn, language, pieces).await? {
            return Ok(decided);
        }
        self.answer_or_choose(turn, language, pieces).await
    }

    /// The intent that the message surely has.
    pub(crate) fn intent(&self, turn: &Turn<'_>, language: Language) -> Option<&str> {
        // What it is about, not whose it is.
        let text = without_tokens(turn.message.as_str());
        // What the business wrote as an example is one, however near an article is to it.
        let example = wants::example_of(&self.flows, &text);
        example.or_else(|| self.wants.as_ref()?.sure(&text, language))
    }

    /// An answer and nothing else: in a flow, where what happens next is settled.
    pub(crate) async fn answer(
        &self,
        turn: &Turn<'_>,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Decision, AssistantError> {
        let found = self.knowledge.retrieve(turn.message.as_str(), language, turn.reader()).await?;
        match self.written(turn, found.candidates_that_fit(), &Choices::default(), language, pieces).await {
            Some(Written::Answer(sentences)) => Ok(self.phrased(&sentences)),
            Some(Written::Choice(_) | Written::Nothing) | None => {
                Ok(self.embedded(turn, &found, language).await)
            }
        }
    }

    /// An answer, or what a model chose to do in its place.
    async fn answer_or_choose(
        &self,
        turn: &Turn<'_>,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Decided, AssistantError> {
        let words = Words::of(language);
        let found = self.knowledge.retrieve(turn.message.as_str(), language, turn.reader()).await?;
        let foreign = match (&self.model, turn.model, found.zone()) {
            (Some(_), Some(_), Zone::Unknown) => {
                self.knowledge.foreign(turn.message.as_str(), language, turn.reader()).await
            }
            _ => Vec::new(),
        };
        let choices = Choices::of(&self.flows, &foreign);
        let candidates = if foreign.is_empty() { found.candidates_that_fit() } else { &foreign };
        match self.written(turn, candidates, &choices, language, pieces).await {
            Some(Written::Answer(sentences)) => Ok(self.phrased(&sentences).into()),
            Some(Written::Choice(Choice::Flow(flow))) => {
                match self.begin_flow(turn, &flow, language, pieces).await? {
                    Some(decided) => Ok(decided),
                    None => Ok(self.embedded(turn, &found, language).await.into()),
                }
            }
            Some(Written::Choice(Choice::HandOff(reason))) => {
                Ok(self.hand_off(turn, reason, &near(&found), words).into())
            }
            Some(Written::Choice(Choice::Clarify)) => Ok(self.unsure(turn, &found, words).into()),
            Some(Written::Choice(Choice::Article(id))) => {
                let shown = foreign.iter().find(|candidate| candidate.article.id == id);
                match shown.map(|candidate| self.in_other_language(candidate.article, words)) {
                    Some(decision) => Ok(decision.into()),
                    None => Ok(self.embedded(turn, &found, language).await.into()),
                }
            }
            Some(Written::Nothing) | None => Ok(self.embedded(turn, &found, language).await.into()),
        }
    }

    /// What the articles say without a model, or a question back.
    async fn embedded(&self, turn: &Turn<'_>, found: &Retrieved<'_>, language: Language) -> Decision {
        let quoted = match found.zone() {
            Zone::Answer => self.quoted(found, language),
            Zone::Clarify | Zone::Unknown => None,
        };
        // Other articles may be as near, but none is nearer than the one whose very question this is.
        let exact = || self.knowledge.by_question(turn.message.as_str(), language, turn.reader());
        if let Some(reply) = quoted.or_else(|| exact().map(|article| self.chosen(article))) {
            return reply;
        }
        let words = Words::of(language);
        match self.knowledge.elsewhere(turn.message.as_str(), language, turn.reader()).await {
            Some(article) => self.in_other_language(article, words),
            None => self.unsure(turn, found, words),
        }
    }

    /// "Did you mean", and a person when that did not help.
    fn unsure(&self, turn: &Turn<'_>, found: &Retrieved<'_>, words: &Words) -> Decision {
        let near = near(found);
        if turn.unanswered > 0 {
            return self.hand_off(turn, HandOffReason::NotUnderstood, &near, words);
        }
        let (text, quick_replies) = match found.zone() {
            Zone::Answer | Zone::Clarify => {
                (clarify::offer(&near, words), clarify::quick_replies(&near, words))
            }
            Zone::Unknown => (words.rephrase.clone(), Vec::new()),
        };
        let reply = self.reply(&text, Vec::new(), ReplyKind::Clarification);
        self.with_quick_replies(reply, quick_replies)
    }

    /// What a model came to, when there is one, it may be asked and it works.
    async fn written<'a>(
        &self,
        turn: &Turn<'_>,
        candidates: &[Candidate<'a>],
        choices: &Choices,
        language: Language,
        pieces: &Sender<String>,
    ) -> Option<Written<'a>> {
        let model = self.model.as_ref()?;
        if candidates.is_empty() && choices.is_empty() {
            return None;
        }
        let task = Writing { candidates, choices, business: &self.business, language };
        match model::write(model, turn, &task, pieces).await {
            Ok(written) => Some(written),
            Err(Unwritten::LeftOut) => None,
            Err(error @ (Unwritten::DataCategory | Unwritten::Resting(_))) => {
                tracing::debug!(%error, "the articles answer");
                None
            }
            Err(error @ (Unwritten::OutOfBudget(_) | Unwritten::Failed(_))) => {
                tracing::warn!(%error, "no model wrote; the articles answer");
                None
            }
        }
    }

    /// A model's checked sentences with their citations.
    fn phrased(&self, sentences: &[Sentence<'_>]) -> Decision {
        let text: Vec<&str> = sentences.iter().map(|sentence| sentence.text.as_str()).collect();
        self.reply(&text.join(" "), self.citations(sentences), ReplyKind::Answer)
    }

    /// One citation for each article, its supporting words in order and once.
    fn citations(&self, sentences: &[Sentence<'_>]) -> Vec<Citation> {
        let mut citations: Vec<Citation> = Vec::new();
        for sentence in sentences {
            match citations.iter_mut().find(|known| known.title == sentence.article.title) {
                Some(known) if known.quote.contains(&sentence.quote) => {}
                Some(known) => {
                    known.quote.push(' ');
                    known.quote.push_str(&sanitise(&sentence.quote, &self.business.hosts));
                }
                None => citations.push(self.citation(sentence.article, &sentence.quote)),
            }
        }
        citations
    }

    /// The best passage's own sentences.
    fn quoted(&self, found: &Retrieved<'_>, language: Language) -> Option<Decision> {
        let best = found.candidates.first()?;
        Some(self.quote(best.article, best.best_passage()?, &found.stems, language))
    }

    /// The article that the customer picked from an offer.
    pub(crate) fn chosen(&self, article: &Article) -> Decision {
        match article.passages.first() {
            Some(passage) => {
                self.quote(article, passage, &stems(&article.title, article.language), article.language)
            }
            None => {
                self.reply(&article.title, vec![self.citation(article, &article.title)], ReplyKind::Answer)
            }
        }
    }

    /// An article of another language in its own words, after a sentence that says so.
    fn in_other_language(&self, article: &Article, words: &Words) -> Decision {
        let Decision::Reply(reply) = self.chosen(article) else { return self.chosen(article) };
        let text = format!("{}\n\n{}", words.only_in(article.language), reply.text);
        Decision::Reply(DraftReply { text, ..reply })
    }

    fn quote(&self, article: &Article, passage: &Passage, asked: &[String], language: Language) -> Decision {
        let text = extract(passage, asked, language).join(" ");
        self.reply(&text, vec![self.citation(article, &text)], ReplyKind::Answer)
    }

    fn citation(&self, article: &Article, quote: &str) -> Citation {
        let url = Some(format!("{}{}", self.business.site, article.url));
        let clean = |text: &str| sanitise(text, &self.business.hosts);
        Citation { title: clean(&article.title), url, quote: clean(quote) }
    }

    /// Whether the message asks where an order is, or is no more than an order's number.
    fn is_about_an_order(&self, turn: &Turn<'_>, language: Language) -> bool {
        let message = turn.message.as_str();
        if self.business.tools.get(orders::ORDERS).is_none() {
            return false;
        }
        if says(message, Signal::OrderStatus) {
            return true;
        }
        orders::order_named(message, &self.business).is_some() && {
            let rest = self.business.order_number.replace_all(message, " ");
            orders::says_no_more(&rest, language)
        }
    }

    pub(crate) fn look_up(&self, turn: &Turn<'_>, words: &Words) -> Decision {
        match turn.identification {
            Identification::Unknown => self.reply(&words.sign_in, Vec::new(), ReplyKind::SignIn),
            Identification::SignedIn => {
                Decision::CallTool(orders::call(orders::order_named(turn.message.as_str(), &self.business)))
            }
        }
    }

    fn report(&self, turn: &Turn<'_>, result: &ToolResult, words: &Words) -> Decision {
        let order = orders::order_named(turn.message.as_str(), &self.business);
        match orders::report(result, order.as_deref(), words) {
            Some(text) => self.reply(&text, Vec::new(), ReplyKind::Answer),
            None => self.hand_off(turn, HandOffReason::ToolFailed, &[], words),
        }
    }

    pub(crate) fn hand_off(
        &self,
        turn: &Turn<'_>,
        reason: HandOffReason,
        near: &[&Article],
        words: &Words,
    ) -> Decision {
        let near: Vec<&str> = near.iter().map(|article| article.title.as_str()).collect();
        Decision::HandOff {
            reason,
            text: words.hand_off(reason).to_owned(),
            summary: summary(turn, reason, &near, &Task::default(), words),
        }
    }

    /// The one door through which words leave.
    pub(crate) fn reply(&self, text: &str, citations: Vec<Citation>, kind: ReplyKind) -> Decision {
        let text = sanitise(text, &self.business.hosts);
        Decision::Reply(DraftReply { citations, ..DraftReply::plain(text, kind) })
    }

    /// With words to choose from below it; none when one of them is too long for a button.
    pub(crate) fn with_quick_replies(&self, decision: Decision, quick_replies: Vec<String>) -> Decision {
        let fit = quick_replies.iter().all(|words| words.chars().count() <= LONGEST_QUICK_REPLY);
        match decision {
            Decision::Reply(reply) if fit => {
                let clean = |words: &String| sanitise(words, &self.business.hosts);
                Decision::Reply(DraftReply {
                    quick_replies: quick_replies.iter().map(clean).collect(),
                    ..reply
                })
            }
            other => other,
        }
    }
}

/// The articles that are worth an offer.
fn near<'a>(found: &Retrieved<'a>) -> Vec<&'a Article> {
    found.candidates.iter().map(|candidate| candidate.article).take(MOST_OFFERED).collect()
}

fn small_talk<'a>(message: &str, words: &'a Words) -> Option<&'a str> {
    let talk = [
        (Signal::Greeting, words.greeting.as_str()),
        (Signal::Goodbye, words.goodbye.as_str()),
        (Signal::Thanks, words.thanks.as_str()),
    ];
    talk.into_iter().find(|(signal, _)| says(message, *signal)).map(|(_, sentence)| sentence)
}
