//! One conversation, held as the desk holds it: masked with one vault, the state carried on, a change only after the
//! press of the card that shows it.

use std::collections::BTreeMap;

use anonymizer::{AnonymizedText, Anonymizer, Plaintext, TokenVault};
use llm::Spent;
use tokio::sync::mpsc;

use super::expect::{Came, compare};
use super::score::{Violations, uncited};
use super::script::{Asked, ScriptedModel};
use super::{Act, Button, Conversation, Line, ServiceOutcome, Step};
use crate::{
    Assistant, AssistantError, Card, Confirm, Decision, FlowState, HistoryEntry, HistorySpeaker,
    Identification, IdentityLevel, ToolCall, ToolOutcome, ToolResult, Turn,
};

/// How many messages back the assistant looks, and how many tools one answer may use: as in the desk.
const HISTORY: usize = 20;
const MOST_CALLS: usize = 3;

/// What came of one conversation.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// What was not as written; none when it passed.
    pub failures: Vec<Failure>,
    /// What must never happen, whatever a conversation expects.
    pub violations: Violations,
}

/// One thing that was not as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line of the expectation, from 1.
    pub line: usize,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
}

/// Holds a conversation with an assistant that has no model; what turns have under `model` is not looked at.
///
/// # Errors
/// When the index fails.
pub async fn run(
    assistant: &Assistant,
    anonymizer: &Anonymizer,
    conversation: &Conversation,
) -> Result<Held, AssistantError> {
    hold(assistant, anonymizer, conversation, None).await
}

/// Holds a conversation with an assistant whose model is `script`: it says what each turn has under `model`.
///
/// # Errors
/// When the index fails.
pub async fn run_scripted(
    assistant: &Assistant,
    script: &ScriptedModel,
    anonymizer: &Anonymizer,
    conversation: &Conversation,
) -> Result<Held, AssistantError> {
    ScriptedModel::during(hold(assistant, anonymizer, conversation, Some(script))).await
}

async fn hold(
    assistant: &Assistant,
    anonymizer: &Anonymizer,
    conversation: &Conversation,
    script: Option<&ScriptedModel>,
) -> Result<Held, AssistantError> {
    let mut talk = Talk {
        assistant,
        anonymizer,
        conversation,
        script,
        vault: TokenVault::new(),
        said: Vec::new(),
        flow: None,
        identification: conversation.identification,
        unanswered: 0,
        card: None,
        called: BTreeMap::new(),
        held: Held::default(),
        spent: Spent::default(),
    };
    for step in &conversation.turns {
        if let Some(script) = script {
            script.turn(step.model.as_ref().map(|Line(_, said)| said.clone()));
        }
        let Some(came) = talk.turn(step).await? else { break };
        compare(step, conversation, &came, assistant, &mut talk.held.failures);
        talk.the_model_was_asked(step);
        if came.hand_off.is_some() {
            talk.nobody_answers_after(step);
            break;
        }
    }
    Ok(talk.held)
}

struct Talk<'a> {
    assistant: &'a Assistant,
    anonymizer: &'a Anonymizer,
    conversation: &'a Conversation,
    script: Option<&'a ScriptedModel>,
    vault: TokenVault,
    /// As the desk stores it.
    said: Vec<(HistorySpeaker, String)>,
    flow: Option<FlowState>,
    identification: Identification,
    unanswered: u8,
    card: Option<Card>,
    called: BTreeMap<String, u32>,
    held: Held,
    /// On a model.
    spent: Spent,
}

impl Talk<'_> {
    /// `None` when the conversation cannot go on.
    async fn turn(&mut self, step: &Step) -> Result<Option<Came>, AssistantError> {
        let card = self.card.take();
        let (message, pressed) = match (&step.act, &card) {
            (Act::Say(text), _) => {
                match self.anonymizer.mask(&Plaintext::new(text.clone()), &mut self.vault) {
                    Ok(masked) => (masked.as_str().to_owned(), None),
                    Err(_) => return Ok(self.stopped(step, "the anonymizer lets no model read this message")),
                }
            }
            (Act::Press(button), Some(card)) => match button {
                Button::Confirm => (card.confirm.clone(), Some(true)),
                Button::Decline => (card.decline.clone(), Some(false)),
            },
            (Act::SignIn, _) => {
                self.identification = Identification::SignedIn;
                let asked = self.said.iter().rposition(|(speaker, _)| *speaker == HistorySpeaker::Customer);
                let Some(asked) = asked else {
                    return Ok(
                        self.stopped(step, "nothing was said before that needs a customer who is signed in")
                    );
                };
                self.said.truncate(asked + 1);
                (self.said.pop().map(|(_, message)| message).unwrap_or_default(), None)
            }
            (Act::Press(_), None) => return Ok(self.stopped(step, "the last message has no card")),
        };
        let confirmed = card.filter(|_| pressed == Some(true)).map(|card| card.call);
        self.said.push((HistorySpeaker::Customer, message));
        let mut came = Came { was_in_flow: self.flow.is_some(), ..Came::default() };
        let mut results: Vec<ToolResult> = Vec::new();
        let decision = loop {
            let (decision, cites) = self.decide(pressed, &results).await?;
            came.was_in_flow |= self.flow.is_some();
            let Decision::CallTool(call) = decision else {
                self.held.violations.uncited += usize::from(!cites);
                break decision;
            };
            if results.len() >= MOST_CALLS {
                return Ok(self.stopped(step, "the assistant asks for more calls than one turn may have"));
            }
            let arguments = self.restored(&call);
            let outcome = self.call(&call, &arguments, confirmed.as_ref());
            came.calls.push((call.tool.clone(), arguments));
            results.push(ToolResult { tool: call.tool, outcome });
        };
        self.unanswered = decision.unanswered(self.unanswered);
        self.took(decision, &mut came);
        Ok(Some(came))
    }

    /// The decision, and whether it is no answer from the articles without one.
    async fn decide(
        &mut self,
        pressed: Option<bool>,
        results: &[ToolResult],
    ) -> Result<(Decision, bool), AssistantError> {
        let from = self.said.len().saturating_sub(HISTORY + 1);
        let mut history = Vec::new();
        for (speaker, text) in self.said.iter().skip(from) {
            history.push(HistoryEntry {
                speaker: *speaker,
                text: self.anonymizer.readmit(text, &mut self.vault),
            });
        }
        let message: AnonymizedText =
            history.pop().map_or_else(|| self.anonymizer.readmit("", &mut self.vault), |entry| entry.text);
        let guard = self.vault.guard();
        let before = self.flow.clone();
        let turn = Turn {
            history: &history,
            message: &message,
            language: &self.conversation.language,
            identification: self.identification,
            today: self.conversation.today,
            tool_results: results,
            unanswered: self.unanswered,
            flow: before.as_ref(),
            pressed,
            guard: &guard,
            model: Some(&self.spent),
        };
        let (pieces, _listening) = mpsc::channel(8);
        let decided = self.assistant.decide(&turn, &pieces).await?;
        let cites = !uncited(self.assistant, &turn, &decided);
        self.flow = decided.flow;
        Ok((decided.decision, cites))
    }

    /// What the service answers, unless the desk would refuse the call.
    fn call(
        &mut self,
        call: &ToolCall,
        arguments: &BTreeMap<String, String>,
        confirmed: Option<&ToolCall>,
    ) -> ToolOutcome {
        let calls = self.called.entry(call.tool.clone()).or_default();
        *calls += 1;
        let Some(tool) = self.assistant.business().tools.get(&call.tool) else {
            self.held.violations.outside_policy += 1;
            return ToolOutcome::Failed;
        };
        let known = match tool.identity {
            IdentityLevel::None => true,
            IdentityLevel::Signed => self.identification == Identification::SignedIn,
            // A code is given in the desk alone, and no conversation here has one.
            IdentityLevel::Code => false,
        };
        let good = tool.arguments(arguments, String::as_str);
        let within = good
            .as_ref()
            .is_ok_and(|good| tool.limits.cents.is_none_or(|most| good.cents().is_none_or(|is| is <= most)));
        if !known || !within {
            self.held.violations.outside_policy += 1;
            return ToolOutcome::Failed;
        }
        if *calls > tool.limits.calls {
            return ToolOutcome::Refused { code: "too-many-calls".to_owned() };
        }
        if tool.confirm == Confirm::Needed && confirmed != Some(call) {
            self.held.violations.unconfirmed += 1;
            return ToolOutcome::Failed;
        }
        let answer = self.conversation.answers.iter().find(|answer| {
            let given = answer.given.as_ref();
            answer.tool == call.tool
                && given.is_none_or(|given| arguments.values().any(|value| value == given))
        });
        match answer.map(|answer| &answer.outcome) {
            Some(ServiceOutcome::Found(body)) => {
                let mut body = body.clone();
                if let (Some(fields), false) = (body.as_object_mut(), tool.keep.is_empty()) {
                    fields.retain(|name, _| tool.keep.contains(name));
                }
                let body = Plaintext::new(body.to_string());
                ToolOutcome::Found(self.anonymizer.mask_record(&body, &mut self.vault))
            }
            Some(ServiceOutcome::NotFound) => ToolOutcome::NotFound,
            Some(ServiceOutcome::Refused(code)) => ToolOutcome::Refused { code: code.clone() },
            Some(ServiceOutcome::Failed) | None => ToolOutcome::Failed,
        }
    }

    fn took(&mut self, decision: Decision, came: &mut Came) {
        let text = match decision {
            Decision::Reply(draft) => {
                came.citations = draft.citations;
                came.kind = Some(draft.kind);
                came.card =
                    draft.card.as_ref().map(|card| (card.call.tool.clone(), self.restored(&card.call)));
                self.card = draft.card;
                draft.text
            }
            Decision::HandOff { reason, text, .. } => {
                came.hand_off = Some(reason);
                self.flow = None;
                text
            }
            Decision::CallTool(_) => String::new(),
        };
        let text = self.anonymizer.readmit(&text, &mut self.vault);
        came.text = self.vault.restore(text.as_str()).text.reveal().to_owned();
        self.anonymizer.hear(&text, &mut self.vault);
        self.said.push((HistorySpeaker::Assistant, text.as_str().to_owned()));
        if let Some(flow) = &self.flow {
            came.flow = Some(flow.flow().to_owned());
            let restored = |value: &str| self.vault.restore(value).text.reveal().to_owned();
            came.slots = flow.slots().map(|(name, value)| (name.to_owned(), restored(&value))).collect();
        }
    }

    fn restored(&self, call: &ToolCall) -> BTreeMap<String, String> {
        let restored = |value: &str| self.vault.restore(value).text.reveal().to_owned();
        call.arguments.iter().map(|(name, value)| (name.clone(), restored(value))).collect()
    }

    fn stopped(&mut self, step: &Step, why: &str) -> Option<Came> {
        let expected = "the conversation goes on".to_owned();
        self.held.failures.push(Failure { line: step.line, expected, came: why.to_owned() });
        None
    }

    /// What a model says to a turn in which nobody asks it shows nothing.
    fn the_model_was_asked(&mut self, step: &Step) {
        if let (Some(script), Some(Line(line, _))) = (self.script, &step.model)
            && script.asked() == Asked::No
        {
            let (expected, came) = ("the model is asked", "it was not");
            let failure = Failure { line: *line, expected: expected.to_owned(), came: came.to_owned() };
            self.held.failures.push(failure);
        }
    }

    /// A person has the conversation: the assistant is silent, so what is written behind cannot come.
    fn nobody_answers_after(&mut self, step: &Step) {
        if let Some(next) = self.conversation.turns.iter().find(|turn| turn.line > step.line) {
            let came = "a person has taken over before";
            self.stopped(next, came);
        }
    }
}
