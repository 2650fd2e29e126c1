//! The shop's front page, its assets, and the address where the chat asks who is signed in.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use shop::{Customer, RecordsError};

use super::html::{escaped, page};
use super::{Shop, accounts, headers, help};

/// The cookie with the session.
pub(super) const SESSION_COOKIE: &str = "wrenfield_session";

/// The shop's routes.
pub(super) fn router(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/sign-in", get(accounts::choose).post(accounts::sign_in))
        .route("/sign-out", post(accounts::sign_out))
        .route("/account", get(accounts::account))
        .route("/identity", get(identity))
        .route("/help", get(help::list))
        .route("/help/{article}", get(help::english))
        .route("/de/help/{article}", get(help::german))
        .route(
            "/assets/shop.css",
            get(async || asset("text/css; charset=utf-8", include_str!("assets/shop.css"))),
        )
        .route("/assets/wren.svg", get(async || asset("image/svg+xml", include_str!("assets/wren.svg"))))
        .fallback(get(async |State(shop): State<Arc<Shop>>, headers: HeaderMap| {
            let visitor = visitor(&shop, &headers).await;
            not_found(&shop, visitor.as_ref())
        }))
        .with_state(shop)
}

/// Who is signed in, if the session lasts.
pub(super) async fn visitor(shop: &Shop, headers: &HeaderMap) -> Option<Customer> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let session = cookies
        .flat_map(|line| line.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(SESSION_COOKIE)?.strip_prefix('='))?;
    let id = shop.signer.signed_in(session, shop.clock.now())?;
    match shop.records.customer(&id).await {
        Ok(customer) => customer,
        Err(error) => {
            tracing::error!(%error, "the visitor was not looked up");
            None
        }
    }
}

/// A page with its headers.
pub(super) fn shown(shop: &Shop, html: String) -> Response {
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    headers::add(response.headers_mut(), &shop.widget_origin);
    response
}

/// The page for an address without one.
pub(super) fn not_found(shop: &Shop, visitor: Option<&Customer>) -> Response {
    let main = "<div class=\"wide text\"><h1>There is nothing here</h1><p>Go to <a href=\"/\">the shop</a> or to \
                <a href=\"/help\">the help pages</a>.</p></div>";
    let mut response = shown(shop, page(shop, visitor, "Not found", "en", main));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let mut response =
        ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response();
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[derive(Serialize)]
struct Token {
    token: String,
}

/// A short-lived token for whoever is signed in; 204 when nobody is.
async fn identity(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let mut response = match visitor(&shop, &headers).await {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(customer) => match shop.signer.identity(&customer, shop.clock.now(), shop.entropy.as_ref()) {
            Ok(token) => Json(Token { token }).into_response(),
            Err(error) => {
                tracing::error!(%error, "the identity was not signed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        },
    };
    headers::add(response.headers_mut(), &shop.widget_origin);
    response
}

/// The product's drawing, in a box of 120 by 90.
fn drawing(sku: &str) -> &'static str {
    match sku {
        "wren-one" => {
            "<path class=\"a\" d=\"M34 20c14-10 30 2 26 20-2 10-10 14-10 24 0 7-8 10-13 5-6-6-1-14 1-20 3-9-8-19-4-29z\"/>\
                  <path class=\"line\" d=\"M60 30c16 2 26 16 22 32\"/><circle class=\"b\" cx=\"81\" cy=\"66\" r=\"7\"/>"
        }
        "wren-mini" => {
            "<path class=\"a\" d=\"M32 46c0-16 14-26 28-22 16 4 28 12 28 24S76 68 60 68 32 62 32 46z\"/>\
                  <circle class=\"b\" cx=\"52\" cy=\"46\" r=\"9\"/><path class=\"line\" d=\"M88 48h10\"/>"
        }
        "pulse" => {
            "<rect class=\"a\" x=\"24\" y=\"18\" width=\"72\" height=\"54\" rx=\"12\"/>\
                  <path class=\"line light\" d=\"M32 46h14l6-14 10 26 7-12h19\"/>"
        }
        "dot" => {
            "<path class=\"a\" d=\"M60 14c14 18 22 28 22 40a22 22 0 0 1-44 0c0-12 8-22 22-40z\"/>\
                  <circle class=\"b\" cx=\"60\" cy=\"56\" r=\"9\"/>"
        }
        "rest-m" => {
            "<path class=\"a\" d=\"M30 34c20-12 40-12 60 0 2 20-10 40-30 40S28 54 30 34z\"/>\
                  <path class=\"line\" d=\"M14 30l16 4M106 30l-16 4\"/><circle class=\"b\" cx=\"60\" cy=\"52\" r=\"10\"/>"
        }
        "ease" => {
            "<rect class=\"a\" x=\"42\" y=\"12\" width=\"36\" height=\"40\" rx=\"9\"/><circle class=\"b\" cx=\"60\" cy=\"32\" r=\"9\"/>\
                  <path class=\"line\" d=\"M52 52c0 12-20 6-22 18M68 52c0 12 20 6 22 18\"/>\
                  <rect class=\"b\" x=\"18\" y=\"68\" width=\"24\" height=\"14\" rx=\"5\"/><rect class=\"b\" x=\"78\" y=\"68\" width=\"24\" height=\"14\" rx=\"5\"/>"
        }
        _ => "",
    }
}

/// A price as people write it: without cents when there are none, with a comma between the thousands.
fn price(amount: &str) -> String {
    let (euros, cents) = amount.split_once('.').unwrap_or((amount, "00"));
    let euros = match euros.len().checked_sub(3).and_then(|at| euros.split_at_checked(at)) {
        Some((thousands, rest)) if !thousands.is_empty() => format!("{thousands},{rest}"),
        Some(_) | None => euros.to_owned(),
    };
    if cents == "00" { format!("{euros} €") } else { format!("{euros}.{cents} €") }
}

/// The page for when something of the shop's own failed.
pub(super) fn failed(error: &RecordsError) -> Response {
    tracing::error!(%error, "the shop's records cannot be read");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

async fn front(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let listed = match shop.records.products("").await {
        Ok(products) => products,
        Err(error) => return failed(&error),
    };
    let mut products = String::new();
    for product in &listed {
        let Some(title) = &product.title else { continue };
        // Writing to a string does not fail.
        let _ = write!(
            products,
            "<li><svg viewBox=\"0 0 120 90\" aria-hidden=\"true\">{}</svg><h3>{}</h3><p>{}</p><p class=\"price\">{}</p></li>",
            drawing(&product.sku),
            escaped(title),
            escaped(&product.text),
            price(&product.price),
        );
    }
    let topics = ["returns", "hearing-trial", "insurance", "pairing", "discreet-packaging", "privacy"];
    let mut links = String::new();
    for article in topics.iter().filter_map(|id| shop.articles.iter().find(|article| article.id == *id)) {
        let _ =
            write!(links, "<li><a href=\"{}\">{}</a></li>", escaped(&article.url), escaped(&article.title));
    }
    let main = format!(
        "<section class=\"hero\"><div class=\"wide\"><h1>Hear, measure, rest.<br>At home, in private.</h1>\
         <p>Hearing aids and home health devices, with people who answer and a chat that nobody in between can read.</p>\
         <p><a class=\"button\" href=\"#products\">See the devices</a> <a class=\"button quiet\" href=\"/help/hearing-trial\">Try for 60 days</a></p></div></section>\
         <section class=\"wide\" id=\"products\" aria-labelledby=\"products-title\"><h2 id=\"products-title\">Our devices</h2><ul class=\"products\">{products}</ul></section>\
         <section class=\"promises\" aria-label=\"What you can count on\"><ul class=\"wide\"><li><strong>60 days at home</strong>Wear them, then decide.</li>\
         <li><strong>Plain boxes</strong>No product names outside.</li><li><strong>3 years of warranty</strong>And a pair on loan.</li></ul></section>\
         <section class=\"wide\" aria-labelledby=\"help-title\"><h2 id=\"help-title\">Often asked</h2><ul class=\"articles\">{links}</ul></section>"
    );
    let visitor = visitor(&shop, &headers).await;
    shown(&shop, page(&shop, visitor.as_ref(), "Hearing aids and home health", "en", &main))
}
