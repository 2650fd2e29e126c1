//! While the assistant thinks: beside the conversation's queue, on masked text alone.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use assistant::{
    AssistantError, Decided, Decision, DraftReply, FlowState, HistoryEntry, HistorySpeaker, Identification,
    ReplyKind, ToolCall, ToolOutcome, ToolResult, Turn,
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
/// How many messages may lie between the last answer and the next message of the customer.
const LOOK_AHEAD: u32 = 50;
/// How many tools one answer may use.
const MOST_CALLS: usize = 3;
/// Pieces of an answer go out no faster than this: finer timing would tell about the content.
const PIECE_PAUSE: Duration = Duration::from_millis(300);
/// An answer that takes longer shows the customer that it is being written, and again as often as this.
const STILL_WRITING: Duration = Duration::from_secs(3);

/// A hand-off because something of ours failed.
const FAULT: &str = "fault";

/// What is thought about.
pub(super) struct Question {
    /// What was said before, oldest first.
    history: Vec<Message>,
    /// The customer's message.
    pub(super) message: Message,
    /// The id that the answer will have.
    pub(super) reply: MessageId,
}

/// An answer on its way. Dropping it stops the work.
pub(super) struct Thinking {
    pub(super) question: Question,
    work: AbortOnDropHandle<Outcome>,
    pieces: mpsc::Receiver<String>,
    last_piece: Instant,
    results: Vec<ToolResult>,
    doing: Doing,
    /// What the conversation had cost a model before.
    spent: u64,
    /// Where the flow is by now; what is stored follows with the answer.
    pub(super) flow: Option<FlowState>,
}

impl Thinking {
    /// About a message whose call has waited; nothing is done yet.
    pub(super) fn resumed(
        question: Question,
        flow: Option<FlowState>,
        spent: u64,
        work: AbortOnDropHandle<Outcome>,
    ) -> Self {
        let (_, pieces) = mpsc::channel(1);
        Self {
            question,
            work,
            pieces,
            last_piece: Instant::now(),
            results: Vec::new(),
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
            let wrote_since = self.last_from_customer > thinking.question.message.position;
            if thinking.doing == Doing::Asking && wrote_since {
                self.hurry();
            }
            return;
        }
        if self.last_from_customer <= self.answered {
            return;
        }
        let Some(question) = self.question().await else { return };
        let Some(question) = self.resume(question).await else { return };
        let flow = self.memory.flow.clone();
        self.think(Doing::Asking, question, Vec::new(), flow);
    }

    /// The first message that has no answer yet.
    async fn question(&self) -> Option<Question> {
        let from = self.answered.saturating_sub(i64::from(HISTORY));
        let mut recent = match self.desk.store.messages(self.channel, from, HISTORY + LOOK_AHEAD).await {
            Ok(recent) => recent,
            Err(error) => {
                warn!(channel = %self.channel, error = %chain(&error), "messages cannot be read now");
                return None;
            }
        };
        let waits = |message: &Message| {
            message.position > self.answered && message.speaker == StoredSpeaker::Customer
        };
        let at = recent.iter().position(waits)?;
        recent.truncate(at + 1);
        let message = recent.pop()?;
        let history = recent.split_off(recent.len().saturating_sub(HISTORY as usize));
        Some(Question { history, message, reply: self.new_message() })
    }

    /// Breaks off what a model writes and answers at once without it: what the customer says now comes next.
    fn hurry(&mut self) {
        // Dropping it drops the provider's connection.
        let Some(Thinking { question, results, flow, .. }) = self.thinking.take() else { return };
        self.think(Doing::Deciding, question, results, flow);
    }

    fn think(&mut self, doing: Doing, question: Question, results: Vec<ToolResult>, flow: Option<FlowState>) {
        let pressed = self.memory.pressed_by(question.message.id);
        let (history, message) = anonymise(|| {
            let mut readmit =
                |message: &Message| self.desk.anonymizer.readmit(&message.text, &mut self.vault);
            let history: Vec<HistoryEntry> = question
                .history
                .iter()
                .filter_map(|message| {
                    Some(HistoryEntry { speaker: speaker(message.speaker)?, text: readmit(message) })
                })
                .collect();
            (history, readmit(&question.message))
        });
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
                message: &message,
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
            Outcome::Decided(Box::new(desk.assistant.get().decide(&turn, &sender).await))
        });
        self.thinking = Some(Thinking {
            question,
            work,
            pieces,
            last_piece: Instant::now(),
            results,
            doing,
            spent: before,
            flow,
        });
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
                self.give_up(thinking.question.message.position).await;
            }
        }
    }

    async fn done(&mut self, thinking: Thinking, outcome: Outcome) {
        match outcome {
            Outcome::Decided(decided) => match *decided {
                Ok(decided) => self.decided(thinking, decided).await,
                Err(error) => {
                    warn!(channel = %self.channel, error = %chain(&error), "the assistant failed");
                    self.give_up(thinking.question.message.position).await;
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
                self.think(Doing::Asking, thinking.question, results, thinking.flow);
            }
        }
    }

    async fn decided(&mut self, thinking: Thinking, decided: Decided) {
        let Decided { decision, flow } = decided;
        if self.memory.spent.tokens() != thinking.spent {
            let today = day(self.desk.clock.now());
            if let Err(error) = spending::keep(&self.desk.store, &self.desk.assistant.get(), today).await {
                warn!(error = %chain(&error), "what the model has cost is not kept over a restart");
            }
        }
        let unanswered = decision.unanswered(u8::try_from(self.unanswered).unwrap_or(u8::MAX));
        let (draft, hand_off) = match decision {
            Decision::CallTool(call) => return self.call(Thinking { flow, ..thinking }, call).await,
            Decision::Reply(draft) => (draft, None),
            Decision::HandOff { reason, text, summary } => {
                let hand_off = HandOff { reason: reason.code(), summary };
                (DraftReply::plain(text, ReplyKind::Answer), Some(hand_off))
            }
        };
        let reply = Reply {
            id: thinking.question.reply,
            position: thinking.question.message.position,
            draft,
            unanswered: u32::from(unanswered),
            hand_off,
            flow,
            memory: None,
        };
        self.reply(reply).await;
    }

    /// Carries out what the assistant asked for, if policy allows it.
    pub(super) async fn call(&mut self, thinking: Thinking, call: ToolCall) {
        let declared = self.desk.assistant.get().business().tools.get(&call.tool).cloned();
        let Some(tool) = declared.filter(|_| thinking.results.len() < MOST_CALLS) else {
            warn!(channel = %self.channel, "the assistant asked for a tool that it may not use");
            return self.give_up(thinking.question.message.position).await;
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
            return self.give_up(thinking.question.message.position).await;
        }
        let tools = self.desk.tools.clone();
        let claims = self.claims.clone();
        let now = self.desk.clock.now();
        let proven = claims.as_ref().is_some_and(|claims| self.memory.codes.holds(claims, now));
        let calls = self.memory.count_call(&call.tool);
        let pressed = self.memory.confirmed(&call, thinking.question.message.id);
        let (confirmation, key) = match pressed {
            Some(key) => (Confirmation::Given, key),
            None => {
                (Confirmation::NotGiven, format!("{}-{}", thinking.question.reply, thinking.results.len()))
            }
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
        let id = thinking.question.reply;
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

/// Whose words an assistant sees them as; a note is for the staff alone.
fn speaker(stored: StoredSpeaker) -> Option<HistorySpeaker> {
    match stored {
        StoredSpeaker::Customer => Some(HistorySpeaker::Customer),
        StoredSpeaker::Assistant => Some(HistorySpeaker::Assistant),
        StoredSpeaker::Agent => Some(HistorySpeaker::Agent),
        StoredSpeaker::Note => None,
    }
}
