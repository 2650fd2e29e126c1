//! Whole conversations through the demo shop's flows, and any conversation at all.

use std::sync::OnceLock;

use anonymizer::{AnonymizedText, Plaintext, TokenVault};
use assistant::{
    Effect, Ending, FlowState, Flows, HandOffReason, Input, Known, Language, Progress, Setting, ToolCall,
    ToolOutcome, ToolResult, Why,
};
use proptest::prelude::*;

use super::{anonymizer, business, content, knowledge};

fn flows() -> &'static Flows {
    static FLOWS: OnceLock<Flows> = OnceLock::new();
    FLOWS.get_or_init(|| {
        let articles = knowledge().ids();
        let known = Known { tools: &business().tools, articles: &articles };
        Flows::load(&content().join("demo/flows"), known).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// One customer in one flow.
struct Talk {
    vault: TokenVault,
    language: Language,
    state: Option<FlowState>,
}

impl Talk {
    fn start(flow: &str, message: &str, language: Language) -> (Self, Progress) {
        let mut talk = Self { vault: TokenVault::new(), language, state: None };
        let message = talk.mask(message);
        let business = business();
        let progress = flows().start(flow, &message, &talk.setting(&business)).unwrap();
        talk.keep(&progress);
        (talk, progress)
    }

    fn mask(&mut self, text: &str) -> AnonymizedText {
        anonymizer().mask(&Plaintext::new(text.to_owned()), &mut self.vault).unwrap()
    }

    fn setting<'a>(&self, business: &'a assistant::Business) -> Setting<'a> {
        Setting { business, language: self.language, today: jiff::civil::date(2026, 11, 22) }
    }

    fn say(&mut self, message: &str) -> Progress {
        let message = self.mask(message);
        self.input(Input::Message { text: &message, intent: None })
    }

    fn result(&mut self, json: &str) -> Progress {
        self.result_of("order", json)
    }

    fn result_of(&mut self, tool: &str, json: &str) -> Progress {
        let outcome =
            if json.is_empty() { ToolOutcome::NotFound } else { ToolOutcome::Found(self.mask(json)) };
        self.input(Input::Result(&ToolResult { tool: tool.to_owned(), outcome }))
    }

    fn input(&mut self, input: Input<'_>) -> Progress {
        let business = business();
        let state = self.state.take().expect("the flow goes on");
        let progress = flows().go_on(state, input, &self.setting(&business));
        self.keep(&progress);
        progress
    }

    /// As the desk keeps it: through serde.
    fn keep(&mut self, progress: &Progress) {
        if let Progress::Asks { state, .. } | Progress::Calls { state, .. } | Progress::Aside { state, .. } =
            progress
        {
            let text = serde_json::to_string(state).unwrap();
            assert!(text.len() < 4_096, "the state is small: {text}");
            let back: FlowState = serde_json::from_str(&text).unwrap();
            assert!(back == *state);
            self.state = Some(back);
        }
    }
}

fn card(progress: &Progress) -> ToolCall {
    match progress {
        Progress::Asks { card: Some(card), .. } => card.clone(),
        other => panic!("{other:?}"),
    }
}

fn asks(progress: &Progress) -> &str {
    match progress {
        Progress::Asks { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

fn quick_replies(progress: &Progress) -> Vec<String> {
    match progress {
        Progress::Asks { quick_replies, .. } | Progress::Aside { quick_replies, .. } => quick_replies.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_question_with_few_answers_offers_them_and_each_is_understood() {
    for (language, message) in [
        (Language::English, "I want to return order WF-47102"),
        (Language::German, "Ich möchte die Bestellung WF-47102 zurückschicken"),
    ] {
        let asked = || {
            let (mut talk, first) = Talk::start("return_item", message, language);
            assert!(matches!(first, Progress::Calls { .. }));
            let asked = talk.result(r#"{"status": "delivered"}"#);
            (talk, asked)
        };
        let (mut talk, question) = asked();
        let offered = quick_replies(&question);
        for (number, offer) in (1..).zip(&offered) {
            assert!(asks(&question).contains(&format!("\n{number}. {offer}")), "the text says the same");
        }
        // Also when the question is put again after another one.
        assert_eq!(quick_replies(&talk.say("how long does a refund take?")), offered);
        for (offer, reason) in offered.iter().zip(["fit", "broken", "unwanted"]) {
            let (mut talk, _) = asked();
            match talk.say(offer) {
                Progress::HandsOff { .. } => assert_eq!(reason, "broken"),
                confirm => assert_eq!(card(&confirm).arguments["reason"], reason, "{offer}"),
            }
        }
    }
    let (mut talk, light) =
        Talk::start("headphones_connect", "my headphones do not connect", Language::English);
    assert_eq!(quick_replies(&light), ["Yes", "No"]);
    let helped = talk.say("Yes");
    assert!(asks(&helped).ends_with("Did that help?"), "{helped:?}");
    assert_eq!(quick_replies(&helped), ["Yes", "No"]);
    assert_eq!(quick_replies(&talk.say("mauve")), ["Yes", "No"]);
    assert!(quick_replies(&talk.say("mauve")).is_empty(), "a yes now asks for a person");
}

#[test]
fn an_address_is_changed_with_a_wrong_number_a_question_and_a_correction_on_the_way() {
    let (mut talk, first) = Talk::start("change_address", "I need to change my address", Language::English);
    assert!(asks(&first).starts_with("Which order"));
    assert!(
        matches!(talk.say("how long does a refund take?"), Progress::Aside { again, .. } if again.starts_with("Which"))
    );
    assert!(asks(&talk.say("the blue one")).contains("cannot see an order number"));
    let Progress::Calls { call, .. } = talk.say("sorry, order WF-48377") else { panic!("a call") };
    assert!(call.tool == "order" && call.arguments["order"].starts_with("[ORDER_"), "{call:?}");
    assert!(asks(&talk.result("")).starts_with("I cannot find that order"));
    assert!(matches!(talk.say("WF-48378"), Progress::Calls { .. }));
    assert!(asks(&talk.result(r#"{"status": "packing"}"#)).contains("What is the new address"));
    let confirm = talk.say("14 Alder Row, 10115 Berlin");
    assert!(asks(&confirm).contains("Is that right?"), "{confirm:?}");
    let card = card(&confirm);
    assert!(card.tool == "change_address" && card.arguments["address"].contains("[ADDRESS_"), "{card:?}");
    // Words never confirm, whatever they are.
    for words in ["yes", "yes, do it", "the button: yes"] {
        assert_eq!(self::card(&talk.say(words)), card, "{words}");
    }
    let Progress::Calls { call, .. } = talk.input(Input::Pressed(true)) else { panic!("a call") };
    assert_eq!(call, card);
    let changed = talk.result_of("change_address", r#"{"status": "packing"}"#);
    assert!(matches!(changed, Progress::Ends { how: Ending::Done, .. }), "{changed:?}");
}

#[test]
fn a_return_takes_several_values_in_one_message_and_a_correction_and_happens_on_the_button_alone() {
    let delivered = r#"{"status": "delivered"}"#;
    let (mut talk, first) =
        Talk::start("return_item", "Order WF-47102 is too big, I want to return it", Language::English);
    assert!(matches!(first, Progress::Calls { .. }), "{first:?}");
    let asked = talk.result(delivered);
    assert_eq!(card(&asked).arguments["reason"], "fit", "{asked:?}");
    let corrected = talk.say("no, I meant it is broken");
    assert!(
        matches!(&corrected, Progress::HandsOff { why: Why::Step(reason), .. } if reason.contains("warranty")),
        "{corrected:?}"
    );

    let (mut talk, _) = Talk::start("return_item", "Rücksendung", Language::German);
    assert!(matches!(talk.say("Bestellnummer WF-47102"), Progress::Calls { .. }));
    assert!(asks(&talk.result(delivered)).contains("2. Es ist defekt"));
    assert_eq!(card(&talk.say("die dritte")).arguments["reason"], "unwanted");
    assert!(matches!(talk.input(Input::Pressed(true)), Progress::Calls { .. }));
    let refused = ToolOutcome::Refused { code: "too-late".to_owned() };
    let late =
        talk.input(Input::Result(&ToolResult { tool: "register_return".to_owned(), outcome: refused }));
    assert!(matches!(&late, Progress::HandsOff { text, .. } if text.contains("vorbei")), "{late:?}");

    let (mut talk, _) = Talk::start("return_item", "WF-47102 is too big", Language::English);
    talk.result(delivered);
    let declined = talk.input(Input::Pressed(false));
    assert!(
        matches!(&declined, Progress::Ends { text, .. } if text.contains("registered nothing")),
        "{declined:?}"
    );
}

#[test]
fn headphones_are_tried_step_by_step_and_a_person_or_an_end_can_be_had_at_each() {
    let (mut talk, _) = Talk::start("headphones_connect", "they do not connect", Language::English);
    assert!(asks(&talk.say("yes")).contains("Did that help?"));
    assert!(asks(&talk.say("no, it did not")).contains("pair them anew"));
    assert!(matches!(talk.say("that worked, thanks"), Progress::Ends { how: Ending::Done, .. }));

    let (mut talk, _) = Talk::start("headphones_connect", "sie verbinden sich nicht", Language::German);
    talk.say("ja");
    assert!(matches!(talk.say("vergiss es"), Progress::Ends { how: Ending::Cancelled, .. }));
}

#[test]
fn after_two_answers_that_are_none_a_person_is_offered_and_after_three_asked_for() {
    let (mut talk, _) = Talk::start("headphones_connect", "they do not connect", Language::English);
    assert!(!asks(&talk.say("purple")).contains("person"));
    assert!(asks(&talk.say("purple")).contains("ask a person to take over"));
    let third = talk.say("purple");
    assert!(
        matches!(third, Progress::HandsOff { why: Why::Reason(HandOffReason::NotUnderstood), .. }),
        "{third:?}"
    );
}

#[test]
fn a_parcel_that_is_late_goes_to_a_person_and_one_in_time_is_told() {
    let (mut talk, first) = Talk::start("where_is_my_order", "where is WF-48213?", Language::English);
    assert!(matches!(first, Progress::Calls { .. }), "{first:?}");
    let told = talk.result(r#"{"status": "shipped", "expected": "2026-11-24"}"#);
    assert!(matches!(&told, Progress::Ends { text, .. } if text.contains("24 November 2026")), "{told:?}");
    let (mut talk, _) = Talk::start("where_is_my_order", "where is WF-48213?", Language::English);
    let late = talk.result(r#"{"status": "shipped", "expected": "2026-11-12"}"#);
    assert!(matches!(late, Progress::HandsOff { why: Why::Step(_), .. }), "{late:?}");
}

fn said() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "yes",
        "no",
        "2",
        "WF-48213",
        "no, I meant WF-47102",
        "the 4th",
        "yesterday",
        "it is broken",
        "why?",
        "14 Alder Row, 10115 Berlin",
        "nein, ich meinte gestern",
        "actually 5 November",
        "49,90 €",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,40}"]
}

fn came_back() -> impl Strategy<Value = String> {
    let status = prop::sample::select(vec!["packing", "shipped", "delivered", "cancelled", "?"]);
    prop_oneof![
        Just(String::new()),
        Just("[]".to_owned()),
        status.prop_map(|status| format!(r#"{{"status": "{status}", "expected": "2026-11-24"}}"#)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_conversation_ends_asks_nothing_too_often_and_changes_nothing_without_the_button(
        flow in 0_usize..6,
        turns in prop::collection::vec((said(), came_back(), 0_u8..6), 130),
    ) {
        let flow = flows().flows().nth(flow).unwrap().name.clone();
        let (mut talk, mut progress) = Talk::start(&flow, "hello", Language::English);
        let tools = business().tools;
        let mut ended = false;
        for (said, came_back, button) in turns {
            let pressed = match &progress {
                Progress::Asks { card, .. } | Progress::Aside { card, .. } if button < 2 => {
                    card.clone().filter(|_| button == 1)
                }
                _ => None,
            };
            progress = match progress {
                Progress::Asks { .. } | Progress::Aside { .. } => {
                    // A person can be had here.
                    let mut other = Talk { vault: TokenVault::new(), language: talk.language, state: talk.state.clone() };
                    let person = other.say("I want to talk to a person");
                    let requested = matches!(person, Progress::HandsOff { why: Why::Reason(HandOffReason::Requested), .. });
                    prop_assert!(requested, "{person:?}");
                    if button < 2 { talk.input(Input::Pressed(button == 1)) } else { talk.say(&said) }
                }
                Progress::Calls { call, .. } => talk.result_of(&call.tool, &came_back),
                Progress::HandsOff { .. } | Progress::Ends { .. } => {
                    ended = true;
                    break;
                }
            };
            if let Progress::Calls { call, .. } = &progress
                && tools.get(&call.tool).is_some_and(|tool| tool.effect == Effect::Write)
            {
                prop_assert_eq!(Some(call), pressed.as_ref(), "a change without its button");
            }
            if let Some(state) = &talk.state {
                let state = serde_json::to_value(state).unwrap();
                let asked = state["asked"].as_object().unwrap();
                prop_assert!(asked.values().all(|times| times.as_u64() <= Some(5)), "{state}");
            }
        }
        prop_assert!(ended);
    }
}
