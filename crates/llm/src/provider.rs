//! A provider: sends a request, again while that is safe, and streams the answer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anonymizer::LeakGuard;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Url;

use crate::error::LlmError;
use crate::reading::{Piece, Reading};
use crate::request::ChatRequest;
use crate::secret::Secret;
use crate::wire::Api;

/// Which provider, which model, how long to wait, how much to take.
#[derive(Clone, Debug)]
pub struct ProviderOptions {
    /// The format that it speaks.
    pub api: Api,
    /// Where `chat/completions` or `messages` is, for example `https://models.example/v1`.
    pub base_url: Url,
    /// The model's name as the provider knows it.
    pub model: String,
    /// Sent as the format says, and shown nowhere.
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

/// A provider of language models.
#[derive(Clone)]
pub struct Provider {
    options: ProviderOptions,
    endpoint: Url,
    client: reqwest::Client,
}

impl Provider {
    /// A provider reached through `client`, normally one of [`http_client`].
    #[must_use]
    pub fn new(options: ProviderOptions, client: reqwest::Client) -> Self {
        let mut endpoint = options.base_url.clone();
        let path = format!("{}/{}", endpoint.path().trim_end_matches('/'), options.api.path());
        endpoint.set_path(&path);
        Self { options, endpoint, client }
    }

    /// Sends the request and gives the answer piece by piece, once its first byte has come. Dropping the stream, or
    /// this future, drops the connection.
    ///
    /// # Errors
    /// [`LlmError::Leak`] and [`LlmError::RequestTooLarge`] before anything is sent; the others after the last
    /// attempt. Errors in the middle of an answer are items of the stream, and its last.
    pub async fn stream(&self, request: &ChatRequest, guard: &LeakGuard) -> Result<ReplyStream, LlmError> {
        let body = self.prepare(request, guard)?;
        let deadline = Instant::now() + self.options.timeouts.total;
        self.send(body, deadline).await
    }

    /// The finished bytes of a request, after the last look at them.
    ///
    /// # Errors
    /// [`LlmError::Leak`] and [`LlmError::RequestTooLarge`].
    pub fn prepare(&self, request: &ChatRequest, guard: &LeakGuard) -> Result<Bytes, LlmError> {
        let serialised = self.options.api.serialise(&self.options.model, request);
        let limit = self.options.limits.request;
        if serialised.body.len() > limit {
            return Err(LlmError::RequestTooLarge { limit });
        }
        guard.check_against(&serialised.body, &serialised.baseline).map_err(LlmError::Leak)?;
        Ok(Bytes::from(serialised.body))
    }

    /// The words of the whole answer.
    ///
    /// # Errors
    /// As [`Self::stream`]; an answer that broke off is an error, not a shorter answer.
    pub async fn complete(&self, request: &ChatRequest, guard: &LeakGuard) -> Result<String, LlmError> {
        let mut stream = self.stream(request, guard).await?;
        let mut reply = String::new();
        while let Some(piece) = stream.next().await {
            match piece? {
                Piece::Text(text) => reply.push_str(&text),
                Piece::Call(_) | Piece::Usage(_) => {}
            }
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
            let pause = backoff.max(error.retry_after().unwrap_or_default());
            // Compared this way round, because a provider may ask for more seconds than a moment can hold.
            let left = deadline.saturating_duration_since(Instant::now());
            if attempt >= limits.attempts || !error.is_passing() || pause >= left {
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
        let mut reading = Reading::new(self.options.api, self.options.limits.reply);
        reading.push(&first);
        let pause = self.options.timeouts.pause;
        let alarm = Box::pin(tokio::time::sleep_until(deadline.min(Instant::now() + pause)));
        Ok(ReplyStream { rest, reading, pause, deadline, alarm })
    }

    /// Sends once and waits for the first bytes of the body.
    async fn begin(&self, body: Bytes) -> Result<(Bytes, ByteStream), LlmError> {
        let unreachable = |error: reqwest::Error| LlmError::Unreachable(error.without_url());
        let request = self
            .client
            .post(self.endpoint.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream");
        let request = self.options.api.authorise(request, self.options.api_key.as_ref())?;
        let response = request.body(body).send().await.map_err(unreachable)?;
        let retry_after = retry_after(response.headers());
        match response.status().as_u16() {
            200..=299 => {}
            429 => return Err(LlmError::Busy { retry_after }),
            status => return Err(LlmError::Refused { status, retry_after }),
        }
        let mut rest: ByteStream = Box::pin(response.bytes_stream());
        match rest.next().await {
            Some(Ok(first)) => Ok((first, rest)),
            Some(Err(error)) => Err(unreachable(error)),
            None => Err(LlmError::Interrupted(None)),
        }
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("options", &self.options).finish_non_exhaustive()
    }
}

/// In seconds (RFC 9110 section 10.2.3); a date is not read, because there is no clock here.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

type ByteStream = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

/// The pieces of an answer, in order. Ends after the last piece, or after one error.
pub struct ReplyStream {
    rest: ByteStream,
    reading: Reading,
    pause: Duration,
    deadline: Instant,
    alarm: Pin<Box<tokio::time::Sleep>>,
}

impl Stream for ReplyStream {
    type Item = Result<Piece, LlmError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(piece) = self.reading.next() {
                return Poll::Ready(Some(piece));
            }
            if self.reading.is_over() {
                return Poll::Ready(None);
            }
            match self.rest.as_mut().poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) => {
                    let next = self.deadline.min(Instant::now() + self.pause);
                    self.alarm.as_mut().reset(next);
                    self.reading.push(&bytes);
                }
                Poll::Ready(Some(Err(error))) => self.reading.end(Some(error)),
                Poll::Ready(None) => self.reading.end(None),
                Poll::Pending => {
                    use std::future::Future;
                    if self.alarm.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    self.reading.fail(LlmError::Timeout);
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
