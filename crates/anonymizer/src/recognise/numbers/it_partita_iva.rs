//! Italian VAT numbers: eleven digits with a Luhn check digit, alone or after IT (Agenzia delle Entrate, "Partita IVA";
//! Wikipedia, "Partita IVA").

use super::{Check, NumberKind, digits, is_monotonous, passes_luhn};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "it-partita-iva",
    reported: Some("IT_VAT_CODE"),
    shapes: &["9{11}", "AA9{11}"],
    groupings: &[&[13]],
    check,
    cues: &["partita iva", "p. iva", "p.iva", "p iva", "piva", "vat number", "vat no", "numero iva"],
    alone: Some(70),
    announced: 90,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let country = number.len() == 11 || number.starts_with("IT");
    Check::of(country && !is_monotonous(&digits) && passes_luhn(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["00743110157", "07643520567", "IT00743110157"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["00743110158", "ES00743110157", "00000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("partita IVA 00743110157", "00743110157"), ("IT00743110157", "IT00743110157")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["ordine 00743110157", "FR00743110157"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
