//! Which language a short message is in: by its frequent words, then by letters and pieces that are rare in the
//! other languages.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::{Language, Lexicon};

/// By how much a language must lead that of the device, when nothing is known of the device, and when the device's has
/// nothing.
const LEAD: f32 = 0.9;
const LEAD_WITHOUT_DEVICE: f32 = 0.2;
const LEAD_OVER_NOTHING: f32 = 0.45;
/// What a word of several languages counts for each, by their number.
const SHARED: [f32; 4] = [1.0, 0.5, 0.3, 0.15];
/// What a letter counts that no other language has, and what a piece of a word.
const LETTER: f32 = 1.0;
const PIECE: f32 = 0.15;

/// The languages that each frequent word is in, also as it is typed without accents.
static FREQUENT: LazyLock<HashMap<String, BTreeSet<Language>>> = LazyLock::new(|| {
    let mut frequent: HashMap<String, BTreeSet<Language>> = HashMap::new();
    for language in Language::ALL {
        for word in &Lexicon::of(language).frequent {
            frequent.entry(bare(word)).or_default().insert(language);
            frequent.entry(word.clone()).or_default().insert(language);
        }
    }
    frequent
});

pub(super) fn language_of(text: &str, device: Option<Language>) -> Language {
    let scores = Language::ALL.map(|language| (language, score(text, language)));
    let of = |wanted: Language| {
        scores.iter().find(|(language, _)| *language == wanted).map_or(0.0, |(_, score)| *score)
    };
    let (best, most) = scores
        .into_iter()
        .fold((Language::English, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    let assumed = device.unwrap_or(Language::English);
    let least = of(assumed);
    let lead = match device {
        None => LEAD_WITHOUT_DEVICE,
        Some(_) if least == 0.0 => LEAD_OVER_NOTHING,
        Some(_) => LEAD,
    };
    if most - least >= lead { best } else { assumed }
}

fn score(text: &str, language: Language) -> f32 {
    let text = text.to_lowercase().replace(['’', '‘', '´', '`'], "'");
    let letters = &Lexicon::of(language).letters;
    let marks = text.chars().filter(|mark| !mark.is_alphabetic() && letters.contains(*mark)).count();
    let words =
        text.split(|mark: char| !mark.is_alphabetic() && mark != '\'').filter(|word| !word.is_empty());
    words.map(|word| of_word(word, language)).sum::<f32>() + LETTER * marks.min(1) as f32
}

fn of_word(word: &str, language: Language) -> f32 {
    if let Some(languages) = FREQUENT.get(&word.replace('\'', "")) {
        return known(languages, language);
    }
    let lexicon = Lexicon::of(language);
    let letter = if word.contains(|letter| lexicon.letters.contains(letter)) { LETTER } else { 0.0 };
    let pieces = lexicon.pieces.iter().filter(|piece| word.contains(piece.as_str())).count().min(3) as f32;
    let parts = if word.contains('\'') {
        let of_part = |part| FREQUENT.get(part).map_or(0.0, |languages| known(languages, language));
        word.split('\'').map(of_part).sum()
    } else {
        0.0
    };
    letter + PIECE * pieces + parts
}

fn known(languages: &BTreeSet<Language>, language: Language) -> f32 {
    match languages.contains(&language) {
        true => SHARED.get(languages.len() - 1).copied().unwrap_or(0.05),
        false => 0.0,
    }
}

fn bare(word: &str) -> String {
    let bare = |letter: char| match letter {
        'à' | 'á' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'û' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    };
    word.chars().map(bare).collect()
}
