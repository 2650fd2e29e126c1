//! Articles from files that were written for something else: bytes in, checked drafts out.
//!
//! Purpose: [`read`] turns one file into drafts in the form of our own articles (front matter and Markdown).
//! Boundary: no I/O; a file comes as its bytes and its path below the folder, archive or site that is imported.
//! Invariants: whatever the bytes are, the answer is drafts or a [`Problem`] that names the file; sizes, counts and
//! depths are bounded; what a reader of the file would not see is left out and told ([`Draft::hidden`]).

pub mod archive;
mod csv;
mod docx;
mod draft;
mod html;
mod markdown;
mod pdf;
pub mod sitemap;
mod xml;

use draft::Page;
pub use draft::{Draft, ID_LENGTH};

use super::Audience;
use crate::Language;

/// The most octets of one file.
pub const FILE_OCTETS: usize = 16 << 20;
/// The most octets of an archive.
pub const ARCHIVE_OCTETS: usize = 128 << 20;
/// The most octets of one article's text.
pub const ARTICLE_OCTETS: usize = 512 << 10;

/// What holds where a file does not say it itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Defaults {
    /// The language; told from the words when none is given.
    pub language: Option<Language>,
    /// The audience; everyone when none is given.
    pub audience: Option<Audience>,
}

/// Why a file, or a part of one, gave no article.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Problem {
    /// The file, with the line where there is one.
    pub place: String,
    /// What is wrong and what to do.
    pub problem: String,
}

impl Problem {
    /// A problem of a whole file.
    #[must_use]
    pub fn of(file: &str, problem: impl Into<String>) -> Self {
        Self { place: file.to_owned(), problem: problem.into() }
    }

    fn at(file: &str, line: usize, problem: impl Into<String>) -> Self {
        Self { place: format!("{file}:{line}"), problem: problem.into() }
    }
}

/// The form of a file, by the ending of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `.md`, `.markdown`
    Markdown,
    /// `.html`, `.htm`, `.xhtml`
    Html,
    /// `.csv`, `.tsv`: questions and answers.
    Csv,
    /// `.docx`
    Docx,
    /// `.pdf`
    Pdf,
    /// `.zip` of the others.
    Zip,
}

impl Format {
    /// The form of a file of this name, when it is one of ours.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "csv" | "tsv" => Some(Self::Csv),
            "docx" => Some(Self::Docx),
            "pdf" => Some(Self::Pdf),
            "zip" => Some(Self::Zip),
            _ => None,
        }
    }
}

/// The articles of one file; an archive is opened with [`archive::entries`] first. `name` is its path with `/` between
/// folders: the ids of articles that have none come from it.
#[must_use]
pub fn read(name: &str, bytes: &[u8], defaults: Defaults) -> Vec<Result<Draft, Problem>> {
    if bytes.len() > FILE_OCTETS {
        return vec![Err(Problem::of(name, too_large()))];
    }
    let one = |page: Result<Page, Problem>| vec![page.and_then(|page| page.finish(name, defaults))];
    match Format::of(name) {
        Some(Format::Markdown) => vec![markdown::read(name, bytes, defaults)],
        Some(Format::Html) => one(html::read(name, bytes)),
        Some(Format::Csv) => csv::read(name, bytes, defaults),
        Some(Format::Docx) => one(docx::read(name, bytes)),
        Some(Format::Pdf) => one(pdf::read(name, bytes)),
        Some(Format::Zip) => {
            vec![Err(Problem::of(name, "an archive inside an archive is not opened; unpack it first"))]
        }
        None => vec![Err(Problem::of(name, UNKNOWN))],
    }
}

/// Said of a file that is of no known form.
pub const UNKNOWN: &str = "is not read: give Markdown, HTML, CSV, DOCX, PDF or a zip of these";

/// Said of a file over [`FILE_OCTETS`].
#[must_use]
pub fn too_large() -> String {
    format!("is larger than {} MiB; split it", FILE_OCTETS >> 20)
}

/// Text in UTF-8, with or without a byte order mark.
fn utf8<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| Problem::of(name, "is not UTF-8; save it as UTF-8 text"))
}

#[cfg(test)]
mod tests;
