//! Ports, the hub, clocks, and the business's page.

use std::fs;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, UNIX_EPOCH};

use protocol::{Clock, DeskKey};
use reqwest::{Certificate, Client};
use url::Url;

use super::Finding;
use crate::ambient::SystemClock;
use crate::config::Config;
use crate::data::{DataFolder, Part};

const PATIENCE: Duration = Duration::from_secs(5);
/// Key packages and sessions carry times; clocks further apart than this refuse each other's.
const MOST_SKEW: i64 = 300;
const SOME_SKEW: i64 = 10;

/// Whether each part can listen where it should, or runs already.
pub(super) fn ports(data: &DataFolder, config: &Config) -> Vec<Finding> {
    let mut ports =
        vec![(Part::Hub, "hub.listen", config.hub.listen), (Part::Desk, "desk.listen", config.desk.listen)];
    if config.demo.enabled {
        ports.push((Part::Demo, "demo.listen", config.demo.listen));
        ports.push((Part::Demo, "widget.listen", config.widget.listen));
    } else {
        ports.push((Part::Widget, "widget.listen", config.widget.listen));
    }
    ports
        .iter()
        .enumerate()
        .map(|(index, (part, key, address))| {
            let earlier = ports.iter().take(index).find(|(_, _, earlier)| meet(*earlier, *address));
            earlier.map_or_else(
                || port(data, *part, key, *address),
                |(_, other, _)| {
                    Finding::warn(
                        key,
                        format!("{address} is {other}'s, too"),
                        format!("set {key} to another port, unless the two run on different machines"),
                    )
                },
            )
        })
        .collect()
}

/// Whether each part is reached under an address that a browser can open.
pub(super) fn addresses(config: &Config) -> Vec<Finding> {
    let parts = [
        ("hub.public_url", &config.hub.public_url),
        ("desk.public_url", &config.desk.public_url),
        ("widget.public_url", &config.widget.public_url),
    ];
    parts
        .into_iter()
        .filter(|(_, url)| matches!(url.host_str(), Some("0.0.0.0" | "[::]")))
        .map(|(key, url)| {
            Finding::warn(
                key,
                format!("{url} is where it listens, and no address that a browser can open"),
                format!("set {key} to how it is reached, if this machine runs it"),
            )
        })
        .collect()
}

/// Whether one machine cannot listen at both.
fn meet(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port()
        && one.port() != 0
        && (one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified())
}

fn port(data: &DataFolder, part: Part, key: &str, address: SocketAddr) -> Finding {
    let folder = data.path().join(part.name());
    let runs = folder.is_dir() && DataFolder::lock(&folder).is_err();
    match TcpListener::bind(address) {
        Ok(_) => Finding::ok(key, format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && runs => {
            Finding::ok(key, format!("{address}: the {} is running", part.name()))
        }
        Err(error) if error.kind() == ErrorKind::AddrInUse => Finding::fail(
            key,
            format!("{address} is taken by another program"),
            format!("stop that program, or set {key} to another port"),
        ),
        Err(error) => Finding::fail(
            key,
            format!("{address}: {error}"),
            format!("set {key} to an address of this machine"),
        ),
    }
}

/// Whether the desk can reach its hub, and whether their clocks agree.
pub(super) async fn hub(config: &Config) -> Vec<Finding> {
    let Some(client) = hub_client(config) else {
        return vec![Finding::fail(
            "hub",
            "this system has no usable certificates",
            "install the package ca-certificates",
        )];
    };
    let Ok(url) = config.desk.hub_url.join("readyz") else {
        return vec![Finding::fail(
            "hub",
            format!("{} is no base address", config.desk.hub_url),
            "set desk.hub_url",
        )];
    };
    match client.get(url.clone()).send().await {
        Err(_) => vec![Finding::warn(
            "hub",
            format!("{} does not answer", config.desk.hub_url),
            no_answer(&config.desk.hub_url),
        )],
        Ok(answer) => {
            let skew = answer.headers().get("date").and_then(|date| date.to_str().ok()).and_then(skew);
            let status = answer.status();
            let reached = if status.is_success() {
                Finding::ok("hub", format!("{} is ready", config.desk.hub_url))
            } else {
                Finding::fail("hub", format!("{url} answers {status}"), "look into the hub's log")
            };
            [Some(reached), skew.map(clock)].into_iter().flatten().collect()
        }
    }
}

fn no_answer(hub: &Url) -> &'static str {
    match hub.scheme() {
        "https" => {
            "start the hub, or correct desk.hub_url; if your own authority issued its certificate, set desk.hub_ca_file"
        }
        _ => "start the hub, or correct desk.hub_url",
    }
}

fn clock(skew: i64) -> Finding {
    let found = format!("{skew} s beside the hub's");
    match skew.abs() {
        0..=SOME_SKEW => Finding::ok("clock", found),
        skew if skew <= MOST_SKEW => Finding::warn("clock", found, "set both by NTP"),
        _ => Finding::fail("clock", found, "set both by NTP: the two refuse each other's keys"),
    }
}

/// Seconds by which our clock is before the one that wrote this HTTP date (RFC 9110 section 5.6.7).
fn skew(date: &str) -> Option<i64> {
    let theirs = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(SystemClock.now().seconds() - i64::try_from(theirs.as_secs()).ok()?)
}

/// Whether a page of the business pins this desk's key.
pub(super) async fn page(page: &Url, desk: Option<DeskKey>) -> Finding {
    const SUBJECT: &str = "page";
    let Some(desk) = desk else {
        return Finding::fail(
            SUBJECT,
            "the desk's key is not known",
            "correct what is wrong with the desk's store first",
        );
    };
    let text = match client().map(|client| client.get(page.clone()).send()) {
        Ok(answer) => match answer.await {
            Ok(answer) => answer.text().await.unwrap_or_default(),
            Err(_) => {
                return Finding::fail(SUBJECT, format!("{page} does not answer"), "correct the address");
            }
        },
        Err(_) => {
            return Finding::fail(
                SUBJECT,
                "this system has no usable certificates",
                "install the package ca-certificates",
            );
        }
    };
    match pinned(&text) {
        None => {
            Finding::fail(SUBJECT, format!("{page} has no data-desk"), "put in what `sotto desk-key` prints")
        }
        Some(keys) if keys.split_whitespace().any(|key| key == desk.to_string()) => {
            Finding::ok(SUBJECT, format!("{page} pins this desk's key"))
        }
        Some(_) => Finding::fail(
            SUBJECT,
            format!("{page} pins another desk's key"),
            "put in what `sotto desk-key` prints; until then the chat refuses this desk",
        ),
    }
}

/// The value of the first `data-desk` attribute.
fn pinned(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("data-desk=")?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest.split(quote).nth(1)
}

fn client() -> reqwest::Result<Client> {
    Client::builder().timeout(PATIENCE).build()
}

/// Trusts the business's own authority too; what is wrong with its file is said where files are looked at.
fn hub_client(config: &Config) -> Option<Client> {
    let own = config.desk.hub_ca_file.as_ref().and_then(|path| fs::read(path).ok());
    let own = own.and_then(|pem| Certificate::from_pem_bundle(&pem).ok());
    Client::builder().timeout(PATIENCE).tls_certs_merge(own.into_iter().flatten()).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_keys_are_read_from_a_page() {
        assert_eq!(pinned("<script src='x' data-desk=\"one two\" data-hub='y'>"), Some("one two"));
        assert_eq!(pinned("<script data-desk='one'>"), Some("one"));
        assert_eq!(pinned("<p>nothing</p>"), None);
    }

    #[test]
    fn two_addresses_meet_at_one_port_of_one_machine() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let here = address("127.0.0.1:7440");
        assert!(meet(here, here) && meet(here, address("0.0.0.0:7440")));
        assert!(!meet(here, address("127.0.0.1:7441")) && !meet(here, address("127.0.0.2:7440")));
        assert!(!meet(address("127.0.0.1:0"), address("127.0.0.1:0")));
    }

    #[test]
    fn an_http_date_is_compared_with_the_clock() {
        assert!(skew("Sun, 06 Nov 1994 08:49:37 GMT").is_some_and(|skew| skew > 900_000_000));
        assert_eq!(skew("yesterday"), None);
    }
}
