//! The knowledge base: articles that the business wrote, checked when they are loaded and indexed in memory.

mod article;
mod audience;
pub mod checks;
pub mod import;
mod index;
pub mod library;
mod markdown;
mod retrieve;
mod semantic;
pub mod vectors;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

pub use article::{Article, Passage};
pub use audience::{Audience, Reader};
pub use index::SearchError;
pub(crate) use markdown::sentences;
pub use retrieve::{Candidate, Meaning, Retrieved, Signals, Weights, Zone};

use crate::Language;
use crate::embedding::{Embedder, Vectors};
use index::Index;
use semantic::Semantic;
use vectors::{MemoryIndex, Scope, Texts, VectorIndex};

/// All articles, with one index for each language that has any.
pub struct Knowledge {
    articles: Vec<Article>,
    indexes: BTreeMap<Language, Index>,
    /// For the languages that the sentence encoder knows; none without an encoder.
    semantic: BTreeMap<Language, Semantic>,
    /// All articles by a model that knows all languages, when there is one.
    across: Option<Semantic>,
    weights: Weights,
}

/// What is wrong with an article, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ArticleProblem {
    /// The file's path.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub problem: String,
}

/// Why a knowledge base cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// A folder or file cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no `.md` file.
    #[error("{0} holds no article: put Markdown files (.md) there")]
    Empty(PathBuf),
    /// Articles are wrong; each problem on a line of its own.
    #[error("{}", list(.0))]
    Articles(Vec<ArticleProblem>),
    /// The index cannot be built.
    #[error("the articles cannot be indexed")]
    Index(#[from] SearchError),
}

fn list(problems: &[ArticleProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Knowledge {
    /// Loads every `.md` file under `dir`, also in folders inside it.
    ///
    /// # Errors
    /// When something cannot be read, and with all problems of all articles at once when any is wrong.
    pub fn load(dir: &Path) -> Result<Self, KnowledgeError> {
        let mut files = Vec::new();
        collect(dir, &mut files)?;
        if files.is_empty() {
            return Err(KnowledgeError::Empty(dir.to_owned()));
        }
        Self::from_files(files)
    }

    /// The same from files already read: path (for messages) and text.
    ///
    /// # Errors
    /// As [`Knowledge::load`].
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, KnowledgeError> {
        let mut articles: Vec<Article> = Vec::new();
        let mut problems = Vec::new();
        let mut places: BTreeMap<(String, Language), String> = BTreeMap::new();
        for (file, text) in files {
            let wrong = |line, problem| ArticleProblem { file: file.clone(), line, problem };
            match Article::parse(&text) {
                Ok(article) => {
                    let place = (article.id.clone(), article.language);
                    if let Some(other) = places.insert(place, file.clone()) {
                        let problem =
                            format!("{other} has the same id {:?} and language; ids must differ", article.id);
                        problems.push(wrong(1, problem));
                    }
                    articles.push(article);
                }
                Err((line, problem)) => problems.push(wrong(line, problem)),
            }
        }
        if !problems.is_empty() {
            return Err(KnowledgeError::Articles(problems));
        }
        Self::from_articles(articles)
    }

    /// The same with more articles; one that has the id and the language of an article that was there goes before it.
    ///
    /// # Errors
    /// As [`Knowledge::load`].
    pub fn with_files(
        self,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, KnowledgeError> {
        let more = Self::from_files(files)?.articles;
        let named = |article: &Article| (article.id.clone(), article.language);
        let replaced: BTreeSet<(String, Language)> = more.iter().map(named).collect();
        let kept = self.articles.into_iter().filter(|article| !replaced.contains(&named(article)));
        Self::from_articles(kept.chain(more).collect())
    }

    /// The same from articles that are checked already; their ids differ within a language.
    ///
    /// # Errors
    /// When the index cannot be built.
    pub fn from_articles(articles: Vec<Article>) -> Result<Self, KnowledgeError> {
        let mut indexes = BTreeMap::new();
        for language in Language::ALL {
            let of_language = of_language(&articles, language);
            if !of_language.is_empty() {
                indexes.insert(language, Index::build(&articles, &of_language, language)?);
            }
        }
        Ok(Self { articles, indexes, semantic: BTreeMap::new(), across: None, weights: Weights::default() })
    }

    /// The same articles, found by what they mean as well as by their words, in the languages that the encoder knows;
    /// their vectors in memory.
    #[must_use]
    pub fn with_meaning(self, embedder: &Embedder) -> Self {
        self.texts(embedder).into_iter().fold(self, |knowledge, texts| {
            knowledge.with_index(embedder, texts.scope, Box::new(MemoryIndex::new(&texts)))
        })
    }

    /// What indexes are made of: one for each language that has articles and that the encoder knows, and one across
    /// languages with a model that knows them all.
    #[must_use]
    pub fn texts(&self, embedder: &Embedder) -> Vec<Texts> {
        let languages = self.indexes.keys().copied().filter(|language| embedder.knows(*language));
        let scopes = languages.map(Scope::Language).chain([Scope::Across]);
        scopes.filter_map(|scope| Some(Texts::of(scope, &self.articles, made_by(embedder, scope)?))).collect()
    }

    /// The same articles with an index of their [`Self::texts`] of this scope.
    #[must_use]
    pub fn with_index(mut self, embedder: &Embedder, scope: Scope, index: Box<dyn VectorIndex>) -> Self {
        let semantic = made_by(embedder, scope).map(|vectors| Semantic { vectors, index });
        match (scope, semantic) {
            (Scope::Language(language), Some(semantic)) => drop(self.semantic.insert(language, semantic)),
            (Scope::Across, semantic) => self.across = semantic,
            (Scope::Language(_), None) => {}
        }
        self
    }

    /// The same articles with other weights in retrieval; for evaluation.
    #[must_use]
    pub fn weighted(self, weights: Weights) -> Self {
        Self { weights, ..self }
    }

    /// All articles, in the order of their files.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The ids of all articles: what flows may name.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<String> {
        self.articles.iter().map(|article| article.id.clone()).collect()
    }

    /// The article with this title (as shown to a customer) in this language.
    #[must_use]
    pub fn by_title(&self, title: &str, language: Language, reader: Reader) -> Option<&Article> {
        self.written_in(language, reader).find(|article| article.title == title)
    }

    /// The article with this id, in this language if there is one, else in any.
    pub(crate) fn by_id(&self, id: &str, language: Language, reader: Reader) -> Option<&Article> {
        let mut all = self.articles.iter().filter(|article| article.id == id && article.is_for(reader));
        all.clone().find(|article| article.language == language).or_else(|| all.next())
    }

    /// The article of which this is the title or one of the other questions, but for case and the marks around it.
    #[must_use]
    pub fn by_question(&self, question: &str, language: Language, reader: Reader) -> Option<&Article> {
        let asked = bare(question);
        let asks = |article: &&Article| {
            std::iter::once(&article.title).chain(&article.questions).any(|known| bare(known) == asked)
        };
        self.written_in(language, reader).find(asks)
    }

    /// The article of another language that answers `question` with confidence, when none of `language` says the same.
    /// Needs a sentence encoder that knows all languages.
    #[must_use]
    pub async fn elsewhere(&self, question: &str, language: Language, reader: Reader) -> Option<&Article> {
        let ranked = self.across(question, reader).await;
        let (first, article) = *ranked.first()?;
        let next = ranked.iter().find(|(_, other)| other.id != article.id).map_or(0.0, |(near, _)| *near);
        let own = |id: &str| self.articles.iter().any(|other| other.language == language && other.id == id);
        (first >= NEAR && first - next >= AHEAD && !own(&article.id)).then_some(article)
    }

    /// The articles of other languages that are nearest to `question`, for a model to choose from; each is there once,
    /// and those that `language` has too are not.
    pub(crate) async fn foreign(
        &self,
        question: &str,
        language: Language,
        reader: Reader,
    ) -> Vec<Candidate<'_>> {
        let ranked = self.across(question, reader).await;
        self.foreign_of(&ranked, language)
    }

    fn foreign_of<'a>(&'a self, ranked: &[(f32, &'a Article)], language: Language) -> Vec<Candidate<'a>> {
        let own = self.articles.iter().filter(|article| article.language == language);
        let mut seen: HashSet<&str> = own.map(|article| article.id.as_str()).collect();
        ranked
            .iter()
            .filter(|(_, article)| seen.insert(&article.id))
            .map(|(score, article)| Candidate { article, passage: 0, score: *score })
            .take(MOST_FOREIGN)
            .collect()
    }

    /// Articles of every language by the cosine of their nearest question, nearest first; none without a sentence
    /// encoder that knows all languages, or while the index cannot be reached.
    async fn across(&self, question: &str, reader: Reader) -> Vec<(f32, &Article)> {
        let Some(across) = &self.across else { return Vec::new() };
        let shown = |at: usize| self.articles.get(at).is_some_and(|article| article.is_for(reader));
        let Some(near) = across.near(question, &shown, &[]).await else { return Vec::new() };
        let mut ranked: Vec<(f32, &Article)> = near
            .articles
            .iter()
            .filter_map(|(at, nearness)| Some((nearness.question, self.articles.get(*at)?)))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
        ranked
    }

    fn written_in(&self, language: Language, reader: Reader) -> impl Iterator<Item = &Article> {
        self.articles.iter().filter(move |article| article.language == language && article.is_for(reader))
    }

    /// The articles for this reader that fit `question` best, best first.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn retrieve(
        &self,
        question: &str,
        language: Language,
        reader: Reader,
    ) -> Result<Retrieved<'_>, SearchError> {
        match self.indexes.get(&language) {
            Some(index) => {
                let shelf = retrieve::Shelf { articles: &self.articles, index, reader };
                retrieve::retrieve(shelf, self.semantic.get(&language), self.weights, question).await
            }
            None => Ok(Retrieved::default()),
        }
    }
}

/// `None` where no model of the embedder serves.
fn made_by(embedder: &Embedder, scope: Scope) -> Option<Vectors> {
    match scope {
        Scope::Language(language) => embedder.knows(language).then(|| embedder.for_search(language)),
        Scope::Across => embedder.across_languages(),
    }
}

/// What an article of another language needs to answer: the cosine of its nearest question, and how far the next
/// article is behind. Set on the German questions of content/evaluation over the English articles.
const NEAR: f32 = 0.6;
const AHEAD: f32 = 0.12;
/// How many articles of other languages a model may choose from: as many as it is shown a passage of.
const MOST_FOREIGN: usize = 3;

fn of_language(articles: &[Article], language: Language) -> Vec<usize> {
    (0..articles.len()).filter(|&at| articles[at].language == language).collect()
}

fn bare(question: &str) -> String {
    question.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase()
}

fn collect(dir: &Path, files: &mut Vec<(String, String)>) -> Result<(), KnowledgeError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| KnowledgeError::Read { path, source }
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed(dir))? {
        paths.push(entry.map_err(failed(dir))?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(())
}

/// The line, from 1, that the octet at `offset` is on.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests;
