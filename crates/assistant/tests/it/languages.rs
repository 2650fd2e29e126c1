//! An answer from an article of another language, with the model that knows all of them.

use std::sync::Arc;

use anonymizer::{Plaintext, TokenVault};
use assistant::{Assistant, Decision, Embedder, Identification, Knowledge, Language, Reader, Turn};
use encoder::multilingual::Multilingual;
use futures_util::FutureExt;

use super::{anonymizer, business, content, embedder, loaded};

/// The installed encoders: `cargo xtask test` says where they are.
pub(super) fn both() -> Option<Embedder> {
    let folder = std::env::var_os("SOTTO_TEST_MODELS")?;
    let bytes = std::fs::read(std::path::Path::new(&folder).join("multilingual.model")).unwrap();
    Some(embedder()?.with_multilingual(Arc::new(Multilingual::from_bytes(&bytes).unwrap())))
}

fn reads(assistant: &Assistant, message: &str, device: &str) -> String {
    let mut vault = TokenVault::new();
    let message = anonymizer().mask(&Plaintext::new(message.to_owned()), &mut vault).unwrap();
    let guard = vault.guard();
    let turn = Turn {
        history: &[],
        message: &message,
        language: device,
        identification: Identification::Unknown,
        tool_results: &[],
        unanswered: 0,
        flow: None,
        today: jiff::civil::date(2026, 11, 22),
        pressed: None,
        guard: &guard,
        model: None,
    };
    let (pieces, _listening) = tokio::sync::mpsc::channel(8);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    match runtime.block_on(assistant.decide(&turn, &pieces)).unwrap().decision {
        Decision::Reply(reply) => reply.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_article_of_another_language_answers_in_its_own_words_and_says_so() {
    let Some(embedder) = both() else { return };
    let knowledge = loaded().with_meaning(&embedder);
    let shop = Assistant::new(knowledge, business());
    let text = reads(&shop, "Comment nettoyer mes appareils auditifs ?", "fr");
    assert!(
        text.starts_with("Ce texte d'aide n'existe qu'en anglais")
            || text.starts_with("Ce texte d'aide n'existe qu'en allemand"),
        "{text}"
    );
    let strange = reads(&shop, "Quelle est la capitale de la Mongolie ?", "fr");
    assert!(strange.starts_with("Je n'ai pas compris"), "{strange}");
    let without = Assistant::new(loaded(), business());
    assert!(
        reads(&without, "Comment nettoyer mes appareils auditifs ?", "fr").starts_with("Je n'ai pas compris")
    );
}

/// German questions over the English articles alone: the right one or none.
#[test]
fn a_wrong_article_of_another_language_answers_seldom() {
    let Some(embedder) = both() else { return };
    let articles =
        loaded().articles().iter().filter(|article| article.language == Language::English).cloned().collect();
    let knowledge = Knowledge::from_articles(articles).unwrap().with_meaning(&embedder);
    let table = std::fs::read_to_string(content().join("evaluation/retrieval.de.tsv")).unwrap();
    let (mut right, mut wrong, mut none, mut answered) = (0, 0, 0, 0);
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let Some((question, wanted)) = line.split_once('\t') else { continue };
        let found = knowledge.elsewhere(question, Language::German, Reader::Author).now_or_never().unwrap();
        match (found, wanted) {
            (Some(_), "-") => answered += 1,
            (Some(found), wanted) if found.id == wanted => right += 1,
            (Some(_), _) => wrong += 1,
            (None, _) => none += 1,
        }
    }
    println!("right {right}, wrong {wrong}, not answered {none}, answered though nothing fits {answered}");
    assert!(right >= 5 && wrong + answered <= 1, "right {right}, wrong {wrong}, none {none}, {answered}");
}
