//! A calendar date in English or German: "2026-11-05", "5.11.", "5 November", "the 4th", "gestern", "in 3 days",
//! "last Monday". Without a year it is the one nearest to today on the side that the slot asks for.

use std::ops::Range;
use std::sync::LazyLock;

use anonymizer::Entity;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use regex::{Captures, Regex};

use super::{Asked, Found, Setting, SlotValue, Unfit, token};
use crate::Language;
use crate::analysis::blanked;
use crate::flows::flow::When;

const MONTHS: [&str; 12] = [
    "january|januar|jänner|jan",
    "february|februar|feb",
    "march|märz|maerz|mar|mär",
    "april|apr",
    "may|mai",
    "june|juni|jun",
    "july|juli|jul",
    "august|aug",
    "september|sept|sep",
    "october|oktober|oct|okt",
    "november|nov",
    "december|dezember|dec|dez",
];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday|montag", Weekday::Monday),
    ("tuesday|dienstag", Weekday::Tuesday),
    ("wednesday|mittwoch", Weekday::Wednesday),
    ("thursday|donnerstag", Weekday::Thursday),
    ("friday|freitag", Weekday::Friday),
    ("saturday|samstag|sonnabend", Weekday::Saturday),
    ("sunday|sonntag", Weekday::Sunday),
];
const DAYS: [(&str, i64); 7] = [
    ("the day before yesterday|vorgestern", -2),
    ("the day after tomorrow|übermorgen|uebermorgen", 2),
    ("yesterday|gestern", -1),
    ("tomorrow|morgen", 1),
    ("today|heute", 0),
    ("a week ago|last week|vor einer woche|letzte woche", -7),
    ("in a week|next week|in einer woche|nächste woche", 7),
];

fn compiled(pattern: &str) -> Regex {
    Regex::new(&format!("(?i){pattern}")).expect("the pattern is a constant")
}

static ISO: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"));
static DOTTED: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})\b)?"));
static SLASHED: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?\b"));
static DAY_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?\s*(?:of\s+)?({})\b\.?,?(?:\s*(\d{{4}})\b)?",
        MONTHS.join("|")
    ))
});
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(r"\b({})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b,?(?:\s*(\d{{4}})\b)?", MONTHS.join("|")))
});
static ORDINAL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"\b(?:the\s+(\d{1,2})(?:st|nd|rd|th)|(?:der|den|dem|am|vom|zum)\s+(\d{1,2})\.)(?:\W|$)")
});
static BARE: LazyLock<Regex> = LazyLock::new(|| compiled(r"^\W*(\d{1,2})(?:st|nd|rd|th|\.)\W*$"));
static AGO: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"\b(?:(\d{1,3})\s+(days?|weeks?)\s+ago|vor\s+(\d{1,3})\s+(tag\w*|woche\w*)|in\s+(\d{1,3})\s+(days?|weeks?|tag\w*|woche\w*))\b",
    )
});
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    let names = WEEKDAYS.map(|(names, _)| names).join("|");
    compiled(&format!(r"\b(?:(last|letzte\w*|vergangene\w*|next|nächste\w*|kommende\w*)\s+)?({names})\b"))
});
static RELATIVE: LazyLock<Vec<(Regex, i64)>> = LazyLock::new(|| {
    DAYS.iter().map(|(words, days)| (compiled(&format!(r"\b(?:{words})\b")), *days)).collect()
});

pub(super) fn read(text: &str, when: When, asked: Asked, setting: &Setting<'_>) -> Result<Found, Unfit> {
    let free = blanked(text);
    let reading = Reading { text: &free, when, today: setting.today, language: setting.language };
    match reading.date(asked) {
        Ok((date, range)) => {
            reading.side(date)?;
            Ok(Found { value: SlotValue::Date(date.to_string()), range })
        }
        // A date that was masked cannot be compared with today; the tool that gets it will.
        Err(Unfit::None) => token::read(text, Entity::Date).map(|token| token.map(SlotValue::Date)),
        Err(unfit) => Err(unfit),
    }
}

struct Reading<'a> {
    text: &'a str,
    when: When,
    today: Date,
    language: Language,
}

type Read = (Date, Range<usize>);

impl Reading<'_> {
    fn date(&self, asked: Asked) -> Result<Read, Unfit> {
        if let Some(found) = ISO.captures(self.text) {
            let date = number(&found, 1).zip(number(&found, 2)).zip(number(&found, 3));
            return date
                .and_then(|((y, m), d)| self.exact(Some(y), m, d))
                .map(|date| (date, all(&found)))
                .ok_or(Unfit::None);
        }
        if let Some(found) = DOTTED.captures(self.text) {
            return self.day_month(&found, number(&found, 1), number(&found, 2));
        }
        if let Some(found) = SLASHED.captures(self.text) {
            return self.slashed(&found);
        }
        if let Some(found) = DAY_MONTH.captures(self.text) {
            return self.day_month(&found, number(&found, 1), month(&found, 2));
        }
        if let Some(found) = MONTH_DAY.captures(self.text) {
            return self.day_month(&found, number(&found, 2), month(&found, 1));
        }
        self.relative()
            .or_else(|| self.weekday())
            .or_else(|| self.day_of_month(&ORDINAL))
            .or_else(|| if asked == Asked::Yes { self.day_of_month(&BARE) } else { None })
            .ok_or(Unfit::None)
    }

    /// Day first in German. In English it depends on the country, so both must not be possible.
    fn slashed(&self, found: &Captures<'_>) -> Result<Read, Unfit> {
        let (first, second) = (number(found, 1), number(found, 2));
        match (first, second, self.language) {
            (Some(a), Some(b), Language::English) if a <= 12 && b <= 12 && a != b => Err(Unfit::DayOrMonth),
            (Some(a), Some(b), Language::English) if a <= 12 && b > 12 => {
                self.day_month(found, Some(b), Some(a))
            }
            (first, second, Language::English | Language::German) => self.day_month(found, first, second),
        }
    }

    /// The year is the third group.
    fn day_month(&self, found: &Captures<'_>, day: Option<i16>, month: Option<i16>) -> Result<Read, Unfit> {
        let year = number(found, 3).map(|year| if year < 100 { 2000 + year } else { year });
        let date = day.zip(month).and_then(|(day, month)| self.exact(year, month, day));
        date.map(|date| (date, all(found))).ok_or(Unfit::None)
    }

    fn exact(&self, year: Option<i16>, month: i16, day: i16) -> Option<Date> {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        match year {
            Some(year) => {
                Date::new(year, month, day).ok().filter(|date| (1900..=2200).contains(&date.year()))
            }
            None => {
                let this = self.today.year();
                let near = [this - 1, this, this + 1];
                self.nearest(near.into_iter().filter_map(|year| Date::new(year, month, day).ok()))
            }
        }
    }

    fn day_of_month(&self, pattern: &Regex) -> Option<Read> {
        let found = pattern.captures(self.text)?;
        let day = number(&found, 1).or_else(|| number(&found, 2))?;
        let months = [-1, 0, 1].map(|months: i64| self.today.first_of_month().checked_add(months.months()));
        let day = i8::try_from(day).ok()?;
        let dates = months.into_iter().filter_map(|month| {
            month.ok().and_then(|month| Date::new(month.year(), month.month(), day).ok())
        });
        Some((self.nearest(dates)?, all(&found)))
    }

    fn relative(&self) -> Option<Read> {
        if let Some((found, days)) =
            RELATIVE.iter().find_map(|(pattern, days)| Some((pattern.find(self.text)?, *days)))
        {
            return Some((self.in_days(days)?, found.range()));
        }
        let found = AGO.captures(self.text)?;
        let ago = number(&found, 1).or_else(|| number(&found, 3));
        let unit = [2, 4, 6].into_iter().find_map(|group| found.get(group))?.as_str().to_lowercase();
        let length = if unit.starts_with('w') { 7 } else { 1 };
        let days = match ago {
            Some(ago) => -i64::from(ago),
            None => i64::from(number(&found, 5)?),
        };
        Some((self.in_days(days * length)?, all(&found)))
    }

    fn weekday(&self) -> Option<Read> {
        let found = WEEKDAY.captures(self.text)?;
        let name = found.get(2)?.as_str().to_lowercase();
        let (_, weekday) = WEEKDAYS.iter().find(|(names, _)| names.split('|').any(|one| one == name))?;
        let which = found.get(1).map(|which| which.as_str().to_lowercase());
        let back = match which.as_deref() {
            Some(which) => which.starts_with(['l', 'v']),
            None => self.when == When::Past,
        };
        let date = self.today.nth_weekday(if back { -1 } else { 1 }, *weekday).ok()?;
        Some((date, all(&found)))
    }

    fn in_days(&self, days: i64) -> Option<Date> {
        self.today.checked_add(days.days()).ok()
    }

    fn nearest(&self, dates: impl Iterator<Item = Date>) -> Option<Date> {
        let distance = |date: &Date| (self.side(*date).is_err(), days_between(self.today, *date).abs());
        dates.min_by_key(distance)
    }

    fn side(&self, date: Date) -> Result<(), Unfit> {
        match self.when {
            When::Past if date > self.today => Err(Unfit::Future),
            When::Future if date < self.today => Err(Unfit::Past),
            When::Past | When::Future | When::Any => Ok(()),
        }
    }
}

/// How many days `to` is after `from`.
pub(in crate::flows) fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn all(found: &Captures<'_>) -> Range<usize> {
    found.get(0).map_or(0..0, |whole| whole.range())
}

fn number(found: &Captures<'_>, group: usize) -> Option<i16> {
    found.get(group)?.as_str().parse().ok()
}

fn month(found: &Captures<'_>, group: usize) -> Option<i16> {
    let name = found.get(group)?.as_str().to_lowercase();
    let place = MONTHS.iter().position(|names| names.split('|').any(|one| one == name))?;
    i16::try_from(place + 1).ok()
}
