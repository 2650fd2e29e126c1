//! Members that are told what to do by JSON lines, for the interoperability tests in `e2e/interop`: one request a
//! line on standard input, one answer a line on standard output. Octets are base64url.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for tests")]

use std::{
    collections::HashMap,
    io::{BufRead as _, Write as _},
    time::SystemTime,
};

use e2ee::{
    Identity, Member, NewKeyPackage, Opened, PendingCommit, Sender, device_key_package, key_packages,
    welcome_references,
};
use protocol::{Bytes, ChannelId, DeskKey, Timestamp};
use serde_json::{Value, json};

/// What went wrong, as the tests compare it.
type Answer = Result<Value, String>;

struct Peer {
    identity: Identity,
    members: HashMap<String, (Member, Sender)>,
    privates: HashMap<Vec<u8>, NewKeyPackage>,
}

fn main() {
    let mut peer = Peer {
        identity: Identity::from_secret(&[42; 32]),
        members: HashMap::new(),
        privates: HashMap::new(),
    };
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let answer = serde_json::from_str(&line)
            .map_err(|error| error.to_string())
            .and_then(|request: Value| peer.answer(&request))
            .unwrap_or_else(|error| json!({ "error": error }));
        println!("{answer}");
        let _ = std::io::stdout().flush();
    }
}

impl Peer {
    fn answer(&mut self, request: &Value) -> Answer {
        match text(request, "do")? {
            "desk" => Ok(json!({ "key": self.identity.public() })),
            "desk-key-package" => {
                let last_resort = request["last_resort"] == json!(true);
                let package = key_packages(&self.identity, 1, last_resort, now()).map_err(words)?.pop();
                self.keep(package.ok_or("none")?)
            }
            "device-key-package" => {
                let package = device_key_package(now()).map_err(words)?;
                self.keep(package)
            }
            "create" => {
                let channel: ChannelId = text(request, "channel")?.parse().map_err(words)?;
                let (member, invitation) =
                    Member::create(channel, &octets(request, "key_package")?, &pinned(request)?, now())
                        .map_err(|error| error.code().to_owned())?;
                self.members.insert(text(request, "member")?.to_owned(), (member, Sender::Device));
                Ok(json!({ "welcome": Bytes(invitation.body) }))
            }
            "join" => self.join(request),
            _ => self.act(request),
        }
    }

    fn keep(&mut self, package: NewKeyPackage) -> Answer {
        let public = Bytes(package.public.clone());
        self.privates.insert(package.reference.clone(), package);
        Ok(json!({ "key_package": public }))
    }

    fn join(&mut self, request: &Value) -> Answer {
        let welcome = octets(request, "welcome")?;
        let references = welcome_references(&welcome).map_err(words)?;
        let package =
            references.iter().find_map(|reference| self.privates.get(reference)).ok_or("no key package")?;
        let (member, sender) = if request["pinned"].is_array() {
            (Member::join_as_device(&welcome, &package.private, &pinned(request)?, now()), Sender::Device)
        } else {
            (Member::join(&welcome, &package.private, &self.identity, now()), Sender::Desk)
        };
        self.members.insert(text(request, "member")?.to_owned(), (member.map_err(words)?, sender));
        Ok(json!({}))
    }

    fn act(&mut self, request: &Value) -> Answer {
        let name = text(request, "member")?;
        let (member, sender) = self.members.get_mut(name).ok_or("no such member")?;
        match text(request, "do")? {
            "add" => member
                .add(&octets(request, "key_package")?, now())
                .map(pending)
                .map_err(|error| error.code().to_owned()),
            "remove" => {
                let leaf =
                    request["leaf"].as_u64().and_then(|leaf| u32::try_from(leaf).ok()).ok_or("leaf")?;
                member.remove(leaf).map(pending).map_err(|error| error.code().to_owned())
            }
            "update" => member.update().map(pending).map_err(|error| error.code().to_owned()),
            "confirm" => member.confirm().map(|()| json!({})).map_err(words),
            "abandon" => member.abandon().map(|()| json!({})).map_err(words),
            "seal" => member
                .seal(&octets(request, "payload")?)
                .map(|sealed| json!({ "body": Bytes(sealed.body) }))
                .map_err(|error| error.code().to_owned()),
            "open" => member
                .open(&octets(request, "body")?, now())
                .map(opened)
                .map_err(|error| error.code().to_owned()),
            "reload" => {
                let state = member.state();
                *member = match sender {
                    Sender::Desk => Member::load_desk(&state, &self.identity),
                    Sender::Device => Member::load(&state),
                }
                .map_err(words)?;
                Ok(json!({}))
            }
            "describe" => Ok(json!({
                "epoch": member.epoch(),
                "authenticator": Bytes(member.epoch_authenticator()),
                "exporter": Bytes(member.export("sotto test", b"context", 32).map_err(words)?.to_vec()),
                "members": member.members().iter().map(|member| json!([member.leaf, member.key])).collect::<Vec<_>>(),
                "safety": member.safety_number(),
            })),
            other => Err(format!("cannot {other}")),
        }
    }
}

fn pending(commit: PendingCommit) -> Value {
    json!({ "commit": Bytes(commit.commit), "welcome": commit.welcome.map(Bytes), "epoch": commit.epoch })
}

fn opened(opened: Opened) -> Value {
    match opened {
        Opened::Message { sender, payload } => {
            let sender = if sender == Sender::Desk { "desk" } else { "device" };
            json!({ "type": "message", "sender": sender, "payload": Bytes(payload.to_vec()) })
        }
        Opened::Commit { added, removed, .. } => {
            json!({ "type": "commit", "added": added.len(), "removed": removed.len() })
        }
        Opened::Own => json!({ "type": "own" }),
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn text<'a>(request: &'a Value, name: &str) -> Result<&'a str, String> {
    request[name].as_str().ok_or_else(|| format!("no {name}"))
}

fn octets(request: &Value, name: &str) -> Result<Vec<u8>, String> {
    Bytes::parse(text(request, name)?).map(|octets| octets.0).map_err(words)
}

fn pinned(request: &Value) -> Result<Vec<DeskKey>, String> {
    serde_json::from_value(request["pinned"].clone()).map_err(words)
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
