//! `sotto evaluate intents`.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use assistant::{Example, Intents};
use serde::{Deserialize, Serialize};

use super::measures::{Outcome, auroc, calibration_error, coverage, quantile};
use super::{IntentsArguments, language, lines};
use crate::ambient::{process_time, thread_time};
use crate::models;

#[derive(Deserialize)]
struct Line {
    text: String,
    #[serde(default)]
    intent: String,
}

/// One message of the test.
#[derive(Serialize)]
struct Told<'a> {
    /// Its line in its file, from 1.
    line: usize,
    /// "test" or "oos".
    file: &'static str,
    /// What was guessed.
    intent: &'a str,
    /// From 0 to 1.
    confidence: f32,
    /// What it is; none when it is none of the intents.
    expected: Option<String>,
    /// "Did you mean": the next guesses.
    others: Vec<&'a str>,
    #[serde(skip)]
    time: Duration,
}

/// Everything in one object.
#[derive(Serialize)]
struct Figures {
    intents: usize,
    examples: usize,
    in_scope: usize,
    out_of_scope: usize,
    /// Of the messages that have an intent: the share whose first guess is right.
    accuracy: f64,
    /// The same, among the first three guesses.
    accuracy_of_three: f64,
    oos_auroc: Option<f64>,
    coverage_at_90_precision: f64,
    calibration_error: f64,
    training_seconds: f64,
    message_ms_p50: f64,
    message_ms_p99: f64,
}

/// Guesses shown.
const GUESSES: usize = 3;

pub(super) fn run(arguments: &IntentsArguments) -> Result<ExitCode> {
    let examples: Vec<Line> = lines::read(&arguments.train)?;
    let test: Vec<Line> = lines::read(&arguments.test)?;
    let others: Vec<Line> = arguments.oos.as_deref().map(lines::read).transpose()?.unwrap_or_default();
    let examples: Vec<Example> =
        examples.into_iter().map(|Line { text, intent }| Example { text, intent }).collect();
    let embedder = models::sentences(&arguments.common)?;
    let began = process_time();
    let intents = Intents::train(&examples, language(&arguments.language)?, &embedder)
        .with_context(|| format!("learn from {}", arguments.train.display()))?;
    let training = process_time() - began;
    let known: BTreeSet<&str> = intents.names().iter().map(String::as_str).collect();
    let mut told: Vec<Told<'_>> = Vec::with_capacity(test.len() + others.len());
    for (at, line) in test.iter().enumerate() {
        let expected = known.contains(&*line.intent).then(|| line.intent.clone());
        told.push(tell(&intents, at, "test", &line.text, expected));
    }
    for (at, line) in others.iter().enumerate() {
        told.push(tell(&intents, at, "oos", &line.text, None));
    }
    let figures = figures(&intents, examples.len(), training, &told);
    let mut output = std::io::stdout().lock();
    let written = if arguments.json {
        told.iter()
            .try_for_each(|told| lines::write(&mut output, told))
            .and_then(|()| lines::write(&mut output, &figures))
    } else {
        write!(output, "{}", table(&figures))
    };
    written.context("write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

fn tell<'a>(
    intents: &'a Intents,
    at: usize,
    file: &'static str,
    text: &str,
    expected: Option<String>,
) -> Told<'a> {
    let began = thread_time();
    let guesses = intents.guess(text, GUESSES);
    let time = thread_time() - began;
    let [first, others @ ..] = &*guesses else { unreachable!("there are two intents at least") };
    Told {
        line: at + 1,
        file,
        intent: first.intent,
        confidence: first.confidence,
        expected,
        others: others.iter().map(|guess| guess.intent).collect(),
        time,
    }
}

fn figures(intents: &Intents, examples: usize, training: Duration, told: &[Told<'_>]) -> Figures {
    let right = |told: &&Told<'_>| told.expected.as_deref() == Some(told.intent);
    let among_three = |told: &&Told<'_>| {
        right(told) || told.expected.as_deref().is_some_and(|expected| told.others.contains(&expected))
    };
    let inside: Vec<&Told<'_>> = told.iter().filter(|told| told.expected.is_some()).collect();
    let share = |is: &dyn Fn(&&Told<'_>) -> bool| {
        inside.iter().filter(|told| is(told)).count() as f64 / inside.len().max(1) as f64
    };
    let confidences = |of: bool| -> Vec<f64> {
        let of = told.iter().filter(|told| told.expected.is_some() == of);
        of.map(|told| f64::from(told.confidence)).collect()
    };
    let outcomes: Vec<Outcome> = told
        .iter()
        .map(|told| Outcome { confidence: f64::from(told.confidence), right: right(&told) })
        .collect();
    let mut times: Vec<f64> = told.iter().map(|told| told.time.as_secs_f64() * 1e3).collect();
    Figures {
        intents: intents.names().len(),
        examples,
        in_scope: inside.len(),
        out_of_scope: told.len() - inside.len(),
        accuracy: share(&right),
        accuracy_of_three: share(&among_three),
        oos_auroc: auroc(&confidences(true), &confidences(false)),
        coverage_at_90_precision: coverage(&outcomes, 0.9),
        calibration_error: calibration_error(&outcomes),
        training_seconds: training.as_secs_f64(),
        message_ms_p50: quantile(&mut times, 0.5),
        message_ms_p99: quantile(&mut times, 0.99),
    }
}

fn table(figures: &Figures) -> String {
    let oos = figures.oos_auroc.map_or_else(|| "-".to_owned(), |area| format!("{area:.3}"));
    format!(
        "{} examples of {} intents, learnt in {:.1} s (CPU)\n\
         {} messages with an intent, {} with none of them\n\n\
         accuracy                       {:.1} %   (among the first three {:.1} %)\n\
         out of scope, AUROC            {oos}\n\
         coverage at 90 % precision     {:.1} %\n\
         calibration error              {:.3}\n\
         time for a message, CPU        {:.1} ms p50, {:.1} ms p99\n",
        figures.examples,
        figures.intents,
        figures.training_seconds,
        figures.in_scope,
        figures.out_of_scope,
        100.0 * figures.accuracy,
        100.0 * figures.accuracy_of_three,
        100.0 * figures.coverage_at_90_precision,
        figures.calibration_error,
        figures.message_ms_p50,
        figures.message_ms_p99,
    )
}
