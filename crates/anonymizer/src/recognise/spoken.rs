//! Numbers that somebody dictates: "oh seven seven double oh, nine hundred", "vier eins eins", "tre tre tre zero uno".
//! The digits stand in words of one language; what they are of, the question says, or their number.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::marks::{Sign, means};
use super::{Candidate, Recogniser, Scene};
use crate::Entity;

/// So many digits in a row are a telephone number, if nothing says otherwise.
const DIALLED: usize = 7;
/// So many are a number that was asked for or announced.
const ASKED: usize = 3;
/// Words of a row at most. No number is so long, and each word of a longer row would have all the others read again.
const MOST: usize = 40;
/// How far before the first digit its word stands, in bytes.
const NEAR: usize = 40;

/// What a word counts: single digits, numbers to hundred, what repeats the next digit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spoken {
    Digit,
    Number,
    Repeat,
    Joint,
}

const COUNT: usize = 7;
/// The words of each language, folded; "o" and "oh" are zeros between others only.
#[rustfmt::skip]
const LANGUAGES: [(&str, &str, &str); COUNT] = [
    ("zero oh o nought one two three four five six seven eight nine",
     "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty \
      seventy eighty ninety hundred", "double triple treble"),
    ("null eins ein zwei zwo drei vier funf fuenf sechs sieben acht neun",
     "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreissig vierzig funfzig \
      sechzig siebzig achtzig neunzig hundert", "doppel zweimal dreimal"),
    ("zero un deux trois quatre cinq six sept huit neuf",
     "dix onze douze treize quatorze quinze seize vingt vingts trente quarante cinquante soixante septante nonante cent",
     "double triple"),
    ("cero uno dos tres cuatro cinco seis siete ocho nueve",
     "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos treinta \
      cuarenta cincuenta sesenta setenta ochenta noventa cien", "doble triple"),
    ("zero uno due tre quattro cinque sei sette otto nove",
     "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti trenta quaranta \
      cinquanta sessanta settanta ottanta novanta cento", "doppio triplo"),
    ("zero um dois duas tres quatro cinco seis meia sete oito nove",
     "dez onze doze treze catorze quatorze quinze dezesseis dezasseis dezessete dezoito dezenove vinte trinta quarenta \
      cinquenta sessenta setenta oitenta noventa cem", "duplo triplo"),
    ("nul een twee drie vier vijf zes zeven acht negen",
     "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig \
      zestig zeventig tachtig negentig honderd", "dubbel"),
];
/// What may stand between two of them.
const JOINTS: &[&str] =
    &["and", "und", "et", "y", "e", "en", "then", "dann", "dash", "hyphen", "strich", "tiret", "guion"];

/// What each word counts in each language. A message of numbers asks for the same words again and again.
static MEANINGS: LazyLock<HashMap<&str, [Option<Spoken>; COUNT]>> = LazyLock::new(|| {
    let mut meanings: HashMap<&str, [Option<Spoken>; COUNT]> = HashMap::new();
    for (nth, (digits, numbers, repeats)) in LANGUAGES.iter().enumerate() {
        let kinds = [(Spoken::Digit, digits), (Spoken::Repeat, repeats), (Spoken::Number, numbers)];
        for (spoken, listed) in kinds {
            for word in listed.split_ascii_whitespace() {
                if let Some(known) = meanings.entry(word).or_default().get_mut(nth) {
                    known.get_or_insert(spoken);
                }
            }
        }
    }
    meanings
});

/// The words of all languages, for the pass that finds them.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().flat_map(|(digits, numbers, repeats)| [*digits, *numbers, *repeats])
}

pub(super) struct SpokenNumbers;

impl Recogniser for SpokenNumbers {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        for run in runs(scene) {
            if let Some((entity, score)) = entity_of(scene, &run) {
                let range = scene.folded.origin(run.range);
                found.push(Candidate { range, entity, score, recogniser: "spoken" });
            }
        }
    }
}

/// A row of such words, and how many digits they are at least.
struct Run {
    range: Range<usize>,
    digits: usize,
}

fn entity_of(scene: &Scene<'_>, run: &Run) -> Option<(Entity, u8)> {
    let asked =
        [Entity::Order, Entity::CustomerNumber, Entity::Reference, Entity::Card, Entity::Ssn, Entity::Secret]
            .into_iter()
            .find(|entity| scene.expects(*entity));
    if scene.expects(Entity::Phone) && run.digits >= 5 {
        return Some((Entity::Phone, 80));
    }
    let marks = scene.marks();
    let near = |sign: Sign| marks.before(sign, run.range.start, NEAR).next().is_some();
    let announced = if near(Sign::SECRET) {
        Some(Entity::Secret)
    } else if near(Sign::ORDER) {
        Some(Entity::Order)
    } else if near(Sign::CUSTOMER) {
        Some(Entity::CustomerNumber)
    } else {
        near(Sign::REFERENCE).then_some(Entity::Reference)
    };
    match announced.or(asked) {
        Some(entity) if run.digits >= ASKED => Some((entity, 76)),
        _ => (run.digits >= DIALLED).then_some((Entity::Phone, 74)),
    }
}

fn runs(scene: &Scene<'_>) -> Vec<Run> {
    let text = scene.folded.text();
    let (marks, mut at) = (scene.marks(), 0);
    let mut runs = Vec::new();
    // Marks part words at the signs of ASCII only.
    if text.is_ascii() {
        for mark in marks.with(Sign::SPOKEN) {
            at = take_run(text, &mark.range, at, &mut runs);
        }
        return runs;
    }
    let mut next = 0;
    while let Some((word, start)) = next_word(text, next) {
        next = start + word.len();
        if word.len() >= 2 && means(word, Sign::SPOKEN) {
            at = take_run(text, &(start..next), at, &mut runs);
            next = next.max(at);
        }
    }
    runs
}

/// Takes the row that a word begins, unless the row before reaches over it, and says how far rows reach now.
fn take_run(text: &str, word: &Range<usize>, reached: usize, runs: &mut Vec<Run>) -> usize {
    // "thirty days" is no row. Marks hold no word of one letter, such as the zero.
    let goes_on = next_word(text, word.end)
        .is_some_and(|(next, _)| next == "o" || means(next, Sign::SPOKEN) || JOINTS.contains(&next));
    if word.start < reached || !goes_on {
        return reached;
    }
    let rows = (0..COUNT).filter_map(|language| run_at(text, word.start, language));
    let Some(run) = rows.max_by_key(|run| run.digits).filter(|run| run.digits >= ASKED) else {
        return reached;
    };
    let end = run.range.end;
    runs.push(run);
    end
}

fn meaning(word: &str, language: usize) -> Option<Spoken> {
    let known = MEANINGS.get(word).and_then(|meanings| meanings.get(language).copied().flatten());
    known.or_else(|| JOINTS.contains(&word).then_some(Spoken::Joint))
}

/// The row that begins here. Single digits make most of it: "one hundred twenty" is an amount.
fn run_at(text: &str, start: usize, language: usize) -> Option<Run> {
    let mut end = start;
    let (mut at, mut single, mut digits, mut joints) = (start, 0, 0, 0);
    for _ in 0..MOST {
        let Some((word, from)) = next_word(text, at) else { break };
        let between = &text[at..from];
        if at > start
            && !(between.len() <= 3 && between.chars().all(|c| matches!(c, ' ' | ',' | '-' | '.' | '–')))
        {
            break;
        }
        match meaning(word, language) {
            Some(Spoken::Digit) => (single, digits, joints) = (single + 1, digits + 1, 0),
            Some(Spoken::Number) => (digits, joints) = (digits + 2, 0),
            Some(Spoken::Repeat) => (digits, joints) = (digits + 1, joints + 1),
            Some(Spoken::Joint) if joints == 0 && at > start => joints += 1,
            _ => break,
        }
        at = from + word.len();
        if joints == 0 {
            end = at;
        }
    }
    (single >= ASKED && 2 * single >= digits).then_some(Run { range: start..end, digits })
}

/// The next run of letters.
fn next_word(text: &str, at: usize) -> Option<(&str, usize)> {
    let start = at + text.get(at..)?.find(|c: char| c.is_alphanumeric())?;
    let rest = &text[start..];
    let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    Some((&rest[..length], start))
}

#[cfg(test)]
mod tests {
    use super::super::{found_by, found_in};
    use super::*;

    #[test]
    fn dictated_numbers_are_found() {
        for (text, number) in [
            ("it's oh seven nine double four, one two three", "oh seven nine double four, one two three"),
            (
                "ruf null eins sieben sechs vier vier zwei drei an",
                "null eins sieben sechs vier vier zwei drei",
            ),
            (
                "chiami il tre quattro sette zero uno due nove otto",
                "tre quattro sette zero uno due nove otto",
            ),
            (
                "al seis uno dos tres cuatro cinco seis siete ocho",
                "seis uno dos tres cuatro cinco seis siete ocho",
            ),
            ("bel nul zes een twee drie vier vijf zes", "nul zes een twee drie vier vijf zes"),
            (
                "liga nove um dois três quatro cinco meia sete oito",
                "nove um dois três quatro cinco meia sete oito",
            ),
            ("my pin is four one one seven", "four one one seven"),
            ("my pin is four o o", "four o o"),
            ("mein code: eins–zwei–drei", "eins–zwei–drei"),
            ("commande numéro quatre un un deux", "quatre un un deux"),
        ] {
            assert_eq!(found_by(&SpokenNumbers, text), [number], "{text}");
        }
        let asked = Scene { expected: &[Entity::Order], ..Scene::of("vier eins eins neun") };
        assert_eq!(found_in(&SpokenNumbers, &asked), ["vier eins eins neun"]);
    }

    #[test]
    fn counts_and_talk_are_none() {
        for text in [
            "one two three, testing",
            "I need two or three of them",
            "one hundred and twenty euros",
            "un deux trois soleil",
            "one, two, three, four, go",
            "uno o dos",
            "order one two",
        ] {
            assert_eq!(found_by(&SpokenNumbers, text), Vec::<String>::new(), "{text}");
        }
    }
}
