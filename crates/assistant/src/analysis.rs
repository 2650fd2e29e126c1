//! Text to stems: the one analysis that articles, questions and answers all go through.

use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};

use crate::Language;
use crate::language::Lexicon;

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
    let lexicon = Lexicon::of(language);
    let folded = fold(&without_tokens(text), lexicon);
    let mut analyzer = analyzer(lexicon, words);
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

fn fold(text: &str, lexicon: &Lexicon) -> String {
    let between = if lexicon.elision { " " } else { "" };
    let text = text.to_lowercase().replace(['’', '‘', '\''], between);
    lexicon.stem_folds.iter().fold(text, |text, (from, to)| text.replace(from, to))
}

// Accents go last: the stemmers know endings by them, and customers leave them out.
fn analyzer(lexicon: &'static Lexicon, words: Words) -> TextAnalyzer {
    let stemmer = Stemmer::new(lexicon.stemmer);
    let folded = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(60))
        .filter(LowerCaser);
    match words {
        Words::All => folded.filter(stemmer).filter(AsciiFoldingFilter).build(),
        Words::Telling => folded
            .filter(StopWordFilter::new(lexicon.stemmer).expect("tantivy is built with its stop words"))
            .filter(StopWordFilter::remove(lexicon.stop_words.iter().cloned()))
            .filter(stemmer)
            .filter(AsciiFoldingFilter)
            .build(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_and_spellings_meet_in_one_stem() {
        assert_eq!(stems("returning returns", Language::English), ["return", "return"]);
        assert_eq!(stems("Rücksendungen", Language::German), stems("ruecksendung", Language::German));
        assert_eq!(stems("Größe", Language::German), stems("groesse", Language::German));
        assert_eq!(stems("délais", Language::French), stems("delai", Language::French));
        assert_eq!(stems("encomendas", Language::Portuguese), stems("encomenda", Language::Portuguese));
        assert_eq!(stems("bestellingen", Language::Dutch), stems("bestelling", Language::Dutch));
    }

    #[test]
    fn stop_words_and_tokens_leave_no_stem() {
        assert_eq!(stems("How do I [PERSON_1] it?", Language::English), Vec::<String>::new());
        assert_eq!(stems("Order [ORDER_2] [sic]", Language::English), ["order", "sic"]);
        assert_eq!(stems("Où est l’appareil d'Anna ?", Language::French), ["appareil", "anna"]);
    }
}
