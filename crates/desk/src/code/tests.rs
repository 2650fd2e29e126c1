//! The machine of codes, by cases and against a model of it.

use proptest::prelude::*;

use super::*;

struct Counting(std::sync::atomic::AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    }
}

fn entropy() -> Counting {
    Counting(std::sync::atomic::AtomicU8::new(1))
}

fn claims(sub: &str, email: &str) -> Claims {
    Claims { sub: sub.into(), name: None, email: Some(email.into()), exp: 0 }
}

const START: Timestamp = Timestamp(1_000_000);

fn later(milliseconds: i64) -> Timestamp {
    Timestamp(START.0 + milliseconds)
}

/// A conversation in which a code was just sent.
fn awaiting() -> (Codes, Code, Claims) {
    let (entropy, claims) = (entropy(), claims("c-1", "m@example.org"));
    let code = Code::random(&entropy);
    let mut codes = Codes::default();
    codes.sent(&code, &claims, &entropy, START);
    (codes, code, claims)
}

/// Another code than this one.
fn other(code: &Code) -> &'static str {
    if code.reveal() == "000000" { "000001" } else { "000000" }
}

#[test]
fn the_right_code_serves_once_within_ten_minutes_and_holds_for_fifteen() {
    let (mut codes, code, claims) = awaiting();
    assert!(!codes.holds(&claims, START));
    assert_eq!(codes.attempt(Some(code.reveal()), &claims, later(LIFE - 1)), Try::Right);
    assert!(codes.holds(&claims, later(LIFE - 1)) && codes.holds(&claims, later(LIFE - 1 + HOLDS - 1)));
    assert!(!codes.holds(&claims, later(LIFE - 1 + HOLDS)));
    assert_eq!(codes.attempt(Some(code.reveal()), &claims, later(LIFE)), Try::TooLate, "it was used");

    let (mut codes, code, claims) = awaiting();
    assert_eq!(codes.attempt(Some(code.reveal()), &claims, later(LIFE)), Try::TooLate);
    assert!(!codes.is_awaited() && !codes.holds(&claims, later(LIFE)));
}

#[test]
fn five_wrong_tries_end_a_code_and_the_right_one_is_worth_nothing_then() {
    let (mut codes, code, claims) = awaiting();
    for left in [4, 3, 2, 1] {
        assert_eq!(codes.attempt(Some(other(&code)), &claims, START), Try::Wrong { left });
    }
    // Several guesses in one message are one try.
    assert_eq!(codes.attempt(None, &claims, START), Try::Spent);
    assert_eq!(codes.attempt(Some(code.reveal()), &claims, START), Try::TooLate);
    assert!(!codes.holds(&claims, START));
}

#[test]
fn a_code_of_another_conversation_customer_or_address_is_wrong() {
    let (mut codes, _, customer) = awaiting();
    let mut others = Codes::default();
    let entropy = Counting(std::sync::atomic::AtomicU8::new(100));
    let code = Code::random(&entropy);
    others.sent(&code, &customer, &entropy, START);
    assert_eq!(codes.attempt(Some(code.reveal()), &customer, START), Try::Wrong { left: 4 });

    let (mut codes, code, customer) = awaiting();
    for someone in [claims("c-2", "m@example.org"), claims("c-1", "eve@example.org")] {
        assert!(matches!(codes.attempt(Some(code.reveal()), &someone, START), Try::Wrong { .. }));
    }
    assert_eq!(codes.attempt(Some(code.reveal()), &customer, START), Try::Right);
    assert!(!codes.holds(&claims("c-2", "m@example.org"), START), "someone else on the page");
}

#[test]
fn a_new_code_ends_the_old_one_and_a_fourth_within_an_hour_is_not_sent() {
    let entropy = entropy();
    let (mut codes, first, claims) = awaiting();
    let second = Code::random(&Counting(std::sync::atomic::AtomicU8::new(50)));
    assert!(codes.may_send(START));
    codes.sent(&second, &claims, &entropy, later(1));
    assert!(matches!(codes.attempt(Some(first.reveal()), &claims, later(1)), Try::Wrong { .. }));
    codes.sent(&second, &claims, &entropy, later(2));
    assert!(!codes.may_send(later(WINDOW - 1)));
    assert!(codes.may_send(later(WINDOW)), "the first is an hour old");
}

#[test]
fn a_code_is_found_alone_and_grouped_and_never_in_a_longer_number() {
    let one = |digits: &str| Typed::One(digits.as_bytes().try_into().unwrap());
    for message in ["123456", " 123456\n", "it is 123456.", "123 456", "123-456", "Code:123456"] {
        assert_eq!(typed(message), one("123456"), "{message}");
    }
    for message in
        ["", "hello", "12345", "1234567", "WF-48377", "0151 2345678", "12 34 56 78", "１２３４５６"]
    {
        assert_eq!(typed(message), Typed::Nothing, "{message}");
    }
    assert_eq!(typed("123456, 654321"), Typed::Several);
}

#[test]
fn what_is_stored_holds_no_code_and_reads_back() {
    let (codes, code, claims) = awaiting();
    let stored = serde_json::to_string(&codes).unwrap();
    assert!(!stored.contains(code.reveal()));
    let mut codes: Codes = serde_json::from_str(&stored).unwrap();
    assert_eq!(codes.attempt(Some(code.reveal()), &claims, START), Try::Right);
    let codes: Codes = serde_json::from_str(&serde_json::to_string(&codes).unwrap()).unwrap();
    assert!(codes.holds(&claims, START));
}

#[derive(Clone, Debug)]
enum Event {
    Send,
    Guess(bool),
    CallOff,
    Wait(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => Just(Event::Send),
        5 => Just(Event::Guess(false)),
        1 => Just(Event::Guess(true)),
        1 => Just(Event::CallOff),
        2 => (0..20 * 60 * 1000_i64).prop_map(Event::Wait),
    ]
}

proptest! {
    /// Nobody gets to the level of codes without a right code that is alive, and no hour sees more than three of them.
    #[test]
    fn the_level_rests_on_a_living_code_alone(events in proptest::collection::vec(event(), 0..60)) {
        let (entropy, claims) = (entropy(), claims("c-1", "m@example.org"));
        let (mut codes, mut now, mut sends) = (Codes::default(), START, Vec::new());
        let (mut living, mut proven): (Option<(Code, Timestamp, u8)>, Option<Timestamp>) = (None, None);
        for event in events {
            match event {
                Event::Send if codes.may_send(now) => {
                    let code = Code::random(&entropy);
                    codes.sent(&code, &claims, &entropy, now);
                    sends.push(now);
                    living = Some((code, Timestamp(now.0 + LIFE), TRIES));
                }
                Event::Send => {}
                Event::Guess(right) => {
                    let guess = living.as_ref().map_or("111111", |(code, ..)| if right { code.reveal() } else { other(code) });
                    let good = right && living.as_ref().is_some_and(|(_, until, _)| now < *until);
                    let outcome = codes.attempt(Some(guess), &claims, now);
                    prop_assert_eq!(outcome == Try::Right, good);
                    if good {
                        proven = Some(Timestamp(now.0 + HOLDS));
                    }
                    living = living.take().filter(|(_, until, tries)| !good && now < *until && *tries > 1)
                        .map(|(code, until, tries)| (code, until, tries - 1));
                }
                Event::CallOff => {
                    codes.call_off();
                    living = None;
                }
                Event::Wait(time) => now = Timestamp(now.0 + time),
            }
            prop_assert_eq!(codes.holds(&claims, now), proven.is_some_and(|until| now < until));
            prop_assert!(sends.iter().filter(|time| is_recent(**time, now)).count() <= MOST_SENT);
        }
    }
}
