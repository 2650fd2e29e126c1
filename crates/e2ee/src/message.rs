//! Application messages (RFC 9420 section 15) and what comes out of a delivered body.

use openmls::{
    framing::errors::{MessageDecryptionError, SecretTreeError},
    prelude::{
        ContentType, Credential, MlsMessageBodyIn, MlsMessageIn, ProcessMessageError,
        ProcessedMessageContent, ProtocolMessage, Sender as MlsSender, ValidationError,
        tls_codec::{DeserializeBytes as _, Serialize as _},
    },
};
use protocol::{DeskKey, MAX_BODY, PAST_EPOCHS, Timestamp};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{Internal, Member, OpenError, Participant, SealError, Sender, roster};

/// A sealed payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// An encoded MLS `PrivateMessage`.
    pub body: Vec<u8>,
    /// The epoch that it was made in.
    pub epoch: u64,
}

/// What a delivered body was.
pub enum Opened {
    /// A payload.
    Message {
        /// Whose, by the signature.
        sender: Sender,
        /// The octets that were sealed.
        payload: Zeroizing<Vec<u8>>,
    },
    /// A commit, which has been applied: the next epoch has begun. A pending commit of ours is gone.
    Commit {
        /// Who made it.
        by: Participant,
        /// Signature keys of devices that were added.
        added: Vec<DeskKey>,
        /// Devices that were removed; when it is us, nothing more can be opened.
        removed: Vec<Participant>,
    },
    /// Our own message or commit, delivered back to us. It is no content: who could post it is not proven.
    Own,
}

impl Member {
    /// Pads and seals a payload.
    ///
    /// # Errors
    /// [`SealError`]; a pending commit must be confirmed or abandoned first.
    pub fn seal(&mut self, payload: &[u8]) -> Result<Sealed, SealError> {
        if !self.group.is_active() {
            return Err(SealError::Removed);
        }
        if self.is_pending() {
            return Err(SealError::Pending);
        }
        let padded = Zeroizing::new(protocol::pad(payload).map_err(|_| SealError::TooLong)?);
        let epoch = self.epoch();
        let message =
            self.group.create_message(&self.provider, &self.identity, &padded).map_err(|_| Internal)?;
        Ok(Sealed { body: message.tls_serialize_detached().map_err(|_| Internal)?, epoch })
    }

    /// Opens what the hub delivered.
    ///
    /// # Errors
    /// [`OpenError`]; the member is then as it was before.
    pub fn open(&mut self, body: &[u8], now: Timestamp) -> Result<Opened, OpenError> {
        let message = self.read(body)?;
        let digest: [u8; 32] = Sha256::digest(body).into();
        if self.sent_commits.contains(&digest) {
            return Ok(Opened::Own);
        }
        self.check_epoch(&message)?;
        let processed = self.group.process_message(&self.provider, message).map_err(open_error)?;
        let credential = processed.credential().clone();
        let by = match processed.sender() {
            MlsSender::Member(leaf) => *leaf,
            _ => return Err(OpenError::Garbage),
        };
        match processed.into_content() {
            ProcessedMessageContent::OwnPrivateMessage => Ok(Opened::Own),
            ProcessedMessageContent::ApplicationMessage(message) => {
                let padded = Zeroizing::new(message.into_bytes());
                let payload = protocol::unpad(&padded).map_err(|_| OpenError::Garbage)?;
                let payload = Zeroizing::new(payload.to_vec());
                Ok(Opened::Message { sender: self.sender(&credential)?, payload })
            }
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                let change = roster::review(&self.group, self.desk, &self.pinned, by, &commit, now)?;
                self.group.merge_staged_commit(&self.provider, *commit).map_err(|_| OpenError::Garbage)?;
                Ok(Opened::Commit { by: change.by, added: change.added, removed: change.removed })
            }
            // Standalone and external proposals, commits from outside.
            _ => Err(OpenError::Garbage),
        }
    }

    /// A private message of this group, not yet opened.
    fn read(&self, body: &[u8]) -> Result<ProtocolMessage, OpenError> {
        if body.len() > MAX_BODY {
            return Err(OpenError::TooLarge);
        }
        if !self.group.is_active() {
            return Err(OpenError::Removed);
        }
        let message = MlsMessageIn::tls_deserialize_exact_bytes(body).map_err(|_| OpenError::Garbage)?;
        // Public messages are how outsiders commit; nobody does here.
        let MlsMessageBodyIn::PrivateMessage(message) = message.extract() else {
            return Err(OpenError::Garbage);
        };
        if message.group_id() != self.group.group_id() {
            return Err(OpenError::OtherChannel);
        }
        if message.content_type() == ContentType::Proposal {
            return Err(OpenError::Garbage);
        }
        Ok(message.into())
    }

    fn check_epoch(&self, message: &ProtocolMessage) -> Result<(), OpenError> {
        let (made_in, present) = (message.epoch().as_u64(), self.epoch());
        if made_in > present {
            Err(OpenError::Ahead)
        } else if message.is_handshake_message() && made_in < present {
            Err(OpenError::StaleCommit)
        } else if made_in.saturating_add(PAST_EPOCHS) < present {
            Err(OpenError::TooOld)
        } else {
            Ok(())
        }
    }

    /// Which end a message is from. A message of a past epoch is verified against that epoch's members, whose
    /// leaves may be others' by now; the credential names the key. Who was removed is heard no more.
    fn sender(&self, credential: &Credential) -> Result<Sender, OpenError> {
        self.members()
            .into_iter()
            .find(|member| roster::names(credential, &member.key))
            .map(|member| member.sender)
            .ok_or(OpenError::NoMember)
    }
}

fn open_error<StorageError>(error: ProcessMessageError<StorageError>) -> OpenError {
    match error {
        ProcessMessageError::ValidationError(ValidationError::UnableToDecrypt(
            MessageDecryptionError::SecretTreeError(
                SecretTreeError::SecretReuseError | SecretTreeError::TooDistantInThePast,
            ),
        )) => OpenError::Replay,
        ProcessMessageError::ValidationError(ValidationError::NoPastEpochData) => OpenError::TooOld,
        _ => OpenError::Garbage,
    }
}
