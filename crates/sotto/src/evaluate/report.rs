//! What came of conversations, for people.

use std::fmt::Write as _;

use assistant::evaluation::{Category, Conversation, Held, Score, Share, Violations};

/// One that fails, and why: each line ends with a break.
pub(crate) fn failure(conversation: &Conversation, held: &Held) -> String {
    let Conversation { file, line, name, category, .. } = conversation;
    let mut text = format!("{file}:{line}: {name} ({}) fails\n", category.name());
    for failure in &held.failures {
        let (line, expected, came) = (failure.line, &failure.expected, &failure.came);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {file}:{line}: expected {expected}\n    came {came}");
    }
    if !held.violations.none() {
        let _ = writeln!(text, "  {}", violations(held.violations));
    }
    text
}

/// The score by category, then the three counts.
pub(super) fn table(score: &Score) -> String {
    let mut text = String::new();
    for category in Category::ALL {
        if let Some(share) = score.by_category.get(&category) {
            let _ = writeln!(text, "{:<16}{:>4} of {:>3}", category.name(), share.passed, share.all);
        }
    }
    let Share { passed, all } = score.total;
    let percent = 100.0 * part(score.total);
    let violations = violations(score.violations);
    let _ = writeln!(text, "{:<16}{passed:>4} of {all:>3}   {percent:.1} %\n\n{violations}", "all");
    text
}

/// The three counts that must be nought.
pub(crate) fn violations(violations: Violations) -> String {
    format!(
        "answers without a citation {}, writes without confirmation {}, calls outside policy {}",
        violations.uncited, violations.unconfirmed, violations.outside_policy
    )
}

/// Of all, from 0 to 1.
pub(super) fn part(share: Share) -> f64 {
    share.passed as f64 / share.all.max(1) as f64
}
