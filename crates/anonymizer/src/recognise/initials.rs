//! An initial and a family name: "J. R. Ewart", "M. Toussaint", "Venkataraman S.".

use regex::Regex;

use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;
use crate::names;
use crate::tagger::is_common;
use crate::view::fold_value;

const SCORE: u8 = 58;

pub(super) struct Initials {
    before: Regex,
}

impl Initials {
    pub(super) fn new() -> Self {
        Self {
            before: pattern(r"\b(?:[A-Z]\. ?){1,3}((?:van |von |de |d')?[\p{Lu}]['’]?[\p{L}'’-]{2,30})")
        }
    }
}

impl Recogniser for Initials {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let bytes = scene.text.as_bytes();
        let pairs = bytes.iter().zip(bytes.iter().skip(1));
        // Without a way out, the loop looks at many bytes at once.
        if !pairs.fold(false, |any, (c, point)| any | (c.is_ascii_uppercase() & (*point == b'.'))) {
            return;
        }
        for hit in self.before.captures_iter(scene.text) {
            let (Some(whole), Some(family)) = (hit.get(0), hit.get(1)) else { continue };
            let folded = fold_value(family.as_str());
            // "Vitamin C. Please": the sentence goes on with an ordinary word; "plan B. May I": with one that may be a name.
            let ordinary = is_common(&folded) || names::is_common_word(&folded);
            let lower = family.as_str().chars().filter(|c| c.is_lowercase()).count();
            if !ordinary
                && lower >= 2
                && scene.is_word(&whole.range())
                && !follows_a_word(scene, whole.start())
            {
                found.push(Candidate {
                    range: whole.range(),
                    entity: Entity::Person,
                    score: SCORE,
                    recogniser: "initials",
                });
            }
        }
    }
}

/// Whether the letter ends what a word before it began: "Vitamin C. Zuerst", "Type A. Noch".
fn follows_a_word(scene: &Scene<'_>, at: usize) -> bool {
    const WITH_A_LETTER: &str = "vitamin type typ plan gate block option hepatitis team class klasse group gruppe unit level \
                                 version size grosse point section part teil schedule exhibit appendix terminal figure model";
    let before = scene.before(at, 24);
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let folded = fold_value(word);
    before.ends_with(' ') && WITH_A_LETTER.split_ascii_whitespace().any(|known| known == folded)
}

#[cfg(test)]
mod tests {
    use super::super::found_by;
    use super::*;

    #[test]
    fn initials_and_a_family_name_are_a_person() {
        for (text, name) in [
            ("J. R. Ewart writing about the lease", "J. R. Ewart"),
            ("Votre conseiller est M. Toussier", "M. Toussier"),
            ("auf dem Etikett steht A. Feuerbacher", "A. Feuerbacher"),
            ("it was M.-C. d'Aubignac", "C. d'Aubignac"),
            ("call K. O'Hanrahan", "K. O'Hanrahan"),
        ] {
            assert_eq!(found_by(&Initials::new(), text), [name], "{text}");
        }
    }

    #[test]
    fn a_letter_that_ends_a_sentence_is_none() {
        for text in [
            "I take vitamin C. Please send more",
            "we go with plan B. Zuerst die Rechnung",
            "made in the U.S. Please",
            "No. B. OK",
        ] {
            assert_eq!(found_by(&Initials::new(), text), Vec::<String>::new(), "{text}");
        }
    }
}
