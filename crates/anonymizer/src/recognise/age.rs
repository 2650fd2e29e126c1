//! Ages: a number, in digits or spelled, with a word for years of age, in seven languages. The number alone is the
//! value, as evaluation sets label it.

use std::ops::Range;

use super::date::{ahead, behind};
use super::hints::Hints;
use super::marks::{Number, Sign, sign_of};
use super::{Candidate, Recogniser, Scene};
use crate::Entity;
use crate::tagger::is_given_name;

mod spelled;
mod words;

use spelled::spelled_before;
pub(super) use words::SAID as SAID_IN_WORDS;
use words::{
    ADVERBS, ALWAYS, ANNOUNCED, BIRTHDAYS, CLOSE_KIN, GOES_ON, HAS, KIN, KIN_LINKS, OTHER_UNITS, OTHERS_HAVE,
    PERSON, PRONOUNS, THINGS, TURNED, UNITS,
};

pub(crate) struct Ages;

/// Words without which no bare number is an age.
const SAID: Sign = Sign::AGE.or(Sign::YEARS).or(Sign::SPEAKER).or(Sign::RELATION).or(Sign::BIRTH);
/// A longer message is more than an answer, in bytes.
const ANSWER: usize = 160;
/// Nobody has been older.
const OLDEST: u32 = 122;

impl Recogniser for Ages {
    /// "How old are you?"
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let text = scene.folded.text();
        let end = behind(text, text.len(), 120);
        let asks = words::QUESTIONS.iter().any(|question| end.contains(question));
        if asks { vec![Entity::Age] } else { Vec::new() }
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let marks = scene.marks();
        let text = scene.folded.text();
        let mut add = |range: Range<usize>| {
            let range = scene.folded.origin(range);
            found.push(Candidate { range, entity: Entity::Age, score: 64, recogniser: "age" });
        };
        for unit in marks.with(Sign::YEARS) {
            if let Some(spelled) = spelled_before(text, unit.range.start)
                && is_said_after(behind(text, spelled.start, 40), ahead(text, unit.range.start, 24))
            {
                add(spelled);
            }
        }
        let asked = scene.expects(Entity::Age) && text.len() <= ANSWER;
        if asked && let Some(spelled) = spelled_answer(text) {
            add(spelled);
        }
        if marks.numbers.is_empty() {
            return;
        }
        let said = asked || marks.has(SAID) || scene.hints_at(Hints::AGE);
        let short = marks.numbers.iter().filter(|number| number.range.len() <= 3);
        for number in
            marks.numbers.iter().filter(|number| number.range.len() == 2 && number.end == number.range.end)
        {
            if is_possible(text, number) && is_behind_name(scene, number) {
                add(number.range.clone());
            }
        }
        let in_brackets = |number: &Number| text[..number.range.start].ends_with('(');
        for number in short.filter(|number| said || number.end > number.range.end || in_brackets(number)) {
            if is_age(text, number) || (asked && is_answer(text, number)) {
                add(number.range.clone());
            }
        }
    }
}

/// "Sixteen", "almost three, born in May": the number that begins an answer.
fn spelled_answer(text: &str) -> Option<Range<usize>> {
    let mut end = 0;
    for word in text.split_inclusive([' ', ',', '.', '!', '\n']).take(6) {
        let bare = word.trim_end_matches([' ', ',', '.', '!', '\n']);
        let close = end + bare.len();
        end += word.len();
        // "tiene" has the form of a Dutch number.
        if ADVERBS.contains(&bare) || words::ANSWERS.contains(&bare) || bare.is_empty() {
            continue;
        }
        if let Some(spelled) = spelled_before(text, close).filter(|range| range.end == close) {
            let rest = &text[close..];
            let ends = rest.trim_start_matches(' ');
            let unit = ["days", "weeks", "times", "of", "or", "tage", "wochen", "mal"];
            let counts = unit.iter().any(|word| begins_with_word(ends, word));
            return (!counts).then_some(spelled.start.max(close - bare.len())..close);
        }
        return None;
    }
    None
}

fn is_age(text: &str, number: &Number) -> bool {
    let before = behind(text, number.range.start, 40);
    if !is_possible(text, number) {
        return false;
    }
    let suffix = &text[number.range.end..number.end];
    let after = ahead(text, number.end, 24);
    match suffix {
        "yo" | "jahrige" | "jahriger" | "jahriges" | "jahrigen" | "jahrig" | "jarige" => true,
        "" | "yr" | "yrs" | "y" | "j" => {
            is_said_after(before, after)
                || (suffix.is_empty()
                    && (is_said_before(before, after)
                        || is_birthday(before, after)
                        || is_in_brackets(before, after)
                        || is_of_person_turning(before, after)))
                || (matches!(suffix, "yr" | "yrs") && after.trim_start_matches(['-', ' ']).starts_with("old"))
        }
        "f" | "m" | "w" => is_said_of_sex(text, number, before, after),
        "s" => is_decade(text, number, before),
        "st" | "nd" | "rd" | "th" | "e" | "eme" | "er" | "o" | "esimo" | "ste" | "de" => {
            is_birthday(before, after)
        }
        _ => false,
    }
}

/// "Gerrit Hoekstra, 63, niet gek": two words with capitals, the first a listed given name, and nothing but commas
/// around the number.
fn is_behind_name(scene: &Scene<'_>, number: &Number) -> bool {
    let text = scene.folded.text();
    let after = ahead(text, number.range.end, 4);
    let ends = after.is_empty()
        || after.starts_with(['.', ',', '!', ')', ';', '\n'])
            && !after[1..].starts_with(|c: char| c.is_ascii_digit());
    let before = behind(text, number.range.start, 48);
    let Some(named) = before.strip_suffix(", ").or_else(|| before.strip_suffix(", damals ")) else {
        return false;
    };
    if !ends || text[number.range.clone()].parse::<u8>().is_ok_and(|age| age < 14) {
        return false;
    }
    let start = number.range.start - before.len();
    let mut words = named.rsplit(' ').take(3).map(|word| {
        let from = start + word.as_ptr() as usize - named.as_ptr() as usize;
        (word, from)
    });
    let capital = |from: usize, word: &str| {
        scene.text[scene.folded.origin(from..from + word.len())].starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || c == '-')
    };
    let mut name = || words.next().filter(|(word, from)| !word.is_empty() && capital(*from, word));
    let (Some((last, _)), Some((first, _))) = (name(), name()) else { return false };
    let street =
        |word: &str| sign_of(word).is_some_and(|sign| sign.is(Sign::STREET_FIRST.or(Sign::STREET_LAST)));
    let led = words
        .next()
        .is_some_and(|(word, _)| street(word) || KIN_LINKS.iter().any(|link| link.trim() == word));
    is_given_name(first) && !street(first) && !street(last) && !led
}

/// Whether a number is from 1 to 122 and no part of a longer one, of an amount, a date or a time.
fn is_possible(text: &str, number: &Number) -> bool {
    let age = text[number.range.clone()].parse::<u32>().unwrap_or(u32::MAX);
    let before = behind(text, number.range.start, 4);
    let cut = before.ends_with(['.', ',', '/', ':', '-', '$', '€', '£', '#', '+', '@']);
    (1..=OLDEST).contains(&age) && !cut && !text[number.range.start..].starts_with('0')
}

/// "42", "I'm 42", "42!" when the age was asked for.
fn is_answer(text: &str, number: &Number) -> bool {
    let after = ahead(text, number.range.end, 24);
    let ends = after.trim_start_matches(['.', '!', ',', ' ']);
    let goes_on = UNITS.iter().chain(&["years", "year", "yo", "yrs", "and", "und", "i", "he", "she"]);
    is_possible(text, number)
        && number.end == number.range.end
        && !OTHER_UNITS.iter().any(|unit| after.starts_with(unit))
        && (ends.is_empty()
            || goes_on.clone().any(|word| begins_with_word(ends, word))
            || (number.range.start == 0
                && after.starts_with([',', '.'])
                && !after[1..].starts_with(|c: char| c.is_ascii_digit())))
}

/// "34 years old", "38-year-old", "34 Jahre alt"; "34 ans" where somebody has them.
fn is_said_after(before: &str, after: &str) -> bool {
    let said_of = |before: &str| is_of_kin(before) || is_of_somebody(before) || is_of_name(before);
    let rest = after.trim_start_matches([' ', '-']);
    if ALWAYS.iter().any(|unit| rest.starts_with(unit)) || begins_with_word(rest, "yo") {
        return true;
    }
    let Some(unit) = UNITS.iter().find(|unit| begins_with_word(rest, unit)) else { return false };
    let following = rest[unit.len()..].trim_start();
    if THINGS.iter().any(|thing| following.starts_with(thing)) {
        return false;
    }
    let before = without_adverb(before.trim_end());
    HAS.iter().any(|word| ends_with_word(before, word)) || said_of(before)
}

/// "Capucine, 7", "Nayeli Quispe 6", "com o Rui, de 9": a listed given name right before, or a surname behind one.
fn is_of_name(before: &str) -> bool {
    let before = before.trim_end_matches([' ', ',', '(']);
    let before = KIN_LINKS.iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
    let before = before.trim_end_matches([' ', ',', '(']);
    let words = before.rsplit([' ', ',', '\n']).filter(|word| !word.is_empty()).take(3);
    words
        .into_iter()
        .take_while(|word| word.chars().all(|c| c.is_alphabetic() || c == '-'))
        .any(is_given_name)
}

/// "me (41)", "mein Sohn (7)".
fn is_in_brackets(before: &str, after: &str) -> bool {
    let Some(before) = before.strip_suffix('(') else { return false };
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    after.starts_with(')') && (words::SELVES.contains(&word) || is_kin(before))
}

/// "ela faz 94", "mia nonna compie 80": of somebody, without a word for years.
fn is_of_person_turning(before: &str, after: &str) -> bool {
    let before = without_adverb(before.trim_end());
    let Some(rest) = before_verb(before, words::TURN) else { return false };
    let mut words = rest.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(3);
    let somebody = words.any(|word| PRONOUNS.contains(&word) || is_kin(word));
    let ends = after.is_empty()
        || after.starts_with(['.', ',', '!', '?', ')', ';', '\n'])
        || GOES_ON.iter().any(|word| after.starts_with(word));
    somebody && ends && !OTHER_UNITS.iter().any(|unit| after.starts_with(unit))
}

/// What stands before one of these verbs at the end of a text.
fn before_verb<'a>(text: &'a str, verbs: &[&str]) -> Option<&'a str> {
    verbs.iter().filter(|verb| ends_with_word(text, verb)).find_map(|verb| text.strip_suffix(verb))
}

/// "mi hija de 7", "mein Sohn, 7".
fn is_of_kin(before: &str) -> bool {
    let before = before.trim_end_matches([' ', ',', '(']);
    let links = KIN_LINKS.iter().find_map(|word| before.strip_suffix(word)).map(str::trim_end);
    links.is_some_and(is_kin) || is_kin(before)
}

/// Whether the last word is one for somebody.
fn is_kin(text: &str) -> bool {
    let word = text.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    sign_of(word).is_some_and(|sign| sign.is(Sign::RELATION)) || KIN.contains(&word)
}

/// "mon fils a 7", "er wird 7": a verb for things too, with a person before it.
fn is_of_somebody(before: &str) -> bool {
    let Some(rest) = before_verb(before, OTHERS_HAVE) else { return false };
    let mut words = rest.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(3);
    words.any(|word| {
        sign_of(word).is_some_and(|sign| sign.is(Sign::RELATION))
            || PRONOUNS.contains(&word)
            || KIN.contains(&word)
            || is_given_name(word)
    })
}

/// "aged 7", "age: 34", "just turned 60", "I'm 31 and".
fn is_said_before(before: &str, after: &str) -> bool {
    let said = before.trim_end_matches([' ', ':', '=', '(', '\t', '|']);
    if OTHER_UNITS.iter().any(|unit| after.starts_with(unit)) {
        return false;
    }
    if ANNOUNCED.iter().any(|word| ends_with_word(said, word)) {
        return true;
    }
    let ends = after.is_empty()
        || after.starts_with(['.', ',', '!', '?', ')', ';', '\n'])
            && !after[1..].starts_with(|c: char| c.is_ascii_digit());
    if !(ends || GOES_ON.iter().any(|word| after.starts_with(word))) {
        return false;
    }
    let said = without_adverb(said);
    let of = [" van", " de", " di", " von", " of"].iter().find_map(|word| said.strip_suffix(word));
    TURNED.iter().any(|word| ends_with_word(said, word))
        || of.is_some_and(is_kin)
        || (said.len() < before.len()
            && (PERSON.iter().any(|word| ends_with_word(said, word)) || is_said_of_kin(said)))
}

/// "my daughter is 7", "mijn zoon is 7"
fn is_said_of_kin(said: &str) -> bool {
    let verb = [" is", "'s", " ist", " wird", " was", " war", " wordt"]
        .into_iter()
        .find_map(|verb| said.strip_suffix(verb));
    verb.is_some_and(|rest| {
        let word = rest.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        CLOSE_KIN.contains(&word)
    })
}

/// "my 70th birthday", "mein 70. Geburtstag", "mes 70 ans".
fn is_birthday(before: &str, after: &str) -> bool {
    let of = before.trim_end().rsplit(' ').next().unwrap_or_default();
    let whose = words::WHOSE.contains(&of) || of.ends_with("'s");
    let rest = after.trim_start_matches(['.', ' ', '\u{ba}', '\u{b0}']);
    whose && BIRTHDAYS.iter().any(|word| rest.starts_with(word))
}

/// "I'm 42F", "my wife (34f)": the age with the sex.
fn is_said_of_sex(text: &str, number: &Number, before: &str, after: &str) -> bool {
    let said = before.trim_end_matches([' ', '(']);
    let person = ["i'm", "im", "i am", "ich bin", "i"].iter().any(|word| ends_with_word(said, word))
        || is_of_kin(before);
    let ends = !after.starts_with(['\'', '-']) && !after.starts_with(" degrees");
    number.range.len() == 2 && person && ends && text[number.range.end..number.end].len() == 1
}

/// "in my 40s", "in her late 70s".
fn is_decade(text: &str, number: &Number, before: &str) -> bool {
    let said = before.trim_end_matches([' ', '\'']);
    let said =
        ["early", "mid", "late", "mid-"].iter().find_map(|word| said.strip_suffix(word)).unwrap_or(said);
    text[number.range.clone()].ends_with('0')
        && ["my", "his", "her", "their"]
            .iter()
            .any(|word| ends_with_word(said.trim_end_matches([' ', '-']), word))
}

/// Without "already", "schon", "presque" at its end.
fn without_adverb(text: &str) -> &str {
    let text = text.trim_end();
    ADVERBS
        .iter()
        .find(|word| ends_with_word(text, word))
        .map_or(text, |word| text[..text.len() - word.len()].trim_end())
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '\''))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn ages(text: &str) -> Vec<String> {
        found_by(&Ages, text)
    }

    #[test]
    fn ages_are_found_as_people_say_them() {
        let mut wrong = Vec::new();
        for (text, age) in [
            ("I'm 34 years old", "34"),
            ("This 79 year old female", "79"),
            ("a 38-year-old male", "38"),
            ("and i'm 31 y/o.", "31"),
            ("Ich bin 34 Jahre alt", "34"),
            ("ein 34-jähriger Mann", "34"),
            ("aged 7", "7"),
            ("Age: 45", "45"),
            ("mi hija de 7 años", "7"),
            ("tengo 34 años", "34"),
            ("j'ai 34 ans", "34"),
            ("âgée de 34 ans", "34"),
            ("ho 34 anni", "34"),
            ("tenho 34 anos", "34"),
            ("ik ben 34 jaar", "34"),
            ("34 jaar oud", "34"),
            ("My brother just turned 60", "60"),
            ("at the age of 61", "61"),
            ("Written when he was 78.", "78"),
            ("I'll turn 23.", "23"),
            ("I'm forty-two years old", "forty-two"),
            ("my 7-year-old", "7"),
            ("a 7yr old boy", "7"),
            ("I'm 42F", "42"),
            ("my wife (34f)", "34"),
            ("I'm in my 70s", "70"),
            ("for my 70th birthday", "70"),
            ("my daughter is 7 and", "7"),
            ("I will be 70 next month", "70"),
            ("Ich bin schon 72 Jahre", "72"),
            ("mein Sohn ist 7", "7"),
            ("mein Sohn (7 Jahre)", "7"),
            ("mein 70. Geburtstag", "70"),
            ("zweiundvierzig Jahre alt", "zweiundvierzig"),
            ("ich werde 65", "65"),
            ("mon fils a 7 ans", "7"),
            ("j'ai déjà 42 ans", "42"),
            ("j'ai quarante-deux ans", "quarante-deux"),
            ("elle va avoir 18 ans", "18"),
            ("tengo ya 65 años", "65"),
            ("mi madre tiene 81 años", "81"),
            ("tengo cuarenta y dos años", "cuarenta y dos"),
            ("mio figlio ha 7 anni", "7"),
            ("ho compiuto 70 anni", "70"),
            ("ho quarantadue anni", "quarantadue"),
            ("a minha filha tem 7 anos", "7"),
            ("tenho quarenta e dois anos", "quarenta e dois"),
            ("mijn zoon van 7", "7"),
            ("mijn moeder is 81 jaar", "81"),
            ("ik word 65", "65"),
            ("tweeënveertig jaar oud", "tweeënveertig"),
            ("4 of us: me (41), mum and the kid", "41"),
            ("ich (38) und der Hund", "38"),
            ("et ma petite Camille, 7 ans, vient aussi", "7"),
            ("para Lucía Pérez 6 años", "6"),
            ("o Pedro tem 34 anos", "34"),
            ("ela faz 94 e ainda lê", "94"),
            ("mia nonna compie 80", "80"),
            ("Hanna Visser, 63, niet blij", "63"),
            ("Marta Gomes, 86. sou o neto", "86"),
            ("Peter Lorenz, damals 19, war dabei", "19"),
        ] {
            if ages(text) != [age] {
                wrong.push((text, ages(text)));
            }
        }
        assert_eq!(wrong, []);
        let scene = |text| Scene { expected: &[Entity::Age], ..Scene::of(text) };
        for question in
            ["How old is your child?", "Wie alt sind Sie?", "Quel âge avez-vous ?", "¿Qué edad tiene?"]
        {
            assert_eq!(Ages.announced_by(&Scene::of(question)), [Entity::Age], "{question}");
        }
        for (text, age) in [
            ("Sixteen", "Sixteen"),
            ("knapp drei, geboren im Mai", "knapp drei"),
            ("j'ai quarante-deux", "quarante-deux"),
            ("tiene quince", "quince"),
            ("negen", "negen"),
            ("82, tessera 80380001", "82"),
            ("4, en mijn man is mee", "4"),
        ] {
            let found = crate::recognise::found_in(&Ages, &scene(text));
            assert!(found.first().is_some_and(|found| age.ends_with(found.as_str())), "{text}: {found:?}");
        }
        for text in ["one of them is broken", "no idea", "two or so days", "the one from May"] {
            assert_eq!(crate::recognise::found_in(&Ages, &scene(text)), Vec::<String>::new(), "{text}");
        }
        assert_eq!(crate::recognise::found_in(&Ages, &scene("42")), ["42"]);
        assert_eq!(crate::recognise::found_in(&Ages, &scene("she's 7!")), ["7"]);
        assert_eq!(crate::recognise::found_in(&Ages, &scene("3 months of it")), Vec::<String>::new());
    }

    #[test]
    fn other_numbers_are_no_ages() {
        for text in [
            "I'm 5 minutes away",
            "a warranty of 2 years",
            "for 3 years now",
            "turn 90 degrees",
            "I am 100% sure",
            "page 34",
            "2 ans de garantie",
            "garantía de 2 años",
            "5 Jahre Garantie",
            "the 34 bus",
            "I'm 2nd in line",
            "la machine a 5 ans",
            "il a 2 ans de garantie",
            "5 Jahre Laufzeit",
            "the contract is 24 months",
            "la garanzia ha 2 anni",
            "o contrato tem 2 anos",
            "het toestel is 5 jaar",
            "I am 3 hours late",
            "it is 32F outside",
            "in the 90s",
            "our 10th anniversary sale",
            "ich bin 2 Tage weg",
            "two years of warranty",
            "nach zwei Jahren kaputt",
            "he is 5 minutes away",
            "Calle Mayor, 15",
            "Via Marco Polo, 12",
            "Rua Maria Amália, 40, Lisboa",
            "on Monday, 12",
            "Garantie, 2 Jahre",
            "the Hotel Adler, 12, is full",
            "es faz 30 graus",
            "mein Vertrag wird 24",
            "pack (41)",
        ] {
            assert_eq!(ages(text), Vec::<String>::new(), "{text}");
        }
    }
}
