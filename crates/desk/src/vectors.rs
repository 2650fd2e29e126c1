//! The articles' vectors in PostgreSQL: the other implementation of [`VectorIndex`], for more articles than memory takes.
//!
//! A start brings the tables in step with the articles. While the database is away the assistant finds by words alone.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use assistant::vectors::{Asked, Keep, MemoryIndex, Near, Nearness, Part, Spread, Texts, VectorIndex};
use assistant::{Embedder, Knowledge};
use futures_util::future::BoxFuture;
use protocol::DeskKey;
use ring::digest::{Context, SHA256};
use store::vectors::{FoundPart, Nearest, RowKey, VectorDatabase, VectorError, VectorTable};
use tokio::time::Instant;

/// The database, and whose tables are meant.
#[derive(Clone)]
pub struct StoredVectors {
    database: VectorDatabase,
    owner: DeskKey,
}

/// One scope's table.
struct StoredIndex {
    table: VectorTable,
    /// In the order of their places.
    articles: Vec<(usize, String)>,
    places: HashMap<String, usize>,
    /// Says how near articles are as a whole.
    sample: MemoryIndex,
    resting: Mutex<Option<Instant>>,
}

/// Longer than this no message waits for the database.
const LIMIT: Duration = Duration::from_millis(500);
/// For so long it is left alone after it did not answer, so that one message waits and not each.
const REST: Duration = Duration::from_secs(5);
/// So many nearest rows are looked at: tens of articles, of which ten become candidates.
const ROWS: i32 = 400;
/// So many articles tell what nearness is usual: the deviation of a thousand is within about 5 % of that of all.
const SAMPLE: usize = 1_000;
/// So many texts are embedded and put in at once: what is in stays in when a start is stopped.
const LOT: usize = 1_000;

impl StoredVectors {
    /// Connects.
    ///
    /// # Errors
    /// [`VectorError`] with what to do.
    pub async fn open(url: &str, owner: DeskKey) -> Result<Self, VectorError> {
        Ok(Self { database: VectorDatabase::open(url).await?, owner })
    }

    /// The same articles, found by what they mean as well; their vectors in the database, which is brought in step.
    ///
    /// # Errors
    /// [`VectorError`]; what was put in so far stays there.
    pub async fn with_meaning(
        &self,
        mut knowledge: Knowledge,
        embedder: &Embedder,
    ) -> Result<Knowledge, VectorError> {
        let all = knowledge.texts(embedder);
        let sets: Vec<(&str, usize)> = all.iter().map(|texts| (texts.scope.name(), texts.width())).collect();
        self.database.keep_only(self.owner.octets(), &sets).await?;
        for texts in &all {
            let index = self.index(texts).await?;
            knowledge = knowledge.with_index(embedder, texts.scope, index);
        }
        Ok(knowledge)
    }

    /// An index of these texts, once the table is in step with them.
    ///
    /// # Errors
    /// As [`Self::with_meaning`].
    pub async fn index(&self, texts: &Texts) -> Result<Box<dyn VectorIndex>, VectorError> {
        let table = self.database.table(self.owner.octets(), texts.scope.name(), texts.width()).await?;
        bring_in_step(&table, texts).await?;
        let articles: Vec<(usize, String)> =
            texts.articles.iter().map(|article| (article.place, article.key.clone())).collect();
        Ok(Box::new(StoredIndex {
            table,
            places: articles.iter().map(|(place, key)| (key.clone(), *place)).collect(),
            articles,
            sample: MemoryIndex::sample(texts, SAMPLE),
            resting: Mutex::new(None),
        }))
    }

    /// Removes all that this desk has there.
    ///
    /// # Errors
    /// [`VectorError`]
    pub async fn remove(&self) -> Result<(), VectorError> {
        self.database.keep_only(self.owner.octets(), &[]).await
    }
}

/// Embeds and adds what is not there, then takes away what is not wanted any more.
async fn bring_in_step(table: &VectorTable, texts: &Texts) -> Result<(), VectorError> {
    let mut there = table.keys().await?;
    let mut seen = HashSet::new();
    let mut missing = Vec::new();
    for article in &texts.articles {
        for (part, text) in &article.texts {
            let key = RowKey {
                article: article.key.clone(),
                part: number(*part),
                text: digest(&texts.model, text),
            };
            if seen.insert(key.clone()) && !there.remove(&key) {
                missing.push((key, text.clone()));
            }
        }
    }
    let count = missing.len();
    for lot in missing.chunks(LOT) {
        let written: Vec<String> = lot.iter().map(|(_, text)| text.clone()).collect();
        let vectors = texts.vectors(&written, Keep::Elsewhere);
        let rows: Vec<(RowKey, Vec<f32>)> = lot.iter().map(|(key, _)| key.clone()).zip(vectors).collect();
        table.add(&rows).await?;
    }
    let gone: Vec<RowKey> = there.into_iter().collect();
    table.settle(&gone).await?;
    tracing::info!(set = texts.scope.name(), added = count, removed = gone.len(), "the vectors are in step");
    Ok(())
}

impl StoredIndex {
    async fn ask(&self, asked: &Asked<'_>) -> Result<Option<Near>, VectorError> {
        let name = |place: &usize| {
            let at = self.articles.binary_search_by_key(place, |(known, _)| *known).ok()?;
            Some(self.articles.get(at)?.1.as_str())
        };
        let hidden = self.articles.iter().filter(|(place, _)| !(asked.shown)(*place));
        let hidden: Vec<&str> = hidden.map(|(_, key)| key.as_str()).collect();
        let also: Vec<&str> = asked.also.iter().filter_map(name).collect();
        let nearest = Nearest { vector: asked.vector, rows: ROWS, hidden: &hidden, also: &also };
        let found = self.table.nearest(nearest, LIMIT).await?;
        let mut near: HashMap<usize, Nearness> = HashMap::new();
        for FoundPart { article, part, cosine } in found {
            // Another start may have put it in meanwhile.
            let (Some(place), Some(part)) = (self.places.get(&article), of_number(part)) else { continue };
            let nearness = near.entry(*place).or_insert(Nearness::NONE);
            *nearness = nearness.with(part, cosine);
        }
        let none_shown = hidden.len() == self.articles.len();
        if (near.is_empty() && !none_shown) || asked.also.iter().any(|place| !near.contains_key(place)) {
            return Ok(None);
        }
        let sample = self.sample.look(asked).all;
        let all = Spread { count: self.articles.len() - hidden.len(), ..sample };
        let mut articles: Vec<(usize, Nearness)> = near.into_iter().collect();
        articles.sort_by_key(|(place, _)| *place);
        Ok(Some(Near { articles, all }))
    }

    fn rests(&self) -> bool {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.is_some_and(|until| Instant::now() < until)
    }

    /// Said once, when it goes and when it comes.
    fn note(&self, why_away: Option<&str>) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        match (resting.is_some(), why_away) {
            (false, Some(why)) => tracing::warn!(why, "articles are found by words alone until this ends"),
            (true, None) => tracing::info!("articles are found by meaning again"),
            (true, Some(_)) | (false, None) => {}
        }
        *resting = why_away.map(|_| Instant::now() + REST);
    }
}

impl VectorIndex for StoredIndex {
    fn near<'a>(&'a self, asked: &'a Asked<'a>) -> BoxFuture<'a, Option<Near>> {
        Box::pin(async move {
            if self.rests() {
                return None;
            }
            match self.ask(asked).await {
                Ok(Some(near)) => {
                    self.note(None);
                    Some(near)
                }
                Ok(None) => {
                    self.note(Some("rows are missing from the table of vectors: start the desk anew"));
                    None
                }
                Err(error) => {
                    self.note(Some(&error.to_string()));
                    None
                }
            }
        })
    }
}

fn number(part: Part) -> i16 {
    match part {
        Part::Question => 0,
        Part::Passage => 1,
    }
}

fn of_number(part: i16) -> Option<Part> {
    [Part::Question, Part::Passage].into_iter().find(|known| number(*known) == part)
}

/// Of the text and the model that makes its vector.
fn digest(model: &[f32], text: &str) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    model.iter().for_each(|number| context.update(&number.to_le_bytes()));
    context.update(text.as_bytes());
    let mut octets = [0; 32];
    octets.copy_from_slice(context.finish().as_ref());
    octets
}
