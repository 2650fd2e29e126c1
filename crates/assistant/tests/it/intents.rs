//! Intents learnt from a handful of examples, with the installed sentence encoder.

use assistant::{Example, Intents, IntentsError, Language};

use super::embedder;

/// Ten examples of each of four intents; the last three of each are for the test.
const SAID: [(&str, [&str; 10]); 4] = [
    (
        "late_delivery",
        [
            "my parcel should have been here on Monday",
            "still waiting for my order",
            "where on earth is my package",
            "the delivery is three days late",
            "nothing has arrived yet and I ordered two weeks ago",
            "the courier never showed up",
            "tracking has not moved since last week",
            "it was meant to come yesterday and it did not",
            "how much longer until my things get here",
            "I have been waiting ages for the box",
        ],
    ),
    (
        "refund",
        [
            "I want my money back",
            "please refund the amount",
            "when do you pay me back",
            "the refund is not on my account",
            "can I get reimbursed for this",
            "you charged me and I cancelled, return the money",
            "give back what I paid",
            "I would like to be refunded",
            "has my reimbursement been sent",
            "I expect the full price back",
        ],
    ),
    (
        "change_address",
        [
            "I moved, please send it to my new address",
            "can you change the delivery address",
            "ship it to my office instead",
            "the street in my order is wrong",
            "update my postal address",
            "I gave you an old address",
            "send the parcel to another house number",
            "we have moved house, the order must go there",
            "can I correct where it is delivered",
            "please use a different shipping address",
        ],
    ),
    (
        "broken_item",
        [
            "the screen was cracked when I opened the box",
            "it stopped working after a day",
            "the zip is torn",
            "my headphones make no sound",
            "one of the cups came in pieces",
            "the device does not turn on",
            "there is a hole in the sweater",
            "the handle broke off straight away",
            "it arrived damaged",
            "the lamp flickers and goes out",
        ],
    ),
];

fn examples() -> Vec<Example> {
    let of = |(intent, said): &(&str, [&str; 10])| -> Vec<Example> {
        said[..7].iter().map(|text| Example { text: (*text).into(), intent: (*intent).into() }).collect()
    };
    SAID.iter().flat_map(of).collect()
}

#[test]
fn what_was_not_among_the_examples_is_told_apart_and_strangers_are_less_sure() {
    let Some(embedder) = embedder() else { return };
    let intents = Intents::train(&examples(), Language::English, &embedder).unwrap();
    let (mut right, mut least) = (0, 1.0_f32);
    for (intent, said) in &SAID {
        for text in &said[7..] {
            let guesses = intents.guess(text, 3);
            assert_eq!(guesses.len(), 3);
            assert!(guesses.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence));
            let sum: f32 = intents.guess(text, 4).iter().map(|guess| guess.confidence).sum();
            assert!(sum <= 1.0 + 1e-4, "{text}: {sum}");
            if guesses[0].intent == *intent {
                right += 1;
                least = least.min(guesses[0].confidence);
            }
        }
    }
    assert!(right >= 11, "{right} of 12");
    for stranger in ["how tall is the Eiffel tower", "tell me a joke", "", "qwrt zzz"] {
        let sure = intents.guess(stranger, 1)[0].confidence;
        assert!(sure < least, "{stranger:?} at {sure}, the least sure right guess at {least}");
    }
}

#[test]
fn the_same_examples_give_the_same_model() {
    let Some(embedder) = embedder() else { return };
    let [one, other] = [(); 2].map(|()| Intents::train(&examples(), Language::English, &embedder).unwrap());
    for text in ["where is it", "money", "a new street"] {
        assert_eq!(one.guess(text, 4), other.guess(text, 4));
    }
}

#[test]
fn kept_vectors_give_the_same_model_and_other_examples_do_not_take_what_does_not_fit_them() {
    let Some(embedder) = embedder() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vectors");
    let learnt = |examples: &[Example], embedder| {
        let intents = Intents::train(examples, Language::English, embedder).unwrap();
        ["where is it", "money", "a new street"].map(|text| {
            intents
                .guess(text, 4)
                .into_iter()
                .map(|guess| (guess.intent.to_owned(), guess.confidence))
                .collect::<Vec<_>>()
        })
    };
    let first = learnt(&examples(), &embedder);
    embedder.keep(&file).unwrap();
    embedder.remember(&file);
    assert_eq!(learnt(&examples(), &embedder), first);
    // With fewer examples other words are rare.
    let fewer = &examples()[3..];
    assert_eq!(learnt(fewer, &embedder), learnt(fewer, &self::embedder().unwrap()));
}

#[test]
fn examples_of_one_intent_are_refused() {
    let Some(embedder) = embedder() else { return };
    let one = vec![Example { text: "hello".into(), intent: "greeting".into() }];
    assert_eq!(
        Intents::train(&one, Language::English, &embedder).err(),
        Some(IntentsError::TooFewIntents(1))
    );
    assert_eq!(Intents::train(&[], Language::English, &embedder).err(), Some(IntentsError::TooFewIntents(0)));
}
