//! The recognisers, one file each. Each reads the normalised text and adds what it found, with a score.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use figures::Figures;
use hints::Hints;
use marks::Marks;

use crate::Entity;
use crate::values::SHIELD;
use crate::view::View;

mod address;
mod age;
mod bic;
mod birth;
mod card;
mod card_security;
mod code;
pub(crate) mod continued;
mod crypto;
pub(crate) mod cues;
pub(crate) mod date;
mod email;
mod figures;
mod hints;
mod iban;
mod initials;
mod introduced;
mod ip;
mod label;
mod mac;
mod marks;
mod mrz;
pub(crate) mod names_model;
pub(crate) mod numbers;
pub(crate) mod order_number;
mod other_script;
mod pasted;
pub(crate) mod phone;
mod plate;
mod read;
mod reference;
mod secret;
mod spelled;
mod spoken;
mod table;
pub(crate) mod tagged;
pub(crate) mod url;
mod username;

/// What a recogniser reads.
pub(crate) struct Scene<'a> {
    /// The normalised text. Positions in [`Candidate`] are positions in it.
    pub(crate) text: &'a str,
    /// The same text in lower case, without accents.
    pub(crate) folded: View<'a>,
    /// What the message before announced, or the assistant asked for.
    pub(crate) expected: &'a [Entity],
    /// The number that the message before ended with.
    pub(crate) tail: &'a str,
    /// What that number was taken for.
    pub(crate) tail_entity: Option<Entity>,
    /// Its numbers and the words that mean something, once somebody has asked.
    pub(crate) marks: OnceCell<Marks>,
    pub(crate) hints: OnceCell<Hints>,
    pub(crate) figures: OnceCell<Figures>,
}

impl<'a> Scene<'a> {
    /// A text that stands by itself.
    pub(crate) fn of(text: &'a str) -> Self {
        let folded = View::folded(text);
        Self {
            text,
            folded,
            expected: &[],
            tail: "",
            tail_entity: None,
            marks: OnceCell::new(),
            hints: OnceCell::new(),
            figures: OnceCell::new(),
        }
    }

    /// Where its numbers are and the words that mean something, in positions of the folded text.
    pub(crate) fn marks(&self) -> &Marks {
        self.marks.get_or_init(|| Marks::of(self.folded.text()))
    }

    /// Whether one of these strings is in it.
    pub(crate) fn hints_at(&self, hint: Hints) -> bool {
        self.hints.get_or_init(|| Hints::of(self.folded.text())).has(hint)
    }

    /// Where its digits are, in positions of the normal text.
    pub(crate) fn figures(&self) -> &Figures {
        self.figures.get_or_init(|| Figures::of(self.text))
    }

    /// Whether a value of this kind would be an answer.
    pub(crate) fn expects(&self, entity: Entity) -> bool {
        self.expected.contains(&entity)
    }

    /// The `most` bytes before a place, cut at a character.
    pub(crate) fn before(&self, at: usize, most: usize) -> &str {
        let mut start = at.saturating_sub(most);
        while !self.text.is_char_boundary(start) {
            start += 1;
        }
        &self.text[start..at]
    }

    /// The `most` bytes from a place on, cut at a character.
    pub(crate) fn after(&self, at: usize, most: usize) -> &str {
        let mut end = self.text.len().min(at + most);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[at..end]
    }

    pub(crate) fn char_before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    pub(crate) fn char_after(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    /// Whether no letter or digit touches the range.
    pub(crate) fn is_word(&self, range: &Range<usize>) -> bool {
        !self.char_before(range.start).is_some_and(is_word_char)
            && !self.char_after(range.end).is_some_and(is_word_char)
    }
}

/// What a word goes on with. A token of ours counts: it stands for a word.
pub(crate) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == SHIELD
}

/// Something that a recogniser takes for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) range: Range<usize>,
    pub(crate) entity: Entity,
    /// Out of 100; a checked check digit is worth more than a shape.
    pub(crate) score: u8,
    pub(crate) recogniser: &'static str,
}

/// What speaks for a candidate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reason {
    /// Whether its check digits are right, where it has some.
    pub(crate) check: Option<bool>,
    /// The word beside it that says what it is.
    pub(crate) cue: Option<Range<usize>>,
}

/// Finds one kind of value.
pub(crate) trait Recogniser: Send + Sync {
    /// What a message asks for, or announces for the next: "What is your order number?".
    fn announced_by(&self, _scene: &Scene<'_>) -> Vec<Entity> {
        Vec::new()
    }

    /// Adds every candidate in the text.
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>);

    /// What speaks for a candidate, for people who ask why; `None` when it is another recogniser's, or when its name
    /// says all.
    fn reason(&self, _scene: &Scene<'_>, _candidate: &Candidate) -> Option<Reason> {
        None
    }
}

/// All of them, with their patterns compiled.
pub(crate) fn all() -> Vec<Box<dyn Recogniser>> {
    vec![
        Box::new(email::Emails::new()),
        Box::new(url::Urls::new()),
        Box::new(card::Cards::new()),
        Box::new(card_security::CardSecurity::new()),
        Box::new(iban::Ibans::new()),
        Box::new(bic::Bics::new()),
        Box::new(crypto::Wallets::new()),
        Box::new(mac::MacAddresses),
        Box::new(mrz::Zones),
        Box::new(phone::Phones::new()),
        Box::new(ip::IpAddresses::new()),
        Box::new(date::Dates::new()),
        Box::new(address::Addresses::new()),
        Box::new(age::Ages),
        Box::new(reference::References::new()),
        Box::new(plate::Plates::new()),
        Box::new(username::Usernames),
        Box::new(secret::Secrets::new()),
        Box::new(introduced::Introductions),
        Box::new(initials::Initials::new()),
        Box::new(other_script::OtherScript),
        Box::new(spelled::Spelled),
        Box::new(spoken::SpokenNumbers),
        Box::new(pasted::Pasted::new()),
        Box::new(table::Tables),
        Box::new(continued::Continued::new()),
        Box::new(numbers::Numbered::new(numbers::KINDS)),
    ]
}

/// Those that read a text as a whole. What is masked already reads differently to them, so they read only what was
/// written.
pub(crate) fn models(names: Option<Arc<names_model::NamesModel>>) -> Vec<Box<dyn Recogniser>> {
    vec![Box::new(tagged::TaggedNames::new(names))]
}

/// Where a word stands that says what a value is: the last one before it, or else the first one after it.
pub(crate) fn cue_beside(
    cue: &regex::Regex,
    scene: &Scene<'_>,
    range: &Range<usize>,
    before: usize,
    after: usize,
) -> Option<Range<usize>> {
    let window = scene.before(range.start, before);
    let start = range.start - window.len();
    let last = cue.find_iter(window).last().map(|hit| start + hit.start()..start + hit.end());
    last.or_else(|| {
        let hit = cue.find(scene.after(range.end, after))?;
        Some(range.end + hit.start()..range.end + hit.end())
    })
}

/// Compiles a pattern of ours.
///
/// `\b` means the ASCII one: with Unicode's, the engine leaves its automaton for one that is thirty times slower
/// as soon as a text has a letter with an accent. It is used beside words that begin and end in ASCII.
pub(crate) fn pattern(source: &str) -> regex::Regex {
    regex::Regex::new(&source.replace(r"\b", r"(?-u:\b)"))
        .expect("patterns are constants, and a test compiles each of them")
}

#[cfg(test)]
pub(crate) fn found_by(recogniser: &dyn Recogniser, text: &str) -> Vec<String> {
    found_in(recogniser, &Scene::of(text))
}

#[cfg(test)]
pub(crate) fn found_in(recogniser: &dyn Recogniser, scene: &Scene<'_>) -> Vec<String> {
    let mut found = Vec::new();
    recogniser.find(scene, &mut found);
    found.into_iter().map(|candidate| scene.text[candidate.range].to_owned()).collect()
}
