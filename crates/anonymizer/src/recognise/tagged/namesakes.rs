//! What bears a person's name and is nobody: "Charles de Gaulle International Airport", "Hotel Marta", "Amador
//! Apartments". As a person it would be looked for in the whole conversation, and with it every town of that name.

use std::ops::Range;

use crate::names::is_particle;
use crate::tagger::{Label, Tagged, is_given_name, is_used};
use crate::view::fold_value;

/// What a place is called behind its name, folded.
const PLACE_LAST: &[&str] = &[
    "airport",
    "station",
    "terminal",
    "stadium",
    "arena",
    "museum",
    "boulevard",
    "plaza",
    "apartments",
    "flughafen",
    "bahnhof",
    "hauptbahnhof",
    "luchthaven",
    "vliegveld",
];

/// What a place is called before its name.
const PLACE_FIRST: &[&str] = &[
    "aeropuerto",
    "aeroport",
    "aeroporto",
    "gare",
    "estacion",
    "estacao",
    "stazione",
    "flughafen",
    "bahnhof",
    "luchthaven",
];

/// What a house open to guests, patients or students is called behind its name.
const HOUSE_LAST: &[&str] = &[
    "hotel",
    "hostel",
    "motel",
    "resort",
    "suites",
    "restaurant",
    "cafe",
    "bistro",
    "pizzeria",
    "steakhouse",
    "cuisine",
    "pharmacy",
    "hospital",
    "clinic",
    "university",
    "college",
    "academy",
    "institute",
    "theatre",
    "theater",
    "klinik",
    "krankenhaus",
    "apotheke",
    "universiteit",
    "ziekenhuis",
];

/// The same before its name.
const HOUSE_FIRST: &[&str] = &[
    "hotel",
    "hostal",
    "restaurant",
    "restaurante",
    "ristorante",
    "trattoria",
    "pizzeria",
    "cafe",
    "clinica",
    "clinique",
    "klinik",
    "hospital",
    "hopital",
    "ospedale",
    "farmacia",
    "pharmacie",
    "universidad",
    "universita",
    "universite",
    "universidade",
];

/// How many words may stand between a name and what it is the name of.
const BETWEEN: usize = 3;

/// Tells people from their namesakes, and leaves everyday words at the ends of a name to the sentence.
pub(super) fn settle(text: &str, tagged: &mut Vec<Tagged>) {
    let mut until = 0;
    tagged.retain_mut(|name| {
        if name.range.start < until {
            return false;
        }
        if name.label == Label::Person {
            trim(text, &mut name.range);
            if let Some((label, range)) = namesake(text, &name.range) {
                name.label = label;
                name.range = range;
                until = name.range.end;
            }
        }
        true
    });
}

/// "to mahmoud checking": a word in small letters that is no name ends the name before it.
fn trim(text: &str, range: &mut Range<usize>) {
    while let Some((rest, last)) = text[range.clone()].rsplit_once(' ') {
        if !last.starts_with(char::is_lowercase) || !is_used(&fold_value(last)) || rest.trim().is_empty() {
            return;
        }
        range.end = range.start + rest.trim_end().len();
    }
}

/// What the name is part of, when that is no person.
fn namesake(text: &str, name: &Range<usize>) -> Option<(Label, Range<usize>)> {
    let written = &text[name.clone()];
    let capital = written.starts_with(char::is_uppercase);
    let full =
        written.contains(' ') && is_given_name(&fold_value(written.split(' ').next().unwrap_or_default()));
    // The name's own words count too: "Amador Apartments" may be taken for one name.
    let mut end = name.start;
    for (nth, word) in words(&text[name.start..]).enumerate() {
        let range = name.start + word.start..name.start + word.end;
        let beyond = range.start >= name.end;
        if !beyond {
            end = range.end;
        }
        let folded = fold_value(&text[range.clone()]);
        let same_case = text[range.clone()].starts_with(char::is_uppercase) == capital;
        if nth > 0
            && PLACE_LAST.contains(&folded.as_str())
            && (same_case || !beyond || end == range.start - 1)
        {
            return Some((Label::Location, name.start..range.end.max(name.end)));
        }
        if nth > 0 && HOUSE_LAST.contains(&folded.as_str()) && same_case && !full {
            return Some((Label::Organization, name.start..range.end.max(name.end)));
        }
        let joins = text[range.clone()].starts_with(char::is_uppercase) || is_particle(&folded);
        if beyond && (!joins || nth > BETWEEN + words(written).count()) {
            break;
        }
    }
    before(text, name, capital)
}

/// "aeropuerto Adolfo Suárez", "Ac Hotel by Marriott Paris".
fn before(text: &str, name: &Range<usize>, capital: bool) -> Option<(Label, Range<usize>)> {
    let mut at = name.start;
    for _ in 0..2 {
        let ahead = text[..at].strip_suffix(' ')?;
        let start = ahead
            .rfind(|c: char| !c.is_alphanumeric())
            .map_or(0, |at| at + ahead[at..].chars().next().map_or(1, char::len_utf8));
        let folded = fold_value(&ahead[start..]);
        if PLACE_FIRST.contains(&folded.as_str()) {
            return Some((Label::Location, start..name.end));
        }
        if HOUSE_FIRST.contains(&folded.as_str())
            && ahead[start..].starts_with(char::is_uppercase) == capital
            && capital
        {
            return Some((Label::Organization, start..name.end));
        }
        if !(is_particle(&folded) || folded == "by") {
            return None;
        }
        at = start;
    }
    None
}

/// Words with one blank between them, up to the first other mark.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at > 0 {
            text[at..].starts_with(' ').then_some(())?;
            at += 1;
        }
        let length = text[at..].find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(text.len() - at);
        let word = at..at + length;
        at = word.end;
        (length > 0).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(text: &str, name: &str) -> Vec<(Label, String)> {
        let start = text.find(name).unwrap();
        let mut tagged = vec![Tagged { range: start..start + name.len(), label: Label::Person, score: 80 }];
        settle(text, &mut tagged);
        tagged.into_iter().map(|tagged| (tagged.label, text[tagged.range].to_owned())).collect()
    }

    #[test]
    fn a_place_or_house_that_is_named_like_a_person_is_none() {
        for (text, name, label, whole) in [
            (
                "from Charles de Gaulle International Airport on",
                "Charles",
                Label::Location,
                "Charles de Gaulle International Airport",
            ),
            ("at John Wayne Airport.", "John Wayne Airport", Label::Location, "John Wayne Airport"),
            ("the john wayne airport", "john wayne", Label::Location, "john wayne airport"),
            ("Amador Apartments is nice", "Amador Apartments", Label::Location, "Amador Apartments"),
            ("vom Bahnhof Anna", "Anna", Label::Location, "Bahnhof Anna"),
            ("el aeropuerto Adolfo Suárez", "Adolfo Suárez", Label::Location, "aeropuerto Adolfo Suárez"),
            ("im Hotel Marta gebucht", "Marta", Label::Organization, "Hotel Marta"),
            (
                "Ac Hotel by Marriott Paris is",
                "Marriott Paris",
                Label::Organization,
                "Hotel by Marriott Paris",
            ),
            ("bei der Paracelsus Klinik", "Paracelsus", Label::Organization, "Paracelsus Klinik"),
        ] {
            assert_eq!(settled(text, name), [(label, whole.to_owned())], "{text}");
        }
    }

    #[test]
    fn a_person_beside_a_place_stays_one() {
        for (text, name) in [
            ("Marta, Airport Road 4", "Marta"),
            ("I met Marta at the airport", "Marta"),
            ("Marta's hotel", "Marta"),
            ("the hotel Marta booked", "Marta"),
            ("ask Julia Meier Hotel Sonne", "Julia Meier"),
            ("Marta Weber\nHotel Sonne", "Marta Weber"),
            ("the station. Marta", "Marta"),
        ] {
            assert_eq!(settled(text, name), [(Label::Person, name.to_owned())], "{text}");
        }
    }

    #[test]
    fn an_everyday_word_behind_a_name_is_left_to_the_sentence() {
        assert_eq!(settled("to mahmoud checking", "mahmoud checking"), [(Label::Person, "mahmoud".into())]);
        assert_eq!(settled("to Mahmoud Checking", "Mahmoud Checking").len(), 1);
    }
}
