//! The BM25 index of one language's articles, in memory (tantivy).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tantivy::collector::TopDocs;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexReader, SingleSegmentIndexWriter, TantivyDocument, TantivyError, Term};

use super::vocabulary::Vocabulary;
use super::{Article, Passage};
use crate::Language;
use crate::analysis::{stems, wording};

/// The index failed; the cause is tantivy's.
#[derive(Debug, thiserror::Error)]
#[error("the search index failed")]
pub struct SearchError(#[from] TantivyError);

/// What a document of the index stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The title or an alternative question.
    Question,
    /// The same, with its stop words.
    Wording,
    /// The text under the heading of this number.
    Passage(usize),
    /// The keywords, all together.
    Keywords,
}

/// The same without its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Question,
    Wording,
    Passage,
    Keywords,
}

impl Part {
    fn kind(self) -> Kind {
        match self {
            Self::Question => Kind::Question,
            Self::Wording => Kind::Wording,
            Self::Passage(_) => Kind::Passage,
            Self::Keywords => Kind::Keywords,
        }
    }
}

/// One language's index.
pub(super) struct Index {
    pub(super) language: Language,
    pub(super) vocabulary: Vocabulary,
    /// The stems of each question, title first; by article.
    pub(super) questions: HashMap<usize, Vec<Vec<String>>>,
    /// The stems of each passage; by article.
    pub(super) passages: HashMap<usize, Vec<Vec<String>>>,
    /// Every stem of an article; by article, sorted.
    pub(super) contents: HashMap<usize, Vec<String>>,
    texts: HashMap<Kind, Texts>,
}

impl Index {
    /// Indexes the articles at the positions `of_language`.
    pub(super) fn build(
        articles: &[Article],
        of_language: &[usize],
        language: Language,
    ) -> Result<Self, SearchError> {
        let mut questions = HashMap::new();
        let mut passages = HashMap::new();
        let mut contents = HashMap::new();
        let mut writers = HashMap::new();
        for &at in of_language {
            let mut all = Vec::new();
            let mut asked = Vec::new();
            let mut written = Vec::new();
            for (part, text) in parts(&articles[at]) {
                let stems = match part {
                    Part::Wording => wording(&text, language),
                    Part::Question | Part::Passage(_) | Part::Keywords => stems(&text, language),
                };
                let writer = match writers.entry(part.kind()) {
                    Entry::Occupied(writer) => writer.into_mut(),
                    Entry::Vacant(place) => place.insert(TextsWriter::new()?),
                };
                writer.add(&stems, at, part)?;
                if part != Part::Wording {
                    all.extend(stems.iter().cloned());
                }
                match part {
                    Part::Question => asked.push(stems),
                    Part::Passage(_) => written.push(stems),
                    Part::Wording | Part::Keywords => {}
                }
            }
            all.sort();
            all.dedup();
            contents.insert(at, all);
            questions.insert(at, asked);
            passages.insert(at, written);
        }
        let vocabulary = Vocabulary::new(language, contents.values());
        let finished = writers.into_iter().map(|(kind, writer)| Ok((kind, writer.finish()?)));
        let texts = finished.collect::<Result<_, SearchError>>()?;
        Ok(Self { language, vocabulary, questions, passages, contents, texts })
    }

    /// BM25 of the texts of one kind for these stems, best first, at most `limit`.
    pub(super) fn search(
        &self,
        kind: Kind,
        stems: &[String],
        limit: usize,
    ) -> Result<Vec<(f32, usize, Part)>, SearchError> {
        self.texts.get(&kind).map_or_else(|| Ok(Vec::new()), |texts| texts.search(stems, limit))
    }
}

/// Texts of one kind: how rare a word is and how long a text usually is are counted among them alone.
struct Texts {
    field: Field,
    reader: IndexReader,
    // By the index's document number: documents are numbered in the order in which they are added.
    documents: Vec<(usize, Part)>,
}

struct TextsWriter {
    field: Field,
    writer: SingleSegmentIndexWriter,
    documents: Vec<(usize, Part)>,
}

const WRITER_OCTETS: usize = 15_000_000;

impl TextsWriter {
    fn new() -> Result<Self, SearchError> {
        // Text arrives as stems with a blank between them.
        let stemmed = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqs);
        let mut schema = Schema::builder();
        let field = schema.add_text_field("text", TextOptions::default().set_indexing_options(stemmed));
        let writer = tantivy::Index::builder()
            .schema(schema.build())
            .single_segment_index_writer(RamDirectory::create(), WRITER_OCTETS)?;
        Ok(Self { field, writer, documents: Vec::new() })
    }

    fn add(&mut self, stems: &[String], article: usize, part: Part) -> Result<(), SearchError> {
        let mut document = TantivyDocument::default();
        document.add_text(self.field, stems.join(" "));
        self.writer.add_document(document)?;
        self.documents.push((article, part));
        Ok(())
    }

    fn finish(self) -> Result<Texts, SearchError> {
        Ok(Texts { field: self.field, reader: self.writer.finalize()?.reader()?, documents: self.documents })
    }
}

impl Texts {
    fn search(&self, stems: &[String], limit: usize) -> Result<Vec<(f32, usize, Part)>, SearchError> {
        let clauses: Vec<Box<dyn Query>> = stems
            .iter()
            .map(|stem| {
                let term = Term::from_field_text(self.field, stem);
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>
            })
            .collect();
        let found = self
            .reader
            .searcher()
            .search(&BooleanQuery::union(clauses), &TopDocs::with_limit(limit).order_by_score())?;
        let placed = |(score, address): (f32, tantivy::DocAddress)| {
            let (article, part) = *self.documents.get(address.doc_id as usize)?;
            Some((score, article, part))
        };
        Ok(found.into_iter().filter_map(placed).collect())
    }
}

fn parts(article: &Article) -> impl Iterator<Item = (Part, String)> {
    let questions = std::iter::once(&article.title).chain(&article.questions);
    let passage = |(number, passage): (usize, &Passage)| {
        (Part::Passage(number), format!("{} {}", passage.heading, passage.text()))
    };
    questions
        .flat_map(|question| [(Part::Question, question.clone()), (Part::Wording, question.clone())])
        .chain(article.passages.iter().enumerate().map(passage))
        .chain(std::iter::once((Part::Keywords, article.keywords.join(" "))))
}
