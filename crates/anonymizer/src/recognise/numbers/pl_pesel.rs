//! Polish registration numbers: date of birth with the century in the month, four digits and a check digit modulo 10
//! (gov.pl, "Czym jest numer PESEL"; Wikipedia, "PESEL").

use super::{Check, NumberKind, digits, is_day, part, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "pl-pesel",
    reported: Some("PL_PESEL"),
    shapes: &["9{11}"],
    groupings: &[&[11]],
    check,
    cues: &["pesel", "numer pesel", "nr pesel"],
    alone: Some(72),
    announced: 94,
    mistyped: Some(86),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    let born = is_day(part(number, 2..4) % 20, part(number, 4..6));
    Check::of(born && sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["44051401359", "02070803628"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["44051401358", "44051410359", "44131401359"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("mój PESEL to 44051401359", "44051401359"), ("02070803628", "02070803628")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "paczka 44051401358"), Vec::<String>::new());
    }
}
