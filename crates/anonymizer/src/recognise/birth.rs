//! Dates of birth: a date ([`super::date`]) close to a word that says what it is, or asked for in the message before.

use std::ops::Range;

use super::date::{ahead, behind};
use super::marks::{Mark, Sign};
use super::{Candidate, Scene};
use crate::Entity;

pub(crate) const NAME: &str = "birth-date";

/// The words for birth in a text.
pub(super) struct Births {
    cues: Vec<Range<usize>>,
    asked: bool,
}

/// What may stand between the word and the date, in bytes.
const BETWEEN: usize = 40;

/// Words between "born" and the date.
const FILLERS: &[&str] = &[
    "is", "was", "ist", "war", "on", "am", "at", "in", "the", "of", "den", "el", "le", "il", "my", "i",
    "date", "day", "est", "es", "e", "het", "op", "de", "del", "di", "a", "it's", "it", "s", "to", "em", "o",
    "me", "ich", "bin", "dem", "der", "wurde", "d", "fue", "your",
];

impl Births {
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let text = scene.folded.text();
        let is_cue = |mark: &&Mark| match &text[mark.range.clone()] {
            // "nee" is "no" in Dutch, "ne" and "geb" are too short to stand alone.
            "ne" | "nee" => ahead(text, mark.range.end, 4).starts_with(" le"),
            "geb" => ahead(text, mark.range.end, 1).starts_with('.'),
            _ => true,
        };
        let cues = scene.marks().with(Sign::BIRTH).filter(is_cue).map(|mark| mark.range.clone()).collect();
        Self { cues, asked: scene.expects(Entity::BirthDate) }
    }

    /// Whether this date is one of birth.
    pub(super) fn announce(&self, scene: &Scene<'_>, range: &Range<usize>) -> bool {
        let text = scene.folded.text();
        let last = self.cues.partition_point(|cue| cue.end <= range.start);
        let before = last
            .checked_sub(1)
            .and_then(|nth| self.cues.get(nth))
            .is_some_and(|cue| range.start - cue.end <= BETWEEN && is_filler(&text[cue.end..range.start]));
        // "1984-05-03 (date of birth)".
        let after = self.cues.get(last).is_some_and(|cue| {
            cue.start - range.end <= 12 && {
                let between = text[range.end..cue.start].trim();
                matches!(
                    between,
                    "(" | "(date of" | "is my" | "is my date of" | "- date of" | "(geb. am" | "ist mein"
                )
            }
        });
        before || after || (self.asked && is_alone(text, range))
    }

    /// What is a date beside such a word only: `19840503`, `03 12 1984`, `3 May '84`.
    pub(super) fn add_looser(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if self.cues.is_empty() && !self.asked {
            return;
        }
        let text = scene.folded.text();
        for number in &scene.marks().numbers {
            let end = match number.range.len() {
                8 if number.end == number.range.end => number.end,
                1 | 2 => {
                    let Some(end) = spaced_date(text, number.range.start) else { continue };
                    end
                }
                _ => continue,
            };
            let range = number.range.start..end;
            let year = if number.range.len() == 8 {
                [&text[range.start..range.start + 4], &text[range.end - 4..range.end]]
                    .iter()
                    .any(|year| ["19", "20"].iter().any(|century| year.starts_with(century)))
            } else {
                true
            };
            let place = scene.folded.origin(range.clone());
            if year
                && self.announce(scene, &range)
                && !found.iter().any(|known| {
                    known.entity == Entity::BirthDate
                        && known.range.start < place.end
                        && place.start < known.range.end
                })
            {
                found.push(Candidate {
                    range: place,
                    entity: Entity::BirthDate,
                    score: 88,
                    recogniser: NAME,
                });
            }
        }
    }
}

/// `03 12 1984`.
fn spaced_date(text: &str, start: usize) -> Option<usize> {
    let written = ahead(text, start, 12);
    let mut at = 0;
    for (nth, part) in written.split(' ').take(3).enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let fits = match nth {
            0 | 1 => digits == part.len() && (1..=2).contains(&digits),
            _ => matches!(digits, 2 | 4),
        };
        if !fits {
            return None;
        }
        at += digits + usize::from(nth < 2);
        if nth == 2 && !written[at..].starts_with(|c: char| c.is_alphanumeric()) {
            return Some(start + at);
        }
    }
    None
}

fn is_filler(between: &str) -> bool {
    !between.contains(['.', '?', '!', ';', '\n'])
        && between
            .split(|c: char| !(c.is_alphanumeric() || c == '\''))
            .filter(|word| !word.is_empty())
            .all(|word| FILLERS.contains(&word))
        || between.trim_matches(|c: char| !c.is_alphanumeric()).is_empty()
        // "What is your date of birth? It's 3 May 1984".
        || between.trim_start().strip_prefix('?').is_some_and(|rest| {
            rest.split_whitespace().all(|word| FILLERS.contains(&word.trim_matches([':', ',', '.'])))
        })
        || between.trim().trim_end_matches(['.', ':']).trim().is_empty()
        || between.trim_start().strip_prefix('.').is_some_and(|rest| {
            rest.split_whitespace().all(|word| FILLERS.contains(&word.trim_matches([':', ',', '.'])))
        })
}

/// Whether the text says little besides the date.
fn is_alone(text: &str, range: &Range<usize>) -> bool {
    let around = |part: &str| {
        part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| {
            FILLERS.contains(&word)
                || ["sure", "yes", "ja", "si", "oui", "sim", "thanks", "danke"].contains(&word)
        })
    };
    around(behind(text, range.start, 64)) && around(ahead(text, range.end, 64))
}

#[cfg(test)]
mod tests {
    use crate::Entity;
    use crate::recognise::date::Dates;
    use crate::recognise::{Recogniser, Scene};

    fn births(scene: &Scene<'_>) -> Vec<String> {
        let mut found = Vec::new();
        Dates::new().find(scene, &mut found);
        found.retain(|candidate| candidate.entity == Entity::BirthDate);
        found.into_iter().map(|candidate| scene.text[candidate.range].to_owned()).collect()
    }

    #[test]
    fn dates_beside_a_word_for_birth_are_found() {
        for (text, date) in [
            ("DOB: 03/12/1984", "03/12/1984"),
            ("I was born on 3 May 1984 in Ulm", "3 May 1984"),
            ("date of birth is May 3rd, 1984.", "May 3rd, 1984"),
            ("Geburtsdatum: 03.05.1984", "03.05.1984"),
            ("ich bin am geboren 3. Mai 1984", "3. Mai 1984"),
            ("birthday 1984-05-03", "1984-05-03"),
            ("née le 3 mai 1984", "3 mai 1984"),
            ("geb. 3.5.1984", "3.5.1984"),
            ("fecha de nacimiento: 3 de mayo de 1984", "3 de mayo de 1984"),
            ("nato il 3 maggio 1984", "3 maggio 1984"),
            ("geboren op 3 mei 1984", "3 mei 1984"),
            ("data de nascimento 03/05/1984", "03/05/1984"),
            ("dob 19840503", "19840503"),
            ("date of birth 03 05 1984", "03 05 1984"),
            ("What is your date of birth? It's 6/24/1991", "6/24/1991"),
        ] {
            assert_eq!(births(&Scene::of(text)), [date], "{text}");
        }
    }

    #[test]
    fn a_bare_date_counts_when_it_was_asked_for() {
        let scene = |text| Scene { expected: &[Entity::BirthDate], ..Scene::of(text) };
        assert_eq!(births(&scene("03.05.1984")), ["03.05.1984"]);
        assert_eq!(births(&scene("it came on 03.05.2024 and broke")), Vec::<String>::new());
    }

    #[test]
    fn other_dates_stay() {
        for text in [
            "delivered on 03.05.2024",
            "born to run",
            "it is my birthday present from 2 friends",
            "since May 3",
            "nee 3 mei 2024",
        ] {
            assert_eq!(births(&Scene::of(text)), Vec::<String>::new(), "{text}");
        }
    }
}
