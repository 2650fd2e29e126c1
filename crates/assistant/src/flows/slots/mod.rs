//! What an answer says: one file for each type of slot.
//!
//! Messages are masked, so a number or an address is mostly a token of the anonymiser, and the token is the value.

mod address;
mod amount;
mod choice;
mod date;
mod order_number;
mod token;
mod yes_no;

use std::ops::Range;

use anonymizer::Entity;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::flow::SlotKind;
use crate::words::{Words, fill};
use crate::{Business, Language};

pub(super) use choice::numbered;
pub(super) use date::days_between;
pub(super) use yes_no::yes_no;

/// A checked value. Text in it is masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SlotValue {
    /// A token, or a number as the business writes them.
    OrderNumber(String),
    /// ISO 8601 (`2026-11-05`), or a token.
    Date(String),
    /// In hundredths.
    Amount {
        hundredths: u64,
        currency: Option<String>,
    },
    /// A token.
    Email(String),
    /// Tokens, in order.
    Address(String),
    YesNo(bool),
    /// The name of the option.
    Choice(String),
}

/// A value and where in the message it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) value: SlotValue,
    pub(super) range: Range<usize>,
}

/// Why a value was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// There is none.
    None,
    /// A date after today where an earlier one is asked for.
    Future,
    /// A date before today where a later one is asked for.
    Past,
    /// 5/11 is a day in May or in November.
    DayOrMonth,
}

/// Whether the slot is what the customer was asked for last: then a bare "2" or "yes" is an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Yes,
    No,
}

/// What reading an answer needs.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Whose order numbers they are.
    pub business: &'a Business,
    /// The language of the conversation.
    pub language: Language,
    /// The date where the customer is.
    pub today: Date,
}

impl SlotKind {
    /// The value in `text`, the first that fits.
    pub(super) fn read(&self, text: &str, asked: Asked, setting: &Setting<'_>) -> Result<Found, Unfit> {
        match self {
            Self::OrderNumber => order_number::read(text, setting.business),
            Self::Date(when) => date::read(text, *when, asked, setting),
            Self::Amount => amount::read(text, asked),
            Self::Email => token::read(text, Entity::Email).map(|found| found.map(SlotValue::Email)),
            Self::Address => address::read(text),
            Self::YesNo => match asked {
                Asked::Yes => yes_no(text)
                    .map(|yes| Found { value: SlotValue::YesNo(yes), range: 0..text.len() })
                    .ok_or(Unfit::None),
                Asked::No => Err(Unfit::None),
            },
            Self::Choice(choices) => choice::read(text, choices, asked),
        }
    }

    /// Whether a value is one of this kind.
    pub(super) fn holds(&self, value: &SlotValue) -> bool {
        match (self, value) {
            (Self::Choice(choices), SlotValue::Choice(name)) => {
                choices.iter().any(|choice| choice.name == *name)
            }
            (Self::OrderNumber, SlotValue::OrderNumber(_))
            | (Self::Date(_), SlotValue::Date(_))
            | (Self::Amount, SlotValue::Amount { .. })
            | (Self::Email, SlotValue::Email(_))
            | (Self::Address, SlotValue::Address(_))
            | (Self::YesNo, SlotValue::YesNo(_)) => true,
            (
                Self::OrderNumber
                | Self::Date(_)
                | Self::Amount
                | Self::Email
                | Self::Address
                | Self::YesNo
                | Self::Choice(_),
                _,
            ) => false,
        }
    }

    /// The sentence for an answer that is none.
    pub(super) fn wrong<'a>(&self, why: Unfit, words: &'a Words) -> &'a str {
        match (self, why) {
            (_, Unfit::Future) => &words.wrong_date_future,
            (_, Unfit::Past) => &words.wrong_date_past,
            (_, Unfit::DayOrMonth) => &words.wrong_date_unclear,
            (Self::OrderNumber, Unfit::None) => &words.wrong_order_number,
            (Self::Date(_), Unfit::None) => &words.wrong_date,
            (Self::Amount, Unfit::None) => &words.wrong_amount,
            (Self::Email, Unfit::None) => &words.wrong_email,
            (Self::Address, Unfit::None) => &words.wrong_address,
            (Self::YesNo, Unfit::None) => &words.wrong_yes_no,
            (Self::Choice(_), Unfit::None) => &words.wrong_choice,
        }
    }

    /// All answers there are, as the customer reads them; none when there are more than a few.
    pub(super) fn few(&self, language: Language) -> Vec<String> {
        let words = Words::of(language);
        match self {
            Self::YesNo => [&words.yes, &words.no].map(|word| with_a_capital(word)).to_vec(),
            Self::Choice(choices) => {
                choices.iter().map(|choice| choice.label.of(language).to_owned()).collect()
            }
            Self::OrderNumber | Self::Date(_) | Self::Amount | Self::Email | Self::Address => Vec::new(),
        }
    }

    /// A value as the customer reads it.
    pub(super) fn shown(&self, value: &SlotValue, language: Language) -> String {
        let words = Words::of(language);
        match value {
            SlotValue::OrderNumber(text) | SlotValue::Email(text) | SlotValue::Address(text) => text.clone(),
            SlotValue::Date(date) => words.date(date),
            SlotValue::Amount { hundredths, currency } => {
                let (whole, rest) = ((hundredths / 100).to_string(), format!("{:02}", hundredths % 100));
                let amount = fill(&words.amount, &[("whole", &whole), ("rest", &rest)]);
                currency.iter().fold(amount, |amount, currency| format!("{amount} {currency}"))
            }
            SlotValue::YesNo(true) => words.yes.clone(),
            SlotValue::YesNo(false) => words.no.clone(),
            SlotValue::Choice(name) => match self {
                Self::Choice(choices) => choices
                    .iter()
                    .find(|choice| choice.name == *name)
                    .map_or_else(|| name.clone(), |choice| choice.label.of(language).to_owned()),
                Self::OrderNumber
                | Self::Date(_)
                | Self::Amount
                | Self::Email
                | Self::Address
                | Self::YesNo => name.clone(),
            },
        }
    }
}

impl SlotValue {
    /// The value as a tool takes it and a check compares it.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::OrderNumber(text)
            | Self::Date(text)
            | Self::Email(text)
            | Self::Address(text)
            | Self::Choice(text) => text.clone(),
            Self::Amount { hundredths, .. } => format!("{}.{:02}", hundredths / 100, hundredths % 100),
            Self::YesNo(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        }
    }
}

fn with_a_capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
