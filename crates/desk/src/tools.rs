//! Tools of the business: what the assistant may ask for by name and the desk alone carries out.
//!
//! The customer's own id comes from the verified identity, never from the assistant; the answer is plain text
//! that must be masked before anything reads it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anonymizer::Plaintext;
use reqwest::StatusCode;
use url::Url;
use zeroize::Zeroizing;

use crate::identity::Claims;

/// The order service.
#[derive(Clone)]
pub struct OrderServiceOptions {
    /// Its address, for example `https://shop.example/api/`.
    pub url: Url,
    /// The bearer token that it expects from the desk.
    pub token: Zeroizing<String>,
}

/// A tool that the desk knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// One order of the customer, by its number; or all, without one.
    OrderStatus,
}

impl Tool {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "order_status" => Some(Self::OrderStatus),
            _ => None,
        }
    }
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
    #[error("no order service is configured")]
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
    orders: Option<Arc<OrderServiceOptions>>,
}

impl Tools {
    pub(crate) fn new(client: reqwest::Client, orders: Option<OrderServiceOptions>) -> Self {
        Self { client, orders: orders.map(Arc::new) }
    }

    /// Carries out a call for the customer that `claims` names. Arguments are values, already restored.
    pub(crate) async fn call(
        &self,
        tool: Tool,
        arguments: &BTreeMap<String, Plaintext>,
        claims: Option<&Claims>,
    ) -> Result<Answer, ToolError> {
        let claims = claims.ok_or(ToolError::NotIdentified)?;
        match tool {
            Tool::OrderStatus => self.order_status(claims, arguments.get("order_number")).await,
        }
    }

    async fn order_status(&self, claims: &Claims, number: Option<&Plaintext>) -> Result<Answer, ToolError> {
        let orders = self.orders.as_ref().ok_or(ToolError::NotConfigured)?;
        let mut url = orders.url.clone();
        {
            let mut path = url.path_segments_mut().map_err(|()| ToolError::NotConfigured)?;
            path.pop_if_empty().extend(["customers", &claims.sub, "orders"]);
            if let Some(number) = number {
                path.push(order_number(number)?);
            }
        }
        let mut answer = self
            .client
            .get(url)
            .bearer_auth(orders.token.as_str())
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

/// An order number is a short word of letters, digits and hyphens, so it cannot leave its place in the path.
fn order_number(number: &Plaintext) -> Result<&str, ToolError> {
    let number = number.reveal().trim().trim_start_matches('#');
    let fits = (1..=40).contains(&number.len())
        && number.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    if fits { Ok(number) } else { Err(ToolError::Argument) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_number_cannot_leave_its_place_in_the_path() {
        for good in ["A-1042", "#1042", " 77 "] {
            assert!(order_number(&Plaintext::new(good.into())).is_ok(), "{good}");
        }
        for bad in ["", "..", "1/../../customers/2", "1?x=2", "a b", "é", &"1".repeat(41)] {
            assert!(order_number(&Plaintext::new(bad.into())).is_err(), "{bad}");
        }
    }
}
