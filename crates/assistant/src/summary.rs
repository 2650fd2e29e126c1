//! What an agent reads first: why, what was asked, what was tried. Masked, like everything the assistant has.

use crate::words::Words;
use crate::{HandOffReason, HistorySpeaker, ToolOutcome, Turn};

/// How many earlier messages of the customer are repeated.
const EARLIER: usize = 3;
/// How much of one message, in characters.
const LONGEST: usize = 300;

/// What a flow leaves for the person.
#[derive(Default)]
pub(crate) struct Task {
    /// The flow, and what its files say is to be done.
    pub(crate) what: String,
    /// Names of slots and fields, and their values, masked.
    pub(crate) known: Vec<(String, String)>,
}

/// Builds the summary. `near` are titles of the articles that came nearest.
pub(crate) fn summary(
    turn: &Turn<'_>,
    reason: HandOffReason,
    near: &[&str],
    task: &Task,
    words: &Words,
) -> String {
    let mut lines = vec![
        format!("{}: {}", words.summary_reason, words.reason(reason)),
        format!("{}: {}", words.summary_asked, shortened(turn.message.as_str())),
    ];
    if !task.what.is_empty() {
        lines.push(format!("{}: {}", words.summary_task, task.what));
    }
    if !task.known.is_empty() {
        let known: Vec<String> =
            task.known.iter().map(|(name, value)| format!("{name} = {}", shortened(value))).collect();
        lines.push(format!("{}: {}", words.summary_known, known.join(", ")));
    }
    let earlier: Vec<String> = turn
        .history
        .iter()
        .filter(|entry| entry.speaker == HistorySpeaker::Customer)
        .map(|entry| shortened(entry.text.as_str()))
        .collect();
    let earlier = &earlier[earlier.len().saturating_sub(EARLIER)..];
    if !earlier.is_empty() {
        lines.push(format!("{}: {}", words.summary_before, earlier.join(" / ")));
    }
    let said: Vec<String> = turn
        .history
        .iter()
        .filter(|entry| entry.speaker == HistorySpeaker::Assistant)
        .map(|entry| shortened(entry.text.as_str()))
        .collect();
    if let Some(last) = said.last() {
        lines.push(format!("{}: {last}", words.summary_tried));
    }
    if !near.is_empty() {
        lines.push(format!("{}: {}", words.summary_near, near.join(" / ")));
    }
    if !turn.tool_results.is_empty() {
        let results: Vec<String> = turn
            .tool_results
            .iter()
            .map(|result| {
                let outcome = match result.outcome {
                    ToolOutcome::Found(_) => &words.outcome_found,
                    ToolOutcome::NotFound => &words.outcome_not_found,
                    ToolOutcome::Refused { .. } => &words.outcome_refused,
                    ToolOutcome::Failed => &words.outcome_failed,
                };
                format!("{} ({outcome})", result.tool)
            })
            .collect();
        lines.push(format!("{}: {}", words.summary_tools, results.join(", ")));
    }
    lines.join("\n")
}

// One line; cut at a blank so that no token is cut in half.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        length += word.chars().count() + 1;
        if length > LONGEST {
            short.push_str(" …");
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}
