//! A customer's device in one conversation.

use e2ee::{Member, Opened, Sender};
use protocol::{ChannelId, DeskKey, Timestamp};
use serde_json::value::RawValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::Fault;

/// The most keys that a page may pin: one, or two while the business changes its key.
const MOST_PINNED: usize = 2;

/// A device in one conversation. After every call that changes it, store `state()` sealed before anything of
/// what the call returned is sent.
#[wasm_bindgen]
pub struct Device {
    member: Member,
    invitation: Option<Vec<u8>>,
}

#[wasm_bindgen]
impl Device {
    /// Begins a conversation with the desk whose key package this is. `channel` is 16 random octets as
    /// base64url, `pinned` what the page has in `data-desk`: one or two keys, separated by a space.
    ///
    /// # Errors
    /// `bad-channel`, `bad-desk-key`, `unpinned-key`, `expired-key-package`, `garbage-key-package`, …
    pub fn create(channel: &str, key_package: &[u8], pinned: &str, now_ms: f64) -> Result<Self, Fault> {
        let channel: ChannelId = channel
            .parse()
            .map_err(|_| Fault::new("bad-channel", "a channel id is 16 octets in base64url"))?;
        let pinned = desk_keys(pinned)?;
        let (member, invitation) = Member::create(channel, key_package, &pinned, timestamp(now_ms))?;
        Ok(Self { member, invitation: Some(invitation.body) })
    }

    /// A device from its stored state.
    ///
    /// # Errors
    /// `corrupt-state`, `newer-state`, `other-end`; a new conversation must begin then.
    pub fn load(state: &[u8]) -> Result<Self, Fault> {
        Ok(Self { member: Member::load(state)?, invitation: None })
    }

    /// The welcome for the desk, right after `create`. It belongs to epoch 1.
    ///
    /// # Errors
    /// `no-invitation` for a device that was loaded: store the welcome with the state until it is posted.
    pub fn invitation(&self) -> Result<Vec<u8>, Fault> {
        self.invitation.clone().ok_or_else(|| Fault::new("no-invitation", "only a new conversation has one"))
    }

    /// Pads and seals a payload; it belongs to the present `epoch()`.
    ///
    /// # Errors
    /// `too-long`, `pending`, `removed`.
    pub fn seal(&mut self, json: &str) -> Result<Vec<u8>, Fault> {
        Ok(self.member.seal(json.as_bytes())?.body)
    }

    /// Opens what the hub delivered. The answer is JSON:
    /// `{"type":"message","sender":"desk"|"device","payload":…}`,
    /// `{"type":"commit","by":"desk"|"device","added":n,"removed":n,"active":true|false}` or `{"type":"own"}`.
    ///
    /// # Errors
    /// `garbage`, `replay`, `too-old`, `ahead`, `stale-commit`, `other-channel`, `refused`, `removed`, …
    pub fn open(&mut self, body: &[u8], now_ms: f64) -> Result<String, Fault> {
        match self.member.open(body, timestamp(now_ms))? {
            Opened::Message { sender, payload } => {
                // Checked to be JSON, passed on as it is.
                let payload: &RawValue = serde_json::from_slice(&payload)
                    .map_err(|_| Fault::new("garbage", "the payload is not JSON"))?;
                Ok(format!(r#"{{"type":"message","sender":"{}","payload":{payload}}}"#, name(sender)))
            }
            Opened::Commit { by, added, removed } => Ok(format!(
                r#"{{"type":"commit","by":"{}","added":{},"removed":{},"active":{}}}"#,
                name(by.sender),
                added.len(),
                removed.len(),
                self.member.is_active()
            )),
            Opened::Own => Ok(r#"{"type":"own"}"#.to_owned()),
        }
    }

    /// Fresh keys for this device: a commit to post, in the present `epoch()`. Then `confirm` or `abandon`.
    ///
    /// # Errors
    /// `pending`, `removed`.
    pub fn update(&mut self) -> Result<Vec<u8>, Fault> {
        Ok(self.member.update()?.commit)
    }

    /// The hub accepted the commit.
    ///
    /// # Errors
    /// `internal`.
    pub fn confirm(&mut self) -> Result<(), Fault> {
        Ok(self.member.confirm()?)
    }

    /// The hub refused the commit.
    ///
    /// # Errors
    /// `internal`.
    pub fn abandon(&mut self) -> Result<(), Fault> {
        Ok(self.member.abandon()?)
    }

    /// Whether a commit of ours waits for the hub's answer.
    #[wasm_bindgen(js_name = isPending)]
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.member.is_pending()
    }

    /// Everything that `load` needs. It is secret.
    #[must_use]
    pub fn state(&self) -> Vec<u8> {
        // The copy on JavaScript's side is the caller's to seal; this one is zeroised.
        self.member.state().to_vec()
    }

    /// The present epoch.
    #[must_use]
    pub fn epoch(&self) -> f64 {
        // A number of JavaScript is exact up to 2^53.
        self.member.epoch() as f64
    }

    /// Sixty digits in twelve groups, the same at the desk.
    #[wasm_bindgen(js_name = safetyNumber)]
    #[must_use]
    pub fn safety_number(&self) -> String {
        self.member.safety_number()
    }
}

fn name(sender: Sender) -> &'static str {
    match sender {
        Sender::Desk => "desk",
        Sender::Device => "device",
    }
}

fn timestamp(now_ms: f64) -> Timestamp {
    // Saturates; what is no number becomes 1970, in which no key package is valid.
    Timestamp(now_ms as i64)
}

fn desk_keys(pinned: &str) -> Result<Vec<DeskKey>, Fault> {
    let keys: Result<Vec<DeskKey>, _> = pinned.split_ascii_whitespace().map(str::parse).collect();
    match keys {
        Ok(keys) if (1..=MOST_PINNED).contains(&keys.len()) => Ok(keys),
        _ => Err(Fault::new("bad-desk-key", "data-desk is one or two keys of 32 octets in base64url")),
    }
}

#[cfg(test)]
mod tests {
    use e2ee::{Identity, key_packages};

    use super::*;

    #[allow(clippy::disallowed_methods)]
    fn now_ms() -> f64 {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
    }

    fn conversation() -> (Device, Member) {
        let identity = Identity::from_secret(&[1; 32]);
        let now = timestamp(now_ms());
        let package = key_packages(&identity, 1, false, now).unwrap().pop().unwrap();
        let channel = ChannelId::from_octets([3; 16]).to_string();
        let pinned = format!("{} {}", DeskKey::from_octets([5; 32]), identity.public());
        let device = Device::create(&channel, &package.public, &pinned, now_ms()).unwrap();
        let desk = Member::join(&device.invitation().unwrap(), &package.private, &identity, now).unwrap();
        (device, desk)
    }

    #[test]
    fn json_goes_in_and_comes_out_with_its_sender() {
        let (mut device, mut desk) = conversation();
        let sealed = device.seal(r#"{"kind":"text"}"#).unwrap();
        assert!(matches!(desk.open(&sealed, timestamp(now_ms())), Ok(Opened::Message { .. })));
        let answer = desk.seal(br#"{"kind":"typing"}"#).unwrap();
        let mut device = Device::load(&device.state()).unwrap();
        assert_eq!(
            device.open(&answer.body, now_ms()).unwrap(),
            r#"{"type":"message","sender":"desk","payload":{"kind":"typing"}}"#
        );
        assert_eq!(device.open(&sealed, now_ms()).unwrap(), r#"{"type":"own"}"#);
        assert_eq!(device.open(&answer.body, now_ms()).unwrap_err().code(), "replay");
        assert_eq!(device.epoch(), 1.0);
        assert_eq!(device.safety_number(), desk.safety_number());
    }

    #[test]
    fn a_payload_that_is_not_json_is_garbage() {
        let (mut device, mut desk) = conversation();
        for payload in [br#"{"a":"#.as_slice(), b"", b"\xff", br#"{} {}"#] {
            let answer = desk.seal(payload).unwrap();
            assert_eq!(device.open(&answer.body, now_ms()).unwrap_err().code(), "garbage");
        }
    }

    #[test]
    fn a_commit_of_the_desk_is_reported() {
        let (mut device, mut desk) = conversation();
        let pending = desk.update().unwrap();
        assert_eq!(
            device.open(&pending.commit, now_ms()).unwrap(),
            r#"{"type":"commit","by":"desk","added":0,"removed":0,"active":true}"#
        );
        assert_eq!(device.epoch(), 2.0);
    }

    #[test]
    fn what_the_page_pins_is_one_or_two_keys() {
        let key = DeskKey::from_octets([5; 32]).to_string();
        assert_eq!(desk_keys(&key).unwrap().len(), 1);
        assert_eq!(desk_keys(&format!(" {key}  {key} ")).unwrap().len(), 2);
        for wrong in ["", " ", "short", &format!("{key} {key} {key}"), &format!("{key},{key}")] {
            assert_eq!(desk_keys(wrong).unwrap_err().code(), "bad-desk-key");
        }
    }
}
