//! The assistant through its public door, on the demo shop's articles.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and is told by the environment where models are"
)]

mod conversations;
mod flows;
mod injection;
mod intents;
mod languages;
mod model;
mod obedient;
mod retrieval;
mod turns;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anonymizer::{Anonymizer, Options};
use assistant::{Assistant, Business, Embedder, Knowledge};
use encoder::Encoder;

/// content/ of the project.
fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content")
}

fn loaded() -> Knowledge {
    Knowledge::load(&content().join("demo/articles")).unwrap()
}

/// The installed sentence encoder: `cargo xtask test` says where it is, and then it must be there.
fn embedder() -> Option<Embedder> {
    let folder = std::env::var_os("SOTTO_TEST_MODELS")?;
    let bytes = std::fs::read(Path::new(&folder).join("minilm.model")).unwrap();
    Some(Embedder::new(Arc::new(Encoder::from_bytes(&bytes).unwrap())))
}

fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
    KNOWLEDGE.get_or_init(loaded)
}

fn anonymizer() -> &'static Anonymizer {
    static ANONYMIZER: OnceLock<Anonymizer> = OnceLock::new();
    ANONYMIZER.get_or_init(|| {
        let order_numbers = Some(business().order_number);
        Anonymizer::new(Options { order_numbers, ..Options::default() })
    })
}

fn business() -> Business {
    Business::load(&content().join("demo/shop.toml")).unwrap()
}

/// The demo shop's assistant without a model, made once.
fn embedded() -> &'static Assistant {
    static ASSISTANT: OnceLock<Assistant> = OnceLock::new();
    ASSISTANT.get_or_init(|| Assistant::new(loaded(), business()))
}

#[test]
fn the_demo_shop_has_forty_articles_and_ten_of_them_in_german() {
    use assistant::Language;
    let knowledge = knowledge();
    let count = |language| knowledge.articles().iter().filter(|article| article.language == language).count();
    assert!(count(Language::English) >= 40 && count(Language::German) >= 10);
    for article in knowledge.articles() {
        assert!(article.questions.len() >= 3, "{} has too few questions", article.id);
        assert!(article.url.ends_with(&format!("/{}", article.id)), "{}", article.url);
        let english = knowledge
            .articles()
            .iter()
            .any(|other| other.id == article.id && other.language == Language::English);
        assert!(english, "{} is not in English", article.id);
    }
}
