//! The ways in which dates are written, of all languages together: people switch.

use std::sync::LazyLock;

use regex::Regex;

use crate::language::{Dates, Lexicon, any_of, compiled, loose};

/// "3 days ago" and the like; the first group is the number.
pub(super) struct Counted {
    pub(super) pattern: Regex,
    /// How many days one of them is.
    pub(super) days: i64,
}

fn dates() -> impl Iterator<Item = &'static Dates> {
    Lexicon::all().map(|lexicon| &lexicon.date)
}

fn of_all(part: fn(&'static Dates) -> &'static String) -> String {
    any_of(dates().map(part))
}

fn months() -> String {
    any_of(dates().flat_map(|dates| &dates.months))
}

fn names(alternatives: String) -> Regex {
    compiled(&format!("^{alternatives}$"))
}

pub(super) static ISO: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"));
pub(super) static DOTTED: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})\b)?"));
pub(super) static SLASHED: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"\b(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?\b"));
pub(super) static DAY_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    let (suffix, months) = (of_all(|dates| &dates.day_suffix), months());
    let of = any_of(dates().filter_map(|dates| dates.of.as_ref()));
    compiled(&format!(
        r"\b(\d{{1,2}}){suffix}?\s*(?:{of}\s+)?({months})\b\.?,?(?:\s*(?:{of}\s+)?(\d{{4}})\b)?"
    ))
});
pub(super) static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    let (suffix, months) = (of_all(|dates| &dates.day_suffix), months());
    compiled(&format!(r"\b({months})\.?\s+(\d{{1,2}}){suffix}?\b,?(?:\s*(\d{{4}})\b)?"))
});
pub(super) static ORDINALS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = dates().flat_map(|dates| &dates.day_alone);
    patterns.map(|pattern| compiled(&format!(r"\b{}(?:\W|$)", numbered(pattern, "")))).collect()
});
pub(super) static BARE: LazyLock<Regex> =
    LazyLock::new(|| compiled(&format!(r"^\W*(\d{{1,2}}){}\W*$", of_all(|dates| &dates.day_suffix))));
pub(super) static AGO: LazyLock<Vec<Counted>> = LazyLock::new(|| counted(|dates| &dates.ago));
pub(super) static AHEAD: LazyLock<Vec<Counted>> = LazyLock::new(|| counted(|dates| &dates.ahead));
pub(super) static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    let (past, coming) = (of_all(|dates| &dates.past), of_all(|dates| &dates.coming));
    let days = any_of(dates().flat_map(|dates| &dates.weekdays));
    compiled(&format!(
        r"\b(?:(?:(?P<past>{past})|(?P<coming>{coming}))\s+)?(?P<day>{days})\b(?:\s+(?:(?P<past_after>{past})|(?P<coming_after>{coming}))\b)?"
    ))
});
/// Words for a day and how far it is from today, the longest first: "übermorgen" is no "morgen".
pub(super) static RELATIVE: LazyLock<Vec<(Regex, i64)>> = LazyLock::new(|| {
    let mut all: Vec<(&String, i64)> =
        dates().flat_map(|dates| &dates.days).map(|(words, days)| (words, *days)).collect();
    all.sort_by_key(|(words, _)| std::cmp::Reverse(words.split('|').map(str::len).max()));
    all.into_iter().map(|(words, days)| (compiled(&format!(r"\b{}\b", any_of([words]))), days)).collect()
});
pub(super) static MONTHS: LazyLock<[Regex; 12]> = LazyLock::new(|| {
    std::array::from_fn(|at| names(any_of(dates().filter_map(|dates| dates.months.get(at)))))
});
/// From Monday.
pub(super) static WEEKDAYS: LazyLock<[Regex; 7]> = LazyLock::new(|| {
    std::array::from_fn(|at| names(any_of(dates().filter_map(|dates| dates.weekdays.get(at)))))
});

fn counted(part: fn(&'static Dates) -> &'static Vec<String>) -> Vec<Counted> {
    let of = |dates: &'static Dates| {
        part(dates).iter().flat_map(move |pattern| {
            [(&dates.day, 1), (&dates.week, 7)].map(|(unit, days)| {
                let pattern = compiled(&format!(r"\b{}\b", numbered(pattern, unit)));
                Counted { pattern, days }
            })
        })
    };
    dates().flat_map(of).collect()
}

fn numbered(pattern: &str, unit: &str) -> String {
    loose(&pattern.replace("{unit}", &format!("(?:{unit})")))
        .replace("{n}", r"(\d{1,3})")
        .replace(' ', r"\s+")
}
