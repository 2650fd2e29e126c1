//! Sentences that speak of what the GDPR protects most: the special categories of Art. 9(1), and criminal matters of
//! Art. 10.
//!
//! These are flags for whoever decides what may be done with a message, not values to mask: "I have diabetes" names
//! nobody. A sentence counts by a cue in one of seven languages. A cue that can mean nothing else counts by itself
//! ("chemotherapy"); one that has other meanings counts beside a word for a person ("my depression", not "a depression
//! over the Atlantic"), and not in a sentence about a computer.
//!
//! Cues find what is said plainly. What can only be inferred, they do not find.

mod cues;

use std::ops::Range;
use std::sync::OnceLock;

use serde::Serialize;

use crate::recognise::cues::CueIndex;
use crate::view::View;

/// A matter of Art. 9(1) or Art. 10 GDPR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Data concerning health.
    Health,
    /// Religious or philosophical beliefs.
    Belief,
    /// Sex life or sexual orientation.
    SexLife,
    /// Trade-union membership.
    TradeUnion,
    /// Biometric or genetic data.
    BiometricOrGenetic,
    /// Political opinions.
    Politics,
    /// Racial or ethnic origin.
    EthnicOrigin,
    /// Criminal convictions and offences (Art. 10).
    Criminal,
}

/// A sentence and what it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentenceCategory {
    /// The sentence, in bytes of the text as given.
    pub range: Range<usize>,
    /// What it speaks of. A sentence that speaks of two matters is there twice.
    pub category: Category,
    /// The cue that says so, folded: the first of the sentence.
    pub cue: &'static str,
}

/// What a cue is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It says so by itself.
    Alone(Category),
    /// It says so beside a word for a person.
    Personal(Category),
    /// A word for a person.
    Person,
    /// A sentence about a machine.
    Machine,
    /// A phrase in which a cue means something else.
    Idiom,
}

struct Cues {
    index: CueIndex,
    uses: Vec<(Use, &'static str)>,
}

/// Every sentence that speaks of a protected matter, in the order of the text.
#[must_use]
pub fn categories(text: &str) -> Vec<SentenceCategory> {
    static CUES: OnceLock<Cues> = OnceLock::new();
    let cues = CUES.get_or_init(Cues::new);
    let normal = View::normal(text);
    let folded = View::folded(normal.text());
    let hits: Vec<(Range<usize>, usize)> = cues.index.find(&folded).into_all();
    if hits.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut first = 0;
    for sentence in sentences(normal.text()) {
        first += hits[first..].iter().take_while(|(hit, _)| hit.end <= sentence.start).count();
        let mut inside: Vec<(Range<usize>, Use, &'static str)> = hits[first..]
            .iter()
            .take_while(|(hit, _)| hit.end <= sentence.end)
            .filter(|(hit, _)| hit.start >= sentence.start)
            .filter_map(|(hit, nth)| cues.uses.get(*nth).map(|(cue_use, cue)| (hit.clone(), *cue_use, *cue)))
            .collect();
        inside.sort_by_key(|(hit, _, _)| (hit.start, std::cmp::Reverse(hit.end)));
        for (category, cue) in spoken_of(&inside) {
            found.push(SentenceCategory { range: normal.origin(sentence.clone()), category, cue });
        }
    }
    found
}

/// What the cues of one sentence, in order, say together.
fn spoken_of(inside: &[(Range<usize>, Use, &'static str)]) -> Vec<(Category, &'static str)> {
    let has = |wanted: Use| inside.iter().any(|(_, cue_use, _)| *cue_use == wanted);
    let personal = has(Use::Person) && !has(Use::Machine);
    let idioms: Vec<&Range<usize>> =
        inside.iter().filter(|(_, cue_use, _)| *cue_use == Use::Idiom).map(|(hit, _, _)| hit).collect();
    let mut said: Vec<(Category, &'static str)> = Vec::new();
    for (hit, cue_use, cue) in inside {
        let category = match cue_use {
            Use::Alone(category) => *category,
            Use::Personal(category) if personal => *category,
            Use::Personal(_) | Use::Person | Use::Machine | Use::Idiom => continue,
        };
        let other_meaning = idioms.iter().any(|idiom| idiom.start <= hit.start && hit.end <= idiom.end);
        if !other_meaning && !said.iter().any(|(known, _)| *known == category) {
            said.push((category, cue));
        }
    }
    said
}

impl Cues {
    fn new() -> Self {
        let mut uses: Vec<(Use, &'static str)> = Vec::new();
        for (category, alone, personal) in cues::MATTERS {
            uses.extend(words(alone).map(|cue| (Use::Alone(category), cue)));
            uses.extend(words(personal).map(|cue| (Use::Personal(category), cue)));
        }
        uses.extend(words(cues::PERSON).map(|cue| (Use::Person, cue)));
        uses.extend(words(cues::MACHINE).map(|cue| (Use::Machine, cue)));
        uses.extend(words(cues::IDIOMS).map(|cue| (Use::Idiom, cue)));
        let index = CueIndex::new(uses.iter().enumerate().map(|(nth, (_, cue))| (nth, *cue)));
        Self { index, uses }
    }
}

/// The phrases of a list, which stand between commas.
fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').map(str::trim).filter(|cue| !cue.is_empty())
}

/// The sentences of a text: up to an end mark before a blank, or up to the end of a line. Blanks around are left out.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '\n' | '。' | '！' | '？' => true,
            '.' | '!' | '?' | '…' | ';' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            push_trimmed(text, start..at + c.len_utf8(), &mut sentences);
            start = at + c.len_utf8();
        }
    }
    push_trimmed(text, start..text.len(), &mut sentences);
    sentences
}

fn push_trimmed(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let written = &text[range.clone()];
    let start = range.end - written.trim_start().len();
    let end = range.start + written.trim_end().len();
    if start < end {
        sentences.push(start..end);
    }
}

#[cfg(test)]
mod tests;
