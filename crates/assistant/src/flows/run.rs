//! The machine: a state and an input give what to say or do and the next state. No I/O, no clock.
//!
//! It always comes to an end: each question is put at most [`MOST_ASKED`] times, a flow takes at most [`MOST_TURNS`]
//! inputs, and between two inputs it takes at most [`MOST_STEPS`] steps; past any of them a person takes over. A person
//! can be had with every message.

use anonymizer::AnonymizedText;
use serde_json::Value as Json;

use super::Flows;
use super::flow::{Action, Asks, Call, Condition, Flow, Place, SlotKind, Texts};
use super::phrases::{asks, cancels, correction, corrects_outright};
use super::progress::{Ending, Input, Progress, Why};
use super::slots::{Asked, Setting, SlotValue, Unfit, days_between, numbered, yes_no};
use super::state::{Confirmed, FlowState, Waiting};
use crate::signals::alarm;
use crate::words::{Words, fill};
use crate::{HandOffReason, ToolCall, ToolOutcome, ToolResult};

/// How often one question is put at most.
pub(super) const MOST_ASKED: u8 = 5;
/// How many messages and results one flow takes at most.
pub(super) const MOST_TURNS: u8 = 60;
/// How many steps are taken at most before somebody is heard again.
const MOST_STEPS: usize = 200;
/// With this many answers in a row that are none, a person is offered; with one more, asked for.
const OFFER_AT: u8 = 2;
/// The field in which a service's reason for saying no is kept.
pub(super) const REFUSED: &str = "refused";
/// Longest field that is kept of a tool's answer, in characters.
const LONGEST_KEPT: usize = 200;

impl Flows {
    /// Begins a flow with the message that asked for it; slots that the message names are filled. `None` when there is
    /// no flow of this name.
    #[must_use]
    pub fn start(&self, flow: &str, message: &AnonymizedText, setting: &Setting<'_>) -> Option<Progress> {
        let flow = self.flows.get(flow)?;
        let mut run = Run::new(flow, FlowState::new(flow), setting);
        if let Some(reason) = alarm(message.as_str()) {
            return Some(run.hand_off(Why::Reason(reason), None));
        }
        run.fill_others(message.as_str(), None);
        Some(run.walk(0))
    }

    /// Goes on with a flow.
    #[must_use]
    pub fn go_on(&self, state: FlowState, input: Input<'_>, setting: &Setting<'_>) -> Progress {
        let found = self.flows.get(&state.flow).and_then(|flow| Some((flow, flow.step(&state.step)?)));
        let Some((flow, place)) = found else {
            let text = Words::of(setting.language).hand_off(HandOffReason::Flow).to_owned();
            return Progress::HandsOff { why: Why::Gone, text, known: Vec::new() };
        };
        let mut run = Run::new(flow, state, setting);
        run.state.turns = run.state.turns.saturating_add(1);
        match input {
            Input::Message { text, intent } => {
                let elsewhere = intent.and_then(|name| self.intent(name)).is_some_and(
                    |intent| !matches!(&intent.starts, super::Start::Flow(name) if *name == flow.name),
                );
                run.message(place, text.as_str(), elsewhere)
            }
            Input::Pressed(yes) => run.pressed(place, yes),
            Input::Result(result) => run.result(place, result),
        }
    }
}

struct Run<'a> {
    flow: &'a Flow,
    state: FlowState,
    setting: &'a Setting<'a>,
    words: &'static Words,
    /// What is said before the next question.
    said: Vec<String>,
}

impl<'a> Run<'a> {
    fn new(flow: &'a Flow, mut state: FlowState, setting: &'a Setting<'a>) -> Self {
        let said = std::mem::take(&mut state.said);
        Self { flow, state, setting, words: Words::of(setting.language), said }
    }

    /// A button of the card. The only thing that makes a call that needs the customer's yes.
    fn pressed(&mut self, place: Place, yes: bool) -> Progress {
        let flow = self.flow;
        match flow.steps.get(place).map(|step| &step.action) {
            Some(Action::Call(call)) if call.confirm.is_some() && self.state.waiting != Waiting::Result => {
                if yes {
                    self.state.confirmed = Confirmed::Something;
                    self.call(call)
                } else {
                    self.declined(call)
                }
            }
            // A button of a question that is settled.
            _ => self.ask(place),
        }
    }

    fn declined(&mut self, call: &Call) -> Progress {
        match call.confirm.as_ref().and_then(|confirm| confirm.declined) {
            Some(declined) => self.walk(declined),
            None => Progress::Ends { text: self.words.flow_cancelled.clone(), how: Ending::Cancelled },
        }
    }

    fn message(&mut self, place: Place, text: &str, elsewhere: bool) -> Progress {
        if let Some(reason) = alarm(text) {
            return self.hand_off(Why::Reason(reason), None);
        }
        if self.state.turns > MOST_TURNS {
            return self.hand_off(Why::TooLong, None);
        }
        if cancels(text) {
            return Progress::Ends { text: self.words.flow_cancelled.clone(), how: Ending::Cancelled };
        }
        if self.state.waiting == Waiting::Result {
            // The result never came. What may have been done already is not done twice.
            return match self.state.confirmed {
                Confirmed::Nothing => self.walk(place),
                Confirmed::Something => self.hand_off(Why::Reason(HandOffReason::ToolFailed), None),
            };
        }
        if self.state.waiting == Waiting::AnswerOrPerson {
            match yes_no(text) {
                Some(true) => return self.hand_off(Why::Reason(HandOffReason::NotUnderstood), None),
                Some(false) if correction(text).is_none() => return self.ask(place),
                Some(false) | None => {}
            }
        }
        if elsewhere && asks(text) {
            return self.aside(place);
        }
        if let Some(progress) = self.corrected(text) {
            return progress;
        }
        self.answer(place, text, elsewhere)
    }

    fn answer(&mut self, place: Place, text: &str, elsewhere: bool) -> Progress {
        let flow = self.flow;
        let words = self.words;
        let unfit = match flow.steps.get(place).map(|step| &step.action) {
            Some(Action::Ask { slot, next, .. }) => {
                let Some(slot) = flow.slot(slot) else { return self.hand_off(Why::Gone, None) };
                match slot.kind.read(text, Asked::Yes, self.setting) {
                    Ok(found) => {
                        self.state.fill(&slot.name, found.value);
                        self.fill_others(text, Some(found.range));
                        return self.walk(*next);
                    }
                    Err(Unfit::None) if elsewhere || asks(text) => return self.aside(place),
                    Err(unfit) => match (&slot.wrong, unfit) {
                        (Some(wrong), Unfit::None) => self.filled(wrong),
                        (Some(_) | None, unfit) => slot.kind.wrong(unfit, words).to_owned(),
                    },
                }
            }
            Some(Action::Try { yes, no, .. }) => match yes_no(text) {
                Some(true) => return self.walk(*yes),
                Some(false) => return self.walk(*no),
                None if elsewhere || asks(text) => return self.aside(place),
                None => words.wrong_yes_no.clone(),
            },
            Some(Action::Call(call)) => match yes_no(text) {
                Some(true) => return self.ask(place),
                Some(false) => return self.declined(call),
                None if elsewhere || asks(text) => return self.aside(place),
                None => words.flow_press.clone(),
            },
            Some(Action::Say { .. } | Action::Check { .. } | Action::HandOff { .. } | Action::End { .. })
            | None => {
                return self.hand_off(Why::Gone, None);
            }
        };
        self.state.failures = self.state.failures.saturating_add(1);
        if self.state.failures > OFFER_AT {
            return self.hand_off(Why::Reason(HandOffReason::NotUnderstood), None);
        }
        self.said.push(unfit);
        let offers = self.state.failures == OFFER_AT;
        if offers {
            self.said.push(words.flow_offer_person.clone());
        }
        match self.ask(place) {
            // "Yes" now says yes to a person.
            Progress::Asks { mut state, text, card, .. } if offers => {
                state.waiting = Waiting::AnswerOrPerson;
                Progress::Asks { state, text, card, quick_replies: Vec::new() }
            }
            other => other,
        }
    }

    /// "No, I meant …": the value given last that the words fit is replaced, and the flow goes on from its question.
    fn corrected(&mut self, text: &str) -> Option<Progress> {
        let rest = correction(text)?;
        let flow = self.flow;
        let given: Vec<String> = self.state.values.iter().rev().map(|(name, _)| name.clone()).collect();
        for slot in given.iter().filter_map(|name| flow.slot(name)) {
            if slot.kind == SlotKind::YesNo && !corrects_outright(text) {
                continue;
            }
            let Ok(found) = slot.kind.read(rest, Asked::Yes, self.setting) else { continue };
            if self.state.value(&slot.name) == Some(&found.value) {
                continue;
            }
            if self.state.confirmed == Confirmed::Something {
                return Some(self.hand_off(Why::Done, None));
            }
            let asked = |step: &super::flow::Step| matches!(&step.action, Action::Ask { slot: name, .. } if *name == slot.name);
            let Some(Action::Ask { next, .. }) =
                flow.steps.iter().find(|step| asked(step)).map(|step| &step.action)
            else {
                continue;
            };
            let value = slot.kind.shown(&found.value, self.setting.language);
            self.said.push(fill(&self.words.flow_corrected, &[("value", &value)]));
            self.state.fill(&slot.name, found.value);
            // What was looked up with the old value says nothing about the new one.
            self.state.kept.clear();
            return Some(self.walk(*next));
        }
        None
    }

    /// Fills empty slots with what else the message names. `taken` is where the answer to the question stands.
    fn fill_others(&mut self, text: &str, taken: Option<std::ops::Range<usize>>) {
        let flow = self.flow;
        let mut rest = text.to_owned();
        let blank = |rest: &mut String, range: std::ops::Range<usize>| {
            if rest.is_char_boundary(range.start) && rest.is_char_boundary(range.end) {
                rest.replace_range(range.clone(), &" ".repeat(range.len()));
            }
        };
        taken.into_iter().for_each(|range| blank(&mut rest, range));
        for slot in &flow.slots {
            let same = flow
                .slots
                .iter()
                .filter(|other| std::mem::discriminant(&other.kind) == std::mem::discriminant(&slot.kind));
            // Of two dates nobody knows which is which.
            let certain = same.count() == 1 || matches!(slot.kind, SlotKind::Choice(_));
            if certain
                && self.state.value(&slot.name).is_none()
                && let Ok(found) = slot.kind.read(&rest, Asked::No, self.setting)
            {
                self.state.fill(&slot.name, found.value);
                blank(&mut rest, found.range);
            }
        }
    }

    fn result(&mut self, place: Place, result: &ToolResult) -> Progress {
        let Some(Action::Call(call)) = self.flow.steps.get(place).map(|step| &step.action) else {
            return self.hand_off(Why::Gone, None);
        };
        if self.state.waiting != Waiting::Result || call.tool != result.tool {
            return self.hand_off(Why::Reason(HandOffReason::ToolFailed), None);
        }
        let to = match &result.outcome {
            ToolOutcome::Found(body) => {
                let body = serde_json::from_str::<Json>(body.as_str()).unwrap_or_default();
                for field in &call.keep {
                    match body.get(field).and_then(scalar) {
                        Some(value) => self.state.kept.insert(field.clone(), value),
                        None => self.state.kept.remove(field),
                    };
                }
                Some(call.next)
            }
            ToolOutcome::NotFound => {
                call.keep.iter().for_each(|field| drop(self.state.kept.remove(field)));
                call.not_found
            }
            ToolOutcome::Refused { code } => {
                self.state.kept.insert(REFUSED.to_owned(), code.clone());
                call.refused.or(call.failed)
            }
            ToolOutcome::Failed => call.failed,
        };
        match to {
            Some(to) => self.walk(to),
            None => self.hand_off(Why::Reason(HandOffReason::ToolFailed), None),
        }
    }

    /// Takes steps until somebody must be heard.
    fn walk(&mut self, from: Place) -> Progress {
        self.state.failures = 0;
        let flow = self.flow;
        let mut place = from;
        for _ in 0..MOST_STEPS {
            let Some(step) = flow.steps.get(place) else { break };
            self.state.step.clone_from(&step.name);
            match &step.action {
                Action::Ask { slot, asks, next } => {
                    if *asks == Asks::Again {
                        self.state.forget(slot);
                    }
                    let kind = flow.slot(slot).map(|slot| &slot.kind);
                    let known =
                        self.state.value(slot).zip(kind).is_some_and(|(value, kind)| kind.holds(value));
                    if !known {
                        return self.ask(place);
                    }
                    place = *next;
                }
                Action::Say { text, next } => {
                    let text = self.filled(text);
                    self.said.push(text);
                    place = *next;
                }
                Action::Call(call) if call.confirm.is_some() => return self.ask(place),
                Action::Call(call) => return self.call(call),
                Action::Check { what, cases, otherwise } => {
                    place = cases
                        .iter()
                        .find(|(case, _)| self.holds(what, case))
                        .map_or(*otherwise, |(_, to)| *to);
                }
                Action::Try { .. } => return self.ask(place),
                Action::HandOff { reason, say } => {
                    return self.hand_off(Why::Step(reason.clone()), say.as_ref());
                }
                Action::End { say } => {
                    let text =
                        say.as_ref().map_or_else(|| self.words.flow_done.clone(), |say| self.filled(say));
                    self.said.push(text);
                    return Progress::Ends { text: self.spoken(), how: Ending::Done };
                }
            }
        }
        self.hand_off(Why::TooLong, None)
    }

    /// Puts the question of a step, unless it was put too often.
    fn ask(&mut self, place: Place) -> Progress {
        match self.question(place) {
            Some(question) => {
                self.said.push(question);
                Progress::Asks {
                    text: self.spoken(),
                    state: self.state.clone(),
                    card: self.card(place),
                    quick_replies: self.quick_replies(place),
                }
            }
            None => self.hand_off(Why::Reason(HandOffReason::NotUnderstood), None),
        }
    }

    fn aside(&mut self, place: Place) -> Progress {
        match self.question(place) {
            Some(again) => Progress::Aside {
                state: self.state.clone(),
                again,
                card: self.card(place),
                quick_replies: self.quick_replies(place),
            },
            None => self.hand_off(Why::Reason(HandOffReason::NotUnderstood), None),
        }
    }

    /// The question of a step, counted; `None` when it was put often enough.
    fn question(&mut self, place: Place) -> Option<String> {
        let flow = self.flow;
        let language = self.setting.language;
        let step = flow.steps.get(place)?;
        let (key, text) = match &step.action {
            Action::Ask { slot, .. } => {
                let slot = flow.slot(slot)?;
                let mut text = self.filled(&slot.ask);
                if let SlotKind::Choice(choices) = &slot.kind {
                    text.push_str(&numbered(choices, language));
                }
                (slot.name.clone(), text)
            }
            Action::Try { text, .. } => (
                format!("/{}", step.name),
                format!("{}\n\n{}", self.filled(text), self.words.flow_did_that_help),
            ),
            Action::Call(call) => (format!("/{}", step.name), self.filled(&call.confirm.as_ref()?.text)),
            Action::Say { .. } | Action::Check { .. } | Action::HandOff { .. } | Action::End { .. } => {
                return None;
            }
        };
        let asked = self.state.asked.entry(key).or_default();
        *asked = asked.saturating_add(1);
        self.state.waiting = Waiting::Answer;
        (*asked <= MOST_ASKED).then_some(text)
    }

    fn call(&mut self, call: &Call) -> Progress {
        if self.state.turns > MOST_TURNS {
            return self.hand_off(Why::TooLong, None);
        }
        let Some(call) = self.filled_in(call) else {
            // A way through the flow on which a slot was not asked for.
            return self.hand_off(Why::Gone, None);
        };
        self.state.waiting = Waiting::Result;
        self.state.said = std::mem::take(&mut self.said);
        Progress::Calls { state: self.state.clone(), call }
    }

    /// The call that a step asks the customer to confirm.
    fn card(&self, place: Place) -> Option<ToolCall> {
        match &self.flow.steps.get(place)?.action {
            Action::Call(call) if call.confirm.is_some() => self.filled_in(call),
            _ => None,
        }
    }

    /// What answers the question of a step, when it is one of few.
    fn quick_replies(&self, place: Place) -> Vec<String> {
        let kind = match self.flow.steps.get(place).map(|step| &step.action) {
            Some(Action::Ask { slot, .. }) => self.flow.slot(slot).map(|slot| &slot.kind),
            Some(Action::Try { .. }) => Some(&SlotKind::YesNo),
            _ => None,
        };
        kind.map(|kind| kind.few(self.setting.language)).unwrap_or_default()
    }

    /// The call with the slots' values; `None` when one has none.
    fn filled_in(&self, call: &Call) -> Option<ToolCall> {
        let value = |slot: &String| self.state.value(slot).map(SlotValue::plain);
        let given = call.arguments.iter().map(|(name, slot)| Some((name.clone(), value(slot)?)));
        Some(ToolCall { tool: call.tool.clone(), arguments: given.collect::<Option<_>>()? })
    }

    fn hand_off(&mut self, why: Why, say: Option<&Texts>) -> Progress {
        let text = match (&why, say) {
            (_, Some(say)) => self.filled(say),
            (Why::Reason(reason), None) => self.words.hand_off(*reason).to_owned(),
            (Why::Step(_) | Why::TooLong | Why::Done | Why::Gone, None) => {
                self.words.hand_off(HandOffReason::Flow).to_owned()
            }
        };
        self.said.push(text);
        let values = self.state.values.iter().map(|(name, value)| (name.clone(), value.plain()));
        let known = values.chain(self.state.kept.clone()).collect();
        Progress::HandsOff { why, text: self.spoken(), known }
    }

    fn holds(&self, what: &str, condition: &Condition) -> bool {
        let plain =
            self.state.value(what).map(SlotValue::plain).or_else(|| self.state.kept.get(what).cloned());
        let date = |text: &str| text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
        let masked = |text: &String| !anonymizer::tokens_in(text).is_empty();
        match condition {
            Condition::Is(values) => {
                plain.is_some_and(|is| values.iter().any(|value| value.to_lowercase() == is.to_lowercase()))
            }
            Condition::OlderThanDays(days) => plain
                .and_then(|text| date(&text))
                .is_some_and(|date| days_between(date, self.setting.today) > i64::from(*days)),
            Condition::MoreThan(least) => {
                plain.and_then(|text| super::shape::money(&text)).is_some_and(|is| is > *least)
            }
            Condition::Missing => plain.is_none() || plain.as_ref().is_some_and(masked),
        }
    }

    /// A text with the values in their places.
    fn filled(&self, texts: &Texts) -> String {
        let language = self.setting.language;
        let shown = |(name, value): &(String, SlotValue)| {
            let kind = self.flow.slot(name).map(|slot| &slot.kind);
            (name.clone(), kind.map_or_else(|| value.plain(), |kind| kind.shown(value, language)))
        };
        let mut values: Vec<(String, String)> = self.state.values.iter().map(shown).collect();
        values.extend(self.state.kept.iter().map(|(name, value)| (name.clone(), self.words.date(value))));
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fill(texts.of(language), &values)
    }

    fn spoken(&mut self) -> String {
        std::mem::take(&mut self.said).join("\n\n")
    }
}

// A field of a tool's answer is data: one line, and not a long one.
fn scalar(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Json::Number(number) => number.to_string(),
        Json::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    (!text.is_empty() && text.chars().count() <= LONGEST_KEPT).then_some(text)
}
