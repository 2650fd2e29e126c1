//! British national insurance numbers: two letters, six digits and a letter A to D. Some letters are not used (HMRC,
//! National Insurance Manual NIM39110).

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "uk-nino",
    reported: Some("UK_NINO"),
    shapes: &["AA9{6}A", "AA9{6}"],
    groupings: &[&[2, 2, 2, 2, 1], &[9], &[2, 6, 1]],
    check,
    cues: &[
        "ni number",
        "ni no",
        "nino",
        "national insurance",
        "national insurance number",
        "national insurance no",
    ],
    alone: Some(76),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let (first, second) = (number.chars().next().unwrap_or('D'), number.chars().nth(1).unwrap_or('O'));
    let letters = !"DFIQUV".contains(first) && !"DFIOQUV".contains(second);
    let prefix = !["BG", "GB", "NK", "KN", "TN", "NT", "ZZ"].iter().any(|prefix| number.starts_with(prefix));
    Check::possible(letters && prefix && number.chars().nth(8).is_none_or(|last| last <= 'D'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        for number in ["AB123456C", "JG103759A", "AB123456"] {
            assert_eq!(check(number), Check::Nothing, "{number}");
        }
        for number in ["QQ123456C", "BO123456C", "GB123456C", "AB123456E", "ZZ123456A"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("NI number AB 12 34 56 C", "AB 12 34 56 C"),
            ("my nino is qq123456c", "qq123456c"),
            ("JG 10 37 59 A", "JG 10 37 59 A"),
            ("ab123456c", "ab123456c"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["item QQ123456C", "version AB123456"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
