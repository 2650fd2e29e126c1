//! HTML as browsers read it (html5ever): the words of its main part, by heading; no menus, scripts or forms.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node, Selector};

use super::draft::{escaped, front_line};
use super::{Page, Problem};

/// Elements inside each other, past which nothing is read.
const DEEPEST: usize = 200;

/// Never part of what an article says.
const LEFT_OUT: &[&str] = &[
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select",
    "textarea", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video", "dialog", "head",
    "map", "menu",
];
const LEFT_OUT_ROLES: &[&str] =
    &["navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog"];
/// Words between these go on; everything else begins a new block.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr", "img", "picture",
];

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Page, Problem> {
    let html = Html::parse_document(&text(name, bytes)?);
    let main = ["main, [role=main]", "article", "body"].iter().find_map(|part| first(&html, part));
    let Some(main) = main else {
        return Err(Problem::of(name, "has no text"));
    };
    let mut writer = Writer::default();
    writer.element(main, 0, main.value().name() == "body");
    writer.close();
    let attribute =
        |part: &str, attribute: &str| first(&html, part)?.value().attr(attribute).map(str::to_owned);
    let title = writer.title.take().or_else(|| {
        let title = first(&html, "title")?.text().collect::<String>();
        // The site's name stands behind the page's.
        title.split(" | ").next().map(front_line).filter(|title| !title.is_empty())
    });
    Ok(Page {
        title,
        url: attribute("link[rel=canonical]", "href").and_then(|url| path(&url)),
        language: attribute("html", "lang").filter(|tag| !tag.trim().is_empty()),
        body: writer.body,
        hidden: writer.hidden,
        ..Page::default()
    })
}

/// UTF-8, or what its mark or its first kilobyte says, or else what old pages were written in.
fn text(name: &str, bytes: &[u8]) -> Result<String, Problem> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return Ok(encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let label = start.split("charset=").nth(1).map(|rest| {
        rest.trim_start_matches(['"', '\''])
            .split(|mark: char| !(mark.is_alphanumeric() || mark == '-' || mark == '_'))
            .next()
    });
    let encoding = match label.flatten() {
        Some(label) => encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            Problem::of(name, format!("is in {label:?}, which is not known; save it as UTF-8"))
        })?,
        None => encoding_rs::WINDOWS_1252,
    };
    Ok(encoding.decode(bytes).0.into_owned())
}

fn first<'a>(html: &'a Html, part: &str) -> Option<ElementRef<'a>> {
    html.select(&Selector::parse(part).ok()?).next()
}

/// The path of an address.
fn path(address: &str) -> Option<String> {
    let rest =
        address.split_once("://").map_or(address, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let path = rest.split(['?', '#']).next()?;
    let plain =
        path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'(' | b')'));
    (path.starts_with('/') && !path.starts_with("//") && plain).then(|| path.to_owned())
}

/// Markdown in the making.
#[derive(Default)]
struct Writer {
    title: Option<String>,
    body: String,
    hidden: Vec<String>,
    /// The block that is being written.
    block: String,
    /// What stands in front of it: a heading's or list's mark.
    mark: String,
}

impl Writer {
    fn element(&mut self, element: ElementRef<'_>, depth: usize, is_page: bool) {
        let value = element.value();
        let name = value.name();
        let role = value.attr("role").unwrap_or_default();
        if depth > DEEPEST
            || LEFT_OUT.contains(&name)
            || LEFT_OUT_ROLES.contains(&role)
            || (is_page && name == "header")
            || is_about_the_site(value)
        {
            return;
        }
        if is_hidden(value) {
            let text = element.text().collect::<String>();
            let words = front_line(&text);
            if !words.is_empty() {
                self.hidden.push(words);
            }
            return;
        }
        match name {
            "br" => self.block.push(' '),
            "h1" if self.title.is_none() => {
                self.close();
                let text = element.text().collect::<String>();
                self.title = Some(front_line(&text)).filter(|title| !title.is_empty());
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" => self.block_of(element, depth, "## "),
            "li" | "tr" => self.block_of(element, depth, "- "),
            "td" | "th" => {
                if !self.block.trim().is_empty() {
                    self.block.push_str(" – ");
                }
                self.children(element, depth);
            }
            _ if INLINE.contains(&name) => self.children(element, depth),
            "p" | "div" if self.mark == "- " => {
                self.block.push(' ');
                self.children(element, depth);
            }
            _ => self.block_of(element, depth, ""),
        }
    }

    fn block_of(&mut self, element: ElementRef<'_>, depth: usize, mark: &str) {
        self.close();
        mark.clone_into(&mut self.mark);
        self.children(element, depth);
        self.close();
    }

    fn children(&mut self, element: ElementRef<'_>, depth: usize) {
        let is_page = element.value().name() == "body";
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.block.push_str(text),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, depth + 1, is_page);
                    }
                }
                _ => {}
            }
        }
    }

    /// Ends the block.
    fn close(&mut self) {
        let block = std::mem::take(&mut self.block);
        let mark = std::mem::take(&mut self.mark);
        let words: Vec<&str> = block.split_whitespace().collect();
        if words.is_empty() {
            return;
        }
        if !self.body.is_empty() {
            self.body.push_str("\n\n");
        }
        self.body.push_str(&mark);
        self.body.push_str(&escaped(&words.join(" ")));
    }
}

fn is_about_the_site(element: &Element) -> bool {
    const ABOUT: &[&str] =
        &["breadcrumb", "breadcrumbs", "cookie-banner", "cookie-consent", "skip-link", "sidebar"];
    element.classes().any(|class| ABOUT.contains(&class.to_lowercase().as_str()))
}

/// Whether the element itself says that nobody sees it. What a style sheet elsewhere hides is not known here.
fn is_hidden(element: &Element) -> bool {
    if element.attr("hidden").is_some()
        || (element.name() == "input" && element.attr("type") == Some("hidden"))
    {
        return true;
    }
    const OF_NOBODY: &[&str] = &["visually-hidden", "sr-only", "screen-reader-text", "visuallyhidden"];
    if element.classes().any(|class| OF_NOBODY.contains(&class)) {
        return true;
    }
    let style: String = element.attr("style").unwrap_or_default().to_lowercase().split_whitespace().collect();
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(property, value)| {
        let value = value.trim_end_matches("!important");
        let number =
            value.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == '%').parse::<f32>();
        match property {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "opacity" => number.is_ok_and(|number| number < 0.05),
            "font-size" => number.is_ok_and(|number| number < 2.0) && !value.ends_with("em"),
            "color" => matches!(value, "transparent" | "white" | "#fff" | "#ffffff" | "rgb(255,255,255)"),
            "left" | "top" | "text-indent" | "margin-left" => number.is_ok_and(|number| number <= -999.0),
            "height" | "width" | "max-height" => {
                number.is_ok_and(|number| number < 1.5) && value.ends_with("px")
            }
            "clip" => value.contains("rect(0") || value.contains("rect(1px"),
            _ => false,
        }
    })
}
