//! Personal data, as the anonymizer finds it.

use anonymizer::{Anonymizer, Entity, Plaintext, TokenVault};

use super::super::line_of;
use super::{Finding, Kind, excerpt};

pub(super) fn find(text: &str, anonymizer: &Anonymizer) -> Vec<Finding> {
    let spans = anonymizer.detect(&Plaintext::new(text.to_owned()), &TokenVault::default());
    spans
        .iter()
        .filter(|span| is_told(span.entity))
        .map(|span| Finding {
            kind: Kind::PersonalData,
            name: span.reported().to_owned(),
            line: line_of(text, span.range.start),
            excerpt: excerpt(text.get(span.range.clone()).unwrap_or_default()),
        })
        .collect()
}

/// Articles are full of days, towns, companies and addresses of pages: these alone are nobody's.
fn is_told(entity: Entity) -> bool {
    !matches!(
        entity,
        Entity::Date | Entity::Age | Entity::Place | Entity::Organisation | Entity::Url | Entity::Text
    )
}
