//! Sitemaps (sitemaps.org): which pages a site names.

use super::Problem;
use super::xml::{Piece, pieces};

/// What a sitemap names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sitemap {
    /// Pages.
    pub pages: Vec<String>,
    /// Other sitemaps.
    pub sitemaps: Vec<String>,
}

/// Reads a sitemap or an index of sitemaps.
///
/// # Errors
/// When it is none.
pub fn read(place: &str, text: &str) -> Result<Sitemap, Problem> {
    let mut found = Sitemap::default();
    let (mut in_index, mut is_sitemap) = (false, false);
    let mut address: Option<String> = None;
    let mut inside: Vec<String> = Vec::new();
    pieces(text, |piece| match piece {
        Piece::Start(name, _) => {
            is_sitemap |= matches!(name, "urlset" | "sitemapindex");
            in_index |= name == "sitemap";
            // Pictures and videos of a page have a place of their own inside it.
            let of_page = matches!(inside.last().map(String::as_str), Some("url" | "sitemap"));
            if name == "loc" && of_page {
                address = Some(String::new());
            }
            inside.push(name.to_owned());
        }
        Piece::Text(text) => {
            if let Some(address) = &mut address {
                address.push_str(&text);
            }
        }
        Piece::End(name) => {
            inside.pop();
            if name == "loc"
                && let Some(address) = address.take()
            {
                let list = if in_index { &mut found.sitemaps } else { &mut found.pages };
                list.push(address.trim().to_owned());
            }
            in_index &= name != "sitemap";
        }
    })
    .map_err(|problem| Problem::of(place, format!("{problem}; give the address of a sitemap in XML")))?;
    if is_sitemap { Ok(found) } else { Err(Problem::of(place, "is no sitemap; give the address of one")) }
}
