//! Business identifier codes of banks (ISO 9362): four letters for the bank, a country, two signs for the place, and
//! three for a branch. Words have that form too, so beside their cue only.

use regex::Regex;

use super::cues::CueIndex;
use super::hints::Hints;
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

/// ISO 3166-1 alpha-2, and XK, which SWIFT uses for Kosovo.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI \
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS \
    IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA \
    RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT \
    TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// How far a code in small letters may stand from its cue, in bytes.
const CLOSE: usize = 6;

/// One of these is in each cue.
pub(super) const IN_ALL_CUES: &[&str] = &["bic", "swift"];

/// The cues that say "code"; "swift" is a word, too.
const CODE: usize = 0;

pub(crate) struct Bics {
    shape: Regex,
    cues: CueIndex,
}

impl Bics {
    pub(crate) fn new() -> Self {
        let codes = ["bic", "bic code", "bic-code", "swift code", "swift-code", "swift/bic", "bic/swift"];
        let cues = codes.into_iter().map(|cue| (CODE, cue)).chain([(CODE + 1, "swift")]);
        Self { shape: pattern(r"(?i)\b[a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?\b"), cues: CueIndex::new(cues) }
    }
}

impl Recogniser for Bics {
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let asked = scene.hints_at(Hints::BIC) && !self.cues.find(&scene.folded).is_empty();
        asked.then_some(Entity::Bic).into_iter().collect()
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let expected = scene.expects(Entity::Bic);
        if !expected && !scene.hints_at(Hints::BIC) {
            return;
        }
        let cues = self.cues.find(&scene.folded);
        if cues.is_empty() && !expected {
            return;
        }
        for hit in self.shape.find_iter(scene.text) {
            let range = hit.range();
            let country = hit.as_str().get(4..6).unwrap_or_default().to_ascii_uppercase();
            let capitals = !hit.as_str().bytes().any(|byte| byte.is_ascii_lowercase());
            let mut beside = cues.near(&range).peekable();
            let announced = if capitals {
                expected || beside.peek().is_some()
            } else {
                beside.any(|(cue, owner)| {
                    owner == CODE && cue.end <= range.start && range.start - cue.end <= CLOSE
                })
            };
            if announced
                && COUNTRIES.split_ascii_whitespace().any(|known| known == country)
                && scene.is_word(&range)
            {
                found.push(Candidate { range, entity: Entity::Bic, score: 90, recogniser: "bic" });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::{found_by, found_in};

    fn codes(text: &str) -> Vec<String> {
        found_by(&Bics::new(), text)
    }

    #[test]
    fn codes_are_found_beside_their_cue() {
        assert_eq!(codes("BIC: DEUTDEFF"), ["DEUTDEFF"]);
        assert_eq!(codes("IBAN and SWIFT code for the bank is DEUTDEFF500"), ["DEUTDEFF500"]);
        assert_eq!(codes("bic deutdeff"), ["deutdeff"]);
        assert_eq!(codes("NEDSZAJJXXX is the swift"), ["NEDSZAJJXXX"]);
        let asked = Scene { expected: &[Entity::Bic], ..Scene::of("DEUTDEFF") };
        assert_eq!(found_in(&Bics::new(), &asked), ["DEUTDEFF"]);
        assert_eq!(Bics::new().announced_by(&Scene::of("What is your BIC?")), [Entity::Bic]);
    }

    #[test]
    fn words_and_codes_of_no_country_are_none() {
        for text in [
            "DEUTDEFF",
            "BIC: DEUTZZFF",
            "a swift delivery please",
            "the swift and careful delivery",
            "my bic, deliveries are late",
            "the bic of the bank is deutdeff",
            "BIC DEUTDEFF5",
        ] {
            assert_eq!(codes(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(Bics::new().announced_by(&Scene::of("What is it?")), []);
    }
}
