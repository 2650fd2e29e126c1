//! From the HTTP answer to what the tool said.

use anonymizer::Plaintext;
use assistant::Tool;
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use zeroize::Zeroizing;

use super::{Answer, ToolError};

/// Longest answer, in octets.
pub(super) const LONGEST: usize = 64 * 1024;
/// Longest code of a refusal.
const LONGEST_CODE: usize = 40;

/// The part of problem details (RFC 9457) that is read; the sentences in them are the service's, for its own people.
#[derive(Deserialize)]
struct Problem {
    code: String,
}

/// Whether the same request may do better a moment later.
pub(super) fn is_overloaded(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
}

/// Reads the answer to a request that went to `url`.
pub(super) async fn read(answer: Response, tool: &Tool, url: &Url) -> Result<Answer, ToolError> {
    let status = answer.status();
    // A client that follows redirects would carry values to where nobody declared.
    if answer.url() != url {
        return Err(ToolError::Status(status));
    }
    match status {
        StatusCode::NOT_FOUND => Ok(Answer::NotFound),
        status if status.is_success() => kept(bounded(answer).await?, tool),
        // These are about the desk, not about what the customer wants.
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::PROXY_AUTHENTICATION_REQUIRED
        | StatusCode::REQUEST_TIMEOUT
        | StatusCode::TOO_MANY_REQUESTS => Err(ToolError::Status(status)),
        status if status.is_client_error() => {
            let is_problem = answer
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
            let body = bounded(answer).await?;
            let problem = serde_json::from_str::<Problem>(&body).ok().filter(|_| is_problem);
            match problem.filter(|problem| is_code(&problem.code)) {
                Some(problem) => Ok(Answer::Refused { code: problem.code }),
                None => Err(ToolError::Status(status)),
            }
        }
        status => Err(ToolError::Status(status)),
    }
}

async fn bounded(mut answer: Response) -> Result<Zeroizing<String>, ToolError> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) =
        answer.chunk().await.map_err(|error| ToolError::Unreachable(error.without_url()))?
    {
        if body.len() + chunk.len() > LONGEST {
            return Err(ToolError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Zeroizing::new(String::from_utf8_lossy(&body).into_owned()))
}

/// Leaves the declared fields of the answer.
fn kept(body: Zeroizing<String>, tool: &Tool) -> Result<Answer, ToolError> {
    if tool.keep.is_empty() {
        return Ok(Answer::Found(Plaintext::new(body.to_string())));
    }
    let mut whole: Map<String, Value> = serde_json::from_str(&body).map_err(|_| ToolError::Form)?;
    whole.retain(|field, _| tool.keep.contains(field));
    Ok(Answer::Found(Plaintext::new(Value::Object(whole).to_string())))
}

/// A code is a word of ours to show, to log and to put before a model: nothing a customer wrote fits into it easily.
pub(super) fn is_code(code: &str) -> bool {
    let allowed = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
    (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(allowed)
}
