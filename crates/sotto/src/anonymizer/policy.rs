//! The anonymizer with the policy that is asked for.

use anonymizer::{Anonymizer, Options, Policy, Treatment};
use anyhow::Result;

use super::arguments::PolicyArgument;
use crate::config::PolicySource;
use crate::parts;

/// The anonymizer, and the policy when one is named.
pub(super) fn anonymizer(argument: &PolicyArgument) -> Result<(Anonymizer, Option<Policy>)> {
    let Some(written) = &argument.policy else {
        return Ok((Anonymizer::new(Options::default()), None));
    };
    let policy = parts::desk::policy(&PolicySource::named(written))?;
    Ok((Anonymizer::with_policy(policy.clone(), Options::default()), Some(policy)))
}

/// Whether a kind is told: all are, but for those that a policy keeps which is named.
pub(super) fn is_told(policy: Option<&Policy>, entity: anonymizer::Entity) -> bool {
    policy.is_none_or(|policy| policy.treatment(entity) != Treatment::Keep)
}
