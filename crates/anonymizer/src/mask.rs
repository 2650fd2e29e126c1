//! The one way from plain to masked text.

mod again;
mod explain;
mod heard;
mod known;
mod look_alikes;
mod record;
mod searched;
mod write;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use explain::Explanation;
use regex::Regex;

use heard::in_turn;
use known::{known_in, known_places, settle_with_known};
use look_alikes::look_alikes;
use searched::Searched;
use write::{comes_back, write};

use crate::recognise::continued::Continued;
use crate::recognise::names_model::NamesModel;
use crate::recognise::order_number::OrderNumbers;
use crate::recognise::{self, Candidate, Recogniser, Scene};
use crate::resolve::{Place, resolve, without_kept};
use crate::values::SHIELD;
use crate::vault::{Choice, SurrogateHere, TokenVault, Turn, Written};
use crate::view::{View, fold_value};
use crate::{AnonymizedText, Entity, Plaintext, Policy, Treatment};

/// How often a message is searched again for values that were only found in it. Each round covers more of it.
const ROUNDS: usize = 8;

/// What comes from elsewhere than the policy.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Values that are the business's own and no secret: its domains, its support address, its phone number. A
    /// web address is public when its host is one of these or below it.
    pub public: Vec<String>,
    /// How the business writes its order numbers. What fits and has a letter in it is one wherever it stands; digits
    /// alone need a word beside them, as without a pattern.
    pub order_numbers: Option<Regex>,
    /// The larger model for names, where it is installed. Without it names are found by the smaller one alone.
    pub names: Option<Arc<NamesModel>>,
}

/// The recognisers with everything compiled. Make one and share it: it is immutable and `Sync`.
pub struct Anonymizer {
    recognisers: Arc<Vec<Box<dyn Recogniser>>>,
    models: Arc<Vec<Box<dyn Recogniser>>>,
    continued: Arc<Continued>,
    policy: Policy,
    public: Vec<String>,
    /// Tells it from every other one of the process: what one made of a text says nothing of another.
    serial: u64,
}

fn next_serial() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// Who wrote a message of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Compiles the patterns. What becomes of each kind of value is [`Policy::support`]'s choice.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self::with_policy(Policy::support(), options)
    }

    /// The same with another policy.
    #[must_use]
    pub fn with_policy(policy: Policy, options: Options) -> Self {
        let known = options.public.iter().map(|value| fold_value(value.trim())).filter(|v| !v.is_empty());
        let public = known.chain(policy.allowed.iter().cloned()).collect();
        let orders =
            options.order_numbers.map(|pattern| Box::new(OrderNumbers::new(pattern)) as Box<dyn Recogniser>);
        let recognisers = recognise::all().into_iter().chain(orders).chain(policy.recognisers()).collect();
        let models = Arc::new(recognise::models(options.names));
        Self {
            recognisers: Arc::new(recognisers),
            models,
            continued: Arc::new(Continued::new()),
            policy,
            public,
            serial: next_serial(),
        }
    }

    /// The same without the models that find names which nothing announces: to measure what the patterns cost and find.
    #[must_use]
    pub fn without_models(self) -> Self {
        Self { models: Arc::default(), serial: next_serial(), ..self }
    }

    /// The same recognisers, with a token for everything that they find.
    pub(crate) fn with_all_tokens(&self) -> Self {
        self.under(self.policy.with_all_tokens())
    }

    /// The same recognisers, with other choices of what becomes of what they find.
    pub(crate) fn under(&self, policy: Policy) -> Self {
        Self {
            recognisers: Arc::clone(&self.recognisers),
            models: Arc::clone(&self.models),
            continued: Arc::clone(&self.continued),
            policy,
            public: self.public.clone(),
            serial: next_serial(),
        }
    }

    /// Masks a text that is no part of a conversation.
    pub(crate) fn mask_document(&self, document: &Plaintext, vault: &mut TokenVault) -> String {
        self.mask_text(document.reveal(), vault)
    }

    /// Replaces every value that is recognised, and every one that the vault knows, by its token; new values go
    /// into the vault. Restoring the result gives the text again, to the byte.
    ///
    /// For a customer's message: it may go on with a number that the last one broke off. What becomes of each value is
    /// the policy's choice; only what is a token or a surrogate comes back.
    ///
    /// # Errors
    /// [`Blocked`] where the message has a value with which it may not go to a model at all.
    pub fn mask(&self, text: &Plaintext, vault: &mut TokenVault) -> Result<AnonymizedText, Blocked> {
        self.mask_and_report(text, Speaker::Customer, vault).0
    }

    fn mask_anew(
        &self,
        written: &str,
        speaker: Speaker,
        vault: &mut TokenVault,
    ) -> (Result<AnonymizedText, Blocked>, Vec<Span>) {
        // Who speaks for the business neither answers nor goes on with the customer's number.
        let turn = (speaker == Speaker::Agent).then(|| std::mem::take(&mut vault.turn));
        let before = vault.turn.clone();
        let normal = View::normal(written);
        let scene = in_turn(&normal, &before);
        let searched = Searched::written(written);
        let found =
            self.found_in(&scene, &normal, &searched, vault, look_alikes(written, vault), Basis::Written);
        let (places, kept) = self.apart(written, found);
        if !vault.turn.tail.is_empty()
            && let Some(rest) = places.iter().find(|place| place.recogniser == recognise::continued::NAME)
        {
            let first_part = vault.turn.tail.clone();
            vault.know(rest.entity, &first_part);
        }
        let next = turn.is_none().then(|| self.turn(written, &scene, &places, &before));
        vault.turn = Turn::default();
        let blocked = places.iter().find(|place| self.policy.treatment(place.entity) == Treatment::Block);
        let (masked, mut reported) = match blocked.map(|place| place.entity) {
            Some(entity) => (Err(self.block(entity, written, &places, vault)), places),
            None => {
                let (masked, replaced) = self.finish(written, places, vault);
                // A number may be kept only because it was asked for; whoever reads the text again does not know of
                // the question, and what he finds in it must be masked now.
                let kept_in_turn = replaced.is_empty() && !kept.is_empty() && before.says_something();
                let masked =
                    if kept_in_turn { self.search_again(masked, vault, Basis::Masked) } else { masked };
                (Ok(AnonymizedText::new(masked)), replaced)
            }
        };
        vault.turn = turn.or(next).unwrap_or_default();
        if let (Speaker::Agent, Ok(masked)) = (speaker, &masked) {
            self.hear(masked, vault);
        }
        let apart: Vec<Place> =
            kept.into_iter().filter(|place| !is_touched(&reported, &place.range)).collect();
        reported.extend(apart);
        reported.sort_by_key(|place| place.range.start);
        (masked, reported.into_iter().map(Span::from).collect())
    }

    /// Lets the vault know every value of the message, so that the guard stops each, and hides the message whole.
    fn block(&self, entity: Entity, written: &str, places: &[Place], vault: &mut TokenVault) -> Blocked {
        let around = fold_value(written);
        for place in places {
            self.stand_in(place, written, &around, SurrogateHere::Misread, vault);
        }
        Blocked { entity, hidden: AnonymizedText::new(vault.issue(Entity::Text, written)) }
    }

    fn mask_text(&self, written: &str, vault: &mut TokenVault) -> String {
        let places =
            self.places(&Searched::written(written), vault, look_alikes(written, vault), Basis::Written);
        self.finish(written, places, vault).0
    }

    /// What is found in a text, also what the policy keeps, without replacing it.
    #[must_use]
    pub fn detect(&self, text: &Plaintext, vault: &TokenVault) -> Vec<Span> {
        let written = text.reveal();
        let found =
            self.found(&Searched::written(written), vault, look_alikes(written, vault), Basis::Written);
        resolve(written, found).into_iter().map(Span::from).collect()
    }

    /// What is to be replaced, in order and apart.
    fn places(
        &self,
        searched: &Searched<'_>,
        vault: &TokenVault,
        places: Vec<Place>,
        basis: Basis,
    ) -> Vec<Place> {
        self.apart(&searched.by_form, self.found(searched, vault, places, basis)).0
    }

    /// What is to be replaced, and what the policy keeps, each in order and apart.
    fn apart(&self, searched: &str, found: Vec<Place>) -> (Vec<Place>, Vec<Place>) {
        let keep =
            |place: &Place| place.known.is_none() && self.policy.treatment(place.entity) == Treatment::Keep;
        let (kept, masked): (Vec<Place>, Vec<Place>) = found.into_iter().partition(keep);
        let (kept, masked) = (resolve(searched, kept), resolve(searched, masked));
        (without_kept(masked, &kept), kept)
    }

    /// What the recognisers and the vault find.
    fn found(
        &self,
        searched: &Searched<'_>,
        vault: &TokenVault,
        places: Vec<Place>,
        basis: Basis,
    ) -> Vec<Place> {
        let normal = View::normal(&searched.by_form);
        let scene = in_turn(&normal, &vault.turn);
        self.found_in(&scene, &normal, searched, vault, places, basis)
    }

    /// The same, where the text has been made ready for the recognisers.
    fn found_in(
        &self,
        scene: &Scene<'_>,
        normal: &View<'_>,
        searched: &Searched<'_>,
        vault: &TokenVault,
        mut places: Vec<Place>,
        basis: Basis,
    ) -> Vec<Place> {
        let mut found = Vec::new();
        for recogniser in self.recognisers.iter() {
            recogniser.find(scene, &mut found);
        }
        let by_form = found.len();
        if basis == Basis::Written {
            self.models.iter().for_each(|model| model.find(scene, &mut found));
        }
        let known = if searched.is_one_reading() {
            known_in(searched, normal, &scene.folded, vault)
        } else {
            known_places(searched, vault)
        };
        for candidate in found.iter_mut().skip(by_form) {
            settle_with_known(candidate, normal, &known);
        }
        found.retain(|candidate| {
            candidate.score >= self.policy.minimum_score && self.is_private(scene.text, candidate)
        });
        places.extend(found.into_iter().map(|candidate| Place {
            range: normal.origin(candidate.range),
            entity: candidate.entity,
            score: candidate.score,
            recogniser: candidate.recogniser,
            known: None,
        }));
        places.extend(known);
        places
    }

    fn is_private(&self, text: &str, candidate: &Candidate) -> bool {
        let value = &text[candidate.range.clone()];
        if value.contains(SHIELD) {
            return false;
        }
        if self.public.is_empty() {
            return true;
        }
        let folded = fold_value(value);
        !self.public.iter().any(|public| match candidate.entity {
            Entity::Url => recognise::url::is_on_host(&folded, public),
            Entity::Phone => recognise::phone::national(&folded) == recognise::phone::national(public),
            _ => folded == *public,
        })
    }

    /// Replaces the places. The text around them reads differently now, and is searched again, so that masking the result
    /// once more changes nothing.
    fn finish(&self, written: &str, places: Vec<Place>, vault: &mut TokenVault) -> (String, Vec<Place>) {
        let (masked, replaced) =
            self.replace(written, &Searched::written(written), places, vault, Basis::Written);
        (if replaced.is_empty() { masked } else { self.search_again(masked, vault, Basis::Masked) }, replaced)
    }

    /// Masks what is found between the tokens, until nothing is.
    fn search_again(&self, mut masked: String, vault: &mut TokenVault, first: Basis) -> String {
        for basis in std::iter::once(first).chain([Basis::Masked; ROUNDS]) {
            let searched = Searched::masked(&masked, vault);
            let places = self.places(&searched, vault, Vec::new(), basis);
            if places.is_empty() && passes(&masked, vault) {
                return masked;
            }
            masked = self.replace(&masked, &searched, places, vault, Basis::Masked).0;
        }
        hide(&masked, vault, Basis::Masked)
    }

    /// Issues the tokens, looks whether a value that is new stands elsewhere in the message, and writes. Also gives
    /// all that it replaced.
    fn replace(
        &self,
        written: &str,
        searched: &Searched<'_>,
        mut places: Vec<Place>,
        vault: &mut TokenVault,
        basis: Basis,
    ) -> (String, Vec<Place>) {
        let normal = View::normal(&searched.by_value);
        let around = View::folded(normal.text());
        for _ in 0..ROUNDS {
            let mut stand_ins: Vec<Written> = Vec::with_capacity(places.len());
            for place in &places {
                let here = if touches_word(written, &place.range) {
                    SurrogateHere::Misread
                } else {
                    SurrogateHere::Readable
                };
                stand_ins.push(self.stand_in(place, written, around.text(), here, vault));
            }
            let mut more = known_in(searched, &normal, &around, vault);
            more.retain(|hit| !is_covered(&places, &hit.range));
            if more.is_empty() {
                let mut masked = write(written, &places, &stand_ins);
                if !vault.surrogates().is_empty()
                    && !comes_back(&masked, written, &places, &stand_ins, vault, basis)
                {
                    let misread = SurrogateHere::Misread;
                    let tokens: Vec<Written> = places
                        .iter()
                        .map(|place| self.stand_in(place, written, around.text(), misread, vault))
                        .collect();
                    masked = write(written, &places, &tokens);
                }
                if passes(&masked, vault) {
                    return (masked, places);
                }
                break;
            }
            places.extend(more);
            places = resolve(&searched.by_value, places);
        }
        (hide(written, vault, basis), places)
    }

    fn stand_in(
        &self,
        place: &Place,
        written: &str,
        around: &str,
        surrogate: SurrogateHere,
        vault: &mut TokenVault,
    ) -> Written {
        let treatment = self.policy.treatment(place.entity);
        let choice = Choice { treatment, steps: &self.policy.steps, around, surrogate };
        vault.stand_in(place.known, place.entity, &written[place.range.clone()], &choice)
    }
}

/// A message that may not go to a model, by the policy. Whoever masks decides what becomes of it: a person can answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy blocks messages with a value of this kind ({entity:?})")]
pub struct Blocked {
    /// The kind of the value.
    pub entity: Entity,
    /// One token that stands for the whole message, to be kept in its place. Restoring it gives the message.
    pub hidden: AnonymizedText,
}

/// What a text is that values are replaced in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Basis {
    /// As the customer wrote it.
    Written,
    /// Masked before: it has tokens that stand for something.
    Masked,
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

fn touches_word(text: &str, range: &Range<usize>) -> bool {
    text[..range.start].ends_with(char::is_alphanumeric)
        || text[range.end..].starts_with(char::is_alphanumeric)
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

/// For a text that was made to hide values behind escapes or inside each other: one token stands for all of it.
fn hide(text: &str, vault: &mut TokenVault, basis: Basis) -> String {
    match basis {
        Basis::Written => vault.issue(Entity::Text, text),
        Basis::Masked => {
            let plain = vault.restore(text).text;
            vault.issue(Entity::Text, plain.reveal())
        }
    }
}

/// The guard reads through escapes, which the recognisers do not; so a text with backslashes is tried on it.
fn passes(masked: &str, vault: &TokenVault) -> bool {
    !masked.contains('\\') || vault.guard().check(masked.as_bytes()).is_ok()
}
