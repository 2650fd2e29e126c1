//! What is inside the encryption: JSON, padded by [`crate::pad`], sealed by MLS.
//!
//! A kind that this version does not know reads as `Unknown`: it is shown as "from a newer version", never
//! dropped in silence and never an error.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::{MessageId, Timestamp};

/// What a person wrote or the assistant answered. `Debug` prints `***`; zeroised when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageText(String);

impl MessageText {
    /// Wraps text; nothing is checked, the limit is that of a payload.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself. Who calls this holds plain words of a person: see docs/PRIVACY.md.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MessageText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MessageText(***)")
    }
}

impl Drop for MessageText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What the customer agreed to, each on its own; recorded with the notice's version and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consents {
    /// The assistant may answer. Without it a person does.
    pub assistant: bool,
    /// Anonymised patterns of this conversation may improve the answers.
    pub improve: bool,
}

/// From the customer's device to the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FromCustomer {
    /// The first message of a device: which notice was read, what was agreed, in which language to answer.
    Hello {
        /// Version of the notice that was shown.
        notice: String,
        /// BCP 47 tag, for example `en` or `de`.
        language: String,
        /// The choices made.
        consents: Consents,
        /// The signed identity that the business's page gave (a short-lived JWT), when someone is signed in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<MessageText>,
    },
    /// The choices, changed later.
    Consent {
        /// The choices that hold from now on.
        consents: Consents,
    },
    /// Something the customer wrote.
    Text {
        /// Chosen by the device.
        id: MessageId,
        /// The words.
        text: MessageText,
    },
    /// A button of a card.
    Press {
        /// Chosen by the device.
        id: MessageId,
        /// The message that the card stands below.
        card: MessageId,
        /// Whether it was the button that confirms.
        yes: bool,
    },
    /// The button "talk to a person".
    WantPerson {
        /// Chosen by the device.
        id: MessageId,
    },
    /// The customer is writing. Sent at most every few seconds, never stored.
    Typing,
    /// From a newer version.
    #[serde(other)]
    Unknown,
}

/// Who wrote what a customer reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The AI assistant.
    Assistant,
    /// A person of the business.
    Agent,
    /// A standard sentence of the desk itself.
    Desk,
}

/// Who holds the conversation now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Holder {
    /// The AI assistant answers.
    Assistant,
    /// A person was asked for and has not come yet.
    Waiting,
    /// A person answers; the assistant is silent.
    Agent {
        /// The name that the person shows to customers.
        name: String,
    },
    /// Ended. A new message opens it again.
    Closed,
}

/// Where an answer comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The article's title.
    pub title: String,
    /// Where it can be read, when it is on the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The words that support the answer.
    pub quote: String,
}

/// Asks the customer to confirm what the message says will be done. It is done when the one button is pressed, and
/// never by words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// On the button that confirms.
    pub confirm: String,
    /// On the other one.
    pub decline: String,
}

/// A standard notice; the words are in translations/, in the device's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// A message was of a kind that the desk does not know.
    NewerVersion,
    /// The identity given by the page was refused (expired, wrong signature).
    IdentityRefused,
    /// Something on the desk's side failed; the message is kept and will be answered.
    Delayed,
    /// From a newer version.
    #[serde(other)]
    Unknown,
}

/// From the desk to the customer's devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FromDesk {
    /// The desk has stored this message; the device may show it as delivered.
    Received {
        /// The customer's message.
        id: MessageId,
    },
    /// A piece of an answer that is being written: replaces what was shown for `id` by the text so far.
    Piece {
        /// The answer that grows.
        id: MessageId,
        /// The whole text so far, so a lost piece costs nothing.
        text: MessageText,
    },
    /// A finished message.
    Text {
        /// Chosen by the desk; the same as that of the pieces before it.
        id: MessageId,
        /// Who wrote it.
        speaker: Speaker,
        /// The words: text with a small safe subset of Markdown.
        text: MessageText,
        /// Where it comes from.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Citation>,
        /// Two buttons below it. Only the last message of a conversation has buttons that still do something.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<Card>,
        /// Answers that a press of a button writes for the customer, as their own words. They say the same as the lines
        /// "1. …", "2. …" of the text, where it has such. Of the last message of a conversation alone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        quick_replies: Vec<String>,
        /// When the desk sent it.
        at: Timestamp,
    },
    /// The assistant or the agent is writing.
    Typing {
        /// Who.
        speaker: Speaker,
    },
    /// Who holds the conversation changed.
    Holder {
        /// Who holds it now.
        holder: Holder,
    },
    /// A standard notice.
    Notice {
        /// Which.
        code: NoticeCode,
    },
    /// From a newer version.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_reads_as_unknown() {
        let read: FromCustomer = serde_json::from_str(r#"{"kind":"hologram","beam":3}"#).unwrap();
        assert_eq!(read, FromCustomer::Unknown);
        let read: FromDesk = serde_json::from_str(r#"{"kind":"hologram","beam":3}"#).unwrap();
        assert_eq!(read, FromDesk::Unknown);
    }

    #[test]
    fn the_words_of_a_message_do_not_show_in_debug() {
        let text = FromCustomer::Text {
            id: MessageId::from_octets([0; 16]),
            text: MessageText::new("my card is 4111 1111 1111 1111".into()),
        };
        insta::assert_snapshot!(format!("{text:?}"), @"Text { id: MessageId(AAAAAAAAAAAAAAAAAAAAAA), text: MessageText(***) }");
    }
}
