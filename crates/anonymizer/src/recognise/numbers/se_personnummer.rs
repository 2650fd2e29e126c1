//! Swedish personal numbers: date of birth with or without the century, three digits and a Luhn check digit over the
//! last ten (Skatteverket, SKV 704; Wikipedia, "Personnummer"). A plus sign instead of the dash says that somebody is a
//! hundred; coordination numbers add 60 to the day.

use super::{Check, NumberKind, digits, is_day, part, passes_luhn};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "se-personnummer",
    reported: Some("SE_PERSONNUMMER"),
    shapes: &["9{10}", "9{12}"],
    groupings: &[&[6, 4], &[8, 4], &[12]],
    check,
    cues: &["personnummer", "personnr", "pnr", "samordningsnummer", "swedish personal number"],
    alone: Some(76),
    announced: 94,
    mistyped: Some(86),
};

fn check(number: &str) -> Check {
    let last = number.get(number.len() - 10..).unwrap_or_default();
    let century = part(number, 0..number.len() - 10);
    let day = part(last, 4..6);
    let born = is_day(part(last, 2..4), if day > 60 { day - 60 } else { day });
    Check::of(born && (number.len() == 10 || (18..=20).contains(&century)) && passes_luhn(&digits(last)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["8112289874", "6709199530", "8803200016", "198112289874", "7010632391"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["8112289873", "8113289874", "178112289874", "8112928974"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("personnummer 811228-9874", "811228-9874"),
            ("811228+9874", "811228+9874"),
            ("19811228-9874 tack", "19811228-9874"),
            ("pnr 8112289873", "8112289873"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["811228-9873", "order 8112289874"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
