//! British and Irish sort codes: six digits for a bank and its branch, by their cue only (Pay.UK, "Sort code checker").

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Routing,
    name: "uk-sort-code",
    reported: Some("UK_SORT_CODE"),
    shapes: &["9{6}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &["sort code", "sortcode", "sort-code"],
    alone: None,
    announced: 88,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("sort code 20-00-00", "20-00-00"), ("Sort Code: 200000", "200000")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "on 20-00-00"), Vec::<String>::new());
    }
}
