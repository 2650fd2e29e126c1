//! Signing in as one of the invented customers, and the page with one's orders.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use super::Shop;
use super::html::{escaped, page};
use super::site::{SESSION_COOKIE, failed, shown, visitor};

/// Who can be chosen.
pub(super) async fn choose(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let mut people = String::new();
    let customers = match shop.records.customers().await {
        Ok(customers) => customers,
        Err(error) => return failed(&error),
    };
    for customer in &customers {
        let orders = match customer.orders {
            0 => "no orders".to_owned(),
            1 => "1 order".to_owned(),
            several => format!("{several} orders"),
        };
        // Writing to a string does not fail.
        let _ = write!(
            people,
            "<li><button name=\"customer\" value=\"{}\"><strong>Sign in as {}</strong><span>{} · {orders}</span></button></li>",
            escaped(&customer.id),
            escaped(&customer.name),
            escaped(&customer.email),
        );
    }
    let main = format!(
        "<div class=\"wide text\"><h1>Sign in</h1><p>These people are invented. Choose one to be; the chat then knows \
         who you are by a token that this shop signs.</p>\
         <form method=\"post\" action=\"/sign-in\"><ul class=\"people\">{people}</ul></form></div>"
    );
    let visitor = visitor(&shop, &headers).await;
    shown(&shop, page(&shop, visitor.as_ref(), "Sign in", "en", &main))
}

/// Starts a session.
pub(super) async fn sign_in(State(shop): State<Arc<Shop>>, headers: HeaderMap, form: String) -> Response {
    if from_elsewhere(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let choice = form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == "customer");
    let Some((_, id)) = choice else { return StatusCode::BAD_REQUEST.into_response() };
    let customer = match shop.records.customer(&id).await {
        Ok(Some(customer)) => customer,
        Ok(None) => return StatusCode::BAD_REQUEST.into_response(),
        Err(error) => return failed(&error),
    };
    match shop.signer.session(&customer, shop.clock.now()) {
        Ok(session) => with_cookie(&format!("{session}; Max-Age=28800"), "/account"),
        Err(error) => {
            tracing::error!(%error, "the session was not signed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Ends the session.
pub(super) async fn sign_out(headers: HeaderMap) -> Response {
    if from_elsewhere(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    with_cookie("; Max-Age=0", "/")
}

/// The customer's own orders.
pub(super) async fn account(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let Some(customer) = visitor(&shop, &headers).await else {
        return Redirect::to("/sign-in").into_response();
    };
    let orders = match shop.records.orders(&customer.id).await {
        Ok(orders) => orders,
        Err(error) => return failed(&error),
    };
    let mut rows = String::new();
    for order in &orders {
        let items: Vec<String> = order
            .items
            .iter()
            .map(|item| format!("{} × {}", escaped(&item.count), escaped(&item.name)))
            .collect();
        let _ = write!(
            rows,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td><span class=\"state {status}\">{status}</span></td></tr>",
            escaped(&order.number),
            escaped(&order.placed),
            items.join("<br>"),
            status = escaped(&order.status),
        );
    }
    let orders = if rows.is_empty() {
        "<p>You have no orders yet.</p>".to_owned()
    } else {
        format!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"Your orders\" tabindex=\"0\"><table><thead><tr>\
             <th scope=\"col\">Order</th><th scope=\"col\">Placed</th><th scope=\"col\">Items</th><th scope=\"col\">State</th>\
             </tr></thead><tbody>{rows}</tbody></table></div>"
        )
    };
    let main = format!(
        "<div class=\"wide text\"><h1>{}</h1><dl><dt>E-mail</dt><dd>{}</dd><dt>Address</dt><dd>{}</dd></dl><h2>Orders</h2>{orders}\
         <p>Ask the chat “Where is my order?”</p></div>",
        escaped(&customer.name),
        escaped(&customer.email),
        escaped(&customer.address),
    );
    shown(&shop, page(&shop, Some(&customer), "Your account", "en", &main))
}

fn with_cookie(value: &str, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let cookie = format!("{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Browsers say where a form came from; one of another site does not sign anybody in or out.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}
