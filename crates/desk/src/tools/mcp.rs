//! Tools of an MCP server: the client's side of Streamable HTTP (Model Context Protocol, revision 2025-11-25).
//!
//! Each attempt of a call is a session of its own: initialise, list the tools, compare the tool's inputSchema with the
//! locked one, call. So there is nothing between calls that a server could change unseen, no stream on which it could
//! speak unasked, and its restart disturbs nothing. Names, schemas and results are all that is taken from it; what it says
//! about itself and its tools is read by nobody. Sampling, elicitation and roots are not offered.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anonymizer::Plaintext;
use assistant::{Tool, ToolLock};
use futures_util::{StreamExt as _, stream::BoxStream};
use reqwest::header::{HeaderName, HeaderValue};
use rmcp::{
    ClientHandler, RoleClient, ServiceError, ServiceExt as _,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig,
        ClientJsonRpcMessage, ContentBlock, Implementation, JsonObject, MetaObject, PaginatedRequestParams,
        ProtocolVersion, RequestMetaObject,
    },
    service::RunningService,
    transport::{
        StreamableHttpClientTransport,
        common::client_side_sse::SseRetryPolicy,
        streamable_http_client::{
            SseError, StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
            StreamableHttpPostResponse, StreamableHttpResponseLimits,
        },
    },
};
use serde_json::{Map, Value};
use sse_stream::Sse;
use tokio::time;
use url::Url;
use zeroize::Zeroizing;

use super::{
    Answer, ToolError,
    answer::{self, LONGEST, is_code},
};

/// An MCP server of the business.
#[derive(Clone)]
pub struct McpOptions {
    /// Its one address, for example `https://tools.shop.example/mcp`. No other is ever asked.
    pub url: Url,
    /// The bearer token that it expects from the desk, when it does.
    pub token: Option<Zeroizing<String>>,
}

/// Why an MCP server's tools could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// There is no TLS.
    #[error("TLS cannot be set up")]
    Client(#[source] reqwest::Error),
    /// It does not answer, or not as the protocol says.
    #[error("the MCP server does not answer, or not as revision 2025-11-25 of the protocol says")]
    Server,
    /// It took too long.
    #[error("the MCP server took too long")]
    TooLate,
    /// It has no tool of this name.
    #[error("the MCP server has no tool {0:?}; it has {1}")]
    Missing(String, String),
}

/// Most octets of an answer, whatever is in it; a list of tools is longer than what a call may bring.
const LONGEST_MESSAGE: usize = 1024 * 1024;
/// Most events of one answer: progress and log messages may stand before it.
const MOST_EVENTS: usize = 64;
/// Most pages of the list of tools.
const MOST_PAGES: usize = 8;
/// Where the name of an action is put; whoever gets it twice does it once.
const KEY: &str = "sotto/idempotency-key";
/// The code of a refusal that says that the customer has no such thing.
const NONE: [&str; 2] = ["none", "not-found"];

/// Asks a server for the inputSchema of these tools, for the lock file.
///
/// # Errors
/// [`ListError`]; all tools or none.
pub async fn list(server: &McpOptions, names: &[String]) -> Result<ToolLock, ListError> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let client = llm::http_client(PATIENCE).map_err(ListError::Client)?;
    let listed = async {
        let session = begin(&client, server).await.ok()?;
        tools(&session).await.ok()
    };
    let listed = time::timeout(PATIENCE, listed).await.map_err(|_| ListError::TooLate)?;
    let listed = listed.ok_or(ListError::Server)?;
    let mut lock = ToolLock::default();
    for name in names {
        let Some((_, schema)) = listed.iter().find(|(known, _)| known == name) else {
            let known: Vec<String> = listed.iter().map(|(known, _)| format!("{known:?}")).collect();
            return Err(ListError::Missing(name.clone(), known.join(", ")));
        };
        lock.tools.insert(name.clone(), schema.clone());
    }
    Ok(lock)
}

/// A call with its arguments, the customer's own id among them.
pub(super) struct Asked<'a> {
    pub(super) tool: &'a Tool,
    /// What the tool's inputSchema must be.
    pub(super) schema: &'a Value,
    pub(super) arguments: Map<String, Value>,
    pub(super) key: Option<String>,
}

/// How far an attempt came that gave nothing.
pub(super) enum Failed {
    /// The server has not been asked to do anything.
    Before(ToolError),
    /// It may have done it.
    After(ToolError),
}

/// One attempt.
pub(super) async fn attempt(
    client: &reqwest::Client,
    server: &McpOptions,
    asked: &Asked<'_>,
) -> Result<Answer, Failed> {
    let session = begin(client, server).await.map_err(Failed::Before)?;
    let listed = tools(&session).await.map_err(Failed::Before)?;
    if !is_locked(&listed, &asked.tool.name, asked.schema) {
        return Err(Failed::Before(ToolError::Changed));
    }
    let mut call =
        CallToolRequestParams::new(asked.tool.name.clone()).with_arguments(asked.arguments.clone());
    if let Some(key) = &asked.key {
        let meta = JsonObject::from_iter([(KEY.to_owned(), Value::from(key.as_str()))]);
        call.meta = Some(RequestMetaObject(MetaObject(meta)));
    }
    match session.call_tool_once(call).await {
        Ok(CallToolResponse::Complete(result)) => said(result, asked.tool).map_err(Failed::After),
        Ok(_) => Err(Failed::After(ToolError::Form)),
        Err(ServiceError::McpError(error)) => Err(Failed::After(ToolError::Rpc(error.code.0))),
        // The words of such an error may hold what the server wrote.
        Err(_) => Err(Failed::After(ToolError::McpUnreachable)),
    }
}

/// Whether the server's tool is the one that was accepted; one of several of a name could be any of them.
fn is_locked(listed: &[(String, Value)], name: &str, schema: &Value) -> bool {
    let mut same = listed.iter().filter(|(known, _)| known == name).peekable();
    same.peek().is_some() && same.all(|(_, found)| found == schema)
}

/// Offers nothing: no sampling, no elicitation, no roots.
struct NoHandler;

impl ClientHandler for NoHandler {
    fn get_info(&self) -> ClientConfig {
        let us = Implementation::new("sotto", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), us)
            .with_protocol_version(ProtocolVersion::V_2025_11_25)
    }
}

type Session = RunningService<RoleClient, NoHandler>;

async fn begin(client: &reqwest::Client, server: &McpOptions) -> Result<Session, ToolError> {
    let mut config = StreamableHttpClientTransportConfig::with_uri(server.url.as_str())
        .max_concurrent_requests(1)
        .max_json_response_size(LONGEST_MESSAGE)
        .max_error_response_size(answer::LONGEST)
        .max_sse_event_size(LONGEST_MESSAGE)
        // A call that met an expired session would be made again.
        .reinit_on_expired_session(false);
    config.retry_config = Arc::new(NoRetry);
    if let Some(token) = &server.token {
        config = config.auth_header(token.as_str());
    }
    let transport = StreamableHttpClientTransport::with_client(Bounded(client.clone()), config);
    NoHandler.serve(transport).await.map_err(|_| ToolError::McpUnreachable)
}

/// The server's tools with their inputSchemas.
async fn tools(session: &Session) -> Result<Vec<(String, Value)>, ToolError> {
    let mut tools = Vec::new();
    let mut cursor = None;
    for _ in 0..MOST_PAGES {
        let params = PaginatedRequestParams::default().with_cursor(cursor);
        let page = session.list_tools(Some(params)).await.map_err(|_| ToolError::McpUnreachable)?;
        tools.extend(page.tools.into_iter().map(|tool| {
            let schema = Value::Object(tool.input_schema.as_ref().clone());
            (tool.name.into_owned(), schema)
        }));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(tools);
        }
    }
    Err(ToolError::TooLong)
}

/// The result of a call: an object, or a code that says why there is none.
fn said(result: CallToolResult, tool: &Tool) -> Result<Answer, ToolError> {
    let object = object(&result);
    if result.is_error == Some(true) {
        let code = object.and_then(|mut object| match object.remove("code") {
            Some(Value::String(code)) => Some(code),
            Some(_) | None => None,
        });
        return match code.filter(|code| is_code(code)) {
            Some(code) if NONE.contains(&code.as_str()) => Ok(Answer::NotFound),
            Some(code) => Ok(Answer::Refused { code }),
            None => Err(ToolError::McpFailed),
        };
    }
    let mut object = object.ok_or(ToolError::Form)?;
    if !tool.keep.is_empty() {
        object.retain(|field, _| tool.keep.contains(field));
    }
    let text = Zeroizing::new(Value::Object(object).to_string());
    if text.len() > LONGEST {
        return Err(ToolError::TooLong);
    }
    Ok(Answer::Found(Plaintext::new(text.to_string())))
}

/// The structured result, or the one text that is the JSON of an object.
fn object(result: &CallToolResult) -> Option<Map<String, Value>> {
    if let Some(structured) = &result.structured_content {
        return structured.as_object().cloned();
    }
    match result.content.as_slice() {
        [ContentBlock::Text(text)] => serde_json::from_str(&text.text).ok(),
        [] | [_, ..] => None,
    }
}

/// A stream that breaks is the end of the attempt.
#[derive(Debug)]
struct NoRetry;

impl SseRetryPolicy for NoRetry {
    fn retry(&self, _attempt: usize) -> Option<Duration> {
        None
    }
}

/// An HTTP client that hears the answer to what it asked and nothing else.
#[derive(Clone)]
struct Bounded(reqwest::Client);

type Heard<T> = Result<T, StreamableHttpError<reqwest::Error>>;
type Headers = HashMap<HeaderName, HeaderValue>;

impl StreamableHttpClient for Bounded {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        token: Option<String>,
        headers: Headers,
    ) -> Heard<StreamableHttpPostResponse> {
        let mut limits = StreamableHttpResponseLimits::default();
        limits.max_json_response_size = LONGEST_MESSAGE;
        limits.max_sse_event_size = LONGEST_MESSAGE;
        limits.max_error_response_size = LONGEST;
        self.post_message_with_response_limits(uri, message, session, token, headers, limits).await
    }

    async fn post_message_with_response_limits(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        token: Option<String>,
        headers: Headers,
        limits: StreamableHttpResponseLimits,
    ) -> Heard<StreamableHttpPostResponse> {
        let heard =
            self.0.post_message_with_response_limits(uri, message, session, token, headers, limits).await?;
        Ok(match heard {
            StreamableHttpPostResponse::Sse(events, session) => {
                StreamableHttpPostResponse::Sse(events.take(MOST_EVENTS).boxed(), session)
            }
            other => other,
        })
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session: Arc<str>,
        token: Option<String>,
        headers: Headers,
    ) -> Heard<()> {
        self.0.delete_session(uri, session, token, headers).await
    }

    /// There is nothing to hear that was not asked for.
    async fn get_stream(
        &self,
        _uri: Arc<str>,
        _session: Option<Arc<str>>,
        _last_event: Option<String>,
        _token: Option<String>,
        _headers: Headers,
    ) -> Heard<BoxStream<'static, Result<Sse, SseError>>> {
        Err(StreamableHttpError::ServerDoesNotSupportSse)
    }
}

#[cfg(test)]
pub(super) mod tests;
