//! Norwegian national identity numbers: date of birth, three digits and two check digits modulo 11 (Skatteetaten,
//! "Fødselsnummer"; Wikipedia, "Fødselsnummer"). D-numbers add 40 to the day, test numbers 40 or 80 to the month.

use super::{Check, NumberKind, digits, is_day, part, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "no-fnr",
    reported: Some("NO_FODSELSNUMMER"),
    shapes: &["9{11}"],
    groupings: &[&[11], &[6, 5]],
    check,
    cues: &["fodselsnummer", "fodselsnr", "personnummer", "d-nummer", "fnr"],
    alone: Some(82),
    announced: 94,
    mistyped: Some(86),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let key = |weights: &[u32]| (11 - weighted(&digits, weights) % 11) % 11;
    let first = key(&[3, 7, 6, 1, 8, 9, 4, 5, 2]);
    let second = key(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    let born = is_day(part(number, 2..4) % 40, part(number, 0..2) % 40);
    Check::of(born && digits.get(9..) == Some(&[first, second]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["15108695088", "01010750160"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["15108695089", "15108695098", "15138695088"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("fødselsnummer 151086 95088", "151086 95088"), ("15108695088", "15108695088")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["15108695089", "pakke 15138695088"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
