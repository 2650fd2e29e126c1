//! Weekdays beside a date, and as one.

use super::behind;
use crate::recognise::Scene;
use crate::recognise::marks::Sign;

/// "on Tuesday", "Monday at", "Saturday."; no "Black Friday", no "Sunday roast".
pub(super) fn is_day_cue(before: &str, after: &str) -> bool {
    let takes =
        ["on ", "by ", "until ", "till ", "since ", "for ", "from ", "and ", "or ", "to ", "meet ", "every "]
            .iter()
            .any(|word| before.ends_with(word));
    let ends = after.is_empty() || after.starts_with(['.', ',', '?', '!', ';', ')', '\n']);
    let day =
        [" at ", " morning", " afternoon", " evening", " night", " for ", " and ", " or ", " to ", " in "]
            .iter()
            .any(|word| after.starts_with(word));
    takes && (ends || day || after.starts_with(' '))
        || (before.trim().is_empty() && (ends || day))
        || (day && before.ends_with(", "))
}

/// The start with a weekday before it: "Friday, 6 March", "Fr., 6.".
pub(super) fn with_weekday(scene: &Scene<'_>, start: usize) -> usize {
    let text = scene.folded.text();
    let before = behind(text, start, 6);
    let gap = before.len() - before.trim_end_matches([' ', ',', '.']).len();
    let article = ["the", "der", "den", "le", "el", "il"]
        .into_iter()
        .find(|article| before.trim_end().ends_with(article) && gap == 1);
    let end = match article {
        Some(article) => {
            let end = start - 1 - article.len();
            end - behind(text, end, 2).len() + behind(text, end, 2).trim_end_matches([' ', ',']).len()
        }
        None => start - gap,
    };
    let mark = scene.marks().before(Sign::WEEKDAY, end, 0).next();
    match mark {
        Some(mark) if mark.range.end == end && end < start => mark.range.start,
        _ => short_weekday(text, start - gap).unwrap_or(start),
    }
}

/// "Fr.", "Mon": too short to be looked for by themselves.
fn short_weekday(text: &str, end: usize) -> Option<usize> {
    let before = behind(text, end, 5);
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let known = [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "thurs", "tues", "mo", "mi", "fr", "sa", "so", "do",
        "lun", "mer", "jeu", "ven", "sam", "dim",
    ]
    .contains(&word);
    (known && end > 0 && text[end..].starts_with([' ', '.', ','])).then(|| end - word.len())
}
