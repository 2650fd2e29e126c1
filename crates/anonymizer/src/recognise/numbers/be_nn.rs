//! Belgian national register numbers: date of birth, serial number and 97 less the rest modulo 97, with a 2 before the
//! number from 2000 on (Royal decree of 3 April 1984; Wikipedia, "Numéro de registre national"). The bis numbers of
//! residents add 20 or 40 to the month; where a day has run out of numbers, day and month are zero.

use super::{Check, NumberKind, digits, is_day, part, remainder};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "be-nn",
    reported: Some("BE_NN"),
    shapes: &["9{11}"],
    groupings: &[&[2, 2, 2, 3, 2], &[6, 3, 2], &[6, 5], &[11]],
    check,
    cues: &[
        "rijksregisternummer",
        "rijksregister",
        "insz",
        "insz-nummer",
        "rrn",
        "nn",
        "numero national",
        "registre national",
        "niss",
        "national register number",
        "nationalregisternummer",
        "numero de registre national",
    ],
    alone: Some(82),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let (month, day) = (part(number, 2..4) % 20, part(number, 4..6));
    let key = part(number, 9..11);
    let body = digits.get(..9).unwrap_or_default();
    let recent: Vec<u32> = [2].iter().chain(body).copied().collect();
    let right = key == 97 - remainder(body, 97) || key == 97 - remainder(&recent, 97);
    Check::of(right && (is_day(month, day) || (month == 0 && day <= 31) || (month <= 12 && day == 0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["85073003328", "17073003384"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["85073003329", "17073003328", "85133003328"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("rijksregisternummer 85.07.30-033.28", "85.07.30-033.28"),
            ("mon NISS: 85073003382", "85073003382"),
            ("85.07.30-033.28 svp", "85.07.30-033.28"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["85.07.30-033.29", "colis 85073003382"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
