//! Brazilian personal taxpayer numbers: nine digits and two check digits modulo 11 (Receita Federal; Wikipedia,
//! "Cadastro de Pessoas Físicas").

use super::{Check, NumberKind, digits, is_monotonous, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "br-cpf",
    reported: Some("BR_CPF"),
    shapes: &["9{11}"],
    groupings: &[&[3, 3, 3, 2]],
    check,
    cues: &["cpf", "cadastro de pessoas fisicas"],
    alone: Some(86),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let key = |weights: &[u32]| weighted(&digits, weights) * 10 % 11 % 10;
    let first = key(&[10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = key(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    Check::of(!is_monotonous(&digits) && digits.get(9..) == Some(&[first, second]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["11144477735", "12345678909"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["11144477736", "11144477745", "11111111111"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("meu CPF é 11144477735", "11144477735"),
            ("123.456.789-09 obrigado", "123.456.789-09"),
            ("cpf: 111.444.777-36", "111.444.777-36"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["pedido 11144477735", "123.456.789-08"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
