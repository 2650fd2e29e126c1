//! Dates of birth: a date, in the ways people write one, close to a word that says what it is.

use regex::Regex;

use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct BirthDates {
    announced: Regex,
    date: Regex,
}

impl BirthDates {
    pub(crate) fn new() -> Self {
        let month = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|févr|mars|avr|juin|juil|août|sept|déc|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)[a-zäöüéûA-Z]*\.?";
        let day = r"[0-9]{1,2}(?:st|nd|rd|th)?";
        let year = r"(?:(?:19|20)[0-9]{2}|'?[0-9]{2})";
        let date = format!(
            r"(?:(?:19|20)[0-9]{{2}}[-./][0-9]{{1,2}}[-./][0-9]{{1,2}}|[0-9]{{1,2}}[-./ ][0-9]{{1,2}}[-./ ]{year}|{day}\.? (?:of |de )?{month}(?:,? (?:de )?{year})?|{month} {day}(?:,? {year})?|(?:19|20)[0-9]{{6}})"
        );
        let cue = r"(?:d\.?o\.?b\.?|date of birth|birth ?date|birth ?day|born|b-?day|geburtsdatum|geburtstag|geboren|geb\.|né le|née le|date de naissance|naissance|fecha de nacimiento|nac[ií]\w*|nato il|nata il|data di nascita|geboortedatum|geboren op)";
        Self {
            announced: pattern(&format!(
                r"(?i)\b{cue}(?:\s|[:=,(-]|\b(?:is|was|ist|on|am|at|in|the|of|den|el|le|il|den|my|i|in)\b){{0,12}}({date})"
            )),
            date: pattern(&format!(r"(?i)^\W{{0,3}}({date})\W{{0,3}}$")),
        }
    }
}

impl Recogniser for BirthDates {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let announced = self.announced.captures_iter(scene.text);
        let asked = self.date.captures(scene.text).filter(|_| scene.expects(Entity::BirthDate));
        for captures in announced.chain(asked) {
            if let Some(date) = captures.get(1)
                && scene.is_word(&date.range())
            {
                let range = date.range();
                found.push(Candidate {
                    range,
                    entity: Entity::BirthDate,
                    score: 89,
                    recogniser: "birth-date",
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::{found_by, found_in};

    fn dates(text: &str) -> Vec<String> {
        found_by(&BirthDates::new(), text)
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
        ] {
            assert_eq!(dates(text), [date], "{text}");
        }
    }

    #[test]
    fn a_bare_date_counts_when_it_was_asked_for() {
        let scene = |text| Scene { expected: &[Entity::BirthDate], ..Scene::of(text) };
        assert_eq!(found_in(&BirthDates::new(), &scene("03.05.1984")), ["03.05.1984"]);
        assert_eq!(
            found_in(&BirthDates::new(), &scene("it came on 03.05.2024 and broke")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn other_dates_stay() {
        for text in [
            "delivered on 03.05.2024",
            "born to run",
            "it is my birthday present from 2 friends",
            "since May 3",
        ] {
            assert_eq!(dates(text), Vec::<String>::new(), "{text}");
        }
    }
}
