//! The help pages: the assistant's articles, where its citations lead.

use std::fmt::Write;
use std::sync::Arc;

use assistant::{Article, Language};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use shop::Customer;

use super::Shop;
use super::html::{escaped, page};
use super::site::{not_found, shown, visitor};

/// All English articles by title.
pub(super) async fn list(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let mut items = String::new();
    for article in shop.articles.iter().filter(|article| article.language == Language::English) {
        // Writing to a string does not fail.
        let _ =
            write!(items, "<li><a href=\"{}\">{}</a></li>", escaped(&article.url), escaped(&article.title));
    }
    let main = format!(
        "<div class=\"wide text\"><h1>Help</h1><p>Ask in the chat at the bottom of this page, or read on.</p>\
         <ul class=\"articles\">{items}</ul></div>"
    );
    let visitor = visitor(&shop, &headers).await;
    shown(&shop, page(&shop, visitor.as_ref(), "Help", "en", &main))
}

/// One article in English.
pub(super) async fn english(
    State(shop): State<Arc<Shop>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let visitor = visitor(&shop, &headers).await;
    article(&shop, &id, Language::English, visitor.as_ref())
}

/// One article in German.
pub(super) async fn german(
    State(shop): State<Arc<Shop>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let visitor = visitor(&shop, &headers).await;
    article(&shop, &id, Language::German, visitor.as_ref())
}

fn article(shop: &Shop, id: &str, language: Language, visitor: Option<&Customer>) -> Response {
    let found = shop.articles.iter().find(|article| article.id == id && article.language == language);
    match found {
        Some(article) => {
            let title = &article.title;
            shown(shop, page(shop, visitor, title, language.code(), &text(shop, article)))
        }
        None => not_found(shop, visitor),
    }
}

fn text(shop: &Shop, article: &Article) -> String {
    let mut html = format!("<article class=\"wide text\"><h1>{}</h1>", escaped(&article.title));
    for passage in &article.passages {
        if !passage.heading.is_empty() {
            let _ = write!(html, "<h2>{}</h2>", escaped(&passage.heading));
        }
        let _ = write!(html, "<p>{}</p>", escaped(&passage.text()));
    }
    let other =
        shop.articles.iter().find(|other| other.id == article.id && other.language != article.language);
    if let Some(other) = other {
        let name = other.language.own_name();
        let (url, code) = (escaped(&other.url), other.language.code());
        let _ = write!(html, "<p><a href=\"{url}\" lang=\"{code}\" hreflang=\"{code}\">{name}</a></p>");
    }
    html.push_str("</article>");
    html
}
