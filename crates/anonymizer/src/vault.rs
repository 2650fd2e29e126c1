//! The values of one conversation and the tokens that stand for them.

mod stand_in;
mod stored;

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::guard::LeakGuard;
use crate::history::History;
use crate::restore::{Restored, Scanner, StreamRestorer, Values};
use crate::restore_json::JsonRestorer;
use crate::surrogate::{Persona, Surrogates};
use crate::values::ValueIndex;
use crate::view::fold_value;
use crate::{Entity, Plaintext, Span, names, recognise, token};

pub(crate) use stand_in::{Choice, SurrogateHere, Written};
pub use stored::VaultError;

use stand_in::StandIn;

/// How many people that share a word of a name are compared: more is a hostile text, not a conversation.
const NAMESAKES: usize = 64;

/// Every value that was masked in one conversation, with its token.
///
/// Ids count up per kind and are never given out again. The vault belongs to one conversation: restoring with
/// it is only for that conversation's own customer. Wiped when dropped; `Debug` shows nothing.
#[derive(Clone, Default)]
pub struct TokenVault {
    key: Option<Zeroizing<[u8; 32]>>,
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
    surrogates: OnceLock<Arc<Surrogates>>,
    /// Counts the changes of what masking depends on.
    generation: u64,
    /// Messages that were masked, with what was reported and what they left for the next one.
    pub(crate) masked: History<(Vec<Span>, Turn)>,
    /// Masked texts that were searched again.
    pub(crate) settled: History<()>,
}

/// One value: what it is the same as, and how it was written.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
struct Entry {
    #[zeroize(skip)]
    entity: Entity,
    id: u32,
    canonical: String,
    spellings: Vec<String>,
    /// One for each spelling.
    #[serde(default)]
    stand_ins: Vec<StandIn>,
    /// The invented name of a person.
    #[serde(default)]
    persona: Option<Persona>,
}

/// What the next message may go on with.
#[derive(Clone, Default, Hash, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// The number that the last message ended with, as written.
    pub(crate) tail: String,
    /// What that number was taken for.
    #[zeroize(skip)]
    pub(crate) tail_entity: Option<Entity>,
    /// What the last message, or the assistant's question, announced.
    #[zeroize(skip)]
    pub(crate) expected: Vec<Entity>,
    /// How many messages since then were no answer.
    #[serde(default)]
    pub(crate) waits: u8,
}

impl Turn {
    /// Whether a message may read differently because of what came before it.
    pub(crate) fn says_something(&self) -> bool {
        !self.tail.is_empty() || !self.expected.is_empty()
    }
}

impl TokenVault {
    /// A vault for a new conversation.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A vault for a new conversation that may invent surrogates. The key is random and of this conversation alone: who
    /// has it can tell which value a surrogate stands for by trying. It is stored with the vault.
    #[must_use]
    pub fn keyed(key: [u8; 32]) -> Self {
        Self { key: Some(Zeroizing::new(key)), ..Self::default() }
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
    /// number?" makes a bare "10432" an order number. Holds until it is answered, for three messages at most.
    pub fn expect(&mut self, entity: Entity) {
        self.turn.expected.push(entity);
    }

    /// The tokens that become values, oldest first, one for each spelling. A value that was redacted or made coarser has
    /// none; one with a surrogate has both.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        let of = |entry: &Entry| {
            let restorable = (1..).zip(&entry.stand_ins).filter(|(_, stand_in)| stand_in.comes_back());
            restorable.map(|(nth, _)| token::write(entry.entity, entry.id, nth)).collect::<Vec<_>>()
        };
        self.entries.iter().flat_map(of).collect()
    }

    /// Puts the values back. Reads tokens as models distort them; what was never issued becomes a neutral noun.
    #[must_use]
    pub fn restore(&self, text: &str) -> Restored {
        let mut restorer = self.restorer();
        let first = restorer.push(text);
        joined(first, restorer.finish())
    }

    /// The same for a text that arrives in pieces.
    #[must_use]
    pub fn restorer(&self) -> StreamRestorer {
        StreamRestorer::new(self.scanner())
    }

    /// The same for JSON, such as the arguments of a tool: values are escaped, so that it stays JSON.
    #[must_use]
    pub fn restore_json(&self, json: &str) -> Restored {
        let mut restorer = self.json_restorer();
        let first = restorer.push(json);
        joined(first, restorer.finish())
    }

    /// The same for JSON that arrives in pieces, cut anywhere.
    #[must_use]
    pub fn json_restorer(&self) -> JsonRestorer {
        JsonRestorer::new(self.scanner())
    }

    fn scanner(&self) -> Scanner {
        let values: Values = self
            .entries
            .iter()
            .map(|entry| {
                let restorable = |(spelling, stand_in): (&String, &StandIn)| {
                    stand_in.comes_back().then(|| Zeroizing::new(spelling.clone()))
                };
                let spellings = entry.spellings.iter().zip(&entry.stand_ins).map(restorable);
                ((entry.entity, entry.id), spellings.collect())
            })
            .collect();
        Scanner::new(values, self.surrogates())
    }

    /// A guard that stops each value known by now. Make a new one after the vault has changed.
    #[must_use]
    pub fn guard(&self) -> LeakGuard {
        LeakGuard::new(self.index(), self.surrogates())
    }

    /// The token for a value as written: the old one when the value is known, else a new one.
    pub(crate) fn issue(&mut self, entity: Entity, written: &str) -> String {
        let position = match self.position_of(entity, written) {
            Some(position) => position,
            None => self.add_value(entity, written),
        };
        self.token_at(position, written)
    }

    fn add_value(&mut self, entity: Entity, written: &str) -> usize {
        let id = self.last_id.get(&entity).copied().unwrap_or(0) + 1;
        let canonical = canonical(entity, written);
        self.add(Entry { entity, id, canonical, spellings: Vec::new(), stand_ins: Vec::new(), persona: None })
    }

    /// The values alone, as if nothing had been decided about them, for masking one document apart.
    pub(crate) fn for_one_document(&self) -> Self {
        let mut vault =
            Self { key: None, turn: Turn::default(), surrogates: OnceLock::new(), ..self.clone() };
        for entry in &mut vault.entries {
            entry.stand_ins.fill(StandIn::Undecided);
        }
        vault
    }

    /// The value that a token stands for, as it was written.
    pub(crate) fn value(&self, entity: Entity, id: u32, variant: u32) -> Option<&str> {
        let entry = self.by_id.get(&(entity, id)).and_then(|position| self.entries.get(*position))?;
        (variant as usize).checked_sub(1).and_then(|nth| entry.spellings.get(nth)).map(String::as_str)
    }

    /// The token for one more spelling of a value that is already known by its place.
    fn token_at(&mut self, position: usize, written: &str) -> String {
        let nth = self.spelling_of(position, written);
        self.token_of(position, nth)
    }

    fn token_of(&self, position: usize, nth: usize) -> String {
        let nth = u32::try_from(nth + 1).unwrap_or(u32::MAX);
        self.entries.get(position).map_or(String::new(), |entry| token::write(entry.entity, entry.id, nth))
    }

    /// Which spelling of a value this is, a new one if it has not been met.
    fn spelling_of(&mut self, position: usize, written: &str) -> usize {
        let print = fingerprint(&(position, written));
        let known = self.by_spelling.get(&print).and_then(|nths| {
            let spellings = &self.entries.get(position)?.spellings;
            nths.iter().copied().find(|nth| spellings.get(*nth).is_some_and(|spelling| spelling == written))
        });
        known.unwrap_or_else(|| self.add_spelling(position, written, print))
    }

    /// The spelling that a token with this id and number becomes: another one where there is no such, none where no
    /// value comes back.
    pub(crate) fn restorable(&self, entity: Entity, id: u32, variant: u32) -> Option<u32> {
        let entry = self.by_id.get(&(entity, id)).and_then(|position| self.entries.get(*position))?;
        let comes_back = |nth: u32| {
            let stand_in = (nth as usize).checked_sub(1).and_then(|nth| entry.stand_ins.get(nth));
            stand_in.is_some_and(StandIn::comes_back)
        };
        let all = 1..=u32::try_from(entry.stand_ins.len()).unwrap_or(u32::MAX);
        [variant].into_iter().chain(all).find(|nth| comes_back(*nth))
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

    /// Another number after each change of what masking depends on.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Notes that the entry is new or has another spelling.
    fn touch(&mut self, position: usize) {
        self.generation += 1;
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
        entry.stand_ins.push(StandIn::Undecided);
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

fn joined(first: Plaintext, last: Restored) -> Restored {
    if last.text.reveal().is_empty() {
        return Restored { text: first, unknown: last.unknown };
    }
    let text = [first.reveal(), last.text.reveal()].concat();
    Restored { text: Plaintext::new(text), unknown: last.unknown }
}

/// What two spellings of one value have in common.
fn canonical(entity: Entity, written: &str) -> String {
    let folded = fold_value(written);
    let compact = |keep: fn(&char) -> bool| folded.chars().filter(keep).collect();
    let canonical: String = match entity {
        Entity::Person if names::has_parts(written) => names::words(written).join(" "),
        // One word, however many it has: it is nobody's name, and is the same as itself alone.
        Entity::Person => compact(|c| !c.is_whitespace()),
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

#[cfg(test)]
mod tests;
