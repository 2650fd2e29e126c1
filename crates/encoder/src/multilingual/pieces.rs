//! A text in pieces: of all ways to cut it the most probable one, each piece's probability being independent of the
//! others (Kudo 2018, "Subword Regularization", section 3.2), found by Viterbi's algorithm over a trie.

use std::collections::VecDeque;

use super::file::MultilingualFile;
use crate::file::ModelError;

/// Octets of the longest piece that a file may have: what a place of a text costs at most.
const LONGEST: usize = 128;
/// How much less probable than the rarest piece a character is that no piece has.
const UNKNOWN: f64 = 10.0;
/// No piece ends here.
const NONE: u32 = u32::MAX;

/// The pieces of a model. The trie's nodes are numbered so that the children of one stand side by side.
#[derive(Debug)]
pub(super) struct Pieces {
    unknown: u32,
    begin: u32,
    end: u32,
    scores: Vec<f32>,
    /// Of a character that no piece has.
    unknown_score: f64,
    /// The octet that leads to each node.
    labels: Vec<u8>,
    /// The first child of each node; its last one stands before the first child of the next node.
    children: Vec<u32>,
    /// The piece that ends at each node.
    ends: Vec<u32>,
}

/// How a beginning of the text is cut best.
#[derive(Clone, Copy)]
struct Best {
    score: f64,
    /// Where the last piece begins, and its number.
    start: u32,
    piece: u32,
}

impl Pieces {
    pub(super) fn check(file: &MultilingualFile) -> Result<(), ModelError> {
        let count = file.pieces.len();
        if count > 1 << 20 || file.scores.len() != count {
            return Err(ModelError::Inconsistent("the number of pieces"));
        }
        if [file.unknown, file.begin, file.end].iter().any(|mark| *mark as usize >= count) {
            return Err(ModelError::Inconsistent("a mark that is no piece"));
        }
        if file.pieces.iter().any(|piece| piece.is_empty() || piece.len() > LONGEST) {
            return Err(ModelError::Inconsistent("the length of a piece"));
        }
        Ok(())
    }

    /// Of a file that [`Pieces::check`] has seen. No text has the marks in it, even if it spells them.
    pub(super) fn new(file: &MultilingualFile) -> Self {
        let marks = [file.unknown, file.begin, file.end];
        let mut sorted: Vec<(&[u8], u32)> =
            file.pieces.iter().map(|piece| piece.as_bytes()).zip(0..).collect();
        sorted.retain(|(_, number)| !marks.contains(number));
        sorted.sort_unstable();
        // Of two that are written alike the last one counts.
        sorted.dedup_by(|later, kept| {
            let alike = later.0 == kept.0;
            if alike {
                kept.1 = later.1;
            }
            alike
        });
        let least = file.scores.iter().copied().fold(0.0, f32::min);
        let mut pieces = Self {
            unknown: file.unknown,
            begin: file.begin,
            end: file.end,
            scores: file.scores.clone(),
            unknown_score: f64::from(least) - UNKNOWN,
            labels: vec![0],
            children: Vec::new(),
            ends: Vec::new(),
        };
        // Each node is a range of pieces with the same beginning; they are met in the order of their numbers.
        let mut waiting = VecDeque::from([(&*sorted, 0)]);
        while let Some((mut alike, depth)) = waiting.pop_front() {
            pieces.children.push(pieces.labels.len() as u32);
            let whole = alike.first().filter(|(piece, _)| piece.len() == depth);
            pieces.ends.push(whole.map_or(NONE, |(_, number)| *number));
            if whole.is_some() {
                alike = &alike[1..];
            }
            for child in alike.chunk_by(|a, b| a.0[depth] == b.0[depth]) {
                pieces.labels.push(child[0].0[depth]);
                waiting.push_back((child, depth + 1));
            }
        }
        pieces.children.push(pieces.labels.len() as u32);
        pieces
    }

    /// The numbers of the pieces of a text that is normalised, between the marks of its two ends. A text of nothing is
    /// one unknown piece, as in training.
    pub(super) fn cut(&self, normal: &str) -> Vec<u32> {
        let nothing = Best { score: f64::MIN, start: 0, piece: self.unknown };
        let mut best = vec![nothing; normal.len() + 1];
        best[0].score = 0.0;
        for (start, character) in normal.char_indices() {
            let before = best[start].score;
            let single = start + character.len_utf8();
            let mut relax = |end: usize, score: f64, piece: u32| {
                let to = &mut best[end];
                if before + score > to.score {
                    *to = Best { score: before + score, start: start as u32, piece };
                }
            };
            let (mut node, mut has_single) = (0, false);
            for (at, octet) in normal.as_bytes()[start..].iter().enumerate() {
                let Some(child) = self.child(node, *octet) else { break };
                node = child;
                let piece = self.ends[node];
                if piece != NONE {
                    let end = start + at + 1;
                    has_single |= end == single;
                    relax(end, f64::from(self.scores[piece as usize]), piece);
                }
            }
            if !has_single {
                relax(single, self.unknown_score, self.unknown);
            }
        }
        let mut numbers = vec![self.end];
        if normal.is_empty() {
            numbers.push(self.unknown);
        }
        let mut at = normal.len();
        while at > 0 {
            numbers.push(best[at].piece);
            at = best[at].start as usize;
        }
        numbers.push(self.begin);
        numbers.reverse();
        numbers
    }

    fn child(&self, node: usize, octet: u8) -> Option<usize> {
        let (from, to) = (self.children[node] as usize, self.children[node + 1] as usize);
        self.labels[from..to].binary_search(&octet).ok().map(|at| from + at)
    }

    /// Octets that it holds.
    pub(super) fn size(&self) -> usize {
        size_of_val(&*self.scores)
            + size_of_val(&*self.labels)
            + size_of_val(&*self.children)
            + size_of_val(&*self.ends)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces() -> Pieces {
        let pieces = ["<unk>", "<s>", "</s>", "▁", "a", "b", "▁ab", "ab", "abb", "ü", "▁a"];
        let scores = [0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -4.0, -4.5, -7.0, -5.0, -3.5];
        let file = MultilingualFile {
            begin: 1,
            end: 2,
            pieces: pieces.map(str::to_owned).to_vec(),
            scores: scores.to_vec(),
            ..MultilingualFile::default()
        };
        Pieces::check(&file).unwrap();
        Pieces::new(&file)
    }

    #[test]
    fn the_most_probable_pieces_are_found() {
        let pieces = pieces();
        for (text, numbers) in [
            ("", &[0][..]),
            ("▁ab", &[6]),
            ("▁abb", &[6, 5]),
            ("▁b", &[3, 5]),
            ("ab▁aab", &[7, 10, 7]),
            ("üxü", &[9, 0, 9]),
            ("▁<s>", &[3, 0, 0, 0]),
        ] {
            assert_eq!(pieces.cut(text), [&[1], numbers, &[2]].concat(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_other_way_to_cut_is_more_probable(text in "[ab▁üx]{0,7}") {
            let pieces = pieces();
            let score = |piece: &u32| match piece {
                0 => pieces.unknown_score,
                piece => f64::from(pieces.scores[*piece as usize]),
            };
            let cut = pieces.cut(&text);
            let found: f64 = cut[1..cut.len() - 1].iter().map(score).sum();
            if !text.is_empty() {
                prop_assert!((found - every_way(&text)).abs() < 1e-9, "{} {}", found, every_way(&text));
            }
        }
    }

    /// The best score, by trying everything.
    fn every_way(text: &str) -> f64 {
        let pieces = [
            ("▁", -2.0),
            ("a", -3.0),
            ("b", -3.0),
            ("▁ab", -4.0),
            ("ab", -4.5),
            ("abb", -7.0),
            ("ü", -5.0),
            ("▁a", -3.5),
        ];
        let Some(first) = text.chars().next() else { return 0.0 };
        let unknown = if first == 'x' { -17.0 + every_way(&text[1..]) } else { f64::MIN };
        let known =
            pieces.iter().filter_map(|(piece, score)| Some(score + every_way(text.strip_prefix(piece)?)));
        known.fold(unknown, f64::max)
    }
}
