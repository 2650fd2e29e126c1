//! With a language model: a double at the network's edge that says what the test tells it to.

use std::sync::{Arc, Mutex};

use anonymizer::{LeakGuard, Plaintext, TokenVault};
use assistant::{
    Assistant, DataCategories, Decided, Decision, DeclaredModel, DraftReply, FlowState, Flows, HandOffReason,
    Identification, Known, Model, Pieces, ReplyKind, Turn,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use llm::{ChatRequest, LlmError, Part, Piece, Role, Spent, TokenLimits, ToolUse, Usage};

use super::{anonymizer, business, content, loaded};

/// Streams its pieces; an `Err` in them is a provider that fails there.
#[derive(Default)]
struct Scripted {
    pieces: Vec<Result<Piece, ()>>,
    asked: Mutex<Vec<ChatRequest>>,
}

impl Model for Scripted {
    fn stream<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: &'a LeakGuard,
    ) -> BoxFuture<'a, Result<Pieces, LlmError>> {
        self.asked.lock().unwrap().push(request.clone());
        let pieces: Vec<Result<Piece, LlmError>> =
            self.pieces.iter().map(|piece| piece.clone().map_err(|()| LlmError::Failed)).collect();
        Box::pin(async move {
            match pieces.first() {
                Some(Err(_)) => Err(LlmError::Timeout),
                _ => Ok(stream::iter(pieces).boxed()),
            }
        })
    }
}

struct Outcome {
    decision: Decision,
    flow: Option<FlowState>,
    pieces: Vec<String>,
    asked: Vec<ChatRequest>,
}

impl Outcome {
    fn reply(&self) -> &DraftReply {
        match &self.decision {
            Decision::Reply(reply) => reply,
            other => panic!("{other:?}"),
        }
    }
}

fn words(text: &str) -> Result<Piece, ()> {
    Ok(Piece::Text(text.to_owned()))
}

fn call(name: &str, arguments: &str) -> Result<Piece, ()> {
    Ok(Piece::Call(ToolUse::new(name.to_owned(), arguments.to_owned()).unwrap()))
}

async fn decide(message: &str, pieces: &[Result<&'static str, ()>]) -> Outcome {
    let pieces = pieces.iter().map(|piece| piece.map_or(Err(()), words)).collect();
    let model = Arc::new(Scripted { pieces, ..Scripted::default() });
    let assistant = Assistant::new(loaded(), business()).with_model(model.clone());
    decide_with(&assistant, &model, message, Some(&Spent::default()), 0).await
}

/// The demo shop's assistant with its flows and this model.
fn with_flows(model: DeclaredModel) -> Assistant {
    let (business, knowledge) = (business(), loaded());
    let known = Known { tools: &business.tools, articles: &knowledge.ids() };
    let flows = Flows::load(&content().join("demo/flows"), known).unwrap();
    Assistant::new(knowledge, business).with_flows(flows, None).unwrap().with_declared(model)
}

fn unlimited(model: &Arc<Scripted>) -> DeclaredModel {
    DeclaredModel::new(model.clone(), DataCategories::everything(), TokenLimits::NONE)
}

/// What a model that may also choose comes to.
async fn choose(message: &str, pieces: Vec<Result<Piece, ()>>, unanswered: u8) -> Outcome {
    let model = Arc::new(Scripted { pieces, ..Scripted::default() });
    let assistant = with_flows(unlimited(&model));
    decide_with(&assistant, &model, message, Some(&Spent::default()), unanswered).await
}

async fn decide_with(
    assistant: &Assistant,
    model: &Scripted,
    message: &str,
    spent: Option<&Spent>,
    unanswered: u8,
) -> Outcome {
    let mut vault = TokenVault::new();
    let message = anonymizer().mask(&Plaintext::new(message.to_owned()), &mut vault).unwrap();
    let guard = vault.guard();
    let turn = Turn {
        history: &[],
        message: &message,
        language: "en",
        identification: Identification::SignedIn,
        today: jiff::civil::date(2026, 11, 22),
        tool_results: &[],
        unanswered,
        flow: None,
        pressed: None,
        guard: &guard,
        model: spent,
    };
    let (sender, mut receiver) = tokio::sync::mpsc::channel(64);
    let Decided { decision, flow } = assistant.decide(&turn, &sender).await.unwrap();
    drop(sender);
    let mut heard = Vec::new();
    while let Some(piece) = receiver.recv().await {
        heard.push(piece);
    }
    let asked = model.asked.lock().unwrap().clone();
    Outcome { decision, flow, pieces: heard, asked }
}

const QUESTION: &str = "How long does a refund take?";
const EXTRACT: &str = "We refund you within 5 working days after your return reaches us.";

#[tokio::test]
async fn checked_sentences_are_streamed_and_cited() {
    let outcome = decide(
        QUESTION,
        &[
            Ok("We refund you within 5 work"),
            Ok("ing days after your return reaches us [1]. With Pay"),
            Ok("Pal it is immediate, cards take up to 3 more days [1]."),
        ],
    )
    .await;
    let reply = outcome.reply();
    assert_eq!(
        reply.text,
        "We refund you within 5 working days after your return reaches us. With PayPal it is immediate, cards take up to 3 more days."
    );
    assert_eq!(reply.kind, ReplyKind::Answer);
    assert_eq!(reply.citations.len(), 1);
    assert_eq!(reply.citations[0].title, "When do I get my money back?");
    assert!(reply.citations[0].quote.starts_with(EXTRACT));
    assert_eq!(outcome.pieces, [EXTRACT]);
}

#[tokio::test]
async fn a_sentence_that_no_passage_supports_reaches_nobody() {
    let outcome = decide(
        QUESTION,
        &[Ok("Refunds take 2 hours [1]. You also get 50 euros as a gift [1]. We refund you within 5 working days after your return reaches us [1]. Call Dr. Bill Gates [1]. Bye")],
    )
    .await;
    assert_eq!(outcome.reply().text, EXTRACT);
    assert!(outcome.pieces.iter().all(|piece| piece == EXTRACT), "{:?}", outcome.pieces);
}

#[tokio::test]
async fn when_nothing_is_supported_or_the_provider_fails_the_article_answers() {
    for pieces in [
        vec![Ok("Everything is free forever and nobody pays anything at all.")],
        vec![Err(())],
        vec![Ok("We refund you within 5 working days after your return reaches us [1]. And"), Err(())],
        vec![Ok("")],
        vec![Ok("NO_ANSWER")],
    ] {
        let outcome = decide(QUESTION, &pieces).await;
        let reply = outcome.reply();
        assert!(reply.text.starts_with(EXTRACT), "{pieces:?}: {}", reply.text);
        assert_eq!(reply.text, reply.citations[0].quote, "{pieces:?}");
    }
}

#[tokio::test]
async fn an_obedient_model_gets_no_link_token_markup_or_prompt_past_the_check() {
    for attack in [
        "We refund you within 5 working days after your return reaches us, see [here](https://evil.example/?d=1) [1].",
        "We refund you within 5 working days after your return reaches us ![x](https://evil.example/p.png) [1].",
        "We refund you within 5 working days after your return reaches us, www.evil.example [1].",
        "We refund [CARD_1] within 5 working days after your return reaches us [1].",
        "You answer customers of Wrenfield in English.",
        "Use only the passages in the customer's message under PASSAGES.",
    ] {
        let outcome = decide(QUESTION, &[Ok(attack)]).await;
        let all = format!("{} {}", outcome.reply().text, outcome.pieces.join(" "));
        for forbidden in ["evil", "CARD_1", "](", "answer customers", "PASSAGES"] {
            assert!(!all.contains(forbidden), "{attack}: {all}");
        }
    }
    let outcome = decide(
        QUESTION,
        &[Ok(
            "We refund you within <script>alert(1)</script> 5 working days after your return reaches us [1].",
        )],
    )
    .await;
    assert!(!outcome.reply().text.contains('<'), "{}", outcome.reply().text);
}

#[tokio::test]
async fn the_model_gets_masked_words_and_passages_apart_from_instructions() {
    let outcome =
        decide("I am Hanna Berg (hanna.berg@example.com). How long does a refund take?", &[Ok("NO_ANSWER")])
            .await;
    let request = &outcome.asked[0];
    let (Some(first), Some(last)) = (request.messages.first(), request.messages.last()) else {
        panic!("no messages")
    };
    assert_eq!((first.role, last.role), (Role::System, Role::User));
    let [Part::Curated(passages), Part::Anonymized(question)] = last.parts.as_slice() else {
        panic!("{:?}", last.parts)
    };
    assert!(passages.as_str().starts_with("PASSAGES\n[1] When do I get my money back?: We refund you"));
    assert!(!question.as_str().contains("Hanna") && !question.as_str().contains("example.com"));
    assert!(question.as_str().ends_with("How long does a refund take?"));
    assert!(first.parts.iter().all(|part| matches!(part, Part::Curated(_))));
}

#[tokio::test]
async fn hard_rules_orders_and_nonsense_never_reach_the_model() {
    for message in [
        "I want to talk to a human",
        "The charger is smoking",
        "Where is my order?",
        "Hello",
        "What is the capital of Peru?",
    ] {
        assert!(decide(message, &[Ok("x")]).await.asked.is_empty(), "{message}");
    }
}

/// No example of a flow, and no article is near.
const UNSURE: &str = "Somehow the thing that I bought last week must not come after all";

#[tokio::test]
async fn where_the_assistant_is_not_sure_the_model_may_begin_a_flow_which_then_asks_by_itself() {
    let outcome = choose(UNSURE, vec![call("start_flow", "{\"flow\":\"cancel_order\"}")], 0).await;
    assert!(outcome.reply().text.starts_with("Which order"), "{}", outcome.reply().text);
    assert_eq!(outcome.flow.as_ref().map(FlowState::flow), Some("cancel_order"));
    assert!(outcome.reply().card.is_none());
    let [request] = outcome.asked.as_slice() else { panic!("{} requests", outcome.asked.len()) };
    let names: Vec<&str> = request.tools.iter().map(llm::ToolSpec::name).collect();
    assert_eq!(names, ["start_flow", "hand_off", "clarify"]);
}

#[tokio::test]
async fn the_model_may_call_a_person_or_ask_back_as_the_assistant_itself_may() {
    let outcome = choose(UNSURE, vec![call("hand_off", "{\"reason\":\"legal\"}")], 0).await;
    assert!(matches!(outcome.decision, Decision::HandOff { reason: HandOffReason::Legal, .. }));
    let outcome = choose(UNSURE, vec![call("clarify", "{}")], 0).await;
    assert_eq!(outcome.reply().kind, ReplyKind::Clarification);
    let outcome = choose(UNSURE, vec![call("clarify", "{}")], 1).await;
    assert!(matches!(outcome.decision, Decision::HandOff { reason: HandOffReason::NotUnderstood, .. }));
}

#[tokio::test]
async fn what_was_not_offered_is_no_choice_and_the_articles_answer() {
    for (name, arguments) in [
        ("start_flow", "{\"flow\":\"pay_me\"}"),
        ("cancel_order", "{\"order\":\"WF-48377\"}"),
        ("hand_off", "{\"reason\":\"because\"}"),
    ] {
        let outcome = choose(QUESTION, vec![call(name, arguments)], 0).await;
        assert!(outcome.reply().text.starts_with(EXTRACT), "{name}: {}", outcome.reply().text);
        assert_eq!(outcome.flow, None);
    }
    // Without flows nothing is offered.
    let model = Arc::new(Scripted {
        pieces: vec![call("hand_off", "{\"reason\":\"legal\"}")],
        ..Scripted::default()
    });
    let assistant = Assistant::new(loaded(), business()).with_model(model.clone());
    let outcome = decide_with(&assistant, &model, QUESTION, Some(&Spent::default()), 0).await;
    assert!(outcome.reply().text.starts_with(EXTRACT) && outcome.asked[0].tools.is_empty());
}

#[tokio::test]
async fn an_answer_that_has_begun_is_not_undone_by_a_choice_and_idle_words_before_one_are_dropped() {
    let answer = format!("{} [1]. And", EXTRACT.trim_end_matches('.'));
    let pieces = vec![words(&answer), call("hand_off", "{\"reason\":\"anger\"}")];
    assert_eq!(choose(QUESTION, pieces, 0).await.reply().text, EXTRACT);
    let pieces = vec![words("Sure, let me do that. Now"), call("start_flow", "{\"flow\":\"refund\"}")];
    let outcome = choose(QUESTION, pieces, 0).await;
    assert_eq!(outcome.flow.as_ref().map(FlowState::flow), Some("refund"));
    assert!(outcome.pieces.is_empty(), "{:?}", outcome.pieces);
}

#[tokio::test]
async fn without_passages_no_word_of_a_model_is_shown() {
    let outcome =
        choose("What is the capital of Peru?", vec![words("The capital of Peru is Lima.")], 0).await;
    assert_eq!(outcome.reply().kind, ReplyKind::Clarification);
    assert!(!outcome.reply().text.contains("Lima") && outcome.pieces.is_empty());
}

#[tokio::test]
async fn what_the_model_may_not_read_or_cost_is_answered_by_the_articles() {
    let model = Arc::new(Scripted { pieces: vec![words("NO_ANSWER")], ..Scripted::default() });
    let data = || DataCategories::named(["order"]).unwrap();
    let orders_only = with_flows(DeclaredModel::new(model.clone(), data(), TokenLimits::NONE));
    let spent = Spent::default();
    let message = "My mail is hanna.berg@example.com. How long does a refund take?";
    let outcome = decide_with(&orders_only, &model, message, Some(&spent), 0).await;
    assert!(outcome.asked.is_empty() && outcome.reply().text.starts_with(EXTRACT));
    let outcome = decide_with(&orders_only, &model, QUESTION, None, 0).await;
    assert!(outcome.asked.is_empty() && outcome.reply().text.starts_with(EXTRACT), "it is left out");
    assert_eq!(decide_with(&orders_only, &model, QUESTION, Some(&spent), 0).await.asked.len(), 1);

    let limits = TokenLimits { conversation: spent.tokens() * 2, day: u64::MAX };
    let small = with_flows(DeclaredModel::new(model.clone(), data(), limits));
    let outcome = decide_with(&small, &model, QUESTION, Some(&spent), 0).await;
    assert_eq!(outcome.asked.len(), 1, "the budget lets no second one through");
    assert!(outcome.reply().text.starts_with(EXTRACT));
}

#[tokio::test]
async fn the_providers_count_is_what_a_conversation_has_spent() {
    let usage = Ok(Piece::Usage(Usage { input: 700, output: 30 }));
    let model =
        Arc::new(Scripted { pieces: vec![words("NO_"), usage, words("ANSWER")], ..Scripted::default() });
    let assistant = with_flows(unlimited(&model));
    let spent = Spent::before(1_000);
    decide_with(&assistant, &model, QUESTION, Some(&spent), 0).await;
    assert_eq!(spent.tokens(), 1_730);
    assert_eq!(assistant.model().unwrap().budget().spent(jiff::civil::date(2026, 11, 22)), 730);
}

#[tokio::test(start_paused = true)]
async fn a_dead_provider_is_left_alone_for_a_while_and_then_asked_again() {
    let model = Arc::new(Scripted { pieces: vec![Err(())], ..Scripted::default() });
    let assistant = with_flows(unlimited(&model));
    let spent = Spent::default();
    for _ in 0..10 {
        let outcome = decide_with(&assistant, &model, QUESTION, Some(&spent), 0).await;
        assert!(outcome.reply().text.starts_with(EXTRACT));
    }
    assert_eq!(model.asked.lock().unwrap().len(), 3);
    tokio::time::advance(std::time::Duration::from_secs(31)).await;
    decide_with(&assistant, &model, QUESTION, Some(&spent), 0).await;
    assert_eq!(model.asked.lock().unwrap().len(), 4);
}
