//! One flow: its slots and steps, with every name looked up.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Names, Wrong, by_language};
use super::flow::{
    Action, Asks, Call, Choice, Condition, Confirm, Flow, Place, Slot, SlotKind, Step, Texts, When,
};
use super::names::meant;
use super::paths;
use super::run::REFUSED;
use super::shape::money;
use crate::yaml::{Entry, Node, Value};
use crate::{Language, Presence};

/// Reads a flow whose shape is right.
pub(super) fn flow(entry: &Entry, names: &Names<'_>, wrong: &mut Wrong<'_>) -> Flow {
    let slots = entry.node.get("slots").map_or(&[][..], Node::entries);
    let steps = entry.node.get("steps").map_or(&[][..], Node::items);
    let before = wrong.count();
    let mut reading = Reading {
        names,
        wrong,
        slots: slots.iter().map(|slot| slot.key.clone()).collect(),
        kept: kept(steps),
        places: BTreeMap::new(),
        texts: Vec::new(),
    };
    reading.name_steps(steps);
    let slots: Vec<Slot> = slots.iter().map(|slot| reading.slot(slot)).collect();
    let read: Vec<Step> = steps
        .iter()
        .enumerate()
        .map(|(place, node)| reading.step(place, node, steps.len(), &slots))
        .collect();
    reading.every_slot_is_asked(entry, &slots, &read);
    reading.every_language_is_there();
    // Where a step's name is wrong, its ways are not known.
    if wrong.count() == before {
        let lines: Vec<usize> = steps.iter().map(|node| node.line).collect();
        paths::check(&read, &lines, wrong);
    }
    let description = entry.node.get("description").map(Node::text).unwrap_or_default().to_owned();
    Flow { name: entry.key.clone(), description, slots, steps: read }
}

/// The fields that any call of the flow keeps.
fn kept(steps: &[Node]) -> BTreeSet<String> {
    let fields = steps.iter().filter_map(|step| step.get("keep")).flat_map(Node::items);
    let refused = steps.iter().filter(|step| step.get("refused").is_some()).map(|_| REFUSED);
    fields.map(Node::text).chain(refused).map(str::to_owned).collect()
}

struct Reading<'a, 'b, 'c> {
    names: &'a Names<'a>,
    wrong: &'b mut Wrong<'c>,
    slots: BTreeSet<String>,
    kept: BTreeSet<String>,
    places: BTreeMap<String, Place>,
    /// Every text of the flow with its line, to compare their languages.
    texts: Vec<(usize, Texts)>,
}

impl Reading<'_, '_, '_> {
    fn name_steps(&mut self, steps: &[Node]) {
        for (place, step) in steps.iter().enumerate() {
            if let Some(name) = step.get("name")
                && self.places.insert(name.text().to_owned(), place).is_some()
            {
                self.wrong.say(name.line, format!("two steps are named {}; write another name", name.text()));
            }
        }
    }

    fn slot(&mut self, entry: &Entry) -> Slot {
        let node = &entry.node;
        if self.kept.contains(&entry.key) {
            let problem =
                format!("{} is a slot and a kept field; write another name for the slot", entry.key);
            self.wrong.say(entry.line, problem);
        }
        let written = node.get("type").map(Node::text).unwrap_or_default();
        let options = node.get("options").map_or(&[][..], Node::items);
        let kind = match written {
            "order_number" => SlotKind::OrderNumber,
            "date" => SlotKind::Date(match node.get("when").map(Node::text) {
                Some("past") => When::Past,
                Some("future") => When::Future,
                Some(_) | None => When::Any,
            }),
            "amount" => SlotKind::Amount,
            "email" => SlotKind::Email,
            "address" => SlotKind::Address,
            "yes_no" => SlotKind::YesNo,
            _ => SlotKind::Choice(options.iter().map(|option| self.choice(option)).collect()),
        };
        let (choice, date) = (written == "choice", written == "date");
        if choice && options.len() < 2 {
            let problem =
                format!("{} has fewer than two options; write options: with at least two", entry.key);
            self.wrong.say(entry.line, problem);
        }
        let options: BTreeSet<&str> =
            options.iter().filter_map(|option| Some(option.get("name")?.text())).collect();
        if let SlotKind::Choice(choices) = &kind
            && options.len() < choices.len()
        {
            self.wrong.say(entry.line, format!("two options of {} have one name; write another", entry.key));
        }
        for (key, fits, of) in [("options", choice, "choice"), ("when", date, "date")] {
            if let Some(node) = node.get(key).filter(|_| !fits) {
                self.wrong
                    .say(node.line, format!("{key} is only for type: {of}; write that, or take {key} out"));
            }
        }
        let ask = self.needed(node, "ask");
        Slot { name: entry.key.clone(), kind, ask, wrong: self.text(node, "wrong") }
    }

    fn choice(&mut self, option: &Node) -> Choice {
        let also = option.get("also").map_or(&[][..], Node::items);
        Choice {
            name: option.get("name").map(Node::text).unwrap_or_default().to_owned(),
            label: self.needed(option, "label"),
            also: also.iter().map(|word| word.text().to_owned()).collect(),
        }
    }

    fn step(&mut self, place: Place, node: &Node, count: usize, slots: &[Slot]) -> Step {
        let name =
            node.get("name").map_or_else(|| format!("step {}", place + 1), |name| name.text().to_owned());
        Step { name, action: self.action(place, node, count, slots) }
    }

    fn action(&mut self, place: Place, node: &Node, count: usize, slots: &[Slot]) -> Action {
        let has = |key: &str| node.get(key).is_some();
        if let Some(slot) = node.get("ask") {
            let slot = self.slot_named(slot);
            let again = node.get("again").map(Node::text) == Some("yes");
            let asks = if again { Asks::Again } else { Asks::WhenUnknown };
            Action::Ask { slot, asks, next: self.next(place, node, count) }
        } else if has("call") {
            Action::Call(self.call(place, node, count))
        } else if let Some(what) = node.get("check") {
            self.check(node, what, slots)
        } else if has("try") {
            let text = self.needed(node, "try");
            Action::Try {
                text,
                yes: self.go(node, "yes").unwrap_or(place),
                no: self.go(node, "no").unwrap_or(place),
            }
        } else if let Some(reason) = node.get("hand_off") {
            Action::HandOff { reason: reason.text().to_owned(), say: self.text(node, "say") }
        } else if let Some(end) = node.get("end") {
            // `end: done` has no words of its own, unless a text has that name.
            let plain = end.text() == "done" && !self.names.texts.contains_key("done");
            Action::End { say: if plain { None } else { self.text(node, "end") } }
        } else {
            Action::Say { text: self.needed(node, "say"), next: self.next(place, node, count) }
        }
    }

    fn call(&mut self, place: Place, node: &Node, count: usize) -> Call {
        let given = node.get("with").map_or(&[][..], Node::entries);
        let arguments: BTreeMap<String, String> =
            given.iter().map(|entry| (entry.key.clone(), self.slot_named(&entry.node))).collect();
        let (name, line) = node.get("call").map_or(("", node.line), |name| (name.text(), name.line));
        let tools = self.names.known.tools;
        match tools.get(name) {
            Some(tool) => {
                for entry in given.iter().filter(|entry| tool.parameter(&entry.key).is_none()) {
                    let known = tool.parameters.iter().map(|parameter| parameter.name.as_str());
                    let instead = meant(&entry.key, known, "what the business declares, or take it out");
                    self.wrong.say(
                        entry.line,
                        format!("tool {name} has no parameter {:?}; write {instead}", entry.key),
                    );
                }
                let needed =
                    tool.parameters.iter().filter(|parameter| parameter.presence == Presence::Required);
                for parameter in needed.map(|parameter| &parameter.name) {
                    if arguments.contains_key(parameter) {
                        continue;
                    }
                    let problem = format!(
                        "tool {name} needs {parameter}; write with: {{ {parameter}: the slot's name }}"
                    );
                    self.wrong.say(line, problem);
                }
                match tool.confirm {
                    crate::Confirm::Needed if node.get("confirm").is_none() => {
                        let problem = format!(
                            "tool {name} needs the customer's yes; write confirm: with the question that the customer must say yes to"
                        );
                        self.wrong.say(line, problem);
                    }
                    crate::Confirm::Needed | crate::Confirm::NotNeeded => {}
                }
            }
            None => {
                let known = tools.iter().map(|tool| tool.name.as_str());
                let instead = meant(name, known, "the name of a tool that the business declares");
                self.wrong.say(line, format!("there is no tool {name:?}; write {instead}"));
            }
        }
        let declined = self.go(node, "declined");
        let confirm = self.text(node, "confirm").map(|text| Confirm { text, declined });
        if let Some(node) = node.get("declined").filter(|_| confirm.is_none()) {
            self.wrong.say(
                node.line,
                "declined is only for a call with confirm; write confirm:, or take it out".into(),
            );
        }
        let kept = node.get("keep").map_or(&[][..], Node::items);
        Call {
            tool: name.to_owned(),
            arguments,
            keep: kept.iter().map(|field| field.text().to_owned()).collect(),
            confirm,
            next: self.next(place, node, count),
            not_found: self.go(node, "not_found"),
            failed: self.go(node, "failed"),
            refused: self.go(node, "refused"),
        }
    }

    fn check(&mut self, node: &Node, what: &Node, slots: &[Slot]) -> Action {
        let name = what.text();
        if !self.slots.contains(name) && !self.kept.contains(name) {
            let instead = self.near(name, "the name of a slot, or of a field that a call keeps");
            self.wrong.say(what.line, format!("{name:?} is no slot and no kept field; write {instead}"));
        }
        let kind = slots.iter().find(|slot| slot.name == name).map(|slot| &slot.kind);
        let cases = node.get("cases").map_or(&[][..], Node::items);
        let cases = cases
            .iter()
            .filter_map(|case| {
                let condition = self.condition(case, name, kind);
                Some((condition, self.go(case, "next")?))
            })
            .collect();
        Action::Check {
            what: name.to_owned(),
            cases,
            otherwise: self.go(node, "otherwise").unwrap_or_default(),
        }
    }

    fn condition(&mut self, case: &Node, name: &str, kind: Option<&SlotKind>) -> Condition {
        let mut only = |node: &Node, key: &str, fits: bool, of: &str| {
            if !fits {
                let problem =
                    format!("{key} is only for {of}, and {name} is none; write is: or missing: yes");
                self.wrong.say(node.line, problem);
            }
        };
        if let Some(node) = case.get("older_than_days") {
            only(node, "older_than_days", matches!(kind, None | Some(SlotKind::Date(_))), "a date");
            return Condition::OlderThanDays(node.text().parse().unwrap_or_default());
        }
        if let Some(node) = case.get("more_than") {
            only(node, "more_than", matches!(kind, None | Some(SlotKind::Amount)), "an amount");
            return Condition::MoreThan(money(node.text()).unwrap_or_default());
        }
        let Some(node) = case.get("is") else {
            return Condition::Missing;
        };
        let single = [node];
        let values: Vec<&Node> = match &node.value {
            Value::List(items) => items.iter().collect(),
            Value::Text(_) | Value::Map(_) => single.to_vec(),
        };
        let answers: Vec<&str> = match kind {
            Some(SlotKind::YesNo) => vec!["yes", "no"],
            Some(SlotKind::Choice(choices)) => choices.iter().map(|choice| choice.name.as_str()).collect(),
            Some(_) | None => Vec::new(),
        };
        for value in values.iter().filter(|value| !answers.is_empty() && !answers.contains(&value.text())) {
            let list = format!("one of {}", answers.join(", "));
            let instead = meant(value.text(), answers.iter().copied(), &list);
            self.wrong.say(value.line, format!("{name} is never {:?}; write {instead}", value.text()));
        }
        Condition::Is(values.into_iter().map(|value| value.text().trim().to_owned()).collect())
    }

    fn slot_named(&mut self, node: &Node) -> String {
        let name = node.text();
        if !self.slots.contains(name) {
            let instead =
                meant(name, self.slots.iter().map(String::as_str), "the name of a slot of this flow");
            self.wrong.say(node.line, format!("this flow has no slot {name:?}; write {instead}"));
        }
        name.to_owned()
    }

    /// The step that follows: the one named, else the one below.
    fn next(&mut self, place: Place, node: &Node, count: usize) -> Place {
        if node.get("next").is_some() {
            return self.go(node, "next").unwrap_or(place);
        }
        if place + 1 == count {
            let problem = "nothing follows this step; write next:, or a step end: or hand_off: below it";
            self.wrong.say(node.line, problem.to_owned());
        }
        (place + 1).min(count.saturating_sub(1))
    }

    /// The step that is named under `key`.
    fn go(&mut self, node: &Node, key: &str) -> Option<Place> {
        let named = node.get(key)?;
        let place = self.places.get(named.text()).copied();
        if place.is_none() {
            let known = self.places.keys().map(String::as_str);
            let instead = meant(named.text(), known, "the name: of a step of this flow");
            self.wrong.say(named.line, format!("there is no step {:?} here; write {instead}", named.text()));
        }
        place
    }

    fn needed(&mut self, node: &Node, key: &str) -> Texts {
        self.text(node, key).unwrap_or_default()
    }

    /// The text under `key`: by language, or by the name of a text.
    fn text(&mut self, node: &Node, key: &str) -> Option<Texts> {
        let node = node.get(key)?;
        let texts = match &node.value {
            Value::Text(name) => match self.names.texts.get(name.as_str()) {
                Some(texts) => texts.clone().unwrap_or_default(),
                None => {
                    let known = self.names.texts.keys().map(String::as_str);
                    let instead =
                        meant(name, known, "the name of a text, or the text itself below en: and de:");
                    self.wrong.say(node.line, format!("there is no text named {name:?}; write {instead}"));
                    Texts::default()
                }
            },
            Value::Map(_) | Value::List(_) => by_language(node),
        };
        self.values_in(node.line, &texts);
        if !texts.0.is_empty() {
            self.texts.push((node.line, texts.clone()));
        }
        Some(texts)
    }

    /// Every `{name}` in a text is a slot or a kept field.
    fn values_in(&mut self, line: usize, texts: &Texts) {
        for part in texts.0.values().flat_map(|text| text.split('{').skip(1)) {
            match part.split_once('}') {
                Some((name, _)) if self.slots.contains(name) || self.kept.contains(name) => {}
                Some((name, _)) => {
                    let instead = self.near(name, "the name of a slot, or of a field that a call keeps");
                    self.wrong.say(line, format!("{{{name}}} is no slot and no kept field; write {instead}"));
                }
                None => self.wrong.say(line, "a { is not closed; write } behind the name".into()),
            }
        }
    }

    fn near(&self, name: &str, otherwise: &str) -> String {
        meant(name, self.slots.iter().chain(&self.kept).map(String::as_str), otherwise)
    }

    fn every_slot_is_asked(&mut self, entry: &Entry, slots: &[Slot], steps: &[Step]) {
        let asks = |step: &Step, name: &str| matches!(&step.action, Action::Ask { slot, .. } if slot == name);
        let lines = entry.node.get("slots").map_or(&[][..], Node::entries);
        for (slot, written) in slots.iter().zip(lines) {
            if !steps.iter().any(|step| asks(step, &slot.name)) {
                let problem =
                    format!("no step asks for {0}; write a step ask: {0}, or take the slot out", slot.name);
                self.wrong.say(written.line, problem);
            }
        }
    }

    /// A flow that begins in one language goes on in it.
    fn every_language_is_there(&mut self) {
        let languages: BTreeSet<Language> =
            self.texts.iter().flat_map(|(_, texts)| texts.0.keys().copied()).collect();
        for (line, texts) in std::mem::take(&mut self.texts) {
            for language in languages.iter().filter(|language| !texts.0.contains_key(language)) {
                let code = language.code();
                self.wrong.say(
                    line,
                    format!(
                        "this text is not in {code} as others of this flow are; write {code}: and the text"
                    ),
                );
            }
        }
    }
}
