//! Finds people, places and organisations by what stands around them: a small model of the project's own.
//!
//! A linear-chain conditional random field over hashed features of words ([`features`]), for seven languages and
//! for text in which nobody cares about capitals. Trained by `cargo xtask train tagger`; what it was trained on and
//! how good it is stands in `models/README.md`. No I/O, no state; the cost grows linearly with the text.

mod features;
mod keys;
mod lattice;
mod lists;
mod model;
mod opinions;
pub mod training;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

use features::Features;
use lattice::{LABELS, Lattice, OUTSIDE, is_inside};
pub(crate) use lists::{is_common, is_given_name, is_much_used, is_used, is_word};
use model::Model;
pub use model::ModelError;
pub(crate) use opinions::Opinion;
pub use opinions::Opinions;
use words::{Kind, Word, next_piece, words};

use crate::view::fold_value;

/// How much more a label is worth than none when spans are looked for. It brings in doubtful spans, whose scores
/// say how doubtful they are.
const EAGERNESS: f32 = 1.5;

static SHIPPED: LazyLock<Tagger> = LazyLock::new(|| {
    Tagger::new(include_bytes!("../../models/tagger.bin")).expect("a test reads the model that is shipped")
});

/// What kind of name was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A person's name without its title.
    Person,
    /// A town, a country, a street, or a whole postal address.
    Location,
    /// A company, a school, an authority, a club.
    Organization,
}

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// What.
    pub label: Label,
    /// The probability of the label, out of 100, as the mean over the words.
    pub score: u8,
}

/// A trained model, ready to use.
pub struct Tagger {
    model: Model,
}

impl Tagger {
    /// The model that is part of the program.
    pub(crate) fn shipped() -> &'static Self {
        lists::make_ready();
        &SHIPPED
    }

    /// Reads a model file.
    pub fn new(file: &[u8]) -> Result<Self, ModelError> {
        Ok(Self { model: Model::parse(file)? })
    }

    /// Every name that is thought of at all, in order and apart. Take those whose score is enough.
    /// What another model says of the same text counts too.
    pub fn tag(&self, text: &str, opinions: &Opinions) -> Vec<Tagged> {
        let mut found = Vec::new();
        let mut rest = words(text).peekable();
        let (mut piece, mut features, mut emissions) = (Vec::new(), Features::default(), Vec::new());
        let mut lattice = Lattice::default();
        while next_piece(text, &mut rest, &mut piece) {
            features.fill(text, &piece);
            emissions.clear();
            emissions.extend(features.each().map(|keys| self.model.emission(keys)));
            for (word, scores) in piece.iter().zip(&mut emissions) {
                opinions.weigh(&word.range, scores);
            }
            lattice.solve(&self.model.chain, &emissions, EAGERNESS);
            collect(&piece, &lattice, &mut found);
        }
        found
    }
}

/// The spans of the best path.
fn collect(piece: &[Word], lattice: &Lattice, found: &mut Vec<Tagged>) {
    let mut labelled = piece.iter().zip(&lattice.best).zip(&lattice.marginals).peekable();
    while let Some(((word, first), marginals)) = labelled.next() {
        let Some(label) = label_of(*first) else { continue };
        let sure = |marginals: &[f32; LABELS]| marginals[*first] + marginals[first + 1];
        let (mut range, mut sum, mut count) = (word.range.clone(), sure(marginals), 1.0);
        while let Some(((word, _), marginals)) = labelled.next_if(|((_, next), _)| is_inside(**next)) {
            range.end = word.range.end;
            sum += sure(marginals);
            count += 1.0;
        }
        found.push(Tagged { range, label, score: (100.0 * sum / count).round() as u8 });
    }
}

/// Whether a text has a word that may be a name: one that nobody uses as a word, that is on a list of names, or that
/// has a capital within a sentence and is no ordinary word.
pub(crate) fn may_hold_a_name(text: &str) -> bool {
    let mut begins = true;
    words(text).any(|word| {
        let written = &text[word.range];
        let before = std::mem::replace(
            &mut begins,
            matches!(written.as_bytes(), [b'.' | b'!' | b'?' | b':' | b'"', ..]),
        );
        if word.kind != Kind::Letters {
            return false;
        }
        let folded = fold_value(written);
        let capital = written.starts_with(char::is_uppercase);
        !is_common(&folded) && (!is_used(&folded) || (capital && !before))
    })
}

/// The kind of a span that begins with this label.
fn label_of(first: usize) -> Option<Label> {
    match first {
        OUTSIDE => None,
        1 | 2 => Some(Label::Person),
        3 | 4 => Some(Label::Location),
        _ => Some(Label::Organization),
    }
}

#[cfg(test)]
mod tests;
