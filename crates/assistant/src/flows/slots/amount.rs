//! An amount of money: "12,50 €", "$5", "EUR 1.234,56", "20 euros"; without a currency only where it was asked for.

use std::sync::LazyLock;

use regex::Regex;

use super::{Asked, Found, SlotValue, Unfit};
use crate::analysis::blanked;
use crate::language::{Lexicon, any_of, compiled};

static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    let codes = CURRENCIES.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>().join("|");
    let names = any_of(Lexicon::all().flat_map(|lexicon| lexicon.currency.values()));
    let currency = format!(r"€|\$|£|\b(?:{codes}|{names})\b");
    compiled(&format!(r"(?:({currency})\s*)?(\d[\d.,'’]*)(?:\s*({currency}))?"))
});

/// Each currency's code and what it is called.
static CURRENCIES: LazyLock<Vec<(String, Regex)>> = LazyLock::new(|| {
    let names = Lexicon::all().flat_map(|lexicon| &lexicon.currency);
    names.map(|(code, name)| (code.clone(), compiled(&format!("^(?:{code}|{})$", any_of([name]))))).collect()
});

pub(super) fn read(text: &str, asked: Asked) -> Result<Found, Unfit> {
    let free = blanked(text);
    for found in MONEY.captures_iter(&free) {
        let currency = found.get(1).or(found.get(3)).map(|sign| code(sign.as_str()));
        let (Some(whole), Some(number)) = (found.get(0), found.get(2)) else { continue };
        if currency.is_none() && asked == Asked::No {
            continue;
        }
        if let Some(hundredths) = hundredths(number.as_str()) {
            let currency = currency.map(str::to_owned);
            return Ok(Found { value: SlotValue::Amount { hundredths, currency }, range: whole.range() });
        }
    }
    Err(Unfit::None)
}

fn code(sign: &str) -> &'static str {
    match sign {
        "€" => "EUR",
        "$" => "USD",
        "£" => "GBP",
        name => CURRENCIES.iter().find(|(_, names)| names.is_match(name)).map_or("EUR", |(code, _)| code),
    }
}

/// The last mark with one or two digits behind it begins the hundredths; every other mark must part thousands.
fn hundredths(written: &str) -> Option<u64> {
    let written = written.trim_end_matches(['.', ',', '\'', '’']);
    let (whole, cents) = match written.rfind(['.', ',']) {
        Some(at) if written.len() - at <= 3 => (&written[..at], &written[at + 1..]),
        Some(_) | None => (written, ""),
    };
    let mut groups = whole.split(['.', ',', '\'', '’']);
    let first = groups.next()?;
    let groups: Vec<&str> = groups.collect();
    if groups.iter().any(|group| group.len() != 3) || (!groups.is_empty() && first.len() > 3) {
        return None;
    }
    let whole: u64 =
        format!("{first}{}", groups.concat()).parse().ok().filter(|whole| *whole < 1_000_000_000)?;
    let cents: u64 = format!("{cents:0<2}").parse().ok()?;
    Some(whole * 100 + cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_of_both_languages_write_them() {
        for (text, asked, expected) in [
            ("it was 12,50 €", Asked::No, Some((1_250, Some("EUR")))),
            ("$5 please", Asked::No, Some((500, Some("USD")))),
            ("EUR 1.234,56", Asked::No, Some((123_456, Some("EUR")))),
            ("£1,234.5", Asked::No, Some((123_450, Some("GBP")))),
            ("20 euros", Asked::No, Some((2_000, Some("EUR")))),
            ("quarante 40 dólares", Asked::No, Some((4_000, Some("USD")))),
            ("12,50 sterline", Asked::No, Some((1_250, Some("GBP")))),
            ("1'200 Franken", Asked::No, Some((120_000, Some("CHF")))),
            ("20", Asked::No, None),
            ("20.", Asked::Yes, Some((2_000, None))),
            ("1.234", Asked::Yes, Some((123_400, None))),
            ("12.34.56", Asked::Yes, None),
            ("[ORDER_20]", Asked::Yes, None),
            ("99999999999999999999", Asked::Yes, None),
        ] {
            let read = read(text, asked).ok().map(|found| found.value);
            let expected = expected.map(|(hundredths, currency): (u64, Option<&str>)| SlotValue::Amount {
                hundredths,
                currency: currency.map(str::to_owned),
            });
            assert_eq!(read, expected, "{text}");
        }
    }
}
