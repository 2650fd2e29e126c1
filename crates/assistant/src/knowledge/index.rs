//! The BM25 index of one language's articles, in memory (tantivy).

use std::collections::HashMap;

use tantivy::collector::TopDocs;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexReader, SingleSegmentIndexWriter, TantivyDocument, TantivyError, Term};

use super::vocabulary::Vocabulary;
use super::{Article, Passage};
use crate::Language;
use crate::analysis::stems;

/// The index failed; the cause is tantivy's.
#[derive(Debug, thiserror::Error)]
#[error("the search index failed")]
pub struct SearchError(#[from] TantivyError);

/// What a document of the index stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The title or an alternative question.
    Question,
    /// The text under the heading of this number.
    Passage(usize),
    /// The keywords, all together.
    Keywords,
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
    fields: Fields,
    reader: IndexReader,
    // By the index's document number: documents are numbered in the order in which they are added.
    documents: Vec<(usize, Part)>,
}

struct Fields {
    question: Field,
    passage: Field,
    keywords: Field,
}

const WRITER_OCTETS: usize = 15_000_000;

impl Index {
    /// Indexes the articles at the positions `of_language`.
    pub(super) fn build(
        articles: &[Article],
        of_language: &[usize],
        language: Language,
    ) -> Result<Self, SearchError> {
        // Text arrives as stems with a blank between them.
        let stemmed = || {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer("whitespace")
                    .set_index_option(IndexRecordOption::WithFreqs),
            )
        };
        let mut schema = Schema::builder();
        let fields = Fields {
            question: schema.add_text_field("question", stemmed()),
            passage: schema.add_text_field("passage", stemmed()),
            keywords: schema.add_text_field("keywords", stemmed()),
        };
        let mut writer: SingleSegmentIndexWriter = tantivy::Index::builder()
            .schema(schema.build())
            .single_segment_index_writer(RamDirectory::create(), WRITER_OCTETS)?;
        let mut documents = Vec::new();
        let mut questions = HashMap::new();
        let mut passages = HashMap::new();
        let mut contents = HashMap::new();
        for &at in of_language {
            let mut all = Vec::new();
            let mut asked = Vec::new();
            let mut written = Vec::new();
            for (part, text) in parts(&articles[at]) {
                let stems = stems(&text, language);
                let mut document = TantivyDocument::default();
                document.add_text(fields.of(part), stems.join(" "));
                writer.add_document(document)?;
                documents.push((at, part));
                all.extend(stems.iter().cloned());
                match part {
                    Part::Question => asked.push(stems),
                    Part::Passage(_) => written.push(stems),
                    Part::Keywords => {}
                }
            }
            all.sort();
            all.dedup();
            contents.insert(at, all);
            questions.insert(at, asked);
            passages.insert(at, written);
        }
        let reader = writer.finalize()?.reader()?;
        let vocabulary = Vocabulary::new(language, contents.values());
        Ok(Self { language, vocabulary, questions, passages, contents, fields, reader, documents })
    }

    /// BM25 of the documents of one kind for these stems, best first, at most `limit`.
    pub(super) fn search(
        &self,
        part: Part,
        stems: &[String],
        limit: usize,
    ) -> Result<Vec<(f32, usize, Part)>, SearchError> {
        let field = self.fields.of(part);
        let clauses: Vec<Box<dyn Query>> = stems
            .iter()
            .map(|stem| {
                let term = Term::from_field_text(field, stem);
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

impl Fields {
    fn of(&self, part: Part) -> Field {
        match part {
            Part::Question => self.question,
            Part::Passage(_) => self.passage,
            Part::Keywords => self.keywords,
        }
    }
}

fn parts(article: &Article) -> impl Iterator<Item = (Part, String)> {
    let questions = std::iter::once(&article.title).chain(&article.questions);
    let passage = |(number, passage): (usize, &Passage)| {
        (Part::Passage(number), format!("{} {}", passage.heading, passage.text()))
    };
    questions
        .map(|question| (Part::Question, question.clone()))
        .chain(article.passages.iter().enumerate().map(passage))
        .chain(std::iter::once((Part::Keywords, article.keywords.join(" "))))
}
