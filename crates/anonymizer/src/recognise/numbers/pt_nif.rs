//! Portuguese tax numbers: nine digits, the last a check digit modulo 11 (Autoridade Tributária e Aduaneira; Wikipedia,
//! "Número de identificação fiscal").

use super::{Check, NumberKind, digits, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "pt-nif",
    reported: Some("PT_NIF"),
    shapes: &["9{9}", "AA9{9}"],
    groupings: &[&[11]],
    check,
    cues: &["nif", "contribuinte", "numero de contribuinte", "nipc", "numero de identificacao fiscal"],
    alone: Some(66),
    announced: 93,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let key = match weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    let country = number.len() == 9 || number.starts_with("PT");
    Check::of(country && digits.first() != Some(&0) && digits.last() == Some(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["501964843", "123456789", "PT501964843"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["501964842", "501964834", "ES501964843", "000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("o meu NIF é 501 964 843", "501 964 843"), ("PT501964843", "PT501964843")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "ligar 501 964 843"), Vec::<String>::new());
    }
}
