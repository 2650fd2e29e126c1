//! Where digits stand in a text, so that whoever looks for numbers of a form looks there and nowhere else.

use std::ops::Range;

/// Every run of digits, in positions of the normal text, in order.
pub(crate) struct Figures {
    runs: Vec<Range<usize>>,
}

/// Runs of digits with nothing but a few separators between them.
pub(crate) struct FigureRow<'a> {
    pub(crate) runs: &'a [Range<usize>],
}

impl Figures {
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut runs = Vec::new();
        let mut at = 0;
        while let Some(offset) = bytes.get(at..).unwrap_or_default().iter().position(u8::is_ascii_digit) {
            let start = at + offset;
            at = start + bytes.iter().skip(start).take_while(|byte| byte.is_ascii_digit()).count();
            runs.push(start..at);
        }
        Self { runs }
    }

    pub(crate) fn runs(&self) -> &[Range<usize>] {
        &self.runs
    }

    /// Whether one of the runs stands behind a capital, with a blank or a dash between them at most.
    pub(crate) fn follow_a_capital(&self, text: &str) -> bool {
        self.runs.iter().any(|run| {
            let before = text.as_bytes().get(..run.start).unwrap_or_default();
            matches!(before, [.., b'A'..=b'Z'] | [.., b'A'..=b'Z', b' ' | b'-'])
        })
    }

    /// The runs between which at most `most` bytes stand, all of them separators: each row as long as it can be.
    pub(crate) fn rows<'a>(
        &'a self,
        text: &'a str,
        most: usize,
        separates: fn(&u8) -> bool,
    ) -> impl Iterator<Item = FigureRow<'a>> {
        let joined = move |before: &Range<usize>, after: &Range<usize>| {
            let between = text.as_bytes().get(before.end..after.start).unwrap_or_default();
            between.len() <= most && between.iter().all(separates)
        };
        self.runs.chunk_by(joined).map(|runs| FigureRow { runs })
    }
}

impl FigureRow<'_> {
    /// How many digits it has.
    pub(crate) fn digits(&self) -> usize {
        self.runs.iter().map(Range::len).sum()
    }

    /// Where each digit stands.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.runs.iter().cloned().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_a_row_while_separators_part_them() {
        let text = "12-34  56 a78.9";
        let figures = Figures::of(text);
        let rows = |most| -> Vec<usize> {
            figures.rows(text, most, |byte| b" -.".contains(byte)).map(|row| row.digits()).collect()
        };
        assert_eq!(figures.runs().len(), 5);
        assert_eq!(rows(1), [4, 2, 3]);
        assert_eq!(rows(2), [6, 3]);
    }
}
