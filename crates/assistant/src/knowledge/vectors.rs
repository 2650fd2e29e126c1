//! The interface behind which the vectors of articles are: in memory ([`MemoryIndex`]) or in a database (the desk's).
//!
//! The texts of a [`Scope`] go in with the article and the part that each stands for; a question's vector comes in, and
//! how near the articles are comes out.

use futures_util::future::BoxFuture;

use super::Article;
pub use super::semantic::MemoryIndex;
use crate::Language;
use crate::embedding::Vectors;

/// Finds the articles whose texts are near to a question.
pub trait VectorIndex: Send + Sync {
    /// `None` while the index cannot be reached: then articles are found by words alone.
    fn near<'a>(&'a self, asked: &'a Asked<'a>) -> BoxFuture<'a, Option<Near>>;
}

/// What an index is asked.
pub struct Asked<'a> {
    /// The question's vector, of length one.
    pub vector: &'a [f32],
    /// Whether the reader may be given the article at this place of the knowledge base.
    pub shown: &'a (dyn Fn(usize) -> bool + Send + Sync),
    /// Places of articles that the question's words have found, all of them shown.
    pub also: &'a [usize],
}

/// How near articles are to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// By place, each once: the nearest that are shown, and all that were asked for besides. Exact for each of them; how
    /// many there are is the index's choice.
    pub articles: Vec<(usize, Nearness)>,
    /// What [`Nearness::combined`] comes to over all articles that are shown, or over enough of them to tell.
    pub all: Spread,
}

/// The best cosines of one article's texts; -1 where it has none of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearness {
    /// Of its title and other questions.
    pub question: f32,
    /// Of its passages.
    pub passage: f32,
}

/// Mean and deviation of so many values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many.
    pub count: usize,
    /// Their mean.
    pub mean: f32,
    /// Their standard deviation; never nothing.
    pub deviation: f32,
}

/// Which texts belong into one index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The questions and passages of the articles of one language.
    Language(Language),
    /// The questions of all articles, by a model that knows all languages.
    Across,
}

/// What a text stands for in its article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The title or another question.
    Question,
    /// A passage with its heading.
    Passage,
}

/// Whether vectors are wanted again at the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// They are kept with the embedder's own ([`crate::Embedder::keep`]).
    Here,
    /// Somebody else keeps them.
    Elsewhere,
}

/// One article's texts.
#[derive(Clone, Debug)]
pub struct ArticleTexts {
    /// Its place in the knowledge base.
    pub place: usize,
    /// Its language and id: what names it over starts.
    pub key: String,
    /// In the article's order.
    pub texts: Vec<(Part, String)>,
}

/// Makes a row of vectors, each of length one, out of texts.
type Embed = Box<dyn Fn(&[String], Keep) -> Vec<Vec<f32>> + Send + Sync>;

/// What an index is made of.
pub struct Texts {
    /// Which texts these are.
    pub scope: Scope,
    /// In the order of their places.
    pub articles: Vec<ArticleTexts>,
    /// What the model makes of one sentence: vectors of models that make something else of it cannot be compared.
    pub model: Vec<f32>,
    embed: Embed,
}

impl Nearness {
    /// Of an article without texts.
    pub const NONE: Self = Self { question: -1.0, passage: -1.0 };

    /// The questions' part counts more: they are written as customers ask.
    #[must_use]
    pub fn combined(self) -> f32 {
        QUESTION * self.question + (1.0 - QUESTION) * self.passage
    }

    /// The same with one more text.
    #[must_use]
    pub fn with(self, part: Part, cosine: f32) -> Self {
        match part {
            Part::Question => Self { question: self.question.max(cosine), ..self },
            Part::Passage => Self { passage: self.passage.max(cosine), ..self },
        }
    }
}

const QUESTION: f32 = 0.7;

impl Spread {
    /// Of these values, and of noughts up to `count` where they are fewer.
    pub(super) fn of(values: impl Iterator<Item = f32> + Clone, count: usize) -> Self {
        let many = count.max(1) as f32;
        let mean = values.clone().sum::<f32>() / many;
        let (given, squares) =
            values.fold((0, 0.0), |(given, sum), value| (given + 1, sum + (value - mean).powi(2)));
        let noughts = count.saturating_sub(given) as f32 * mean.powi(2);
        Self { count, mean, deviation: ((squares + noughts) / many).sqrt().max(f32::EPSILON) }
    }

    /// Where a value lies among them.
    pub(super) fn place(self, value: f32) -> f32 {
        (value - self.mean) / self.deviation
    }
}

impl Scope {
    /// Letters that name it: the code of the language, or `across`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Language(language) => language.code(),
            Self::Across => "across",
        }
    }
}

impl Texts {
    /// Texts of an article for each, and what makes vectors of them; `model` is the vector of any sentence.
    #[must_use]
    pub fn new(
        scope: Scope,
        articles: Vec<ArticleTexts>,
        model: Vec<f32>,
        embed: impl Fn(&[String], Keep) -> Vec<Vec<f32>> + Send + Sync + 'static,
    ) -> Self {
        Self { scope, articles, model, embed: Box::new(embed) }
    }

    /// The texts of those articles that belong into this scope.
    pub(super) fn of(scope: Scope, articles: &[Article], vectors: Vectors) -> Self {
        let belongs = |article: &Article| match scope {
            Scope::Language(language) => article.language == language,
            Scope::Across => true,
        };
        let texts = |(place, article): (usize, &Article)| {
            let questions = std::iter::once(&article.title).chain(&article.questions);
            let questions = questions.map(|question| (Part::Question, question.trim().to_owned()));
            let passages = article.passages.iter().map(|passage| {
                (Part::Passage, format!("{} {}", passage.heading, passage.text()).trim().to_owned())
            });
            let texts = match scope {
                Scope::Language(_) => questions.chain(passages).collect(),
                Scope::Across => questions.collect(),
            };
            ArticleTexts { place, key: format!("{}/{}", article.language.code(), article.id), texts }
        };
        let articles =
            articles.iter().enumerate().filter(|(_, article)| belongs(article)).map(texts).collect();
        Self::new(scope, articles, vectors.fingerprint(), move |texts, keep| vectors.rows(texts, keep))
    }

    /// The vectors of texts of these articles.
    #[must_use]
    pub fn vectors(&self, texts: &[String], keep: Keep) -> Vec<Vec<f32>> {
        (self.embed)(texts, keep)
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.model.len()
    }
}
