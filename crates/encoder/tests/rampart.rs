//! The real model, where `SOTTO_TEST_MODELS` says that it is installed (`cargo xtask test` does).

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise, and are told by the environment where models are"
)]

mod reference;

use encoder::{Encoder, ModelFile, Scratch};

const TEXTS: [&str; 8] = [
    "Hi, my name is Sarah Connor and I live at 12 Baker Street, London NW1 6XE.",
    "bonjour, je m'appelle françois lefèvre, mon numéro est le 06 12 34 56 78",
    "Ich heiße Jürgen Müller und wohne in der Hauptstraße 5, 80331 München.",
    "me llamo maría josé garcía, mi correo es maria.garcia@example.com",
    "Mi chiamo Giulia Rossi, abito in via Roma 10, 20121 Milano",
    "Where is my order? It should have been here on Monday, and nobody answers.",
    "The account number is 12345678 and the routing number 021000021.",
    "ok",
];

fn installed() -> Option<Vec<u8>> {
    let folder = std::env::var_os("SOTTO_TEST_MODELS")?;
    Some(std::fs::read(std::path::Path::new(&folder).join("rampart.model")).unwrap())
}

fn best(shares: &[f64]) -> usize {
    (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap()
}

#[test]
fn labels_are_those_of_the_model_in_double_precision() {
    let Some(bytes) = installed() else { return };
    let file = ModelFile::from_bytes(&bytes).unwrap();
    let encoder = Encoder::from_bytes(&bytes).unwrap();
    let mark = |text: &str| file.vocabulary.iter().position(|piece| piece == text).unwrap() as u32;
    for text in TEXTS {
        let tokens = encoder.tokens(text);
        let numbers = tokens.pieces().iter().map(|piece| piece.number);
        let numbers: Vec<u32> = [mark("[CLS]")].into_iter().chain(numbers).chain([mark("[SEP]")]).collect();
        let states = reference::states(&file, &numbers);
        let exact = reference::times(&states, file.head.as_ref().unwrap());
        encoder.classify(&tokens, &mut Scratch::default(), |encoding| {
            let logits = &exact[(encoding.index + 1) * encoder.labels().len()..][..encoder.labels().len()];
            let ours: Vec<f64> = encoding.probabilities.iter().copied().map(f64::from).collect();
            assert_eq!(best(&ours), best(logits), "{text}: {}", &text[encoding.piece.range()]);
        });
    }
}

#[test]
fn names_are_found() {
    let Some(bytes) = installed() else { return };
    let encoder = Encoder::from_bytes(&bytes).unwrap();
    for (text, names) in [(TEXTS[0], "Sarah Connor"), (TEXTS[2], "Jürgen Müller"), (TEXTS[5], "")] {
        let mut found = (usize::MAX, 0);
        encoder.classify(&encoder.tokens(text), &mut Scratch::default(), |encoding| {
            let ours: Vec<f64> = encoding.probabilities.iter().copied().map(f64::from).collect();
            let label = &encoder.labels()[best(&ours)];
            if label.ends_with("GIVEN_NAME") || label.ends_with("SURNAME") {
                let range = encoding.piece.range();
                found = (found.0.min(range.start), found.1.max(range.end));
            }
        });
        assert_eq!(text.get(found.0..found.1).unwrap_or_default(), names);
    }
}
