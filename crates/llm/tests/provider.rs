//! The provider against a real HTTP double: `@copilotkit/aimock`, which keeps a journal of what it was sent.

mod aimock;

use std::time::Duration;

use aimock::Aimock;
use anonymizer::{AnonymizedText, Anonymizer, CuratedText, Entity, Options, Plaintext, Policy, TokenVault};
use futures_util::StreamExt;
use llm::{
    Api, ChatMessage, ChatRequest, Limits, LlmError, Part, Piece, Provider, ProviderOptions, Role, Secret,
    Timeouts, ToolSpec, Usage, http_client,
};

struct Double(Aimock);

impl Double {
    async fn start() -> Self {
        Self(Aimock::start(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aimock.mjs")).await)
    }

    fn provider(&self) -> Provider {
        self.provider_of(Api::OpenAi)
    }

    fn provider_of(&self, api: Api) -> Provider {
        self.provider_with(api, quick(), Limits { backoff: Duration::from_millis(1), ..Limits::default() })
    }

    fn provider_with(&self, api: Api, timeouts: Timeouts, limits: Limits) -> Provider {
        let options = ProviderOptions {
            api,
            base_url: self.0.url.join("/v1/").expect("a URL"),
            model: "test-model".to_owned(),
            api_key: Some(Secret::new("sk-of-the-business".to_owned())),
            timeouts,
            limits,
        };
        Provider::new(options, http_client(Duration::from_secs(5)).expect("a client"))
    }

    async fn journal(&self) -> Vec<serde_json::Value> {
        self.0.journal().await
    }

    async fn requests(&self) -> usize {
        self.journal().await.len()
    }
}

/// Short where a test waits for the limit, long where it must not be reached.
fn quick() -> Timeouts {
    Timeouts {
        first_byte: Duration::from_secs(10),
        pause: Duration::from_secs(10),
        total: Duration::from_secs(30),
    }
}

fn masked(text: &str) -> (ChatRequest, TokenVault) {
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "Sarah Connor");
    let anonymizer = Anonymizer::new(Options::default());
    let masked = anonymizer.mask(&Plaintext::new(text.to_owned()), &mut vault).expect("nothing is blocked");
    let request = ChatRequest {
        messages: vec![
            ChatMessage {
                role: Role::System,
                parts: vec![Part::Curated(CuratedText::from_content(
                    "You help customers of a shop.".to_owned(),
                ))],
            },
            ChatMessage { role: Role::User, parts: vec![Part::Anonymized(masked)] },
        ],
        tools: Vec::new(),
        max_tokens: 200,
        temperature: 0.2,
    };
    (request, vault)
}

/// As if every recogniser had failed: a policy that keeps names, and a conversation which did not know this one.
fn unmasked(text: &str) -> AnonymizedText {
    let blind = Policy::parse("[treatments]\nperson = \"keep\"").expect("the policy is well formed");
    Anonymizer::with_policy(blind, Options::default())
        .mask(&Plaintext::new(text.to_owned()), &mut TokenVault::new())
        .expect("nothing is blocked")
}

/// Both formats: what holds for one must hold for the other.
const BOTH: [Api; 2] = [Api::OpenAi, Api::Anthropic];

/// What the customer wrote, as a model reads it.
const MASKED: &str = "greet me: I am [PERSON_1], order #[ORDER_1], card [CARD_1], [EMAIL_1]";

#[tokio::test]
async fn an_answer_is_streamed_and_nothing_personal_is_in_the_providers_journal() {
    for api in BOTH {
        let double = Double::start().await;
        let (request, vault) =
            masked("greet me: I am Sarah Connor, order #10432, card 4111 1111 1111 1111, sarah@example.com");
        let mut stream =
            double.provider_of(api).stream(&request, &vault.guard()).await.expect("an answer begins");
        let mut restorer = vault.restorer();
        let mut pieces = 0;
        let mut answer = String::new();
        while let Some(piece) = stream.next().await {
            if let Piece::Text(text) = piece.expect("a piece") {
                answer.push_str(restorer.push(&text).reveal());
                pieces += 1;
            }
        }
        answer.push_str(restorer.finish().text.reveal());
        assert_eq!(answer, "Hello Sarah Connor, your order 10432 is on its way.");
        assert!(pieces > 3, "it came in {pieces} pieces");

        let journal = double.journal().await;
        let (body, headers) = (&journal[0]["body"], &journal[0]["headers"]);
        assert_eq!(body["model"], "test-model");
        assert_eq!(body["stream"], true);
        assert_eq!(body["max_tokens"], 200);
        // The double writes both formats down in one form.
        assert_eq!(body["messages"][0]["content"], "You help customers of a shop.");
        assert_eq!(body["messages"][1]["content"], MASKED);
        match api {
            Api::OpenAi => assert_eq!(journal[0]["path"], "/v1/chat/completions"),
            Api::Anthropic => {
                assert_eq!(journal[0]["path"], "/v1/messages");
                assert_eq!(headers["anthropic-version"], "2023-06-01", "{headers}");
                assert_eq!(headers["authorization"], serde_json::Value::Null);
            }
        }
        let all = serde_json::Value::from(journal.clone()).to_string();
        for value in ["Sarah", "Connor", "4111", "10432", "example.com"] {
            assert!(!all.contains(value), "{value} reached the provider");
        }
        assert!(vault.guard().check(body.to_string().as_bytes()).is_ok());
    }
}

#[tokio::test]
async fn a_model_may_ask_for_a_tool_that_it_was_offered() {
    for api in BOTH {
        let double = Double::start().await;
        let (mut request, vault) = masked("tool please");
        let schema = serde_json::json!({
            "type": "object", "properties": { "flow": { "type": "string", "enum": ["refund"] } },
        });
        request.tools = vec![ToolSpec::curated("start_flow", "Begins a flow.", schema.clone())];
        let mut stream =
            double.provider_of(api).stream(&request, &vault.guard()).await.expect("an answer begins");
        let mut calls = Vec::new();
        let mut counted = Usage::default();
        while let Some(piece) = stream.next().await {
            match piece.expect("a piece") {
                Piece::Text(text) => panic!("{text}"),
                Piece::Call(call) => calls.push((call.name().to_owned(), call.arguments().to_owned())),
                Piece::Usage(usage) => counted = usage,
            }
        }
        assert_eq!(calls, [("start_flow".to_owned(), "{\"flow\":\"refund\"}".to_owned())]);
        if api == Api::Anthropic {
            assert_eq!(counted, Usage { input: 70, output: 11 });
        }
        let journal = double.journal().await;
        let sent = &journal[0]["body"]["tools"][0];
        assert_eq!(
            (&sent["function"]["name"], &sent["function"]["parameters"]),
            (&"start_flow".into(), &schema)
        );
    }
}

#[tokio::test]
async fn tools_hide_no_value_from_the_last_look() {
    for api in BOTH {
        let double = Double::start().await;
        let (mut request, vault) = masked("greet Sarah Connor");
        let name = Part::Anonymized(unmasked("connor, sarah"));
        request.messages.push(ChatMessage { role: Role::User, parts: vec![name] });
        request.tools = vec![ToolSpec::curated("greet", "Greets.", serde_json::json!({"type": "object"}))];
        let error = double.provider_of(api).stream(&request, &vault.guard()).await.expect_err("stopped");
        assert!(matches!(error, LlmError::Leak(_)), "{error:?}");
        assert_eq!(double.requests().await, 0);
    }
}

#[tokio::test]
async fn a_request_that_holds_a_value_is_not_sent() {
    let double = Double::start().await;
    let (mut request, vault) = masked("greet me");
    let (other, _) = masked("greet Sarah Connor");
    request.messages.extend(other.messages);
    assert!(double.provider().complete(&request, &vault.guard()).await.is_ok(), "tokens alone are no leak");
    request.messages.push(ChatMessage {
        role: Role::User,
        parts: vec![Part::Anonymized(unmasked("greet connor, Sarah"))],
    });
    let error = double.provider().stream(&request, &vault.guard()).await.expect_err("it is stopped");
    assert!(matches!(error, LlmError::Leak(leak) if leak.entity == Entity::Person), "{error:?}");
    assert_eq!(double.requests().await, 1, "only the clean request arrived");
}

#[tokio::test]
async fn curated_words_that_are_also_the_customers_name_do_not_stop_a_request() {
    let double = Double::start().await;
    let (mut request, _) = masked("greet me");
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "Nora Customers");
    let result = double.provider().complete(&request, &vault.guard()).await;
    assert!(result.is_ok(), "{result:?}");
    // The same words in a masked part are a leak.
    let (plain, _) = masked("greet Customers");
    request.messages.extend(plain.messages);
    assert!(matches!(double.provider().complete(&request, &vault.guard()).await, Err(LlmError::Leak(_))));
}

#[tokio::test]
async fn errors_say_the_status_and_nothing_of_the_providers_words() {
    for api in BOTH {
        let double = Double::start().await;
        let provider = double.provider_with(api, quick(), Limits { attempts: 1, ..Limits::default() });
        for (text, expected) in [
            ("key", "the model provider answered with status 401"),
            ("busy", "the model provider refused for now"),
            ("down", "the model provider answered with status 503"),
        ] {
            let (request, vault) = masked(text);
            let error = provider.complete(&request, &vault.guard()).await.expect_err("it fails");
            assert_eq!(error.to_string(), expected);
            let everything =
                format!("{error:?} {:?}", std::error::Error::source(&error).map(ToString::to_string));
            assert!(!everything.contains("sarah") && !everything.contains("sk-of"), "{everything}");
            if let LlmError::Busy { retry_after } = error {
                assert_eq!(retry_after, Some(Duration::from_secs(7)));
            }
        }
    }
}

#[tokio::test]
async fn a_passing_failure_is_tried_again_and_a_lasting_one_is_not() {
    for api in BOTH {
        let double = Double::start().await;
        let (request, vault) = masked("flaky");
        let answer = double.provider_of(api).complete(&request, &vault.guard()).await;
        assert_eq!(answer.expect("the second attempt succeeds"), "back again");
        assert_eq!(double.requests().await, 2);
        for (text, in_all) in [("down", 5), ("overloaded", 8), ("key", 9)] {
            let (request, vault) = masked(text);
            assert!(double.provider_of(api).complete(&request, &vault.guard()).await.is_err());
            assert_eq!(double.requests().await, in_all, "{text}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_asks_for_more_time_than_there_is_is_not_asked_again() {
    let double = Double::start().await;
    // It asks for 7 seconds.
    let (request, vault) = masked("busy");
    let timeouts = Timeouts { total: Duration::from_secs(5), ..quick() };
    let provider = double.provider_with(Api::OpenAi, timeouts, Limits::default());
    assert!(matches!(provider.complete(&request, &vault.guard()).await, Err(LlmError::Busy { .. })));
    assert_eq!(double.requests().await, 1);
    // And here for longer than a moment can hold.
    let (request, vault) = masked("never");
    let provider = double.provider_with(Api::OpenAi, quick(), Limits::default());
    assert!(matches!(provider.complete(&request, &vault.guard()).await, Err(LlmError::Busy { .. })));
    assert_eq!(double.requests().await, 2);
}

#[tokio::test]
async fn a_stream_that_is_cut_ends_with_an_error_and_is_not_repeated() {
    for api in BOTH {
        let double = Double::start().await;
        let (request, vault) = masked("cut");
        let mut stream =
            double.provider_of(api).stream(&request, &vault.guard()).await.expect("an answer begins");
        let mut pieces = Vec::new();
        while let Some(piece) = stream.next().await {
            pieces.push(piece);
        }
        assert!(matches!(pieces.last(), Some(Err(LlmError::Interrupted(_)))), "{pieces:?}");
        assert!(pieces.iter().rev().skip(1).all(Result::is_ok));
        assert_eq!(double.requests().await, 1);
    }
}

#[tokio::test]
async fn a_slow_first_byte_and_a_long_pause_are_not_waited_for() {
    let double = Double::start().await;
    let timeouts = Timeouts { first_byte: Duration::from_millis(200), ..quick() };
    let provider = double.provider_with(Api::OpenAi, timeouts, Limits { attempts: 1, ..Limits::default() });
    let (request, vault) = masked("slow");
    let error = provider.stream(&request, &vault.guard()).await.expect_err("too slow");
    assert!(matches!(error, LlmError::FirstByteTimeout(_)), "{error:?}");

    let timeouts = Timeouts { pause: Duration::from_millis(200), ..quick() };
    let provider = double.provider_with(Api::OpenAi, timeouts, Limits::default());
    let (request, vault) = masked("pause");
    let error = provider.complete(&request, &vault.guard()).await.expect_err("too slow");
    assert!(matches!(error, LlmError::Timeout), "{error:?}");

    let timeouts = Timeouts { total: Duration::from_millis(200), ..quick() };
    let (request, vault) = masked("slow");
    let provider = double.provider_with(Api::OpenAi, timeouts, Limits::default());
    let error = provider.complete(&request, &vault.guard()).await.expect_err("too slow");
    assert!(matches!(error, LlmError::Timeout), "{error:?}");
}

#[tokio::test]
async fn what_is_too_long_or_no_stream_is_refused() {
    let double = Double::start().await;
    let provider =
        double.provider_with(Api::OpenAi, quick(), Limits { reply: 4000, attempts: 1, ..Limits::default() });
    let (request, vault) = masked("long");
    let error = provider.complete(&request, &vault.guard()).await.expect_err("too long");
    assert!(matches!(error, LlmError::ReplyTooLarge { limit: 4000 }), "{error:?}");

    let (request, vault) = masked("garbage");
    let error = provider.complete(&request, &vault.guard()).await.expect_err("no stream");
    assert!(matches!(error, LlmError::Malformed | LlmError::Interrupted(_)), "{error:?}");

    let (request, vault) = masked("drop");
    let error = provider.complete(&request, &vault.guard()).await.expect_err("no answer");
    assert!(matches!(error, LlmError::Unreachable(_) | LlmError::Interrupted(_)), "{error:?}");

    let small = double.provider_with(Api::OpenAi, quick(), Limits { request: 50, ..Limits::default() });
    let (request, vault) = masked("greet");
    let error = small.complete(&request, &vault.guard()).await.expect_err("too large");
    assert!(matches!(error, LlmError::RequestTooLarge { limit: 50 }), "{error:?}");
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_an_error_without_its_address() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = ProviderOptions {
        api: Api::OpenAi,
        // Port 9 is discard; nothing listens there.
        base_url: "http://127.0.0.1:9/v1".parse().expect("a URL"),
        model: "test-model".to_owned(),
        api_key: None,
        timeouts: quick(),
        limits: Limits { attempts: 2, backoff: Duration::from_millis(1), ..Limits::default() },
    };
    let provider = Provider::new(options, http_client(Duration::from_secs(1)).expect("a client"));
    let (request, vault) = masked("greet");
    let error = provider.complete(&request, &vault.guard()).await.expect_err("nobody is there");
    assert!(matches!(error, LlmError::Unreachable(_)), "{error:?}");
    assert!(!error.to_string().contains("127.0.0.1"));
}
