//! A calendar date in any of our languages: "2026-11-05", "5.11.", "5 November", "the 4th", "gestern", "in 3 days",
//! "last Monday". Without a year it is the one nearest to today on the side that the slot asks for.

use std::ops::Range;

use anonymizer::Entity;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use regex::{Captures, Regex};
use written::Counted;

use super::{Asked, Found, Setting, SlotValue, Unfit, token};
use crate::Language;
use crate::analysis::blanked;
use crate::flows::flow::When;
use crate::language::Lexicon;

mod written;

use written::{
    AGO, AHEAD, BARE, DAY_MONTH, DOTTED, ISO, MONTH_DAY, MONTHS, ORDINALS, RELATIVE, SLASHED, WEEKDAY,
    WEEKDAYS,
};

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
            .or_else(|| ORDINALS.iter().find_map(|pattern| self.day_of_month(pattern)))
            .or_else(|| if asked == Asked::Yes { self.day_of_month(&BARE) } else { None })
            .ok_or(Unfit::None)
    }

    /// Day first in most languages. In English it depends on the country, so both must not be possible.
    fn slashed(&self, found: &Captures<'_>) -> Result<Read, Unfit> {
        let (first, second) = (number(found, 1), number(found, 2));
        match (first, second, Lexicon::of(self.language).date.day_first) {
            (Some(a), Some(b), false) if a <= 12 && b <= 12 && a != b => Err(Unfit::DayOrMonth),
            (Some(a), Some(b), false) if a <= 12 && b > 12 => self.day_month(found, Some(b), Some(a)),
            (first, second, _) => self.day_month(found, first, second),
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
        let day = number(&found, 1)?;
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
        let counted = |patterns: &[Counted], sign: i64| {
            patterns.iter().find_map(|counted| {
                let found = counted.pattern.captures(self.text)?;
                let days = sign * counted.days * i64::from(number(&found, 1)?);
                Some((self.in_days(days)?, all(&found)))
            })
        };
        counted(&AGO, -1).or_else(|| counted(&AHEAD, 1))
    }

    fn weekday(&self) -> Option<Read> {
        let found = WEEKDAY.captures(self.text)?;
        let name = found.name("day")?.as_str();
        let at = WEEKDAYS.iter().position(|names| names.is_match(name))?;
        let weekday = Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()?;
        let said = |names: [&str; 2]| names.into_iter().any(|group| found.name(group).is_some());
        let back = match (said(["past", "past_after"]), said(["coming", "coming_after"])) {
            (true, _) => true,
            (false, true) => false,
            (false, false) => self.when == When::Past,
        };
        let date = self.today.nth_weekday(if back { -1 } else { 1 }, weekday).ok()?;
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
    let name = found.get(group)?.as_str();
    let place = MONTHS.iter().position(|names| names.is_match(name))?;
    i16::try_from(place + 1).ok()
}
