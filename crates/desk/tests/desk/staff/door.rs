//! What the door lets in: hosts, pages, bodies; and what every answer carries.

use axum::http::{HeaderValue, header};
use serde_json::json;

use super::{Browser, Office};

#[tokio::test]
async fn whatever_is_not_the_consoles_own_page_is_refused() {
    let office = Office::open().await;
    let (browser, _) = office.enrolled("Mira Lang", "mira@example.com").await;
    let refused = [
        ("x-sotto-console", None),
        ("x-sotto-console", Some("anything")),
        ("sec-fetch-site", Some("same-site")),
        ("sec-fetch-site", Some("cross-site")),
        ("sec-fetch-site", Some("none")),
        ("origin", None),
        ("origin", Some("null")),
        ("origin", Some("http://127.0.0.1:7442")),
        ("origin", Some("http://127.0.0.1:7441.example")),
    ];
    for (name, value) in refused {
        let mut request = browser.request("DELETE", "/api/session", None);
        request.headers_mut().remove(name);
        if let Some(value) = value {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        let response = browser.open(request).await;
        assert_eq!(response.status(), 403, "{name}: {value:?}");
    }
    let mut read = browser.request("GET", "/api/session", None);
    read.headers_mut().insert(header::ORIGIN, HeaderValue::from_static("http://127.0.0.1:7442"));
    assert_eq!(browser.open(read).await.status(), 403);
    assert_eq!(browser.open(browser.request("GET", "/api/session", None)).await.status(), 200);
}

#[tokio::test]
async fn a_name_that_a_stranger_points_at_this_machine_gets_nothing_not_even_a_page() {
    let office = Office::open().await;
    for path in ["/", "/enrol", "/api/session", "/openapi.json"] {
        let stranger = Browser::new(office.site.clone(), "http://rebound.example:7441");
        assert_eq!(stranger.open(stranger.request("GET", path, None)).await.status(), 421, "{path}");
    }
}

#[tokio::test]
async fn without_a_session_only_the_doors_to_one_open() {
    let office = Office::open().await;
    let description = serde_json::to_value(desk::staff::openapi()).unwrap();
    let mut refused = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "AAAAAAAAAAAAAAAAAAAAAA");
        for method in methods.as_object().unwrap().keys() {
            if path.starts_with("/api/enrolment") || (path == "/api/session" && method == "post") {
                continue;
            }
            let mut browser = office.browser();
            let request = browser.request(&method.to_uppercase(), &path, Some(json!({ "text": "hello" })));
            let answer = browser.send(request).await;
            assert_eq!(
                (answer.status, answer.body["code"].as_str()),
                (401, Some("unauthorized")),
                "{method} {path}"
            );
            refused += 1;
        }
    }
    assert_eq!(refused, 10);
}

#[tokio::test]
async fn a_body_that_is_wrong_or_too_large_is_a_problem_in_our_words() {
    let office = Office::open().await;
    let (mut browser, _) = office.enrolled("Mira Lang", "mira@example.com").await;
    let reply = "/api/conversations/AAAAAAAAAAAAAAAAAAAAAA/reply";
    for (body, status, code) in [
        (json!({ "text": 3 }), 400, "malformed"),
        (json!({ "text": "  \n" }), 400, "malformed"),
        (json!({ "text": "x".repeat(8_001) }), 413, "too-large"),
        (json!({ "text": "x".repeat(100_000) }), 413, "too-large"),
        (json!({ "text": "hello" }), 404, "not-found"),
    ] {
        let answer = browser.post(reply, body).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)));
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let unknown = browser.get("/api/nothing").await;
    assert_eq!((unknown.status, unknown.body["code"].as_str()), (404, Some("not-found")));
    let no_id = browser.get("/api/conversations/short").await;
    assert_eq!(no_id.status, 400);
}

#[tokio::test]
async fn pages_and_answers_carry_their_headers() {
    let office = Office::open().await;
    let mut browser = office.browser();
    let mut shown = String::new();
    for path in ["/", "/api/session"] {
        let answer = browser.get(path).await;
        let mut headers: Vec<_> = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != header::CONTENT_LENGTH)
            .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
            .collect();
        headers.sort();
        shown += &format!("{path} {}\n{}\n", answer.status, headers.concat());
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn the_api_is_described() {
    // The console's types are made from this snapshot (web/console/build/api-types.mjs).
    let description = serde_json::to_string_pretty(&desk::staff::openapi()).unwrap();
    insta::assert_snapshot!("staff-openapi", description);
}
