//! Turkish identity numbers: nine digits, the first not zero, and two check digits modulo 10 (Nüfus ve Vatandaşlık
//! İşleri; Wikipedia, "Türkiye Cumhuriyeti Kimlik Numarası").

use super::{Check, NumberKind, digits, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "tr-tckn",
    reported: Some("TR_TCKN"),
    shapes: &["9{11}"],
    groupings: &[],
    check,
    cues: &[
        "tckn",
        "t.c. kimlik",
        "tc kimlik",
        "kimlik no",
        "kimlik numarasi",
        "kimlik numaram",
        "tc no",
        "tc",
    ],
    alone: None,
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let odd = weighted(&digits, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(&digits, &[0, 1, 0, 1, 0, 1, 0, 1]);
    // Nine times the even places is less one of them modulo 10.
    let first = (odd * 7 + even * 9) % 10;
    let second = (odd + even + first) % 10;
    Check::of(digits.first() != Some(&0) && digits.get(9..) == Some(&[first, second]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["10000000146", "17291716060"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["10000000147", "17291716070", "01729171606", "17219716060"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        assert_eq!(found_of_kind(&KIND, "TC kimlik no: 10000000146"), ["10000000146"]);
        assert_eq!(found_of_kind(&KIND, "sipariş 10000000146"), Vec::<String>::new());
    }
}
