//! With a language model: a double at the network's edge that says what the test tells it to.

use std::sync::{Arc, Mutex};

use anonymizer::{LeakGuard, Plaintext, TokenVault};
use assistant::{Assistant, Decision, DraftReply, Identification, Model, Pieces, ReplyKind, Turn};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use llm::{ChatRequest, LlmError, Part, Role};

use super::{anonymizer, business, loaded};

/// Streams its pieces; an `Err` in them is a provider that fails there.
struct Scripted {
    pieces: Vec<Result<&'static str, ()>>,
    asked: Mutex<Vec<ChatRequest>>,
}

impl Model for Scripted {
    fn stream<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: &'a LeakGuard,
    ) -> BoxFuture<'a, Result<Pieces, LlmError>> {
        self.asked.lock().unwrap().push(request.clone());
        let pieces: Vec<Result<String, LlmError>> =
            self.pieces.iter().map(|piece| piece.map(str::to_owned).map_err(|()| LlmError::Failed)).collect();
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

async fn decide(message: &str, pieces: &[Result<&'static str, ()>]) -> Outcome {
    let model = Arc::new(Scripted { pieces: pieces.to_vec(), asked: Mutex::default() });
    let assistant = Assistant::new(loaded(), business()).with_model(model.clone());
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
        unanswered: 0,
        flow: None,
        pressed: None,
        guard: &guard,
    };
    let (sender, mut receiver) = tokio::sync::mpsc::channel(64);
    let decision = assistant.decide(&turn, &sender).await.unwrap().decision;
    drop(sender);
    let mut heard = Vec::new();
    while let Some(piece) = receiver.recv().await {
        heard.push(piece);
    }
    let asked = model.asked.lock().unwrap().clone();
    Outcome { decision, pieces: heard, asked }
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
