//! Counts what was found against what people marked.
//!
//! *Exact*: same ends and same family. *Overlap*: a common character and same family; precision counts the spans that
//! were found, recall those that are marked. *Any*: marked spans of which a character was covered as anything at all.
//! *Characters*: the share of marked characters, without blanks, that were covered as anything.

use std::collections::BTreeMap;
use std::ops::{AddAssign, Range};

use serde::Serialize;

use super::families::{CORE, Family, Meaning};
use super::gold::Gold;

/// A span that was found.
pub(super) struct Prediction {
    pub(super) range: Range<usize>,
    pub(super) family: Family,
}

/// Whether spans over labels that are arguable count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arguable {
    /// They are neither right nor wrong.
    Passed,
    /// They are wrong.
    Counted,
}

/// What was counted for one family, or for several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    gold: usize,
    found: usize,
    exact: usize,
    gold_overlapped: usize,
    found_overlapping: usize,
    gold_touched: usize,
    characters: usize,
    characters_covered: usize,
}

/// Messages in which nobody marked anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Alarms {
    pub(super) messages: usize,
    pub(super) alarmed: usize,
    pub(super) per_100: f64,
}

/// Counts over all messages.
pub(super) struct Score {
    arguable: Arguable,
    families: BTreeMap<Family, Counts>,
    messages: usize,
    silent: usize,
    alarmed: usize,
}

impl Score {
    pub(super) fn new(arguable: Arguable) -> Self {
        Self { arguable, families: BTreeMap::new(), messages: 0, silent: 0, alarmed: 0 }
    }

    /// Counts one message: of its gold the families that are asked for, of which alone `found` consists.
    pub(super) fn add(
        &mut self,
        text: &str,
        gold: &[Gold],
        found: &[Prediction],
        asked: impl Fn(Family) -> bool,
    ) {
        self.messages += 1;
        if gold.is_empty() {
            self.silent += 1;
            self.alarmed += usize::from(!found.is_empty());
        }
        for marked in gold {
            let Meaning::Family(family) = marked.meaning else { continue };
            if !asked(family) {
                continue;
            }
            let counts = self.families.entry(family).or_default();
            counts.gold += 1;
            let touching: Vec<&Prediction> =
                found.iter().filter(|span| overlap(&span.range, &marked.range)).collect();
            counts.gold_touched += usize::from(!touching.is_empty());
            counts.gold_overlapped += usize::from(touching.iter().any(|span| span.family == family));
            counts.exact +=
                usize::from(touching.iter().any(|span| span.family == family && span.range == marked.range));
            for (at, c) in text.get(marked.range.clone()).into_iter().flat_map(str::char_indices) {
                if !c.is_whitespace() {
                    let at = marked.range.start + at;
                    counts.characters += 1;
                    counts.characters_covered +=
                        usize::from(touching.iter().any(|span| span.range.contains(&at)));
                }
            }
        }
        for span in found {
            let right = gold.iter().any(|marked| {
                marked.meaning == Meaning::Family(span.family) && overlap(&span.range, &marked.range)
            });
            let passed = self.arguable == Arguable::Passed
                && gold
                    .iter()
                    .any(|marked| marked.meaning == Meaning::Arguable && overlap(&span.range, &marked.range));
            if right || !passed {
                let counts = self.families.entry(span.family).or_default();
                counts.found += 1;
                counts.found_overlapping += usize::from(right);
            }
        }
    }

    pub(super) fn report(&self) -> Report {
        let sum = |only: &dyn Fn(Family) -> bool| {
            let mut sum = Counts::default();
            self.families.iter().filter(|(family, _)| only(family)).for_each(|(_, counts)| sum += *counts);
            Figures::from(sum)
        };
        Report {
            messages: self.messages,
            types: self.families.iter().map(|(family, counts)| (*family, Figures::from(*counts))).collect(),
            all: sum(&|_| true),
            core: sum(&|family| CORE.contains(&family)),
            false_alarms: Alarms {
                messages: self.silent,
                alarmed: self.alarmed,
                per_100: 100.0 * share(self.alarmed, self.silent),
            },
        }
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.gold += other.gold;
        self.found += other.found;
        self.exact += other.exact;
        self.gold_overlapped += other.gold_overlapped;
        self.found_overlapping += other.found_overlapping;
        self.gold_touched += other.gold_touched;
        self.characters += other.characters;
        self.characters_covered += other.characters_covered;
    }
}

/// Everything that is printed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) messages: usize,
    pub(super) types: BTreeMap<Family, Figures>,
    pub(super) all: Figures,
    /// The eight families that are compared with published figures.
    pub(super) core: Figures,
    pub(super) false_alarms: Alarms,
}

/// One row.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Figures {
    pub(super) gold: usize,
    pub(super) found: usize,
    pub(super) exact: Rates,
    pub(super) overlap: Rates,
    /// The share of marked spans that were covered in part or whole as anything.
    pub(super) any_recall: f64,
    /// The share of marked characters that were covered as anything.
    pub(super) character_recall: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Rates {
    pub(super) precision: f64,
    pub(super) recall: f64,
    pub(super) f1: f64,
}

impl From<Counts> for Figures {
    fn from(counts: Counts) -> Self {
        Self {
            gold: counts.gold,
            found: counts.found,
            exact: Rates::new(share(counts.exact, counts.found), share(counts.exact, counts.gold)),
            overlap: Rates::new(
                share(counts.found_overlapping, counts.found),
                share(counts.gold_overlapped, counts.gold),
            ),
            any_recall: share(counts.gold_touched, counts.gold),
            character_recall: share(counts.characters_covered, counts.characters),
        }
    }
}

impl Rates {
    fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        Self { precision, recall, f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 } }
    }
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(range: Range<usize>) -> Prediction {
        Prediction { range, family: "PERSON" }
    }

    fn marked(range: Range<usize>, meaning: Meaning) -> Gold {
        Gold { range, meaning }
    }

    #[test]
    fn exact_overlap_any_and_characters_are_counted_apart() {
        let mut score = Score::new(Arguable::Passed);
        let gold = [
            marked(0..5, Meaning::Family("PERSON")),
            marked(6..15, Meaning::Family("PERSON")),
            marked(16..20, Meaning::Family("LOCATION")),
        ];
        // One exact, one in part, a place taken for a person, and one person where there is nothing.
        score.add(
            "Sarah Tom Lippe Bonn nobody",
            &gold,
            &[person(0..5), person(6..9), person(16..20), person(21..27)],
            |_| true,
        );
        let report = score.report();
        let row = report.types["PERSON"];
        assert_eq!((row.gold, row.found), (2, 4));
        assert!((row.exact.precision - 0.25).abs() < 1e-9 && (row.exact.recall - 0.5).abs() < 1e-9);
        assert!((row.overlap.precision - 0.5).abs() < 1e-9 && (row.overlap.recall - 1.0).abs() < 1e-9);
        // "Sarah", "Tom" of "TomLippe".
        assert!((row.character_recall - 8.0 / 13.0).abs() < 1e-9);
        let place = report.types["LOCATION"];
        assert!(place.overlap.recall.abs() < 1e-9 && (place.any_recall - 1.0).abs() < 1e-9);
    }

    #[test]
    fn alarms_count_messages_and_arguable_spans_count_when_asked() {
        for (arguable, found) in [(Arguable::Passed, 1), (Arguable::Counted, 2)] {
            let mut score = Score::new(arguable);
            score.add("nobody", &[], &[person(0..3), person(3..6)], |_| true);
            score.add("nothing", &[], &[], |_| true);
            let mut with = Score::new(arguable);
            with.add("Nero Tom", &[marked(0..4, Meaning::Arguable)], &[person(0..4), person(5..8)], |_| true);
            assert_eq!(with.report().types["PERSON"].found, found);
            let alarms = score.report().false_alarms;
            assert_eq!((alarms.messages, alarms.alarmed), (2, 1));
            assert!((alarms.per_100 - 50.0).abs() < 1e-9);
        }
    }
}
