//! `sotto evaluate assistant`.

use crate::program::Place;

const GOOD: &str = "conversations:\n  pays:\n    category: happy\n    turns:\n      - say: how can I pay\n        answers: payment-methods\n";

#[test]
fn conversations_that_go_as_written_pass_and_are_counted() {
    let place = Place::new();
    place.write("good.yaml", GOOD);
    let said = place.answer(&["evaluate", "assistant", "good.yaml"]);
    assert!(said.contains("1 of   1   100.0 %"), "{said}");
    assert!(said.contains("answers without a citation 0, writes without confirmation 0"), "{said}");
}

#[test]
fn a_set_that_holds_what_a_model_says_is_held_without_it_and_with_it() {
    let place = Place::new();
    let only_with = GOOD.replace("conversations:", "").replace("pays", "short").replace(
        "        answers",
        "        model: You can pay by PayPal.\n        contains: [You can pay by PayPal.]\n        answers",
    );
    place.write(
        "both.yaml",
        &format!("{GOOD}{}", only_with.replace("category: happy", "needs: model\n    category: happy")),
    );
    let said = place.answer(&["evaluate", "assistant", "both.yaml"]);
    assert!(said.contains("Without a model") && said.contains("1 of   1   100.0 %"), "{said}");
    assert!(said.contains("under model") && said.contains("2 of   2   100.0 %"), "{said}");
}

#[test]
fn one_that_does_not_fails_the_command_with_its_line_for_people_and_for_programs() {
    let place = Place::new();
    place.write("bad.yaml", &GOOD.replace("payment-methods", "returns"));
    let output = place.run(&["evaluate", "assistant", "bad.yaml"]);
    let said = place.clean(&output.stdout);
    assert!(!output.status.success());
    assert!(said.contains("bad.yaml:6: expected answer from returns"), "{said}");
    let output = place.run(&["evaluate", "assistant", "--json", "bad.yaml"]);
    let said = place.clean(&output.stdout);
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[1]["model"], "none");
    assert_eq!((&lines[0]["failures"][0]["line"], &lines[1]["passed"]), (&6.into(), &0.into()));
}

#[test]
fn a_wrong_key_is_told_with_its_line_and_what_to_write() {
    let place = Place::new();
    place.write("wrong.yaml", &GOOD.replace("answers", "answer"));
    let output = place.run(&["evaluate", "assistant", "wrong.yaml"]);
    assert!(!output.status.success());
    let said = place.clean(&output.stderr);
    assert!(said.contains("wrong.yaml:6: a turn cannot have \"answer\"; write answers"), "{said}");
}
