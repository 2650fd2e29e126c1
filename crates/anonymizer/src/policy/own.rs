//! The business's own recognisers: a pattern, and what must be beside it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use regex::{Regex, RegexBuilder};

use crate::Entity;
use crate::recognise::cues::CueIndex;
use crate::recognise::numbers::checks::{digits, passes_luhn};
use crate::recognise::{Candidate, Recogniser, Scene};

/// The score of a find when the policy names none.
pub(super) const USUAL_SCORE: u8 = 85;
/// How much less a find is worth whose check digits are wrong; it needs its cue.
const MISTYPED: u8 = 15;
/// Bytes of a pattern, and of what it compiles to: the second bounds the time that a search can take.
const LONGEST_PATTERN: usize = 1_000;
const LARGEST_PROGRAM: usize = 1 << 18;

/// How a number is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checksum {
    /// ISO/IEC 7812-1, annex B.
    Luhn,
    /// ISO 7064 MOD 97-10, the check digits last, letters as 10 to 35.
    Mod97,
    /// Weights 1, 2, 3, … from the right, X as ten, the sum a multiple of 11 (ISO 2108 as it was for ten digits).
    Mod11,
}

impl Checksum {
    pub(super) const ALL: [(&'static str, Self); 3] =
        [("luhn", Self::Luhn), ("mod97", Self::Mod97), ("mod11", Self::Mod11)];

    fn passes(self, value: &str) -> bool {
        let compact: String =
            value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        match self {
            Self::Luhn => passes_luhn(&digits(&compact)),
            Self::Mod97 => {
                let rest = compact
                    .chars()
                    .filter_map(|c| c.to_digit(36))
                    .fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97);
                rest == 1
            }
            Self::Mod11 => {
                let values = compact.chars().filter_map(|c| if c == 'X' { Some(10) } else { c.to_digit(10) });
                let values: Vec<u32> = values.collect();
                let weighted = values.iter().rev().zip(1..).map(|(value, weight)| value * weight);
                values.len() > 1 && weighted.sum::<u32>() % 11 == 0
            }
        }
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct OwnRecogniser {
    pub(super) name: &'static str,
    entity: Entity,
    pattern: Regex,
    score: u8,
    cues: Vec<String>,
    check: Option<Checksum>,
}

/// Compiles a pattern of the business's, or says what is wrong with it.
pub(super) fn compile(source: &str) -> Result<Regex, String> {
    if source.len() > LONGEST_PATTERN {
        return Err(format!("the pattern is too long; write at most {LONGEST_PATTERN} characters"));
    }
    let compiled = RegexBuilder::new(source)
        .size_limit(LARGEST_PROGRAM)
        .dfa_size_limit(4 * LARGEST_PROGRAM)
        .nest_limit(50)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                "the pattern is too large; write smaller counts, and [0-9] instead of \\d".to_owned()
            }
            other => {
                let said = other.to_string();
                let reason = said.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                format!(
                    "the pattern is not a regular expression ({reason}); see docs.rs/regex for its syntax"
                )
            }
        })?;
    if compiled.is_match("") {
        return Err("the pattern matches an empty text; make a part of it necessary".to_owned());
    }
    Ok(compiled)
}

impl OwnRecogniser {
    pub(super) fn new(
        name: &str,
        entity: Entity,
        pattern: Regex,
        score: u8,
        cues: Vec<String>,
        check: Option<Checksum>,
    ) -> Self {
        Self { name: lasting(name), entity, pattern, score, cues, check }
    }

    pub(super) fn finds_in(&self, example: &str) -> bool {
        let normal = crate::view::View::normal(example);
        let mut found = Vec::new();
        OwnRecognisers::new(vec![self.clone()]).find(&Scene::of(normal.text()), &mut found);
        !found.is_empty()
    }

    /// The score of a find; a wrong check digit needs the cue, and no cue is needed where the policy names none.
    fn score(&self, value: &str, beside_cue: bool) -> Option<u8> {
        let announced = !self.cues.is_empty() && beside_cue;
        match self.check.map(|check| check.passes(value)) {
            Some(false) => announced.then(|| self.score.saturating_sub(MISTYPED)),
            Some(true) | None => (announced || self.cues.is_empty()).then_some(self.score),
        }
    }
}

/// All of a policy's, one index of cues.
pub(crate) struct OwnRecognisers {
    own: Vec<OwnRecogniser>,
    cues: CueIndex,
}

impl OwnRecognisers {
    pub(crate) fn new(own: Vec<OwnRecogniser>) -> Self {
        let cues = own
            .iter()
            .enumerate()
            .flat_map(|(nth, recogniser)| recogniser.cues.iter().map(move |cue| (nth, cue.as_str())));
        let cues = CueIndex::new(cues);
        Self { own, cues }
    }
}

impl Recogniser for OwnRecognisers {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let cues = self.cues.find(&scene.folded);
        for (nth, recogniser) in self.own.iter().enumerate() {
            for captures in recogniser.pattern.captures_iter(scene.text) {
                let Some(value) = captures.get(1).or_else(|| captures.get(0)) else { continue };
                let range: Range<usize> = value.range();
                if range.is_empty() || !scene.is_word(&range) {
                    continue;
                }
                let beside = cues.beside(nth, &range) || scene.expects(recogniser.entity);
                if let Some(score) = recogniser.score(value.as_str(), beside) {
                    found.push(Candidate {
                        range,
                        entity: recogniser.entity,
                        score,
                        recogniser: recogniser.name,
                    });
                }
            }
        }
    }
}

/// A name that lasts as long as the program, as the names of the built-in recognisers do: a policy is read at start, and
/// the same name is kept once.
fn lasting(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    match names.get(name) {
        Some(known) => known,
        None => {
            let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
            names.insert(kept);
            kept
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_checksum_passes_what_its_standard_does() {
        assert!(Checksum::Luhn.passes("7992-7398-713"));
        assert!(!Checksum::Luhn.passes("79927398714"));
        assert!(Checksum::Mod97.passes("5432 0000 0000 0000 05") || Checksum::Mod97.passes("98"));
        assert!(!Checksum::Mod97.passes("99"));
        assert!(Checksum::Mod11.passes("0-306-40615-2") && Checksum::Mod11.passes("0-8044-2957-X"));
        assert!(!Checksum::Mod11.passes("0-306-40615-3"));
    }

    #[test]
    fn a_pattern_that_is_none_or_too_large_or_empty_is_refused_with_advice() {
        for (source, advice) in [
            ("[", "not a regular expression"),
            (r"\w{5000}", "too large"),
            ("a*", "empty"),
            (&"a".repeat(1001), "too long"),
        ] {
            let message = compile(source).expect_err(source);
            assert!(message.contains(advice), "{message}");
        }
    }
}
