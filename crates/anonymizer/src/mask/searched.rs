//! A text as it is searched, which is not quite as it is written: tokens, surrogates and marks of ours are no values.

use std::borrow::Cow;
use std::ops::Range;

use crate::TokenVault;
use crate::generalise::{is_inside, marks_in};
use crate::guard::shield_tokens;
use crate::values::SHIELD;

/// The readings have the same length as the text, so that places in one are places in all.
pub(super) struct Searched<'a> {
    /// For the recognisers: nothing of ours is in it.
    pub(super) by_form: Cow<'a, str>,
    /// For values that are known: marks are in it, since a value may hold what looks like one.
    pub(super) by_value: Cow<'a, str>,
    /// What is a mark, where nothing is to be replaced again.
    marks: Vec<Range<usize>>,
}

impl<'a> Searched<'a> {
    /// What a customer wrote: nothing of it is ours.
    pub(super) fn written(text: &'a str) -> Self {
        Self { by_form: Cow::Borrowed(text), by_value: Cow::Borrowed(text), marks: Vec::new() }
    }

    /// What was masked before.
    pub(super) fn masked(text: &str, vault: &TokenVault) -> Self {
        let by_value = vault.surrogates().shield(shield_tokens(text));
        let marks = marks_in(&by_value);
        let mut by_form = String::with_capacity(by_value.len());
        let mut at = 0;
        for mark in &marks {
            by_form.push_str(&by_value[at..mark.start]);
            by_form.extend(std::iter::repeat_n(SHIELD, mark.len()));
            at = mark.end;
        }
        by_form.push_str(&by_value[at..]);
        Self { by_form: Cow::Owned(by_form), by_value: Cow::Owned(by_value), marks }
    }

    /// Whether all readings are the same.
    pub(super) fn is_one_reading(&self) -> bool {
        self.marks.is_empty()
    }

    /// Whether a place is in a mark, whole.
    pub(super) fn is_marked(&self, range: &Range<usize>) -> bool {
        is_inside(&self.marks, range)
    }
}
