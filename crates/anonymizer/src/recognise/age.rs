//! Ages: a number with a word for years of age, in seven languages. The number alone is the value, as evaluation
//! sets label it.

use super::date::{ahead, behind};
use super::marks::{Number, Sign};
use super::{Candidate, Recogniser, Scene};
use crate::Entity;

pub(crate) struct Ages;

/// Nobody has been older.
const OLDEST: u32 = 122;

impl Recogniser for Ages {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let marks = scene.marks();
        let person = scene.folded.text().contains("i'm ") || scene.folded.text().contains("he ");
        if marks.numbers.is_empty() || !(marks.has(Sign::AGE.or(Sign::YEARS).or(Sign::SPEAKER)) || person) {
            let short = ["y/o", "yo", "ho "].iter().any(|word| scene.folded.text().contains(word));
            if marks.numbers.is_empty() || !short {
                return;
            }
        }
        for number in marks.numbers.iter().filter(|number| number.range.len() <= 3) {
            if is_age(scene.folded.text(), number) {
                let range = scene.folded.origin(number.range.clone());
                found.push(Candidate { range, entity: Entity::Age, score: 64, recogniser: "age" });
            }
        }
    }
}

fn is_age(text: &str, number: &Number) -> bool {
    let age = text[number.range.clone()].parse::<u32>().unwrap_or(u32::MAX);
    let before = behind(text, number.range.start, 28);
    if age > OLDEST
        || age == 0
        || before.ends_with(['.', ',', '/', ':', '-', '$', '€', '£', '#', '+', '@'])
            && !before.trim_end().ends_with(':')
    {
        return false;
    }
    if text[number.range.start..].starts_with('0') {
        return false;
    }
    let suffix = &text[number.range.end..number.end];
    if !matches!(suffix, "" | "yo" | "yr" | "yrs" | "y" | "jahrige" | "jahriger") {
        return false;
    }
    let after = ahead(text, number.end, 24);
    if matches!(suffix, "yo" | "jahrige" | "jahriger") {
        return true;
    }
    is_said_after(before, after) || (suffix.is_empty() && is_said_before(before, after))
}

/// "34 years old", "38-year-old", "34 Jahre alt"; "34 ans" where somebody has them.
fn is_said_after(before: &str, after: &str) -> bool {
    let rest = after.trim_start_matches([' ', '-']);
    let always = [
        "years old",
        "year old",
        "years-old",
        "year-old",
        "yrs old",
        "yr old",
        "y/o",
        "y.o",
        "yo ",
        "years young",
        "years of age",
        "months old",
        "month old",
        "month-old",
        "weeks old",
        "jahre alt",
        "jahre jung",
        "jahrig",
        "jaehrig",
        "monate alt",
        "jaar oud",
        "jarige",
        "ans et demi",
        "anos de edad",
        "anos de idade",
        "anni di eta",
        "anni compiuti",
        "year-olds",
        "year olds",
    ];
    if always.iter().any(|unit| rest.starts_with(unit))
        || rest == "yo"
        || rest.starts_with("yo.")
        || rest.starts_with("yo,")
    {
        return true;
    }
    let unit = ["ans", "anos", "anni", "jahre", "jaar", "mois", "meses", "mesi", "monate"]
        .into_iter()
        .find(|unit| rest.strip_prefix(unit).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    unit.is_some() && {
        let before = before.trim_end();
        let has = [
            "j'ai",
            "il a",
            "elle a",
            "tu as",
            "vous avez",
            "age de",
            "agee de",
            "ages de",
            "tengo",
            "tiene",
            "tienes",
            "cumplo",
            "cumpli",
            "ho",
            "ha",
            "hai",
            "tenho",
            "tem",
            "com",
            "ich bin",
            "er ist",
            "sie ist",
            "ist",
            "bin",
            "ik ben",
            "hij is",
            "zij is",
            "wird",
            "wurde",
            "werde",
            "compie",
            "faz",
            "fiz",
        ];
        let kin = ["de", "di", "von", "van", "con", "avec"];
        let last_but_one = before.rsplit(' ').nth(1).unwrap_or("");
        let related = super::marks::sign_of(last_but_one).is_some_and(|sign| sign.is(Sign::RELATION))
            || [
                "enfant", "nino", "nina", "bambino", "bambina", "crianca", "kind", "bebe", "chico", "chica",
                "persona", "personne",
            ]
            .contains(&last_but_one);
        has.iter().any(|word| ends_with_word(before, word))
            || (related && kin.iter().any(|word| ends_with_word(before, word)))
    }
}

/// "aged 7", "age: 34", "just turned 60", "I'm 31 and".
fn is_said_before(before: &str, after: &str) -> bool {
    let said = before.trim_end_matches([' ', ':', '=']);
    let announced = [
        "aged",
        "age",
        "age is",
        "age of",
        "ages",
        "age was",
        "alter",
        "alter ist",
        "alter von",
        "im alter von",
        "edad",
        "edad es",
        "a la edad de",
        "eta",
        "all'eta di",
        "idade",
        "idade de",
        "leeftijd",
        "leeftijd is",
        "l'age de",
        "agee de",
        "age de",
    ];
    let ends = after.is_empty()
        || after.starts_with(['.', ',', '!', '?', ')', ';', '\n'])
            && !after[1..].starts_with(|c: char| c.is_ascii_digit());
    let goes_on = [
        " and",
        " now",
        " years",
        " today",
        " last",
        " this",
        " in ",
        " on ",
        " next",
        " yesterday",
        " when",
        " with",
        " who",
        " but",
        " und",
        " et ",
        " y ",
        " e ",
        " en ",
    ]
    .iter()
    .any(|word| after.starts_with(word));
    let unit = [
        "%", " %", " deg", " min", " euro", " eur", " day", " hour", " km", " mile", " page", " week", " -",
        "-", "/", ":",
    ]
    .iter()
    .any(|unit| after.starts_with(unit));
    if unit {
        return false;
    }
    if announced.iter().any(|word| ends_with_word(said, word)) {
        return true;
    }
    if !(ends || goes_on) {
        return false;
    }
    let turned = [
        "turned",
        "turns",
        "turning",
        "i'll turn",
        "will turn",
        "to turn",
        "just turned",
        "werde",
        "wird",
        "wurde",
    ];
    let person = [
        "i'm",
        "he's",
        "she's",
        "i am",
        "he is",
        "she is",
        "he was",
        "she was",
        "when i was",
        "who is",
        "i'm only",
        "i am only",
        "is only",
        "ich bin",
        "i'm just",
        "i am just",
    ];
    turned.iter().any(|word| ends_with_word(said, word))
        || (person.iter().any(|word| ends_with_word(said, word)) && said.len() < before.len())
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
        ] {
            assert_eq!(ages(text), [age], "{text}");
        }
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
        ] {
            assert_eq!(ages(text), Vec::<String>::new(), "{text}");
        }
    }
}
