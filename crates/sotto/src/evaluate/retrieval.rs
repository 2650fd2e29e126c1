//! `sotto evaluate retrieval`.

use std::collections::HashSet;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use assistant::{Article, Knowledge, Language, Reader};
use desk::StoredVectors;
use protocol::DeskKey;
use serde::{Deserialize, Serialize};

use super::measures::quantile;
use super::{RetrievalArguments, language, lines};
use crate::ambient::{SystemEntropy, process_time, thread_time};
use crate::{models, runtime};

#[derive(Deserialize)]
struct ArticleLine {
    id: Id,
    question: String,
    answer: String,
    /// English when not given.
    language: Option<String>,
}

#[derive(Deserialize)]
struct QueryLine {
    query: String,
    gold: Id,
    language: Option<String>,
}

/// A text or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(serde_json::Number),
}

impl Id {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

/// One question.
#[derive(Serialize)]
struct Asked {
    /// Its line in the file, from 1.
    line: usize,
    gold: String,
    /// Articles, best first, at most ten.
    found: Vec<String>,
    /// Where the right one is, from 1; none when it is not among them.
    rank: Option<usize>,
    /// Probability that the first one answers.
    confidence: f32,
    /// CPU time.
    ms: f64,
}

#[derive(Serialize)]
struct Figures {
    articles: usize,
    queries: usize,
    recall_at_1: f64,
    recall_at_3: f64,
    recall_at_10: f64,
    /// Mean of one over the rank; nothing for those not among the first ten.
    mrr: f64,
    index_seconds: f64,
    query_ms_mean: f64,
    query_ms_p50: f64,
    query_ms_p99: f64,
}

pub(super) fn run(arguments: &RetrievalArguments) -> Result<ExitCode> {
    let articles: Vec<ArticleLine> = lines::read(&arguments.articles)?;
    let queries: Vec<QueryLine> = lines::read(&arguments.queries)?;
    let embedder = models::sentences(&arguments.common)?;
    let articles = articles
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            article(line).with_context(|| format!("{}, article {}", arguments.articles.display(), at + 1))
        })
        .collect::<Result<Vec<_>>>()?;
    let known: HashSet<String> = articles.iter().map(|article| article.id.clone()).collect();
    let count = articles.len();
    let (indexed, asked) = runtime()?.block_on(async {
        let began = process_time();
        let knowledge = Knowledge::from_articles(articles)?;
        let stored = match &arguments.vectors {
            Some(url) => {
                let own = DeskKey::random(&SystemEntropy);
                Some(StoredVectors::open(url, own).await.context("--vectors")?)
            }
            None => None,
        };
        let knowledge = match &stored {
            Some(stored) => stored.with_meaning(knowledge, &embedder).await.context("--vectors")?,
            None => knowledge.with_meaning(&embedder),
        };
        let indexed = process_time() - began;
        let asked = ask_all(&knowledge, queries, &known, arguments).await;
        if let Some(stored) = stored {
            stored.remove().await.context("--vectors")?;
        }
        anyhow::Ok((indexed, asked?))
    })?;
    let figures = figures(count, indexed, &asked);
    let mut output = std::io::stdout().lock();
    let written = if arguments.json {
        asked
            .iter()
            .try_for_each(|asked| lines::write(&mut output, asked))
            .and_then(|()| lines::write(&mut output, &figures))
    } else {
        write!(output, "{}", table(&figures))
    };
    written.context("write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

async fn ask_all(
    knowledge: &Knowledge,
    queries: Vec<QueryLine>,
    known: &HashSet<String>,
    arguments: &RetrievalArguments,
) -> Result<Vec<Asked>> {
    let mut asked = Vec::with_capacity(queries.len());
    for (at, line) in queries.into_iter().enumerate() {
        let gold = line.gold.into_text();
        ensure!(
            known.contains(&gold),
            "{}, line {}: there is no article with the id {gold}",
            arguments.queries.display(),
            at + 1
        );
        let language = language(line.language.as_deref().unwrap_or("en"))?;
        asked.push(ask(knowledge, at, &line.query, gold, language).await?);
    }
    Ok(asked)
}

fn article(line: ArticleLine) -> Result<Article> {
    let language = language(line.language.as_deref().unwrap_or("en"))?;
    Article::of_answer(&line.id.into_text(), &line.question, &line.answer, language)
        .context("the question or the answer is empty")
}

async fn ask(
    knowledge: &Knowledge,
    at: usize,
    query: &str,
    gold: String,
    language: Language,
) -> Result<Asked> {
    let began = thread_time();
    let retrieved = knowledge.retrieve(query, language, Reader::Author).await?;
    let time = thread_time() - began;
    let found: Vec<String> =
        retrieved.candidates.iter().map(|candidate| candidate.article.id.clone()).collect();
    Ok(Asked {
        line: at + 1,
        rank: found.iter().position(|id| *id == gold).map(|at| at + 1),
        gold,
        found,
        confidence: retrieved.confidence,
        ms: time.as_secs_f64() * 1e3,
    })
}

fn figures(articles: usize, indexed: Duration, asked: &[Asked]) -> Figures {
    let count = asked.len() as f64;
    let within = |limit: usize| {
        asked.iter().filter(|asked| asked.rank.is_some_and(|rank| rank <= limit)).count() as f64 / count
    };
    let mut times: Vec<f64> = asked.iter().map(|asked| asked.ms).collect();
    Figures {
        articles,
        queries: asked.len(),
        recall_at_1: within(1),
        recall_at_3: within(3),
        recall_at_10: within(10),
        mrr: asked.iter().filter_map(|asked| asked.rank).map(|rank| 1.0 / rank as f64).sum::<f64>() / count,
        index_seconds: indexed.as_secs_f64(),
        query_ms_mean: times.iter().sum::<f64>() / count,
        query_ms_p50: quantile(&mut times, 0.5),
        query_ms_p99: quantile(&mut times, 0.99),
    }
}

fn table(figures: &Figures) -> String {
    format!(
        "{} articles, indexed in {:.1} s (CPU), {} queries\n\n\
         recall@1     {:.3}\n\
         recall@3     {:.3}\n\
         recall@10    {:.3}\n\
         MRR          {:.3}\n\
         time for a query, CPU   {:.1} ms p50, {:.1} ms p99\n",
        figures.articles,
        figures.index_seconds,
        figures.queries,
        figures.recall_at_1,
        figures.recall_at_3,
        figures.recall_at_10,
        figures.mrr,
        figures.query_ms_p50,
        figures.query_ms_p99,
    )
}
