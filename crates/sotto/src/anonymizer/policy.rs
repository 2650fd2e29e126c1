//! The anonymizer with the policy that is asked for.

use std::fs;

use anonymizer::{Anonymizer, Options, Policy, Treatment};
use anyhow::{Context, Result};

use super::arguments::PolicyArgument;

/// The anonymizer, and the policy when one is named.
pub(super) fn anonymizer(argument: &PolicyArgument) -> Result<(Anonymizer, Option<Policy>)> {
    let Some(path) = &argument.policy else {
        return Ok((Anonymizer::new(Options::default()), None));
    };
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let policy = Policy::parse(&text).with_context(|| format!("read {}", path.display()))?;
    Ok((Anonymizer::with_policy(policy.clone(), Options::default()), Some(policy)))
}

/// Whether a kind is told: all are, but for those that a policy keeps which is named.
pub(super) fn is_told(policy: Option<&Policy>, entity: anonymizer::Entity) -> bool {
    policy.is_none_or(|policy| policy.treatment(entity) != Treatment::Keep)
}
