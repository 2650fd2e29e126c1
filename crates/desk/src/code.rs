//! One-time codes: that whoever is in the chat also reads the customer's mail.
//!
//! A pure machine of what was sent, what is awaited and how long a right answer holds. It knows codes as keyed hashes
//! alone, is stored sealed with the conversation, and takes the time as a parameter.
//!
//! Six digits and five tries are one guess in 200,000 for each mail; three mails an hour leave a guesser who holds the
//! customer's signed page one in 66,666 an hour, with a mail to the customer each time.

mod post;

use std::ops::Range;

use protocol::{Entropy, Timestamp};
use ring::hmac;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::identity::Claims;
pub(crate) use post::{Post, PostError};

/// Digits of a code.
const DIGITS: usize = 6;
/// How long a code may be used.
const LIFE: i64 = 10 * 60 * 1000;
/// How long a right code holds.
const HOLDS: i64 = 15 * 60 * 1000;
/// Most tries of one code.
const TRIES: u8 = 5;
/// Most codes within [`WINDOW`]; of a conversation, and of an address.
const MOST_SENT: usize = 3;
/// The time over which codes are counted.
const WINDOW: i64 = 60 * 60 * 1000;

/// What a conversation knows of codes.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Codes {
    /// When codes were sent, within the last hour.
    #[serde(default)]
    sent: Vec<Timestamp>,
    #[serde(default)]
    awaited: Option<Awaited>,
    #[serde(default)]
    proven: Option<Proven>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Awaited {
    key: [u8; 32],
    hash: Vec<u8>,
    until: Timestamp,
    tries: u8,
}

/// Whom a right code was of.
#[derive(Clone, Serialize, Deserialize)]
struct Proven {
    sub: String,
    until: Timestamp,
}

/// A fresh code; wiped when dropped.
pub(crate) struct Code(Zeroizing<String>);

impl Code {
    /// Six random digits.
    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut random = Zeroizing::new([0; 8]);
        entropy.fill(random.as_mut_slice());
        // Of 2^64 the remainder favours no code by more than one in 10^13.
        Self(Zeroizing::new(format!("{:06}", u64::from_le_bytes(*random) % 1_000_000)))
    }

    /// For the mail, and for nothing else.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// What a message was while a code is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Try {
    /// The code: the conversation is at the level of codes.
    Right,
    /// Not the code; so many tries are left.
    Wrong { left: u8 },
    /// Not the code, and the last try: another code is needed.
    Spent,
    /// Its time is over: another code is needed.
    TooLate,
}

impl Codes {
    /// Whether one is awaited.
    pub(crate) fn is_awaited(&self) -> bool {
        self.awaited.is_some()
    }

    /// Whether this customer has given a right code not long ago.
    pub(crate) fn holds(&self, claims: &Claims, now: Timestamp) -> bool {
        self.proven.as_ref().is_some_and(|proven| proven.sub == claims.sub && now < proven.until)
    }

    /// Whether this conversation may have another code.
    pub(crate) fn may_send(&self, now: Timestamp) -> bool {
        self.sent.iter().filter(|time| is_recent(**time, now)).count() < MOST_SENT
    }

    /// A code was sent: from now on this one alone is awaited.
    pub(crate) fn sent(&mut self, code: &Code, claims: &Claims, entropy: &dyn Entropy, now: Timestamp) {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        let hash = hash(&key, code.reveal(), claims);
        self.sent.retain(|time| is_recent(*time, now));
        self.sent.push(now);
        self.awaited = Some(Awaited { key, hash, until: Timestamp(now.0 + LIFE), tries: TRIES });
    }

    /// Compares what was typed. Whatever comes of it, a code serves once.
    pub(crate) fn attempt(&mut self, typed: Option<&str>, claims: &Claims, now: Timestamp) -> Try {
        let Some(awaited) = &mut self.awaited else { return Try::TooLate };
        if now >= awaited.until {
            self.awaited = None;
            return Try::TooLate;
        }
        let same = typed.is_some_and(|typed| {
            bool::from(hash(&awaited.key, typed, claims).as_slice().ct_eq(awaited.hash.as_slice()))
        });
        if same {
            self.awaited = None;
            self.proven = Some(Proven { sub: claims.sub.clone(), until: Timestamp(now.0 + HOLDS) });
            return Try::Right;
        }
        awaited.tries = awaited.tries.saturating_sub(1);
        match awaited.tries {
            0 => {
                self.awaited = None;
                Try::Spent
            }
            left => Try::Wrong { left },
        }
    }

    /// The awaited code is worth nothing any more.
    pub(crate) fn call_off(&mut self) {
        self.awaited = None;
    }
}

/// Whether it was within the last hour.
fn is_recent(time: Timestamp, now: Timestamp) -> bool {
    now.0 - time.0 < WINDOW
}

/// For whom, at which address: a code is worth nothing once the page says that someone else is there.
fn hash(key: &[u8; 32], code: &str, claims: &Claims) -> Vec<u8> {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in [code, &claims.sub, claims.email.as_deref().unwrap_or_default()] {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        context.update(part.as_bytes());
    }
    context.sign().as_ref().to_vec()
}

/// What in a message could be a code: six digits that stand alone, also as `123 456` or `123-456`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Nothing,
    One([u8; DIGITS]),
    /// Several guesses at once are one wrong try.
    Several,
}

/// Looks for a code in a message.
pub(crate) fn typed(message: &str) -> Typed {
    let octets = message.as_bytes();
    let mut found = Typed::Nothing;
    let mut at = 0;
    while at < octets.len() {
        let Some(group) = group(octets, at) else {
            at += 1;
            continue;
        };
        at = group.end;
        let digits: Vec<u8> =
            octets.get(group).unwrap_or_default().iter().copied().filter(u8::is_ascii_digit).collect();
        if let Ok(digits) = <[u8; DIGITS]>::try_from(digits) {
            found = match found {
                Typed::Nothing => Typed::One(digits),
                Typed::One(_) | Typed::Several => Typed::Several,
            };
        }
    }
    found
}

/// The digits from here on, with single blanks and hyphens between them.
fn group(octets: &[u8], from: usize) -> Option<Range<usize>> {
    let digit = |at: usize| octets.get(at).is_some_and(u8::is_ascii_digit);
    if !digit(from) {
        return None;
    }
    let mut end = from + 1;
    loop {
        let joined = matches!(octets.get(end), Some(b' ' | b'-')) && digit(end + 1);
        match (digit(end), joined) {
            (true, _) => end += 1,
            (false, true) => end += 2,
            (false, false) => return Some(from..end),
        }
    }
}

#[cfg(test)]
mod tests;
