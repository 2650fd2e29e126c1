//! One error for each operation. Each has a stable `code` for the browser; none repeats what it was given.

/// A fault that no input should cause: the random source failed, or OpenMLS refused what it made itself.
/// What OpenMLS said is not carried on, for it can quote key material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fault inside the encryption")]
pub struct Internal;

/// Why a key package was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyPackageError {
    /// Not an encoded MLS key package, or its signatures or extensions do not hold.
    #[error("not a valid key package")]
    Garbage,
    /// Of another suite than [`crate::SUITE`].
    #[error("the key package is of another suite")]
    OtherSuite,
    /// Its leaf key is none of the pinned desk keys.
    #[error("the key package is not signed by a pinned desk key")]
    Unpinned,
    /// Its life time is over.
    #[error("the key package has expired")]
    Expired,
    /// Its life time has not begun.
    #[error("the key package is not valid yet")]
    NotYetValid,
    /// It would be good for longer than 84 days and an hour.
    #[error("the key package's life time is too long")]
    LifeTimeTooLong,
}

/// Why a group could not be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CreateError {
    /// The desk's key package was refused.
    #[error("the desk's key package was refused")]
    KeyPackage(#[from] KeyPackageError),
    /// See [`Internal`].
    #[error("the group could not be made")]
    Internal(#[from] Internal),
}

/// Why a welcome could not be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// Not a welcome, or it does not open with the given key package.
    #[error("not a welcome for this key package")]
    Garbage,
    /// The private part is not one that this crate made, or belongs to another identity.
    #[error("the private part of the key package does not fit")]
    WrongPrivatePart,
    /// The key package that the welcome names is past its life time.
    #[error("the key package is refused now")]
    KeyPackage(#[from] KeyPackageError),
    /// The group breaks our rules.
    #[error("the group is not one that we join")]
    Refused(#[from] Refusal),
}

/// A rule of our groups that a group or a commit breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A group id that is no channel id, or group context extensions (an external sender, for example).
    #[error("the group has settings that are not ours")]
    Settings,
    /// Other proposals than adding and removing.
    #[error("the commit does what no commit may do here")]
    Proposal,
    /// Who committed is the desk, and it adds or removes.
    #[error("only a device may add or remove")]
    ByDesk,
    /// After it there would not be exactly one member with a pinned desk key, or another than before.
    #[error("the group would not have its one desk")]
    Desk,
    /// A member's signature key would change, or its credential names another key than its own.
    #[error("a member's key would not be its own")]
    KeyChange,
    /// More than [`crate::MAX_MEMBERS`].
    #[error("the group would have too many members")]
    TooManyMembers,
    /// The key package of an added member is refused.
    #[error("an added member's key package is refused")]
    KeyPackage(#[from] KeyPackageError),
}

/// Why a commit could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// It would break our rules.
    #[error("the commit would be refused")]
    Refused(#[from] Refusal),
    /// No member has this leaf, or it is our own.
    #[error("there is no such other member")]
    NoSuchMember,
    /// The last commit has neither been confirmed nor abandoned.
    #[error("a commit is pending")]
    Pending,
    /// We are no longer a member.
    #[error("this member was removed")]
    Removed,
    /// See [`Internal`].
    #[error("the commit could not be made")]
    Internal(#[from] Internal),
}

/// Why a payload could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// More than [`protocol::MAX_PAYLOAD`] octets.
    #[error("the payload is too long")]
    TooLong,
    /// A commit is pending; RFC 9420 section 15.2 leaves no message in between.
    #[error("a commit is pending")]
    Pending,
    /// We are no longer a member.
    #[error("this member was removed")]
    Removed,
    /// See [`Internal`].
    #[error("the payload could not be sealed")]
    Internal(#[from] Internal),
}

/// Why a body could not be opened. It has changed nothing, but that a message which was genuine and is refused
/// for what is in it ([`Self::Garbage`], [`Self::NoMember`]) has used up its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not an MLS private message, changed on its way, made with other keys, or not padded by us.
    #[error("not a message of this group")]
    Garbage,
    /// Longer than [`protocol::MAX_BODY`].
    #[error("the body is too large")]
    TooLarge,
    /// Of another group.
    #[error("a message of another channel")]
    OtherChannel,
    /// A message that was opened before, or whose key is gone: a repeat, or a sender with stale state.
    #[error("the message was opened before")]
    Replay,
    /// A message from more than [`protocol::PAST_EPOCHS`] epochs ago.
    #[error("the message is of an epoch whose keys are gone")]
    TooOld,
    /// From an epoch that we have not reached: a commit is missing.
    #[error("the message is of a later epoch")]
    Ahead,
    /// A commit of an epoch that is past: a repeat, or one that lost against another.
    #[error("the commit is of a past epoch")]
    StaleCommit,
    /// A commit that breaks our rules. The group goes on without us; start a new one.
    #[error("the commit is refused")]
    Refused(#[from] Refusal),
    /// A late message of a device that was removed since.
    #[error("the sender is no longer a member")]
    NoMember,
    /// We are no longer a member.
    #[error("this member was removed")]
    Removed,
}

/// Why a stored state could not be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Not a state, cut short, or changed.
    #[error("the stored state is corrupt")]
    Corrupt,
    /// Written by a newer version of this program.
    #[error("the stored state is of a newer version")]
    Newer,
    /// A device's state was given to the desk, or the other way round.
    #[error("the stored state is of the other end")]
    OtherEnd,
    /// The desk's state belongs to another identity (after a rotation, try the older one).
    #[error("the stored state is of another identity")]
    OtherIdentity,
}

impl KeyPackageError {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Garbage => "garbage-key-package",
            Self::OtherSuite => "other-suite",
            Self::Unpinned => "unpinned-key",
            Self::Expired => "expired-key-package",
            Self::NotYetValid => "early-key-package",
            Self::LifeTimeTooLong => "long-key-package",
        }
    }
}

impl CreateError {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyPackage(error) => error.code(),
            Self::Internal(Internal) => "internal",
        }
    }
}

impl CommitError {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::NoSuchMember => "no-such-member",
            Self::Pending => "pending",
            Self::Removed => "removed",
            Self::Internal(Internal) => "internal",
        }
    }
}

impl SealError {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::Pending => "pending",
            Self::Removed => "removed",
            Self::Internal(Internal) => "internal",
        }
    }
}

impl OpenError {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Garbage => "garbage",
            Self::TooLarge => "too-large",
            Self::OtherChannel => "other-channel",
            Self::Replay => "replay",
            Self::TooOld => "too-old",
            Self::Ahead => "ahead",
            Self::StaleCommit => "stale-commit",
            Self::Refused(_) => "refused",
            Self::NoMember => "no-member",
            Self::Removed => "removed",
        }
    }
}

impl LoadError {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Corrupt => "corrupt-state",
            Self::Newer => "newer-state",
            Self::OtherEnd => "other-end",
            Self::OtherIdentity => "other-identity",
        }
    }
}
