//! The written form of a token, exact and as models distort it.
//!
//! Exact: `[PERSON_1]`; `[PERSON_1.2]` is another spelling of the same value ("Sarah" after "Sarah Connor").
//! Distorted forms that are read as well: other case, other brackets, none (then with `_` only), spaces or
//! hyphens for `_`, `\_`, emphasis inside the brackets.
//!
//! One reader serves the finished text, the stream and the search for look-alikes in what a customer typed, so
//! whatever can be restored is escaped when it is typed.

use crate::Entity;

/// Longest number of an id: a hostile message of a megabyte cannot hold more values than this counts.
const ID_DIGITS: usize = 7;
/// Longest word of a label, in letters.
const LABEL_WORD: usize = 9;
/// Longest id where a space stands for `_`: `[order 10432]` is an order number and no token.
const SPACED_ID_DIGITS: usize = 3;

/// A token in a text, or something that reads like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Bytes that it takes up.
    pub(crate) len: usize,
    pub(crate) entity: Entity,
    pub(crate) id: u32,
    /// 1 is the first spelling.
    pub(crate) variant: u32,
    /// Square brackets and `_`: nobody but a model that means a token writes this.
    pub(crate) strict: bool,
}

/// A token that occurs in a masked text, in the exact form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInText {
    /// Where, in bytes.
    pub range: std::ops::Range<usize>,
    /// What it stands for.
    pub entity: Entity,
    /// The token as written, for example `[ORDER_1]`.
    pub text: String,
}

/// The tokens of a masked text in order, issued or not, in the exact form only.
#[must_use]
pub fn tokens_in(text: &str) -> Vec<TokenInText> {
    let described = |(range, found): (std::ops::Range<usize>, Found)| {
        let text = text[range.clone()].to_owned();
        TokenInText { range, entity: found.entity, text }
    };
    tokens_in_detail(text).into_iter().map(described).collect()
}

/// The same, with the id and the spelling of each.
pub(crate) fn tokens_in_detail(text: &str) -> Vec<(std::ops::Range<usize>, Found)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('[').map(|offset| at + offset) {
        at = open + 1;
        if let Some(found) = exact_at(&text[open..]) {
            let range = open..open + found.len;
            at = range.end;
            tokens.push((range, found));
        }
    }
    tokens
}

/// Reads a token in the exact form at the start of `text`.
pub(crate) fn exact_at(text: &str) -> Option<Found> {
    let Ok(Some(found)) = read(text, None, Edges::Word, Rest::Nothing) else {
        return None;
    };
    let exact = write(found.entity, found.id, found.variant);
    text.starts_with(&exact).then_some(found)
}

/// The exact form.
pub(crate) fn write(entity: Entity, id: u32, variant: u32) -> String {
    let label = entity.label();
    if variant <= 1 { format!("[{label}_{id}]") } else { format!("[{label}_{id}.{variant}]") }
}

/// Whether a token without brackets must be a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edges {
    /// Yes: for reading what a model wrote.
    Word,
    /// No: for finding look-alikes, since masking what stands beside one can make it a word of its own.
    Anything,
}

/// Whether more text can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The text ends here.
    Nothing,
    /// A later piece of the stream may go on.
    Unknown,
}

/// The text ended where the answer depends on what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NeedMore;

/// Whether a token can begin with this character.
pub(crate) fn can_begin(c: char) -> bool {
    is_open(c)
        || c == '\\'
        || matches!(
            c.to_ascii_uppercase(),
            'P' | 'E' | 'C' | 'I' | 'S' | 'U' | 'B' | 'A' | 'O' | 'T' | 'D' | 'M' | 'N' | 'R' | 'V'
        )
}

/// Whether a text has a bracket or an underscore, without which it has no token. Whatever is no letter of Latin, Greek
/// or Cyrillic counts as one. Without a way out, the loop looks at many bytes at once.
pub(crate) fn may_hold_one(text: &str) -> bool {
    let may = |byte: u8| {
        (byte == b'[') | (byte == b'{') | (byte == b'<') | (byte == b'\\') | (byte == b'_') | (byte >= 0xe2)
    };
    text.bytes().fold(false, |any, byte| any | may(byte))
}

/// Reads one token at the start of `text`, in any accepted form. `before` is the character before it.
pub(crate) fn read(
    text: &str,
    before: Option<char>,
    edges: Edges,
    rest: Rest,
) -> Result<Option<Found>, NeedMore> {
    let mut reader = Reader { text, at: 0, rest };
    match reader.open()? {
        Some(opening) => reader.bracketed(opening),
        None => reader.bare(before, edges),
    }
}

fn is_open(c: char) -> bool {
    matches!(c, '[' | '［' | '【' | '〔' | '{' | '<' | '⟨' | '「')
}

fn is_close(c: char) -> bool {
    matches!(c, ']' | '］' | '】' | '〕' | '}' | '>' | '⟩' | '」')
}

fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

/// What stood between the words of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Underscore,
    Other,
    Missing,
}

/// How a bracket was written: models escape it where they write Markdown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Plain,
    Escaped,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    rest: Rest,
}

impl Reader<'_> {
    fn peek(&self) -> Result<Option<char>, NeedMore> {
        match (self.text[self.at..].chars().next(), self.rest) {
            (Some(c), _) => Ok(Some(c)),
            (None, Rest::Nothing) => Ok(None),
            (None, Rest::Unknown) => Err(NeedMore),
        }
    }

    fn eat(&mut self, accept: impl Fn(char) -> bool) -> Result<bool, NeedMore> {
        match self.peek()? {
            Some(c) if accept(c) => {
                self.at += c.len_utf8();
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Eats at most `most` characters, so that a token's length stays bounded.
    fn eat_up_to(&mut self, most: usize, accept: impl Fn(char) -> bool) -> Result<(), NeedMore> {
        for _ in 0..most {
            if !self.eat(&accept)? {
                break;
            }
        }
        Ok(())
    }

    /// `[` or a relative of it.
    fn open(&mut self) -> Result<Option<Opening>, NeedMore> {
        let start = self.at;
        let escaped = self.eat(|c| c == '\\')?;
        if self.eat(is_open)? {
            return Ok(Some(if escaped { Opening::Escaped } else { Opening::Plain }));
        }
        self.at = start;
        Ok(None)
    }

    fn bracketed(&mut self, opening: Opening) -> Result<Option<Found>, NeedMore> {
        let square = self.text.trim_start_matches('\\').starts_with('[');
        self.eat_up_to(2, |c| c.is_whitespace())?;
        self.eat_up_to(4, |c| matches!(c, '*' | '`' | '_'))?;
        let Some((entity, inner)) = self.label(Separator::Other)? else {
            return Ok(None);
        };
        let separator = self.separator()?;
        let Some((id, digits)) = self.number()? else {
            return Ok(None);
        };
        if separator == Separator::Other && digits > SPACED_ID_DIGITS {
            return Ok(None);
        }
        let variant = self.variant()?;
        self.eat_up_to(4, |c| matches!(c, '*' | '`' | '_'))?;
        self.eat_up_to(2, |c| c.is_whitespace())?;
        // Both brackets are escaped or none: the backslash in `\[PERSON_1]` is the customer's own.
        let closing = if self.eat(|c| c == '\\')? { Opening::Escaped } else { Opening::Plain };
        if closing != opening || !self.eat(is_close)? {
            return Ok(None);
        }
        let strict = square && separator == Separator::Underscore && inner == Separator::Underscore;
        Ok(Some(Found { len: self.at, entity, id, variant, strict }))
    }

    fn bare(&mut self, before: Option<char>, edges: Edges) -> Result<Option<Found>, NeedMore> {
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        // Most words end here: no underscore follows their letters.
        let letters = self.text.bytes().take(LABEL_WORD + 1).take_while(u8::is_ascii_alphabetic).count();
        let after = self.text[letters..].chars().next();
        let goes_on = after.is_none_or(|c| matches!(c, '_' | '\\' | '＿'));
        if !goes_on || (edges == Edges::Word && before.is_some_and(joins)) {
            return Ok(None);
        }
        let Some((entity, _)) = self.label(Separator::Underscore)? else {
            return Ok(None);
        };
        if self.separator()? != Separator::Underscore {
            return Ok(None);
        }
        let Some((id, _)) = self.number_in(edges)? else {
            return Ok(None);
        };
        let variant = self.variant()?;
        if edges == Edges::Word && self.peek()?.is_some_and(joins) {
            return Ok(None);
        }
        Ok(Some(Found { len: self.at, entity, id, variant, strict: false }))
    }

    /// The label, and the loosest separator inside it. With `Separator::Underscore` only that is accepted.
    fn label(&mut self, loosest: Separator) -> Result<Option<(Entity, Separator)>, NeedMore> {
        let start = self.at;
        let mut need_more = false;
        let Some(first) = self.peek()?.filter(char::is_ascii_alphabetic) else { return Ok(None) };
        let begins = |entity: &Entity| {
            entity
                .label()
                .bytes()
                .next()
                .is_some_and(|letter| char::from(letter) == first.to_ascii_uppercase())
        };
        for entity in Entity::ALL.into_iter().filter(begins) {
            self.at = start;
            match self.word(entity.label(), loosest) {
                Ok(Some(inner)) => return Ok(Some((entity, inner))),
                Ok(None) => {}
                Err(NeedMore) => need_more = true,
            }
        }
        self.at = start;
        if need_more { Err(NeedMore) } else { Ok(None) }
    }

    fn word(&mut self, label: &str, loosest: Separator) -> Result<Option<Separator>, NeedMore> {
        let mut inner = Separator::Underscore;
        for expected in label.chars() {
            if expected == '_' {
                let separator = self.separator()?;
                if separator == Separator::Missing
                    || (loosest == Separator::Underscore && separator != loosest)
                {
                    return Ok(None);
                }
                if separator != Separator::Underscore {
                    inner = separator;
                }
            } else if !self.eat(|c| c.eq_ignore_ascii_case(&expected))? {
                return Ok(None);
            }
        }
        Ok(Some(inner))
    }

    fn separator(&mut self) -> Result<Separator, NeedMore> {
        let start = self.at;
        if self.eat(|c| c == '\\')? {
            if self.eat(|c| c == '_')? {
                return Ok(Separator::Underscore);
            }
            self.at = start;
            return Ok(Separator::Missing);
        }
        if self.eat(|c| matches!(c, '_' | '＿'))? {
            return Ok(Separator::Underscore);
        }
        let hyphen = |c| matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}');
        if self.eat(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}') || hyphen(c))? {
            return Ok(Separator::Other);
        }
        Ok(Separator::Missing)
    }

    /// The number and how many digits it was written with.
    fn number(&mut self) -> Result<Option<(u32, usize)>, NeedMore> {
        self.number_in(Edges::Word)
    }

    /// Looking for look-alikes, the first digits of a longer number count: the others may be masked away.
    fn number_in(&mut self, edges: Edges) -> Result<Option<(u32, usize)>, NeedMore> {
        let mut value = 0;
        let mut digits = 0;
        while let Some(next) = self.peek()?.and_then(|c| digit(c).map(|d| (c, d))) {
            if digits == ID_DIGITS {
                return Ok((edges == Edges::Anything).then_some((value, digits)));
            }
            self.at += next.0.len_utf8();
            value = value * 10 + next.1;
            digits += 1;
        }
        Ok((digits > 0).then_some((value, digits)))
    }

    /// `.2`, where a digit follows the point; else 1 and nothing is eaten.
    fn variant(&mut self) -> Result<u32, NeedMore> {
        let start = self.at;
        if self.eat(|c| c == '.')?
            && let Some((variant, _)) = self.number()?
        {
            return Ok(variant);
        }
        self.at = start;
        Ok(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> Option<(Entity, u32, u32, usize)> {
        read(text, None, Edges::Word, Rest::Nothing)
            .ok()
            .flatten()
            .map(|found| (found.entity, found.id, found.variant, found.len))
    }

    #[test]
    fn what_models_make_of_a_token_is_read() {
        for text in [
            "[PERSON_1]",
            "[person_1]",
            "[Person 1]",
            "[PERSON-1]",
            "[PERSON\\_1]",
            "\\[PERSON\\_1\\]",
            "[**PERSON_1**]",
            "[ PERSON_1 ]",
            "［PERSON_1］",
            "【PERSON_1】",
            "{PERSON_1}",
            "<PERSON_1>",
            "PERSON_1",
            "person\\_1",
            "[PERSON\u{a0}1]",
            "[PERSON\u{2011}1]",
            "[PERSON1]",
            "[`PERSON_1`]",
            "[PERSON_１]",
        ] {
            assert_eq!(reads(text), Some((Entity::Person, 1, 1, text.len())), "{text}");
        }
        assert_eq!(reads("[BIRTH DATE 2]"), Some((Entity::BirthDate, 2, 1, 14)));
        assert_eq!(reads("[PERSON_1.2]"), Some((Entity::Person, 1, 2, 12)));
        assert_eq!(reads("PERSON_1. 2"), Some((Entity::Person, 1, 1, 8)));
        assert_eq!(reads("[PERSON_２７]"), Some((Entity::Person, 27, 1, 15)));
        assert_eq!(reads("[order 104]"), Some((Entity::Order, 104, 1, 11)));
    }

    #[test]
    fn only_square_brackets_and_underscores_are_strict() {
        let strict =
            |text| read(text, None, Edges::Word, Rest::Nothing).ok().flatten().map(|found| found.strict);
        for text in ["[PERSON_1]", "[person_1.2]", "\\[BIRTH\\_DATE\\_1\\]"] {
            assert_eq!(strict(text), Some(true), "{text}");
        }
        for text in
            ["{PERSON_1}", "[PERSON 1]", "[BIRTH DATE_1]", "[BIRTH_DATE 1]", "<BIRTH DATE 1>", "PERSON_1"]
        {
            assert_eq!(strict(text), Some(false), "{text}");
        }
    }

    #[test]
    fn ordinary_text_is_no_token() {
        for text in [
            "person 1",
            "Person",
            "[PERSON_]",
            "[PERSON_12345678]",
            "PERSON_1a",
            "PERSONS_1",
            "[order 10432]",
            "[note 1]",
            "[BIRTHDATE_1]",
            "[PERSON_1;",
            "[PERSON_1x]",
            "ip-1",
            "order-1",
        ] {
            assert_eq!(reads(text), None, "{text}");
        }
        assert_eq!(read("PERSON_1", Some('X'), Edges::Word, Rest::Nothing), Ok(None));
        // What a customer types may lose its last digits to a value that is masked.
        let found = read("PERSON_12345678", None, Edges::Anything, Rest::Nothing).ok().flatten();
        assert_eq!(found.map(|found| (found.id, found.len)), Some((1_234_567, 14)));
    }

    #[test]
    fn a_cut_token_asks_for_more_until_it_is_decided() {
        let token = "[PERSON_1]";
        for cut in 0..token.len() {
            assert_eq!(read(&token[..cut], None, Edges::Word, Rest::Unknown), Err(NeedMore), "{cut}");
        }
        assert!(matches!(read(token, None, Edges::Word, Rest::Unknown), Ok(Some(_))));
        assert_eq!(read("PERSON_1", None, Edges::Word, Rest::Unknown), Err(NeedMore));
        assert_eq!(read("perhaps", None, Edges::Word, Rest::Unknown), Ok(None));
    }

    #[test]
    fn every_label_can_begin_a_token() {
        let words = Entity::ALL.into_iter().flat_map(|entity| entity.label().split('_'));
        assert_eq!(words.map(str::len).max(), Some(LABEL_WORD));
        assert!(Entity::ALL.iter().all(|entity| entity.label().chars().next().is_some_and(can_begin)));
    }

    #[test]
    fn tokens_of_a_masked_text_are_listed_in_their_exact_form() {
        let found = tokens_in("where is [ORDER_1], [order_2] [PERSON_1.2]?");
        let texts: Vec<_> = found.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts, ["[ORDER_1]", "[PERSON_1.2]"]);
    }
}
