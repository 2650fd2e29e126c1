//! A customer's device without a browser: the same MLS code, the hub's plain HTTP.

use std::time::{Duration, Instant};

use e2ee::{Member, Opened, Sender};
use protocol::{
    Capability, ChannelId, Claimed, Consents, CreateChannel, Deliveries, DeskKey, Entropy, Envelope,
    EnvelopeId, EnvelopeKind, FromCustomer, FromDesk, MessageId, MessageText, Posted,
};

use super::world::{Random, now};

/// One device in one conversation.
pub(crate) struct Device {
    pub(crate) channel: ChannelId,
    pub(crate) member: Member,
    read: Capability,
    write: Capability,
    hub: String,
    client: reqwest::Client,
    after: u64,
    /// Everything that the desk said so far, in order, "received" and "typing" left out.
    pub(crate) heard: Vec<FromDesk>,
    pub(crate) received: Vec<MessageId>,
    /// Really everything, in order.
    pub(crate) stream: Vec<FromDesk>,
}

impl Device {
    /// Begins a conversation: claims a key package, makes the group, opens the channel, says hello.
    pub(crate) async fn begin(hub: &str, desk: DeskKey, identity: Option<String>) -> Self {
        Self::begin_with(hub, desk, identity, Consents { assistant: true, improve: false }).await
    }

    pub(crate) async fn begin_with(
        hub: &str,
        desk: DeskKey,
        identity: Option<String>,
        consents: Consents,
    ) -> Self {
        Self::begin_in(hub, desk, identity, consents, "en").await
    }

    /// On a device of this language.
    pub(crate) async fn begin_in(
        hub: &str,
        desk: DeskKey,
        identity: Option<String>,
        consents: Consents,
        language: &str,
    ) -> Self {
        let client = reqwest::Client::new();
        let url = format!("{hub}/v1/desks/{desk}/key-packages/claim");
        let claimed: Claimed =
            client.post(url).send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        let channel = ChannelId::random(&Random);
        let (member, invitation) = Member::create(channel, &claimed.key_package.0, &[desk], now()).unwrap();
        let (read, write) = (Capability::random(&Random), Capability::random(&Random));
        let create = CreateChannel {
            channel,
            desk,
            write: write.hash(),
            read: read.hash(),
            welcome: Envelope {
                id: EnvelopeId::random(&Random),
                kind: EnvelopeKind::Welcome,
                epoch: invitation.epoch,
                body: invitation.body.into(),
            },
        };
        client
            .post(format!("{hub}/v1/channels"))
            .json(&create)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap();
        let mut device = Self {
            channel,
            member,
            read,
            write,
            hub: hub.to_owned(),
            client,
            after: 0,
            heard: Vec::new(),
            received: Vec::new(),
            stream: Vec::new(),
        };
        device.hello(language, consents, identity).await;
        device
    }

    /// The page has a signed identity now.
    pub(crate) async fn signs_in(&mut self, identity: String) {
        self.hello("en", Consents { assistant: true, improve: false }, Some(identity)).await;
    }

    async fn hello(&mut self, language: &str, consents: Consents, identity: Option<String>) {
        let (notice, language) = ("1".into(), language.into());
        let identity = identity.map(MessageText::new);
        self.say(&FromCustomer::Hello { notice, language, consents, identity }).await;
    }

    /// Seals and posts.
    pub(crate) async fn say(&mut self, payload: &FromCustomer) -> Envelope {
        let sealed = self.member.seal(&serde_json::to_vec(payload).unwrap()).unwrap();
        let envelope = Envelope {
            id: EnvelopeId::random(&Random),
            kind: EnvelopeKind::Message,
            epoch: sealed.epoch,
            body: sealed.body.into(),
        };
        self.post(&envelope).await;
        envelope
    }

    pub(crate) async fn write(&mut self, text: &str) -> MessageId {
        let id = MessageId::random(&Random);
        self.say(&FromCustomer::Text { id, text: MessageText::new(text.into()) }).await;
        id
    }

    /// Posts any envelope until the hub takes it, as a device's outbox does.
    pub(crate) async fn post(&self, envelope: &Envelope) -> Posted {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let sent = self
                .client
                .post(format!("{}/v1/channels/{}/envelopes", self.hub, self.channel))
                .bearer_auth(self.write.reveal().as_str())
                .json(envelope)
                .send()
                .await;
            match sent {
                Ok(answer) if answer.status().is_success() => return answer.json().await.unwrap(),
                Ok(answer) => panic!("the hub refused: {} {}", answer.status(), answer.text().await.unwrap()),
                Err(_) if Instant::now() < deadline => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Reads what came, until `enough` says so.
    pub(crate) async fn hear_until(&mut self, enough: impl Fn(&[FromDesk]) -> bool) -> &[FromDesk] {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !enough(&self.heard) {
            assert!(Instant::now() < deadline, "the desk did not say it in time; it said {:?}", self.heard);
            self.poll().await;
        }
        &self.heard
    }

    /// The same over really everything.
    pub(crate) async fn read_until(&mut self, enough: impl Fn(&[FromDesk]) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !enough(&self.stream) {
            assert!(Instant::now() < deadline, "the desk did not say it in time; it said {:?}", self.stream);
            self.poll().await;
        }
    }

    /// Reads what came, until the desk has confirmed so many messages.
    pub(crate) async fn wait_received(&mut self, count: usize) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.received.len() < count {
            assert!(Instant::now() < deadline, "the desk did not confirm in time");
            self.poll().await;
        }
    }

    /// The last finished text of the desk, once there are so many of them.
    pub(crate) async fn nth_text(&mut self, count: usize) -> String {
        self.hear_until(|heard| texts(heard).len() >= count).await;
        texts(&self.heard)[count - 1].clone()
    }

    async fn poll(&mut self) {
        let answer = self
            .client
            .get(format!("{}/v1/channels/{}/envelopes?after={}&wait=5", self.hub, self.channel, self.after))
            .bearer_auth(self.read.reveal().as_str())
            .send()
            .await;
        // A hub that restarts is not there for a moment.
        let Ok(answer) = answer else { return tokio::task::yield_now().await };
        let Ok(deliveries) = answer.json::<Deliveries>().await else { return tokio::task::yield_now().await };
        for delivery in deliveries.envelopes {
            assert!(delivery.seq > self.after, "the hub delivered out of order");
            self.after = delivery.seq;
            if delivery.author == protocol::Author::Device {
                continue;
            }
            if let Opened::Message { sender: Sender::Desk, payload } =
                self.member.open(&delivery.envelope.body.0, now()).unwrap()
            {
                let said: FromDesk = serde_json::from_slice(&payload).unwrap();
                self.stream.push(said.clone());
                match said {
                    FromDesk::Received { id } => self.received.push(id),
                    FromDesk::Typing { .. } | FromDesk::Piece { .. } => {}
                    said => self.heard.push(said),
                }
            }
        }
    }
}

/// The finished texts.
pub(crate) fn texts(heard: &[FromDesk]) -> Vec<String> {
    heard
        .iter()
        .filter_map(|said| match said {
            FromDesk::Text { text, .. } => Some(text.reveal().to_owned()),
            _ => None,
        })
        .collect()
}

/// Fills an array from the test's source of randomness.
pub(crate) fn octets<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    Random.fill(&mut octets);
    octets
}
