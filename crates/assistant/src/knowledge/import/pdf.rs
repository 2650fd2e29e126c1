//! PDF (ISO 32000): the words that its pages show, line by line; large lines are headings.
//!
//! A page says where it puts letters and not what belongs together: lines and gaps are judged by their places. Text that
//! is drawn unseen or in white is left out, unless a page has no other: then it is a scan with its text recognised.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::content::{Content, Operation};
use lopdf::{Document, Encoding, LoadOptions, Object, ObjectId};

use super::draft::{escaped, front_line};
use super::{ARTICLE_OCTETS, Page, Problem};

/// The most pages of one file, and octets of one stream, unpacked.
const MOST_PAGES: usize = 500;
const STREAM_OCTETS: usize = 16 << 20;
/// A line that is so much larger than most is a heading.
const HEADING: f32 = 1.15;
/// A heading has at most so many characters.
const HEADING_LENGTH: usize = 120;

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Page, Problem> {
    // Whatever its parser meets, the import goes on.
    let read = catch_unwind(AssertUnwindSafe(|| page(bytes)));
    let damaged = "is damaged, or written in a way that is not read; print it to a new PDF".to_owned();
    read.unwrap_or(Err(damaged)).map_err(|problem| Problem::of(name, problem))
}

fn page(bytes: &[u8]) -> Result<Page, String> {
    let damaged = |_| "is no PDF file, or a damaged one; print it to a new PDF".to_owned();
    let options = LoadOptions::with_max_decompressed_size(STREAM_OCTETS);
    let document = Document::load_mem_with_options(bytes, options).map_err(damaged)?;
    if document.is_encrypted() {
        return Err("is encrypted; save it without a password".into());
    }
    let pages = document.get_pages();
    if pages.len() > MOST_PAGES {
        return Err(format!("has more than {MOST_PAGES} pages; split it"));
    }
    let mut lines = Vec::new();
    let mut hidden = Vec::new();
    let mut octets = 0;
    for id in pages.into_values() {
        let (seen, unseen) = page_lines(&document, id).map_err(damaged)?;
        octets += seen.iter().chain(&unseen).map(|line| line.text.len()).sum::<usize>();
        if octets > 2 * ARTICLE_OCTETS {
            return Err(format!("has more than {} KiB of text; split it", ARTICLE_OCTETS >> 10));
        }
        if seen.is_empty() {
            lines.extend(unseen);
        } else {
            lines.extend(seen);
            hidden.extend(unseen.into_iter().map(|line| line.text));
        }
    }
    let (title, body) = written(&lines);
    Ok(Page { title: own_title(&document).or(title), body, hidden, ..Page::default() })
}

/// What the file says of itself; programs often write their own or the file's name there.
fn own_title(document: &Document) -> Option<String> {
    let information = document.trailer.get(b"Info").and_then(Object::as_reference).ok()?;
    let title = document.get_dictionary(information).ok()?.get(b"Title").ok()?;
    let title = front_line(&lopdf::decode_text_string(title).ok()?);
    (title.contains(' ') && !title.contains(['.', '_', '/'])).then_some(title)
}

/// One line as it stands on a page.
#[derive(Debug, Default)]
struct Line {
    text: String,
    size: f32,
    /// How far it is under the line above it.
    gap: f32,
}

/// Where text goes next.
struct Pen<'a> {
    encoding: Option<&'a Encoding<'a>>,
    size: f32,
    /// Of the text matrix: its scale, and where its line begins.
    scale: f32,
    x: f32,
    y: f32,
    leading: f32,
    unseen: bool,
    white: bool,
}

struct Lines {
    lines: Vec<Line>,
    y: f32,
    moved: bool,
}

impl Lines {
    fn text(&mut self, pen: &Pen<'_>, text: &str) {
        let size = pen.size * pen.scale;
        let fall = self.y - pen.y;
        let is_new = self.lines.is_empty() || fall.abs() > 0.5 * size.max(1.0);
        if is_new {
            self.lines.push(Line {
                text: String::new(),
                size,
                gap: if fall > 0.0 { fall } else { f32::MAX },
            });
            self.y = pen.y;
        }
        if let Some(line) = self.lines.last_mut() {
            if self.moved && !line.text.is_empty() && !line.text.ends_with(' ') && !text.starts_with(' ') {
                line.text.push(' ');
            }
            line.size = line.size.max(size);
            line.text.push_str(text);
        }
        self.moved = false;
    }
}

/// The lines of a page that are seen, and those that are not.
fn page_lines(document: &Document, page: ObjectId) -> Result<(Vec<Line>, Vec<Line>), lopdf::Error> {
    let fonts = document.get_page_fonts(page)?;
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> = fonts
        .into_iter()
        .filter_map(|(name, font)| {
            Some((name, font.get_font_encoding_with_limit(document, STREAM_OCTETS).ok()?))
        })
        .collect();
    let content = Content::decode(&document.get_page_content_with_limit(page, STREAM_OCTETS)?)?;
    let mut pen = Pen {
        encoding: None,
        size: 1.0,
        scale: 1.0,
        x: 0.0,
        y: 0.0,
        leading: 0.0,
        unseen: false,
        white: false,
    };
    let new = || Lines { lines: Vec::new(), y: 0.0, moved: false };
    let (mut seen, mut unseen) = (new(), new());
    for operation in &content.operations {
        let lines = if pen.unseen || pen.white { &mut unseen } else { &mut seen };
        step(operation, &encodings, &mut pen, lines);
    }
    let full = |lines: Lines| lines.lines.into_iter().filter(|line| !line.text.trim().is_empty()).collect();
    Ok((full(seen), full(unseen)))
}

/// One operation of a page (ISO 32000-1, 9.4).
fn step<'a>(
    Operation { operator, operands }: &Operation,
    encodings: &'a BTreeMap<Vec<u8>, Encoding<'a>>,
    pen: &mut Pen<'a>,
    lines: &mut Lines,
) {
    let number = |at: usize| operands.get(at).and_then(|operand| operand.as_float().ok()).unwrap_or_default();
    match operator.as_str() {
        "BT" => (pen.x, pen.y, pen.scale, lines.moved) = (0.0, 0.0, 1.0, true),
        "Tf" => {
            pen.encoding =
                operands.first().and_then(|font| font.as_name().ok()).and_then(|font| encodings.get(font));
            pen.size = number(1).abs();
        }
        "TL" => pen.leading = number(0),
        "Td" | "TD" => {
            pen.x += number(0) * pen.scale;
            pen.y += number(1) * pen.scale;
            lines.moved = true;
            if operator == "TD" {
                pen.leading = -number(1);
            }
        }
        "Tm" => {
            (pen.x, pen.y) = (number(4), number(5));
            pen.scale = number(2).hypot(number(3));
            lines.moved = true;
        }
        "T*" | "'" | "\"" => {
            pen.y -= if pen.leading == 0.0 { pen.size } else { pen.leading } * pen.scale;
            lines.moved = true;
        }
        // 3: neither filled nor stroked; 7: only a clip.
        "Tr" => pen.unseen = matches!(operands.first().and_then(|mode| mode.as_i64().ok()), Some(3 | 7)),
        "g" => pen.white = number(0) > 0.98,
        "rg" => pen.white = (0..3).all(|at| number(at) > 0.98),
        "k" => pen.white = (0..4).all(|at| number(at) < 0.02),
        _ => {}
    }
    if matches!(operator.as_str(), "Tj" | "TJ" | "'" | "\"")
        && let Some(encoding) = pen.encoding
    {
        let mut text = String::new();
        operands.iter().for_each(|operand| show(operand, encoding, &mut text));
        lines.text(pen, &text);
    }
}

fn show(operand: &Object, encoding: &Encoding<'_>, text: &mut String) {
    match operand {
        Object::String(octets, _) => {
            text.push_str(&Document::decode_text(encoding, octets).unwrap_or_default())
        }
        Object::Array(parts) => parts.iter().for_each(|part| match part {
            Object::String(..) => show(part, encoding, text),
            // Thousandths of the size; more than a fifth to the right is a gap between words.
            gap if gap.as_float().is_ok_and(|gap| gap < -200.0) && !text.ends_with(' ') => text.push(' '),
            _ => {}
        }),
        _ => {}
    }
}

/// Title and Markdown: lines that stand close together are one paragraph.
fn written(lines: &[Line]) -> (Option<String>, String) {
    let usual = usual_size(lines);
    let mut title = None;
    let mut body = String::new();
    let mut paragraph = String::new();
    let close = |paragraph: &mut String, body: &mut String| {
        let text = std::mem::take(paragraph);
        if !text.trim().is_empty() {
            body.push_str(&escaped(&text));
            body.push_str("\n\n");
        }
    };
    for line in lines {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let text = words.join(" ");
        let bullet =
            text.strip_prefix(['•', '▪', '◦', '‣', '–', '\u{f0b7}']).map(|rest| rest.trim().to_owned());
        if line.size > usual * HEADING && text.chars().count() <= HEADING_LENGTH {
            close(&mut paragraph, &mut body);
            if title.is_none() && body.is_empty() {
                title = Some(text);
            } else {
                body.push_str(&format!("## {}\n\n", escaped(&text)));
            }
        } else if let Some(item) = bullet {
            close(&mut paragraph, &mut body);
            body.push_str("- ");
            paragraph = item;
        } else {
            if line.gap > 1.8 * line.size.max(1.0) {
                close(&mut paragraph, &mut body);
            }
            match paragraph
                .strip_suffix('-')
                .filter(|_| text.starts_with(char::is_lowercase))
                .map(str::to_owned)
            {
                // A word that was broken at the end of its line.
                Some(begun) => paragraph = begun,
                None if paragraph.is_empty() => {}
                None => paragraph.push(' '),
            }
            paragraph.push_str(&text);
        }
    }
    close(&mut paragraph, &mut body);
    (title, body)
}

/// The size that most of the text has.
fn usual_size(lines: &[Line]) -> f32 {
    let mut sizes: Vec<(f32, usize)> = lines.iter().map(|line| (line.size, line.text.len())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, length)| length).sum::<usize>() / 2;
    let mut passed = 0;
    for (size, length) in sizes {
        passed += length;
        if passed > half {
            return size;
        }
    }
    f32::MAX
}
