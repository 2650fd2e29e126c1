//! From the file as written to a policy that holds.

use std::collections::BTreeMap;

use toml::Spanned;

use super::own::{self, OwnRecogniser};
use super::raw::{RawPolicy, RawRecogniser, RawSteps, line_of};
use super::{AddressStep, AgeStep, DateStep, Policy, PolicyError, PolicyFault, Steps, Treatment};
use crate::Entity;
use crate::view::fold_value;

/// The key that stands for every kind that is not named.
const REST: &str = "rest";
/// Values in each list, and own recognisers, at most: all of them are looked for in every message.
const MOST_VALUES: usize = 10_000;
const MOST_RECOGNISERS: usize = 200;
const MOST_CUES: usize = 50;

/// The faults found so far.
struct Faults<'a> {
    text: &'a str,
    found: Vec<PolicyFault>,
}

impl Faults<'_> {
    fn at<T>(&mut self, place: &Spanned<T>, message: String) {
        self.found.push(PolicyFault { line: line_of(self.text, place.span().start), message });
    }

    /// The value of a word, or a fault that lists the words there are.
    fn word<T: Copy>(&mut self, written: &Spanned<String>, words: &[(&str, T)]) -> Option<T> {
        let found = words.iter().find(|(word, _)| word == written.get_ref()).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.at(written, format!("\"{}\" is not known; write {}", written.get_ref(), either(&words)));
        }
        found
    }

    fn entity(&mut self, written: &Spanned<String>) -> Option<Entity> {
        self.word(written, &entities())
    }
}

pub(super) fn policy(raw: RawPolicy, text: &str) -> Result<Policy, PolicyError> {
    let mut faults = Faults { text, found: Vec::new() };
    let (treatments, rest) = treatments(raw.treatments, &mut faults);
    let minimum_score = raw.minimum_score.as_ref().map_or(0, |written| score(written, &mut faults));
    let steps = steps(&raw.generalise, &mut faults);
    let allowed = raw.allow.iter().filter_map(|value| folded(value, &mut faults)).collect::<Vec<_>>();
    let denied = denied(&raw.deny, &allowed, &mut faults);
    for list in [&raw.allow].into_iter().chain(raw.deny.values()) {
        if let Some(beyond) = list.get(MOST_VALUES) {
            faults.at(beyond, format!("a list has at most {MOST_VALUES} values; leave the rest out"));
        }
    }
    let own = recognisers(&raw.recognisers, &mut faults);
    if faults.found.is_empty() {
        return Ok(Policy { treatments, rest, minimum_score, steps, allowed, denied, own });
    }
    faults.found.sort();
    Err(PolicyError { faults: faults.found })
}

/// Every kind that a policy can name, as it is named there.
fn entities() -> Vec<(&'static str, Entity)> {
    let named = Entity::ALL.into_iter().filter(|entity| *entity != Entity::Text);
    named.map(|entity| (entity.name(), entity)).collect()
}

fn treatments(
    raw: BTreeMap<Spanned<String>, Spanned<String>>,
    faults: &mut Faults<'_>,
) -> (BTreeMap<Entity, Treatment>, Treatment) {
    let mut rest = Treatment::Token;
    let mut treatments = BTreeMap::new();
    for (key, written) in raw {
        let treatment = faults.word(&written, &Treatment::ALL);
        if key.get_ref() == REST {
            match treatment {
                Some(Treatment::Keep | Treatment::Surrogate | Treatment::Generalise) => faults.at(
                    &written,
                    format!("\"{}\" is chosen kind by kind; write token, redact or block", written.get_ref()),
                ),
                Some(treatment) => rest = treatment,
                None => {}
            }
            continue;
        }
        let (Some(entity), Some(treatment)) = (faults.entity(&key), treatment) else { continue };
        if !can_be(entity, treatment) {
            let can: Vec<_> = Treatment::ALL
                .into_iter()
                .filter(|(_, other)| can_be(entity, *other))
                .map(|(word, _)| word)
                .collect();
            faults.at(
                &written,
                format!("{} cannot be \"{}\"; write {}", entity.name(), written.get_ref(), either(&can)),
            );
            continue;
        }
        treatments.insert(entity, treatment);
    }
    (treatments, rest)
}

/// Whether a kind can be treated so: nothing coarser than a password is still one, and none should be invented.
pub(crate) fn can_be(entity: Entity, treatment: Treatment) -> bool {
    match treatment {
        Treatment::Keep | Treatment::Token | Treatment::Redact | Treatment::Block => true,
        Treatment::Surrogate => !matches!(entity, Entity::Secret | Entity::Crypto | Entity::CardSecurity),
        Treatment::Generalise => {
            matches!(entity, Entity::Date | Entity::BirthDate | Entity::Age | Entity::Address | Entity::Place)
        }
    }
}

fn steps(raw: &RawSteps, faults: &mut Faults<'_>) -> Steps {
    let mut steps = Steps::default();
    if let Some(step) = raw
        .dates
        .as_ref()
        .and_then(|written| faults.word(written, &[("month", DateStep::Month), ("year", DateStep::Year)]))
    {
        steps.dates = step;
    }
    if let Some(step) = raw.ages.as_ref().and_then(|written| {
        faults.word(written, &[("decade", AgeStep::Decade), ("over-89", AgeStep::Over89)])
    }) {
        steps.ages = step;
    }
    if let Some(step) = raw
        .addresses
        .as_ref()
        .and_then(|written| faults.word(written, &[("area", AddressStep::Area), ("zip3", AddressStep::Zip3)]))
    {
        steps.addresses = step;
    }
    steps
}

fn score(written: &Spanned<i64>, faults: &mut Faults<'_>) -> u8 {
    match u8::try_from(*written.get_ref()) {
        Ok(score @ 0..=100) => score,
        _ => {
            faults.at(written, format!("{} is no score; write a number from 0 to 100", written.get_ref()));
            0
        }
    }
}

fn folded(value: &Spanned<String>, faults: &mut Faults<'_>) -> Option<String> {
    let folded = fold_value(value.get_ref().trim());
    if folded.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        faults.at(
            value,
            "a value has two letters or digits at least; write a longer one or leave it out".to_owned(),
        );
        return None;
    }
    Some(folded)
}

fn denied(
    raw: &BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    allowed: &[String],
    faults: &mut Faults<'_>,
) -> Vec<(Entity, String)> {
    let mut denied = Vec::new();
    for (key, values) in raw {
        let Some(entity) = faults.entity(key) else { continue };
        for value in values {
            let Some(folded) = folded(value, faults) else { continue };
            if allowed.contains(&folded) {
                faults.at(value, format!("\"{}\" is in allow too; take it out of one", value.get_ref()));
            }
            denied.push((entity, folded));
        }
    }
    denied
}

fn recognisers(raw: &[RawRecogniser], faults: &mut Faults<'_>) -> Vec<OwnRecogniser> {
    if let Some(beyond) = raw.get(MOST_RECOGNISERS) {
        faults.at(&beyond.name, format!("there are at most {MOST_RECOGNISERS} recognisers; join some"));
    }
    let mut own: Vec<OwnRecogniser> = Vec::new();
    for written in raw.iter().take(MOST_RECOGNISERS) {
        if let Some(recogniser) = recogniser(written, faults) {
            if own.iter().any(|other| other.name == recogniser.name) {
                faults.at(&written.name, format!("\"{}\" is there twice; rename one", recogniser.name));
            }
            own.push(recogniser);
        }
    }
    own
}

fn recogniser(raw: &RawRecogniser, faults: &mut Faults<'_>) -> Option<OwnRecogniser> {
    let name = raw.name.get_ref();
    let named = (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !named {
        faults.at(&raw.name, format!("\"{name}\" is no name; write up to 40 of a-z, 0-9 and -"));
    }
    let entity = faults.entity(&raw.entity);
    let pattern =
        own::compile(raw.pattern.get_ref()).map_err(|message| faults.at(&raw.pattern, message)).ok();
    let score = raw.score.as_ref().map_or(own::USUAL_SCORE, |written| score(written, faults));
    let check = raw.check.as_ref().map(|written| faults.word(written, &own::Checksum::ALL));
    if let Some(beyond) = raw.cues.get(MOST_CUES) {
        faults.at(beyond, format!("a recogniser has at most {MOST_CUES} cues; leave the rest out"));
    }
    let cues: Vec<String> = raw.cues.iter().filter_map(|cue| folded(cue, faults)).collect();
    if raw.matches.is_empty() || raw.ignores.is_empty() {
        faults.at(
            &raw.name,
            format!("\"{name}\" has no examples; write matches = [\"…\"] and ignores = [\"…\"], one text in each at least"),
        );
        return None;
    }
    let check = match check {
        Some(known) => Some(known?),
        None => None,
    };
    let recogniser = OwnRecogniser::new(name, entity?, pattern?, score, cues, check);
    examples(raw, &recogniser, faults);
    named.then_some(recogniser)
}

/// Runs the examples.
fn examples(raw: &RawRecogniser, recogniser: &OwnRecogniser, faults: &mut Faults<'_>) {
    let name = raw.name.get_ref();
    for example in &raw.matches {
        if !recogniser.finds_in(example.get_ref()) {
            faults.at(
                example,
                format!(
                    "\"{name}\" does not find anything in \"{}\"; change the pattern or the example",
                    example.get_ref()
                ),
            );
        }
    }
    for example in &raw.ignores {
        if recogniser.finds_in(example.get_ref()) {
            faults.at(
                example,
                format!(
                    "\"{name}\" finds something in \"{}\"; change the pattern or the example",
                    example.get_ref()
                ),
            );
        }
    }
}

/// "a, b or c".
fn either(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
