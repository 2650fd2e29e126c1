//! Tools of the business: what the assistant may ask for by name and the desk alone carries out.
//!
//! The customer's own id comes from the verified identity, never from the assistant; a policy decides each call; the
//! answer is plain text that must be masked before anything reads it.

mod answer;
mod mcp;
mod request;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anonymizer::Plaintext;
use assistant::{Carrier, Effect, IdentityLevel, KeySupport, Tool};
use protocol::Entropy;
use reqwest::StatusCode;
use tokio::time;
use url::Url;
use zeroize::Zeroizing;

use crate::{
    identity::Claims,
    policy::{Policies, Refusal, Ruling, ToolRequest},
};

pub(crate) use crate::policy::Confirmation;
use mcp::{Asked, Failed};
pub use mcp::{ListError, McpOptions, list};
use request::{Filled, Prepared};

/// The service of the business that carries out the declared tools.
#[derive(Clone)]
pub struct BackOfficeOptions {
    /// Its address, for example `https://shop.example`; a tool's path is put behind it.
    pub url: Url,
    /// The bearer token that it expects from the desk.
    pub token: Zeroizing<String>,
}

/// What carries out the declared tools.
#[derive(Clone, Default)]
pub struct Services {
    /// The service over HTTP, when there is one.
    pub back_office: Option<BackOfficeOptions>,
    /// The MCP server, when there is one.
    pub mcp: Option<McpOptions>,
}

/// One call of a tool.
pub(crate) struct Call<'a> {
    pub(crate) tool: &'a Tool,
    /// Values, already restored.
    pub(crate) arguments: &'a BTreeMap<String, Plaintext>,
    pub(crate) caller: Caller<'a>,
    pub(crate) confirmation: Confirmation,
    /// Names this action for good: whoever sends it again, also after a crash, gives the same key. 1 to 128 letters,
    /// digits, hyphens and underscores.
    pub(crate) key: &'a str,
    /// How often this conversation has called the tool before.
    pub(crate) calls: u32,
}

/// Who the customer is, and how sure the desk is of it.
#[derive(Clone, Copy)]
pub(crate) enum Caller<'a> {
    Unknown,
    /// The business's page has signed it.
    Signed(&'a Claims),
    /// Besides, a one-time code that went to the customer's e-mail address was given.
    WithCode(&'a Claims),
}

impl<'a> Caller<'a> {
    fn claims(self) -> Option<&'a Claims> {
        match self {
            Self::Unknown => None,
            Self::Signed(claims) | Self::WithCode(claims) => Some(claims),
        }
    }

    fn level(self) -> IdentityLevel {
        match self {
            Self::Unknown => IdentityLevel::None,
            Self::Signed(_) => IdentityLevel::Signed,
            Self::WithCode(_) => IdentityLevel::Code,
        }
    }
}

/// What a tool said.
pub(crate) enum Answer {
    /// The body, in plain: mask it before anything reads it.
    Found(Plaintext),
    /// The customer has no such thing.
    NotFound,
    /// The service or a limit said no; the code is lower-case letters, digits and hyphens.
    Refused { code: String },
}

/// Why a call was not made or gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("the customer is not identified as the tool needs it")]
    NotIdentified,
    #[error("the customer has not confirmed this call")]
    NotConfirmed,
    #[error("no policy permits this call")]
    NotPermitted,
    #[error("what carries the tool out is not configured (desk.back_office or desk.mcp)")]
    NotConfigured,
    #[error("an argument is not of the declared form")]
    Argument,
    #[error("the service does not answer")]
    Unreachable(#[source] reqwest::Error),
    #[error("the service took too long")]
    TooLate,
    #[error("the service answered with status {0}")]
    Status(StatusCode),
    #[error("the service's answer is over {} octets", answer::LONGEST)]
    TooLong,
    #[error("the MCP server does not answer, or not as its protocol says")]
    McpUnreachable,
    #[error("the MCP server's tool is not the one that is locked; see `sotto tools lock --check`")]
    Changed,
    #[error("the MCP server answered with error {0}")]
    Rpc(i32),
    #[error("the MCP server's tool failed and gave no code")]
    McpFailed,
    #[error("the service's answer is not the JSON object that the tool declares")]
    Form,
}

/// How long one attempt may take, and all of them together.
const PATIENCE: Duration = Duration::from_secs(5);
const WHOLE_PATIENCE: Duration = Duration::from_secs(12);
/// Most attempts of what may be sent again.
const ATTEMPTS: u32 = 3;
/// The longest wait before the second attempt; it doubles each time, and chance shortens it.
const BACKOFF: Duration = Duration::from_millis(200);

/// Calls tools.
#[derive(Clone)]
pub(crate) struct Tools {
    client: reqwest::Client,
    services: Arc<Services>,
    policies: Arc<Policies>,
    entropy: Arc<dyn Entropy>,
}

impl Tools {
    pub(crate) fn new(
        client: reqwest::Client,
        services: Services,
        policies: Policies,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { client, services: Arc::new(services), policies: Arc::new(policies), entropy }
    }

    /// Carries out a call, if the policies allow it: checks the arguments, puts the customer's own id in, sends, and
    /// reads a bounded answer. What may be sent again is, when the service cannot be reached or is overloaded.
    ///
    /// [`ToolError::NotConfirmed`] comes only where the arguments are good and no other policy forbids the call: then is
    /// the time to ask the customer, and to call again with the same key and the confirmation.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, ToolError> {
        let arguments =
            call.tool.arguments(call.arguments, Plaintext::reveal).map_err(|_| ToolError::Argument)?;
        let filled = Filled::new(call, &arguments)?;
        let way = self.way(call.tool, &filled)?;
        let ruling = self.policies.decide(&ToolRequest {
            tool: call.tool,
            customer: call.caller.claims().map(|claims| claims.sub.as_str()),
            identity: call.caller.level(),
            subject: filled.subject.as_deref(),
            confirmation: call.confirmation,
            cents: arguments.cents(),
            calls: call.calls,
        });
        match ruling {
            Ruling::Allowed => {}
            Ruling::Refused(Refusal::NotIdentified) => return Err(ToolError::NotIdentified),
            Ruling::Refused(Refusal::NotConfirmed) => return Err(ToolError::NotConfirmed),
            Ruling::Refused(Refusal::OverLimit) => {
                return Ok(Answer::Refused { code: "over-limit".to_owned() });
            }
            Ruling::Refused(Refusal::TooManyCalls) => {
                return Ok(Answer::Refused { code: "too-many-calls".to_owned() });
            }
            Ruling::Refused(Refusal::OtherCustomer | Refusal::NotPermitted) => {
                return Err(ToolError::NotPermitted);
            }
        }
        let answered = async {
            match &way {
                Way::Http(prepared, service) => self.send(prepared, &service.token, call.tool).await,
                Way::Mcp(asked, server) => self.ask(asked, server).await,
            }
        };
        time::timeout(WHOLE_PATIENCE, answered).await.map_err(|_| ToolError::TooLate)?
    }

    /// To whom the call goes, and how.
    fn way<'a>(&'a self, tool: &'a Tool, filled: &Filled<'a>) -> Result<Way<'a>, ToolError> {
        match &tool.carrier {
            Carrier::Http { method, path } => {
                let service = self.services.back_office.as_ref().ok_or(ToolError::NotConfigured)?;
                Ok(Way::Http(Prepared::new(&service.url, *method, path, filled)?, service))
            }
            Carrier::Mcp { schema } => {
                let server = self.services.mcp.as_ref().ok_or(ToolError::NotConfigured)?;
                let (arguments, key) = (filled.object(), filled.key.clone());
                Ok(Way::Mcp(Asked { tool, schema, arguments, key }, server))
            }
        }
    }

    async fn ask(&self, asked: &Asked<'_>, server: &McpOptions) -> Result<Answer, ToolError> {
        let mut attempt = 1;
        loop {
            let answered = time::timeout(PATIENCE, mcp::attempt(&self.client, server, asked)).await;
            let (error, again) = match answered.map_err(|_| ToolError::TooLate)? {
                Ok(answer) => return Ok(answer),
                Err(Failed::Before(error @ ToolError::McpUnreachable)) => (error, true),
                Err(Failed::After(error @ ToolError::McpUnreachable)) => (error, is_repeatable(asked.tool)),
                Err(Failed::Before(error) | Failed::After(error)) => (error, false),
            };
            if !again || attempt == ATTEMPTS {
                return Err(error);
            }
            time::sleep(self.pause(attempt)).await;
            attempt += 1;
        }
    }

    async fn send(&self, prepared: &Prepared, token: &str, tool: &Tool) -> Result<Answer, ToolError> {
        let attempts = if is_repeatable(tool) { ATTEMPTS } else { 1 };
        let mut attempt = 1;
        loop {
            let sent = prepared.request(&self.client).bearer_auth(token).timeout(PATIENCE).send().await;
            let again = match &sent {
                Ok(answer) => answer::is_overloaded(answer.status()),
                Err(error) => error.is_connect(),
            };
            if !again || attempt == attempts {
                let answer = sent.map_err(|error| ToolError::Unreachable(error.without_url()))?;
                return answer::read(answer, tool, &prepared.url).await;
            }
            time::sleep(self.pause(attempt)).await;
            attempt += 1;
        }
    }

    /// Somewhere between nothing and the backoff, so that many desks do not come back at one moment.
    fn pause(&self, attempt: u32) -> Duration {
        let mut chance = [0; 2];
        self.entropy.fill(&mut chance);
        let longest = BACKOFF * 2_u32.saturating_pow(attempt - 1);
        longest * u32::from(u16::from_le_bytes(chance)) / u32::from(u16::MAX)
    }
}

enum Way<'a> {
    Http(Prepared, &'a BackOfficeOptions),
    Mcp(Asked<'a>, &'a McpOptions),
}

/// Whether the same call, made twice, does nothing twice.
fn is_repeatable(tool: &Tool) -> bool {
    match (tool.effect, tool.key) {
        (Effect::Read, _) | (Effect::Write, KeySupport::Taken) => true,
        (Effect::Write, KeySupport::NotTaken) => false,
    }
}

#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;
