//! Looks the values of a conversation up in any text, in whatever form they come back.
//!
//! The same index serves the masker (every value already known is looked for in each later message) and the
//! [`LeakGuard`] (nothing of the vault may be in what leaves), so the guard never stops what the masker made.
//!
//! Forms of a value: folded (case, accents, look-alike letters), its parts if it is a name, and its digits with
//! any separators between them. Floors, so that ordinary text is not taken for a value:
//! - A value with fewer than seven digits, like an order number, counts only where no other digit touches it: a
//!   longer number is another number.
//! - Names of two to five letters count only as whole words, and those under four are not guarded: "al" and
//!   "bo" occur in every long text, and the masker has replaced the name itself.
//! - A name that is also a common word ("May", "Will") counts only where it is capitalised in mid-sentence or
//!   beside another part of the name, and is not guarded alone; the whole name is.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::Entity;
use crate::names;
use crate::view::fold_value;

/// Digits from which on a number is looked for with any separators, also inside a longer number.
const LONG_NUMBER: usize = 7;
/// Letters and digits from which on a form is looked for inside words too.
const LONG_FORM: usize = 6;
/// The shortest form that the guard looks for.
const GUARDED_FORM: usize = 4;
/// Characters that may stand between two digits of one number.
const SEPARATORS: usize = 3;

/// What must be beside an occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Edge {
    /// Anything.
    Free,
    /// No letter, no digit.
    Word,
    /// No digit.
    Number,
}

#[derive(Clone, Debug)]
struct Form {
    text: String,
    value: usize,
    edge: Edge,
    common_word: bool,
    guarded: bool,
}

/// An occurrence of a known value.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// In the folded text.
    pub(crate) range: Range<usize>,
    pub(crate) value: usize,
    /// A common word that is also a name: whoever knows its case decides.
    pub(crate) common_word: bool,
    pub(crate) guarded: bool,
}

/// The forms of some values, ready to be looked for. Pattern copies inside are not wiped when dropped; an
/// index lives as long as one message is being answered.
///
/// A value that is new goes into a layer of its own, so that a message costs what it brings and not what the
/// conversation holds; layers are made one when there are too many.
pub(crate) struct ValueIndex {
    layers: Vec<Arc<Layer>>,
    entities: Vec<Entity>,
}

/// The forms of the values that came together.
#[derive(Default)]
struct Layer {
    forms: Vec<Form>,
    digit_forms: Vec<Form>,
    in_text: OnceLock<Option<AhoCorasick>>,
    in_digits: OnceLock<Option<AhoCorasick>>,
}

/// From how many layers on they are made one.
const LAYERS: usize = 6;
/// A text of fewer bytes times forms is searched form by form: that costs less than building an automaton.
const SHORT: usize = 16 * 1024;

impl ValueIndex {
    /// `values` in the order that [`Hit::value`] counts: the kind and every spelling.
    pub(crate) fn new<'a>(values: impl Iterator<Item = (Entity, Vec<&'a str>)>) -> Self {
        let mut layer = Layer::default();
        let mut entities = Vec::new();
        for (value, (entity, spellings)) in values.enumerate() {
            entities.push(entity);
            layer.add_all(value, entity, &spellings);
        }
        layer.finish();
        Self { layers: vec![Arc::new(layer)], entities }
    }

    /// The same with values that were added or got another spelling: their place, their kind and every spelling.
    /// `None` when it is time to make one layer of all.
    pub(crate) fn with<'a>(
        &self,
        changed: impl Iterator<Item = (usize, Entity, Vec<&'a str>)>,
    ) -> Option<Self> {
        if self.layers.len() >= LAYERS {
            return None;
        }
        let mut layer = Layer::default();
        let mut entities = self.entities.clone();
        for (value, entity, spellings) in changed {
            if value >= entities.len() {
                entities.resize(value + 1, entity);
            }
            if let Some(known) = entities.get_mut(value) {
                *known = entity;
            }
            layer.add_all(value, entity, &spellings);
        }
        layer.finish();
        let layers = self.layers.iter().cloned().chain([Arc::new(layer)]).collect();
        Some(Self { layers, entities })
    }

    pub(crate) fn entity(&self, value: usize) -> Option<Entity> {
        self.entities.get(value).copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.layers.iter().all(|layer| layer.forms.is_empty() && layer.digit_forms.is_empty())
    }

    /// Every occurrence in a text that was folded, overlapping ones too.
    pub(crate) fn find(&self, folded: &str, found: &mut Vec<Hit>) {
        for layer in &self.layers {
            search(&layer.forms, &layer.in_text, folded, |nth, range| {
                keep(&layer.forms, nth, range, folded, |range| range, found);
            });
        }
        if self.layers.iter().all(|layer| layer.digit_forms.is_empty()) {
            return;
        }
        let joined = JoinedDigits::of(folded);
        if joined.digits.len() < LONG_NUMBER {
            return;
        }
        for layer in &self.layers {
            search(&layer.digit_forms, &layer.in_digits, &joined.digits, |nth, range| {
                keep(&layer.digit_forms, nth, range, &joined.digits, |range| joined.origin(range), found);
            });
        }
    }
}

/// Calls for each occurrence of each form.
fn search(
    forms: &[Form],
    automaton: &OnceLock<Option<AhoCorasick>>,
    text: &str,
    mut hit: impl FnMut(usize, Range<usize>),
) {
    let bytes: usize = forms.iter().map(|form| form.text.len()).sum();
    if automaton.get().is_none() && text.len().saturating_mul(forms.len()) <= SHORT && bytes <= SHORT {
        search_short(forms, text, hit);
        return;
    }
    if let Some(automaton) = automaton.get_or_init(|| build(forms)) {
        for found in automaton.find_overlapping_iter(text) {
            hit(found.pattern().as_usize(), found.range());
        }
    }
}

/// One look at each byte, and at the forms that begin with it.
fn search_short(forms: &[Form], text: &str, mut hit: impl FnMut(usize, Range<usize>)) {
    let mut begins = [false; 256];
    for first in forms.iter().filter_map(|form| form.text.bytes().next()) {
        begins[usize::from(first)] = true;
    }
    let bytes = text.as_bytes();
    for (start, _) in bytes.iter().enumerate().filter(|(_, byte)| begins[usize::from(**byte)]) {
        for (nth, form) in forms.iter().enumerate() {
            if bytes[start..].starts_with(form.text.as_bytes()) {
                hit(nth, start..start + form.text.len());
            }
        }
    }
}

fn keep(
    forms: &[Form],
    nth: usize,
    range: Range<usize>,
    text: &str,
    origin: impl Fn(Range<usize>) -> Range<usize>,
    found: &mut Vec<Hit>,
) {
    let Some(form) = forms.get(nth) else {
        return;
    };
    if edge_holds(form.edge, text, range.clone()) {
        found.push(Hit {
            range: origin(range),
            value: form.value,
            common_word: form.common_word,
            guarded: form.guarded,
        });
    }
}

impl Layer {
    fn add_all(&mut self, value: usize, entity: Entity, spellings: &[&str]) {
        // Look-alikes of tokens are no personal values, and tokens themselves would match them.
        if entity != Entity::Text {
            for spelling in spellings {
                self.add(value, entity, spelling);
            }
        }
    }

    fn finish(&mut self) {
        self.forms.sort_by(|a, b| (&a.text, a.value).cmp(&(&b.text, b.value)));
        self.forms.dedup_by(|a, b| a.text == b.text && a.edge == b.edge && a.common_word == b.common_word);
    }

    fn add(&mut self, value: usize, entity: Entity, spelling: &str) {
        let folded = fold_value(spelling);
        let whole = folded.trim();
        self.push(value, whole, entity == Entity::Person && names::is_word_too(whole), false);
        if entity == Entity::Person {
            for part in names::forms(spelling) {
                self.push(value, &part.text, part.common_word, part.short);
            }
        }
        let national = (entity == Entity::Phone).then(|| crate::recognise::phone::national(whole));
        let joined = JoinedDigits::of(whole);
        for run in joined.digits.split(BREAK).chain(national.as_deref()) {
            if run.len() >= LONG_NUMBER {
                self.digit_forms.push(Form {
                    text: run.to_owned(),
                    value,
                    edge: Edge::Free,
                    common_word: false,
                    guarded: true,
                });
            }
        }
    }

    fn push(&mut self, value: usize, text: &str, common_word: bool, short: bool) {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let size = letters + digits;
        if size < 2 || (digits > 0 && size < GUARDED_FORM) {
            return;
        }
        let edge = match (letters, digits) {
            (0, 0..LONG_NUMBER) => Edge::Number,
            _ if size < LONG_FORM => Edge::Word,
            _ => Edge::Free,
        };
        let guarded = size >= GUARDED_FORM && !common_word;
        let edge = if common_word || short { Edge::Word } else { edge };
        self.forms.push(Form { text: text.to_owned(), value, edge, common_word, guarded });
    }
}

fn build(forms: &[Form]) -> Option<AhoCorasick> {
    if forms.is_empty() {
        return None;
    }
    // Cheap to build rather than fast to use: it serves a message or two.
    // Building fails only beyond 2^31 states, more than a bounded message can hold.
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .match_kind(MatchKind::Standard)
        .build(forms.iter().map(|form| form.text.as_str()))
        .ok()
}

fn edge_holds(edge: Edge, text: &str, range: Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let clear = |touches: fn(char) -> bool| !before.is_some_and(touches) && !after.is_some_and(touches);
    match edge {
        Edge::Free => true,
        Edge::Word => clear(|c| c.is_alphanumeric() || c == SHIELD),
        Edge::Number => clear(|c| c.is_ascii_digit()),
    }
}

const BREAK: char = '|';

/// The digits of a text without what separates them; a letter, or much else between two digits, is a break.
struct JoinedDigits {
    digits: String,
    at: Vec<u32>,
}

impl JoinedDigits {
    fn of(text: &str) -> Self {
        let mut joined = Self { digits: String::new(), at: Vec::new() };
        let mut between = 0;
        let mut broken = false;
        for (at, c) in text.char_indices() {
            if c.is_ascii_digit() {
                if (broken || between > SEPARATORS) && !joined.digits.is_empty() {
                    joined.push(BREAK, at);
                }
                joined.push(c, at);
                (between, broken) = (0, false);
            } else if c.is_alphabetic() || c == SHIELD {
                broken = true;
            } else {
                between += 1;
            }
        }
        joined
    }

    fn push(&mut self, c: char, at: usize) {
        self.digits.push(c);
        self.at.push(u32::try_from(at).unwrap_or(u32::MAX));
    }

    fn origin(&self, range: Range<usize>) -> Range<usize> {
        match (self.at.get(range.start), self.at.get(range.end.saturating_sub(1))) {
            (Some(first), Some(last)) => *first as usize..*last as usize + 1,
            _ => 0..0,
        }
    }
}

/// Stands for each byte of a token of ours while the text around it is searched: it joins nothing.
pub(crate) const SHIELD: char = '\u{1a}';
