//! `sotto evaluate assistant`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use ::assistant::evaluation::{self, Conversation, Held, Score};
use ::assistant::{Assistant, Business, Flows, Knowledge, Known};
use anonymizer::Anonymizer;
use anyhow::{Context, Result};
use serde::Serialize;

use super::held::{Model, Run, Stage};
use super::report::{failure, part, table};
use super::{AssistantArguments, WITHOUT_SENTENCES, conversations, lines};
use crate::config::Config;
use crate::data::DataFolder;
use crate::parts::desk::anonymizer_options;
use crate::terminal::{Progress, warn};
use crate::{demo_content, models, runtime};

#[derive(Serialize)]
struct ConversationLine<'a> {
    model: Model,
    file: &'a str,
    line: usize,
    name: &'a str,
    category: &'static str,
    passed: bool,
    failures: Vec<FailureLine<'a>>,
    #[serde(flatten)]
    violations: ViolationsLine,
}

#[derive(Serialize)]
struct FailureLine<'a> {
    line: usize,
    expected: &'a str,
    came: &'a str,
}

#[derive(Serialize)]
struct ViolationsLine {
    answers_without_citation: usize,
    writes_without_confirmation: usize,
    calls_outside_policy: usize,
}

#[derive(Serialize)]
struct ScoreLine {
    model: Model,
    passed: usize,
    all: usize,
    score: f64,
    by_category: BTreeMap<&'static str, [usize; 2]>,
    #[serde(flatten)]
    violations: ViolationsLine,
}

pub(super) fn run(arguments: &AssistantArguments) -> Result<ExitCode> {
    let conversations = match arguments.conversations.as_slice() {
        [] => conversations::demo()?,
        paths => conversations::read(paths)?,
    };
    // Its defaults: what is measured here does not hang on where it runs.
    let config = Config::load(None, &BTreeMap::new())?;
    let (business, knowledge, flows) = match &arguments.business {
        Some(file) => own(file, arguments)?,
        None => demo_content::load(&config.demo)?,
    };
    let data = DataFolder::at(&arguments.common.data)?;
    let embedder = models::installed_sentences(&data)?;
    if embedder.is_none() {
        warn(WITHOUT_SENTENCES);
    }
    let options = anonymizer_options(&config.desk, &business, models::names(&data)?);
    let anonymizer = Anonymizer::new(options);
    let knowledge = match &embedder {
        Some(embedder) => knowledge.with_meaning(embedder),
        None => knowledge,
    };
    let assistant = Assistant::new(knowledge, business).with_flows(flows, embedder.as_ref())?;
    let (runtime, progress) = (runtime()?, Progress::new());
    let stage = Stage { runtime: &runtime, anonymizer: &anonymizer, progress: &progress };
    let runs = stage.runs(assistant, &conversations)?;
    drop(progress);
    let mut output = std::io::stdout().lock();
    let mut all = true;
    for run in &runs {
        let score = run.score();
        all &= score.total.passed == score.total.all;
        let written = if arguments.json {
            run.held
                .iter()
                .try_for_each(|(conversation, held)| {
                    lines::write(&mut output, &line(run.model, conversation, held))
                })
                .and_then(|()| lines::write(&mut output, &score_line(run.model, &score)))
        } else {
            write!(output, "{}{}{}", heading(run.model, runs.len()), report(run), table(&score))
        };
        written.context("write to standard output")?;
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which run it is, where there are two.
fn heading(model: Model, runs: usize) -> &'static str {
    match (model, runs) {
        (_, 1) => "",
        (Model::None, _) => "Without a model\n\n",
        (Model::Scripted, _) => "\nWith what the conversations have under model\n\n",
    }
}

/// The business that was named, its articles and its flows.
fn own(file: &Path, arguments: &AssistantArguments) -> Result<(Business, Knowledge, Flows)> {
    let beside = |name: &str| file.parent().unwrap_or(Path::new("")).join(name);
    let business = Business::load(file).context("read the business")?;
    let articles = arguments.articles.clone().unwrap_or_else(|| beside("articles"));
    let knowledge =
        Knowledge::load(&articles).context("read the articles (--articles names another folder)")?;
    let ids = knowledge.ids();
    let flows = arguments.flows.clone().unwrap_or_else(|| beside("flows"));
    let flows = Flows::load(&flows, Known { tools: &business.tools, articles: &ids })
        .context("read the flows (--flows names another folder)")?;
    Ok((business, knowledge, flows))
}

fn line<'a>(model: Model, conversation: &'a Conversation, held: &'a Held) -> ConversationLine<'a> {
    let failures = held.failures.iter();
    ConversationLine {
        model,
        file: &conversation.file,
        line: conversation.line,
        name: &conversation.name,
        category: conversation.category.name(),
        passed: held.passed(),
        failures: failures
            .map(|failure| FailureLine {
                line: failure.line,
                expected: &failure.expected,
                came: &failure.came,
            })
            .collect(),
        violations: ViolationsLine::of(held.violations),
    }
}

impl ViolationsLine {
    fn of(violations: evaluation::Violations) -> Self {
        Self {
            answers_without_citation: violations.uncited,
            writes_without_confirmation: violations.unconfirmed,
            calls_outside_policy: violations.outside_policy,
        }
    }
}

fn score_line(model: Model, score: &Score) -> ScoreLine {
    let by_category =
        score.by_category.iter().map(|(category, share)| (category.name(), [share.passed, share.all]));
    ScoreLine {
        model,
        passed: score.total.passed,
        all: score.total.all,
        score: part(score.total),
        by_category: by_category.collect(),
        violations: ViolationsLine::of(score.violations),
    }
}

/// The conversations that fail, and why.
fn report(run: &Run<'_>) -> String {
    let failed = run.held.iter().filter(|(_, held)| !held.passed());
    let mut text: String = failed.map(|(conversation, held)| failure(conversation, held)).collect();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}
