//! Tools of the business: what the assistant may ask for by name and the desk alone carries out.
//!
//! The customer's own id comes from the verified identity, never from the assistant; the answer is plain text
//! that must be masked before anything reads it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anonymizer::Plaintext;
use assistant::{Method, Tool};
use reqwest::StatusCode;
use url::Url;
use zeroize::Zeroizing;

use crate::identity::Claims;

/// The service of the business that carries out the declared tools.
#[derive(Clone)]
pub struct BackOfficeOptions {
    /// Its address, for example `https://shop.example`; a tool's path is put behind it.
    pub url: Url,
    /// The bearer token that it expects from the desk.
    pub token: Zeroizing<String>,
}

/// What a tool said.
pub(crate) enum Answer {
    /// The body, in plain: mask it before anything reads it.
    Found(Plaintext),
    /// The customer has no such thing.
    NotFound,
}

/// Why a call was not made or gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("the customer is not identified")]
    NotIdentified,
    #[error("no back office is configured")]
    NotConfigured,
    #[error("an argument is not of the declared form")]
    Argument,
    #[error("the service does not answer")]
    Unreachable(#[source] reqwest::Error),
    #[error("the service answered with status {0}")]
    Status(StatusCode),
    #[error("the service's answer is over {LONGEST_ANSWER} octets")]
    TooLong,
}

const LONGEST_ANSWER: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

/// Calls tools.
#[derive(Clone)]
pub(crate) struct Tools {
    client: reqwest::Client,
    back_office: Option<Arc<BackOfficeOptions>>,
}

impl Tools {
    pub(crate) fn new(client: reqwest::Client, back_office: Option<BackOfficeOptions>) -> Self {
        Self { client, back_office: back_office.map(Arc::new) }
    }

    /// Carries out a call for the customer that `claims` names. Arguments are values, already restored.
    pub(crate) async fn call(
        &self,
        tool: &Tool,
        arguments: &BTreeMap<String, Plaintext>,
        claims: Option<&Claims>,
    ) -> Result<Answer, ToolError> {
        let claims = claims.ok_or(ToolError::NotIdentified)?;
        let back_office = self.back_office.as_ref().ok_or(ToolError::NotConfigured)?;
        let url = address(&back_office.url, tool, arguments, claims)?;
        let request = match tool.method {
            Method::Get => self.client.get(url),
        };
        let mut answer = request
            .bearer_auth(back_office.token.as_str())
            .timeout(PATIENCE)
            .send()
            .await
            .map_err(|error| ToolError::Unreachable(error.without_url()))?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(Answer::NotFound);
        }
        if !answer.status().is_success() {
            return Err(ToolError::Status(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) =
            answer.chunk().await.map_err(|error| ToolError::Unreachable(error.without_url()))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_ANSWER {
                return Err(ToolError::TooLong);
            }
        }
        Ok(Answer::Found(Plaintext::new(String::from_utf8_lossy(&body).into_owned())))
    }
}

/// Fills in a tool's path, segment by segment, so that a value cannot leave its own. `{customer}` is the verified
/// customer, whatever the assistant said; other names are the declared parameters.
fn address(
    base: &Url,
    tool: &Tool,
    arguments: &BTreeMap<String, Plaintext>,
    claims: &Claims,
) -> Result<Url, ToolError> {
    let mut url = base.clone();
    let mut path = url.path_segments_mut().map_err(|()| ToolError::NotConfigured)?;
    path.pop_if_empty();
    for segment in tool.path.split('/').filter(|segment| !segment.is_empty()) {
        match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None => path.push(segment),
            Some("customer") => path.push(&claims.sub),
            Some(name) if tool.parameters.iter().any(|declared| declared == name) => {
                path.push(word(arguments.get(name).ok_or(ToolError::Argument)?)?)
            }
            Some(_) => return Err(ToolError::Argument),
        };
    }
    drop(path);
    Ok(url)
}

/// A parameter is a short word of letters, digits and hyphens.
fn word(value: &Plaintext) -> Result<&str, ToolError> {
    let value = value.reveal().trim().trim_start_matches('#');
    let fits = (1..=40).contains(&value.len())
        && value.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    if fits { Ok(value) } else { Err(ToolError::Argument) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims { sub: "c/../7 ä".into(), name: None, email: None, exp: 0 }
    }

    fn tool() -> Tool {
        Tool {
            name: "order".into(),
            method: Method::Get,
            path: "/api/customers/{customer}/orders/{order}".into(),
            effect: assistant::Effect::Read,
            parameters: vec!["order".into()],
        }
    }

    fn at(order: &str) -> Result<String, ToolError> {
        let arguments = [
            ("order".to_owned(), Plaintext::new(order.into())),
            // Whoever wrote the call cannot name the customer.
            ("customer".to_owned(), Plaintext::new("someone-else".into())),
        ];
        let base = Url::parse("http://shop.example/base/").unwrap();
        address(&base, &tool(), &arguments.into(), &claims()).map(String::from)
    }

    #[test]
    fn the_customer_in_a_path_is_the_verified_one_and_stays_in_its_segment() {
        let expected = "http://shop.example/base/api/customers/c%2F..%2F7%20%C3%A4/orders/WF-10432";
        assert_eq!(at("#WF-10432").unwrap(), expected);
    }

    #[test]
    fn an_argument_that_is_no_short_word_is_refused() {
        for bad in ["", "..", "1/../../customers/2", "1?x=2", "a b", "é", &"1".repeat(41)] {
            assert!(matches!(at(bad), Err(ToolError::Argument)), "{bad}");
        }
    }
}
