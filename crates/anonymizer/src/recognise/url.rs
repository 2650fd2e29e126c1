//! Web addresses: with a scheme, with `www.`, or a bare domain of a common ending. A sentence that lacks a blank
//! after its point ("good.Re") is none.

use regex::Regex;

use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct Urls {
    shape: Regex,
}

impl Urls {
    pub(crate) fn new() -> Self {
        let rest = r"[^\s\x00-\x1f<>\x22`{}|\\^\[\]]";
        let label = r"[0-9A-Za-z\x{80}-\x{10FFFF}][0-9A-Za-z\x{80}-\x{10FFFF}-]*";
        let top = r"(?:com|org|net|edu|gov|info|io|dev|app|shop|store|de|at|ch|uk|fr|es|it|nl|pl|eu|us|ca|au|se|dk|no|fi|be|br|jp|example|test|me|co)";
        Self {
            shape: pattern(&format!(
                r"(?i:https?|ftp)://{rest}+|(?i:www)\.{label}\.{rest}+|\b(?:{label}\.){{1,5}}{top}\b(?:(?::[0-9]{{1,5}})?[/?#]{rest}*)?"
            )),
        }
    }
}

impl Recogniser for Urls {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        // A point that a blank follows ends a sentence.
        let marks = scene.marks();
        if !(marks.points || marks.has_sign(b':') && scene.text.contains("://")) {
            return;
        }
        for hit in self.shape.find_iter(scene.text) {
            let end = hit.start() + without_punctuation(hit.as_str()).len();
            // The domain of an e-mail address belongs to that.
            let bare = !hit.as_str().contains("://");
            let touches = bare
                && (scene.before(hit.start(), 4).ends_with(['@', '.', '_', '-'])
                    || (end == hit.end() && scene.after(end, 4).starts_with(['@', '_', '-'])));
            if !touches && end > hit.start() {
                let range = hit.start()..end;
                found.push(Candidate { range, entity: Entity::Url, score: 90, recogniser: "url" });
            }
        }
    }
}

/// Without what ends the sentence around it.
fn without_punctuation(url: &str) -> &str {
    let mut end = url;
    loop {
        let shorter = end.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
        let shorter = match shorter.strip_suffix(')') {
            Some(inside) if !inside.contains('(') => inside,
            _ => shorter,
        };
        if shorter.len() == end.len() {
            return end;
        }
        end = shorter;
    }
}

/// Whether a web address is on a host, given as `shop.example` or as an address of its own, or below it.
pub(crate) fn is_on_host(url: &str, host: &str) -> bool {
    let own = host_of(host);
    let asked = host_of(url);
    !own.is_empty() && (asked == own || asked.strip_suffix(own).is_some_and(|rest| rest.ends_with('.')))
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(':').next().unwrap_or(host);
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn urls(text: &str) -> Vec<String> {
        found_by(&Urls::new(), text)
    }

    #[test]
    fn addresses_are_found_without_the_punctuation_around_them() {
        for (text, url) in [
            ("see https://example.com/u/sarah?x=1.", "https://example.com/u/sarah?x=1"),
            ("(www.example.org/~sc)", "www.example.org/~sc"),
            ("my page sarahconnor.com!", "sarahconnor.com"),
            ("http://192.168.0.1:8080/a_(b)", "http://192.168.0.1:8080/a_(b)"),
            ("HTTPS://EXAMPLE.COM/A", "HTTPS://EXAMPLE.COM/A"),
            ("**https://example.com/a**", "https://example.com/a"),
            ("_https://example.com/a_", "https://example.com/a"),
        ] {
            assert_eq!(urls(text), [url], "{text}");
        }
    }

    #[test]
    fn sentences_versions_and_file_names_are_no_addresses() {
        for text in [
            "good.Re: that",
            "v1.2.3",
            "report.pdf",
            "e.g. this",
            "sarah@example.com",
            "it works...no",
            "3.50",
        ] {
            assert_eq!(urls(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_host_covers_what_is_below_it_and_nothing_that_only_ends_alike() {
        assert!(is_on_host("https://www.shop.example/a", "shop.example"));
        assert!(is_on_host("help.shop.example/a", "https://shop.example"));
        assert!(!is_on_host("https://evilshop.example", "shop.example"));
        assert!(!is_on_host("https://shop.example@evil.example", "shop.example"));
    }
}
