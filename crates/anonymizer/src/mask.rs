//! The one way from plain to masked text.

use std::fmt;
use std::ops::Range;

use serde_json::Value;
use zeroize::Zeroize;

use crate::guard::shield_tokens;
use crate::recognise::continued::Continued;
use crate::recognise::{self, Candidate, Recogniser, Scene};
use crate::resolve::{Place, resolve};
use crate::token::{self, Edges, Rest};
use crate::values::SHIELD;
use crate::vault::{TokenVault, Turn};
use crate::view::{View, fold_value};
use crate::{AnonymizedText, Entity, Plaintext, names};

/// How often a message is searched again for values that were only found in it. Each round covers more of it.
const ROUNDS: usize = 8;

/// What the operator decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Values that are the business's own and no secret: its domains, its support address, its phone number. A
    /// web address is public when its host is one of these or below it.
    pub public: Vec<String>,
}

/// The recognisers with everything compiled. Make one and share it: it is immutable and `Sync`.
pub struct Anonymizer {
    recognisers: Vec<Box<dyn Recogniser>>,
    continued: Continued,
    public: Vec<String>,
}

/// Who wrote a message of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The customer. The message may answer a question, and go on with a number that the one before broke off.
    Customer,
    /// A person or a program of the business. What the message asks for is what the next one may answer.
    Agent,
}

/// What was found in a text, in bytes of the text as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where.
    pub range: Range<usize>,
    /// What.
    pub entity: Entity,
    /// How sure, out of 100.
    pub score: u8,
    /// Which recogniser said so.
    pub recogniser: &'static str,
}

impl Span {
    /// The name that other programs know the value by: the narrower one of its recogniser ("UK_NHS"), or that of its
    /// kind ("MEDICAL_ID").
    #[must_use]
    pub fn reported(&self) -> &'static str {
        recognise::numbers::reported(self.recogniser).unwrap_or_else(|| self.entity.reported())
    }
}

impl Anonymizer {
    /// Compiles the patterns.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let public =
            options.public.iter().map(|value| fold_value(value.trim())).filter(|v| !v.is_empty()).collect();
        Self { recognisers: recognise::all(), continued: Continued::new(), public }
    }

    /// Replaces every value that is recognised, and every one that the vault knows, by its token; new values go
    /// into the vault. Restoring the result gives the text again, to the byte.
    ///
    /// For a customer's message: it may go on with a number that the last one broke off.
    pub fn mask(&self, text: &Plaintext, vault: &mut TokenVault) -> AnonymizedText {
        self.mask_and_report(text, Speaker::Customer, vault).0
    }

    /// The same for a message of either side, with what was found and where. What only shows once its neighbours are
    /// replaced ("99" in "sarahconnor99") is masked and not reported.
    pub fn mask_and_report(
        &self,
        text: &Plaintext,
        speaker: Speaker,
        vault: &mut TokenVault,
    ) -> (AnonymizedText, Vec<Span>) {
        let written = text.reveal();
        // Who speaks for the business neither answers nor goes on with the customer's number.
        let turn = (speaker == Speaker::Agent).then(|| std::mem::take(&mut vault.turn));
        let found = self.places(written, vault, look_alikes(written));
        let (places, kept): (Vec<Place>, Vec<Place>) = found.into_iter().partition(is_replaced);
        if !vault.turn.tail.is_empty()
            && let Some(rest) = places.iter().find(|place| place.recogniser == recognise::continued::NAME)
        {
            let first_part = vault.turn.tail.clone();
            vault.know(rest.entity, &first_part);
        }
        let next = turn.is_none().then(|| self.turn(written, &places));
        vault.turn = Turn::default();
        let (masked, mut reported) = self.finish(written, places, vault);
        let masked = AnonymizedText::new(masked);
        vault.turn = turn.or(next).unwrap_or_default();
        if speaker == Speaker::Agent {
            self.hear(&masked, vault);
        }
        let apart: Vec<Place> =
            kept.into_iter().filter(|place| !is_touched(&reported, &place.range)).collect();
        reported.extend(apart);
        reported.sort_by_key(|place| place.range.start);
        (masked, reported.into_iter().map(Span::from).collect())
    }

    /// Masks what is no message of the conversation, such as a tool's answer: it neither goes on with a number
    /// of the last message nor leaves one. JSON stays JSON: each string and number is masked by itself, names of
    /// fields stay, and a number that is a value becomes a string with its token.
    pub fn mask_record(&self, record: &Plaintext, vault: &mut TokenVault) -> AnonymizedText {
        let turn = std::mem::take(&mut vault.turn);
        let masked = match serde_json::from_str::<Value>(record.reveal()) {
            Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
                self.mask_value(&mut value, vault);
                let masked = value.to_string();
                wipe(value);
                masked
            }
            _ => self.mask_text(record.reveal(), vault),
        };
        vault.turn = turn;
        AnonymizedText::new(masked)
    }

    fn mask_value(&self, value: &mut Value, vault: &mut TokenVault) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                let written = number.to_string();
                let masked = self.mask_text(&written, vault);
                if masked != written {
                    *value = Value::String(masked);
                }
            }
            Value::String(text) => {
                let masked = self.mask_text(text, vault);
                text.zeroize();
                *text = masked;
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.mask_value(value, vault)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.mask_value(value, vault)),
        }
    }

    fn mask_text(&self, written: &str, vault: &mut TokenVault) -> String {
        let mut places = self.places(written, vault, look_alikes(written));
        places.retain(is_replaced);
        self.finish(written, places, vault).0
    }

    /// Takes note of what the assistant or an agent said to the customer: "What is your order number?" makes a bare
    /// "10432" in the next message an order number.
    pub fn hear(&self, said: &AnonymizedText, vault: &mut TokenVault) {
        let shielded = shield_tokens(said.as_str());
        let normal = View::normal(&shielded);
        let asked = self.asked_for(&Scene::of(normal.text()));
        vault.turn.expected.extend(asked);
        vault.turn.expected.sort_unstable();
        vault.turn.expected.dedup();
    }

    fn asked_for(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let mut asked: Vec<Entity> =
            self.recognisers.iter().flat_map(|recogniser| recogniser.announced_by(scene)).collect();
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    /// What the message leaves for the next one to go on with.
    fn turn(&self, written: &str, places: &[Place]) -> Turn {
        let normal = View::normal(written);
        let scene = Scene::of(normal.text());
        let tail = self.continued.tail_of(scene.text);
        let expected = self.asked_for(&scene);
        let end = written.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
        let last = places.last().filter(|place| !tail.is_empty() && place.range.end >= end);
        Turn { tail: tail.to_owned(), tail_entity: last.map(|place| place.entity), expected }
    }

    /// Masks a text that was masked before and comes back from storage or from a model. Tokens that this
    /// conversation issued stay (written as models write them, they are put right), those it did not issue
    /// become neutral nouns, and everything else is searched like any text.
    pub fn readmit(&self, stored: &str, vault: &mut TokenVault) -> AnonymizedText {
        let turn = std::mem::take(&mut vault.turn);
        let masked = self.search_again(settle_tokens(stored, vault), vault);
        vault.turn = turn;
        AnonymizedText::new(masked)
    }

    /// What [`Self::mask`] would replace, without replacing it.
    #[must_use]
    pub fn detect(&self, text: &Plaintext, vault: &TokenVault) -> Vec<Span> {
        let written = text.reveal();
        self.places(written, vault, look_alikes(written)).into_iter().map(Span::from).collect()
    }

    /// What the recognisers and the vault find, in order and apart.
    fn places(&self, searched: &str, vault: &TokenVault, mut places: Vec<Place>) -> Vec<Place> {
        let normal = View::normal(searched);
        let scene = Scene {
            expected: &vault.turn.expected,
            tail: &vault.turn.tail,
            tail_entity: vault.turn.tail_entity,
            ..Scene::of(normal.text())
        };
        let mut found = Vec::new();
        for recogniser in &self.recognisers {
            recogniser.find(&scene, &mut found);
        }
        found.retain(|candidate| self.is_private(scene.text, candidate));
        places.extend(found.into_iter().map(|candidate| Place {
            range: normal.origin(candidate.range),
            entity: candidate.entity,
            score: candidate.score,
            recogniser: candidate.recogniser,
            known: None,
        }));
        places.extend(known_places(&normal, vault));
        resolve(searched, places)
    }

    fn is_private(&self, text: &str, candidate: &Candidate) -> bool {
        let value = &text[candidate.range.clone()];
        if value.contains(SHIELD) {
            return false;
        }
        let folded = fold_value(value);
        !self.public.iter().any(|public| match candidate.entity {
            Entity::Url => recognise::url::is_on_host(&folded, public),
            Entity::Phone => recognise::phone::national(&folded) == recognise::phone::national(public),
            _ => folded == *public,
        })
    }

    /// Replaces the places. Where one of them touched a word, the text around it reads differently now, and is
    /// searched again, so that masking the result once more would change nothing.
    fn finish(&self, written: &str, places: Vec<Place>, vault: &mut TokenVault) -> (String, Vec<Place>) {
        let (masked, replaced) = self.replace(written, written, places, vault);
        let touching = token::tokens_in(&masked).iter().any(|token| touches_word(&masked, &token.range));
        (if touching { self.search_again(masked, vault) } else { masked }, replaced)
    }

    /// Masks what is found between the tokens, until nothing is.
    fn search_again(&self, mut masked: String, vault: &mut TokenVault) -> String {
        for _ in 0..ROUNDS {
            let searched = shield_tokens(&masked);
            let mut places = self.places(&searched, vault, Vec::new());
            places.retain(is_replaced);
            let found = !places.is_empty();
            masked = self.replace(&masked, &searched, places, vault).0;
            if !found {
                break;
            }
        }
        masked
    }

    /// Issues the tokens, looks whether a value that is new stands elsewhere in the message, and writes. Also gives
    /// all that it replaced.
    fn replace(
        &self,
        written: &str,
        searched: &str,
        mut places: Vec<Place>,
        vault: &mut TokenVault,
    ) -> (String, Vec<Place>) {
        let normal = View::normal(searched);
        for _ in 0..ROUNDS {
            let tokens: Vec<String> = places.iter().map(|place| issue(place, written, vault)).collect();
            let mut more = known_places(&normal, vault);
            more.retain(|hit| !is_covered(&places, &hit.range));
            if more.is_empty() {
                let masked = write(written, &places, &tokens);
                if passes(&masked, vault) {
                    return (masked, places);
                }
                break;
            }
            places.extend(more);
            places = resolve(searched, places);
        }
        // A text made to hide values behind escapes or inside each other: hidden whole.
        (vault.issue(Entity::Text, written), places)
    }
}

impl From<Place> for Span {
    fn from(place: Place) -> Self {
        Self { range: place.range, entity: place.entity, score: place.score, recogniser: place.recogniser }
    }
}

impl fmt::Debug for Anonymizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Anonymizer(***)")
    }
}

/// Wipes the values that masking left as they were.
fn wipe(value: Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(mut text) => text.zeroize(),
        Value::Array(values) => values.into_iter().for_each(wipe),
        Value::Object(fields) => fields.into_iter().for_each(|(_, value)| wipe(value)),
    }
}

/// What the customer typed that a restorer would take for a token.
fn look_alikes(written: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(c) = written[at..].chars().next() {
        let found = if token::can_begin(c) {
            token::read(&written[at..], None, Edges::Anything, Rest::Nothing).ok().flatten()
        } else {
            None
        };
        at += match found {
            Some(found) => {
                let range = at..at + found.len;
                places.push(Place {
                    range,
                    entity: Entity::Text,
                    score: 1,
                    recogniser: "look-alike",
                    known: None,
                });
                found.len
            }
            None => c.len_utf8(),
        };
    }
    places
}

/// Tokens of this conversation in their exact form, nouns for those of no conversation.
fn settle_tokens(stored: &str, vault: &TokenVault) -> String {
    let mut settled = String::with_capacity(stored.len());
    let mut before = None;
    let mut at = 0;
    while let Some(c) = stored[at..].chars().next() {
        let found = if token::can_begin(c) {
            token::read(&stored[at..], before, Edges::Word, Rest::Nothing).ok().flatten()
        } else {
            None
        };
        let len = match found {
            Some(found) if vault.spellings(found.entity, found.id) > 0 => {
                let known = found.variant as usize <= vault.spellings(found.entity, found.id);
                settled.push_str(&token::write(
                    found.entity,
                    found.id,
                    if known { found.variant } else { 1 },
                ));
                found.len
            }
            Some(found) if found.strict => {
                settled.push_str(found.entity.noun());
                found.len
            }
            _ => {
                settled.push(c);
                c.len_utf8()
            }
        };
        at += len;
        before = stored[..at].chars().next_back();
    }
    settled
}

/// Where values of the vault stand in a text.
fn known_places(normal: &View<'_>, vault: &TokenVault) -> Vec<Place> {
    let index = vault.index();
    if index.is_empty() {
        return Vec::new();
    }
    let folded = View::folded(normal.text());
    let mut hits = Vec::new();
    index.find(folded.text(), &mut hits);
    let mut found: Vec<(Range<usize>, Entity, usize)> = Vec::with_capacity(hits.len());
    for hit in hits {
        let range = folded.origin(hit.range);
        let Some(entity) = vault.entity_at(hit.value) else {
            continue;
        };
        if !hit.common_word || names::is_used_as_name(normal.text(), &range) {
            found.push((range, entity, hit.value));
        }
    }
    found.sort_by(|a, b| (a.0.start, b.0.end).cmp(&(b.0.start, a.0.end)));
    let joined = join_names(normal.text(), found);
    joined
        .into_iter()
        .map(|(range, entity, value)| Place {
            range: normal.origin(range),
            entity,
            // Below a checked pattern, so that a name inside an e-mail address leaves it an address.
            score: if entity == Entity::Person { 60 } else { 88 },
            recogniser: "known",
            known: Some(value),
        })
        .collect()
}

/// "Sarah J. Connor" is one name.
fn join_names(text: &str, found: Vec<(Range<usize>, Entity, usize)>) -> Vec<(Range<usize>, Entity, usize)> {
    let mut joined: Vec<(Range<usize>, Entity, usize)> = Vec::with_capacity(found.len());
    for (range, entity, value) in found {
        if entity != Entity::Person {
            joined.push((range, entity, value));
            continue;
        }
        match joined.last_mut() {
            Some((last, Entity::Person, known))
                if *known == value
                    && range.start >= last.start
                    && names::is_inside_name(text, last.end, range.start) =>
            {
                last.end = last.end.max(range.end);
            }
            _ => joined.push((range, entity, value)),
        }
    }
    joined
}

/// Dates and ages are found and told, and stay in the text: "within thirty days of 3 May" is nothing that anybody can
/// answer without them. A date of birth does not stay.
fn is_replaced(place: &Place) -> bool {
    !matches!(place.entity, Entity::Date | Entity::Age)
}

fn touches_word(text: &str, range: &Range<usize>) -> bool {
    text[..range.start].ends_with(char::is_alphanumeric)
        || text[range.end..].starts_with(char::is_alphanumeric)
}

fn issue(place: &Place, written: &str, vault: &mut TokenVault) -> String {
    let value = &written[place.range.clone()];
    match place.known {
        Some(position) => vault.token_at(position, value),
        None => vault.issue(place.entity, value),
    }
}

/// Whether one of the places, which are in order and apart, has a byte of the range.
fn is_touched(places: &[Place], range: &Range<usize>) -> bool {
    let next = places.partition_point(|place| place.range.end <= range.start);
    places.get(next).is_some_and(|place| place.range.start < range.end)
}

/// Whether one of the places, which are in order and apart, covers the range.
fn is_covered(places: &[Place], range: &Range<usize>) -> bool {
    let next = places.partition_point(|place| place.range.end < range.end);
    places.get(next).is_some_and(|place| place.range.start <= range.start)
}

fn write(written: &str, places: &[Place], tokens: &[String]) -> String {
    let mut masked = String::with_capacity(written.len());
    let mut at = 0;
    for (place, token) in places.iter().zip(tokens) {
        masked.push_str(&written[at..place.range.start]);
        masked.push_str(token);
        at = place.range.end;
    }
    masked.push_str(&written[at..]);
    masked
}

/// The guard reads through escapes, which the recognisers do not; so a text with backslashes is tried on it.
fn passes(masked: &str, vault: &TokenVault) -> bool {
    !masked.contains('\\') || vault.guard().check(masked.as_bytes()).is_ok()
}
