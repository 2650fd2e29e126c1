//! Whether every step can be reached, and none of the ways through a flow goes round without the customer.

use std::collections::BTreeSet;

use super::check::Wrong;
use super::flow::{Action, Asks, Place, Step};

/// Tells of steps that nothing leads to and of circles that nobody can leave. `lines` are those of the steps.
pub(super) fn check(steps: &[Step], lines: &[usize], wrong: &mut Wrong<'_>) {
    let reached = reached(steps, 0, &next);
    for (place, line) in lines.iter().enumerate().filter(|(place, _)| !reached.contains(place)) {
        let step = steps.get(place).map(|step| step.name.as_str()).unwrap_or_default();
        wrong.say(*line, format!("no way leads to {step}; write its name behind a next:, or take it out"));
    }
    for (place, line) in lines.iter().enumerate() {
        let around = quiet(steps, place).into_iter().any(|to| reached_quietly(steps, to).contains(&place));
        if around {
            let problem = "the way from this step leads back to it without asking anything; write a try:, or an ask: with again: yes, in between";
            wrong.say(*line, problem.to_owned());
            return;
        }
    }
}

fn reached_quietly(steps: &[Step], from: Place) -> BTreeSet<Place> {
    reached(steps, from, &quiet)
}

fn reached(steps: &[Step], from: Place, ways: &dyn Fn(&[Step], Place) -> Vec<Place>) -> BTreeSet<Place> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(place) = open.pop() {
        if reached.insert(place) {
            open.extend(ways(steps, place));
        }
    }
    reached
}

/// Where it can go on from a step.
fn next(steps: &[Step], place: Place) -> Vec<Place> {
    match steps.get(place).map(|step| &step.action) {
        Some(Action::Ask { next, .. } | Action::Say { next, .. }) => vec![*next],
        Some(Action::Call(call)) => {
            let declined = call.confirm.as_ref().and_then(|confirm| confirm.declined);
            [Some(call.next), call.not_found, call.failed, call.refused, declined]
                .into_iter()
                .flatten()
                .collect()
        }
        Some(Action::Check { cases, otherwise, .. }) => {
            cases.iter().map(|(_, to)| *to).chain([*otherwise]).collect()
        }
        Some(Action::Try { yes, no, .. }) => vec![*yes, *no],
        Some(Action::HandOff { .. } | Action::End { .. }) | None => Vec::new(),
    }
}

/// The same without the steps at which the customer is always asked.
fn quiet(steps: &[Step], place: Place) -> Vec<Place> {
    match steps.get(place).map(|step| &step.action) {
        Some(Action::Try { .. } | Action::Ask { asks: Asks::Again, .. }) => Vec::new(),
        Some(Action::Call(call)) if call.confirm.is_some() => Vec::new(),
        Some(_) | None => next(steps, place),
    }
}
