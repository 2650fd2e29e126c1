//! One article: front matter in TOML between lines of `+++`, then Markdown.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::audience::{Audience, Reader};
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
    /// Who may be answered with it.
    pub audience: Audience,
    /// The first day on which it holds; from the beginning when none is given.
    pub valid_from: Option<Date>,
    /// The last day on which it holds; for good when none is given.
    pub valid_until: Option<Date>,
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
    audience: Option<toml::Spanned<String>>,
    valid_from: Option<toml::Spanned<toml::Value>>,
    valid_until: Option<toml::Spanned<toml::Value>>,
}

/// The same as it is written into an article that was imported.
#[derive(Serialize)]
struct WrittenFrontMatter<'a> {
    id: &'a str,
    title: &'a str,
    url: &'a str,
    language: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    questions: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    keywords: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
}

pub(super) const FENCE: &str = "+++";

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
            audience: Audience::default(),
            valid_from: None,
            valid_until: None,
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
        let audience = match &raw.audience {
            None => Audience::default(),
            Some(name) => Audience::from_name(name.get_ref()).ok_or_else(|| {
                let known = Audience::ALL.map(Audience::name).join(", ");
                (line(name.span().start), format!("audience must be one of {known}"))
            })?,
        };
        let day = |field: Option<toml::Spanned<toml::Value>>, name: &str| {
            let Some(field) = field else { return Ok(None) };
            let written = field.get_ref();
            let day = written.as_str().map_or_else(|| written.to_string(), str::to_owned).parse::<Date>();
            day.map(Some)
                .map_err(|_| (line(field.span().start), format!("{name} must be a day such as 2026-12-31")))
        };
        let until_line = raw.valid_until.as_ref().map_or(1, |field| line(field.span().start));
        let (valid_from, valid_until) =
            (day(raw.valid_from, "valid_from")?, day(raw.valid_until, "valid_until")?);
        if let (Some(from), Some(until)) = (valid_from, valid_until)
            && until < from
        {
            return Err((until_line, "valid_until must not be before valid_from".into()));
        }
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
            audience,
            valid_from,
            valid_until,
            passages,
        })
    }

    /// Whether this reader may be answered with it.
    #[must_use]
    pub fn is_for(&self, reader: Reader) -> bool {
        match reader {
            Reader::Author => true,
            Reader::Customer { identification, today } => {
                self.audience.includes(identification)
                    && self.valid_from.is_none_or(|from| from <= today)
                    && self.valid_until.is_none_or(|until| today <= until)
            }
        }
    }

    /// The front matter between its fences, with a blank line under it.
    pub(super) fn front_matter(&self) -> String {
        let written = WrittenFrontMatter {
            id: &self.id,
            title: &self.title,
            url: &self.url,
            language: self.language.code(),
            questions: &self.questions,
            keywords: &self.keywords,
            audience: (self.audience != Audience::default()).then(|| self.audience.name()),
            valid_from: self.valid_from.map(|day| day.to_string()),
            valid_until: self.valid_until.map(|day| day.to_string()),
        };
        let lines = toml::to_string(&written).expect("texts and lists of texts are always TOML");
        format!("{FENCE}\n{lines}{FENCE}\n\n")
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
