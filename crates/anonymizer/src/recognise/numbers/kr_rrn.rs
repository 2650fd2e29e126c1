//! South Korean resident registration numbers: date of birth, a digit for century and sex, and until October 2020 a
//! check digit modulo 11 at the end (Ministry of the Interior and Safety; Wikipedia, "Resident registration number").

use super::{Check, NumberKind, digits, is_day, part, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "kr-rrn",
    reported: Some("KR_RRN"),
    shapes: &["9{13}"],
    groupings: &[&[6, 7]],
    check,
    cues: &[
        "rrn",
        "resident registration",
        "resident registration number",
        "jumin",
        "주민등록번호*",
        "주민번호*",
    ],
    alone: Some(78),
    announced: 93,
    mistyped: Some(88),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = weighted(&digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    let born = is_day(part(number, 2..4), part(number, 4..6));
    Check::of(born && digits.last() == Some(&((11 - sum % 11) % 10)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        assert_eq!(check("9710139019902"), Check::Right);
        for number in ["9710139019903", "9713139019902", "9710139019920"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("RRN 971013-9019902", "971013-9019902"), ("971013-9019902", "971013-9019902")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["971013-9019903", "EAN 9710139019902"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
