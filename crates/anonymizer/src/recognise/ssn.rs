//! United States social security numbers and taxpayer numbers of the same form.

use regex::Regex;

use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct Ssns {
    shape: Regex,
    cue: Regex,
}

impl Ssns {
    pub(crate) fn new() -> Self {
        Self {
            shape: pattern(r"[0-9]{3}([- .]?)[0-9]{2}([- .]?)[0-9]{4}"),
            cue: pattern(r"(?i)\b(?:ssn|ss#|s\.s\.n\.?|itin|social security|social|taxpayer|tax id)\b"),
        }
    }
}

impl Recogniser for Ssns {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        for hit in self.shape.find_iter(scene.text) {
            let range = hit.range();
            let before = scene.char_before(range.start);
            let after = scene.after(range.end, 2);
            let longer = before.is_some_and(|c| "-.+$/".contains(c))
                || (after.starts_with(['-', '/']) && after[1..].starts_with(|c: char| c.is_ascii_digit()));
            if longer || !scene.is_word(&range) {
                continue;
            }
            let separators = hit.as_str().matches(|c: char| !c.is_ascii_digit()).collect::<String>();
            let announced = scene.expects(Entity::Ssn) || self.cue.is_match(scene.before(range.start, 48));
            let score = match (announced, separators.as_str(), is_assignable(hit.as_str())) {
                (true, _, _) => 92,
                (false, "--", true) => 85,
                (false, "  ", true) => 55,
                _ => continue,
            };
            found.push(Candidate { range, entity: Entity::Ssn, score, recogniser: "ssn" });
        }
    }
}

/// The rules since 2011: no area 000, 666 or 9xx (those are taxpayer numbers, groups 50 and up), no group 00,
/// no serial 0000, and none of the numbers that advertisements made famous.
fn is_assignable(written: &str) -> bool {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let number = |range| digits.get(range).and_then(|part: &str| part.parse::<u32>().ok()).unwrap_or(0);
    let (area, group, serial) = (number(0..3), number(3..5), number(5..9));
    let area_ok = area != 0 && area != 666 && (area < 900 || group >= 50);
    let advertised = matches!(digits.as_str(), "078051120" | "219099999" | "123456789");
    area_ok && group != 0 && serial != 0 && !advertised
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn ssns(text: &str) -> Vec<String> {
        found_by(&Ssns::new(), text)
    }

    #[test]
    fn numbers_that_can_be_assigned_are_found() {
        for (text, number) in [
            ("it's 536-22-8726.", "536-22-8726"),
            ("ssn: 536228726", "536228726"),
            ("536 22 8726", "536 22 8726"),
            ("my ITIN is 912-70-1234", "912-70-1234"),
            ("social security number 000-12-3456", "000-12-3456"),
        ] {
            assert_eq!(ssns(text), [number], "{text}");
        }
    }

    #[test]
    fn numbers_that_cannot_be_assigned_and_other_numbers_are_not() {
        for text in [
            "000-12-3456",
            "666-12-3456",
            "536-00-8726",
            "536-22-0000",
            "536228726",
            "1-536-22-8726",
            "536-22-87265",
        ] {
            assert_eq!(ssns(text), Vec::<String>::new(), "{text}");
        }
    }
}
