//! Brazilian company numbers: eight signs, four for the branch and two check digits modulo 11. Since July 2026 the
//! first twelve may be letters, which count as their ASCII code less 48 (Receita Federal, Instrução Normativa
//! 2.229/2024).

use super::{Check, NumberKind, is_monotonous, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "br-cnpj",
    reported: Some("BR_CNPJ"),
    shapes: &["X{12}99"],
    groupings: &[&[2, 3, 3, 4, 2]],
    check,
    cues: &["cnpj", "cadastro nacional da pessoa juridica"],
    alone: Some(86),
    announced: 93,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let values: Vec<u32> = number.bytes().map(|byte| u32::from(byte.saturating_sub(b'0'))).collect();
    let key = |weights: &[u32]| match weighted(&values, weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    let first = key(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = key(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
    Check::of(!is_monotonous(&values) && values.get(12..) == Some(&[first, second]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["11222333000181", "12ABC34501DE35"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["11222333000182", "11222333000191", "12ABC34501DE36", "00000000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("CNPJ 11222333000181", "11222333000181"),
            ("a empresa 11.222.333/0001-81", "11.222.333/0001-81"),
            ("12.ABC.345/01DE-35", "12.ABC.345/01DE-35"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["11.222.333/0001-82", "pedido 11222333000181"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
