//! Brings a code to the customer's address, not too often to one address whatever conversation asks for it.

use std::sync::Arc;

use assistant::CodeSentence;
use protocol::{Clock, Entropy, Timestamp};
use ring::hmac;
use serde::{Deserialize, Serialize};
use store::{StoreError, desk::DeskStore};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{Code, MOST_SENT, is_recent};
use crate::mail::{Letter, MailError, Mailer, Recipient};

/// Most mails within an hour from the whole desk, so that nobody turns it into a source of mail.
const MOST_IN_ALL: usize = 1000;
/// Where the store keeps [`Sends`], sealed.
const SENDS: &str = "code-sends";

/// Why no mail went out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostError {
    #[error("this address, or the desk, has had as many codes within an hour as it may")]
    Limit,
    #[error("the desk's store failed")]
    Store(#[from] StoreError),
    #[error("the code was not sent")]
    Mail(#[from] MailError),
}

/// To which addresses codes went within the last hour, by keyed hash.
#[derive(Default, Serialize, Deserialize)]
struct Sends {
    key: [u8; 32],
    sent: Vec<(Vec<u8>, Timestamp)>,
}

/// Sends codes.
pub(crate) struct Post {
    mailer: Option<Mailer>,
    store: DeskStore,
    business: String,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    /// One looks and writes at a time.
    counting: Mutex<()>,
}

impl Post {
    pub(crate) fn new(
        mailer: Option<Mailer>,
        store: DeskStore,
        business: String,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { mailer, store, business, clock, entropy, counting: Mutex::new(()) }
    }

    /// Returns once the relay has taken the mail. It is counted before it goes out, also when it then does not.
    pub(crate) async fn send(
        &self,
        to: Recipient,
        address: &str,
        code: &Code,
        language: &str,
    ) -> Result<(), PostError> {
        let mailer = self.mailer.as_ref().ok_or(MailError::NotConfigured)?;
        let now = self.clock.now();
        self.count(address, now).await?;
        let business = ("business", self.business.as_str());
        let text = [business, ("code", code.reveal())];
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        let letter = Letter {
            subject: CodeSentence::MailSubject.in_language(language, &[business]),
            body: Zeroizing::new(CodeSentence::MailText.in_language(language, &text)),
            at: now,
            id: data_encoding::HEXLOWER.encode(&id),
        };
        Ok(mailer.send(to, letter).await?)
    }

    async fn count(&self, address: &str, now: Timestamp) -> Result<(), PostError> {
        let _one = self.counting.lock().await;
        let stored = self.store.secret(SENDS).await?;
        let mut sends: Sends =
            stored.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_else(|| {
                let mut sends = Sends::default();
                self.entropy.fill(&mut sends.key);
                sends
            });
        sends.sent.retain(|(_, time)| is_recent(*time, now));
        let key = hmac::Key::new(hmac::HMAC_SHA256, &sends.key);
        let hash = hmac::sign(&key, address.to_lowercase().as_bytes()).as_ref().to_vec();
        let same = sends.sent.iter().filter(|(known, _)| *known == hash).count();
        if same >= MOST_SENT || sends.sent.len() >= MOST_IN_ALL {
            return Err(PostError::Limit);
        }
        sends.sent.push((hash, now));
        // Octets and numbers: there is nothing that JSON cannot hold.
        let json = Zeroizing::new(serde_json::to_vec(&sends).unwrap_or_default());
        Ok(self.store.set_secret(SENDS, &json).await?)
    }
}
