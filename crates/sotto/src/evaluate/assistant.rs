//! `sotto evaluate assistant`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use ::assistant::evaluation::{
    self, Category, Conversation, ConversationProblem, Held, Needs, Score, ScriptedModel, Share,
};
use ::assistant::{Assistant, Business, Flows, Knowledge, Known};
use anonymizer::Anonymizer;
use anyhow::{Context, Result, ensure};
use rust_embed::RustEmbed;
use serde::Serialize;

use super::{AssistantArguments, lines};
use crate::config::Config;
use crate::data::DataFolder;
use crate::parts::desk::anonymizer_options;
use crate::{demo_content, models, runtime};

/// The demo shop's conversations.
#[derive(RustEmbed)]
#[folder = "../../content/evaluation/conversations"]
#[include = "*.yaml"]
struct Demo;

/// The set held once.
struct Run<'a> {
    model: Model,
    held: Vec<(&'a Conversation, Held)>,
    score: Score,
}

/// What answers besides the articles.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Model {
    None,
    /// What the conversations have under `model`.
    Scripted,
}

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

#[expect(clippy::print_stderr, reason = "whoever reads the score must know what it was measured without")]
pub(super) fn run(arguments: &AssistantArguments) -> Result<ExitCode> {
    let conversations = match conversations(&arguments.conversations)? {
        Ok(conversations) => conversations,
        Err(problems) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            eprintln!("error: {} problems", problems.len());
            return Ok(ExitCode::FAILURE);
        }
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
        eprintln!(
            "the sentence model is not installed (`sotto models install`): intents are known by their examples and articles by words alone"
        );
    }
    let options = anonymizer_options(&config.desk, &business, models::names(&data)?);
    let anonymizer = Anonymizer::new(options);
    let knowledge = match &embedder {
        Some(embedder) => knowledge.with_meaning(embedder),
        None => knowledge,
    };
    let assistant = Assistant::new(knowledge, business).with_flows(flows, embedder.as_ref())?;
    let runs = runtime()?.block_on(runs(assistant, &anonymizer, &conversations))?;
    let mut output = std::io::stdout().lock();
    for run in &runs {
        let written = if arguments.json {
            run.held
                .iter()
                .try_for_each(|(conversation, held)| {
                    lines::write(&mut output, &line(run.model, conversation, held))
                })
                .and_then(|()| lines::write(&mut output, &score_line(run.model, &run.score)))
        } else {
            write!(output, "{}{}{}", heading(run.model, runs.len()), report(&run.held), table(&run.score))
        };
        written.context("write to standard output")?;
    }
    let all = runs.iter().all(|run| run.score.total.passed == run.score.total.all);
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Holds the set without a model, and again with the model of the files when there is one in them.
async fn runs<'a>(
    assistant: Assistant,
    anonymizer: &Anonymizer,
    conversations: &'a [Conversation],
) -> Result<Vec<Run<'a>>> {
    let mut alone = Run { model: Model::None, held: Vec::new(), score: Score::default() };
    for conversation in conversations.iter().filter(|conversation| conversation.needs == Needs::Nothing) {
        let held = evaluation::run(&assistant, anonymizer, conversation).await?;
        alone.count(conversation, held);
    }
    if !conversations.iter().any(Conversation::is_scripted) {
        return Ok(vec![alone]);
    }
    let script = Arc::new(ScriptedModel::default());
    let assistant = assistant.with_model(script.clone());
    let mut scripted = Run { model: Model::Scripted, held: Vec::new(), score: Score::default() };
    for conversation in conversations {
        let held = evaluation::run_scripted(&assistant, &script, anonymizer, conversation).await?;
        scripted.count(conversation, held);
    }
    Ok(vec![alone, scripted])
}

impl<'a> Run<'a> {
    fn count(&mut self, conversation: &'a Conversation, held: Held) {
        self.score.count(conversation, &held);
        self.held.push((conversation, held));
    }
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

/// All conversations of all files, or what is wrong in them.
fn conversations(paths: &[PathBuf]) -> Result<Result<Vec<Conversation>, Vec<ConversationProblem>>> {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for (name, text) in if paths.is_empty() { demo()? } else { files(paths)? } {
        match evaluation::read(&name, &text) {
            Ok(conversations) => read.extend(conversations),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    ensure!(!read.is_empty(), "there is no conversation: name .yaml files, or a folder that holds some");
    Ok(Ok(read))
}

fn demo() -> Result<Vec<(String, String)>> {
    let text = |name: Cow<'static, str>| {
        let file = Demo::get(&name).with_context(|| format!("{name} is not in the program"))?;
        let text =
            String::from_utf8(file.data.into_owned()).with_context(|| format!("{name} is not UTF-8"))?;
        Ok((name.into_owned(), text))
    };
    Demo::iter().map(text).collect()
}

fn files(paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in path.read_dir().with_context(|| format!("read {}", path.display()))? {
            let file = entry.with_context(|| format!("read {}", path.display()))?.path();
            if file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
                inside.push(file);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    let text = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        Ok((path.display().to_string(), text))
    };
    files.into_iter().map(text).collect()
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
fn report(held: &[(&Conversation, Held)]) -> String {
    let mut text = String::new();
    for (conversation, held) in held.iter().filter(|(_, held)| !held.passed()) {
        let Conversation { file, line, name, category, .. } = conversation;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{file}:{line}: {name} ({}) fails", category.name());
        for failure in &held.failures {
            let (line, expected, came) = (failure.line, &failure.expected, &failure.came);
            let _ = writeln!(text, "  {file}:{line}: expected {expected}\n    came {came}");
        }
        if !held.violations.none() {
            let violations = violations(held.violations);
            let _ = writeln!(text, "  {violations}");
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn table(score: &Score) -> String {
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

fn violations(violations: evaluation::Violations) -> String {
    format!(
        "answers without a citation {}, writes without confirmation {}, calls outside policy {}",
        violations.uncited, violations.unconfirmed, violations.outside_policy
    )
}

fn part(share: Share) -> f64 {
    share.passed as f64 / share.all.max(1) as f64
}
