//! What both benchmarks are made of: the encoders, questions, and a knowledge base of any size in the manner of the demo shop's: its English articles, told anew of made-up products.

use std::path::Path;
use std::sync::Arc;

use assistant::{Article, Embedder, Knowledge, KnowledgeError};
use encoder::Encoder;
use encoder::multilingual::Multilingual;

pub(crate) type Failure = Box<dyn std::error::Error>;

const FIRST: [&str; 16] = [
    "Al", "Bren", "Cor", "Dal", "El", "Fen", "Gar", "Hol", "Il", "Jor", "Kel", "Lum", "Mar", "Nor", "Os",
    "Pel",
];
const SECOND: [&str; 16] =
    ["a", "avi", "den", "do", "eri", "ga", "imo", "ka", "len", "mi", "nora", "ova", "ri", "sa", "tor", "vex"];
const THING: [&str; 8] =
    ["monitor", "lamp", "cushion", "charger", "earpiece", "mask", "bracelet", "thermometer"];

/// How many English articles the demo shop has: so many are told anew in each round.
pub(crate) const OWN: usize = 43;

/// Both sentence encoders, from the folder of the models.
pub(crate) fn embedder(models: &Path) -> Result<Embedder, Failure> {
    let english = Encoder::from_bytes(&std::fs::read(models.join("minilm.model"))?)?;
    let multilingual = Multilingual::from_bytes(&std::fs::read(models.join("multilingual.model"))?)?;
    Ok(Embedder::new(Arc::new(english)).with_multilingual(Arc::new(multilingual)))
}

/// So many articles; the first ones are the demo shop's own.
pub(crate) fn articles(demo: &Path, count: usize) -> Result<Vec<Article>, KnowledgeError> {
    let knowledge = Knowledge::load(&demo.join("en"))?;
    let own = knowledge.articles();
    Ok((0..count).map(|at| told_anew(&own[at % own.len()], at / own.len(), at)).collect())
}

/// The product that the articles of this round are about.
pub(crate) fn product(round: usize) -> String {
    let name = format!("{}{}", FIRST[round % FIRST.len()], SECOND[round / FIRST.len() % SECOND.len()]);
    format!("{name} {}", THING[round % THING.len()])
}

fn told_anew(article: &Article, round: usize, at: usize) -> Article {
    let mut told = article.clone();
    if round == 0 {
        return told;
    }
    let product = product(round);
    let about = |text: &str| format!("{} for the {product}?", text.trim_end_matches(['?', '.']));
    told.id = format!("{}-{at}", article.id);
    told.url = format!("{}-{at}", article.url);
    told.title = about(&article.title);
    told.questions = article.questions.iter().map(|question| about(question)).collect();
    for passage in &mut told.passages {
        passage.sentences.insert(0, format!("This is about the {product}."));
    }
    told
}

/// What customers ask: the English questions of the evaluation.
pub(crate) fn questions() -> Result<Vec<String>, std::io::Error> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/evaluation");
    let mut asked = Vec::new();
    for name in ["retrieval.en.tsv", "retrieval.holdout.en.tsv"] {
        let text = std::fs::read_to_string(folder.join(name))?;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        asked.extend(lines.filter_map(|line| Some(line.split_once('\t')?.0.to_owned())));
    }
    Ok(asked)
}

/// The question of this number, about one of the products.
pub(crate) fn question(asked: &[String], at: usize, rounds: usize) -> String {
    format!("{} for the {}?", asked[at % asked.len()].trim_end_matches('?'), product(at % rounds))
}
