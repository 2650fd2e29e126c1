//! The pages that a sitemap names, from the sitemap's own host alone.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use anyhow::{Context, Result};
use assistant::import::{FILE_OCTETS, Format, Problem, sitemap};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use url::Url;

use super::import::Import;
use crate::runtime;

/// The most pages and sitemaps of one import.
const MOST_PAGES: usize = 1_000;
const MOST_SITEMAPS: usize = 20;
/// The most redirections of one address.
const MOST_HOPS: usize = 5;
const CONNECT: Duration = Duration::from_secs(10);
/// For one answer, whole.
const ANSWER: Duration = Duration::from_secs(30);

/// Takes in every page of a sitemap.
pub(super) fn import(import: &mut Import, address: &Url) -> Result<()> {
    let runtime = runtime()?;
    let client = llm::http_client(CONNECT).context("set up TLS")?;
    let fetch = |address: &Url| runtime.block_on(fetch(&client, address.clone()));
    let mut sitemaps = VecDeque::from([address.clone()]);
    let mut pages = BTreeSet::new();
    let mut read = 0;
    while let Some(map) = sitemaps.pop_front() {
        read += 1;
        if read > MOST_SITEMAPS {
            import.tell(&Problem::of(
                address.as_str(),
                format!("names more than {MOST_SITEMAPS} sitemaps; import them one by one"),
            ));
            break;
        }
        let found = fetch(&map).and_then(|answer| {
            let text = String::from_utf8(answer.bytes)
                .map_err(|_| Problem::of(map.as_str(), "is not UTF-8; give a sitemap in XML"))?;
            sitemap::read(map.as_str(), &text)
        });
        match found {
            Ok(found) => {
                sitemaps.extend(own(import, address, found.sitemaps));
                pages.extend(own(import, address, found.pages));
            }
            Err(problem) => import.tell(&problem),
        }
    }
    if pages.len() > MOST_PAGES {
        let problem = format!("names {} pages; the first {MOST_PAGES} are imported", pages.len());
        import.tell(&Problem::of(address.as_str(), problem));
    }
    for page in pages.iter().take(MOST_PAGES) {
        match fetch(page) {
            Ok(answer) => import.file(page.as_str(), &answer.name(page), &answer.bytes)?,
            Err(problem) => import.tell(&problem),
        }
    }
    Ok(())
}

/// The addresses on the sitemap's own site; the others are told.
fn own(import: &mut Import, site: &Url, named: Vec<String>) -> Vec<Url> {
    let mut own = Vec::new();
    for address in named {
        match Url::parse(&address) {
            Ok(address) if is_own(site, &address) => own.push(address),
            Ok(_) | Err(_) => {
                import.tell(&Problem::of(&address, "is not on the sitemap's own host and was left out"))
            }
        }
    }
    own
}

/// The same host and port, or the same host over TLS.
fn is_own(site: &Url, address: &Url) -> bool {
    let is_plain = address.username().is_empty() && address.password().is_none();
    let is_over_tls = address.scheme() == "https" && address.port().is_none();
    is_plain && address.host() == site.host() && (address.origin() == site.origin() || is_over_tls)
}

/// What an address answered.
struct Answer {
    kind: String,
    bytes: Vec<u8>,
}

impl Answer {
    /// A name for the page: its path, with an ending that tells its form.
    fn name(&self, address: &Url) -> String {
        let path = address.path().trim_matches('/');
        let path = if path.is_empty() { "index" } else { path };
        let ending = match self.kind.as_str() {
            "text/html" | "application/xhtml+xml" => "html",
            "application/pdf" => "pdf",
            "text/markdown" => "md",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
            _ => return path.to_owned(),
        };
        match (Format::of(path), Format::of(&format!("a.{ending}"))) {
            (Some(named), Some(told)) if named == told => path.to_owned(),
            _ => format!("{path}.{ending}"),
        }
    }
}

/// One answer, in time and size; a redirection is followed within the site only.
async fn fetch(client: &reqwest::Client, address: Url) -> Result<Answer, Problem> {
    let place = address.to_string();
    let wrong = |problem: &str| Problem::of(&place, problem);
    let site = address.clone();
    let mut address = address;
    for _ in 0..=MOST_HOPS {
        let asked = client.get(address.clone()).timeout(ANSWER).send().await;
        let mut answer = asked.map_err(|error| {
            wrong(if error.is_timeout() {
                "did not answer in time; try again"
            } else {
                "cannot be reached; check the address"
            })
        })?;
        let status = answer.status();
        if status.is_redirection() {
            let next = answer.headers().get(LOCATION).and_then(|next| next.to_str().ok());
            let next = next.and_then(|next| address.join(next).ok());
            address = next
                .filter(|next| is_own(&site, next))
                .ok_or_else(|| wrong("leads to another host and was left out; give that host's sitemap"))?;
            continue;
        }
        if !status.is_success() {
            return Err(wrong(&format!("answered {status}; take it out of the sitemap or correct it")));
        }
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|_| wrong("broke off; try again"))? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > FILE_OCTETS {
                return Err(wrong(&assistant::import::too_large()));
            }
        }
        return Ok(Answer { kind, bytes });
    }
    Err(wrong("leads from address to address without an end; correct it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sitemaps_own_host_is_asked() {
        let site = Url::parse("http://shop.example:8080/sitemap.xml").unwrap();
        for (address, own) in [
            ("http://shop.example:8080/a", true),
            ("https://shop.example/a", true),
            ("http://shop.example/a", false),
            ("http://127.0.0.1:8080/a", false),
            ("http://evil.example:8080/a", false),
            ("http://shop.example.evil.example:8080/a", false),
            ("http://user@shop.example:8080/a", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_own(&site, &Url::parse(address).unwrap()), own, "{address}");
        }
    }

    #[test]
    fn a_page_is_named_by_its_path_and_form() {
        let name = |kind: &str, address: &str| {
            Answer { kind: kind.to_owned(), bytes: Vec::new() }.name(&Url::parse(address).unwrap())
        };
        assert_eq!(name("text/html", "https://a.example/"), "index.html");
        assert_eq!(name("text/html", "https://a.example/help/returns/"), "help/returns.html");
        assert_eq!(name("text/html", "https://a.example/help/returns.htm"), "help/returns.htm");
        assert_eq!(name("application/pdf", "https://a.example/manual"), "manual.pdf");
    }
}
