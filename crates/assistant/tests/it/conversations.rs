//! The demo shop's conversations of content/evaluation/conversations, held as the desk holds them.

use assistant::evaluation::{self, Conversation, Score, Violations};
use assistant::{Assistant, Flows, Known};

use super::{anonymizer, business, content, languages, loaded};

/// What was measured with the models; what fails is named in docs/ASSISTANT.md.
const LEAST_PASSED: usize = 165;

fn conversations() -> Vec<Conversation> {
    let mut paths: Vec<_> = std::fs::read_dir(content().join("evaluation/conversations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        evaluation::read(&path.file_name().unwrap().to_string_lossy(), &text)
            .unwrap_or_else(|problems| panic!("{problems:#?}"))
    };
    paths.iter().flat_map(read).collect()
}

/// The demo shop's assistant as the desk has it.
fn assistant() -> Assistant {
    let (knowledge, business, embedder) = (loaded(), business(), languages::both());
    let articles = knowledge.ids();
    let known = Known { tools: &business.tools, articles: &articles };
    let flows = Flows::load(&content().join("demo/flows"), known).unwrap();
    let knowledge = match &embedder {
        Some(embedder) => knowledge.with_meaning(embedder),
        None => knowledge,
    };
    Assistant::new(knowledge, business).with_flows(flows, embedder.as_ref()).unwrap()
}

#[test]
fn the_set_goes_as_written_but_for_what_is_known_and_nothing_happens_that_never_may() {
    let (assistant, conversations) = (assistant(), conversations());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut score = Score::default();
    for conversation in &conversations {
        let held = runtime.block_on(evaluation::run(&assistant, anonymizer(), conversation)).unwrap();
        for failure in &held.failures {
            let place = format!("{}:{} {}", conversation.file, failure.line, conversation.name);
            println!("{place}\n    expected {}\n    came {}", failure.expected, failure.came);
        }
        score.count(conversation, &held);
    }
    println!("{score:#?}");
    let Violations { uncited, unconfirmed, outside_policy } = score.violations;
    assert_eq!((uncited, unconfirmed, outside_policy), (0, 0, 0));
    assert!(score.total.all >= 150, "{} conversations", score.total.all);
    // Without the models an intent is known by its examples and an article by words alone.
    if languages::both().is_some() {
        assert!(score.total.passed >= LEAST_PASSED, "{score:?}");
    }
}
