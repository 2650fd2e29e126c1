//! Patterns that also hold for how people type: without accents, umlauts and apostrophes.

use regex::{Regex, RegexBuilder};

const VOWELS: [(char, &str); 5] =
    [('a', "aàáâãåä"), ('e', "eéèêë"), ('i', "iíìîï"), ('o', "oóòôõö"), ('u', "uúùûü")];

/// `pattern` in which an accented letter stands for the bare one, too, an umlaut also for two letters, and an
/// apostrophe for every kind, for a blank and for none.
pub(crate) fn loose(pattern: &str) -> String {
    let mut loosened = String::with_capacity(pattern.len() * 2);
    let mut in_class = false;
    let mut escaped = false;
    for letter in pattern.chars() {
        let plain = escaped;
        escaped = letter == '\\' && !plain;
        match letter {
            '[' if !plain => in_class = true,
            ']' if !plain => in_class = false,
            _ => {}
        }
        match letter {
            '\'' if !in_class => loosened.push_str("['’‘´` ]?"),
            'ä' if !in_class => loosened.push_str("(?:ä|ae|a)"),
            'ö' if !in_class => loosened.push_str("(?:ö|oe|o)"),
            'ü' if !in_class => loosened.push_str("(?:ü|ue|u)"),
            'ß' if !in_class => loosened.push_str("(?:ß|ss)"),
            'œ' if !in_class => loosened.push_str("(?:œ|oe)"),
            'ç' if !in_class => loosened.push_str("[cç]"),
            'ñ' if !in_class => loosened.push_str("[nñ]"),
            _ => match VOWELS.iter().find(|(bare, all)| letter != *bare && all.contains(letter)) {
                Some((_, all)) if in_class => loosened.push_str(all),
                Some((_, all)) => loosened.push_str(&format!("[{all}]")),
                None => loosened.push(letter),
            },
        }
    }
    loosened
}

/// `loose` patterns as one group of alternatives.
pub(crate) fn any_of<'a>(alternatives: impl IntoIterator<Item = &'a String>) -> String {
    let parts: Vec<String> = alternatives.into_iter().map(|part| loose(part)).collect();
    format!("(?:{})", parts.join("|"))
}

/// A pattern made of the files that are compiled in, over any case.
pub(crate) fn compiled(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(1 << 25)
        .build()
        .expect("a test compiles the patterns that are compiled in")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_holds_without_accents_umlauts_and_apostrophes() {
        for (pattern, texts) in [
            ("möchte", vec!["möchte", "moechte", "mochte"]),
            ("qu'est-ce déjà", vec!["qu'est-ce déjà", "qu’est-ce deja", "quest-ce déja", "qu est-ce déjá"]),
            ("señor[ée]s", vec!["senores", "señorés"]),
            (r"\bscheiß(?:e|ss)\b", vec!["scheisse", "scheiße"]),
            ("n[’']t", vec!["n't", "n’t"]),
        ] {
            let pattern = compiled(&format!("^{}$", loose(pattern)));
            for text in texts {
                assert!(pattern.is_match(text), "{pattern} {text}");
            }
        }
    }
}
