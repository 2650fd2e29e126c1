//! Names of people, places and organisations, by the project's own model.

use std::ops::Range;

use super::{Candidate, Recogniser, Scene};
use crate::Entity;
use crate::tagger::{Label, Tagger};

/// What the spans of the model are called in a report.
pub(crate) const NAME: &str = "tagged";

/// The least score that is enough: what a wrong one costs differs. A person who is missed is shown to the model
/// provider; a place that is none makes an answer worse.
fn least(label: Label) -> u8 {
    match label {
        Label::Person => 50,
        Label::Location => 60,
        Label::Organization => 65,
    }
}

pub(crate) struct TaggedNames {
    tagger: &'static Tagger,
}

impl TaggedNames {
    pub(crate) fn new() -> Self {
        Self { tagger: Tagger::shipped() }
    }
}

impl Recogniser for TaggedNames {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        // "sarahconnor99" is a user name, and what is known of it is found by itself.
        let digits =
            |range: &Range<usize>| scene.text[range.clone()].bytes().any(|byte| byte.is_ascii_digit());
        let sure = self.tagger.tag(scene.text).into_iter().filter(|tagged| {
            tagged.score >= least(tagged.label) && !(tagged.label == Label::Person && digits(&tagged.range))
        });
        found.extend(sure.map(|tagged| Candidate {
            range: tagged.range,
            entity: match tagged.label {
                Label::Person => Entity::Person,
                Label::Location => Entity::Place,
                Label::Organization => Entity::Organisation,
            },
            // A value with a fixed form is surer than any name.
            score: tagged.score.min(80),
            recogniser: NAME,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::found_by;
    use super::*;

    #[test]
    fn people_places_and_organisations_are_found_in_running_text() {
        assert_eq!(
            found_by(&TaggedNames::new(), "Yesterday Julia Hoffmann from Norwell Ltd called me from Leeds"),
            ["Julia Hoffmann", "Norwell Ltd", "Leeds"]
        );
        assert_eq!(found_by(&TaggedNames::new(), "Where is my order 10432?"), Vec::<String>::new());
    }
}
