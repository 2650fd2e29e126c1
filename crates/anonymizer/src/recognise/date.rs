//! Calendar dates as people write them in seven languages: in digits, with the month's name, with the weekday, and
//! the days that a sentence counts from today ("next Friday", "the 4th"). A range is two dates. Times of day stay,
//! but for a time stamp written in one piece.
//!
//! A date beside a word for birth is an [`Entity::BirthDate`] ([`super::birth`]).

use std::ops::Range;

use regex::Regex;

use super::marks::{Number, Sign};
use super::{Candidate, Recogniser, Scene, birth, pattern};
use crate::Entity;
use crate::values::SHIELD;

mod weekday;
use weekday::{is_day_cue, with_weekday};

/// What a date is called that only says how far from today it is: it tells nobody from another.
pub(crate) const RELATIVE: &str = "date-relative";
const NAME: &str = "date";

pub(crate) struct Dates {
    numeric: Regex,
    day_before: Regex,
    day_after: Regex,
    year_after: Regex,
    first_of_range: Regex,
    last_of_range: Regex,
    next_before: Regex,
    next_after: Regex,
    year_cue: Regex,
    short_cue: Regex,
}

/// What makes "today" a day that something is planned for: elsewhere it is only talk.
const FROM_TODAY: &[&str] = &[
    "later ",
    "from ",
    "starting ",
    "as of ",
    "since ",
    "leave ",
    "leaving ",
    "depart ",
    "departing ",
    "checking in ",
    "check in ",
    "pickup on ",
    "picked up ",
];

/// A date in the folded text.
pub(super) struct Dated {
    pub(super) range: Range<usize>,
    score: u8,
    relative: bool,
}

const ORDINALS: &str = "twenty[- ]first|twenty[- ]second|twenty[- ]third|twenty[- ]fourth|twenty[- ]fifth|twenty[- ]sixth|twenty[- ]seventh|twenty[- ]eighth|twenty[- ]ninth|thirtieth|thirty[- ]first|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|premier|primo|primero|primeiro|erste[rnm]?";
const DAY: &str = r"(?:3[01]|[12][0-9]|0?[1-9])";
const YEAR: &str = r"(?:1[6-9][0-9]{2}|20[0-9]{2}|21[0-9]{2})";

impl Dates {
    pub(crate) fn new() -> Self {
        let day = format!(r"(?:{DAY}(?:st|nd|rd|th|er|o|a|e|\.|\u{{ba}}|\u{{b0}}|ter|ten|de)?|{ORDINALS})");
        Self {
            numeric: pattern(&format!(
                r"\A(?:{YEAR}-(?:1[0-2]|0?[1-9])-{DAY}(?:[t ][0-2]?[0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?|{YEAR}[./](?:1[0-2]|0?[1-9])[./]{DAY}|{DAY}(?:\.{DAY}\.|/{DAY}/|-{DAY}-|\. {DAY}\. ?)(?:{YEAR}|[0-9]{{2}})|{DAY}\.(?:1[0-2]|0?[1-9])\.|{DAY}/{DAY}|(?:1[0-2]|0?[1-9])/{YEAR})"
            )),
            day_before: pattern(&format!(
                r"(?:^|[^0-9a-z.,:/-])({day})(?:\s|-|/|\.|,|\b(?:of|de|del|di|d'|van|do|the|month)\b){{0,5}}$"
            )),
            day_after: pattern(&format!(
                r"^(?:\s|-|\.|,|\b(?:the)\b){{1,5}}({DAY}(?:st|nd|rd|th|\.)?|{ORDINALS})(?:\W|$)"
            )),
            year_after: pattern(&format!(
                r"^(?:(?:\s|-|/|\.|,|\b(?:of|de|del|di|do|in)\b){{1,5}}({YEAR})|(?:\s|-|/|\.|,){{1,3}}('[0-9]{{2}}|-[0-9]{{2}}))(?:[^0-9a-z]|$)"
            )),
            first_of_range: pattern(&format!(
                r"(?:^|[^0-9a-z.,:/-])({DAY}(?:st|nd|rd|th|er|\.|\u{{ba}}|\u{{b0}})?)\s?(?:-|/|to|till|until|through|and|bis|und|au|et|al|a|ao|e|y|tot|en|t/m)\s?(?:the |le |el |il |o )?$"
            )),
            last_of_range: pattern(&format!(
                r"^\s?(?:-|to|till|until|through|and|&)\s?(?:the )?({DAY}(?:st|nd|rd|th)|{DAY}(?:,? {YEAR}))(?:\W|$)"
            )),
            next_before: pattern(
                r"\b(next|this|coming|last|past|nachsten|nachster|kommenden|kommender|diesen|dieser|letzten|letzter|el proximo|proximo|proxima|este|esta|el pasado|prossimo|questo|questa|proximo|volgende|aanstaande|afgelopen|komende|deze)\s$",
            ),
            next_after: pattern(
                r"^ (?:next week|this week|last week|(?:of|in) (?:this|next) week|nachste woche|nachster woche|diese woche|dieser woche|prochaine?|derniere?|que viene|de la semana que viene|pasad[oa]|prossim[oa]|scors[oa]|proxim[oa]|que vem|passad[oa]|volgende week|deze week|aanstaande|jl)\b",
            ),
            year_cue: pattern(
                r"\b(?:in|since|during|from|until|till|by|of|year|before|after|around|circa|early|late|mid|between|jahr|seit|vor|nach|depuis|en|annee|desde|hasta|ano|anno|dal|nel|sinds|jaar|op|em|class of|summer|spring|autumn|fall|winter|a|the)\s(?:the )?$",
            ),
            short_cue: pattern(
                r"\b(?:am|vom|zum|bis|seit|ab|den|dem|der|le|du|au|el|del|al|hasta|desde|il|dal|em|no|dia|op|van|tot|on|by|until|since|date|dated|datum|fecha|data|(?:mon|tues|wednes|thurs|fri|satur|sun)day,?|mo|di|mi|do|fr|sa|so)[.,:]?\s$",
            ),
        }
    }

    /// Every date of a text.
    pub(super) fn dates(&self, scene: &Scene<'_>) -> Vec<Dated> {
        let marks = scene.marks();
        let mut dates = Vec::new();
        if !marks.numbers.is_empty() {
            let mut free = 0;
            for number in &marks.numbers {
                if number.range.start >= free
                    && let Some(dated) = self.in_digits(scene, number)
                {
                    free = dated.range.end;
                    dates.push(dated);
                }
            }
        }
        for month in marks.with(Sign::MONTH.or(Sign::MONTH_SHORT).or(Sign::MONTH_RARE)) {
            self.around_month(scene, &month.range, month.sign, &mut dates);
        }
        self.counted_from_today(scene, &mut dates);
        for number in &marks.numbers {
            if let Some(dated) = self.ordinal(scene, number).or_else(|| self.year(scene, number)) {
                dates.push(dated);
            }
        }
        dates.sort_by_key(|dated| (dated.range.start, std::cmp::Reverse(dated.range.end)));
        let mut end = 0;
        dates.retain(|dated| {
            let apart = dated.range.start >= end;
            end = end.max(dated.range.end);
            apart
        });
        dates
    }

    /// `2024-12-01`, `1.12.2024`, `12/1/24`; `1.12.` and `1/12` after a preposition.
    fn in_digits(&self, scene: &Scene<'_>, number: &Number) -> Option<Dated> {
        let text = scene.folded.text();
        let start = number.range.start;
        if number.range.len() > 4 || touched_before(text, start) {
            return None;
        }
        let next = text[number.range.end..].chars().next()?;
        if !matches!(next, '-' | '.' | '/') {
            return None;
        }
        let hit = self.numeric.find(ahead(text, start, 36))?;
        let range = start..start + hit.end();
        let after = text[range.end..].chars().next();
        let range_follows = after == Some('-') && range.len() >= 8;
        let goes_on = after.is_some_and(|c| c.is_alphanumeric() || c == SHIELD)
            || (!range_follows
                && after.is_some_and(|c| "-./,:".contains(c))
                && text[range.end + 1..].starts_with(|c: char| c.is_ascii_digit()));
        if goes_on {
            return None;
        }
        let groups: Vec<usize> = hit
            .as_str()
            .split(|c: char| !c.is_ascii_digit())
            .map(str::len)
            .filter(|length| *length > 0)
            .collect();
        let before = behind(text, start, 16);
        if ["version", "v", "ver", "release", "$", "€", "£", "#"]
            .iter()
            .any(|sign| before.trim_end().ends_with(sign))
        {
            return None;
        }
        let score = match groups.as_slice() {
            [4, ..] => 78,
            [_, _, 4] => 78,
            [_, _, 2] if is_day_and_month(hit.as_str()) => 60,
            [_, 4] => 55,
            [_, _] if self.short_cue.is_match(before) => 50,
            _ => return None,
        };
        // "am 3.5." ends the sentence with the date's own point.
        Some(Dated { range, score, relative: false })
    }

    /// "6 March 2024", "March 6th", "Friday, the 6th of March".
    fn around_month(&self, scene: &Scene<'_>, month: &Range<usize>, sign: Sign, dates: &mut Vec<Dated>) {
        let text = scene.folded.text();
        let rare = sign.is(Sign::MONTH_RARE);
        let short = rare || sign.is(Sign::MONTH_SHORT);
        let pointed = short
            && month.len() <= 4
            && text[month.end..].starts_with('.')
            && !matches!(&text[month.clone()], "may" | "mai" | "mars");
        let mut range = month.start..month.end + usize::from(pointed);
        let before = behind(text, month.start, 28);
        let mut sure = false;
        let mut has_day = false;
        let ordinal_after = self
            .day_after
            .captures(ahead(text, range.end, 24))
            .and_then(|found| found.get(1))
            .is_some_and(|day| day.as_str().len() > 2);
        let day_before = self
            .day_before
            .captures(before)
            .and_then(|found| found.get(1))
            .filter(|day| !ordinal_after || day.len() > 2);
        if let Some(day) = day_before {
            range.start = month.start - before.len() + day.start();
            has_day = true;
            sure = true;
        } else if let Some(day) =
            self.day_after.captures(ahead(text, range.end, 24)).and_then(|found| found.get(1))
        {
            let end = range.end + day.end();
            let rest = &text[end..];
            let time = rest.starts_with(':') || is_time_or_amount(rest);
            let bare = day.as_str().bytes().all(|byte| byte.is_ascii_digit());
            if !(time && bare) {
                range.end = end;
                has_day = true;
                sure = !bare || !matches!(&text[month.clone()], "may" | "march" | "mar" | "mars" | "set");
            }
        }
        let mut year = false;
        if let Some(found) = self.year_after.captures(ahead(text, range.end, 20))
            && let Some(written) = found.get(1).or_else(|| found.get(2))
        {
            range.end += written.end();
            year = true;
            sure = true;
        }
        if !has_day && !year {
            return;
        }
        let capital = is_capital(scene, month);
        if (rare && !(has_day && year)) || (short && !sure && !capital) {
            return;
        }
        if !has_day && short && !capital && !pointed {
            return;
        }
        if has_day {
            self.add_other_end(text, &mut range, dates);
            range.start = with_weekday(scene, range.start);
        }
        let edges = touched_before(text, range.start)
            || text[range.end..].starts_with(|c: char| c.is_alphanumeric() || c == SHIELD);
        if !edges {
            dates.push(Dated { range, score: if has_day { 76 } else { 58 }, relative: false });
        }
    }

    /// The other end of "3-6 March" and of "March 3rd to 6th" is a date by itself.
    fn add_other_end(&self, text: &str, range: &mut Range<usize>, dates: &mut Vec<Dated>) {
        let before = behind(text, range.start, 20);
        if let Some(day) = self.first_of_range.captures(before).and_then(|found| found.get(1)) {
            let start = range.start - before.len() + day.start();
            dates.push(Dated { range: start..start + day.len(), score: 55, relative: false });
        }
        let after = ahead(text, range.end, 28);
        if let Some(day) = self.last_of_range.captures(after).and_then(|found| found.get(1)) {
            let start = range.end + day.start();
            dates.push(Dated { range: start..start + day.len(), score: 55, relative: false });
        }
    }

    /// "next Friday", "Friday next week", "tomorrow", "today at 5 pm".
    fn counted_from_today(&self, scene: &Scene<'_>, dates: &mut Vec<Dated>) {
        let text = scene.folded.text();
        for mark in scene.marks().with(Sign::WEEKDAY) {
            let before = behind(text, mark.range.start, 16);
            let mut range = mark.range.clone();
            let mut score = 0;
            if let Some(next) = self.next_before.captures(before).and_then(|found| found.get(1)) {
                range.start = range.start - before.len() + next.start();
                score = 54;
            }
            if let Some(week) = self.next_after.find(ahead(text, range.end, 28)) {
                range.end += week.end();
                score = 54;
            }
            let english = text[mark.range.clone()].ends_with("day")
                && (is_capital(scene, &mark.range) || before.ends_with(" on "));
            if score == 0 && english && is_day_cue(before, ahead(text, range.end, 12)) {
                score = 45;
            }
            if score > 0 {
                dates.push(Dated { range, score, relative: true });
            }
        }
        for mark in scene.marks().with(Sign::DAY) {
            let mut range = mark.range.clone();
            let before = behind(text, range.start, 18);
            let after = ahead(text, range.end, 12);
            if &text[range.clone()] == "today" {
                let from = FROM_TODAY.iter().find(|word| before.ends_with(**word));
                let timed = after.starts_with(" at ") && after[4..].starts_with(|c: char| c.is_ascii_digit())
                    || before.ends_with(" pm ")
                    || before.ends_with(" am ");
                if from.is_none() && !timed {
                    continue;
                }
                if from == Some(&"later ") {
                    range.start -= "later ".len();
                }
            } else if let Some(day) =
                ["the day after ", "day after ", "day before "].into_iter().find(|day| before.ends_with(day))
            {
                range.start -= day.trim_start_matches("the ").len();
            }
            dates.push(Dated { range, score: 50, relative: true });
        }
    }

    /// "the 4th", "9th of this month", where no noun follows.
    fn ordinal(&self, scene: &Scene<'_>, number: &Number) -> Option<Dated> {
        let text = scene.folded.text();
        let suffix = text.get(number.range.end..number.end)?;
        let day: u32 = text[number.range.clone()].parse().ok().filter(|day| (1..=31).contains(day))?;
        let right = match day % 10 {
            _ if (11..=13).contains(&day) => "th",
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        };
        if suffix != right {
            return None;
        }
        let after = ahead(text, number.end, 24);
        let month = [" of this month", " of next month", " of the month", " of last month", " of that month"]
            .into_iter()
            .find(|month| after.starts_with(month));
        if let Some(month) = month {
            return Some(Dated {
                range: number.range.start..number.end + month.len(),
                score: 54,
                relative: true,
            });
        }
        let before = behind(text, number.range.start, 12);
        let next = after.trim_start_matches(' ');
        let noun = next.starts_with(char::is_alphabetic)
            && !FOLLOWING.iter().any(|word| {
                next.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
            });
        if noun || after.starts_with(['-', '/']) || !before.ends_with("the ") {
            return None;
        }
        let preposition =
            ["on ", "until ", "till ", "by ", "from ", "for ", "to ", "is ", "up ", "of ", "and "]
                .iter()
                .any(|word| before[..before.len() - 4].ends_with(word));
        let ends = next.is_empty() || next.starts_with(['.', '?', '!']);
        let range = number.range.start - 4..number.end;
        (preposition || ends).then_some(Dated { range, score: 50, relative: true })
    }

    /// A year by itself, after a word that takes one.
    fn year(&self, scene: &Scene<'_>, number: &Number) -> Option<Dated> {
        let text = scene.folded.text();
        let year: u32 = text[number.range.clone()].parse().ok()?;
        if number.range.len() != 4 || number.end != number.range.end || !(1900..=2099).contains(&year) {
            return None;
        }
        let before = behind(text, number.range.start, 14);
        let after = ahead(text, number.end, 12);
        let goes_on = after.starts_with(['-', '/', ':', '%', '€', '$', '@', '\''])
            || (after.starts_with(['.', ',']) && after[1..].starts_with(|c: char| c.is_ascii_digit()))
            || after.trim_start().starts_with(|c: char| c.is_ascii_digit() || "€$£%".contains(c));
        let span = is_year_span(before, after) || (before.ends_with('(') && after.starts_with(')'));
        if !span && (goes_on || !self.year_cue.is_match(before)) {
            return None;
        }
        let article = before.ends_with(" a ") || before.ends_with("the ");
        let word = after.trim_start();
        if article && !word.starts_with(|c: char| c.is_alphabetic()) {
            return None;
        }
        Some(Dated { range: number.range.clone(), score: if article { 42 } else { 48 }, relative: false })
    }
}

impl Recogniser for Dates {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let marks = scene.marks();
        if marks.numbers.is_empty() && !marks.has(DATED) {
            return;
        }
        let births = birth::Births::of(scene);
        for dated in self.dates(scene) {
            let birth = !dated.relative && births.announce(scene, &dated.range);
            found.push(Candidate {
                range: scene.folded.origin(dated.range),
                entity: if birth { Entity::BirthDate } else { Entity::Date },
                score: if birth { 89 } else { dated.score },
                recogniser: if birth {
                    birth::NAME
                } else if dated.relative {
                    RELATIVE
                } else {
                    NAME
                },
            });
        }
        births.add_looser(scene, found);
    }
}

/// What a text without digits may have a date by.
const DATED: Sign = Sign::MONTH.or(Sign::MONTH_SHORT).or(Sign::WEEKDAY).or(Sign::DAY);

/// What follows "the 4th" when it is a day and no fourth of something.
const FOLLOWING: &[&str] = &[
    "at", "for", "from", "to", "until", "till", "and", "in", "please", "then", "with", "by", "instead",
    "around", "after", "before", "but", "or", "if", "because", "so", "i", "we",
];

/// Up to `most` bytes of a folded text from a place on.
pub(super) fn ahead(text: &str, at: usize, most: usize) -> &str {
    let mut end = text.len().min(at + most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[at..end]
}

/// Up to `most` bytes of a folded text before a place.
pub(super) fn behind(text: &str, at: usize, most: usize) -> &str {
    let mut start = at.saturating_sub(most);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..at]
}

/// Whether a letter, a digit, or a sign that makes it part of a longer number stands before.
fn touched_before(text: &str, start: usize) -> bool {
    let mut before = text[..start].chars().rev();
    match before.next() {
        Some(c) if c.is_alphanumeric() || c == SHIELD || "$€£#@_".contains(c) => true,
        Some('-') => {
            let year = text[..start - 1].bytes().rev().take_while(u8::is_ascii_digit).count();
            year > 0 && !(year == 4 && text[..start - 5].ends_with(['.', '/']))
        }
        Some(c) if "./,:+".contains(c) => before.next().is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    }
}

/// Whether one of the first two of three numbers can be a month.
fn is_day_and_month(written: &str) -> bool {
    let mut numbers =
        written.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u32>().ok());
    let (first, second) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    (first <= 12 || second <= 12) && first > 0 && second > 0
}

/// "March 6 people", "March 6 pm".
fn is_time_or_amount(rest: &str) -> bool {
    let rest = rest.trim_start();
    ["am", "pm", "a.m", "p.m", "o'clock", "uhr", "%", "€", "$", "people", "times", "days", "hours", "x "]
        .iter()
        .any(|unit| rest.starts_with(unit))
}

fn is_capital(scene: &Scene<'_>, range: &Range<usize>) -> bool {
    scene.text[scene.folded.origin(range.clone())].starts_with(char::is_uppercase)
}

/// "2019 - 2021", "2019 - present".
fn is_year_span(before: &str, after: &str) -> bool {
    let is_year = |text: &str| {
        text.len() >= 4
            && (text.starts_with("19") || text.starts_with("20"))
            && text.bytes().take_while(u8::is_ascii_digit).count() == 4
    };
    let next = after.trim_start().strip_prefix('-').map(str::trim_start);
    let previous = before.trim_end().strip_suffix('-').map(str::trim_end);
    next.is_some_and(|next| {
        is_year(next)
            || ["present", "today", "now", "heute", "oggi", "hoy", "heden"]
                .iter()
                .any(|word| next.starts_with(word))
    }) || previous.is_some_and(|previous| {
        previous.len() >= 4
            && previous.is_char_boundary(previous.len() - 4)
            && is_year(&previous[previous.len() - 4..])
    })
}

#[cfg(test)]
mod tests;
