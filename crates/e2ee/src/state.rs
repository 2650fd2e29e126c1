//! A member's whole state as one blob: what the caller seals and stores.

use openmls::prelude::{GroupId, MlsGroup};
use openmls_traits::OpenMlsProvider as _;
use protocol::{ChannelId, DeskKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    Identity, LoadError, Member, SUITE, Sender,
    pack::{pack, unpack},
    provider::Provider,
};

const MAGIC: &[u8] = b"sotto e2ee state\0";
const VERSION: u8 = 1;
const DESK: u8 = 0;
const DEVICE: u8 = 1;

impl Member {
    /// The state: everything that [`Self::load`] or [`Self::load_desk`] needs. A device's holds its identity
    /// key; the desk's holds the public key alone. It is secret either way and must be sealed where it is
    /// stored. The last 32 octets are a checksum against damage; a forger is kept out by the sealing.
    #[must_use]
    pub fn state(&self) -> Zeroizing<Vec<u8>> {
        let mut entries = Vec::new();
        self.provider.visit(|key, value| entries.push((key.to_vec(), pack(value))));
        // Measured first, so that the buffer does not grow and leave copies of secrets behind.
        let lists = 32 * (self.pinned.len() + self.sent_commits.len());
        let packed: usize = entries.iter().map(|(key, value)| 8 + key.len() + value.len()).sum();
        let size = MAGIC.len() + 2 + 32 + 32 + 1 + 1 + lists + 16 + 4 + packed + 32;
        let mut state = Zeroizing::new(Vec::with_capacity(size));
        state.extend_from_slice(MAGIC);
        state.push(VERSION);
        match self.role {
            Sender::Desk => {
                state.push(DESK);
                state.extend_from_slice(self.identity.public().octets());
            }
            Sender::Device => {
                state.push(DEVICE);
                state.extend_from_slice(self.identity.secret().as_slice());
            }
        }
        state.extend_from_slice(self.desk.octets());
        write_all(&mut state, self.pinned.iter().map(DeskKey::octets));
        write_all(&mut state, self.sent_commits.iter());
        state.extend_from_slice(self.channel().octets());
        state.extend_from_slice(&u32::try_from(entries.len()).unwrap_or(u32::MAX).to_be_bytes());
        for (key, value) in &entries {
            write_sized(&mut state, key);
            write_sized(&mut state, value);
        }
        let checksum = Sha256::digest(state.as_slice());
        state.extend_from_slice(&checksum);
        state
    }

    /// A device's member from its state.
    ///
    /// # Errors
    /// [`LoadError`]; the state is then lost for good, and a new conversation begins.
    pub fn load(state: &[u8]) -> Result<Self, LoadError> {
        let mut reader = open(state)?;
        match reader.octet()? {
            DEVICE => {
                let secret = Zeroizing::new(reader.array::<32>()?);
                read(reader, Identity::from_secret(&secret), Sender::Device)
            }
            DESK => Err(LoadError::OtherEnd),
            _ => Err(LoadError::Corrupt),
        }
    }

    /// The desk's member from its state and its identity.
    ///
    /// # Errors
    /// [`LoadError::OtherIdentity`] when the group was joined with another identity; otherwise as [`Self::load`].
    pub fn load_desk(state: &[u8], identity: &Identity) -> Result<Self, LoadError> {
        let mut reader = open(state)?;
        match reader.octet()? {
            DESK if reader.array::<32>()? == *identity.public().octets() => {
                read(reader, identity.clone(), Sender::Desk)
            }
            DESK => Err(LoadError::OtherIdentity),
            DEVICE => Err(LoadError::OtherEnd),
            _ => Err(LoadError::Corrupt),
        }
    }
}

fn write_all<'a>(state: &mut Vec<u8>, arrays: impl ExactSizeIterator<Item = &'a [u8; 32]>) {
    // Both lists are bounded far below 256, see `Member::pinned` and `commit::REMEMBERED`.
    state.push(u8::try_from(arrays.len()).unwrap_or(u8::MAX));
    arrays.take(usize::from(u8::MAX)).for_each(|array| state.extend_from_slice(array));
}

fn write_sized(state: &mut Vec<u8>, octets: &[u8]) {
    // A value of 4 GiB would have been refused long before, by MAX_BODY and MAX_MEMBERS.
    state.extend_from_slice(&u32::try_from(octets.len()).unwrap_or(u32::MAX).to_be_bytes());
    state.extend_from_slice(octets);
}

/// Checks the frame; what follows begins with the role.
fn open(state: &[u8]) -> Result<Reader<'_>, LoadError> {
    let rest = state.strip_prefix(MAGIC).ok_or(LoadError::Corrupt)?;
    let (&version, rest) = rest.split_first().ok_or(LoadError::Corrupt)?;
    if version > VERSION {
        return Err(LoadError::Newer);
    }
    let (body, checksum) = rest.split_last_chunk::<32>().ok_or(LoadError::Corrupt)?;
    let hashed =
        state.len().checked_sub(32).and_then(|length| state.get(..length)).ok_or(LoadError::Corrupt)?;
    if version != VERSION || Sha256::digest(hashed).as_slice() != checksum {
        return Err(LoadError::Corrupt);
    }
    Ok(Reader(body))
}

fn read(mut reader: Reader<'_>, identity: Identity, role: Sender) -> Result<Member, LoadError> {
    let desk = DeskKey::from_octets(reader.array()?);
    let pinned = reader.arrays()?.into_iter().map(DeskKey::from_octets).collect();
    let sent_commits = reader.arrays()?;
    let channel = ChannelId::from_octets(reader.array()?);
    let count = u32::from_be_bytes(reader.array()?);
    let provider = Provider::default();
    for _ in 0..count {
        let (key, value) = (reader.sized()?, unpack(reader.sized()?).ok_or(LoadError::Corrupt)?);
        provider.restore(key, &value);
    }
    if !reader.0.is_empty() {
        return Err(LoadError::Corrupt);
    }
    let group = MlsGroup::load(provider.storage(), &GroupId::from_slice(channel.octets()))
        .map_err(|_| LoadError::Corrupt)?
        .ok_or(LoadError::Corrupt)?;
    if group.ciphersuite() != SUITE || group.group_id().as_slice() != channel.octets() {
        return Err(LoadError::Corrupt);
    }
    Ok(Member { provider, group, identity, role, desk, pinned, sent_commits })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], LoadError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(LoadError::Corrupt)?;
        self.0 = rest;
        Ok(taken)
    }

    fn octet(&mut self) -> Result<u8, LoadError> {
        self.array::<1>().map(|[octet]| octet)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], LoadError> {
        let (array, rest) = self.0.split_first_chunk::<N>().ok_or(LoadError::Corrupt)?;
        self.0 = rest;
        Ok(*array)
    }

    fn arrays(&mut self) -> Result<Vec<[u8; 32]>, LoadError> {
        let count = self.octet()?;
        (0..count).map(|_| self.array()).collect()
    }

    fn sized(&mut self) -> Result<&'a [u8], LoadError> {
        let length = u32::from_be_bytes(self.array()?);
        self.take(usize::try_from(length).map_err(|_| LoadError::Corrupt)?)
    }
}
