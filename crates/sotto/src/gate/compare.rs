//! What conversations say of what would be live beside what is.

use std::collections::BTreeSet;

use anyhow::Result;
use assistant::evaluation::{Compared, Conversation, Evaluated, Figures, Held};

use crate::evaluate::held::{Model, Run, score};
use crate::evaluate::report::failure;

/// A set held with what would be live, and as much of it as was needed with what is live.
pub(super) struct Comparison<'a> {
    alone: Compared,
    scripted: Option<Compared>,
    /// What goes wrong and did not, for people; each conversation once.
    pub(super) newly_failing: Vec<String>,
    told: BTreeSet<(&'a str, usize)>,
}

/// Conversations, and what came of each.
type AllHeld<'a> = Vec<(&'a Conversation, Held)>;

impl<'a> Comparison<'a> {
    /// Nothing is known of what is live.
    pub(super) fn of(after: &[Run<'a>]) -> Self {
        let compared = |model| {
            let run = after.iter().find(|run| run.model == model);
            run.map(|run| Compared { after: Figures::from(&run.score()), before: None })
        };
        let none = Compared { after: Figures::default(), before: None };
        Self {
            alone: compared(Model::None).unwrap_or(none),
            scripted: compared(Model::Scripted),
            newly_failing: Vec::new(),
            told: BTreeSet::new(),
        }
    }

    /// Compares one run. `before` holds conversations with what is live: first those that fail in the run; the others
    /// only when that does not settle it, since where no more fail than did, no fewer pass.
    pub(super) fn compare(
        &mut self,
        run: &Run<'a>,
        before: impl Fn(Vec<&'a Conversation>) -> Result<AllHeld<'a>>,
    ) -> Result<()> {
        let (passed, failed): (Vec<_>, Vec<_>) = run.held.iter().partition(|(_, held)| held.passed());
        let names =
            |held: &[&(&'a Conversation, Held)]| held.iter().map(|(conversation, _)| *conversation).collect();
        let mut held_before = before(names(&failed))?;
        let mut is_clear = true;
        for ((conversation, after), (_, before)) in failed.iter().zip(&held_before) {
            if figures(conversation, after).is_below(figures(conversation, before)) {
                is_clear = false;
                if self.told.insert((&conversation.file, conversation.line)) {
                    self.newly_failing.push(failure(conversation, after));
                }
            }
        }
        if is_clear {
            return Ok(());
        }
        held_before.extend(before(names(&passed))?);
        let before = Some(Figures::from(&score(&held_before)));
        match (run.model, &mut self.scripted) {
            (Model::None, _) => self.alone.before = before,
            (Model::Scripted, Some(scripted)) => scripted.before = before,
            (Model::Scripted, None) => {}
        }
        Ok(())
    }

    /// What is written down.
    pub(super) fn evaluated(&self, conversations: String) -> Evaluated {
        let Self { alone, scripted, .. } = *self;
        Evaluated { conversations, alone, scripted, despite_drop: None }
    }
}

/// Those of one conversation.
fn figures(conversation: &Conversation, held: &Held) -> Figures {
    Figures::from(&score(&[(conversation, held.clone())]))
}

/// The figures in words.
pub(crate) fn told(evaluated: &Evaluated) -> String {
    let mut text = passed(evaluated.alone, "conversations pass");
    if let Some(scripted) = evaluated.scripted {
        text.push_str(&format!(", {}", passed(scripted, "with the model's words that they hold")));
    }
    for compared in [Some(evaluated.alone), evaluated.scripted].into_iter().flatten() {
        text.push_str(&violations(compared));
    }
    text
}

fn passed(compared: Compared, what: &str) -> String {
    let Figures { passed, all, .. } = compared.after;
    let before = compared.before.map(|before| format!(" ({} before)", before.passed));
    format!("{passed} of {all} {what}{}", before.unwrap_or_default())
}

/// What never may happen, where it does.
fn violations(compared: Compared) -> String {
    let before = compared.before.unwrap_or(compared.after);
    let counts = [
        ("answers without a citation", compared.after.uncited, before.uncited),
        ("writes without confirmation", compared.after.unconfirmed, before.unconfirmed),
        ("calls outside policy", compared.after.outside_policy, before.outside_policy),
    ];
    let there = counts.into_iter().filter(|(_, after, before)| after.max(before) > &0);
    there
        .map(|(what, after, before)| {
            let before = if after == before { String::new() } else { format!(" ({before} before)") };
            format!(", {what} {after}{before}")
        })
        .collect()
}
