//! What the assistant may give to a tool, and how it must be written.

use jiff::civil::Date;
use regex::Regex;
use serde_json::Value;

/// Longest text where nothing is declared, in characters.
const LONGEST: usize = 200;

/// One parameter that the assistant gives. Its value is checked before any call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the file that describes the tool.
    pub name: String,
    /// Where it stands in the request.
    pub place: Place,
    /// What it may be.
    pub kind: ParameterKind,
    /// Whether a call without it is refused.
    pub presence: Presence,
}

/// Where a value stands in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A field of the JSON body, or an argument of an MCP tool.
    Body,
}

/// Whether a parameter must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A call without it is refused.
    Required,
    /// It may be left out.
    Optional,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Text without control characters, of so many characters, that matches the pattern.
    Text {
        /// A regular expression, when one is declared.
        pattern: Option<Pattern>,
        /// Fewest characters.
        least: usize,
        /// Most characters.
        most: usize,
    },
    /// One of these words.
    Choice(Vec<String>),
    /// A whole number within these bounds.
    Integer {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// An amount of money, `12.50`.
    Amount(AmountForm),
    /// A day, `YYYY-MM-DD`.
    Date,
    /// true or false.
    Flag,
    /// An e-mail address.
    Email,
}

/// How the service takes an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountForm {
    /// `"12.50"`.
    Text,
    /// `12.5`.
    Number,
}

/// A regular expression that is compared as it is written.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads one; `None` when it is none.
    #[must_use]
    pub fn new(pattern: &str) -> Option<Self> {
        Regex::new(pattern).ok().map(Self)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

impl ParameterKind {
    /// Text of which nothing is declared.
    #[must_use]
    pub fn text() -> Self {
        Self::Text { pattern: None, least: 1, most: LONGEST }
    }
}

impl Parameter {
    /// The value as the service takes it; `None` when it is not what is declared.
    #[must_use]
    pub fn read(&self, written: &str) -> Option<Value> {
        let written = written.trim();
        // Long enough for anything that is declared, and short enough to look at.
        if written.len() > 4 * 1024 || written.chars().any(is_control) {
            return None;
        }
        match self.place {
            Place::Path => {
                let segment = written.trim_start_matches('#');
                is_segment(segment).then_some(())?;
                self.kind.read(segment)
            }
            Place::Query | Place::Body => self.kind.read(written),
        }
    }

    /// Whether it is an amount of money.
    pub(crate) fn is_amount(&self) -> bool {
        matches!(self.kind, ParameterKind::Amount(_))
    }

    /// The value in cents, when it is an amount of money.
    #[must_use]
    pub fn cents(&self, value: &Value) -> Option<i64> {
        match (&self.kind, value) {
            (ParameterKind::Amount(_), Value::String(text)) => cents(text),
            (ParameterKind::Amount(_), Value::Number(number)) => cents(&number.to_string()),
            _ => None,
        }
    }
}

impl ParameterKind {
    fn read(&self, written: &str) -> Option<Value> {
        match self {
            Self::Text { pattern, least, most } => {
                let length = written.chars().count();
                let fits = (*least..=*most).contains(&length)
                    && pattern.as_ref().is_none_or(|pattern| pattern.0.is_match(written));
                fits.then(|| Value::from(written))
            }
            Self::Choice(words) => {
                words.iter().find(|word| *word == written).map(|word| Value::from(word.as_str()))
            }
            Self::Integer { least, most } => {
                let number: i64 = written.parse().ok()?;
                (*least..=*most).contains(&number).then(|| Value::from(number))
            }
            Self::Amount(form) => {
                let cents = cents(written)?;
                match form {
                    AmountForm::Text => Some(Value::from(format!("{}.{:02}", cents / 100, cents % 100))),
                    AmountForm::Number => {
                        serde_json::from_str(&format!("{}.{:02}", cents / 100, cents % 100)).ok()
                    }
                }
            }
            Self::Date => {
                let date: Date = written.parse().ok()?;
                // Written any other way it is refused, so that the service reads the same day.
                (date.to_string() == written).then(|| Value::from(written))
            }
            Self::Flag => match written {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
            Self::Email => is_email(written).then(|| Value::from(written)),
        }
    }
}

/// Reads `12`, `12.5` or `12.50` into cents; `None` for what is no amount or is over 9,999,999.99.
pub(crate) fn cents(amount: &str) -> Option<i64> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "00"));
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    if !(1..=7).contains(&whole.len()) || !(1..=2).contains(&part.len()) || !digits(whole) || !digits(part) {
        return None;
    }
    let tens = if part.len() == 1 { 10 } else { 1 };
    Some(whole.parse::<i64>().ok()? * 100 + part.parse::<i64>().ok()? * tens)
}

/// Control characters, and the marks that turn a line's direction or hide in it.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What may stand in a path: nothing that a server could take for more than one segment, however it decodes it.
fn is_segment(text: &str) -> bool {
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b' ');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed) && !text.bytes().all(|octet| octet == b'.')
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let allowed = |text: &str, marks: &str| {
        text.chars().all(|character| character.is_alphanumeric() || marks.contains(character))
    };
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && allowed(local, "!#$%&'*+-/=?^_`{|}~.")
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty() && allowed(label, "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(place: Place, kind: ParameterKind, written: &str) -> Option<String> {
        let parameter = Parameter { name: "p".into(), place, kind, presence: Presence::Required };
        parameter.read(written).map(|value| value.to_string())
    }

    #[test]
    fn each_kind_takes_what_it_declares_and_nothing_else() {
        let number = Pattern::new("^WF-[0-9]{5}$");
        let text = || ParameterKind::Text { pattern: number.clone(), least: 1, most: 8 };
        let choice = || ParameterKind::Choice(vec!["fit".into(), "late".into()]);
        let integer = || ParameterKind::Integer { least: 1, most: 9 };
        let amount = || ParameterKind::Amount(AmountForm::Text);
        let cases = [
            (text(), vec!["WF-10432"], vec!["wf-10432", "xWF-10432", "WF-10432\nx", ""]),
            (choice(), vec!["fit"], vec!["Fit", "fit late", ""]),
            (integer(), vec!["1", "9"], vec!["0", "10", "1.0", "1e0", "٣", "99999999999999999999"]),
            (amount(), vec!["1", "1.5", "49.99"], vec!["-1", "1,5", "1.555", ".5", "1e9", "12345678"]),
            (
                ParameterKind::Date,
                vec!["2026-11-22"],
                vec!["22.11.2026", "2026-02-30", "2026-11-22T00:00", "20261122"],
            ),
            (ParameterKind::Flag, vec!["true", "false"], vec!["yes", "1", "TRUE"]),
            (
                ParameterKind::Email,
                vec!["a.b+c@example.co"],
                vec!["a@b", "a b@c.de", "@c.de", "a@c..de", "a@c.de\u{202e}"],
            ),
        ];
        for (kind, good, bad) in cases {
            for written in good {
                assert!(read(Place::Body, kind.clone(), written).is_some(), "{kind:?} {written}");
            }
            for written in bad {
                assert_eq!(read(Place::Body, kind.clone(), written), None, "{kind:?} {written:?}");
            }
        }
        assert_eq!(read(Place::Body, amount(), "1.5").unwrap(), "\"1.50\"");
        assert_eq!(read(Place::Body, ParameterKind::Amount(AmountForm::Number), "1.50").unwrap(), "1.5");
    }

    #[test]
    fn a_path_takes_only_what_stays_in_its_segment() {
        let read = |written: &str| read(Place::Path, ParameterKind::text(), written);
        assert_eq!(read(" #WF-10432 ").unwrap(), "\"WF-10432\"");
        for bad in ["", ".", "..", "a/b", "a\\b", "%2e%2e", "a?b", "a;b", "é", "a\u{0}", "#", &"1".repeat(65)]
        {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
