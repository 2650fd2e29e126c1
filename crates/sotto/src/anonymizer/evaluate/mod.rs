//! `sotto anonymizer evaluate`: how good the anonymizer is on labelled texts.

mod families;
mod gold;
mod score;

use std::io::Write;
use std::process::ExitCode;

use anonymizer::{Anonymizer, Span, TokenVault};
use anyhow::{Context, Result, bail};

use self::families::{Family, Meaning, meaning};
use self::gold::{Conversation, Message};
use self::score::{Arguable, Figures, Prediction, Report, Score};
use super::arguments::EvaluateArguments;
use super::policy;

/// Reads the files and prints one table, or JSON, for all of them.
pub(crate) fn run(arguments: &EvaluateArguments) -> Result<ExitCode> {
    let only = arguments.types.iter().map(|name| family(name)).collect::<Result<Vec<_>>>()?;
    let anonymizer = Anonymizer::new(policy::options(&arguments.models)?);
    let arguable = if arguments.strict { Arguable::Counted } else { Arguable::Passed };
    let mut score = Score::new(arguable);
    for path in &arguments.files {
        for conversation in gold::read(path)? {
            evaluate(&anonymizer, &conversation, arguments.no_conversation, &only, &mut score);
        }
    }
    let report = score.report();
    let mut output = std::io::stdout().lock();
    let written = if arguments.json {
        serde_json::to_writer(&mut output, &report)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(output))
    } else {
        write!(output, "{}", table(&report))
    };
    written.context("write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

fn family(name: &str) -> Result<Family> {
    match meaning(name) {
        Meaning::Family(family) => Ok(family),
        Meaning::Arguable | Meaning::Other => {
            bail!("--types: {name} is no entity; docs/ANONYMIZER.md lists them")
        }
    }
}

fn evaluate(
    anonymizer: &Anonymizer,
    conversation: &Conversation,
    apart: bool,
    only: &[Family],
    score: &mut Score,
) {
    let mut vault = TokenVault::new();
    let asked = |family: Family| only.is_empty() || only.contains(&family);
    for Message { speaker, text, gold } in &conversation.messages {
        if apart {
            vault = TokenVault::new();
        } else {
            // Known from the beginning; again, since it costs nothing and a record may come late.
            conversation.known.iter().for_each(|(entity, value)| vault.know(*entity, value.reveal()));
        }
        let (_, spans) = anonymizer.mask_and_report(text, *speaker, &mut vault);
        let prediction = |Span { range, entity, .. }: Span| {
            families::of(entity).map(|family| Prediction { range, family })
        };
        let found: Vec<Prediction> =
            spans.into_iter().filter_map(prediction).filter(|span| asked(span.family)).collect();
        score.add(text.reveal(), gold, &found, asked);
    }
}

fn table(report: &Report) -> String {
    let mut table = format!(
        "{:<16}{:>7}{:>7}   {:^23}   {:^23}{:>8}{:>8}\n{:<16}{:>7}{:>7}   {:>7}{:>8}{:>8}   {:>7}{:>8}{:>8}{:>8}{:>8}\n",
        "",
        "",
        "",
        "exact",
        "overlap",
        "",
        "",
        "type",
        "gold",
        "found",
        "P",
        "R",
        "F1",
        "P",
        "R",
        "F1",
        "anyR",
        "charR"
    );
    for (name, figures) in &report.types {
        table.push_str(&row(name, figures));
    }
    table.push_str(&row("core 8", &report.core));
    table.push_str(&row("all", &report.all));
    let alarms = &report.false_alarms;
    table.push_str(&format!(
        "\n{} messages; {} have no label, and something was found in {} of these: {:.2} for 100\n",
        report.messages, alarms.messages, alarms.alarmed, alarms.per_100
    ));
    table
}

fn row(name: &str, figures: &Figures) -> String {
    let Figures { gold, found, exact, overlap, any_recall, character_recall } = figures;
    format!(
        "{name:<16}{gold:>7}{found:>7}   {:>7.3}{:>8.3}{:>8.3}   {:>7.3}{:>8.3}{:>8.3}{any_recall:>8.3}{character_recall:>8.3}\n",
        exact.precision, exact.recall, exact.f1, overlap.precision, overlap.recall, overlap.f1
    )
}
