//! The demo shop's conversations of content/evaluation/conversations, held as the desk holds them.

use std::sync::Arc;

use assistant::evaluation::{self, Conversation, Needs, Score, ScriptedModel, Violations};
use assistant::{Assistant, Flows, Known};

use super::{anonymizer, business, content, languages, loaded};

/// What was measured with the encoders, without a model and with the script's; what fails is named in docs/ASSISTANT.md.
const FAIL: usize = 7;
const FAIL_SCRIPTED: usize = 2;

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

/// Holds those that `held` names, with the script's model where there is one.
#[expect(clippy::print_stdout, reason = "who asks for the output wants to see what fails")]
async fn hold(
    assistant: &Assistant,
    script: Option<&ScriptedModel>,
    held: impl Iterator<Item = &Conversation>,
) -> Score {
    let mut score = Score::default();
    for conversation in held {
        let held = match script {
            Some(script) => {
                evaluation::run_scripted(assistant, script, anonymizer(), conversation).await.unwrap()
            }
            None => evaluation::run(assistant, anonymizer(), conversation).await.unwrap(),
        };
        for failure in &held.failures {
            let place = format!("{}:{} {}", conversation.file, failure.line, conversation.name);
            println!("{place}\n    expected {}\n    came {}", failure.expected, failure.came);
        }
        score.count(conversation, &held);
    }
    println!("{score:#?}");
    let Violations { uncited, unconfirmed, outside_policy } = score.violations;
    assert_eq!((uncited, unconfirmed, outside_policy), (0, 0, 0));
    score
}

#[tokio::test]
async fn the_set_goes_as_written_but_for_what_is_known_and_nothing_happens_that_never_may() {
    let (assistant, conversations) = (assistant(), conversations());
    let alone = conversations.iter().filter(|conversation| conversation.needs == Needs::Nothing);
    let embedded = hold(&assistant, None, alone).await;
    let script = Arc::new(ScriptedModel::default());
    let assistant = assistant.with_model(script.clone());
    let scripted = hold(&assistant, Some(&script), conversations.iter()).await;
    assert!(embedded.total.all >= 150, "{} conversations", embedded.total.all);
    assert!(scripted.total.all >= embedded.total.all + 5, "{} need a model", scripted.total.all);
    // Without the models an intent is known by its examples and an article by words alone.
    if languages::both().is_some() {
        for (score, fail) in [(embedded, FAIL), (scripted, FAIL_SCRIPTED)] {
            assert!(score.total.all - score.total.passed <= fail, "{score:?}");
        }
    }
}

#[tokio::test]
async fn what_a_model_says_to_a_turn_in_which_nobody_asks_it_fails_the_conversation() {
    let text =
        "conversations:\n  hello:\n    category: happy\n    turns:\n      - { say: Hello, model: Hi }\n";
    let conversation = &evaluation::read("hello.yaml", text).unwrap()[0];
    let script = Arc::new(ScriptedModel::default());
    let assistant = Assistant::new(loaded(), business()).with_model(script.clone());
    let held = evaluation::run_scripted(&assistant, &script, anonymizer(), conversation).await.unwrap();
    assert_eq!((held.failures[0].line, held.failures[0].came.as_str()), (5, "it was not"));
    assert!(evaluation::run(&assistant, anonymizer(), conversation).await.unwrap().passed());
}
