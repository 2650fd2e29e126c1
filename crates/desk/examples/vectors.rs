//! What finding near articles costs in memory and in PostgreSQL with pgvector, as JSON: `cargo xtask bench assistant` runs
//! it and prints a table. Arguments: a superuser's URL of a server with pgvector, then numbers of texts.
//!
//! The vectors are made up: 384 numbers, about one centre for every 50 texts, one text to an article.

use std::time::{Duration, Instant};

use assistant::Language;
use assistant::vectors::{ArticleTexts, Asked, MemoryIndex, Near, Part, Scope, Texts, VectorIndex};
use desk::StoredVectors;
use protocol::{DeskKey, Entropy};
use serde_json::{Value, json};
use store::vectors::{Nearest, RowKey, VectorDatabase};

type Failure = Box<dyn std::error::Error>;

const WIDTH: usize = 384;
const QUESTIONS: u64 = 200;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main]
#[allow(clippy::print_stdout, reason = "printing figures is what it is for")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("the URL of the server is missing")?;
    let mut measured = Vec::new();
    for size in arguments {
        measured.push(measure(&url, size.parse()?).await?);
    }
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

async fn measure(url: &str, size: usize) -> Result<Value, Failure> {
    let texts = texts(size);
    let began = Instant::now();
    let memory = MemoryIndex::new(&texts);
    let made = began.elapsed();
    let (in_memory, wanted) = ask(&memory, size).await?;

    let database = VectorDatabase::open(url).await?;
    let table = database.table(b"a benchmark, exact", "en", WIDTH).await?;
    for lot in texts.articles.chunks(1_000) {
        let row = |article: &ArticleTexts| {
            let key = RowKey { article: article.key.clone(), part: 0, text: [0; 32] };
            (key, vector(article.place as u64, size))
        };
        table.add(&lot.iter().map(row).collect::<Vec<_>>()).await?;
    }
    let mut exact = Vec::new();
    for number in 0..QUESTIONS / 4 {
        let (vector, began) = (question(number, size), Instant::now());
        let nearest = Nearest { vector: &vector, rows: 400, hidden: &[], also: &[] };
        table.nearest(nearest, PATIENCE).await?;
        exact.push(began.elapsed().as_secs_f64() * 1e3);
    }
    database.keep_only(b"a benchmark, exact", &[]).await?;

    let stored = StoredVectors::open(url, DeskKey::random(&Fixed)).await?;
    let began = Instant::now();
    let index = stored.index(&texts).await?;
    let put_in = began.elapsed();
    let (in_database, found) = ask(&*index, size).await?;
    stored.remove().await?;
    let same = wanted.iter().zip(&found).map(|(wanted, found)| {
        wanted.iter().filter(|place| found.contains(place)).count() as f64 / wanted.len() as f64
    });
    Ok(json!({
        "texts": size,
        "memory": { "made_s": made.as_secs_f64(), "mib": (size * WIDTH * 4) >> 20, "ms": quantiles(in_memory) },
        "exact_ms": quantiles(exact),
        "stored": { "made_s": put_in.as_secs_f64(), "ms": quantiles(in_database) },
        "same_of_ten": same.sum::<f64>() / QUESTIONS as f64,
    }))
}

/// Times in milliseconds, and the places of the ten nearest articles.
async fn ask(index: &dyn VectorIndex, size: usize) -> Result<(Vec<f64>, Vec<Vec<usize>>), Failure> {
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for number in 0..QUESTIONS {
        let vector = question(number, size);
        let asked = Asked { vector: &vector, shown: &|_| true, also: &[] };
        let began = Instant::now();
        let near = index.near(&asked).await.ok_or("the database did not answer in time")?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        found.push(ten(near));
    }
    Ok((times, found))
}

fn ten(near: Near) -> Vec<usize> {
    let mut ranked = near.articles;
    ranked.sort_by(|a, b| b.1.question.total_cmp(&a.1.question));
    ranked.into_iter().take(10).map(|(place, _)| place).collect()
}

fn texts(size: usize) -> Texts {
    let article = |place: usize| ArticleTexts {
        place,
        key: format!("en/{place}"),
        texts: vec![(Part::Question, place.to_string())],
    };
    let scope = Scope::Language(Language::English);
    Texts::new(scope, (0..size).map(article).collect(), vector(0, size), move |texts, _| {
        texts.iter().map(|text| vector(text.parse().unwrap_or_default(), size)).collect()
    })
}

fn vector(number: u64, size: usize) -> Vec<f32> {
    near_centre(number % (size as u64 / 50).max(1), number + 1_000_000)
}

fn question(number: u64, size: usize) -> Vec<f32> {
    near_centre(number * 7 % (size as u64 / 50).max(1), number + 900_000_000)
}

fn near_centre(centre: u64, own: u64) -> Vec<f32> {
    let (mut centre, mut own) =
        (centre.wrapping_mul(0x5851_f42d_4c95_7f2d), own.wrapping_mul(0x1405_7b7e_f767_814f));
    let vector: Vec<f32> = (0..WIDTH).map(|_| next(&mut centre) + 0.8 * next(&mut own)).collect();
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    vector.into_iter().map(|number| number / length).collect()
}

/// SplitMix64 (Steele, Lea and Flood 2014), from -0.5 to 0.5.
fn next(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1 << 24) as f32 - 0.5
}

fn quantiles(mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    json!({ "p50": at(0.5), "p99": at(0.99) })
}

/// A desk that nothing else is.
struct Fixed;

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0xbe);
    }
}
