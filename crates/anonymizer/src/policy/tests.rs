use super::*;
use crate::{Anonymizer, Options, Plaintext, TokenVault};

fn faults(text: &str) -> Vec<String> {
    match Policy::parse(text) {
        Ok(_) => Vec::new(),
        Err(error) => error.faults.iter().map(ToString::to_string).collect(),
    }
}

fn mask(policy: &str, text: &str) -> String {
    let policy = Policy::parse(policy).expect("the policy is right");
    let anonymizer = Anonymizer::with_policy(policy, Options::default());
    let masked = anonymizer.mask(&Plaintext::new(text.to_owned()), &mut TokenVault::new());
    masked.expect("nothing is blocked").as_str().to_owned()
}

const MEMBERSHIP: &str = r#"
[[recogniser]]
name = "membership"
entity = "customer-number"
pattern = '\bMB-([0-9]{6})\b'
cues = ["club*"]
check = "luhn"
matches = ["our club MB-182634"]
ignores = ["MB-182634", "the lamp MB-12"]
"#;

#[test]
fn every_built_in_policy_is_read_and_names_kinds_that_there_are() {
    for (name, text) in Policy::BUILT_IN {
        let policy = Policy::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(policy.treatment(Entity::Text), Treatment::Token, "{name}");
    }
    assert_eq!(Policy::support().treatment(Entity::Place), Treatment::Keep);
    assert_eq!(Policy::strict().treatment(Entity::Place), Treatment::Token);
    let hipaa = Policy::built_in("hipaa").expect("it comes with the program");
    assert!(Entity::ALL.iter().all(|entity| hipaa.treatment(*entity) != Treatment::Keep));
    let named: Vec<_> = hipaa.treatments.keys().copied().collect();
    assert_eq!(named, Entity::ALL.into_iter().filter(|e| *e != Entity::Text).collect::<Vec<_>>());
    assert!(Policy::built_in("none").is_none());
}

#[test]
fn the_readme_shows_a_policy_that_holds_and_names_every_kind() {
    let readme = include_str!("../../../../content/policies/README.md");
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let policy = Policy::parse(example.expect("there is an example")).expect("it holds");
    assert_eq!(policy.minimum_score, 50);
    for entity in Entity::ALL.into_iter().filter(|entity| *entity != Entity::Text) {
        assert!(readme.contains(&format!("`{}`", entity.name())), "{}", entity.name());
    }
}

#[test]
fn everything_wrong_is_told_at_once_with_its_line_and_what_to_write() {
    let text = "minimum_score = 120\nallow = [\"x\"]\n\n[treatments]\nplcae = \"keep\"\nperson = \"hide\"\nsecret = \"generalise\"\nrest = \"keep\"\n\n[generalise]\ndates = \"week\"\n\n[deny]\nreference = [\"Falcon\"]\norder = [\"ok\"]\n";
    let faults = faults(text);
    let lines: Vec<_> = faults.iter().map(|fault| fault.split(':').next().unwrap_or_default()).collect();
    assert_eq!(lines, ["line 1", "line 2", "line 5", "line 6", "line 7", "line 8", "line 11"], "{faults:#?}");
    assert_eq!(
        faults[3],
        "line 6: \"hide\" is not known; write keep, token, surrogate, generalise, redact or block"
    );
    assert_eq!(faults[4], "line 7: secret cannot be \"generalise\"; write keep, token, redact or block");
    assert!(faults[2].contains("\"plcae\" is not known; write person, email"), "{}", faults[2]);
}

#[test]
fn unknown_keys_and_wrong_types_are_refused_with_their_line() {
    for (text, expected) in [
        ("\nminimum = 3", "line 2: unknown field `minimum`, expected one of `minimum_score`"),
        ("minimum_score = \"much\"", "line 1: invalid type"),
        ("[treatments]\nperson = 3", "line 2: invalid type"),
        (
            "[[recogniser]]\nname = \"a\"\ncolour = \"b\"",
            "line 3: unknown field `colour`, expected one of `name`",
        ),
        ("[treatments", "line 1:"),
        ("[[recogniser]]\nname = \"a\"", "line 1: missing field `entity`"),
    ] {
        let faults = faults(text);
        assert!(faults.len() == 1 && faults[0].starts_with(expected), "{text}: {faults:?}");
    }
}

#[test]
fn a_failing_example_refuses_the_policy_and_is_named() {
    assert_eq!(faults(MEMBERSHIP), Vec::<String>::new());
    let wrong =
        MEMBERSHIP.replace("our club MB-182634", "our club MB-18").replace("lamp MB-12", "club MB-182634");
    let faults = faults(&wrong);
    assert_eq!(
        faults,
        [
            "line 8: \"membership\" does not find anything in \"our club MB-18\"; change the pattern or the example",
            "line 9: \"membership\" finds something in \"the club MB-182634\"; change the pattern or the example",
        ]
    );
}

#[test]
fn a_recogniser_needs_examples_a_name_and_a_pattern_that_holds() {
    for (from, to, expected) in [
        ("ignores = [\"MB-182634\", \"the lamp MB-12\"]", "", "has no examples"),
        ("name = \"membership\"", "name = \"Member Ship\"", "is no name"),
        (r"'\bMB-([0-9]{6})\b'", "'('", "is not a regular expression"),
        ("\"luhn\"", "\"crc\"", "write luhn, mod97 or mod11"),
        ("\"customer-number\"", "\"text\"", "\"text\" is not known"),
    ] {
        let faults = faults(&MEMBERSHIP.replace(from, to));
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
    }
    let twice = faults(&format!("{MEMBERSHIP}{MEMBERSHIP}"));
    assert!(twice.iter().any(|fault| fault.contains("is there twice")), "{twice:?}");
}

#[test]
fn an_own_recogniser_finds_its_kind_beside_its_cue_and_lists_its_name() {
    assert_eq!(mask(MEMBERSHIP, "Clubs get it: MB-182634."), "Clubs get it: MB-[CUSTOMER_NUMBER_1].");
    assert_eq!(mask(MEMBERSHIP, "lamp type MB-182634"), "lamp type MB-182634");
    let unbound = MEMBERSHIP.replace(r"{6})\b'", "{6})'");
    assert_eq!(mask(&unbound, "the club has MB-182634x"), "the club has MB-182634x", "a part of a word");
    let policy = Policy::parse(MEMBERSHIP).expect("the policy is right");
    let anonymizer = Anonymizer::with_policy(policy, Options::default());
    let wrong_digit = Plaintext::new("in the club MB-182635".to_owned());
    let spans = anonymizer.detect(&wrong_digit, &TokenVault::new());
    let found: Vec<_> = spans.iter().map(|span| (span.recogniser, span.score)).collect();
    assert_eq!(found, [("membership", 70)], "a mistyped number still counts beside its cue, for less");
}

#[test]
fn allowed_values_stay_and_denied_ones_are_masked_as_their_kind() {
    let policy = "allow = [\"help@shop.example\"]\n[deny]\norganisation = [\"Projekt Fälke\"]\n[treatments]\norganisation = \"token\"";
    assert_eq!(
        mask(policy, "help@shop.example knows projekt falke, not FÄLKENSTEIN"),
        "help@shop.example knows [ORG_1], not FÄLKENSTEIN"
    );
    let inside = "the falconers and a starfalcon";
    assert_eq!(mask("[deny]\nreference = [\"Falcon\"]", inside), inside);
}

#[test]
fn a_score_below_the_minimum_is_no_find() {
    let low = MEMBERSHIP.replace("check =", "score = 30\ncheck =");
    assert_eq!(mask(&low, "Club MB-182634"), "Club MB-[CUSTOMER_NUMBER_1]");
    assert_eq!(mask(&format!("minimum_score = 31\n{low}"), "Club MB-182634"), "Club MB-182634");
}

#[test]
fn what_is_kept_never_uncovers_a_part_of_what_is_masked() {
    let policy = "[treatments]\nplace = \"keep\"\n[deny]\nplace = [\"Paris\", \"in Berlin on Friday\"]\nperson = [\"Paris Miller\", \"Berlin\", \"Friday Fox\"]";
    assert_eq!(mask(policy, "it is in Paris"), "it is in Paris");
    assert_eq!(mask(policy, "Paris Miller is there"), "[PERSON_1] is there");
    assert_eq!(mask(policy, "in Berlin on Friday Fox"), "in [PERSON_1] on [PERSON_2]");
}

#[test]
fn debug_of_a_policy_leaves_its_values_out() {
    let policy = Policy::parse("[deny]\nreference = [\"Falcon\"]").expect("it is right");
    assert!(!format!("{policy:?}").to_lowercase().contains("falcon"));
}
