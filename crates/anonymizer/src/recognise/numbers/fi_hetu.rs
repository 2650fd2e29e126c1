//! Finnish personal identity codes: date of birth, a sign for the century, three digits and a check sign modulo 31
//! (Digital and Population Data Services Agency, "The personal identity code"; new signs since 2023, Government decree
//! 690/2022). A dash or a plus sign falls away with the separators, a letter stays.

use super::{Check, NumberKind, digits, is_day, letter_at, part, remainder};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "fi-hetu",
    reported: Some("FI_PERSONAL_IDENTITY_CODE"),
    shapes: &["9{9}X", "9{6}A9{3}X"],
    groupings: &[&[6, 4], &[11]],
    check,
    cues: &[
        "hetu",
        "henkilotunnus",
        "henkilotunnukseni",
        "sosiaaliturvatunnus",
        "sotu",
        "personbeteckning",
        "finnish personal identity code",
    ],
    alone: Some(80),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let sign = number.as_bytes().get(6).filter(|_| number.len() == 11);
    let known = sign.is_none_or(|sign| b"ABCDEFUVWXY".contains(sign));
    let body = number.len() - 1;
    let rest = remainder(&digits(&number[..body]), 31);
    let last = letter_at("0123456789ABCDEFHJKLMNPRSTUVWXY", rest);
    Check::of(known && is_day(part(number, 2..4), part(number, 0..2)) && number.chars().next_back() == last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["131052308T", "131052A308T", "131052Y308T"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["131052308U", "131352308T", "131052G308T", "131025308T"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("hetu 131052-308T", "131052-308T"),
            ("131052+308T", "131052+308T"),
            ("olen 131052A308T", "131052A308T"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["131052-308U", "tilaus 131052308T"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
