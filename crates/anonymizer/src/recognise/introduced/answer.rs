//! A name that answers a question: "Under which name?" – "Okafor, it should be there".

use std::ops::Range;

use super::name::{Case, Follows, is_no_name, name_at};
use crate::names;
use crate::recognise::Scene;
use crate::recognise::marks::Sign;
use crate::recognise::read::Reader;
use crate::tagger::{is_common, is_used};

/// Whether what was said asks for the name of somebody.
pub(super) fn asks_for_a_name(scene: &Scene<'_>) -> bool {
    let text = scene.folded.text();
    sentences(text).any(|sentence| {
        let said = &text[sentence.clone()];
        let request =
            said.ends_with('?') || said.ends_with(':') || words(said).any(|word| REQUESTS.contains(&word));
        request && (speaks_of_a_name(scene, &sentence) || WHO.iter().any(|who| said.contains(who)))
    })
}

/// In a request without a question mark.
const REQUESTS: &[&str] = &[
    "please",
    "bitte",
    "confirm",
    "spell",
    "tell",
    "need",
    "buchstabieren",
    "nennen",
    "svp",
    "plait",
    "favor",
    "favore",
    "alstublieft",
    "graag",
    "indiquez",
    "indique",
    "confirme",
    "confermi",
    "geef",
];

/// Asks for a name without the word.
const WHO: &[&str] = &[
    "who am i",
    "whom am i",
    "who is this",
    "who are you",
    "mit wem spreche",
    "wie heissen",
    "wie heisst",
    "con quien",
    "a qui ai-je",
    "appelez-vous",
    "t'appelles",
    "como se llama",
    "te llamas",
    "con chi parlo",
    "si chiama",
    "com quem",
    "se chama",
    "met wie",
    "hoe heet",
];

fn speaks_of_a_name(scene: &Scene<'_>, sentence: &Range<usize>) -> bool {
    let text = scene.folded.text();
    scene.marks().with(Sign::NAME).filter(|mark| sentence.contains(&mark.range.start)).any(|mark| {
        let word = &text[mark.range.clone()];
        let before = text[sentence.start..mark.range.start].trim_end();
        let owner = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let verb = matches!(word, "call" | "called" | "names");
        let after = text[mark.range.end..].trim_start();
        let thing = [
            "user",
            "file",
            "product",
            "company",
            "brand",
            "domain",
            "host",
            "display",
            "screen",
            "network",
            "wifi",
            "model",
            "device",
            "hotel",
            "shop",
            "store",
            "bank",
            "school",
            "item",
            "event",
            "medication",
            "drug",
            "pet",
            "street",
            "business",
            "account",
        ];
        let of_thing =
            after.starts_with("of the ") || after.starts_with("of your ") || after.starts_with("servidor");
        !verb && !thing.contains(&owner) && !of_thing
    })
}

fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let end = text[at..].find(['.', '!', '?', '\n']).map_or(text.len(), |length| at + length + 1);
        let sentence = at..end;
        at = end;
        Some(sentence)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// What may stand before the name in an answer.
const LEADS: &[&str] = &[
    "no",
    "nope",
    "nah",
    "yup",
    "yea",
    "ya",
    "nee",
    "nein",
    "non",
    "nao",
    "yes",
    "yeah",
    "yep",
    "sure",
    "ok",
    "okay",
    "its",
    "it's",
    "it",
    "is",
    "that's",
    "thats",
    "that",
    "under",
    "the",
    "name",
    "my",
    "ja",
    "klar",
    "gerne",
    "auf",
    "unter",
    "den",
    "namen",
    "es",
    "ist",
    "oui",
    "c'est",
    "au",
    "nom",
    "de",
    "si",
    "claro",
    "a",
    "nombre",
    "soy",
    "e",
    "sono",
    "sou",
    "sim",
    "em",
    "nome",
    "op",
    "naam",
    "van",
    "het",
    "hi",
    "hello",
    "hallo",
    "hola",
    "ciao",
    "bonjour",
    "ola",
    "this",
    "i'm",
    "im",
    "i",
    "am",
    "of",
    "course",
    "for",
    "on",
    "dat",
    "das",
    "wel",
    "natuurlijk",
    "naturlich",
    "bien",
    "sur",
    "certo",
    "certamente",
    "well",
    "oh",
    "ah",
    "um",
    "uh",
    "euh",
    "ehm",
    "eh",
];

/// The name in a message that was asked for one.
pub(super) fn answered(reader: &Reader<'_, '_>) -> Option<Range<usize>> {
    let text = reader.text;
    let mut at = 0;
    for _ in 0..8 {
        let word = reader.word_from(at, &[' ', ',', ':', '.', '!', '"', '\'', '-', '(', '\n'])?;
        let written = &text[word.range.clone()];
        if LEADS.contains(&written) {
            at = word.range.end;
            continue;
        }
        if word.digits || is_no_name(reader, &word) {
            return None;
        }
        let capital = reader.is_capital(&word);
        // "still waiting" is no name, "Still" may be one, "okafor" is.
        let ordinary = is_common(written) && !(capital && names::is_common_word(written));
        // "obvio" is no answer to it, "marsh" may be one.
        if ordinary || (!capital && is_used(written) && !names::is_common_word(written)) {
            return None;
        }
        let name = name_at(reader, word.range.start, Case::Any, 4, Follows::Anything)?;
        let rest = text[name.end..].trim_start_matches(' ');
        let ends = rest.is_empty() || rest.starts_with(|c: char| !c.is_alphanumeric());
        // In lower case the words after a name look like more of it.
        return (capital || ends || text[name.clone()].split(' ').count() <= 2)
            .then(|| if capital || ends { name.clone() } else { word.range.clone() });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entity;
    use crate::recognise::{Recogniser, found_in, introduced::Introductions};

    #[test]
    fn a_question_for_a_name_is_one_in_each_language() {
        for text in [
            "Could I have your name, please?",
            "What name is the booking under?",
            "Wie ist Ihr Nachname?",
            "Mit wem spreche ich?",
            "Quel est votre nom ?",
            "¿A nombre de quién está?",
            "¿Cómo se llama usted?",
            "Posso avere il suo nome?",
            "Qual é o seu nome?",
            "Hoe heet u?",
            "Please spell the surname.",
        ] {
            assert_eq!(Introductions.announced_by(&Scene::of(text)), [Entity::Person], "{text}");
        }
        for text in [
            "What is your user name?",
            "Which file name do you see?",
            "I have changed the name on the order.",
            "What is the name of the product?",
            "Is there anything else?",
        ] {
            assert_eq!(Introductions.announced_by(&Scene::of(text)), [], "{text}");
        }
    }

    #[test]
    fn a_bare_answer_is_the_name() {
        for (text, names) in [
            ("Okafor", vec!["Okafor"]),
            ("okafor. the other one is mine too", vec!["okafor"]),
            ("yes, it's lindqvist", vec!["lindqvist"]),
            ("Sunny", vec!["Sunny"]),
            ("auf Zeynep Arslan, bitte", vec!["Zeynep Arslan"]),
            ("à nouveau non", vec![]),
            ("still waiting for it", vec![]),
            ("why do you need that?", vec![]),
            ("10432", vec![]),
            ("No", vec![]),
            ("I would rather not say", vec![]),
        ] {
            let scene = Scene { expected: &[Entity::Person], ..Scene::of(text) };
            assert_eq!(found_in(&Introductions, &scene), names, "{text}");
        }
    }
}
