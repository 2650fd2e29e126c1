//! The values of one conversation and the tokens that stand for them.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::guard::LeakGuard;
use crate::restore::{Restored, StreamRestorer, Values};
use crate::values::ValueIndex;
use crate::view::fold_value;
use crate::{Entity, names, recognise, token};

/// The format that [`TokenVault::to_bytes`] writes, its first byte.
const FORMAT: u8 = 2;
/// The format before: the turn named one expected kind at most. The turn is left out when it is read.
const FORMAT_1: u8 = 1;
/// How many people that share a word of a name are compared: more is a hostile text, not a conversation.
const NAMESAKES: usize = 64;

/// Every value that was masked in one conversation, with its token.
///
/// Ids count up per kind and are never given out again. The vault belongs to one conversation: restoring with
/// it is only for that conversation's own customer. Wiped when dropped; `Debug` shows nothing.
#[derive(Clone, Default)]
pub struct TokenVault {
    entries: Vec<Entry>,
    by_value: HashMap<u64, Vec<usize>>,
    by_spelling: HashMap<u64, Vec<usize>>,
    by_id: HashMap<(Entity, u32), usize>,
    last_id: HashMap<Entity, u32>,
    pub(crate) turn: Turn,
    index: OnceLock<Arc<ValueIndex>>,
    /// The index before the last changes, and the places that changed since.
    older: Option<Arc<ValueIndex>>,
    changed: Vec<usize>,
}

/// One value: what it is the same as, and how it was written.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
struct Entry {
    #[zeroize(skip)]
    entity: Entity,
    id: u32,
    canonical: String,
    spellings: Vec<String>,
}

/// What the next message may go on with.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// The number that the last message ended with, as written.
    pub(crate) tail: String,
    /// What that number was taken for.
    #[zeroize(skip)]
    pub(crate) tail_entity: Option<Entity>,
    /// What the last message, or the assistant's question, announced.
    #[zeroize(skip)]
    pub(crate) expected: Vec<Entity>,
}

/// Why stored bytes are no vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Written by a version of the program that this one does not know.
    #[error("the vault was written in format {0}, which this version does not read")]
    UnknownFormat(u8),
    /// Cut, changed or never a vault.
    #[error("the stored vault is damaged")]
    Damaged,
}

#[derive(Serialize)]
struct Written<'a> {
    entries: &'a [Entry],
    turn: &'a Turn,
}

#[derive(Deserialize)]
struct Read {
    entries: Vec<Entry>,
    turn: Turn,
}

#[derive(Deserialize)]
struct ReadFormat1 {
    entries: Vec<Entry>,
}

impl TokenVault {
    /// A vault for a new conversation.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value from the customer's record, so that it is found in every message in all its forms.
    /// An empty value is ignored.
    pub fn know(&mut self, entity: Entity, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.issue(entity, value);
        }
    }

    /// Says what the next message answers, when the assistant has just asked for it: "What is your order
    /// number?" makes a bare "10432" an order number. Holds for one message.
    pub fn expect(&mut self, entity: Entity) {
        self.turn.expected.push(entity);
    }

    /// The tokens issued so far, oldest first, one for each spelling.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        let variants = |entry: &Entry| 1..=u32::try_from(entry.spellings.len()).unwrap_or(u32::MAX);
        self.entries
            .iter()
            .flat_map(|entry| variants(entry).map(|nth| token::write(entry.entity, entry.id, nth)))
            .collect()
    }

    /// Puts the values back. Reads tokens as models distort them; what was never issued becomes a neutral noun.
    #[must_use]
    pub fn restore(&self, text: &str) -> Restored {
        let mut restorer = self.restorer();
        let first = restorer.push(text);
        let last = restorer.finish();
        if last.text.reveal().is_empty() {
            return Restored { text: first, unknown: last.unknown };
        }
        let text = [first.reveal(), last.text.reveal()].concat();
        Restored { text: crate::Plaintext::new(text), unknown: last.unknown }
    }

    /// The same for a text that arrives in pieces.
    #[must_use]
    pub fn restorer(&self) -> StreamRestorer {
        let values: Values = self
            .entries
            .iter()
            .map(|entry| {
                let spellings = entry.spellings.iter().cloned().map(Zeroizing::new).collect();
                ((entry.entity, entry.id), spellings)
            })
            .collect();
        StreamRestorer::new(values)
    }

    /// A guard that stops each value known by now. Make a new one after the vault has changed.
    #[must_use]
    pub fn guard(&self) -> LeakGuard {
        LeakGuard::new(self.index())
    }

    /// For storage, to be sealed by the caller: this holds every value in plain.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let size: usize = self
            .entries
            .iter()
            .map(|entry| {
                64 + 2 * entry.canonical.len()
                    + entry.spellings.iter().map(|s| 8 + 2 * s.len()).sum::<usize>()
            })
            .sum();
        // Room for everything at once, so that growing leaves no unwiped copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(size + 256 + 2 * self.turn.tail.len()));
        bytes.push(FORMAT);
        serde_json::to_writer(&mut *bytes, &Written { entries: &self.entries, turn: &self.turn })
            .expect("strings and numbers always serialise into memory");
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`VaultError`] for another format, or for bytes that are damaged or give one id twice.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let (format, rest) = bytes.split_first().ok_or(VaultError::Damaged)?;
        let read = match *format {
            FORMAT => serde_json::from_slice(rest),
            FORMAT_1 => serde_json::from_slice(rest)
                .map(|ReadFormat1 { entries }| Read { entries, turn: Turn::default() }),
            unknown => return Err(VaultError::UnknownFormat(unknown)),
        };
        let read: Read = read.map_err(|_| VaultError::Damaged)?;
        let mut vault = Self { turn: read.turn, ..Self::default() };
        for entry in read.entries {
            if entry.id == 0
                || entry.spellings.is_empty()
                || vault.by_id.contains_key(&(entry.entity, entry.id))
            {
                return Err(VaultError::Damaged);
            }
            vault.add(entry);
        }
        Ok(vault)
    }

    /// The token for a value as written: the old one when the value is known, else a new one.
    pub(crate) fn issue(&mut self, entity: Entity, written: &str) -> String {
        let position = match self.position_of(entity, written) {
            Some(position) => position,
            None => {
                let id = self.last_id.get(&entity).copied().unwrap_or(0) + 1;
                let canonical = canonical(entity, written);
                self.add(Entry { entity, id, canonical, spellings: Vec::new() })
            }
        };
        self.token_at(position, written)
    }

    /// The token for one more spelling of a value that is already known by its place.
    pub(crate) fn token_at(&mut self, position: usize, written: &str) -> String {
        let Some(entity) = self.entity_at(position) else {
            return String::new();
        };
        let print = fingerprint(&(position, written));
        let known = self.by_spelling.get(&print).and_then(|nths| {
            let spellings = &self.entries.get(position)?.spellings;
            nths.iter().copied().find(|nth| spellings.get(*nth).is_some_and(|spelling| spelling == written))
        });
        let nth = known.unwrap_or_else(|| self.add_spelling(position, written, print));
        let id = self.entries.get(position).map_or(0, |entry| entry.id);
        token::write(entity, id, u32::try_from(nth + 1).unwrap_or(u32::MAX))
    }

    /// How many spellings this id has; none if it was never given out.
    pub(crate) fn spellings(&self, entity: Entity, id: u32) -> usize {
        let position = self.by_id.get(&(entity, id));
        position.and_then(|position| self.entries.get(*position)).map_or(0, |entry| entry.spellings.len())
    }

    pub(crate) fn entity_at(&self, position: usize) -> Option<Entity> {
        self.entries.get(position).map(|entry| entry.entity)
    }

    /// The index of all values; [`crate::values::Hit::value`] is a position for [`Self::token_at`].
    pub(crate) fn index(&self) -> Arc<ValueIndex> {
        let build = || {
            let changed = self.changed.iter().filter_map(|position| {
                let entry = self.entries.get(*position)?;
                Some((*position, entry.entity, forms_of(entry)))
            });
            let layered = self.older.as_ref().and_then(|older| older.with(changed));
            let whole = || ValueIndex::new(self.entries.iter().map(|entry| (entry.entity, forms_of(entry))));
            Arc::new(layered.unwrap_or_else(whole))
        };
        Arc::clone(self.index.get_or_init(build))
    }

    /// Notes that the entry is new or has another spelling.
    fn touch(&mut self, position: usize) {
        if let Some(index) = self.index.take() {
            self.older = Some(index);
            self.changed.clear();
        }
        if self.changed.last() != Some(&position) {
            self.changed.push(position);
        }
    }

    fn position_of(&self, entity: Entity, written: &str) -> Option<usize> {
        let canonical = canonical(entity, written);
        let same = |position: &usize| {
            self.entries.get(*position).is_some_and(|e| e.entity == entity && e.canonical == canonical)
        };
        let known = self.by_value.get(&fingerprint(&(entity, canonical.as_str())));
        known
            .and_then(|positions| positions.iter().copied().find(same))
            .or_else(|| if entity == Entity::Person { self.same_person(&canonical) } else { None })
    }

    /// "Sarah" is "Sarah Connor": a name whose words are all in another, or the other way round.
    fn same_person(&self, canonical: &str) -> Option<usize> {
        let words: Vec<&str> = canonical.split(' ').collect();
        let prints = words.iter().map(|word| fingerprint(&(Entity::Person, *word)));
        let namesakes = prints.filter_map(|print| self.by_value.get(&print)).flatten().take(NAMESAKES);
        namesakes.copied().find(|position| {
            self.entries.get(*position).is_some_and(|entry| {
                let known: Vec<&str> = entry.canonical.split(' ').collect();
                words.iter().all(|word| known.contains(word)) || known.iter().all(|word| words.contains(word))
            })
        })
    }

    fn add(&mut self, entry: Entry) -> usize {
        let position = self.entries.len();
        self.by_id.insert((entry.entity, entry.id), position);
        let last = self.last_id.entry(entry.entity).or_default();
        *last = (*last).max(entry.id);
        for (nth, spelling) in entry.spellings.iter().enumerate() {
            self.by_spelling.entry(fingerprint(&(position, spelling.as_str()))).or_default().push(nth);
        }
        self.entries.push(entry);
        self.list(position);
        self.touch(position);
        position
    }

    fn add_spelling(&mut self, position: usize, written: &str, print: u64) -> usize {
        let Some(entry) = self.entries.get_mut(position) else {
            return 0;
        };
        entry.spellings.push(written.to_owned());
        let nth = entry.spellings.len() - 1;
        let wider = canonical(Entity::Person, written);
        let widens =
            entry.entity == Entity::Person && wider.split(' ').count() > entry.canonical.split(' ').count();
        if widens {
            entry.canonical.zeroize();
            entry.canonical = wider;
        }
        self.by_spelling.entry(print).or_default().push(nth);
        if widens {
            self.list(position);
        }
        self.touch(position);
        nth
    }

    /// Lets an entry be found by its canonical form, a person by each word of it.
    fn list(&mut self, position: usize) {
        let Some(entry) = self.entries.get(position) else {
            return;
        };
        let mut prints = vec![fingerprint(&(entry.entity, entry.canonical.as_str()))];
        if entry.entity == Entity::Person {
            let words = entry.canonical.split(' ').filter(|word| !names::is_particle(word));
            prints.extend(words.map(|word| fingerprint(&(entry.entity, word))));
        }
        for print in prints {
            let positions = self.by_value.entry(print).or_default();
            if !positions.contains(&position) {
                positions.push(position);
            }
        }
    }
}

impl fmt::Debug for TokenVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenVault(***)")
    }
}

/// How the value is looked for.
fn forms_of(entry: &Entry) -> Vec<&str> {
    entry.spellings.iter().chain([&entry.canonical]).map(String::as_str).collect()
}

/// What two spellings of one value have in common.
fn canonical(entity: Entity, written: &str) -> String {
    let folded = fold_value(written);
    let compact = |keep: fn(&char) -> bool| folded.chars().filter(keep).collect();
    let canonical: String = match entity {
        Entity::Person => names::words(written).join(" "),
        Entity::Phone => recognise::phone::national(&folded),
        Entity::Card
        | Entity::CardSecurity
        | Entity::Iban
        | Entity::Bic
        | Entity::BankAccount
        | Entity::Routing
        | Entity::Ssn
        | Entity::NationalId
        | Entity::Passport
        | Entity::DriverLicence
        | Entity::MedicalId
        | Entity::ProviderId
        | Entity::MacAddress
        | Entity::Plate
        | Entity::Vehicle
        | Entity::Device
        | Entity::BirthDate
        | Entity::Date
        | Entity::Order
        | Entity::CustomerNumber
        | Entity::Reference => compact(|c| c.is_alphanumeric()),
        Entity::Email
        | Entity::IpAddress
        | Entity::Address
        | Entity::Place
        | Entity::Organisation
        | Entity::Age
        | Entity::Username => compact(|c| !c.is_whitespace()),
        // Case and blanks matter.
        Entity::Url | Entity::Crypto | Entity::Secret | Entity::Text => written.to_owned(),
    };
    if canonical.is_empty() { folded } else { canonical }
}

/// Keeps values out of the keys of a map, which nothing wipes.
fn fingerprint(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
