//! The languages that the assistant answers in, and which one a message is written in.

/// A language with its own recognition, index and standard sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English, also the language of last resort.
    English,
    /// German, in the polite form.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language of a BCP 47 tag such as `de-AT`, when we have it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of `text`: the words decide when they are clearly of one language, else what the
    /// device said, else English.
    #[must_use]
    pub fn of(text: &str, device: &str) -> Self {
        let mut english = 0;
        let mut german = 0;
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            let word = word.to_lowercase();
            english += usize::from(ENGLISH.contains(&word.as_str()));
            german += usize::from(GERMAN.contains(&word.as_str()) || word.contains(['ä', 'ö', 'ü', 'ß']));
        }
        match Self::from_tag(device) {
            Some(Self::German) if german == 0 && english >= 2 => Self::English,
            Some(Self::English) | None if english == 0 && german >= 1 => Self::German,
            Some(Self::English) | None if german >= english + 2 => Self::German,
            Some(language) => language,
            None => Self::English,
        }
    }
}

// Frequent words of support messages that are no words of the other language.
const ENGLISH: &[&str] = &[
    "the", "is", "are", "my", "i", "you", "your", "how", "what", "where", "when", "why", "can", "do", "does",
    "did", "it", "to", "and", "of", "for", "with", "not", "have", "has", "this", "that", "want", "would",
    "please", "from", "be", "me", "on", "but", "a", "an", "at", "if", "or", "don", "doesn",
];
const GERMAN: &[&str] = &[
    "der", "das", "ist", "sind", "mein", "meine", "meinen", "meiner", "meinem", "ich", "sie", "ihr", "ihre",
    "wie", "was", "wo", "wann", "warum", "kann", "könnte", "und", "von", "für", "mit", "nicht", "habe",
    "haben", "hat", "dies", "diese", "dieser", "möchte", "will", "bitte", "auf", "mich", "mir", "aber",
    "ein", "eine", "einen", "einem", "oder", "zu", "zum", "zur", "den", "dem", "es", "wir", "kein", "keine",
    "noch", "bekomme", "hallo", "danke", "guten", "welche", "welcher", "wer", "wird", "darf", "geht", "bei",
    "nach",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_message_overrule_the_device_only_when_they_are_clear() {
        let cases = [
            ("Where is my order?", "en", Language::English),
            ("Wo ist meine Bestellung?", "en", Language::German),
            ("Where is my order?", "de", Language::English),
            ("Bluetooth", "de", Language::German),
            ("Bluetooth", "en-GB", Language::English),
            ("Bluetooth", "fr", Language::English),
            ("Rücksendung", "en", Language::German),
            ("Ich will das iPhone mit der App verbinden", "en", Language::German),
            ("WF-48213", "de-AT", Language::German),
        ];
        for (text, device, expected) in cases {
            assert_eq!(Language::of(text, device), expected, "{text:?} on a device in {device}");
        }
    }
}
