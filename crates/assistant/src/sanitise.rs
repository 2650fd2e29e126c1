//! What may leave as an answer: text with bold, emphasis, lists and links to declared hosts. Nothing else,
//! whoever wrote it.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Parser, Tag, TagEnd, TextMergeStream};
use regex::Regex;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:[a-z][a-z0-9+.-]*://|www\.|(?:javascript|vbscript):|data:[a-z]+/)[^\s<>()\[\]"']*"#)
        .expect("the pattern is a constant")
});

/// `text` reduced to the safe subset. HTML and images go (an image leaves its description), a link to a host
/// that is not in `hosts` leaves its words, a bare address to one goes, invisible and direction-changing
/// characters go.
#[must_use]
pub fn sanitise(text: &str, hosts: &[String]) -> String {
    let visible: String = text.chars().filter(|character| is_visible(*character)).collect();
    let mut writer = Writer { hosts, out: String::new(), lists: Vec::new(), links: Vec::new() };
    for event in TextMergeStream::new(Parser::new(&visible)) {
        writer.event(event);
    }
    // Pieces that were harmless apart may read as an address together.
    let text = without_addresses(&writer.out, |address| allowed(hosts, address));
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
        .collect();
    lines.join("\n").trim().to_owned()
}

/// `text` without the addresses that an answer may not link to. For a finished answer in which values have taken the
/// place of their tokens: a value may be an address that somebody wrote into a field.
#[must_use]
pub fn without_links(text: &str, hosts: &[String]) -> String {
    without_addresses(text, |address| allowed(hosts, address))
}

/// Puts a blank in the place of each address that is not kept, until none is left: what remains after one is taken
/// out may read as another.
fn without_addresses(text: &str, keep: impl Fn(&str) -> bool) -> String {
    let mut text = text.to_owned();
    loop {
        let kept =
            ADDRESS.replace_all(
                &text,
                |found: &regex::Captures<'_>| {
                    if keep(&found[0]) { found[0].to_owned() } else { " ".to_owned() }
                },
            );
        if kept == text {
            return text;
        }
        text = kept.into_owned();
    }
}

/// Whether an answer may link there.
fn allowed(hosts: &[String], address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let path = rest.strip_prefix(host).unwrap_or_default();
    let plain =
        address.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '<' | '>' | '"' | '\\'));
    // An address inside an address is how an open redirect is used.
    plain && !path.contains(':') && hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
}

fn is_visible(character: char) -> bool {
    match character {
        '\n' => true,
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => false,
        '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => false,
        other => !other.is_control(),
    }
}

struct Writer<'a> {
    hosts: &'a [String],
    out: String,
    // The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    // The address of each open link; `None` where it is dropped.
    links: Vec<Option<String>>,
}

impl Writer<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => {
                let text = self.harmless(&text);
                self.push(&text);
            }
            Event::SoftBreak => self.out.push(' '),
            Event::HardBreak => self.line(),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph if self.lists.is_empty() => self.paragraph(),
            Tag::Heading { .. } | Tag::CodeBlock(_) => self.paragraph(),
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.line();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.line();
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.out.push_str(&format!("{number}. "));
                        *number += 1;
                    }
                    Some(None) | None => self.out.push_str("- "),
                }
            }
            Tag::Strong => self.out.push_str("**"),
            Tag::Emphasis => self.out.push('*'),
            Tag::Link { dest_url, .. } => {
                let kept = allowed(self.hosts, &dest_url).then(|| dest_url.to_string());
                if kept.is_some() {
                    self.push("[");
                }
                self.links.push(kept);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.out.push_str("**"),
            TagEnd::Emphasis => self.out.push('*'),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Link => {
                if let Some(Some(address)) = self.links.pop() {
                    self.out.push_str(&format!("]({address})"));
                }
            }
            _ => {}
        }
    }

    fn line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn paragraph(&mut self) {
        if !self.out.is_empty() {
            self.line();
            self.out.push('\n');
        }
    }

    // A blank where the two ends together would read as a link or an image.
    fn push(&mut self, text: &str) {
        let joined = (self.out.chars().next_back(), text.chars().next());
        if matches!(joined, (Some(']'), Some('(' | '[' | ':')) | (Some('!'), Some('['))) {
            self.out.push(' ');
        }
        self.out.push_str(text);
    }

    // Text that cannot be read as a link, an image or HTML by whoever renders it.
    fn harmless(&self, text: &str) -> String {
        let in_link = self.links.last().is_some_and(Option::is_some);
        let text = without_addresses(text, |address| !in_link && allowed(self.hosts, address));
        let kept = text.replace(['<', '>'], "").replace('`', "'").replace('\n', " ");
        kept.replace("](", "] (").replace("![", "! [").replace("]:", "] :").replace("][", "] [")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(text: &str) -> String {
        sanitise(text, &["shop.example".to_owned(), "127.0.0.1:7442".to_owned()])
    }

    #[test]
    fn the_safe_subset_passes() {
        for text in [
            "Plain words, [PERSON_1] and [ORDER_2].",
            "**Bold** and *emphasis*",
            "Did you mean\n1. One?\n2. Two?\n\nOr a person?",
            "These:\n- a\n- b",
            "See [the page](https://shop.example/help/returns?x=1).",
            "See https://shop.example/help",
            "[x](http://127.0.0.1:7442/help)",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn everything_else_is_taken_out() {
        for (text, expected) in [
            ("<script>alert(1)</script>hi", ""),
            ("hi <script>alert(1)</script>", "hi alert(1)"),
            ("a <img src=x onerror=y> b", "a b"),
            ("![secret](https://evil.example/?q=1)", "secret"),
            ("![secret](https://shop.example/a.png)", "secret"),
            ("[click](https://evil.example)", "click"),
            ("[click](javascript:alert(1))", "click"),
            ("[click](https://shop.example@evil.example/)", "click"),
            ("[click](https://shop.example.evil.example/)", "click"),
            ("[click](//evil.example)", "click"),
            ("go to https://evil.example/x now", "go to now"),
            ("go to WWW.evil.example now", "go to now"),
            ("<https://evil.example>", ""),
            ("\\[a\\](https://evil.example)", "[a] ( )"),
            ("&lt;b&gt;", "b"),
            ("a\u{200b}b\u{202e}c\u{e0041}", "abc"),
            ("[a]\n\n[a]: https://evil.example", "a"),
            ("`https://evil.example`", ""),
            ("# Big", "Big"),
            ("[https://evil.example](https://shop.example/)", "[ ](https://shop.example/)"),
            ("[https:](https://evil.example)//evil.example", ""),
            ("https:<b>//evil.example</b>", ""),
            ("![a](x)!`[`b](https://evil.example)", "a! [b] ( )"),
        ] {
            assert_eq!(clean(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_unlisted_survives(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("["), Just("]"), Just("("), Just(")"), Just("!"), Just("<"), Just(">"), Just("\\"), Just("`"),
                    Just("*"), Just("_"), Just("\n"), Just(" "), Just("- "), Just("1. "), Just("#"), Just("&lt;"), Just("&#40;"),
                    Just("https://evil.example/a"), Just("https://shop.example/b"), Just("www."), Just("javascript:"),
                    Just("script"), Just("img src=x"), Just("a"), Just(":"), Just("/"), Just("http"), Just("[PERSON_1]"), Just("\u{200b}"),
                ],
                0..24,
            )
        ) {
            let once = clean(&parts.concat());
            let lower = once.to_lowercase();
            prop_assert!(!lower.contains("evil.example"), "{once}");
            prop_assert!(!lower.contains("javascript:"), "{once}");
            prop_assert!(!once.contains('<'), "{once}");
            for event in Parser::new(&once) {
                match event {
                    Event::Start(Tag::Link { dest_url, .. }) => prop_assert!(dest_url.starts_with("https://shop.example/"), "{once}"),
                    Event::Start(Tag::Image { .. }) | Event::Html(_) | Event::InlineHtml(_) => prop_assert!(false, "{once}"),
                    _ => {}
                }
            }
        }
    }
}
