//! Markdown: with front matter of ours it is taken as it is; else the first heading is the title.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::draft::is_ours;
use super::{Defaults, Draft, Page, Problem, utf8};

pub(super) fn read(name: &str, bytes: &[u8], defaults: Defaults) -> Result<Draft, Problem> {
    let text = utf8(name, bytes)?.replace("\r\n", "\n");
    if is_ours(&text) {
        return Draft::parse(name, &text, Vec::new());
    }
    page(&text).finish(name, defaults)
}

fn page(text: &str) -> Page {
    let (front, body) = yaml(text);
    let mut page = Page::default();
    for (key, value) in front.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        match key.trim() {
            _ if value.is_empty() => {}
            "title" => page.title = Some(value),
            "lang" | "language" => page.language = Some(value),
            "permalink" | "url" => page.url = Some(value),
            _ => {}
        }
    }
    match (page.title.is_some(), heading(body)) {
        (false, Some((title, rest))) => {
            page.title = Some(title);
            page.body = rest.to_owned();
        }
        (true, _) | (false, None) => page.body = body.to_owned(),
    }
    page
}

/// The front matter that other programs write, and what is under it.
fn yaml(text: &str) -> (&str, &str) {
    const FENCE: &str = "---\n";
    let split = text.strip_prefix(FENCE).and_then(|rest| rest.split_once("\n---\n"));
    split.unwrap_or(("", text))
}

/// The heading that a text begins with, and the rest.
fn heading(text: &str) -> Option<(String, &str)> {
    let mut title = String::new();
    for (at, (event, range)) in Parser::new(text).into_offset_iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1 | HeadingLevel::H2, .. }) if at == 0 => {}
            _ if at == 0 => return None,
            Event::Text(words) | Event::Code(words) => title.push_str(&words),
            Event::End(TagEnd::Heading(_)) => return Some((title, text.get(range.end..)?)),
            _ => {}
        }
    }
    None
}
