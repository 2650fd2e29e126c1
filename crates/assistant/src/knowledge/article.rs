//! One article: front matter in TOML between lines of `+++`, then Markdown.

use serde::Deserialize;

use super::line_of;
use super::markdown::{Section, sections, sentences};
use crate::Language;

/// A checked article.
#[derive(Clone, Debug)]
pub struct Article {
    /// Stable name, the same in every language.
    pub id: String,
    /// The question that it answers; shown to customers.
    pub title: String,
    /// Path on the business's site.
    pub url: String,
    /// The language it is written in.
    pub language: Language,
    /// Other ways in which customers ask for it.
    pub questions: Vec<String>,
    /// Words that customers use for its topic.
    pub keywords: Vec<String>,
    /// Its text by heading; never empty.
    pub passages: Vec<Passage>,
}

/// The text under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The heading; empty for text above the first one.
    pub heading: String,
    /// Its sentences (a list item counts as one), without markup; never empty.
    pub sentences: Vec<String>,
}

impl Passage {
    /// All sentences.
    #[must_use]
    pub fn text(&self) -> String {
        self.sentences.join(" ")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: toml::Spanned<String>,
    title: toml::Spanned<String>,
    url: toml::Spanned<String>,
    language: toml::Spanned<String>,
    #[serde(default)]
    questions: Vec<String>,
    #[serde(default)]
    keywords: Vec<String>,
}

const FENCE: &str = "+++";

impl Article {
    /// An article of a question and its answer, without a page of its own; `None` when either is empty.
    #[must_use]
    pub fn of_answer(id: &str, question: &str, answer: &str, language: Language) -> Option<Self> {
        let sentences = sentences(answer);
        if question.trim().is_empty() || sentences.is_empty() {
            return None;
        }
        Some(Self {
            id: id.to_owned(),
            title: question.trim().to_owned(),
            url: "/".to_owned(),
            language,
            questions: Vec::new(),
            keywords: Vec::new(),
            passages: vec![Passage { heading: String::new(), sentences }],
        })
    }

    /// Reads and checks one file's text. The error is a line (from 1) and what is wrong there.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let (front, body_at) = split(text)?;
        let front_at = FENCE.len() + 1;
        let line = |offset: usize| line_of(text, front_at + offset);
        let raw: FrontMatter = toml::from_str(front)
            .map_err(|error| (line(error.span().map_or(0, |span| span.start)), error.message().to_owned()))?;
        let check = |field: &toml::Spanned<String>, good: bool, problem: &str| {
            if good { Ok(()) } else { Err((line(field.span().start), problem.to_owned())) }
        };
        check(
            &raw.id,
            !raw.id.get_ref().is_empty()
                && raw.id.get_ref().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "id must be letters, digits and hyphens",
        )?;
        check(&raw.title, !raw.title.get_ref().trim().is_empty(), "title must not be empty")?;
        check(&raw.url, raw.url.get_ref().starts_with('/'), "url must be a path that begins with /")?;
        let Some(language) = Language::from_tag(raw.language.get_ref()) else {
            let known = Language::ALL.map(Language::code).join(", ");
            return Err((line(raw.language.span().start), format!("language must be one of {known}")));
        };
        let passages: Vec<Passage> = sections(&text[body_at..])
            .into_iter()
            .map(|Section { heading, blocks }| Passage {
                heading,
                sentences: blocks.iter().flat_map(|block| sentences(block)).collect(),
            })
            .filter(|passage| !passage.sentences.is_empty())
            .collect();
        if passages.is_empty() {
            return Err((line_of(text, body_at), "the article has no text under its front matter".into()));
        }
        Ok(Self {
            id: raw.id.into_inner(),
            title: raw.title.into_inner(),
            url: raw.url.into_inner(),
            language,
            questions: raw.questions,
            keywords: raw.keywords,
            passages,
        })
    }
}

/// The front matter and where the body begins.
fn split(text: &str) -> Result<(&str, usize), (usize, String)> {
    let missing = || (1, format!("the file must begin with a line {FENCE} and front matter"));
    let front = text.strip_prefix(FENCE).and_then(|rest| rest.strip_prefix('\n')).ok_or_else(missing)?;
    let start = text.len() - front.len();
    let mut at = start;
    for line in front.split_inclusive('\n') {
        if line.trim_end() == FENCE {
            return Ok((&text[start..at], at + line.len()));
        }
        at += line.len();
    }
    Err((1, format!("the front matter has no line {FENCE} at its end")))
}
