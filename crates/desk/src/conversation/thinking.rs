//! While the assistant thinks: beside the conversation's queue, on masked text alone.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use assistant::{
    AssistantError, Decided, Decision, FlowState, HistoryEntry, HistorySpeaker, Identification, ToolCall,
    ToolOutcome, ToolResult, Turn,
};
use protocol::{FromDesk, MessageId, MessageText, NoticeCode, Speaker};
use store::desk::{Message, Phase, StoredSpeaker};
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

use super::{
    Conversation, anonymise,
    codes::Mailed,
    line::{HandOff, Reply},
    step::Changes,
};
use crate::{
    access::{Access, Actor, Purpose, released},
    chain::chain,
    spending::{self, day},
    tools::{Answer, Call, Caller, Confirmation, ToolError},
};

/// How many messages back the assistant looks.
const HISTORY: u32 = 20;
/// How many tools one answer may use.
const MOST_CALLS: usize = 3;
/// Pieces of an answer go out no faster than this: finer timing would tell about the content.
const PIECE_PAUSE: Duration = Duration::from_millis(300);
/// An answer that takes longer shows the customer that it is being written, and again as often as this.
const STILL_WRITING: Duration = Duration::from_secs(3);

/// A hand-off because something of ours failed.
const FAULT: &str = "fault";

/// An answer on its way. Dropping it stops the work.
pub(super) struct Thinking {
    /// The position of the customer's message.
    pub(super) position: i64,
    /// The id that the answer will have.
    pub(super) reply: MessageId,
    work: AbortOnDropHandle<Outcome>,
    pieces: mpsc::Receiver<String>,
    last_piece: Instant,
    results: Vec<ToolResult>,
    /// The customer's message.
    message: MessageId,
    doing: Doing,
    /// What the conversation had cost a model before.
    spent: u64,
    /// Where the flow is by now; what is stored follows with the answer.
    pub(super) flow: Option<FlowState>,
}

impl Thinking {
    /// About a message whose call has waited; nothing is done yet.
    pub(super) fn resumed(
        position: i64,
        reply: MessageId,
        message: MessageId,
        flow: Option<FlowState>,
        spent: u64,
        work: AbortOnDropHandle<Outcome>,
    ) -> Self {
        let (_, pieces) = mpsc::channel(1);
        Self {
            position,
            reply,
            work,
            pieces,
            last_piece: Instant::now(),
            results: Vec::new(),
            message,
            doing: Doing::Calling,
            spent,
            flow,
        }
    }

    /// The same, with a call to wait for.
    pub(super) fn calling(self, work: AbortOnDropHandle<Outcome>) -> Self {
        Self { work, doing: Doing::Calling, ..self }
    }
}

/// What the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Deciding, where a model may be asked.
    Asking,
    /// Deciding without a model.
    Deciding,
    /// Calling a tool: that is not broken off.
    Calling,
}

/// What the work came to.
pub(super) enum Outcome {
    Decided(Box<Result<Decided, AssistantError>>),
    Called(ToolCall, Result<Answer, ToolError>),
    Mailed(Box<Mailed>),
}

/// News of the work.
pub(super) enum Thought {
    /// The text so far, in tokens.
    Piece(String),
    Done(Outcome),
    /// Nothing yet.
    Waiting,
    /// The work panicked; the panic is in the log.
    Failed,
}

/// The next news; waits for ever when nobody thinks.
pub(super) async fn next(thinking: Option<&mut Thinking>) -> Thought {
    let Some(thinking) = thinking else { return std::future::pending().await };
    tokio::select! {
        biased;
        Some(piece) = thinking.pieces.recv() => Thought::Piece(piece),
        outcome = &mut thinking.work => outcome.map_or(Thought::Failed, Thought::Done),
        () = tokio::time::sleep(STILL_WRITING) => Thought::Waiting,
    }
}

impl Conversation {
    /// Begins to think about the first message that has no answer yet, if the assistant may speak and does not
    /// think already. Stops thinking when it may not, and asking a model when the customer goes on writing.
    pub(super) async fn answer_next(&mut self) {
        if self.phase != Phase::Assistant {
            self.thinking = None;
            return;
        }
        if let Some(thinking) = &self.thinking {
            if thinking.doing == Doing::Asking && self.wrote_since(thinking.position).await {
                self.hurry().await;
            }
            return;
        }
        let since = match self.desk.store.messages(self.channel, self.answered, 50).await {
            Ok(since) => since,
            Err(error) => {
                warn!(channel = %self.channel, error = %chain(&error), "messages cannot be read now");
                return;
            }
        };
        let Some(message) = since.into_iter().find(|message| message.speaker == StoredSpeaker::Customer)
        else {
            return;
        };
        if self.resume(&message).await {
            return;
        }
        let flow = self.memory.flow.clone();
        self.think(Doing::Asking, message.position, self.new_message(), Vec::new(), flow).await;
    }

    async fn wrote_since(&self, position: i64) -> bool {
        let since = self.desk.store.messages(self.channel, position, 1).await;
        since.is_ok_and(|since| since.iter().any(|message| message.speaker == StoredSpeaker::Customer))
    }

    /// Breaks off what a model writes and answers at once without it: what the customer says now comes next.
    async fn hurry(&mut self) {
        // Dropping it drops the provider's connection.
        let Some(Thinking { position, reply, results, flow, .. }) = self.thinking.take() else { return };
        self.think(Doing::Deciding, position, reply, results, flow).await;
    }

    async fn think(
        &mut self,
        doing: Doing,
        position: i64,
        reply: MessageId,
        results: Vec<ToolResult>,
        flow: Option<FlowState>,
    ) {
        let from = position.saturating_sub(i64::from(HISTORY));
        let messages = match self.desk.store.messages(self.channel, from - 1, HISTORY + 1).await {
            Ok(messages) => messages,
            Err(error) => {
                warn!(channel = %self.channel, error = %chain(&error), "messages cannot be read now");
                return;
            }
        };
        let Some(asked) =
            messages.iter().find(|message| message.position == position).map(|message| message.id)
        else {
            return;
        };
        let pressed = self.memory.pressed_by(asked);
        let mut history: Vec<HistoryEntry> = messages
            .iter()
            .filter(|message| message.position <= position)
            .filter_map(|message| self.history_entry(message))
            .collect();
        let Some(message) = history.pop() else { return };
        let (sender, pieces) = mpsc::channel(32);
        let desk = Arc::clone(&self.desk);
        let language = self.language.clone();
        let identification =
            if self.claims.is_some() { Identification::SignedIn } else { Identification::Unknown };
        let today = day(self.desk.clock.now());
        let unanswered = u8::try_from(self.unanswered).unwrap_or(u8::MAX);
        let guard = self.vault.guard();
        let (shown, state) = (results.clone(), flow.clone());
        let spent = self.memory.spent.clone();
        let before = spent.tokens();
        let work = self.spawn(async move {
            let turn = Turn {
                history: &history,
                message: &message.text,
                language: &language,
                identification,
                today,
                tool_results: &shown,
                unanswered,
                flow: state.as_ref(),
                pressed,
                guard: &guard,
                model: (doing == Doing::Asking).then_some(&spent),
            };
            Outcome::Decided(Box::new(desk.assistant.decide(&turn, &sender).await))
        });
        self.thinking = Some(Thinking {
            position,
            reply,
            work,
            pieces,
            last_piece: Instant::now(),
            results,
            message: asked,
            doing,
            spent: before,
            flow,
        });
    }

    fn history_entry(&mut self, message: &Message) -> Option<HistoryEntry> {
        let speaker = match message.speaker {
            StoredSpeaker::Customer => HistorySpeaker::Customer,
            StoredSpeaker::Assistant => HistorySpeaker::Assistant,
            StoredSpeaker::Agent => HistorySpeaker::Agent,
            StoredSpeaker::Note => return None,
        };
        let text = anonymise(|| self.desk.anonymizer.readmit(&message.text, &mut self.vault));
        Some(HistoryEntry { speaker, text })
    }

    /// Goes on with what the work came to.
    pub(super) async fn thought(&mut self, thought: Thought) {
        match thought {
            Thought::Piece(text) => self.piece(&text).await,
            Thought::Waiting => self.commit_passing(&FromDesk::Typing { speaker: Speaker::Assistant }).await,
            Thought::Done(outcome) => {
                let Some(thinking) = self.thinking.take() else { return };
                self.done(thinking, outcome).await;
                self.answer_next().await;
            }
            Thought::Failed => {
                let Some(thinking) = self.thinking.take() else { return };
                self.give_up(thinking.position).await;
            }
        }
    }

    async fn done(&mut self, thinking: Thinking, outcome: Outcome) {
        match outcome {
            Outcome::Decided(decided) => match *decided {
                Ok(decided) => self.decided(thinking, decided).await,
                Err(error) => {
                    warn!(channel = %self.channel, error = %chain(&error), "the assistant failed");
                    self.give_up(thinking.position).await;
                }
            },
            Outcome::Mailed(mailed) => self.mailed(thinking, *mailed).await,
            Outcome::Called(call, answer) => {
                let outcome = match answer {
                    Ok(Answer::Found(answer)) => {
                        let masked = anonymise(|| self.desk.anonymizer.mask_record(&answer, &mut self.vault));
                        ToolOutcome::Found(masked)
                    }
                    Ok(Answer::NotFound) => ToolOutcome::NotFound,
                    Ok(Answer::Refused { code }) => ToolOutcome::Refused { code },
                    Err(error) => {
                        warn!(channel = %self.channel, error = %chain(&error), "a tool failed");
                        ToolOutcome::Failed
                    }
                };
                let mut results = thinking.results;
                results.push(ToolResult { tool: call.tool, outcome });
                self.think(Doing::Asking, thinking.position, thinking.reply, results, thinking.flow).await;
            }
        }
    }

    async fn decided(&mut self, thinking: Thinking, decided: Decided) {
        let Decided { decision, flow } = decided;
        if self.memory.spent.tokens() != thinking.spent {
            let today = day(self.desk.clock.now());
            if let Err(error) = spending::keep(&self.desk.store, &self.desk.assistant, today).await {
                warn!(error = %chain(&error), "what the model has cost is not kept over a restart");
            }
        }
        let unanswered = decision.unanswered(u8::try_from(self.unanswered).unwrap_or(u8::MAX));
        let (text, citations, card, hand_off) = match decision {
            Decision::CallTool(call) => return self.call(Thinking { flow, ..thinking }, call).await,
            Decision::Reply(draft) => (draft.text, draft.citations, draft.card, None),
            Decision::HandOff { reason, text, summary } => {
                (text, Vec::new(), None, Some(HandOff { reason: reason.code(), summary }))
            }
        };
        let reply = Reply {
            id: thinking.reply,
            position: thinking.position,
            text,
            citations,
            unanswered: u32::from(unanswered),
            hand_off,
            flow,
            card,
            memory: None,
        };
        self.reply(reply).await;
    }

    /// Carries out what the assistant asked for, if policy allows it.
    pub(super) async fn call(&mut self, thinking: Thinking, call: ToolCall) {
        let declared = self.desk.assistant.business().tools.get(&call.tool).cloned();
        let Some(tool) = declared.filter(|_| thinking.results.len() < MOST_CALLS) else {
            warn!(channel = %self.channel, "the assistant asked for a tool that it may not use");
            return self.give_up(thinking.position).await;
        };
        if let Some(claims) = self.lacks_code(&tool) {
            return self.ask_code(thinking, call, claims).await;
        }
        let mut fields = vec![call.tool.clone()];
        let mut arguments = BTreeMap::new();
        for (name, value) in &call.arguments {
            let restored = self.vault.restore(value);
            fields.extend(released(value));
            arguments.insert(name.clone(), restored.text);
        }
        let recorded = self
            .desk
            .access
            .write(Actor::Assistant, Access::CallTool, self.subject, Purpose::AnswerCustomer, fields)
            .await;
        if let Err(error) = recorded {
            warn!(channel = %self.channel, error = %chain(&error), "nothing was released");
            return self.give_up(thinking.position).await;
        }
        let tools = self.desk.tools.clone();
        let claims = self.claims.clone();
        let now = self.desk.clock.now();
        let proven = claims.as_ref().is_some_and(|claims| self.memory.codes.holds(claims, now));
        let calls = self.memory.count_call(&call.tool);
        let pressed = self.memory.confirmed(&call, thinking.message);
        let (confirmation, key) = match pressed {
            Some(key) => (Confirmation::Given, key),
            None => (Confirmation::NotGiven, format!("{}-{}", thinking.reply, thinking.results.len())),
        };
        let work = self.spawn(async move {
            let asked = Call {
                tool: &tool,
                arguments: &arguments,
                caller: match (&claims, proven) {
                    (None, _) => Caller::Unknown,
                    (Some(claims), false) => Caller::Signed(claims),
                    (Some(claims), true) => Caller::WithCode(claims),
                },
                confirmation,
                key: &key,
                calls,
            };
            let answer = tools.call(&asked).await;
            Outcome::Called(call, answer)
        });
        self.thinking = Some(thinking.calling(work));
    }

    /// Sends the text so far, up to its first token: a value is released with the finished answer alone, after
    /// the access record.
    async fn piece(&mut self, text: &str) {
        let Some(thinking) = self.thinking.as_mut() else { return };
        if thinking.last_piece.elapsed() < PIECE_PAUSE {
            return;
        }
        thinking.last_piece = Instant::now();
        let id = thinking.reply;
        let text = anonymise(|| self.desk.anonymizer.readmit(text, &mut self.vault));
        let shown = text.as_str().split('[').next().unwrap_or_default().to_owned();
        self.commit_passing(&FromDesk::Piece { id, text: MessageText::new(shown) }).await;
    }

    /// Something of ours failed: a person takes over, and the customer is told that it takes longer.
    pub(super) async fn give_up(&mut self, position: i64) {
        let notice = FromDesk::Notice { code: NoticeCode::Delayed };
        let mut changes = Changes { answered: Some(position), payloads: vec![notice], ..Changes::default() };
        self.hand_off(FAULT, "", &mut changes);
        self.commit(changes).await;
    }

    pub(super) fn spawn<F>(&self, work: F) -> AbortOnDropHandle<Outcome>
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handle: JoinHandle<Outcome> = self.desk.tasks.spawn(work);
        AbortOnDropHandle::new(handle)
    }
}
