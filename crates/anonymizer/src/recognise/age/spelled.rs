//! Ages that are spelled: "forty-two", "zweiundvierzig", "quarante-deux".

use std::ops::Range;

/// Words in a row at most.
const WORDS: usize = 3;
/// The parts of the numbers from one to a hundred, folded.
#[rustfmt::skip]
const PARTS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fourty",
    "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "ein", "eins", "zwei", "drei", "vier", "funf",
    "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwolf", "sech", "sieb", "zwanzig", "dreissig", "vierzig",
    "funfzig", "sechzig", "siebzig", "achtzig", "neunzig", "hundert", "und", "un", "deux", "trois", "quatre",
    "cinq", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "vingt",
    "vingts", "trente", "quarante", "cinquante", "soixante", "septante", "huitante", "nonante", "cent", "et", "uno",
    "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce",
    "quince", "dieci", "veinti", "veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta",
    "noventa", "y", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "undici", "dodici",
    "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove", "venti", "vent",
    "trenta", "trent", "quaranta", "quarant", "cinquanta", "cinquant", "sessanta", "sessant", "settanta", "settant",
    "ottanta", "ottant", "novanta", "novant", "cento", "um", "dois", "duas", "quatro", "sete", "oito", "dez",
    "doze", "treze", "dezesseis", "dezasseis", "dezessete", "dezassete", "dezoito", "dezenove", "dezanove", "vinte",
    "quarenta", "cinquenta", "sessenta", "oitenta", "cem", "e", "een", "twee", "drie", "vijf", "zes", "zeven",
    "negen", "tien", "twaalf", "dertien", "veertien", "achttien", "twintig", "dertig", "veertig", "vijftig",
    "zestig", "zeventig", "tachtig", "negentig", "honderd", "en",
];
/// Those that only join others.
const JOINTS: &[&str] = &["und", "et", "y", "e", "en"];

/// The spelled number that ends before a place.
pub(super) fn spelled_before(text: &str, at: usize) -> Option<Range<usize>> {
    let end = text[..at].trim_end_matches([' ', '-']).len();
    let mut start = end;
    for _ in 0..WORDS {
        let rest = if start == end { &text[..end] } else { text[..start].trim_end_matches([' ', '-']) };
        let length = rest.bytes().rev().take_while(u8::is_ascii_alphabetic).take(24).count();
        let word = &rest[rest.len() - length..];
        if length == 0 || rest[..rest.len() - length].ends_with(char::is_alphanumeric) || !is_number(word) {
            break;
        }
        start = rest.len() - length;
    }
    let mut words = text[start..end].split_inclusive([' ', '-']);
    let is_joint = |word: &&str| JOINTS.contains(&word.trim_end_matches([' ', '-'])) || word.len() == 1;
    let joints: usize = words.by_ref().take_while(is_joint).map(str::len).sum();
    let range = (start + joints).min(end)..end;
    (range.len() > 3 || matches!(&text[range.clone()], "six" | "ten" | "dix" | "elf" | "sei" | "tre" | "zes"))
        .then_some(range)
}

/// Whether a word is made of parts of numbers and nothing else.
fn is_number(word: &str) -> bool {
    let mut reached = vec![false; word.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for at in 0..word.len() {
        if reached.get(at) == Some(&true) {
            for part in PARTS.iter().filter(|part| word[at..].starts_with(**part)) {
                if let Some(end) = reached.get_mut(at + part.len()) {
                    *end = true;
                }
            }
        }
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_only_joins_numbers_is_none() {
        assert_eq!(spelled_before("hola y anos", 7), None);
        assert_eq!(spelled_before("y e anos", 4), None);
        assert_eq!(spelled_before("y dos anos", 6), None);
        assert_eq!(spelled_before("y veintidos anos", 12), Some(2..11));
    }

    #[test]
    fn numbers_are_read_in_seven_languages() {
        for word in [
            "seventyone",
            "zweiundvierzig",
            "einundzwanzig",
            "quatre",
            "soixante",
            "veintidos",
            "quarantadue",
            "ventuno",
            "quarenta",
            "tweeenveertig",
            "achtentachtig",
        ] {
            assert!(is_number(word), "{word}");
        }
        for word in ["older", "several", "many", "wenige", "plusieurs", "muchos"] {
            assert!(!is_number(word), "{word}");
        }
    }
}
