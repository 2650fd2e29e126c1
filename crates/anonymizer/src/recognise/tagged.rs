//! Names of people, places and organisations, by the project's own model and, where it is installed, the larger one.

mod namesakes;

use std::ops::Range;
use std::sync::Arc;

use super::names_model::NamesModel;
use super::{Candidate, Recogniser, Scene};
use crate::Entity;
use crate::tagger::{Label, Opinions, Tagger, is_word, may_hold_a_name};
use crate::view::fold_value;

/// The least score of a word in small letters that people use as such: "long", "stone".
const LEAST_OF_A_WORD: u8 = 80;

/// What the spans of the model are called in a report.
pub(crate) const NAME: &str = "tagged";

/// The least score that is enough: what a wrong one costs differs. A person who is missed is shown to the model
/// provider; a place that is none makes an answer worse.
fn least(label: Label) -> u8 {
    match label {
        Label::Person => 38,
        Label::Location => 60,
        Label::Organization => 65,
    }
}

pub(crate) struct TaggedNames {
    tagger: &'static Tagger,
    /// The larger model, where one is installed.
    model: Option<Arc<NamesModel>>,
}

impl TaggedNames {
    pub(crate) fn new(model: Option<Arc<NamesModel>>) -> Self {
        Self { tagger: Tagger::shipped(), model }
    }
}

impl Recogniser for TaggedNames {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        // "sarahconnor99" is a user name, and what is known of it is found by itself.
        let digits =
            |range: &Range<usize>| scene.text[range.clone()].bytes().any(|byte| byte.is_ascii_digit());
        // The larger model costs a thousand times as much as all the rest.
        let model = self.model.as_ref().filter(|_| may_hold_a_name(scene.text));
        let opinions = model.map_or_else(Opinions::default, |model| model.read(scene.text));
        let word = |range: &Range<usize>| {
            let written = &scene.text[range.clone()];
            written.starts_with(char::is_lowercase) && is_word(&fold_value(written))
        };
        let mut tagged = self.tagger.tag(scene.text, &opinions);
        tagged.retain(|tagged| {
            let least = if word(&tagged.range) { LEAST_OF_A_WORD } else { least(tagged.label) };
            tagged.score >= least && !(tagged.label == Label::Person && digits(&tagged.range))
        });
        namesakes::settle(scene.text, &mut tagged);
        found.extend(tagged.into_iter().map(|tagged| Candidate {
            entity: match tagged.label {
                Label::Person => Entity::Person,
                Label::Location if opinions.lead_to_a_door(&tagged.range) => Entity::Address,
                Label::Location => Entity::Place,
                Label::Organization => Entity::Organisation,
            },
            range: tagged.range,
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
            found_by(
                &TaggedNames::new(None),
                "Yesterday Julia Hoffmann from Norwell Ltd called me from Leeds"
            ),
            ["Julia Hoffmann", "Norwell Ltd", "Leeds"]
        );
        for text in ["Where is my order 10432?", "long", "stone", "garbage"] {
            assert_eq!(found_by(&TaggedNames::new(None), text), Vec::<String>::new());
        }
    }
}
