use super::*;

#[test]
fn every_example_is_recognised_and_no_counterexample() {
    let mut wrong = Vec::new();
    for language in Language::ALL {
        for (signal, rule) in raw(language) {
            assert!(!rule.examples.is_empty() && !rule.counterexamples.is_empty(), "{signal:?}");
            let missed = rule.examples.iter().filter(|text| !says(text, signal));
            wrong.extend(missed.map(|text| format!("{signal:?} missed: {text}")));
            let raised = rule.counterexamples.iter().filter(|text| says(text, signal));
            wrong.extend(raised.map(|text| format!("{signal:?} raised: {text}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_quick_reply_for_a_person_asks_for_one_in_every_language() {
    for language in Language::ALL {
        let words = &crate::words::Words::of(language).clarify_person;
        assert!(says(words, Signal::Person), "{words}");
    }
}

#[test]
fn no_example_of_one_language_or_signal_raises_an_alarm_of_another() {
    let alarms = [Signal::Danger, Signal::Legal, Signal::Decision, Signal::Person, Signal::Anger];
    for language in Language::ALL {
        for (signal, rule) in raw(language) {
            for text in &rule.examples {
                for alarm in alarms.into_iter().filter(|alarm| *alarm != signal && !alarms.contains(&signal))
                {
                    assert!(!says(text, alarm), "{text:?} raised {alarm:?}");
                }
            }
        }
    }
}

#[test]
fn a_person_is_asked_for_in_every_combination_of_words() {
    let english = (
        [
            "I want to talk to {}",
            "can i speak with {}?",
            "please connect me to {}",
            "could you transfer me to {} please",
            "I would like to chat with {}",
            "let me talk to {} now",
            "I'd rather speak to {}",
            "hi, put me through to {}",
        ],
        [
            "a person",
            "a human",
            "a real person",
            "someone",
            "somebody else",
            "an agent",
            "a human being",
            "a representative",
            "one of your colleagues",
            "customer service",
            "your support team",
            "an employee",
            "a living person",
            "people",
        ],
    );
    let german = (
        [
            "Ich möchte mit {} sprechen",
            "Kann ich mit {} reden?",
            "verbinden Sie mich bitte mit {}",
            "Ich würde lieber mit {} schreiben",
            "Leiten Sie mich weiter zu {}",
            "bitte mit {} chatten",
        ],
        [
            "einem Menschen",
            "einer Person",
            "einem echten Menschen",
            "jemandem",
            "einem Mitarbeiter",
            "einer Mitarbeiterin",
            "dem Kundenservice",
            "einem Berater",
            "Ihrem Support",
            "einer richtigen Person",
            "einem Kollegen",
        ],
    );
    let combined = |sentences: &[&str], people: &[&str]| -> Vec<String> {
        sentences.iter().flat_map(|s| people.iter().map(|p| s.replace("{}", p))).collect()
    };
    let mut all = combined(&english.0, &english.1);
    all.extend(combined(&german.0, &german.1));
    let missed: Vec<String> = all.into_iter().filter(|text| !says(text, Signal::Person)).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn the_name_of_a_token_says_nothing() {
    assert!(!says("[PERSON_1]", Signal::Person));
    assert!(says("May I speak to [PERSON_1] or another person? talk to a person", Signal::Person));
}

/// Figures: `cargo test -p assistant --lib alarms_are_raised -- --nocapture`; docs/ASSISTANT.md has them.
#[test]
fn alarms_are_raised_where_they_should_be_and_seldom_elsewhere() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/evaluation/signals.tsv");
    let table = std::fs::read_to_string(path).unwrap();
    // Language and expected alarm: how many there are, how many raised that one.
    let mut figures: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let [language, expected, text] = *line.split('\t').collect::<Vec<_>>() else { panic!("{line}") };
        let raised = match alarm(text) {
            None => "none",
            Some(HandOffReason::Danger) => "danger",
            Some(HandOffReason::Legal) => "legal",
            Some(HandOffReason::SignificantDecision) => "decision",
            Some(HandOffReason::Requested) => "person",
            Some(HandOffReason::Anger) => "anger",
            Some(HandOffReason::NotUnderstood | HandOffReason::ToolFailed | HandOffReason::Flow) => {
                panic!("{text}")
            }
        };
        let count = figures.entry((language, expected)).or_default();
        (count.0, count.1) = (count.0 + 1, count.1 + u32::from(raised == expected));
        if raised != expected {
            println!("{language}: wanted {expected}, got {raised}: {text}");
        }
    }
    for ((language, expected), (all, right)) in &figures {
        println!("{language} {expected}: {right} of {all}");
    }
    for (least, wanted) in [(0.95, "person"), (0.98, "none")] {
        let of = figures.iter().filter(|((_, expected), _)| *expected == wanted).map(|(_, count)| *count);
        let (all, right) = of.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        assert!(all >= 175 && f64::from(right) >= least * f64::from(all), "{wanted}: {right} of {all}");
    }
}
