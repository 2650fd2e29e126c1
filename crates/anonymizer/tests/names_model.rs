//! The larger model for names, where `SOTTO_TEST_MODELS` says that it is installed (`cargo xtask test` does).

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise, and are told by the environment where models are"
)]

use std::path::Path;
use std::sync::Arc;

use anonymizer::{Anonymizer, NamesModel, Options, Plaintext, TokenVault};
use encoder::Encoder;

fn with_model() -> Option<Anonymizer> {
    let folder = std::env::var_os("SOTTO_TEST_MODELS")?;
    let bytes = std::fs::read(Path::new(&folder).join("rampart.model")).unwrap();
    let names = NamesModel::new(Encoder::from_bytes(&bytes).unwrap()).unwrap();
    Some(Anonymizer::new(Options { names: Some(Arc::new(names)), ..Options::default() }))
}

fn masked(anonymizer: &Anonymizer, text: &str) -> String {
    let mut vault = TokenVault::new();
    let masked = anonymizer.mask(&Plaintext::new(text.to_owned()), &mut vault).unwrap();
    assert_eq!(vault.restore(masked.as_str()).text.reveal(), text, "masking keeps what it takes");
    masked.as_str().to_owned()
}

#[test]
fn it_finds_names_that_nothing_else_does_and_keeps_ordinary_words() {
    let Some(anonymizer) = with_model() else { return };
    let alone = Anonymizer::new(Options::default());
    let text = "deliver it with abimbola please";
    assert_eq!(masked(&anonymizer, text), "deliver it with [PERSON_1] please");
    assert_eq!(masked(&alone, text), text, "the smaller model alone misses it");
    for text in ["Where is my order?", "the drill bit broke again", "das Kabel ist viel zu kurz"] {
        assert_eq!(masked(&anonymizer, text), text);
    }
}

#[test]
fn many_threads_share_one_model() {
    let Some(anonymizer) = with_model() else { return };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(masked(&anonymizer, "ask priyanka venkatesan"), "ask [PERSON_1]"));
        }
    });
}
