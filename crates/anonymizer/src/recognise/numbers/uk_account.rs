//! British bank account numbers: eight digits, by a cue beside them (Pay.UK, "Validating account numbers"; most have a
//! check that needs the table of banks).

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::BankAccount,
    name: "uk-account",
    reported: Some("UK_BANK_ACCOUNT"),
    shapes: &["9{8}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &["account", "account number", "account no", "acc no", "acc", "acct", "acct no", "a/c", "a/c no"],
    alone: None,
    announced: 76,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("sort code 20-00-00, account 55779911", "55779911"), ("a/c no 5577 9911", "5577 9911")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["order 55779911", "account opened 2023-10-01"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
