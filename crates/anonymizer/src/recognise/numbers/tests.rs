use super::*;

#[test]
fn every_kind_is_well_formed() {
    let names: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), KINDS.len(), "a name is given twice");
    for kind in KINDS {
        let lengths: Vec<usize> =
            kind.shapes.iter().flat_map(|shape| Form::all_of(shape)).map(|(length, _)| length).collect();
        assert!(lengths.iter().all(|length| (4..=LENGTH).contains(length)), "{}", kind.name);
        for groups in kind.groupings {
            assert!(lengths.contains(&groups.iter().sum()), "{}: {groups:?} fits no shape", kind.name);
        }
        assert!(kind.mistyped.is_none_or(|score| score < kind.announced), "{}", kind.name);
        assert!(kind.alone.is_none_or(|score| score < kind.announced), "{}", kind.name);
        for cue in kind.cues {
            assert_eq!(*cue, crate::view::fold_value(cue), "{}: a cue is written folded", kind.name);
        }
    }
}
