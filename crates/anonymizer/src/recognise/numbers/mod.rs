//! Numbers with a fixed form, one file for each kind: one pass finds what may be one, and each kind of number is a table entry with its form,
//! its check digits and its cues.
//!
//! A candidate is a row of groups of letters and digits with a short separator between them ("AB 12 34 56 C",
//! "485-777-3456"). It is compared without its separators, in capitals.
//!
//! A number that passes its check counts beside its cue, and by itself where its form is rare enough. One that fails
//! its check counts beside its cue only, with a lower score: people mistype.

use std::ops::Range;

use super::cues::CueIndex;
use super::{Candidate, Recogniser, Scene};
use crate::Entity;

mod imei;
mod passport;
mod uk_nhs;

/// Every kind, in the order of their files.
pub(crate) const KINDS: &[&NumberKind] = &[&imei::KIND, &passport::KIND, &uk_nhs::KIND];

/// The narrower name of what a recogniser finds, where it has one.
pub(crate) fn reported(recogniser: &str) -> Option<&'static str> {
    KINDS.iter().find(|kind| kind.name == recogniser).and_then(|kind| kind.reported)
}

/// The kind of value that a narrower name is given to.
pub(crate) fn named(reported: &str) -> Option<Entity> {
    KINDS.iter().find(|kind| kind.reported == Some(reported)).map(|kind| kind.entity)
}

/// Groups in a candidate at most.
const GROUPS: usize = 9;
/// Letters and digits in a candidate at most.
const LENGTH: usize = 34;
/// How much of the end of a message may ask for a number, in bytes.
const QUESTION: usize = 80;
/// Letters in a group without digits at most.
const LETTERS: usize = 4;

/// What the check digits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// They are right.
    Right,
    /// They are wrong: mistyped, or another number.
    Wrong,
    /// The kind has none.
    Nothing,
}

impl Check {
    pub(crate) fn of(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

/// One kind of number.
pub(crate) struct NumberKind {
    /// What it becomes.
    pub(crate) entity: Entity,
    /// The recogniser's name, as in `uk-nhs`.
    pub(crate) name: &'static str,
    /// The narrower name that other programs know it by ("UK_NHS"), where there is one.
    pub(crate) reported: Option<&'static str>,
    /// The forms without separators: `9` is a digit, `A` a letter, `X` either, anything else itself.
    pub(crate) shapes: &'static [&'static str],
    /// How it is written in groups when it stands without a cue; unbroken is always allowed.
    pub(crate) groupings: &'static [&'static [usize]],
    /// Reads the number without separators, in capitals, of one of the shapes.
    pub(crate) check: fn(&str) -> Check,
    /// What stands beside it, folded; see [`super::cues`].
    pub(crate) cues: &'static [&'static str],
    /// The score without a cue when the check is right; `None` where the form alone says too little.
    pub(crate) alone: Option<u8>,
    /// The score beside a cue when the check is right or there is none.
    pub(crate) announced: u8,
    /// The score beside a cue when the check is wrong.
    pub(crate) mistyped: Option<u8>,
}

/// All kinds of number, one pass.
pub(crate) struct Numbered {
    kinds: &'static [&'static NumberKind],
    /// Kinds by the length of their shapes: (kind, shape).
    by_length: Vec<Vec<(usize, &'static str)>>,
    cues: CueIndex,
}

impl Numbered {
    pub(crate) fn new(kinds: &'static [&'static NumberKind]) -> Self {
        let mut by_length: Vec<Vec<(usize, &'static str)>> = vec![Vec::new(); LENGTH + 1];
        for (nth, kind) in kinds.iter().enumerate() {
            for shape in kind.shapes {
                if let Some(same) = by_length.get_mut(shape.len()) {
                    same.push((nth, *shape));
                }
            }
        }
        let cues = CueIndex::new(
            kinds.iter().enumerate().flat_map(|(nth, kind)| kind.cues.iter().map(move |cue| (nth, *cue))),
        );
        Self { kinds, by_length, cues }
    }
}

impl Recogniser for Numbered {
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let end = scene.text.len();
        let hits = self.cues.find(&scene.folded);
        let asked = hits.owners_in(end - scene.before(end, QUESTION).len()..end);
        asked.filter_map(|nth| self.kinds.get(nth)).map(|kind| kind.entity).collect()
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !scene.text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let cues = self.cues.find(&scene.folded);
        let groups = groups(scene.text);
        let mut compact = String::with_capacity(LENGTH);
        let mut lengths = Vec::with_capacity(GROUPS);
        for first in 0..groups.len() {
            compact.clear();
            lengths.clear();
            let mut digits = false;
            for nth in first..groups.len().min(first + GROUPS) {
                let group = &groups[nth];
                if compact.len() + group.range.len() > LENGTH || (nth > first && !group.joined) {
                    break;
                }
                compact.push_str(&scene.text[group.range.clone()]);
                compact.make_ascii_uppercase();
                lengths.push(group.range.len());
                digits |= group.digits;
                if !digits {
                    continue;
                }
                let range = groups[first].range.start..group.range.end;
                if !scene.is_word(&range) {
                    continue;
                }
                for (kind_nth, shape) in self.by_length.get(compact.len()).map_or(&[][..], Vec::as_slice) {
                    let Some(kind) = self.kinds.get(*kind_nth) else { continue };
                    if !has_shape(&compact, shape) {
                        continue;
                    }
                    let announced = scene.expects(kind.entity) || cues.beside(*kind_nth, &range);
                    if let Some(score) = score(kind, &compact, &lengths, announced) {
                        found.push(Candidate {
                            range: range.clone(),
                            entity: kind.entity,
                            score,
                            recogniser: kind.name,
                        });
                    }
                }
            }
        }
    }
}

fn score(kind: &NumberKind, compact: &str, lengths: &[usize], announced: bool) -> Option<u8> {
    let grouped = lengths.len() == 1 || kind.groupings.contains(&lengths);
    if !announced && (kind.alone.is_none() || !grouped) {
        return None;
    }
    match ((kind.check)(compact), announced) {
        (Check::Right | Check::Nothing, true) => Some(kind.announced),
        (Check::Wrong, true) => kind.mistyped,
        (Check::Right | Check::Nothing, false) => kind.alone,
        (Check::Wrong, false) => None,
    }
}

fn has_shape(compact: &str, shape: &str) -> bool {
    compact.bytes().zip(shape.bytes()).all(|(byte, form)| match form {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        b'X' => byte.is_ascii_alphanumeric(),
        other => byte == other,
    })
}

/// A run of ASCII letters and digits that may be part of a number.
struct Group {
    range: Range<usize>,
    digits: bool,
    /// Whether only a short separator stands between it and the group before.
    joined: bool,
}

/// Every run that has digits, and short runs of letters beside one.
fn groups(text: &str) -> Vec<Group> {
    let bytes = text.as_bytes();
    let mut groups: Vec<Group> = Vec::new();
    // Where the last group ended, unless a long word stood between.
    let mut last_end = None;
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_alphanumeric).map(|offset| at + offset) {
        let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        at = start + length;
        let digits = bytes[start..at].iter().any(u8::is_ascii_digit);
        if length > LENGTH || !(digits || length <= LETTERS) {
            last_end = None;
            continue;
        }
        let joined = last_end.is_some_and(|end| is_separator(&bytes[end..start]));
        groups.push(Group { range: start..at, digits, joined });
        last_end = Some(at);
    }
    groups
}

fn is_separator(between: &[u8]) -> bool {
    between.len() <= 3 && between.iter().all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'<'))
}

/// The digits of a compact number as values; letters are left out.
pub(crate) fn digits(compact: &str) -> Vec<u32> {
    compact.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// The sum of digits times weights; shorter of the two ends it.
pub(crate) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The Luhn check (ISO/IEC 7812-1, annex B), the check digit last.
pub(crate) fn passes_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(nth, digit)| match (nth % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    digits.len() > 1 && sum.is_multiple_of(10)
}

/// What of one kind is found in a text, in the order of the text.
#[cfg(test)]
pub(crate) fn found_of_kind(kind: &'static NumberKind, text: &str) -> Vec<String> {
    let kinds: &'static [&'static NumberKind] = Box::leak(Box::new([kind]));
    super::found_by(&Numbered::new(kinds), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_well_formed() {
        let names: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len(), "a name is given twice");
        for kind in KINDS {
            assert!(kind.shapes.iter().all(|shape| (4..=LENGTH).contains(&shape.len())), "{}", kind.name);
            assert!(kind.mistyped.is_none_or(|score| score < kind.announced), "{}", kind.name);
            for cue in kind.cues {
                assert_eq!(*cue, crate::view::fold_value(cue), "{}: a cue is written folded", kind.name);
            }
        }
    }

    #[test]
    fn a_long_word_parts_what_stands_around_it() {
        let groups = groups("AB 12 34 conversation 56-C");
        let joined: Vec<_> = groups.iter().map(|group| group.joined).collect();
        assert_eq!(joined, [false, true, true, false, true]);
    }
}
