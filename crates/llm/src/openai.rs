//! The provider that speaks OpenAI's `POST /chat/completions`, streamed.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anonymizer::LeakGuard;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Url;

use crate::error::LlmError;
use crate::request::ChatRequest;
use crate::secret::Secret;
use crate::sse::SseParser;
use crate::wire::{Chunk, serialise};

/// Which provider, which model, how long to wait, how much to take.
#[derive(Clone, Debug)]
pub struct ProviderOptions {
    /// Where `chat/completions` is, for example `https://models.example/v1`.
    pub base_url: Url,
    /// The model's name as the provider knows it.
    pub model: String,
    /// Sent as a bearer token.
    pub api_key: Option<Secret>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// How much to send and to take.
    pub limits: Limits,
}

/// How long to wait. The limit for connecting belongs to the client: see [`http_client`].
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From sending to the first byte of the answer, for each attempt.
    pub first_byte: Duration,
    /// Between two pieces of an answer.
    pub pause: Duration,
    /// For everything, all attempts together.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(20),
            pause: Duration::from_secs(15),
            total: Duration::from_secs(60),
        }
    }
}

/// How much to send and to take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest request, in bytes.
    pub request: usize,
    /// Longest answer, and longest line of the stream, in bytes.
    pub reply: usize,
    /// Attempts in all, at least one. Another is made only before the first byte of an answer.
    pub attempts: u32,
    /// Pause before the second attempt; it doubles with each.
    pub backoff: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { request: 512 * 1024, reply: 64 * 1024, attempts: 3, backoff: Duration::from_millis(250) }
    }
}

/// A client fit for a provider: gives up connecting in time, and follows no redirection, since a request goes to
/// the declared destination and nowhere else. The caller has installed rustls' provider.
///
/// # Errors
/// When TLS cannot be set up.
pub fn http_client(connect: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(connect)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .build()
}

/// An OpenAI-compatible provider.
#[derive(Clone)]
pub struct OpenAiCompatible {
    options: ProviderOptions,
    endpoint: Url,
    client: reqwest::Client,
}

impl OpenAiCompatible {
    /// A provider reached through `client`, normally one of [`http_client`].
    #[must_use]
    pub fn new(options: ProviderOptions, client: reqwest::Client) -> Self {
        let mut endpoint = options.base_url.clone();
        let path = format!("{}/chat/completions", endpoint.path().trim_end_matches('/'));
        endpoint.set_path(&path);
        Self { options, endpoint, client }
    }

    /// Sends the request and gives the answer's text piece by piece, once its first byte has come.
    ///
    /// # Errors
    /// [`LlmError::Leak`] and [`LlmError::RequestTooLarge`] before anything is sent; the others after the last
    /// attempt. Errors in the middle of an answer are items of the stream, and its last.
    pub async fn stream(&self, request: &ChatRequest, guard: &LeakGuard) -> Result<ReplyStream, LlmError> {
        let serialised = serialise(&self.options.model, request);
        let limit = self.options.limits.request;
        if serialised.body.len() > limit {
            return Err(LlmError::RequestTooLarge { limit });
        }
        guard.check_against(&serialised.body, &serialised.baseline).map_err(LlmError::Leak)?;
        let deadline = Instant::now() + self.options.timeouts.total;
        self.send(Bytes::from(serialised.body), deadline).await
    }

    /// The whole answer.
    ///
    /// # Errors
    /// As [`Self::stream`]; an answer that broke off is an error, not a shorter answer.
    pub async fn complete(&self, request: &ChatRequest, guard: &LeakGuard) -> Result<String, LlmError> {
        let mut stream = self.stream(request, guard).await?;
        let mut reply = String::new();
        while let Some(piece) = stream.next().await {
            reply.push_str(&piece?);
        }
        Ok(reply)
    }

    /// Repeats while the failure is a passing one and no byte of an answer has come.
    async fn send(&self, body: Bytes, deadline: Instant) -> Result<ReplyStream, LlmError> {
        let limits = self.options.limits;
        let mut backoff = limits.backoff;
        let mut attempt = 1;
        loop {
            let error = match timeout_at(deadline, self.attempt(body.clone(), deadline)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => error,
                Err(_) => return Err(LlmError::Timeout),
            };
            let asked = match &error {
                LlmError::Busy { retry_after } => retry_after.unwrap_or_default(),
                _ => Duration::ZERO,
            };
            let pause = backoff.max(asked);
            if attempt >= limits.attempts || !error.is_passing() || Instant::now() + pause >= deadline {
                return Err(error);
            }
            tracing::debug!(attempt, "asking the model provider again");
            sleep(pause).await;
            backoff = backoff.saturating_mul(2);
            attempt += 1;
        }
    }

    async fn attempt(&self, body: Bytes, deadline: Instant) -> Result<ReplyStream, LlmError> {
        let wait = self.options.timeouts.first_byte;
        let begun = timeout(wait, self.begin(body)).await.map_err(|_| LlmError::FirstByteTimeout(wait))??;
        let (first, rest) = begun;
        let mut stream = ReplyStream {
            rest,
            parser: SseParser::new(self.options.limits.reply),
            ready: VecDeque::new(),
            state: State::Reading,
            taken: 0,
            limit: self.options.limits.reply,
            pause: self.options.timeouts.pause,
            deadline,
            alarm: Box::pin(tokio::time::sleep_until(
                deadline.min(Instant::now() + self.options.timeouts.pause),
            )),
        };
        stream.absorb(&first);
        Ok(stream)
    }

    /// Sends once and waits for the first bytes of the body.
    async fn begin(&self, body: Bytes) -> Result<(Bytes, ByteStream), LlmError> {
        let unreachable = |error: reqwest::Error| LlmError::Unreachable(error.without_url());
        let mut request = self
            .client
            .post(self.endpoint.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream");
        if let Some(key) = &self.options.api_key {
            request = request.header(AUTHORIZATION, bearer(key)?);
        }
        let response = request.body(body).send().await.map_err(unreachable)?;
        match response.status().as_u16() {
            200..=299 => {}
            429 => {
                let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                let retry_after = seconds.and_then(|value| value.parse().ok()).map(Duration::from_secs);
                return Err(LlmError::Busy { retry_after });
            }
            status => return Err(LlmError::Refused { status }),
        }
        let mut rest: ByteStream = Box::pin(response.bytes_stream());
        match rest.next().await {
            Some(Ok(first)) => Ok((first, rest)),
            Some(Err(error)) => Err(unreachable(error)),
            None => Err(LlmError::Interrupted(None)),
        }
    }
}

impl fmt::Debug for OpenAiCompatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiCompatible").field("options", &self.options).finish_non_exhaustive()
    }
}

fn bearer(key: &Secret) -> Result<HeaderValue, LlmError> {
    let mut value =
        HeaderValue::try_from(format!("Bearer {}", key.reveal())).map_err(|_| LlmError::Malformed)?;
    value.set_sensitive(true);
    Ok(value)
}

type ByteStream = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

/// The pieces of an answer, in order. Ends after the last piece, or after one error.
pub struct ReplyStream {
    rest: ByteStream,
    parser: SseParser,
    ready: VecDeque<Result<String, LlmError>>,
    state: State,
    taken: usize,
    limit: usize,
    pause: Duration,
    deadline: Instant,
    alarm: Pin<Box<tokio::time::Sleep>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// The model said that it is done; the provider may still send counts.
    Finished,
    Over,
}

impl ReplyStream {
    fn absorb(&mut self, bytes: &[u8]) {
        let mut events = Vec::new();
        if self.parser.push(bytes, &mut events).is_err() {
            return self.fail(LlmError::ReplyTooLarge { limit: self.limit });
        }
        for event in events {
            if self.state == State::Over {
                return;
            }
            self.absorb_event(&event);
        }
    }

    fn absorb_event(&mut self, data: &[u8]) {
        if data.trim_ascii() == b"[DONE]" {
            self.state = State::Over;
            return;
        }
        let Ok(chunk) = serde_json::from_slice::<Chunk>(data) else {
            return self.fail(LlmError::Malformed);
        };
        if chunk.error.is_some() {
            return self.fail(LlmError::Failed);
        }
        let Some(choice) = chunk.choices.into_iter().next() else { return };
        if let Some(content) = choice.delta.content.filter(|content| !content.is_empty()) {
            self.taken += content.len();
            if self.taken > self.limit {
                return self.fail(LlmError::ReplyTooLarge { limit: self.limit });
            }
            self.ready.push_back(Ok(content));
        }
        if choice.finish_reason.is_some() {
            self.state = State::Finished;
        }
    }

    fn fail(&mut self, error: LlmError) {
        self.state = State::Over;
        self.ready.push_back(Err(error));
    }

    fn end(&mut self, error: Option<reqwest::Error>) {
        if self.state == State::Reading {
            self.ready.push_back(Err(LlmError::Interrupted(error.map(reqwest::Error::without_url))));
        }
        self.state = State::Over;
    }
}

impl Stream for ReplyStream {
    type Item = Result<String, LlmError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Poll::Ready(Some(piece));
            }
            if self.state == State::Over {
                return Poll::Ready(None);
            }
            match self.rest.as_mut().poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) => {
                    let next = self.deadline.min(Instant::now() + self.pause);
                    self.alarm.as_mut().reset(next);
                    self.absorb(&bytes);
                }
                Poll::Ready(Some(Err(error))) => self.end(Some(error)),
                Poll::Ready(None) => self.end(None),
                Poll::Pending => {
                    use std::future::Future;
                    if self.alarm.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    self.fail(LlmError::Timeout);
                }
            }
        }
    }
}

impl fmt::Debug for ReplyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyStream(***)")
    }
}
