//! A message that starts a flow or goes on with one: what the flow's machine comes to becomes a decision.

use tokio::sync::mpsc::Sender;

use crate::flows::{Ending, Input, Progress, Setting, Start, Why};
use crate::summary::{Task, summary};
use crate::words::Words;
use crate::{
    Assistant, AssistantError, Card, Decided, Decision, FlowState, HandOffReason, Identification,
    IdentityLevel, Language, ReplyKind, ToolCall, Turn, wants,
};

impl Assistant {
    /// What the message's intent starts, when it surely has one.
    pub(crate) async fn begun(
        &self,
        turn: &Turn<'_>,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Option<Decided>, AssistantError> {
        let Some(start) = self.intent(turn, language).and_then(|intent| wants::start(self.flows(), intent))
        else {
            return Ok(None);
        };
        match start {
            Start::Flow(flow) => self.begin_flow(turn, flow, language, pieces).await,
            Start::Article(id) => {
                let article = self.knowledge().by_id(id, language, turn.reader());
                Ok(article.map(|article| self.chosen(article).into()))
            }
            Start::HandOff(reason) => {
                let task = Task { what: reason.clone(), known: Vec::new() };
                let words = Words::of(language);
                Ok(Some(
                    person(turn, HandOffReason::Flow, words.hand_off(HandOffReason::Flow), &task, words)
                        .into(),
                ))
            }
        }
    }

    /// Begins this flow with the message; none when there is no such flow.
    pub(crate) async fn begin_flow(
        &self,
        turn: &Turn<'_>,
        flow: &str,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Option<Decided>, AssistantError> {
        match self.flows().start(flow, turn.message, &self.setting(turn, language)) {
            Some(progress) => self.carry_out(turn, flow, progress, language, pieces).await.map(Some),
            None => Ok(None),
        }
    }

    /// Goes on with a flow.
    pub(crate) async fn in_flow(
        &self,
        turn: &Turn<'_>,
        state: FlowState,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Decided, AssistantError> {
        let flow = state.flow().to_owned();
        let input = match (turn.tool_results.last(), turn.pressed) {
            (Some(result), _) => Input::Result(result),
            (None, Some(yes)) => Input::Pressed(yes),
            (None, None) => Input::Message { text: turn.message, intent: self.intent(turn, language) },
        };
        let progress = self.flows().go_on(state, input, &self.setting(turn, language));
        self.carry_out(turn, &flow, progress, language, pieces).await
    }

    fn setting<'a>(&'a self, turn: &Turn<'_>, language: Language) -> Setting<'a> {
        Setting { business: self.business(), language, today: turn.today }
    }

    async fn carry_out(
        &self,
        turn: &Turn<'_>,
        flow: &str,
        progress: Progress,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Decided, AssistantError> {
        let words = Words::of(language);
        Ok(match progress {
            Progress::Asks { state, text, card, quick_replies } => {
                let reply = self.reply(&text, Vec::new(), ReplyKind::Answer);
                let reply = self.with_quick_replies(reply, quick_replies);
                Decided { decision: with_card(reply, card, words), flow: Some(state) }
            }
            Progress::Calls { state, call } if self.may_call(turn, &call) => {
                Decided { decision: Decision::CallTool(call), flow: Some(state) }
            }
            Progress::Calls { state, .. } => Decided {
                decision: self.reply(&words.sign_in, Vec::new(), ReplyKind::SignIn),
                flow: state.may_call_again().then_some(state),
            },
            Progress::Aside { state, again, card, quick_replies } => {
                let aside = self.aside(turn, &again, language, pieces).await?;
                let aside = self.with_quick_replies(aside, quick_replies);
                let flow = matches!(aside, Decision::Reply(_)).then_some(state);
                Decided { decision: with_card(aside, card, words), flow }
            }
            Progress::HandsOff { why, text, known } => {
                let (reason, what) = match why {
                    Why::Reason(reason) => (reason, flow.to_owned()),
                    Why::Step(step) => (HandOffReason::Flow, format!("{flow}: {step}")),
                    Why::TooLong | Why::Done | Why::Gone => (HandOffReason::Flow, flow.to_owned()),
                };
                person(turn, reason, &text, &Task { what, known }, words).into()
            }
            Progress::Ends { text, how } => {
                let kind = match how {
                    Ending::Done => ReplyKind::Answer,
                    Ending::Cancelled => ReplyKind::SmallTalk,
                };
                self.reply(&text, Vec::new(), kind).into()
            }
        })
    }

    fn may_call(&self, turn: &Turn<'_>, call: &ToolCall) -> bool {
        let level = self.business().tools.get(&call.tool).map(|tool| tool.identity);
        turn.identification == Identification::SignedIn || level == Some(IdentityLevel::None)
    }

    /// The answer to a question on the way, with the flow's own question behind it.
    async fn aside(
        &self,
        turn: &Turn<'_>,
        again: &str,
        language: Language,
        pieces: &Sender<String>,
    ) -> Result<Decision, AssistantError> {
        let words = Words::of(language);
        // A question that no article answers is not counted as a failure: the flow goes on.
        let turn = Turn { unanswered: 0, tool_results: &[], flow: None, ..*turn };
        let (before, citations) = match self.answer(&turn, language, pieces).await? {
            Decision::Reply(reply) if reply.kind == ReplyKind::Answer => (reply.text, reply.citations),
            Decision::Reply(_) => (words.flow_aside_unknown.clone(), Vec::new()),
            other @ (Decision::CallTool(_) | Decision::HandOff { .. }) => return Ok(other),
        };
        Ok(self.reply(&format!("{before}\n\n{again}"), citations, ReplyKind::Answer))
    }
}

fn with_card(decision: Decision, call: Option<ToolCall>, words: &Words) -> Decision {
    match (decision, call) {
        (Decision::Reply(reply), Some(call)) => {
            let confirm = words.flow_card_confirm.clone();
            let card = Card { call, confirm, decline: words.flow_card_decline.clone() };
            Decision::Reply(crate::DraftReply { card: Some(card), ..reply })
        }
        (decision, _) => decision,
    }
}

fn person(turn: &Turn<'_>, reason: HandOffReason, text: &str, task: &Task, words: &Words) -> Decision {
    Decision::HandOff { reason, text: text.to_owned(), summary: summary(turn, reason, &[], task, words) }
}

impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        Self { decision, flow: None }
    }
}
