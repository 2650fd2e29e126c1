//! Prints how well retrieval finds the right article for the questions in content/evaluation.
//!
//! `cargo run -p assistant --example retrieval` prints recall, rank, and what the three zones would do;
//! with `-- --meaning MODEL` first, also by meaning (the file that `sotto models install minilm` writes); with `-- --failures` the questions that fail, with `-- --sweep` other weights, with `-- --signals` one line
//! of tab-separated numbers for each question, from which the calibration was fitted.

#![allow(clippy::print_stdout, reason = "a report for people")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assistant::{Embedder, Knowledge, Language, Reader, Retrieved, Weights};
use encoder::Encoder;

type Failure = Box<dyn std::error::Error>;

struct Query {
    text: String,
    gold: Option<String>,
    language: Language,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let embedder = match &*arguments {
        [flag, model, ..] if flag == "--meaning" => {
            let encoder = Encoder::from_bytes(&std::fs::read(model)?)?;
            arguments.drain(..2);
            Some(Embedder::new(Arc::new(encoder)))
        }
        _ => None,
    };
    let mode = arguments.into_iter().next().unwrap_or_default();
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let articles = content.join("demo/articles");
    let mut knowledge = Knowledge::load(&articles)?;
    if let Some(embedder) = &embedder {
        knowledge = knowledge.with_meaning(embedder);
    }
    match mode.as_str() {
        "--sweep" => sweep(&articles, &content).await?,
        "--signals" => {
            for name in ["retrieval.en", "retrieval.de", "retrieval.holdout.en"] {
                for query in queries(&content, name)? {
                    let found = knowledge.retrieve(&query.text, query.language, Reader::Author).await?;
                    signals(name, &query, &found);
                }
            }
        }
        other => {
            for name in ["retrieval.en", "retrieval.de", "retrieval.holdout.en"] {
                report(name, &queries(&content, name)?, &knowledge, other == "--failures").await?;
            }
        }
    }
    Ok(())
}

fn queries(content: &Path, name: &str) -> Result<Vec<Query>, Failure> {
    let file: PathBuf = content.join("evaluation").join(format!("{name}.tsv"));
    let language = if name.ends_with(".de") { Language::German } else { Language::English };
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let query = |line: &str| {
        let (text, gold) = line.split_once('\t')?;
        Some(Query { text: text.into(), gold: (gold != "-").then(|| gold.into()), language })
    };
    Ok(lines.filter_map(query).collect())
}

fn rank(found: &Retrieved<'_>, gold: &str) -> Option<usize> {
    found.candidates.iter().position(|candidate| candidate.article.id == gold).map(|at| at + 1)
}

async fn report(name: &str, queries: &[Query], knowledge: &Knowledge, failures: bool) -> Result<(), Failure> {
    let (mut first, mut third, mut reciprocal, mut asked) = (0, 0, 0.0, 0);
    let mut zones = [[0_usize; 3]; 3];
    let start = std::time::Instant::now();
    for query in queries {
        let found = knowledge.retrieve(&query.text, query.language, Reader::Author).await?;
        let rank = query.gold.as_deref().map(|gold| rank(&found, gold));
        let kind = match rank {
            Some(Some(1)) => 0,
            Some(_) => 1,
            None => 2,
        };
        let zone = found.zone() as usize;
        zones[kind][zone] += 1;
        if let Some(rank) = rank {
            asked += 1;
            first += usize::from(rank == Some(1));
            third += usize::from(rank.is_some_and(|rank| rank <= 3));
            reciprocal += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        }
        if failures && (kind == 1 || (kind == 2 && zone == 0) || (kind == 0 && zone == 2)) {
            let got = found.candidates.first().map_or("nothing", |candidate| candidate.article.id.as_str());
            let wanted = query.gold.as_deref().unwrap_or("-");
            println!(
                "  {:?}: wanted {wanted}, got {got} at {:.2}, rank {rank:?}",
                query.text, found.confidence
            );
        }
    }
    let time = start.elapsed().as_secs_f64() * 1000.0 / queries.len().max(1) as f64;
    let share = |count: usize| 100.0 * count as f64 / asked.max(1) as f64;
    println!(
        "{name}: {asked} questions, recall@1 {:.1} %, recall@3 {:.1} %, MRR {:.3}; {time:.2} ms a question",
        share(first),
        share(third),
        reciprocal / asked.max(1) as f64,
    );
    for (kind, [answer, clarify, unknown]) in ["right first", "other first", "out of scope"].iter().zip(zones)
    {
        println!("  {kind:12}: answered {answer}, did you mean {clarify}, not understood {unknown}");
    }
    Ok(())
}

fn signals(name: &str, query: &Query, found: &Retrieved<'_>) {
    let right = query.gold.as_deref().is_some_and(|gold| rank(found, gold) == Some(1));
    let s = found.signals;
    let meaning = s.meaning.unwrap_or_default();
    println!(
        "{name}\t{}\t{}\t{:.4}\t{:.4}\t{:.4}\t{:.4}\t{:.4}\t{:.4}\t{:.4}\t{}",
        u8::from(right),
        query.gold.as_deref().unwrap_or("-"),
        s.coverage,
        s.likeness,
        s.margin,
        s.substance,
        meaning.question,
        meaning.passage,
        meaning.ahead,
        query.text
    );
}

async fn sweep(articles: &Path, content: &Path) -> Result<(), Failure> {
    let mut all = queries(content, "retrieval.en")?;
    all.extend(queries(content, "retrieval.de")?);
    for covered in [0.0, 0.5, 1.0, 2.0, 4.0] {
        for passage in [0.0, 0.2, 0.4, 0.7, 1.0] {
            for keywords in [0.3, 0.6, 1.0, 1.5] {
                let weights = Weights { question: 1.0, passage, keywords, covered, ..Weights::default() };
                let knowledge = Knowledge::load(articles)?.weighted(weights);
                let (mut first, mut reciprocal, mut asked) = (0, 0.0, 0);
                for query in &all {
                    if let Some(gold) = query.gold.as_deref() {
                        let found = knowledge.retrieve(&query.text, query.language, Reader::Author).await?;
                        let rank = rank(&found, gold);
                        asked += 1;
                        first += usize::from(rank == Some(1));
                        reciprocal += rank.map_or(0.0, |rank| 1.0 / rank as f64);
                    }
                }
                println!(
                    "question 1.0 passage {passage:.1} keywords {keywords:.1} covered {covered:.1}: recall@1 {:.1} % MRR {:.3}",
                    100.0 * first as f64 / asked as f64,
                    reciprocal / asked as f64
                );
            }
        }
    }
    Ok(())
}
