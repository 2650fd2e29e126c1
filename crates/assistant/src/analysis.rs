//! Text to stems: the one analysis that articles, questions and answers all go through.

use tantivy::tokenizer::{
    Language as Snowball, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter,
    TextAnalyzer,
};

use crate::Language;

/// The stems of `text` in order, without stop words, tokens such as `[PERSON_1]` and umlauts.
#[must_use]
pub(crate) fn stems(text: &str, language: Language) -> Vec<String> {
    analysed(text, language, Words::Telling)
}

/// The same with stop words: "what", "when" and "who" tell questions on one topic apart.
#[must_use]
pub(crate) fn wording(text: &str, language: Language) -> Vec<String> {
    analysed(text, language, Words::All)
}

/// Which words are kept.
#[derive(Clone, Copy)]
enum Words {
    All,
    Telling,
}

fn analysed(text: &str, language: Language, words: Words) -> Vec<String> {
    let folded = fold(&without_tokens(text), language);
    let mut analyzer = analyzer(language, words);
    let mut stream = analyzer.token_stream(&folded);
    let mut stems = Vec::new();
    while stream.advance() {
        stems.push(stream.token().text.clone());
    }
    stems
}

/// `text` with every token of the anonymiser replaced by a blank: what was masked says nothing about what is
/// asked, its entity's name would.
#[must_use]
pub(crate) fn without_tokens(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for token in anonymizer::tokens_in(text) {
        kept.push_str(&text[at..token.range.start]);
        kept.push(' ');
        at = token.range.end;
    }
    kept.push_str(&text[at..]);
    kept
}

/// The same with as many blanks as the token has bytes, so that places in both texts are the same.
#[must_use]
pub(crate) fn blanked(text: &str) -> String {
    let mut kept = text.to_owned();
    for token in anonymizer::tokens_in(text) {
        kept.replace_range(token.range.clone(), &" ".repeat(token.range.len()));
    }
    kept
}

// German is typed with and without umlauts; both become the bare vowel, as in the Snowball variant "german2".
fn fold(text: &str, language: Language) -> String {
    let text = text.to_lowercase().replace(['’', '‘', '\''], "");
    match language {
        Language::English => text,
        Language::German => text
            .replace("ae", "a")
            .replace("oe", "o")
            .replace("que", "qe")
            .replace("ue", "u")
            .replace('ä', "a")
            .replace('ö', "o")
            .replace('ü', "u")
            .replace('ß', "ss"),
    }
}

fn analyzer(language: Language, words: Words) -> TextAnalyzer {
    let (snowball, own) = match language {
        Language::English => (Snowball::English, ENGLISH_STOP_WORDS),
        Language::German => (Snowball::German, GERMAN_STOP_WORDS),
    };
    let folded = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(60))
        .filter(LowerCaser);
    match words {
        Words::All => folded.filter(Stemmer::new(snowball)).build(),
        Words::Telling => folded
            .filter(StopWordFilter::new(snowball).expect("tantivy is built with its stop words"))
            .filter(StopWordFilter::remove(own.iter().map(|word| (*word).to_owned())))
            .filter(Stemmer::new(snowball))
            .build(),
    }
}

// Tantivy's English list is short; these carry no topic in a support question either. Apostrophes are gone
// by now. German words are folded.
const ENGLISH_STOP_WORDS: &[&str] = &[
    "i", "im", "ive", "id", "me", "my", "mine", "we", "our", "us", "you", "your", "he", "she", "his", "her",
    "do", "does", "did", "doing", "have", "has", "had", "am", "was", "were", "been", "being", "can", "could",
    "would", "should", "shall", "may", "might", "must", "what", "when", "where", "which", "who", "whom",
    "whose", "why", "how", "any", "some", "so", "too", "very", "just", "please", "hi", "hello", "hey",
    "thanks", "thank", "from", "about", "get", "got", "want", "like", "need", "isnt", "doesnt", "dont",
    "didnt", "cant", "wont", "its", "whats", "wheres", "theres", "also", "still", "now", "up", "out", "one",
    "ok", "okay", "tell", "know", "help", "question", "let",
];
const GERMAN_STOP_WORDS: &[&str] = &[
    "fur", "uber", "wahrend", "konnen", "konnte", "konnten", "mochte", "mochten", "wurde", "bitte", "hallo",
    "danke", "gibt", "geht", "kann", "mal", "gern", "gerne", "lassen", "lasst", "wer", "wo", "wann", "wie",
    "warum", "wieso", "was", "mussen", "darf", "durfen", "brauche", "bekomme", "schon", "frage", "ja",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_and_spellings_meet_in_one_stem() {
        assert_eq!(stems("returning returns", Language::English), ["return", "return"]);
        assert_eq!(stems("Rücksendungen", Language::German), stems("ruecksendung", Language::German));
        assert_eq!(stems("Größe", Language::German), stems("groesse", Language::German));
    }

    #[test]
    fn stop_words_and_tokens_leave_no_stem() {
        assert_eq!(stems("How do I [PERSON_1] it?", Language::English), Vec::<String>::new());
        assert_eq!(stems("Order [ORDER_2] [sic]", Language::English), ["order", "sic"]);
    }
}
