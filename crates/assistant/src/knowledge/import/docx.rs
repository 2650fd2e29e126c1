//! DOCX (ECMA-376): the paragraphs of the main document, by heading. Deleted and hidden text is no part of it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::draft::{escaped, front_line};
use super::xml::{Piece, attribute, pieces};
use super::{Page, Problem};

/// The most octets of one part, unpacked.
const PART_OCTETS: usize = 32 << 20;

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Page, Problem> {
    let wrong = |problem: String| Problem::of(name, problem);
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|_| wrong("is no DOCX file, or a damaged one; save it anew".into()))?;
    let again = |problem: String| wrong(format!("{problem}; save it anew as DOCX"));
    let mut part = |part: &str| part_of(&mut archive, part).map_err(again);
    let document = part("word/document.xml")?.ok_or_else(|| again("has no text".into()))?;
    let mut styles = Styles::default();
    if let Some(text) = part("word/styles.xml")? {
        pieces(&text, |piece| styles.piece(piece)).map_err(again)?;
    }
    let mut writer = Writer { styles: styles.found, ..Writer::default() };
    pieces(&document, |piece| writer.piece(piece)).map_err(again)?;
    Ok(Page { title: writer.title, body: writer.body, hidden: writer.hidden, ..Page::default() })
}

fn part_of(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, String> {
    let Ok(file) = archive.by_name(name) else { return Ok(None) };
    let mut text = Vec::new();
    let read = file.take(PART_OCTETS as u64 + 1).read_to_end(&mut text);
    if text.len() > PART_OCTETS {
        return Err(format!("is larger than {} MiB unpacked", PART_OCTETS >> 20));
    }
    read.map_err(|_| "is damaged".to_owned())?;
    String::from_utf8(text).map(Some).map_err(|_| "is not in UTF-8".to_owned())
}

/// What a paragraph is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sort {
    #[default]
    Text,
    Title,
    Heading,
    Item,
}

/// The styles that mean something. Their ids are in the writer's language, their names are not.
#[derive(Default)]
struct Styles {
    id: String,
    found: BTreeMap<String, Sort>,
}

impl Styles {
    fn piece(&mut self, piece: Piece<'_>) {
        let Piece::Start(name, element) = piece else { return };
        match name {
            "style" => self.id = attribute(&element, "w:styleId").unwrap_or_default(),
            "name" => {
                let style = attribute(&element, "w:val").unwrap_or_default().to_lowercase();
                let sort = match style.as_str() {
                    "title" => Sort::Title,
                    style if style.starts_with("heading") => Sort::Heading,
                    style if style.starts_with("list") => Sort::Item,
                    _ => return,
                };
                self.found.insert(self.id.clone(), sort);
            }
            _ => {}
        }
    }
}

/// A paragraph in the making. Text boxes have paragraphs inside paragraphs.
#[derive(Default)]
struct Paragraph {
    sort: Sort,
    text: String,
}

#[derive(Default)]
struct Writer {
    styles: BTreeMap<String, Sort>,
    title: Option<String>,
    body: String,
    hidden: Vec<String>,
    open: Vec<Paragraph>,
    /// How many elements are open whose text is not read: deleted, moved away, or there a second time.
    left_out: usize,
    /// Whether the run's text is seen, and whether text is being read.
    unseen: bool,
    in_text: bool,
    in_run: bool,
    /// The cells of a table's row.
    row: Option<Vec<String>>,
}

impl Writer {
    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Start("del" | "moveFrom" | "Fallback", _) => self.left_out += 1,
            Piece::End(name) if matches!(name.as_str(), "del" | "moveFrom" | "Fallback") => {
                self.left_out = self.left_out.saturating_sub(1);
            }
            Piece::Start(name, element) => {
                let value = || attribute(&element, "w:val");
                match name {
                    "tr" => self.row = Some(Vec::new()),
                    "p" => self.open.push(Paragraph::default()),
                    "r" => (self.in_run, self.unseen) = (true, false),
                    "t" => self.in_text = true,
                    "tab" | "br" | "cr" => self.text(" "),
                    "pStyle" => {
                        let sort = value().and_then(|style| self.styles.get(&style).copied());
                        self.sort(sort.unwrap_or_default());
                    }
                    "numPr" => self.sort(Sort::Item),
                    "vanish" | "webHidden" if self.in_run => {
                        self.unseen |= !matches!(value().as_deref(), Some("0" | "false"));
                    }
                    "color" if self.in_run => {
                        self.unseen |= value().is_some_and(|colour| colour.eq_ignore_ascii_case("ffffff"));
                    }
                    // In half points.
                    "sz" if self.in_run => {
                        self.unseen |=
                            value().and_then(|size| size.parse::<u32>().ok()).is_some_and(|size| size < 4);
                    }
                    _ => {}
                }
            }
            Piece::End(name) => match name.as_str() {
                "t" => self.in_text = false,
                "r" => (self.in_run, self.unseen) = (false, false),
                "p" => self.close(),
                "tr" => {
                    let cells = self.row.take().unwrap_or_default();
                    self.block("- ", &cells.join(" – "));
                }
                _ => {}
            },
            Piece::Text(text) if self.in_text => self.text(&text),
            Piece::Text(_) => {}
        }
    }

    fn sort(&mut self, sort: Sort) {
        if let Some(paragraph) = self.open.last_mut()
            && paragraph.sort == Sort::Text
        {
            paragraph.sort = sort;
        }
    }

    fn text(&mut self, text: &str) {
        if self.left_out > 0 {
            return;
        }
        if self.unseen {
            match self.hidden.last_mut() {
                Some(last) if !self.open.is_empty() && last.len() < 4096 => last.push_str(text),
                _ => self.hidden.push(text.to_owned()),
            }
        } else if let Some(paragraph) = self.open.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn close(&mut self) {
        let Some(Paragraph { sort, text }) = self.open.pop() else { return };
        if let Some(row) = &mut self.row {
            if !text.trim().is_empty() {
                row.push(text.trim().to_owned());
            }
            return;
        }
        match sort {
            // The first heading is the title where there is none.
            Sort::Title | Sort::Heading
                if self.title.is_none() && self.body.is_empty() && !text.trim().is_empty() =>
            {
                self.title = Some(front_line(&text));
            }
            Sort::Title | Sort::Heading => self.block("## ", &text),
            Sort::Item => self.block("- ", &text),
            Sort::Text => self.block("", &text),
        }
    }

    fn block(&mut self, mark: &str, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() {
            return;
        }
        if !self.body.is_empty() {
            self.body.push_str("\n\n");
        }
        self.body.push_str(mark);
        self.body.push_str(&escaped(&words.join(" ")));
    }
}
