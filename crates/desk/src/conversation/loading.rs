//! A conversation comes from the store, or begins with the welcome of a customer's device.

use std::sync::Arc;

use anonymizer::TokenVault;
use e2ee::Member;
use protocol::{ChannelId, Delivery, EnvelopeKind};
use store::{
    StoreError,
    desk::{NewConversation, Phase},
};
use tracing::{info, warn};

use super::{Conversation, memory::Memory, step};
use crate::{chain::chain, context::Context, hub_link::Outgoing, phase::AssistantAllowed};

/// Why a stored conversation cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the MLS state is damaged")]
    Member(#[from] e2ee::LoadError),
    #[error("the token vault is damaged")]
    Vault(#[from] anonymizer::VaultError),
}

impl LoadError {
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Self::Store(error) => step::is_lasting(error),
            Self::Member(_) | Self::Vault(_) => true,
        }
    }
}

/// Why a welcome did not open a conversation. The hub may deliver any bytes here.
#[derive(Debug, thiserror::Error)]
enum WelcomeError {
    #[error("the first envelope is not a welcome")]
    NotAWelcome,
    #[error("the welcome is for no key package that this desk has")]
    UnknownKeyPackage,
    #[error("the welcome cannot be read")]
    Unreadable(#[from] e2ee::JoinError),
    #[error("the welcome is for another channel")]
    OtherChannel,
    #[error("the store failed")]
    Store(#[from] StoreError),
}

pub(super) enum Loaded {
    Conversation(Box<Conversation>),
    Unknown,
}

impl Conversation {
    pub(super) async fn load(desk: Arc<Context>, channel: ChannelId) -> Result<Loaded, LoadError> {
        let Some(stored) = desk.store.conversation(channel).await? else { return Ok(Loaded::Unknown) };
        let member = Member::load_desk(&stored.group_state, &desk.identity)?;
        let vault = match &stored.vault {
            Some(bytes) => TokenVault::from_bytes(bytes)?,
            None => {
                let mut key = [0; 32];
                desk.entropy.fill(&mut key);
                TokenVault::keyed(key)
            }
        };
        let claims = stored.identity.as_ref().and_then(|json| serde_json::from_slice(json).ok());
        Ok(Loaded::Conversation(Box::new(Self {
            channel,
            subject: stored.subject,
            member,
            vault,
            phase: stored.phase,
            language: stored.language,
            assistant_allowed: if stored.assistant_allowed {
                AssistantAllowed::Yes
            } else {
                AssistantAllowed::No
            },
            claims,
            processed: stored.processed,
            answered: stored.answered,
            last_from_customer: stored.last_from_customer,
            unanswered: stored.unanswered,
            memory: stored.memory.as_ref().map_or_else(Memory::default, |json| Memory::from_bytes(json)),
            thinking: None,
            desk,
        })))
    }

    /// Opens a new conversation with its welcome. Whatever else comes first is acknowledged and left: without a
    /// welcome nothing of this channel can ever be read here, and the hub need not keep it for us.
    pub(super) async fn open(desk: &Arc<Context>, channel: ChannelId, delivery: &Delivery) {
        loop {
            match join(desk, channel, delivery).await {
                Ok(()) => {
                    info!(%channel, "a conversation begins");
                    break;
                }
                Err(WelcomeError::Store(error)) if !step::is_lasting(&error) => {
                    warn!(%channel, error = %chain(&error), "a welcome is not stored yet; trying again");
                    if step::pause(desk).await.is_none() {
                        return;
                    }
                }
                Err(error) => {
                    warn!(%channel, error = %chain(&error), "an envelope was refused");
                    break;
                }
            }
        }
        let _ = desk.outgoing.send(Outgoing::Ack(channel, delivery.seq)).await;
    }
}

async fn join(desk: &Context, channel: ChannelId, delivery: &Delivery) -> Result<(), WelcomeError> {
    match delivery.envelope.kind {
        EnvelopeKind::Welcome => {}
        EnvelopeKind::Commit | EnvelopeKind::Message => return Err(WelcomeError::NotAWelcome),
    }
    let welcome = &delivery.envelope.body.0;
    let mut ours = None;
    for reference in e2ee::welcome_references(welcome)? {
        if let Some(private) = desk.store.key_package(&reference).await? {
            ours = Some((reference, private));
            break;
        }
    }
    let (reference, private) = ours.ok_or(WelcomeError::UnknownKeyPackage)?;
    let member = Member::join(welcome, &private, &desk.identity, desk.clock.now())?;
    if member.channel() != channel {
        return Err(WelcomeError::OtherChannel);
    }
    let group_state = member.state();
    desk.store
        .open_conversation(&NewConversation {
            channel,
            seq: delivery.seq,
            group_state: &group_state,
            used_key_package: Some(&reference),
            phase: Phase::Assistant,
        })
        .await?;
    Ok(())
}
