//! The last look at what is about to leave.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::Entity;
use crate::generalise::{is_inside, marks_in};
use crate::surrogate::Surrogates;
use crate::token::exact_at;
use crate::values::{SHIELD, ValueIndex};
use crate::view::View;

/// A value of the vault was found where none may be. Says which kind, never which value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the finished text still holds a value of the conversation ({entity:?})")]
pub struct Leak {
    /// The kind of the value.
    pub entity: Entity,
}

/// Looks for every value of a vault in finished bytes: as written, with other case, accents or separators, and
/// through two levels of JSON escapes. `Debug` shows nothing.
#[derive(Clone)]
pub struct LeakGuard {
    values: Arc<ValueIndex>,
    surrogates: Arc<Surrogates>,
}

impl LeakGuard {
    pub(crate) fn new(values: Arc<ValueIndex>, surrogates: Arc<Surrogates>) -> Self {
        Self { values, surrogates }
    }

    /// Passes bytes that hold no value of the vault.
    ///
    /// # Errors
    /// [`Leak`] for the first value that was found.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Leak> {
        self.check_against(bytes, &[])
    }

    /// Passes bytes that hold no value of the vault more often than `baseline` does.
    ///
    /// The baseline is the same request with everything private left out. A customer named Price must not stop
    /// every request whose prompt speaks of a price: what our own words account for is no leak.
    ///
    /// # Errors
    /// [`Leak`] for a value that occurs more often.
    pub fn check_against(&self, bytes: &[u8], baseline: &[u8]) -> Result<(), Leak> {
        if self.values.is_empty() {
            return Ok(());
        }
        for (finished, allowed) in readings(bytes).zip(readings(baseline)) {
            let allowed = self.count(&allowed);
            for (value, times) in self.count(&finished) {
                if times > allowed.get(&value).copied().unwrap_or(0)
                    && let Some(entity) = self.values.entity(value)
                {
                    return Err(Leak { entity });
                }
            }
        }
        Ok(())
    }

    fn count(&self, text: &str) -> HashMap<usize, usize> {
        let mut hits = Vec::new();
        let shielded = self.surrogates.shield(shield_tokens(text));
        let normal = View::normal(&shielded);
        let folded = View::folded(normal.text());
        self.values.find(folded.text(), &mut hits);
        // What a coarser value has in common with the value is allowed; a value that holds what looks like one is not.
        let marks = if hits.is_empty() { Vec::new() } else { marks_in(&shielded) };
        hits.retain(|hit| {
            let range = normal.origin(folded.origin(hit.range.clone()));
            !is_inside(&marks, &range)
        });
        let mut times = HashMap::new();
        for hit in hits.iter().filter(|hit| hit.guarded) {
            *times.entry(hit.value).or_default() += 1;
        }
        times
    }
}

impl fmt::Debug for LeakGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LeakGuard(***)")
    }
}

/// The bytes as text, and with JSON's escapes undone once and twice (a tool's arguments are JSON in JSON).
/// Always three, so that two sets can be compared reading by reading.
fn readings(bytes: &[u8]) -> impl Iterator<Item = String> {
    let first = String::from_utf8_lossy(bytes).into_owned();
    let second = unescape(&first);
    let third = unescape(&second);
    [first, second, third].into_iter()
}

/// Undoes JSON's escapes (RFC 8259, section 7) wherever they are; what is no escape stays.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(kind) = rest.chars().next() else {
            break;
        };
        rest = &rest[kind.len_utf8()..];
        match kind {
            'n' | 'r' => out.push('\n'),
            't' | 'b' | 'f' => out.push(' '),
            'u' => rest = unescape_unit(rest, &mut out),
            other => out.push(other),
        }
    }
    out.push_str(rest);
    out
}

/// Reads the four digits after `\u`, and the second half of a surrogate pair.
fn unescape_unit<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let unit = |text: &str| text.get(..4).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let Some(first) = unit(rest) else { return rest };
    let rest = &rest[4..];
    let second = rest.strip_prefix("\\u").and_then(unit);
    let mut decoded = char::decode_utf16([first].into_iter().chain(second));
    match decoded.next() {
        Some(Ok(c)) => {
            out.push(c);
            if c.len_utf16() == 2 { &rest[6..] } else { rest }
        }
        _ => rest,
    }
}

/// Replaces each token by as many bytes that join nothing, so that its own letters and digits are not searched.
pub(crate) fn shield_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let len = exact_at(rest).map_or(0, |found| found.len);
        if len == 0 {
            out.push('[');
            rest = &rest[1..];
        } else {
            out.extend(std::iter::repeat_n(SHIELD, len));
            rest = &rest[len..];
        }
    }
    out.push_str(rest);
    out
}
