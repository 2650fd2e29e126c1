//! Floors under the figures that `cargo run -p assistant --example retrieval` prints.

use assistant::{Knowledge, Language, Reader, Zone};
use futures_util::FutureExt;

use super::{content, embedder, knowledge, loaded};

struct Figures {
    first: f64,
    third: f64,
    /// Share of the answers that come from the right article.
    precision: f64,
    /// Share of the questions that are answered, of those with an answer.
    answered: f64,
}

fn measure(knowledge: &Knowledge, file: &str, language: Language) -> Figures {
    let text = std::fs::read_to_string(content().join("evaluation").join(file)).unwrap();
    let (mut asked, mut first, mut third, mut answers, mut right) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (question, gold) in
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
    {
        assert!(
            gold == "-" || knowledge.articles().iter().any(|article| article.id == gold),
            "{gold} is no article"
        );
        let found = knowledge.retrieve(question, language, Reader::Author).now_or_never().unwrap().unwrap();
        let rank = found.candidates.iter().position(|candidate| candidate.article.id == gold);
        if gold != "-" {
            asked += 1.0;
            first += f64::from(u8::from(rank == Some(0)));
            third += f64::from(u8::from(rank.is_some_and(|rank| rank < 3)));
        }
        if found.zone() == Zone::Answer {
            answers += 1.0;
            right += f64::from(u8::from(rank == Some(0)));
        }
    }
    Figures {
        first: first / asked,
        third: third / asked,
        precision: right / answers,
        answered: right / asked,
    }
}

#[test]
fn the_right_article_is_found_and_little_else_is_answered() {
    let knowledge = knowledge();
    // Set, language, floors of recall@1, recall@3, precision of answers, share answered.
    let floors = [
        ("retrieval.en.tsv", Language::English, 0.92, 0.97, 0.95, 0.60),
        ("retrieval.de.tsv", Language::German, 0.92, 0.96, 0.92, 0.50),
        ("retrieval.holdout.en.tsv", Language::English, 0.78, 0.93, 0.90, 0.45),
    ];
    for (file, language, first, third, precision, answered) in floors {
        let got = measure(knowledge, file, language);
        assert!(got.first >= first, "{file}: recall@1 {:.3}", got.first);
        assert!(got.third >= third, "{file}: recall@3 {:.3}", got.third);
        assert!(got.precision >= precision, "{file}: {:.3} of the answers are right", got.precision);
        assert!(got.answered >= answered, "{file}: {:.3} answered", got.answered);
    }
}

#[test]
fn with_a_sentence_encoder_more_is_found_and_what_is_answered_is_right() {
    let Some(embedder) = embedder() else { return };
    let knowledge = loaded().with_meaning(&embedder);
    let got = measure(&knowledge, "retrieval.holdout.en.tsv", Language::English);
    let words = measure(super::knowledge(), "retrieval.holdout.en.tsv", Language::English);
    assert!(got.first > words.first, "recall@1 {:.3}, by words {:.3}", got.first, words.first);
    assert!(got.third >= 0.97, "recall@3 {:.3}", got.third);
    assert!(got.precision >= 0.95, "{:.3} of the answers are right", got.precision);
    assert!(got.answered >= 0.50, "{:.3} answered", got.answered);
}
