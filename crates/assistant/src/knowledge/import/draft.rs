//! An article as it was read, and the same once it is checked.

use super::super::markdown::sections;
use super::{ARTICLE_OCTETS, Defaults, Problem};
use crate::Language;
use crate::knowledge::article::FENCE;
use crate::knowledge::{Article, Audience};

/// The most characters of an id.
pub const ID_LENGTH: usize = 80;

/// An article that was imported: it is in our own form, and nobody has published it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it says.
    pub article: Article,
    /// The same as a file: front matter and Markdown.
    pub text: String,
    /// Text of the file that a reader of it would not see. It is no part of the article.
    pub hidden: Vec<String>,
}

impl Draft {
    /// A file in our own form.
    ///
    /// # Errors
    /// When it is not in it.
    pub fn parse(name: &str, text: &str, hidden: Vec<String>) -> Result<Self, Problem> {
        if text.len() > ARTICLE_OCTETS {
            let problem =
                format!("the text is longer than {} KiB; split it into articles", ARTICLE_OCTETS >> 10);
            return Err(Problem::of(name, problem));
        }
        let article = Article::parse(text).map_err(|(line, problem)| Problem::at(name, line, problem))?;
        if article.id.len() > ID_LENGTH {
            return Err(Problem::of(
                name,
                format!("the id is longer than {ID_LENGTH} characters; shorten it"),
            ));
        }
        Ok(Self { article, text: text.to_owned(), hidden })
    }

    /// The name under which it is kept: id and language.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}.{}", self.article.id, self.article.language.code())
    }
}

/// What a reader of some format has found of one article.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) url: Option<String>,
    pub(super) language: Option<String>,
    pub(super) questions: Vec<String>,
    pub(super) keywords: Vec<String>,
    pub(super) audience: Option<String>,
    pub(super) valid_from: Option<String>,
    pub(super) valid_until: Option<String>,
    /// Markdown.
    pub(super) body: String,
    pub(super) hidden: Vec<String>,
}

impl Page {
    /// The draft, with what is missing taken from the defaults, the words and the file's name.
    pub(super) fn finish(self, name: &str, defaults: Defaults) -> Result<Draft, Problem> {
        let wrong = |problem: String| Problem::of(name, problem);
        if self.body.len() > ARTICLE_OCTETS {
            return Err(wrong(format!(
                "the text is longer than {} KiB; split it into articles",
                ARTICLE_OCTETS >> 10
            )));
        }
        if !sections(&self.body).iter().any(|section| !section.blocks.is_empty()) {
            return Err(wrong(
                "has no text that could be read; a scan needs its text recognised first".into(),
            ));
        }
        let title = self.title.map(|title| front_line(&title)).filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| stem(name).replace(['-', '_'], " "));
        let language = match (self.language.as_deref(), defaults.language) {
            (Some(tag), default) => Language::from_tag(tag).or(default).ok_or_else(|| {
                let known = Language::ALL.map(Language::code).join(", ");
                wrong(format!("is in the language {tag:?}; only {known} are known (--language sets another)"))
            })?,
            (None, Some(language)) => language,
            (None, None) => Language::of(&self.body, ""),
        };
        let audience = match self.audience.as_deref() {
            Some(written) => Audience::from_name(written).ok_or_else(|| {
                wrong(format!("the audience must be {}", Audience::ALL.map(Audience::name).join(" or ")))
            })?,
            None => defaults.audience.unwrap_or_default(),
        };
        let day = |written: Option<String>| match written {
            Some(day) => {
                day.parse().map(Some).map_err(|_| wrong(format!("{day:?} must be a day such as 2026-12-31")))
            }
            None => Ok(None),
        };
        let article = Article {
            id: self.id.unwrap_or_else(|| id_of(name)),
            title,
            url: self.url.filter(|url| url.starts_with('/')).unwrap_or_else(|| "/".to_owned()),
            language,
            questions: self.questions,
            keywords: self.keywords,
            audience,
            valid_from: day(self.valid_from)?,
            valid_until: day(self.valid_until)?,
            passages: Vec::new(),
        };
        let text = format!("{}{}\n", article.front_matter(), self.body.trim());
        Draft::parse(name, &text, self.hidden)
    }
}

/// One line without what would be seen as more than text.
pub(super) fn front_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|letter| !letter.is_control()).take(300).collect()
}

/// Whether a text has front matter of ours.
pub(super) fn is_ours(text: &str) -> bool {
    text.strip_prefix(FENCE).is_some_and(|rest| rest.starts_with('\n'))
}

fn stem(name: &str) -> &str {
    let file = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// An id from a path: its letters and digits with hyphens between them.
pub(super) fn id_of(name: &str) -> String {
    let path =
        name.rsplit_once('.').map_or(name, |(path, ending)| if ending.contains('/') { name } else { path });
    slug(path).unwrap_or_else(|| "article".to_owned())
}

/// Letters without their marks, digits, and hyphens for everything between; nothing when there are none.
pub(super) fn slug(text: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;
    let mut slug = String::new();
    for letter in text.nfkd().flat_map(char::to_lowercase) {
        match letter {
            'ß' => slug.push_str("ss"),
            letter if letter.is_ascii_alphanumeric() => slug.push(letter),
            // A mark of the letter before it.
            '\u{300}'..='\u{36f}' => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(ID_LENGTH);
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// Text that is no Markdown, so that Markdown reads it as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.trim().chars().peekable();
    let mut first = true;
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let special = match letter {
            '\\' | '<' | '*' | '`' | '[' | ']' => true,
            '&' => next.is_alphanumeric() || next == '#',
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '#' | '>' | '-' | '+' | '=' | '~' => first,
            '.' | ')' => before.is_ascii_digit() && escaped.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if special {
            escaped.push('\\');
        }
        escaped.push(if letter.is_control() { ' ' } else { letter });
        before = letter;
        first = false;
    }
    escaped
}
