//! Numbers of bank accounts that are no IBAN, by their cue only: five to seventeen digits in the United States,
//! Australia, Canada and elsewhere (the lengths of X9.100-160 on-us fields vary by bank), ten in Germany at most.

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::BankAccount,
    name: "bank-account",
    reported: Some("US_BANK_NUMBER"),
    shapes: &["9{5,17}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &[
        "bank account",
        "bank account number",
        "bank account no",
        "bank acct",
        "checking account",
        "checking account number",
        "chequing account",
        "savings account",
        "savings account number",
        "current account",
        "bank a/c",
        "direct deposit account",
        "account and routing",
        "kontonummer",
        "konto-nr",
        "konto nr",
        "numero de compte",
        "numero de cuenta",
        "cuenta bancaria",
        "numero di conto",
        "conto corrente",
        "numero da conta",
        "conta bancaria",
        "rekeningnummer",
        "bankrekening",
        "numer konta",
        "numer rachunku",
        "kontonummer",
        "hesap numarasi",
    ],
    alone: None,
    announced: 80,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("My bank account number is 0123456789", "0123456789"),
            ("checking account: 000123456789", "000123456789"),
            ("Kontonummer 532013000", "532013000"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in [
            "order 0123456789",
            "my bank account was charged on 2024-11-05",
            "my bank account shows 123456.78",
            "My bank account is empty! Parcel 123456789",
        ] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
